// The end of the visit at the unit: what still lacks, the end of field work, and the signatures of both sides on glass.

import { html, show } from "../html.js";
import { leavesOf, scoreSoFar } from "../rules/scoring.js";
import { withComma } from "../rules/decimal.js";
import { chipOf } from "./frame.js";
import { saveToFile } from "./list-screen.js";
import { SignaturePad } from "./signature-pad.js";

const SIDES = ["lead", "unit"];

export class FinishScreen {
  constructor(root, visit, tools) {
    Object.assign(this, { root, visit, tools, signing: null, refusing: false });
    this.ended = new AbortController();
    const { signal } = this.ended;
    root.addEventListener("click", (event) => this.clicked(event), { signal });
    root.addEventListener("submit", (event) => this.submitted(event), { signal });
    visit.onChange = () => this.changed();
    this.draw();
  }

  close() {
    this.ended.abort();
    this.visit.onChange = () => {};
  }

  /** What is being written on the glass is not drawn away. */
  changed() {
    if (!this.signing && !this.refusing) this.draw();
  }

  isTyping() {
    return Boolean(this.pad?.strokes.length);
  }

  draw() {
    const { visit, tools } = this;
    const { say, sign } = tools;
    const missing = visit.missing();
    document.title = say("finish_title");
    show(this.root, html`<header class="tablet-head"><a class="back" id="ve" href="${visit.pack.urls.visit}" aria-label="${say("to_checklist")}">${sign("back")}</a>
      <div><h1>${say("finish_title")}</h1><p>${visit.pack.inspection.unit}</p></div>${chipOf(tools, tools.chip())}</header>
    <main class="checklist" id="noi-dung" tabindex="-1">
      ${this.summary()}
      ${missing.unanswered.length + missing.unproven.length ? this.missing(missing) : ""}
      ${this.ending(missing)}
      ${visit.isFinished ? SIDES.map((side) => this.side(side)) : ""}
      <p><a class="button quiet" href="${visit.pack.urls.record}" target="_self">${say("record")}</a></p>
    </main>`);
    const canvas = this.root.querySelector("canvas");
    this.pad = canvas ? new SignaturePad(canvas) : null;
  }

  /** Everything that a signature on this screen is over. */
  summary() {
    const { visit, tools: { say } } = this;
    const figures = scoreSoFar(visit.pack.rubric, visit.values());
    const findings = visit.groups.flatMap((group) => leavesOf(group).flatMap(({ code }) => visit.findingsOf(code).map((each) => ({ code, ...each }))));
    return html`<section class="card"><h2>${say("finish_summary")}</h2><dl class="facts">
      <dt>${say("points_word")}</dt><dd><b>${withComma(figures.points)}</b> ${say("points_of", { max: withComma(figures.applicable_max) })}</dd>
      ${visit.groups.map((group) => html`<dt>${group.code}. ${group.name_vi}</dt><dd>${withComma(figures.groups[group.code].points)} ${say("points_of", { max: withComma(figures.groups[group.code].applicable_max) })}</dd>`)}</dl>
      <h3>${say("findings_word")} (${findings.length})</h3>
      <ul class="rows">${findings.map((each) => html`<li><span><b>${each.code}</b> ${each.fact}<span class="cell-note">${each.words}</span></span></li>`)}</ul></section>`;
  }

  missing({ unanswered, unproven }) {
    const { visit, tools: { say } } = this;
    const line = (words) => (each) => html`<li><a href="${visit.pack.urls.visit}/${each.section}#tc-${each.code}">${each.code} ${each.name}</a><span class="muted">${words}</span></li>`;
    return html`<section class="card"><h2>${say("finish_missing")}</h2><ul class="rows">${unanswered.map(line(say("unanswered")))}${unproven.map(line(say("finish_unproven")))}</ul></section>`;
  }

  ending(missing) {
    const { visit, tools: { say } } = this;
    if (visit.isFinished) return html`<div class="notice good" role="status"><div><p><b>${say("finish_done")}</b> ${say("finish_done_words")}</p></div></div>`;
    if (!visit.isOpen || !visit.pack.inspection.lead) return html`<div class="notice info" role="status"><div><p>${say("finish_by_lead")}</p></div></div>`;
    const lacks = missing.unanswered.length + missing.unproven.length;
    return html`<section class="card"><h2>${say("finish_now")}</h2><p class="muted">${lacks ? say("finish_lacks_n", { n: lacks }) : say("finish_now_words")}</p><div class="row"><button class="button primary" type="button" data-act="finish" ${lacks ? html`disabled` : ""}>${say("finish_now")}</button></div></section>`;
  }

