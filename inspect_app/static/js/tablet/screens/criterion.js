// The card of one criterion: what is asked, its controls, note, photos, findings, and the truth about what is saved.

import { inWords } from "../answers.js";
import { html } from "../html.js";
import { failed, needsProof } from "../progress.js";
import { short, exact, withComma } from "../rules/decimal.js";
import { pointsOf } from "../rules/scoring.js";
import { hour } from "../words.js";
import { controls } from "./controls.js";
import { findingForm, raisedHere } from "./finding.js";
import { sampleForm, samplesHere } from "./sampling.js";

/** The whole card. `here` is what visit-screen.js gives for a criterion. */
export function criterionCard(leaf, here) {
  const { held, say } = here;
  const conflict = (held?.others?.length ?? 0) > 0;
  return html`<article class="${cardClasses(leaf, here)}" id="tc-${leaf.code}">
    <header class="criterion-head"><span class="code">${leaf.code}</span><h3>${leaf.name_vi}</h3>
      <p class="points">${pointsLine(leaf, here)}</p>
      ${leaf.evidence ? html`<p class="proof">${say("proof", { proof: leaf.evidence })}</p>` : ""}</header>
    ${conflict ? conflictPair(leaf, here) : ""}
    ${controls(leaf, here)}
    ${noteInset(leaf, here)}
    <div data-part="proof" ${hasProof(here) ? "" : html`hidden`}>${proof(here)}</div>
    ${here.findingOpen ? findingForm(leaf, here) : ""}
    ${here.sampleOpen ? sampleForm(leaf, here) : ""}
    <p class="state warn" data-part="wants" ${wantsProof(leaf, here) ? "" : html`hidden`}>${here.sign("triangle")}<span>${here.say("wants_proof")}</span></p>
    <div class="criterion-foot">${here.isOpen ? foot(leaf, here) : ""}<span class="state-line" data-part="state">${stateLine(leaf, here)}</span></div>
  </article>`;
}

/** What a card is built of: while it stays the same, only words in it change. */
export function structure({ held, naOpen, naOther, noteOpen, findingOpen, sampleOpen, rateOpen, isHere, isOpen, finding }) {
  const { value = null, note = "", others = [] } = held ?? {};
  const seen = noteOpen ? "" : note;
  return JSON.stringify([value, seen, others, naOpen, naOther, noteOpen, findingOpen, sampleOpen, rateOpen, isHere, isOpen, finding.problem]);
}

/** The classes of the card: failed, in conflict, or the one that was jumped to. */
export function cardClasses(leaf, { held, isHere }) {
  const wrong = held?.value ? failed(leaf, held.value) : false;
  const conflict = (held?.others?.length ?? 0) > 0;
  return `criterion${wrong ? " fail" : ""}${conflict ? " needs-you" : ""}${isHere ? " here" : ""}`;
}

/** "1,71 / 2 điểm", "– / 2 điểm", or that it does not count. */
export function pointsLine(leaf, { held, say }) {
  const most = leaf.max_points === undefined ? "" : say("points_of", { max: short(exact(leaf.max_points)) });
  if (!held?.value) return html`<b>–</b> ${most}`;
  const figure = pointsOf(leaf, held.value);
  return figure.applies ? html`<b>${withComma(figure.points)}</b> ${most}` : html`<b>${say("not_counted")}</b>`;
}

