// A finding raised at a criterion, with the earlier ones of this unit beside it.

import { html } from "../html.js";

const SEVERITIES = ["light", "medium", "serious"];
const TONES = { light: "neutral", medium: "warn", serious: "bad" };

/** The form under a criterion. `here.finding` holds what is typed; `here.earlier` what was found before (null: asking). */
export function findingForm(leaf, here) {
  const { say, finding } = here;
  const id = `tt-${leaf.code}`;
  return html`<div class="inset"><h4>${say("finding")}</h4>
    <div data-part="earlier">${earlierList(here)}</div>
    <div class="row"><fieldset class="segments"><legend class="sr">${say("severity")}</legend>${SEVERITIES.map((name) =>
      html`<label><input class="sr" type="radio" name="${id}-muc" id="${id}-${name}" value="${name}" data-act="finding-part" data-code="${leaf.code}" data-name="severity" ${finding.severity === name ? html`checked` : ""}>${say(name)}</label>`,
    )}</fieldset></div>
    ${area(leaf, here, "fact", "fact", 3, "")}
    ${line(leaf, here, "legal_basis", "legal_basis")}
    <div class="form-pair"><div class="field"><label for="${id}-cause_kind">${say("cause_kind")} <span class="hint">${say("optional")}</span></label>
      <select class="select" id="${id}-cause_kind" data-act="finding-part" data-code="${leaf.code}" data-name="cause_kind">${["", "objective", "subjective"].map((name) =>
        html`<option value="${name}" ${finding.cause_kind === name ? html`selected` : ""}>${name ? say(name) : ""}</option>`,
      )}</select></div>${line(leaf, here, "cause", "cause")}</div>
    ${area(leaf, here, "recommendation", "recommendation", 2, say("optional"))}
    ${finding.problem ? html`<p class="state bad" role="alert">${here.sign("octagon")}<span>${finding.problem}</span></p>` : ""}
    <div class="row"><button class="button" type="button" id="${id}-neu" data-act="raise" data-code="${leaf.code}">${say("raise")}</button>
      <button class="button quiet" type="button" id="${id}-thoi" data-act="finding" data-code="${leaf.code}">${say("cancel")}</button></div></div>`;
}

/** What was raised at this criterion during this visit. */
export function raisedHere(findings, { say, sign }) {
  return html`<p class="muted">${say("raised_here")}</p>${findings.map(
    (each) => html`<p><span class="state ${TONES[each.severity]}">${sign("flag")}<span>${each.words}</span></span> ${each.fact}${each.waiting ? html` <span class="state info">${sign("tablet")}<span>${say("waits_here")}</span></span>` : ""}</p>`,
  )}`;
}

/** What was found at this criterion of this unit before. */
export function earlierList({ say, sign, earlier }) {
  if (earlier === null || earlier === undefined) return "";
  if (!earlier.length) return html`<p class="muted">${say("earlier_none")}</p>`;
  return html`<div><p class="state warn">${sign("repeat")}<span><b>${say("earlier")}.</b> ${say("earlier_hint")}</span></p>
    <ul class="rows">${earlier.map((each) => html`<li><span>${each.fact}<span class="cell-note">${[each.day, each.severity_words, each.state_words].filter(Boolean).join(" · ")}</span></span></li>`)}</ul></div>`;
}

function area(leaf, { say, finding }, name, words, rows, hint) {
  const id = `tt-${leaf.code}-${name}`;
  return html`<div class="field"><label for="${id}">${say(words)} ${hint ? html`<span class="hint">${hint}</span>` : ""}</label><textarea class="textarea" id="${id}" rows="${rows}" maxlength="4000" data-act="finding-part" data-code="${leaf.code}" data-name="${name}">${finding[name]}</textarea></div>`;
}

function line(leaf, { say, finding }, name, words) {
  const id = `tt-${leaf.code}-${name}`;
  return html`<div class="field"><label for="${id}">${say(words)} <span class="hint">${say("optional")}</span></label><input class="input" id="${id}" maxlength="1000" autocomplete="off" data-act="finding-part" data-code="${leaf.code}" data-name="${name}" value="${finding[name]}"></div>`;
}
