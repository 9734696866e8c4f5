// Changes that wait for the server: kept before they are shown as kept, sent in their order, one batch at a time, each
// until the server has named it.

import { newId } from "./ids.js";
import { StoreTrouble } from "./store.js";
import { SyncTrouble } from "./sync.js";

const MOST = 50;
const PAUSES = [2_000, 5_000, 15_000, 60_000, 300_000];
const LOCK = "inspect-tablet-send";
const RESTING = new Set(["answer", "note"]);

/**
 * `send(changes)` gives {acks, serverTime}; `onSettled(change, ack)` hears what became of each, `onChange()` that
 * something did. `mustWait(change)` holds one back until something else is through. `alone(name, work)` runs work in one
 * tab at a time; `later(run, milliseconds)` wakes the outbox up.
 */
export class Outbox {
  constructor({ keep, send, onSettled, onChange, mustWait = () => false, alone = inOneTab, later = defaultLater, random = Math.random, now = () => new Date() }) {
    Object.assign(this, { keep, send, onSettled, onChange, mustWait, alone, later, random, now });
    this.entries = new Map();
    this.byPlace = null;
    this.named = new Set();
    this.trouble = null;
    this.failures = 0;
    this.batch = MOST;
    this.flushing = null;
  }

  /** Takes up what waited when the page was closed. */
  async load() {
    for (const change of await this.keep.waiting()) this.takeUp(change);
    this.onChange();
  }

  /** How many changes are not known to the server. */
  get size() {
    return this.entries.size;
  }

  /** How many are neither on the tablet nor on the server. */
  get unsaved() {
    return this.list().filter((entry) => entry.state === "unsaved").length;
  }

  /** When the oldest waiting change was made, or null. */
  get oldest() {
    const times = this.list().map(({ change }) => change.client_time);
    return times.length ? times.reduce((a, b) => (a < b ? a : b)) : null;
  }

  /** What waits, in its order: [{change, state}], state "saving", "kept" or "unsaved". */
  list(inspection = null, criterion = null) {
    if (inspection === null) return [...this.entries.values()];
    if (criterion !== null) return this.places().get(`${inspection} ${criterion}`) ?? [];
    return this.list().filter(({ change }) => change.inspection === inspection);
  }

  /** The entries of each criterion: a screen asks for hundreds of them at every tap. */
  places() {
    if (this.byPlace) return this.byPlace;
    this.byPlace = new Map();
    for (const entry of this.entries.values()) {
      const place = `${entry.change.inspection} ${entry.change.criterion}`;
      this.byPlace.set(place, [...(this.byPlace.get(place) ?? []), entry]);
    }
    return this.byPlace;
  }

  put(entry) {
    this.entries.set(entry.change.id, entry);
    this.byPlace = null;
  }

  drop(id) {
    this.entries.delete(id);
    this.byPlace = null;
  }

  /** Keeps a change and sends it. It rests on the last one of its sort that still waits, if there is one. */
  async add(change) {
    const made = { ...change, id: newId(), client_time: this.now().toISOString() };
    const before = this.list(change.inspection, change.criterion).filter((entry) => entry.change.op === change.op).at(-1);
    if (before && RESTING.has(change.op)) made.base_change = before.change.id;
    const entry = { change: made, state: "saving" };
    this.put(entry);
    this.onChange();
    await this.save(entry);
    this.onChange();
    // In trouble the next try is due already, or comes with the network.
    return this.trouble ? undefined : this.flush();
  }

  /** Writes an entry to the store; one that cannot be written stays here, and says so. */
  async save(entry) {
    try {
      entry.change = await this.keep.keepChange(entry.change);
      entry.state = "kept";
    } catch (error) {
      if (!(error instanceof StoreTrouble)) throw error;
      entry.state = "unsaved";
      entry.change.seq ??= 1 + Math.max(0, ...this.list().map(({ change }) => change.seq ?? 0));
      entry.change.device ??= this.keep.device;
    }
  }

  /** Sends what waits; a second call while sending waits for the first. */
  flush() {
    this.flushing ??= this.alone(LOCK, () => this.sendAll()).finally(() => (this.flushing = null));
    return this.flushing;
  }

  async sendAll() {
    await this.refresh();
    for (let ready = this.ready(); ready.length; ready = this.ready()) {
      const sent = ready.slice(0, this.batch).map(({ change }) => change);
      try {
        const reply = await this.send(sent);
        await this.settle(sent, reply);
      } catch (error) {
        if (!(error instanceof SyncTrouble)) throw error;
        if (error.kind === "too_large" && sent.length > 1) this.batch = Math.ceil(sent.length / 2);
        else return this.giveUpForNow(error.kind);
      }
    }
    // Nothing is left to send, perhaps because another tab has sent it.
    this.trouble = null;
    return this.onChange();
  }

  /** Another tab may have added or sent something; what could not be kept is tried once more. */
  async refresh() {
    for (const entry of this.list()) if (entry.state === "unsaved") await this.save(entry);
    try {
      const waiting = new Set(await this.keep.waitingIds());
      for (const entry of this.list()) if (entry.state === "kept" && !waiting.has(entry.change.id)) this.drop(entry.change.id);
      const news = [...waiting].some((id) => !this.entries.has(id) && !this.named.has(id));
      if (news) for (const change of await this.keep.waiting()) this.takeUp(change);
    } catch (error) {
      if (!(error instanceof StoreTrouble)) throw error;
    }
  }

  takeUp(change) {
    if (!this.entries.has(change.id) && !this.named.has(change.id)) this.put({ change, state: "kept" });
  }

  /** What may be sent now, in its order. */
  ready() {
    const kept = this.list().filter(({ change, state }) => state !== "saving" && !this.mustWait(change));
    return kept.sort((one, other) => one.change.seq - other.change.seq);
  }

  /** Takes out what the server has named. An empty answer is no answer: it is tried again later. */
  async settle(sent, { acks, serverTime }) {
    if (!acks.size) throw new SyncTrouble("server", "no acknowledgement");
    try {
      await this.keep.settle(acks, serverTime);
    } catch (error) {
      // It stays on the tablet as waiting and is sent again: the server answers a second time as it did the first.
      if (!(error instanceof StoreTrouble)) throw error;
    }
    this.trouble = null;
    this.failures = 0;
    this.batch = Math.min(MOST, this.batch * 2);
    for (const change of sent.filter((each) => acks.has(each.id))) {
      this.named.add(change.id);
      this.drop(change.id);
      this.onSettled(change, acks.get(change.id));
    }
    this.onChange();
  }

  /** The server was put back to an earlier state: what it had named counts as waiting again. */
  async offerAgain() {
    this.named.clear();
    await this.load();
    return this.flush();
  }

  giveUpForNow(kind) {
    this.trouble = kind;
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)] * (0.75 + this.random() / 2);
    this.failures += 1;
    this.onChange();
    this.later(() => this.flush(), pause);
  }
}

/** Runs work while no other tab of this browser does. */
function inOneTab(name, work) {
  return globalThis.navigator?.locks ? navigator.locks.request(name, work) : work();
}

function defaultLater(run, milliseconds) {
  setTimeout(run, milliseconds);
}