/** What is true of the answer now: saving, sent at, not saved, or nobody has answered. */
export function stateLine(leaf, here) {
  const { say, sign } = here;
  if (here.incomplete) return state("neutral", sign("ring-dash"), here.incomplete);
  const known = {
    saving: () => state("neutral", sign("ring-dash"), say("saving")),
    failed: () => html`<span class="row tight">${state("bad", sign("octagon"), say("not_saved"))}<button class="button small" type="button" id="lai-${leaf.code}" data-act="again">${say("again")}</button></span>`,
    parked: () => state("bad", sign("octagon"), here.parkedWords),
    unsaved: () => html`<span class="row tight">${state("bad", sign("octagon"), say("not_kept"))}<button class="button small" type="button" id="tep-${leaf.code}" data-act="export">${say("save_to_file")}</button></span>`,
    kept: () => state("info", sign("tablet"), say("kept_at", { time: hour(here.time) })),
    sent: () => state("info", sign("arrow-up"), say("sent_at", { time: hour(here.time) })),
    safe: () => state("good", sign("shield"), say("safe")),
    unanswered: () => state("neutral", sign("ring-dash"), say("unanswered")),
  };
  if (["sent", "safe"].includes(here.state) && !here.held?.value) return state("neutral", sign("ring-dash"), say("unanswered"));
  return known[here.state]();
}

function state(tone, mark, words) {
  return html`<span class="state ${tone}">${mark}<span>${words}</span></span>`;
}

function foot(leaf, here) {
  const { say, sign, files, arrived, waiting, findings } = here;
  const taken = files.length + arrived.length + waiting.length;
  const inNumbers = !["options", "boolean"].includes(leaf.scoring) && leaf.na_allowed !== false;
  const photos = taken ? say("photo_n", { n: taken }) : say("photo");
  const raised = findings.length ? say("finding_n", { n: findings.length }) : say("finding");
  return html`
    <button class="button quiet" type="button" id="gc-${leaf.code}" data-act="note" data-code="${leaf.code}" aria-expanded="${here.noteOpen ? "true" : "false"}">${sign("note")}${say("note")}</button>
    <label class="button quiet">${sign("camera")}${photos}<input class="sr" type="file" accept="image/*,.pdf,.docx,.xlsx" capture="environment" data-act="photo" data-code="${leaf.code}"></label>
    <button class="button quiet" type="button" id="tt-${leaf.code}" data-act="finding" data-code="${leaf.code}" aria-expanded="${here.findingOpen ? "true" : "false"}">${sign("flag")}${raised}</button>
    <button class="button quiet" type="button" id="rm-${leaf.code}" data-act="sample" data-code="${leaf.code}" aria-expanded="${here.sampleOpen ? "true" : "false"}">${sign("list")}${say("sample")}</button>
    ${inNumbers ? html`<button class="button quiet" type="button" id="ka-${leaf.code}" data-act="na" data-code="${leaf.code}" aria-pressed="${here.naOpen ? "true" : "false"}">${here.naOpen ? say("na_undo") : say("na")}</button>` : ""}
    ${here.held?.value ? html`<button class="button quiet" type="button" id="bo-${leaf.code}" data-act="take-back" data-code="${leaf.code}" aria-label="${say("take_back")}" title="${say("take_back")}">${sign("undo")}</button>` : ""}`;
}

function noteInset(leaf, here) {
  const note = here.held?.note ?? "";
  if (here.noteOpen) return html`<div class="inset">${noteField(leaf, note, here)}</div>`;
  return note ? html`<div class="inset"><p>${here.sign("note")} ${note}</p></div>` : "";
}

/** Whether there is anything to show as proof. */
export function hasProof({ files, arrived, findings, waiting, samples }) {
  return files.length + arrived.length + waiting.length + findings.length + samples.length > 0;
}

/** Whether the criterion still lacks what says why its points differ. */
export function wantsProof(leaf, here) {
  return here.isOpen && !here.held?.note && !hasProof({ ...here, samples: [] }) && needsProof(leaf, here.held?.value);
}

/** Photos, documents and findings of a criterion. */
export function proof(here) {
  const { files, arrived, findings, waiting, samples } = here;
  if (!hasProof(here)) return "";
  const shots = files.length + arrived.length + waiting.length;
  return html`<div class="inset">
    ${shots ? html`<ul class="photos">${files.map((file) => stored(file, here))}${arrived.map((item) => justStored(item, here))}${waiting.map((item) => onItsWay(item, here))}</ul>` : ""}
    ${samples.length ? samplesHere(samples, here) : ""}
    ${findings.length ? raisedHere(findings, here) : ""}
  </div>`;
}