  side(side) {
    const { visit, tools: { say, sign } } = this;
    const given = visit.signatures.filter((each) => (each.op === "refusal" ? "unit" : each.side) === side);
    return html`<section class="card" aria-labelledby="ky-${side}"><h2 id="ky-${side}">${say(`sign_${side}`)}</h2>
      ${given.map((each) => html`<p class="state good">${sign("signature")}<span>${each.op === "refusal" || each.reason ? say("refused_line", { reason: each.reason, witness: each.witness }) : `${each.name}, ${each.title}`}</span></p>${each.waiting ? html`<p class="state info">${sign("tablet")}<span>${say("waits_here")}</span></p>` : ""}`)}
      ${this.signing === side ? this.pen(side) : this.refusing && side === "unit" ? this.refusal() : html`<div class="row"><button class="button" type="button" data-act="sign" data-side="${side}">${given.length ? say("sign_again") : say("sign_here")}</button>
      ${side === "unit" ? html`<button class="button quiet" type="button" data-act="refuse">${say("sign_refused")}</button>` : ""}</div>`}</section>`;
  }

  pen(side) {
    const { say } = this.tools;
    return html`<form class="form" data-form="${side}"><p class="muted">${say("sign_words")}</p>
      <div class="form-pair">${text("ky-ten", "name", say("sign_name"), this.signer(side).name)}${text("ky-chuc", "title", say("sign_title"), this.signer(side).title)}</div>
      <canvas class="signature-pad" width="1000" height="400" aria-label="${say("sign_canvas")}"></canvas>
      <p class="state bad" role="alert" data-part="problem"></p>
      <div class="row"><button class="button primary" type="submit">${say("sign_keep")}</button><button class="button" type="button" data-act="wipe">${say("sign_wipe")}</button><button class="button quiet" type="button" data-act="stop">${say("cancel")}</button></div></form>`;
  }

  /** Who signs for a side, as the server knows them; somebody else may sign, and then says who. */
  signer(side) {
    const { person, inspection } = this.visit.pack;
    return side === "lead" ? { name: person.name, title: this.tools.say("sign_lead_title") } : inspection.head ?? { name: "", title: "" };
  }

  refusal() {
    const { say } = this.tools;
    return html`<form class="form" data-form="refusal">
      <div class="field"><label for="tc-ly-do">${say("refusal_reason")}</label><textarea class="textarea" id="tc-ly-do" name="reason" rows="3" maxlength="1000" required></textarea></div>
      ${text("tc-chung", "witness", say("refusal_witness"), "")}
      <div class="row"><button class="button primary" type="submit">${say("refusal_keep")}</button><button class="button quiet" type="button" data-act="stop">${say("cancel")}</button></div></form>`;
  }

  clicked(event) {
    const target = event.target.closest("[data-act]");
    const acts = {
      finish: () => this.visit.finish(),
      sign: () => this.show({ signing: target.dataset.side }),
      refuse: () => this.show({ refusing: true }),
      stop: () => this.show({}),
      wipe: () => this.pad.wipe(),
      export: () => saveToFile(this.tools.work),
    };
    acts[target?.dataset.act]?.();
  }

  show({ signing = null, refusing = false }) {
    Object.assign(this, { signing, refusing });
    this.draw();
  }

  /** Says what is wrong without drawing the glass anew. */
  complain(form, words) {
    show(form.querySelector("[data-part=problem]"), html`${this.tools.say(words)}`);
  }

  async submitted(event) {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(event.target)].map(([name, value]) => [name, value.trim()]));
    const { form: side } = event.target.dataset;
    if (side === "refusal") await this.visit.refuse(given);
    else {
      if (!this.pad.strokes.length) {
        this.complain(event.target, "sign_empty");
        return;
      }
      await this.visit.sign(side, { ...given, strokes: this.pad.strokes });
    }
    this.show({});
  }
}

function text(id, name, words, value) {
  return html`<div class="field"><label for="${id}">${words}</label><input class="input" id="${id}" name="${name}" maxlength="200" autocomplete="off" value="${value}" required></div>`;
}
