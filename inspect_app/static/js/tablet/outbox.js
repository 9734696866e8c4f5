// Changes that wait for the server: in their order, one batch at a time, each until the server has named it.

import { newId } from "./ids.js";
import { SyncTrouble } from "./sync.js";

const MOST = 50;
const PAUSES = [2_000, 5_000, 15_000, 60_000, 300_000];

/**
 * `send(changes)` gives {acks}; `onAck(change, ack)` hears what became of each; `onChange()` that something did.
 * `later(run, milliseconds)` wakes it up again, `random()` spreads the tablets.
 */
export class Outbox {
  constructor({ store, send, onAck, onChange, later = defaultLater, random = Math.random, now = () => new Date() }) {
    Object.assign(this, { store, send, onAck, onChange, later, random, now });
    this.waiting = [];
    this.coming = [];
    this.trouble = null;
    this.failures = 0;
    this.batch = MOST;
    this.flushing = null;
  }

  /** How many changes are not known to the server. */
  get size() {
    return this.waiting.length + this.coming.length;
  }

  /** Whether something on this criterion waits. */
  holds(criterion) {
    return [...this.waiting, ...this.coming].some((change) => change.criterion === criterion);
  }

  /** Whether a change of this sort to this criterion waits that has never been sent. */
  unsent(criterion, op) {
    return this.waiting.find((change) => change.criterion === criterion && change.op === op && !change.tried) ?? null;
  }

  /** Adds a change and sends it. One that was never sent is replaced: only its latest value counts. */
  async add(change) {
    this.coming.push(change);
    const made = { ...change, id: newId(), seq: await this.store.nextSeq(), device: this.store.device };
    const earlier = this.unsent(change.criterion, change.op);
    made.client_time = this.now().toISOString();
    if (earlier) {
      // The person has seen no more than when the earlier one was made.
      made.base_version = earlier.base_version;
      made.base_value_hash = earlier.base_value_hash;
      this.waiting.splice(this.waiting.indexOf(earlier), 1);
      await this.store.forgetChange(earlier.id);
    }
    this.coming.splice(this.coming.indexOf(change), 1);
    this.waiting.push(made);
    await this.store.keepChange(made);
    this.onChange();
    return this.flush();
  }

  /** Sends what waits; a second call while sending waits for the first. */
  flush() {
    this.flushing ??= this.sendAll().finally(() => {
      this.flushing = null;
      if (this.waiting.length && !this.trouble) this.flush();
    });
    return this.flushing;
  }

  async sendAll() {
    while (this.waiting.length) {
      const sent = this.waiting.slice(0, this.batch);
      for (const change of sent) change.tried = true;
      try {
        const { acks } = await this.send(sent.map(asSent));
        await this.settle(sent, acks);
      } catch (error) {
        if (!(error instanceof SyncTrouble)) throw error;
        if (error.kind === "too_large" && sent.length > 1) this.batch = Math.ceil(sent.length / 2);
        else return this.giveUpForNow(error.kind);
      }
    }
    return undefined;
  }

  /** Takes out what the server has named. An empty answer is no answer: it is tried again later. */
  async settle(sent, acks) {
    for (const change of sent.filter((each) => acks.has(each.id))) {
      this.waiting.splice(this.waiting.indexOf(change), 1);
      await this.store.forgetChange(change.id);
      const ack = acks.get(change.id);
      this.rebase(change, ack);
      this.onAck(change, ack);
    }
    if (!acks.size) throw new SyncTrouble("server", "no acknowledgement");
    this.trouble = null;
    this.failures = 0;
    this.batch = Math.min(MOST, this.batch * 2);
    this.onChange();
  }

  /** What the same person changed again meanwhile rests on what has just been taken in. */
  rebase(change, ack) {
    if (ack.result !== "applied" && ack.result !== "same") return;
    const following = this.unsent(change.criterion, change.op);
    if (!following || following.base_version !== change.base_version) return;
    following.base_version = ack.version;
    following.base_value_hash = change.op === "note" ? ack.answer?.note_hash : ack.answer?.value_hash;
  }

  giveUpForNow(kind) {
    this.trouble = kind;
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)] * (0.75 + this.random() / 2);
    this.failures += 1;
    this.onChange();
    this.later(() => this.flush(), pause);
  }
}

function asSent({ tried, ...change }) {
  return change;
}

function defaultLater(run, milliseconds) {
  setTimeout(run, milliseconds);
}
