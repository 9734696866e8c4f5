// What one person keeps: packs, changes and photos, sealed in the store, or in memory where nothing was prepared.
//
// A change is "waiting" until the server has named it; then it stays, hidden, as "sent" until a backup of the server
// holds it, or as "parked" until a person has answered it. Nothing that waits is ever removed.

import { openVaultForAll } from "./vault.js";
import { Store, standingOf } from "./store.js";

const STAYS = 7 * 24 * 3_600_000;

/** What a person keeps in the tablet's own store. */
export class Keep {
  constructor(store, vault, person, device) {
    Object.assign(this, { store, vault, person, device, lasting: true });
  }

  // Changes

  /**
   * Keeps a change under the tablet's next number; gives it with that number once it is on the disk. One that has a
   * number keeps it: it may have been sent, and must stay the same to the letter.
   */
  async keepChange(change) {
    const sealed = await this.vault.seal(change, change.id);
    const row = await this.store.putNext("changes", (next) => ({
      id: change.id, person: this.person, seq: change.seq ?? next, standing: "waiting", inspection: change.inspection, made_at: change.client_time, sealed,
    }));
    return { ...change, seq: row.seq, device: this.device };
  }

  /** What waits, oldest first; at most so many. */
  async waiting(most) {
    return this.opened(await this.store.all("changes", "standing", standingOf(this.person, "waiting"), most));
  }

  /** The ids of everything that waits: far cheaper than opening it. */
  async waitingIds() {
    return this.store.keys("changes", "standing", standingOf(this.person, "waiting"));
  }

  async parked() {
    const rows = await this.store.all("changes", "standing", standingOf(this.person, "parked"));
    const changes = await this.opened(rows);
    return rows.map(({ result, words }, place) => ({ ...changes[place], result, words }));
  }

  /** The server has named these: {id: acknowledgement}. `at` is its time. */
  async settle(acks, at) {
    await this.store.alter("changes", [...acks.keys()], (row) => {
      const parked = acks.get(row.id).result.startsWith("parked:");
      return { ...row, standing: parked ? "parked" : "sent", result: acks.get(row.id).result, words: acks.get(row.id).words ?? "", sent_at: at };
    });
  }

  /** A parked change that its person has read about; it stays until a backup holds it. */
  async dismiss(id) {
    await this.store.alter("changes", [id], (row) => ({ ...row, standing: "read" }));
  }

  /**
   * Offers again what was sent since `mark`, all of it without one: the server was put back to an earlier state, or
   * lacks something of this visit.
   */
  async offerAgain(mark, inspection = null) {
    let offered = 0;
    for (const table of ["changes", "photos"]) {
      const rows = await this.standing(table, "sent", "parked", "read");
      const again = rows.filter((row) => (!mark || row.sent_at >= mark) && (!inspection || row.inspection === inspection));
      await this.store.alter(table, again.map((row) => row.id), (row) => ({ ...row, standing: "waiting" }));
      offered += again.length;
    }
    return offered;
  }

  /** What the server has named of a visit: {last: its highest number, files: the hashes of its photos}. */
  async sentOf(inspection) {
    const mine = (rows) => rows.filter((row) => row.inspection === inspection);
    const changes = mine(await this.standing("changes", "sent"));
    const files = (await this.photos("sent")).filter((photo) => photo.inspection === inspection);
    return { last: Math.max(0, ...changes.map((row) => row.seq)), files: files.map((photo) => photo.sha256) };
  }

  /** Removes what is safe: sent long enough ago, and before the server's last backup began. */
  async forgetSafe(backedUpUntil, now = Date.now()) {
    if (!backedUpUntil) return;
    const old = (row) => row.sent_at < backedUpUntil && Date.parse(row.sent_at) < now - STAYS;
    const ids = async (table) => (await this.standing(table, "sent", "read")).filter(old).map((row) => row.id);
    const [changes, photos] = [await ids("changes"), await ids("photos")];
    if (changes.length + photos.length) await this.store.remove({ changes, photos, bytes: photos });
  }

  /** The rows of a table in one of these standings. */
  async standing(table, ...standings) {
    const found = await Promise.all(standings.map((each) => this.store.all(table, "standing", standingOf(this.person, each))));
    return found.flat();
  }

