// One visit while it is open: its answers as the server has them, what is being changed, and what became of it.

import { same } from "./answers.js";
import { leavesOf } from "./rules/scoring.js";

const APP_VERSION = "1";

/** Holds no markup: screens read from it and tell it what the person did. */
export class Visit {
  constructor(pack, { outbox, onChange }) {
    Object.assign(this, { pack, outbox, onChange });
    this.answers = new Map(Object.entries(pack.answers));
    this.files = new Map(Object.entries(pack.files));
    this.findings = new Map(Object.entries(pack.findings));
    this.drafts = new Map();
    this.parked = new Map();
    this.leaves = new Map(pack.rubric.groups.flatMap((group) => leavesOf(group).map((leaf) => [leaf.code, leaf])));
  }

  get groups() {
    return this.pack.rubric.groups;
  }

  get isOpen() {
    return this.pack.inspection.open;
  }

  leaf(code) {
    return this.leaves.get(code);
  }

  /** {value, note, others, …} as the person sees it: what waits to be sent counts already; or null. */
  held(code) {
    const known = this.answers.get(code) ?? null;
    const draft = this.drafts.get(code);
    return draft ? { ...(known ?? { value: null, note: "", others: [] }), ...draft } : known;
  }

  /** The answers by code, for the rules. */
  values() {
    const found = {};
    for (const code of this.leaves.keys()) {
      const value = this.held(code)?.value ?? null;
      if (value !== null) found[code] = value;
    }
    return found;
  }

  /** "saving", "failed", "parked", "sent" or "unanswered": the truth about the criterion, for its foot. */
  stateOf(code) {
    if (this.outbox.holds(code)) return this.outbox.trouble ? "failed" : "saving";
    if (this.parked.has(code)) return "parked";
    return this.answers.get(code) ? "sent" : "unanswered";
  }

  /** When the server took in what it has of this criterion. */
  timeOf(code) {
    return new Date(this.answers.get(code)?.received_at ?? Date.now());
  }

  /** The person has answered; null takes the answer back. */
  answer(code, value) {
    const held = this.held(code);
    if (same(held?.value ?? null, value) && !held?.others?.length) return;
    this.draft(code, { value });
    this.send(code, "answer", value, "");
  }

  note(code, note) {
    if ((this.held(code)?.note ?? "") === note) return;
    this.draft(code, { note });
    this.send(code, "note", null, note);
  }

  /** The person has seen both answers and takes this one, with its note. */
  choose(code, version) {
    this.draft(code, { value: version.value });
    this.send(code, "answer", version.value, "");
    this.note(code, version.note ?? "");
  }

  /** What the server has done with a change. */
  settled(change, ack) {
    const code = change.criterion;
    if (ack.result.startsWith("parked:")) this.parked.set(code, ack.result.slice("parked:".length));
    else {
      this.parked.delete(code);
      this.answers.set(code, ack.answer ? { ...ack.answer, version: ack.version } : this.answers.get(code));
    }
    if (!this.outbox.holds(code)) this.drafts.delete(code);
    this.onChange(code);
  }

  draft(code, part) {
    this.drafts.set(code, { ...this.drafts.get(code), ...part });
  }

  send(code, op, value, note) {
    const known = this.answers.get(code);
    this.outbox.add({
      author: this.pack.person.id,
      inspection: this.pack.inspection.id,
      criterion: code,
      op,
      base_version: known?.version ?? 0,
      base_value_hash: (op === "note" ? known?.note_hash : known?.value_hash) ?? null,
      value,
      note,
      template_version: this.pack.template_version,
      app_version: APP_VERSION,
    });
    this.onChange(code);
  }
}
