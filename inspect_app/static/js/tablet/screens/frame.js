// What stands around the criteria: the unit, the sections with their progress, the bar at the foot.

import { bar, html } from "../html.js";
import { questionsOf, waits } from "../progress.js";
import { exact, short, withComma } from "../rules/decimal.js";
import { day } from "../words.js";

/** The head: where one is, and the truth about what waits. */
export function head({ say, sign, pack, chip }) {
  return html`<header class="tablet-head">
    <a class="back" id="ve" href="${pack.urls.home}" aria-label="${say("back")}">${sign("back")}</a>
    <div><h1>${pack.inspection.unit}</h1><p>${pack.inspection.line}</p></div>
    ${chipOf({ say, sign }, chip)}
  </header>`;
}

/** The truth about what waits. `said` is what Work.chip gives. */
export function chipOf({ say, sign }, said) {
  return html`<span class="sync-chip ${said.tone}" role="status">${sign(said.sign)}<span><b>${said.title}</b>${said.words && !said.act ? html`<small>${said.words}</small>` : ""}
    ${said.act ? html`<button class="button small" type="button" data-act="${said.act}">${said.words}</button>` : ""}
    ${said.room ? html`<a href="${said.room}">${say("parked_look")}</a>` : ""}${said.url ? html`<a href="${said.url}" target="${said.here ? "_self" : "_blank"}" rel="noopener">${say("sign_in_now")}</a>` : ""}</span></span>`;
}

/** The sections with "9/12, 1 không đạt". `sections` are {number, group, progress, current}. */
export function index({ say, sign, pack, visit }, sections) {
  return html`<nav class="section-index" aria-label="${say("sections")}"><ol>${sections.map(({ number, group, progress, current }) => {
    const share = progress.questions ? (progress.answered * 100) / progress.questions : 100;
    return html`<li><a href="${pack.urls.visit}/${number}" id="phan-${number}" data-act="section" data-section="${number}" ${current ? html`aria-current="page"` : ""}>
      <span>${group.code}</span><span class="name">${group.name_vi}</span>
      <span class="progress"><span>${progress.answered}/${progress.questions}</span>${mark(progress, { say, sign })}</span>${bar(share)}${claimed(visit.claimants(group.code), sign)}</a></li>`;
  })}</ol></nav>`;
}

function claimed(names, sign) {
  return names.length ? html`<span class="claimed">${sign("person")}${names.join(", ")}</span>` : "";
}

/** A section's heading with its figures so far, and the offer to say that one works on it. */
export function sectionHead(group, figures, progress, { say, visit }) {
  const line = [
    say("section_line", { done: progress.answered, all: progress.questions }),
    say("points_so_far", { points: withComma(figures.points), max: withComma(figures.max) }),
    say("points_most", { most: short(exact(figures.applicable_max)) }),
  ];
  return html`<div class="section-head"><h2>${group.code}. ${group.name_vi}</h2><p>${line.join(" · ")}</p>${claimButton(group, visit, say)}</div>`;
}

function claimButton(group, visit, say) {
  if (!visit.isOpen) return "";
  const mine = visit.claimants(group.code).includes(visit.pack.person.name);
  return html`<button class="button quiet small" type="button" id="nhan-${group.code}" data-act="claim" data-code="${mine ? "" : group.code}" aria-pressed="${mine ? "true" : "false"}">${mine ? say("claim_mine") : say("claim")}</button>`;
}

/** The foot: how far the whole is, what to look at, and the next question. `filters` are {name, words, count, current}. */
export function foot({ say, sign, pack, start }, whole, filters, anyLeft) {
  const share = whole.questions ? (whole.answered * 100) / whole.questions : 100;
  return html`<section class="bottombar" aria-label="${say("whole_progress")}">
    <div class="tally"><b>${whole.answered}/${whole.questions}</b> ${say("criteria")}${bar(share, 6)}</div>
    ${segments(filters, { say })}
    <button class="button filter-link" type="button" id="loc" data-act="show-filters">${say("filter")}</button>
    ${start ? html`<button class="button primary" type="button" id="bat-dau" data-act="begin">${say("begin")}</button>` : anyLeft
      ? html`<button class="button primary" type="button" id="tiep" data-act="next">${say("next_unanswered")}${sign("next")}</button>`
      : html`<a class="button primary" id="tiep" href="${pack.urls.visit}/finish">${say("all_answered")}${sign("next")}</a>`}
  </section>`;
}

/** Asks why the visit begins before its first day. */
export function earlyForm(visit, { say }) {
  return html`<section class="card"><div class="field"><label for="vi-sao">${say("begin_early", { day: day(visit.pack.inspection.starts_on) })}</label>
    <textarea class="textarea" id="vi-sao" rows="2" maxlength="1000" required></textarea></div>
    <div class="row"><button class="button primary" type="button" id="bat-dau-som" data-act="begin-early">${say("begin")}</button></div></section>`;
}

/** The views on the criteria: all, without an answer, failed, in conflict. */
export function segments(filters, { say }, prefix = "loc") {
  return html`<nav class="segments" aria-label="${say("filter_criteria")}">${filters.map(
    ({ name, words, count, current }) =>
      html`<a href="#noi-dung" id="${prefix}-${name}" data-act="filter" data-filter="${name}" ${current ? html`aria-current="true"` : ""}>${words}${count === null ? "" : html` <span class="n">${count}</span>`}</a>`,
  )}</nav>`;
}

/** Sums of progress over all sections. */
export function sum(parts) {
  const whole = { answered: 0, questions: 0, failed: 0, conflicts: 0 };
  for (const part of parts) for (const name of Object.keys(whole)) whole[name] += part[name];
  return whole;
}

/** Whether a criterion belongs to a view. */
export function belongs(leaf, held, filter, isFailed) {
  if (filter === "unanswered") return waits(leaf) && (held?.value ?? null) === null;
  if (filter === "failed") return isFailed;
  if (filter === "conflicts") return (held?.others?.length ?? 0) > 0;
  return questionsOf({ criteria: [leaf] }).length > 0;
}

function mark(progress, { say, sign }) {
  if (progress.conflicts) return problem("warn", sign("split"), say("conflict_n", { n: progress.conflicts }));
  if (progress.failed) return problem("bad", sign("x"), say("failed_n", { n: progress.failed }));
  if (progress.answered < progress.questions) return "";
  return html`<span class="state good">${sign("check")}<span class="sr">${say("done")}</span></span>`;
}

function problem(tone, mark, words) {
  return html`<span class="problem state ${tone}">${mark}<span>${words}</span></span>`;
}
