// What each press, choice and keystroke on the screen of a visit does, by data-act.

import { nextUnanswered } from "../progress.js";
import { saveToFile } from "./list-screen.js";

const NUMBER_PAUSE = 900;
const NOTE_PAUSE = 1_200;
const COUNT_PAUSE = 600;

/** ACTS[kind][act](screen, element, code) */
export const ACTS = {
  click: {
    count: (screen, target, code) => count(screen, code, Number(target.dataset.step)),
    note: (screen, _target, code) => toggle(screen, "note", code, `gcn-${code}`),
    na: (screen, _target, code) => toggleNa(screen, code),
    rate: (screen, _target, code) => toggle(screen, "rate", code, `f-${code}-rate_pct`),
    finding: (screen, _target, code) => {
      toggle(screen, "finding", code, `tt-${code}-fact`);
      if (screen.open.finding.has(code)) screen.tools.findings.ask(code);
    },
    raise: (screen, _target, code) => screen.tools.findings.raise(code),
    choose: (screen, target, code) => choose(screen, code, Number(target.dataset.place)),
    "take-back": (screen, _target, code) => takeBack(screen, code),
    again: (screen) => screen.tools.work.sync(),
    "photo-again": (screen) => screen.tools.photos.again(),
    sample: (screen, _target, code) => toggle(screen, "sample", code, `rm-${code}-tong`),
    draw: (screen, _target, code) => drawSample(screen, code),
    begin: (screen) => begin(screen),
    "begin-early": (screen) => begin(screen, document.getElementById("vi-sao").value.trim()),
    claim: (screen, _target, code) => {
      screen.visit.claim(code);
      screen.drawSectionHeads();
    },
    export: (screen) => saveToFile(screen.tools.work),
    section: (screen, target) => screen.goTo(Number(target.dataset.section)),
    filter: (screen, target) => setFilter(screen, target.dataset.filter),
    "show-filters": (screen) => {
      screen.filtersOpen = !screen.filtersOpen;
      screen.draw();
      window.scrollTo(0, 0);
    },
    next: (screen) => next(screen),
  },
  change: {
    pick: (screen, target, code) => pick(screen, code, target.value),
    number: (screen, _target, code) => screen.now(`answer:${code}`, () => screen.sendFields(code)),
    "na-reason": (screen, target, code) => naReason(screen, code, target.value),
    "na-other": (screen, target, code) => sendNa(screen, code, target.value),
    "note-words": (screen, target, code) => screen.now(`note:${code}`, () => screen.visit.note(code, target.value.trim())),
    photo: (screen, target, code) => takePhoto(screen, target, code),
    "finding-part": (screen, target, code) => screen.tools.findings.type(code, target.dataset.name, target.value),
  },
  input: {
    number: (screen, target, code) => type(screen, target, code),
    "note-words": (screen, target, code) => {
      screen.after(`note:${code}`, NOTE_PAUSE, () => screen.visit.note(code, target.value.trim()));
      screen.drawCriterion(code);
    },
    "finding-part": (screen, target, code) => screen.tools.findings.type(code, target.dataset.name, target.value),
  },
};

function pick(screen, code, value) {
  if (value === "na") {
    screen.open.na.add(code);
    screen.drawCriterion(code);
    return;
  }
  screen.open.na.delete(code);
  screen.open.naOther.delete(code);
  const answer = value.startsWith("level-") ? { level: Number(value.slice(6)) } : { value: value === "yes" };
  screen.visit.answer(code, answer);
  screen.drawCriterion(code);
}

function count(screen, code, step) {
  const known = screen.counters.get(code) ?? screen.visit.held(code)?.value?.events ?? 0;
  const events = Math.max(0, known + step);
  screen.open.na.delete(code);
  screen.counters.set(code, events);
  screen.after(`answer:${code}`, COUNT_PAUSE, () => {
    screen.counters.delete(code);
    screen.visit.answer(code, { events });
    screen.drawCriterion(code);
  });
  screen.drawCriterion(code);
}

function type(screen, target, code) {
  const draft = { ...screen.fields.get(code) };
  const name = target.dataset.name;
  for (const field of screen.card(code).querySelectorAll("[data-act=number]")) {
    const [base, place] = field.dataset.name.split("-");
    if (place === undefined) draft[base] = field.value;
    else (draft[base] = [...(draft[base] ?? [])])[Number(place)] = field.value;
  }
  if (name === "share_pct" && target.value) draft.counts = [];
  screen.fields.set(code, draft);
  screen.after(`answer:${code}`, NUMBER_PAUSE, () => screen.sendFields(code));
  screen.drawCriterion(code);
}

function toggle(screen, what, code, first) {
  const shown = screen.open[what];
  if (!shown.delete(code)) shown.add(code);
  screen.drawCriterion(code);
  if (shown.has(code)) document.getElementById(first)?.focus();
}

function toggleNa(screen, code) {
  const held = screen.visit.held(code);
  if (held?.value && "na" in held.value) screen.visit.answer(code, null);
  else if (!screen.open.na.delete(code)) screen.open.na.add(code);
  screen.open.naOther.delete(code);
  screen.drawCriterion(code);
}

function naReason(screen, code, reason) {
  screen.open.naOther.delete(code);
  if (reason === "other") {
    screen.open.naOther.add(code);
    document.activeElement?.blur();
    screen.drawCriterion(code);
    document.getElementById(`ly-do-${code}-khac`)?.focus();
  } else sendNa(screen, code, reason);
}

function sendNa(screen, code, reason) {
  if (!reason.trim()) return;
  screen.fields.delete(code);
  screen.open.na.delete(code);
  screen.visit.answer(code, { na: reason.trim() });
  screen.drawCriterion(code);
}

function takeBack(screen, code) {
  screen.fields.delete(code);
  screen.counters.delete(code);
  screen.open.na.delete(code);
  screen.visit.answer(code, null);
  screen.drawCriterion(code);
}

function choose(screen, code, place) {
  const held = screen.visit.held(code);
  screen.visit.choose(code, place === 0 ? held : held.others[place - 1]);
  screen.drawCriterion(code);
}

function takePhoto(screen, target, code) {
  for (const file of target.files) screen.tools.photos.add(screen.visit.id, code, file);
  target.value = "";
}

/** Before the first day of the schedule the leader says why. */
function begin(screen, reason = "") {
  screen.asksWhy = screen.visit.startsEarly && !reason;
  if (!screen.asksWhy) screen.visit.begin(reason);
  screen.draw();
  document.getElementById("vi-sao")?.focus();
}

function drawSample(screen, code) {
  const [population, size] = ["tong", "mau"].map((name) => Number(document.getElementById(`rm-${code}-${name}`).value));
  const label = document.getElementById(`rm-${code}-ten`).value.trim();
  if (!screen.visit.sample(code, population, size, label)) {
    document.getElementById(`rm-${code}-sai`).textContent = screen.tools.say("sample_wrong");
    return;
  }
  screen.open.sample.delete(code);
  screen.drawCriterion(code);
}

function setFilter(screen, filter) {
  screen.filter = filter;
  screen.filtersOpen = false;
  screen.draw();
  window.scrollTo(0, 0);
}

function next(screen) {
  const { visit } = screen;
  const place = nextUnanswered(visit.groups, (code) => visit.held(code), { section: screen.section, code: screen.hereCode });
  if (place) screen.jumpTo(place);
}
