// The name of this tablet towards the server; given once.

import { newId } from "./ids.js";

export async function deviceName(store) {
  const known = await store.setting("device");
  if (known) return known;
  const made = `T-${newId().slice(-6)}`;
  await store.keepSettings({ device: made });
  return made;
}
