// The screen of a visit: draws it, hears what the person does, and keeps the focus where it was.

import { ACTS } from "./acts.js";
import { fromFields, ruleWords } from "../answers.js";
import { html, replace, show } from "../html.js";
import { failed, nextUnanswered, progressOf, questionsOf } from "../progress.js";
import { Presses } from "../presses.js";
import { leavesOf, pointsOf, scoreSoFar } from "../rules/scoring.js";
import { cardClasses, criterionCard, hasProof, pointsLine, proof, stateLine, structure, wantsProof } from "./criterion.js";
import { earlierList } from "./finding.js";
import { result } from "./controls.js";
import { belongs, earlyForm, foot, head, index, sectionHead, segments, sum } from "./frame.js";

const AFTER_THE_CARD = 40;

/** Draws `visit` into `root`. `tools` are {say, sign, photos, findings, chip, later}. */
export class VisitScreen {
  constructor(root, visit, tools) {
    Object.assign(this, { root, visit, tools });
    this.section = Number(root.dataset.section) || 1;
    this.filter = "all";
    this.filtersOpen = false;
    this.open = { note: new Set(), finding: new Set(), sample: new Set(), na: new Set(), naOther: new Set(), rate: new Set() };
    this.fields = new Map();
    this.counters = new Map();
    this.timers = new Map();
    this.runs = new Map();
    this.drawn = new Map();
    this.built = new Map();
    this.gentle = false;
    this.presses = new Presses(tools.later);
    this.hereCode = null;
    this.ended = new AbortController();
    this.progress = new Map();
    this.soon = null;
    visit.onChange = (code) => this.drawCriterion(code);
    visit.onRenew = () => this.presses.draw("all", () => this.redraw());
  }

  /** Takes over the page, at the place that the address names. */
  start(hash) {
    document.title = `${this.visit.pack.inspection.unit}`;
    this.listen();
    this.draw();
    this.showPlace(hash);
  }

  /** Gives the page to another screen; what was being typed is kept first. */
  close() {
    for (const [key, timer] of this.timers) {
      this.tools.cancel(timer);
      this.runs.get(key)();
    }
    this.timers.clear();
    this.ended.abort();
    this.tools.cancel(this.soon);
    this.visit.onChange = this.visit.onRenew = () => {};
  }

  /** Something moved: a photo, or what waits. */
  changed(photo) {
    if (photo?.inspection === this.visit.id) this.drawCriterion(photo.criterion);
    else this.drawSoon();
  }

  /** Whether a field is being typed in that was not kept yet. */
  isTyping() {
    return this.timers.size > 0;
  }

  // Drawing

  draw() {
    const focus = this.focused();
    this.progress.clear();
    this.drawn.clear();
    show(this.root, html`<div data-part="head"></div><div class="tablet-body"><div data-part="index"></div>
      <main class="checklist" id="noi-dung" tabindex="-1">${this.checklist()}</main></div><div data-part="foot"></div>`);
    this.drawFrameNow();
    this.refocus(focus);
  }

  /** The server's newest record is drawn as a whole, unless somebody is typing in it. */
  redraw() {
    const cards = [...this.root.querySelectorAll(".criterion")];
    if (!cards.some((card) => this.typesIn(card))) this.draw();
    else this.drawSoon();
  }

  /** What a criterion changes elsewhere is drawn after its card has reached the screen, once for all that came together. */
  drawSoon() {
    this.soon ??= this.tools.later(() => {
      this.soon = null;
      this.presses.draw("rest", () => this.drawRest());
    }, AFTER_THE_CARD);
  }

  drawRest() {
    this.drawStates();
    this.drawSectionHeads();
    this.drawFrameNow();
  }

  drawFrameNow() {
    const focus = this.focused();
    const { visit } = this;
    const parts = visit.groups.map((group) => this.progressOf(group));
    const sections = visit.groups.map((group, place) => ({
      number: place + 1, group, progress: parts[place], current: this.filter === "all" && place + 1 === this.section,
    }));
    const look = { ...this.tools, visit, pack: visit.pack, chip: this.tools.chip(), start: visit.mayBegin };
    const left = nextUnanswered(visit.groups, (code) => visit.held(code), { section: 1, code: null });
    this.put("head", head(look));
    this.put("index", index(look, sections));
    this.put("foot", foot(look, sum(parts), this.filters(sum(parts)), left !== null));
    this.refocus(focus);
  }

  put(part, markup) {
    if (this.drawn.get(part) === markup.text) return;
    this.drawn.set(part, markup.text);
    replace(this.root.querySelector(`[data-part="${part}"]`), markup).dataset.part = part;
  }

  /** Draws one criterion: its words alone while somebody types in it, or when nothing else has changed. */
  drawCriterion(code) {
    const gentle = this.gentle;
    this.progress.delete(this.groupOf(code)?.code);
    this.presses.draw(`card ${code}`, () => this.drawCriterionNow(code, gentle));
  }

