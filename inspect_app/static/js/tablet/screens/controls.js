// How a criterion is answered: one set of controls for each way of scoring.

import { ruleWords, toFields } from "../answers.js";
import { html } from "../html.js";
import { short, exact, withComma } from "../rules/decimal.js";
import { pointsOf } from "../rules/scoring.js";

const points = (number) => short(exact(number));

/** The controls of a criterion. `here` is {say, sign, rules, held, fields, counter, naOpen, isOpen}. */
export function controls(leaf, here) {
  const known = { options, boolean, ratio: rate, bands: rate, survey };
  return html`${(known[leaf.scoring] ?? counter)(leaf, here)} ${here.naOpen ? naPanel(leaf, here) : ""}`;
}

/** The result beside number fields: percentage and points, or what is wrong. */
export function result(leaf, value, here) {
  if (value === undefined) return html`<span>${here.say("incomplete")}</span>`;
  if (value === null || "na" in value) return nothingYet(leaf, here);
  try {
    const figure = pointsOf(leaf, value);
    return html`<b class="num">${shownPoints(figure, here)}</b><span>${figure.trace}</span>`;
  } catch (error) {
    return html`<span class="bad-text">${ruleWords(error, here.rules)}</span>`;
  }
}

function nothingYet(leaf, here) {
  const mayGiveRate = ["ratio", "bands"].includes(leaf.scoring) && here.isOpen && !here.rateOpen && !here.naOpen;
  if (!mayGiveRate) return html`<span>–</span>`;
  return html`<span><button class="button quiet" type="button" id="tl-${leaf.code}" data-act="rate" data-code="${leaf.code}">${here.say("rate_instead")}</button></span>`;
}

/** "1,71 điểm", or that the criterion does not count. */
export function shownPoints(figure, { say }) {
  return figure.applies ? say("points", { points: withComma(figure.points) }) : say("not_counted");
}

function options(leaf, here) {
  const chosen = here.held?.value?.level;
  const tiles = leaf.levels.map((level, place) =>
    tile(leaf, here, `level-${place}`, level.label_vi, here.say("points", { points: points(level.points) }), {
      chosen: chosen === place && !here.naOpen,
      no: Number(level.points) === 0,
    }),
  );
  return answers(leaf, here, tiles, "");
}

function boolean(leaf, here) {
  const chosen = here.naOpen ? undefined : here.held?.value?.value;
  const most = here.say("points", { points: points(leaf.max_points) });
  const none = here.say("points", { points: "0" });
  const tiles = [
    tile(leaf, here, "yes", here.say("yes"), most, { chosen: chosen === true }),
    tile(leaf, here, "no", here.say("no"), none, { chosen: chosen === false, no: true }),
  ];
  return answers(leaf, here, tiles, "short");
}

function answers(leaf, here, tiles, classes) {
  const na = leaf.na_allowed === false ? "" : tile(leaf, here, "na", here.say("na"), here.say("na_needs_reason"), { chosen: here.naOpen, na: true });
  return html`<fieldset class="answers ${classes}"><legend class="sr">${here.say("answer_to", { code: leaf.code })}</legend>${tiles}${na}</fieldset>`;
}

function tile(leaf, here, value, words, small, { chosen = false, no = false, na = false }) {
  const classes = `answer${no ? " no" : ""}${na ? " na" : ""}`;
  return html`<label class="${classes}"><input type="radio" name="c-${leaf.code}" id="c-${leaf.code}-${value}" value="${value}"
    data-act="pick" data-code="${leaf.code}" ${chosen ? html`checked` : ""} ${here.isOpen ? "" : html`disabled`}><span>${words}</span><small>${small}</small></label>`;
}

function rate(leaf, here) {
  const fields = { ...toFields(here.held?.value), ...here.fields };
  return html`<div class="ratio">
    ${number(leaf, here, "numerator", leaf.numerator || here.say("numerator"), fields.numerator)}
    <span aria-hidden="true">/</span>
    ${number(leaf, here, "denominator", leaf.denominator || here.say("denominator"), fields.denominator)}
    <output class="ratio-result" id="kq-${leaf.code}" for="f-${leaf.code}-numerator f-${leaf.code}-denominator">${result(leaf, here.typed, here)}</output>
  </div>
  ${fields.rate_pct || here.rateOpen ? html`<div class="form-pair">${number(leaf, here, "rate_pct", here.say("rate"), fields.rate_pct)}</div>` : ""}`;
}

