// Start-up of the tablet: finds out who is here and what was kept, and takes the page over.

import { App } from "./app.js";
import { deviceName } from "./device.js";
import { newId } from "./ids.js";
import { Keep, passingKeep, waitingByPerson } from "./keep.js";
import { LockScreen } from "./screens/lock-screen.js";
import { openStore, StoreTrouble } from "./store.js";
import { fetchJson, SyncTrouble } from "./sync.js";
import { Work } from "./work.js";

const root = document.querySelector("[data-tablet]");
if (root) start(root);

/** A page that the server drew stays as it is until there is something to put in its place: it works by itself. */
async function start(root) {
  const drawn = root.dataset.tablet !== "shell";
  let typing = false;
  root.addEventListener("input", () => (typing = true), { once: true });
  const store = await storeHere();
  const door = await asked(() => fetchJson(root.dataset.visits));
  // Whoever has begun to type in the plain page goes on there: nothing typed is taken away.
  if (drawn && typing) return;
  const people = store ? await store.all("people") : [];
  const known = door ? people.filter(({ id }) => id === door.person.id) : people;
  const others = store ? (await waitingByPerson(store)).filter(({ id, waiting }) => waiting && id !== door?.person.id) : [];
  const app = new App(root, { store, others });
  if (known.length) return unlock(app, store, known, door);
  if (!door) return nobody(root, drawn);
  if (drawn && root.dataset.tablet === "list") return undefined;
  return app.start(new Work({ keep: passingKeep(door.person.id, `web-${newId().slice(-8)}`), door }));
}

/** Shows the lock; behind it the person's own work, as the tablet has it and as the server now says. */
async function unlock(app, store, people, door) {
  const words = door ?? (await savedDoor(store, people[0].id));
  const lock = new LockScreen(app.root, { people, words: words.words, urls: words.urls, store, door });
  const { vault, record } = await lock.opened();
  app.others = app.others.filter(({ id }) => id !== record.id);
  const saved = await savedDoor(store, record.id);
  const keep = new Keep(store, vault, record.id, await deviceName(store));
  const work = new Work({ keep, door: { ...saved, ...(door && fresh(door)) } });
  await work.load();
  await app.start(work);
}

/** What the server says now counts; what it had said of backups is compared with its next answer (Work.heard). */
function fresh({ words, parked, urls, csrf, rescue_key }) {
  return { words, parked, urls, csrf, rescue_key };
}

async function savedDoor(store, person) {
  return (await store.setting(`door ${person}`)) ?? { words: {}, urls: {}, person: { id: person, name: "" } };
}

async function storeHere() {
  try {
    return await openStore();
  } catch (error) {
    if (error instanceof StoreTrouble) return null;
    throw error;
  }
}

/** The answer, or null when the server cannot be asked now or nobody is signed in. */
async function asked(ask) {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SyncTrouble) return null;
    throw error;
  }
}

/** Nothing was kept here and nobody can be asked: the shell says so in the words that it came with. */
function nobody(root, drawn) {
  if (!drawn) root.querySelector("[data-part=nobody]").hidden = false;
}