  async opened(rows) {
    return Promise.all(rows.map(async (row) => ({
      ...(await this.vault.open(row.sealed, row.id)), seq: row.seq, device: this.device,
    })));
  }

  // Photos

  /** Keeps a photo: its facts in one row, its bytes in another. */
  async keepPhoto({ bytes, ...photo }) {
    const [sealed, body] = [await this.vault.seal(photo, photo.id), await this.vault.sealBytes(bytes, photo.id)];
    const row = { id: photo.id, person: this.person, inspection: photo.inspection, standing: "waiting", made_at: photo.taken_at, sealed };
    await this.store.put({ photos: [row], bytes: [{ id: photo.id, body }] });
  }

  /** Photos and documents with this standing, without their bytes. */
  async photos(standing = "waiting") {
    const rows = await this.store.all("photos", "standing", standingOf(this.person, standing));
    return Promise.all(rows.map(async (row) => ({
      ...(await this.vault.open(row.sealed, row.id)), standing: row.standing, words: row.words,
    })));
  }

  async bytes(id) {
    const row = await this.store.get("bytes", id);
    return row && this.vault.openBytes(row.body, id);
  }

  async settlePhoto(id, standing, at, words = "") {
    await this.store.alter("photos", [id], (row) => ({ ...row, standing, sent_at: at, words }));
  }

  // Packs

  async keepPack(pack) {
    const inspection = pack.inspection.id;
    const sealed = await this.vault.seal(pack, inspection);
    await this.store.put({ packs: [{ person: this.person, inspection, sealed }] });
  }

  async pack(inspection) {
    const row = await this.store.get("packs", [this.person, inspection]);
    return row && this.vault.open(row.sealed, inspection);
  }

  async packs() {
    const rows = await this.store.all("packs", "person", this.person);
    return Promise.all(rows.map((row) => this.vault.open(row.sealed, row.inspection)));
  }

  /** A visit that this person has no part in any more; what waits of it stays. */
  async forgetPack(inspection) {
    await this.store.remove({ packs: [[this.person, inspection]] });
  }

  // What belongs to the tablet

  async setting(name) {
    return this.store.setting(`${name} ${this.person}`);
  }

  async keepSettings(values) {
    await this.store.keepSettings(Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name} ${this.person}`, value])));
  }
}

/** A keep that lives as long as the page: what it shows as kept must have been sent. */
export function passingKeep(person, device) {
  const keep = new Keep(new PassingStore(), openVaultForAll, person, device);
  keep.lasting = false;
  return keep;
}

/** How many changes and photos of anybody wait on this tablet: [{id, name, waiting}]. */
export async function waitingByPerson(store) {
  const people = await store.all("people");
  return Promise.all(people.map(async ({ id, name }) => ({
    id, name,
    waiting: (await store.count("changes", "standing", standingOf(id, "waiting"))) + (await store.count("photos", "standing", standingOf(id, "waiting"))),
  })));
}

/** The same verbs over maps. */
class PassingStore extends Store {
  constructor() {
    super(null);
    this.tables = new Map();
    this.seq = 0;
  }

  rows(table) {
    if (!this.tables.has(table)) this.tables.set(table, new Map());
    return this.tables.get(table);
  }

  async get(table, key) {
    return this.rows(table).get(String(key)) ?? null;
  }

  async all(table, index = null, value = null, most = Infinity) {
    const belongs = (row) => index !== "standing" || row.standing === value.lower[1];
    return [...this.rows(table).values()].filter(belongs).sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0)).slice(0, most);
  }

  async keys(table, index, value) {
    return (await this.all(table, index, value)).map((row) => row.id);
  }

  async put(rows) {
    for (const [table, list] of Object.entries(rows)) for (const row of list) this.rows(table).set(String(keyOf(table, row)), row);
  }

  async putNext(table, make) {
    this.seq += 1;
    const row = make(this.seq);
    await this.put({ [table]: [row] });
    return row;
  }

  async alter(table, keys, change) {
    for (const key of keys) {
      const row = await this.get(table, key);
      const changed = row && change(row);
      if (changed) await this.put({ [table]: [changed] });
    }
  }

  async remove(keys) {
    for (const [table, list] of Object.entries(keys)) for (const key of list) this.rows(table).delete(String(key));
  }
}

function keyOf(table, row) {
  if (table === "settings") return row.name;
  return table === "packs" ? [row.person, row.inspection] : row.id;
}
