// The tablet counts as the server does: both run the cases in tests/cases/scoring.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { dividedBy, exact, rounded } from "../../inspect_app/static/js/tablet/rules/decimal.js";
import { AnswerError, pointsOf, scoreSoFar } from "../../inspect_app/static/js/tablet/rules/scoring.js";

const FOLDER = new URL("../cases/scoring/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
const ofOneCriterion = readdirSync(FOLDER).filter((name) => !["totals.json", "rounding.json"].includes(name));

for (const name of ofOneCriterion) {
  const { criteria, cases } = read(name);
  for (const each of cases) {
    test(`${name}: ${each.name}`, () => {
      const criterion = criteria[each.criterion];
      if (each.error) {
        assert.throws(() => pointsOf(criterion, each.answer), { name: "AnswerError", message: each.error });
      } else {
        const { points, applies, trace } = each;
        assert.deepEqual(pointsOf(criterion, each.answer), { points, applies, trace });
      }
    });
  }
}

const totals = read("totals.json");
for (const each of totals.cases) {
  test(`so far: ${each.name}`, () => {
    const rubric = totals.rubrics[each.rubric];
    if (each.error) {
      assert.throws(() => scoreSoFar(rubric, each.answers), { name: "AnswerError", message: each.error });
      return;
    }
    const { groups, ...whole } = scoreSoFar(rubric, each.answers);
    if (each.so_far) assert.deepEqual(whole, each.so_far);
    for (const [code, expected] of Object.entries(each.groups_so_far ?? {})) assert.deepEqual(groups[code], expected);
  });
}

for (const { over, under, places, rounded: expected } of read("rounding.json").cases) {
  test(`${over}/${under} with ${places} decimals is ${expected}`, () => {
    assert.equal(rounded(dividedBy(exact(over), exact(under)), places), expected);
  });
}

test("a refusal can be said in another language", () => {
  const criterion = { code: "2.1", max_points: "3", scoring: "survey" };
  assert.throws(
    () => pointsOf(criterion, { counts: [1] }),
    (error) => {
      assert.ok(error instanceof AnswerError);
      assert.deepEqual(error.facts, { code: "2.1", n: 5 });
      assert.match(error.template, /%\(n\)d/);
      return true;
    },
  );
});

test("what the rubric and the answers hold is not changed by counting", () => {
  const rubric = totals.rubrics.parents;
  const before = JSON.stringify(rubric);
  const answers = Object.freeze({ 1.1: Object.freeze({ value: true }) });
  scoreSoFar(rubric, answers);
  assert.equal(JSON.stringify(rubric), before);
});