function survey(leaf, here) {
  const fields = { ...toFields(here.held?.value), ...here.fields };
  const levels = Array.from({ length: leaf.weights?.length || 5 }, (_, place) => place);
  return html`<div class="ratio">
    ${number(leaf, here, "share_pct", here.say("share"), fields.share_pct)}
    <output class="ratio-result" id="kq-${leaf.code}">${result(leaf, here.typed, here)}</output>
  </div>
  <fieldset class="row"><legend>${here.say("counts")}</legend>${levels.map((place) =>
    number(leaf, here, `counts-${place}`, here.say("count_level", { n: place + 1 }), fields.counts?.[place]),
  )}</fieldset>`;
}

function number(leaf, here, name, words, value) {
  const id = `f-${leaf.code}-${name}`;
  return html`<div class="field"><label for="${id}">${words}</label><input class="input" id="${id}" inputmode="decimal"
    autocomplete="off" data-act="number" data-code="${leaf.code}" data-name="${name}" value="${value ?? ""}" ${here.isOpen ? "" : html`disabled`}></div>`;
}

function counter(leaf, here) {
  const { say, sign } = here;
  const events = here.held?.value?.events;
  const shut = here.isOpen ? "" : html`disabled`;
  return html`<div class="counter">
    <button class="button" type="button" id="bot-${leaf.code}" data-act="count" data-code="${leaf.code}" data-step="-1" aria-label="${say("fewer")}" ${shut}>${sign("minus")}</button>
    <output>${events ?? "–"}</output>
    <button class="button" type="button" id="them-${leaf.code}" data-act="count" data-code="${leaf.code}" data-step="1" aria-label="${say("more")}" ${shut}>${sign("plus")}</button>
    <span>${counterWords(leaf, say)}<br><small class="muted">${traceOf(leaf, here)}</small></span>
    ${events === undefined && here.isOpen ? html`<button class="button wide-words" type="button" id="khong-${leaf.code}" data-act="count" data-code="${leaf.code}" data-step="0">${say("none_times")}</button>` : ""}
  </div>`;
}

function counterWords(leaf, say) {
  if (leaf.scoring === "penalty") return say("penalty_line", { each: points(leaf.penalty_per_event) });
  if (leaf.scoring === "bonus") return say("bonus_line", { each: points(leaf.points_per_event), most: points(leaf.max_points) });
  return say("deduction_line", { each: points(leaf.points_per_event), most: points(leaf.cap) });
}

function traceOf(leaf, here) {
  const value = here.held?.value;
  return value && !("na" in value) ? pointsOf(leaf, value).trace : "";
}

function naPanel(leaf, here) {
  const { say, reasons, naReason, isOpen } = here;
  const shut = isOpen ? "" : html`disabled`;
  const other = naReason !== null && naReason !== "" && !reasons.includes(naReason);
  const id = `ly-do-${leaf.code}`;
  return html`<div class="inset">
    <div class="field"><label for="${id}">${say("na_reason")} <span class="hint">${say("na_required")}</span></label>
      <select class="select" id="${id}" data-act="na-reason" data-code="${leaf.code}" ${shut}><option value="">${say("na_choose")}</option>
      ${reasons.map((reason) => html`<option value="${reason}" ${reason === naReason ? html`selected` : ""}>${reason}</option>`)}
      <option value="other" ${other || here.naOther ? html`selected` : ""}>${say("na_other")}</option></select></div>
    ${other || here.naOther ? html`<div class="field"><label for="${id}-khac">${say("na_other_words")}</label><input class="input" id="${id}-khac" maxlength="300" data-act="na-other" data-code="${leaf.code}" value="${other ? naReason : ""}" ${shut}></div>` : ""}
  </div>`;
}