  drawCriterionNow(code, gentle) {
    const card = this.card(code);
    if (card) {
      const leaf = this.visit.leaf(code);
      const built = structure(this.here(code));
      if (gentle || this.typesIn(card) || this.built.get(code) === built) this.patch(card, leaf);
      else {
        const focus = this.focused();
        replace(card, this.cardOf(leaf));
        this.refocus(focus);
      }
    }
    this.drawSoon();
  }

  cardOf(leaf) {
    const here = this.here(leaf.code);
    this.built.set(leaf.code, structure(here));
    return criterionCard(leaf, here);
  }

  typesIn(card) {
    const active = document.activeElement;
    return card.contains(active) && active.matches("input:not([type=radio]):not([type=file]), textarea");
  }

  patch(card, leaf) {
    const here = this.here(leaf.code);
    card.className = cardClasses(leaf, here);
    show(card.querySelector(".points"), pointsLine(leaf, here));
    show(card.querySelector("[data-part=state]"), stateLine(leaf, here));
    const shelf = card.querySelector("[data-part=proof]");
    shelf.hidden = !hasProof(here);
    show(shelf, html`${proof(here)}`);
    card.querySelector("[data-part=wants]").hidden = !wantsProof(leaf, here);
    const shown = card.querySelector(".ratio-result");
    if (shown) show(shown, html`${result(leaf, here.typed, here)}`);
    const before = card.querySelector("[data-part=earlier]");
    if (before) this.patchFinding(before, leaf, here);
  }

  patchFinding(place, leaf, here) {
    show(place, html`${earlierList(here)}`);
    const suggested = document.getElementById(`tt-${leaf.code}-${here.finding.severity}`);
    if (suggested) suggested.checked = true;
  }

  /** Draws the truth about what is saved on every card. */
  drawStates() {
    const focus = this.focused();
    for (const place of this.root.querySelectorAll(".criterion [data-part=state]")) {
      const code = place.closest(".criterion").id.slice("tc-".length);
      const line = stateLine(this.visit.leaf(code), this.here(code));
      if (this.drawn.get(`state ${code}`) === line.text) continue;
      this.drawn.set(`state ${code}`, line.text);
      show(place, html`${line}`);
    }
    this.refocus(focus);
  }

  checklist() {
    const shown = this.shownSections();
    const panel = html`${this.asksWhy ? earlyForm(this.visit, this.tools) : ""}${this.filtersOpen ? segments(this.filters(this.whole()), this.tools, "xem") : ""}`;
    if (!shown.some(({ leaves }) => leaves.length)) return html`${panel}<p class="muted">${this.tools.say("nothing_here")}</p>`;
    return html`${panel}${shown.filter(({ leaves }) => leaves.length).map(({ group, leaves }) => html`
      <div data-section-head="${group.code}">${this.sectionHead(group)}</div>
      ${leaves.map((leaf) => this.cardOf(leaf))}`)}`;
  }

  sectionHead(group) {
    const figures = scoreSoFar({ ...this.visit.pack.rubric, groups: [group] }, this.valuesOf(group));
    return sectionHead(group, figures, this.progressOf(group), { ...this.tools, visit: this.visit });
  }

  drawSectionHeads() {
    for (const place of this.root.querySelectorAll("[data-section-head]")) {
      show(place, this.sectionHead(this.visit.groups.find((each) => each.code === place.dataset.sectionHead)));
    }
  }

  valuesOf(group) {
    const held = leavesOf(group).map(({ code }) => [code, this.visit.held(code)?.value ?? null]);
    return Object.fromEntries(held.filter(([, value]) => value !== null));
  }

  /** The progress of a section, counted again only after something in it has changed. */
  progressOf(group) {
    if (!this.progress.has(group.code)) this.progress.set(group.code, progressOf(group, (code) => this.visit.held(code)));
    return this.progress.get(group.code);
  }

  groupOf(code) {
    return this.visit.groups.find((group) => leavesOf(group).some((leaf) => leaf.code === code));
  }

  shownSections() {
    const all = this.filter === "all" ? [this.visit.groups[this.section - 1]] : this.visit.groups;
    return all.filter(Boolean).map((group) => ({
      group,
      leaves: questionsOf(group).filter((leaf) => {
        const held = this.visit.held(leaf.code);
        return belongs(leaf, held, this.filter, failed(leaf, held?.value));
      }),
    }));
  }

  filters(whole) {
    const { say } = this.tools;
    const views = [
      ["all", say("all"), null],
      ["unanswered", say("only_unanswered"), whole.questions - whole.answered],
      ["failed", say("only_failed"), whole.failed],
    ];
    if (whole.conflicts || this.filter === "conflicts") views.push(["conflicts", say("only_conflicts"), whole.conflicts]);
    return views.map(([name, words, count]) => ({ name, words, count, current: name === this.filter }));
  }

  whole() {
    return sum(this.visit.groups.map((group) => this.progressOf(group)));
  }

