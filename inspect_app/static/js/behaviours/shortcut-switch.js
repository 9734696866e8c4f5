// The check box on the help page that switches the single-key shortcuts off and on.

import { shortcutsAreOff, switchShortcuts } from "./shortcuts.js";

export function bind(box) {
  box.checked = !shortcutsAreOff();
  box.closest("[hidden]")?.removeAttribute("hidden");
  box.addEventListener("change", () => switchShortcuts(!box.checked));
}
