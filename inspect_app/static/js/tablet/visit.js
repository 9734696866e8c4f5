// One visit while it is open: its answers as the server has them, with what waits to be sent laid over them.

import { same } from "./answers.js";
import { newSeed } from "./ids.js";
import { needsProof, questionsOf, waits } from "./progress.js";
import { contentDigest, hashOf } from "./rules/digest.js";
import { draw, LARGEST_POPULATION } from "./rules/sampling.js";
import { leavesOf } from "./rules/scoring.js";
import { APP_VERSION } from "./sync.js";

const SIGNING = new Set(["signature", "refusal"]);

/** Holds no markup: screens read from it and tell it what the person did. */
export class Visit {
  constructor(pack, { outbox, photos, onChange = () => {} }) {
    Object.assign(this, { outbox, photos, onChange, onRenew: () => {} });
    this.parked = new Map();
    this.sent = new Map();
    this.sentHashes = [];
    this.agreed = null;
    this.renew(pack);
  }

  /** The server's newest pack takes the place of the one before; what waits stays over it. */
  renew(pack) {
    this.pack = pack;
    this.answers = new Map(Object.entries(pack.answers));
    this.files = new Map(Object.entries(pack.files));
    this.findings = new Map(Object.entries(pack.findings));
    this.leaves = new Map(pack.rubric.groups.flatMap((group) => leavesOf(group).map((leaf) => [leaf.code, leaf])));
    for (const [code, sent] of this.sent) this.sent.set(code, sent.filter((each) => !this.filesOf(code).some((file) => file.id === each.id)));
    this.onRenew();
  }

  get id() {
    return this.pack.inspection.id;
  }

  get groups() {
    return this.pack.rubric.groups;
  }

  /** Whether answers may be given: the server says so, or the leader has begun without a network. */
  get isOpen() {
    return this.pack.inspection.open || this.waiting("").some(({ change }) => change.op === "start");
  }

  leaf(code) {
    return this.leaves.get(code);
  }

  waiting(criterion = null) {
    return this.outbox.list(this.id, criterion);
  }

