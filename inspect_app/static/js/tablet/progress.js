// How far a visit is, and what failed. Twin of inspect_app/inspections/rules_field.py.

import { leavesOf, pointsOf } from "./rules/scoring.js";

/** The criteria of a section that can be answered. */
export function questionsOf(group) {
  return leavesOf(group).filter((leaf) => leaf.scoring);
}

/** Whether a criterion waits until somebody answers it: a bonus or a deduction never does. */
export function waits(leaf) {
  return leaf.scoring !== "bonus" && leaf.scoring !== "deduction";
}

/** Whether the criterion counts and got nothing of its points, or takes points off the total. */
export function failed(leaf, value) {
  if (value === null || value === undefined) return false;
  const figure = pointsOf(leaf, value);
  if (!figure.applies) return false;
  const points = Number(figure.points);
  if (leaf.scoring === "deduction") return points < 0;
  return waits(leaf) && points <= 0 && Number(leaf.max_points ?? 0) > 0;
}

/** Whether points were lost or added, so that a note, a file or a finding has to say why. A survey proves itself. */
export function needsProof(leaf, value) {
  if (value === null || value === undefined || leaf.scoring === "survey") return false;
  const figure = pointsOf(leaf, value);
  if (!figure.applies) return false;
  return waits(leaf) ? Number(figure.points) < Number(leaf.max_points ?? 0) : Number(figure.points) !== 0;
}

/** {answered, questions, failed, conflicts} of a section; `held(code)` gives {value, others} or null. */
export function progressOf(group, held) {
  const leaves = questionsOf(group);
  const asked = leaves.filter(waits);
  return {
    answered: asked.filter((leaf) => (held(leaf.code)?.value ?? null) !== null).length,
    questions: asked.length,
    failed: leaves.filter((leaf) => failed(leaf, held(leaf.code)?.value)).length,
    conflicts: leaves.filter((leaf) => held(leaf.code)?.others?.length).length,
  };
}

/** {section, code} of the next question without an answer behind this place, all sections around; or null. */
export function nextUnanswered(groups, held, { section, code }) {
  const all = groups.flatMap((group, place) =>
    questionsOf(group).filter(waits).map((leaf) => ({ section: place + 1, code: leaf.code })),
  );
  const at = all.findIndex((each) => (code ? each.code === code : each.section >= section));
  const start = at < 0 ? 0 : code ? at + 1 : at;
  const around = [...all.slice(start), ...all.slice(0, start)];
  return around.find((each) => (held(each.code)?.value ?? null) === null) ?? null;
}