  /** Everything that the card of a criterion shows. */
  here(code) {
    const { visit, tools, open } = this;
    const known = visit.held(code);
    const counted = this.counters.get(code);
    const held = counted === undefined ? known : { ...(known ?? { note: "", others: [] }), value: { events: counted } };
    const naOpen = open.na.has(code) || Boolean(held?.value && "na" in held.value);
    const draft = this.fields.get(code);
    const typed = draft ? fromFields(visit.leaf(code), draft) : held?.value ?? null;
    return {
      ...tools, held, naOpen, typed,
      fields: draft ?? {},
      rateOpen: open.rate.has(code),
      rules: visit.pack.rules,
      reasons: visit.pack.reasons,
      naReason: held?.value?.na ?? "",
      naOther: open.naOther.has(code),
      incomplete: this.incomplete(code, typed, naOpen, held),
      isOpen: visit.isOpen,
      isHere: this.hereCode === code,
      noteOpen: open.note.has(code),
      findingOpen: open.finding.has(code),
      files: visit.filesOf(code),
      arrived: visit.sent.get(code) ?? [],
      waiting: tools.photos.list(visit.id, code),
      findings: visit.findingsOf(code),
      sampleOpen: open.sample.has(code),
      samples: visit.samplesOf(code),
      lasting: tools.work.keep.lasting,
      photoTrouble: tools.photos.trouble,
      ...tools.findings.of(code),
      state: this.timers.has(`answer:${code}`) || this.timers.has(`note:${code}`) ? "saving" : visit.stateOf(code),
      time: visit.timeOf(code),
      parkedWords: this.parkedWords(visit.parked.get(code)),
    };
  }

  parkedWords(parked) {
    return parked ? parked.words || (this.visit.pack.parked[parked.reason] ?? parked.reason) : "";
  }

  /** Why what is typed is not sent yet, in words; "" when it is. */
  incomplete(code, typed, naOpen, held) {
    if (naOpen && !(held?.value && "na" in held.value)) return this.tools.say("na_needs_reason");
    if (!this.fields.has(code)) return "";
    if (typed === undefined) return this.tools.say("incomplete");
    return this.problem(code, typed);
  }

  problem(code, value) {
    if (value === null) return "";
    try {
      pointsOf(this.visit.leaf(code), value);
      return "";
    } catch (error) {
      return ruleWords(error, this.visit.pack.rules);
    }
  }

  // What the person does

  /** Listens once, on the whole screen. */
  listen() {
    const { signal } = this.ended;
    this.presses.listen(this.root, signal);
    for (const kind of ["click", "change", "input"]) this.root.addEventListener(kind, (event) => this.heard(event, kind), { signal });
  }

  heard(event, kind) {
    const target = event.target.closest("[data-act]");
    const act = target && ACTS[kind][target.dataset.act];
    if (!act) return;
    if (target.tagName === "A") event.preventDefault();
    // Leaving a field must not take away the one that is being entered.
    this.gentle = kind === "change" && target.matches("input:not([type=radio]):not([type=file]), textarea");
    act(this, target, target.dataset.code);
    this.gentle = false;
  }

  after(key, pause, run) {
    this.tools.cancel(this.timers.get(key));
    this.runs.set(key, run);
    this.timers.set(key, this.tools.later(() => {
      this.timers.delete(key);
      run();
    }, pause));
  }

  now(key, run) {
    this.tools.cancel(this.timers.get(key));
    this.timers.delete(key);
    run();
  }

  sendFields(code) {
    const draft = this.fields.get(code);
    if (!draft) return;
    const value = fromFields(this.visit.leaf(code), draft);
    if (value === undefined || this.problem(code, value)) {
      this.drawCriterion(code);
      return;
    }
    this.fields.delete(code);
    this.open.na.delete(code);
    this.visit.answer(code, value);
    this.drawCriterion(code);
  }

  goTo(section, { push = true } = {}) {
    this.section = section;
    this.filter = "all";
    if (push) history.pushState(null, "", `${this.visit.pack.urls.visit}/${section}`);
    this.draw();
    window.scrollTo(0, 0);
  }

  jumpTo({ section, code }) {
    this.hereCode = code;
    if (section !== this.section || this.filter !== "all") this.goTo(section);
    else this.draw();
    const card = this.card(code);
    card?.scrollIntoView({ block: "center" });
    card?.querySelector("input, button")?.focus({ preventScroll: true });
  }

  /** Scrolls to the criterion that the address names (#tc-1.4), if it is on this page. */
  showPlace(hash) {
    if (hash.startsWith("#tc-")) this.card(decodeURIComponent(hash.slice("#tc-".length)))?.scrollIntoView({ block: "center" });
  }

  card(code) {
    return this.root.querySelector(`#tc-${CSS.escape(code)}`);
  }

  focused() {
    const element = document.activeElement;
    return element?.id && this.root.contains(element) ? element.id : null;
  }

  refocus(id) {
    const element = id && document.activeElement?.id !== id ? document.getElementById(id) : null;
    element?.focus({ preventScroll: true });
  }
}
