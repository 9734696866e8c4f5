// The tablet counts as the server does: both run tests/cases/field/progress.json.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { needsProof, nextUnanswered, progressOf, questionsOf } from "../../inspect_app/static/js/tablet/progress.js";

const { rubric, cases } = JSON.parse(readFileSync(new URL("../cases/field/progress.json", import.meta.url), "utf8"));
const heldIn = (answers) => (code) => (code in answers ? { value: answers[code], others: [] } : null);

for (const each of cases) {
  test(`progress: ${each.name}`, () => {
    const held = heldIn(each.answers);
    const counted = Object.fromEntries(
      rubric.groups.map((group) => {
        const { answered, questions, failed } = progressOf(group, held);
        return [group.code, [answered, questions, failed]];
      }),
    );
    assert.deepEqual(counted, each.progress);
    const next = nextUnanswered(rubric.groups, held, { section: 1, code: null });
    assert.equal(next?.code ?? null, each.next);
    const unproven = rubric.groups.flatMap(questionsOf).filter((leaf) => needsProof(leaf, each.answers[leaf.code]));
    assert.deepEqual(unproven.map((leaf) => leaf.code), each.proof);
  });
}

test("the next question is the one behind where one is, and around to the beginning", () => {
  const held = heldIn({ "1.1": { level: 0 } });
  assert.deepEqual(nextUnanswered(rubric.groups, held, { section: 1, code: "1.2.1" }), { section: 1, code: "1.2.2" });
  assert.deepEqual(nextUnanswered(rubric.groups, held, { section: 2, code: "2.1" }), { section: 1, code: "1.2.1" });
  assert.deepEqual(nextUnanswered(rubric.groups, held, { section: 2, code: null }), { section: 2, code: "2.1" });
});

test("a note alone is no answer", () => {
  const held = (code) => (code === "1.1" ? { value: null, note: "Xem lại", others: [] } : null);
  assert.equal(progressOf(rubric.groups[0], held).answered, 0);
});

test("answers kept aside are counted as conflicts", () => {
  const held = (code) => (code === "1.1" ? { value: { level: 0 }, others: [{ value: { level: 1 } }] } : null);
  assert.equal(progressOf(rubric.groups[0], held).conflicts, 1);
});