function noteField(leaf, note, { say, isOpen }) {
  const id = `gcn-${leaf.code}`;
  return html`<div class="field"><label for="${id}">${say("note_of", { code: leaf.code })}</label>
    <textarea class="textarea" id="${id}" rows="3" maxlength="4000" data-act="note-words" data-code="${leaf.code}" ${isOpen ? "" : html`disabled`}>${note}</textarea></div>`;
}

function stored(file, { say, sign }) {
  const shot = file.thumb ? html`<img class="shot" src="${file.thumb}" alt="${file.words}" width="128" height="84" loading="lazy">` : sign("file");
  return html`<li class="photo"><a href="${file.url}" target="_blank" rel="noopener">${shot}</a>${file.words}${state("info", sign("arrow-up"), say("photo_sent"))}</li>`;
}

function justStored(item, { say, sign }) {
  const shot = item.preview ? html`<img class="shot" src="${item.preview}" alt="" width="128" height="84">` : sign("file");
  return html`<li class="photo">${shot}${item.words}${state("info", sign("arrow-up"), say("photo_sent"))}</li>`;
}

function onItsWay({ photo, state: standing, preview, offset, words }, here) {
  const { say, sign, lasting } = here;
  const shot = preview ? html`<img class="shot" src="${preview}" alt="" width="128" height="84">` : sign("file");
  const share = photo.size ? Math.round((offset * 100) / photo.size) : 0;
  const said = {
    saving: () => state("neutral", sign("ring-dash"), say("saving")),
    unsaved: () => state("bad", sign("octagon"), say("not_kept")),
    stuck: () => html`${state("bad", sign("octagon"), say("photo_failed"))}<button class="button small" type="button" data-act="photo-again" data-code="${photo.criterion}">${say("again")}</button>`,
    refused: () => html`${state("bad", sign("octagon"), say("photo_refused"))}<span class="bad-text">${words}</span>`,
    kept: () => {
      if (share) return state("info", sign("arrow-up"), say("photo_share", { n: share }));
      if (here.photoTrouble) return html`${lasting ? state("info", sign("tablet"), say("kept")) : state("bad", sign("octagon"), say("photo_failed"))}<button class="button small" type="button" data-act="photo-again" data-code="${photo.criterion}">${say("again")}</button>`;
      return lasting ? state("info", sign("tablet"), say("kept")) : state("neutral", sign("ring-dash"), say("photo_sending"));
    },
  };
  return html`<li class="photo">${shot}${photo.name}${said[standing]()}</li>`;
}

function conflictPair(leaf, here) {
  const { held, say, sign } = here;
  const versions = [{ ...held, kept: false }, ...held.others.map((other) => ({ ...other, kept: true }))];
  return html`<p class="state warn">${sign("split")}<span><b>${say("two_answers")}</b> ${say("choose_one")}</span></p>
    <div class="conflict-pair">${versions.map((version, place) => versionCard(leaf, version, place, here))}</div>`;
}

function versionCard(leaf, version, place, { say, isOpen }) {
  const when = version.answered_at ? hour(new Date(version.answered_at)) : "";
  return html`<section class="version"><h4>${version.author}<br><small class="muted">${when} · ${version.kept ? say("kept_aside") : say("in_force")}</small></h4>
    <p class="value">${inWords(leaf, version.value, say)}${version.points ? html`<small>${say("points", { points: withComma(version.points) })}</small>` : ""}</p>
    ${version.note ? html`<p class="muted">“${version.note}”</p>` : ""}
    ${isOpen ? html`<button class="button wide" type="button" id="chon-${leaf.code}-${place}" data-act="choose" data-code="${leaf.code}" data-place="${place}">${say("choose_this")}</button>` : ""}</section>`;
}