  /** {value, note, others, …} as the person sees it: what waits to be sent counts already; or null. */
  held(code) {
    let held = this.answers.get(code) ?? null;
    for (const { change } of this.waiting(code)) {
      if (change.op === "answer") held = { ...(held ?? EMPTY), value: change.value };
      if (change.op === "note") held = { ...(held ?? EMPTY), note: change.note };
    }
    return held;
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

  /** Findings raised here: those that the server has, and those that wait. */
  findingsOf(code) {
    const waiting = this.waiting(code).filter(({ change }) => change.op === "finding");
    return [...(this.findings.get(code) ?? []), ...waiting.map(({ change }) => ({ ...change.value, waiting: true }))];
  }

  filesOf(code) {
    return this.files.get(code) ?? [];
  }

  /** What the criterion's foot says: "saving", "unsaved", "kept", "failed", "parked", "sent", "safe" or "unanswered". */
  stateOf(code) {
    const waiting = this.waiting(code);
    if (waiting.some(({ state }) => state === "unsaved")) return "unsaved";
    if (waiting.some(({ state }) => state === "saving")) return "saving";
    if (waiting.length) return this.outbox.keep.lasting ? "kept" : this.outbox.trouble ? "failed" : "saving";
    if (this.parked.has(code)) return "parked";
    const answer = this.answers.get(code);
    if (!answer) return "unanswered";
    return this.agreed && this.pack.backed_up_until && answer.received_at <= this.pack.backed_up_until ? "safe" : "sent";
  }

  /** When what is shown was kept or taken in. */
  timeOf(code) {
    const waiting = this.waiting(code).at(-1);
    return new Date(waiting?.change.client_time ?? this.answers.get(code)?.received_at ?? Date.now());
  }

  /** The person has answered; null takes the answer back. */
  answer(code, value) {
    const held = this.held(code);
    if (same(held?.value ?? null, value) && !held?.others?.length) return;
    this.send(code, "answer", { value });
  }

  note(code, note) {
    if ((this.held(code)?.note ?? "") === note) return;
    this.send(code, "note", { note });
  }

  /** The person has seen both and takes this one: its answer, its note, or both, whichever was in conflict. */
  choose(code, version) {
    const registers = new Set((this.held(code)?.others ?? []).map(({ register }) => register));
    if (registers.has("answer") || registers.has("both")) this.send(code, "answer", { value: version.value });
    if (registers.has("note") || registers.has("both")) this.send(code, "note", { note: version.note ?? "" });
  }

  // The visit as a whole

  /** Whether the leader may begin here and now. */
  get mayBegin() {
    return !this.isOpen && this.pack.inspection.state === "notified" && Boolean(this.pack.inspection.lead);
  }

  /** Whether today, as people in Hà Nội count it, lies before the first day of the schedule: that takes a reason. */
  get startsEarly() {
    const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" }).format(new Date());
    return Boolean(this.pack.inspection.starts_on) && today < this.pack.inspection.starts_on;
  }

  begin(reason = "") {
    this.send("", "start", { value: reason ? { reason } : {} });
  }

  /** Whether field work is over, here or on the server. */
  get isFinished() {
    return this.pack.inspection.state === "field_done" || this.waiting("").some(({ change }) => change.op === "finish");
  }

  finish() {
    this.send("", "finish", { value: {} });
  }

  /** The criteria that still lack an answer or proof, as [{section, code, name}]; twin of still_missing. */
  missing() {
    const found = { unanswered: [], unproven: [] };
    this.groups.forEach((group, place) => {
      for (const leaf of questionsOf(group)) {
        const held = this.held(leaf.code);
        const line = { section: place + 1, code: leaf.code, name: leaf.name_vi };
        if (waits(leaf) && (held?.value ?? null) === null) found.unanswered.push(line);
        else if (needsProof(leaf, held?.value) && !this.isProven(leaf.code)) found.unproven.push(line);
      }
    });
    return found;
  }

  isProven(code) {
    return Boolean(this.held(code)?.note?.trim()) || this.filesOf(code).length + (this.sent.get(code)?.length ?? 0) > 0
      || this.photos.list(this.id, code).length > 0 || this.findingsOf(code).length > 0;
  }

  /** Draws case files and keeps seed and numbers; false for what cannot be drawn. */
  sample(code, population, size, label) {
    if (!(Number.isInteger(population) && Number.isInteger(size) && size >= 1 && size <= population && population <= LARGEST_POPULATION)) return false;
    const seed = newSeed();
    this.send(code, "sample", { value: { seed, population, size, drawn: draw(seed, population, size), label } });
    return true;
  }

  /** Who says to be working on a section; the person's own word counts before it is sent. */
  claimants(section) {
    const own = this.waiting("").filter(({ change }) => change.op === "claim").at(-1)?.change.value.section;
    const { name } = this.pack.person;
    const others = (this.pack.sections?.[section] ?? []).filter((each) => own === undefined || each !== name);
    return own === section ? [...others, name] : others;
  }

  /** One section at a time: the server has taken the claim in. */
  claimed(section) {
    const { name } = this.pack.person;
    const others = Object.entries(this.pack.sections).map(([each, names]) => [each, names.filter((other) => other !== name)]);
    this.pack.sections = Object.fromEntries(others);
    if (section) this.pack.sections[section] = [...(this.pack.sections[section] ?? []), name];
  }

  claim(section) {
    this.send("", "claim", { value: { section } });
  }

  samplesOf(code) {
    const waiting = this.waiting(code).filter(({ change }) => change.op === "sample").map(({ change }) => ({ ...change.value, waiting: true }));
    return [...(this.pack.samples?.[code] ?? []), ...waiting];
  }

  /** The hash of everything that is shown for signing. */
  async digest() {
    const answers = {};
    for (const code of this.leaves.keys()) {
      const held = this.held(code);
      if (!held || (held.value === null && !held.note)) continue;
      const known = this.waiting(code).length ? null : this.answers.get(code);
      answers[code] = known ? [known.value_hash, known.note_hash] : [await hashOf(held.value), await hashOf(held.note ?? "")];
    }
    const codes = [...this.leaves.keys()];
    const findings = codes.flatMap((code) => this.findingsOf(code).map(({ id }) => id));
    const waiting = this.photos.list(this.id).map(({ photo }) => photo.sha256);
    return contentDigest({ answers, findings, files: [...new Set([...(this.pack.file_hashes ?? []), ...this.sentHashes, ...waiting])] });
  }

  /** Signatures and refusals: those that the server has, and those that wait. */
  get signatures() {
    const waiting = this.waiting("").filter(({ change }) => SIGNING.has(change.op));
    return [...(this.pack.signatures ?? []), ...waiting.map(({ change }) => ({ op: change.op, ...change.value, waiting: true }))];
  }

  async sign(side, { name, title, strokes }) {
    this.send("", "signature", { value: { side, name, title, strokes, digest: await this.digest() } });
  }

  async refuse({ reason, witness }) {
    this.send("", "refusal", { value: { reason, witness, digest: await this.digest() } });
  }

  /** What the server has done with a change. */
  settled(change, ack) {
    const code = change.criterion;
    this.agreed = null;
    if (ack.result.startsWith("parked:")) this.putAside(change, ack);
    else {
      this.parked.delete(code);
      if (ack.answer) this.answers.set(code, { ...ack.answer, version: ack.version });
      if (change.op === "finding") this.findings.set(code, [...(this.findings.get(code) ?? []), change.value]);
      if (change.op === "start") Object.assign(this.pack.inspection, { open: true, state: "in_progress" });
      if (change.op === "finish") this.pack.inspection.state = "field_done";
      if (change.op === "sample") (this.pack.samples[code] ??= []).push(change.value);
      if (SIGNING.has(change.op)) this.pack.signatures.push({ op: change.op, ...change.value });
      if (change.op === "claim") this.claimed(change.value.section);
    }
    this.onChange(code);
  }

  /** A change that was put aside, by its criterion. */
  putAside({ id, criterion }, { result, words }) {
    this.parked.set(criterion, { id, reason: result.slice("parked:".length), words: words ?? "" });
  }

  dismiss(id) {
    for (const [code, parked] of this.parked) if (parked.id === id) this.parked.delete(code);
  }

  /** A photo is on the server: it stays in sight until the next pack brings it. */
  stored(photo, attachment, preview) {
    const code = photo.criterion;
    this.sentHashes.push(photo.sha256);
    this.sent.set(code, [...(this.sent.get(code) ?? []), { id: attachment, words: photo.name, preview }]);
    this.onChange(code);
  }

  /** Whether the server has everything that this tablet has sent of this visit, by its digest. */
  agrees(digest, { last, files }) {
    const behind = [...this.answers].some(([code, answer]) => (digest.criteria[code]?.[0] ?? 0) < answer.version);
    const there = new Set(digest.files);
    return !behind && last <= (digest.last_seq?.[this.outbox.keep.device] ?? 0) && files.every((hash) => there.has(hash));
  }

  send(code, op, given) {
    const known = this.answers.get(code);
    this.outbox.add({
      author: this.pack.person.id,
      inspection: this.id,
      criterion: code,
      op,
      base_version: known?.version ?? 0,
      base_value_hash: (op === "note" ? known?.note_hash : known?.value_hash) ?? null,
      value: null,
      note: "",
      ...given,
      template_version: this.pack.template_version,
      app_version: APP_VERSION,
    });
    this.onChange(code);
  }
}

const EMPTY = { value: null, note: "", others: [] };
