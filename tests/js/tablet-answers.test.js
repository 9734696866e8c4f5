// What stands in the fields of a criterion, as an answer and back; and markup in which every value is escaped.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fromFields, inWords, percentFrom, same, toFields, wholeFrom } from "../../inspect_app/static/js/tablet/answers.js";
import { bar, html } from "../../inspect_app/static/js/tablet/html.js";
import { criterionCard, structure } from "../../inspect_app/static/js/tablet/screens/criterion.js";
import { filled, hour, sayer } from "../../inspect_app/static/js/tablet/words.js";

const ratio = { code: "1", scoring: "ratio", max_points: "2" };
const survey = { code: "2", scoring: "survey", max_points: "4" };

test("numbers are read as people write them", () => {
  assert.equal(wholeFrom("1.200"), 1200);
  assert.equal(wholeFrom(" 41 "), 41);
  assert.equal(wholeFrom(""), null);
  assert.equal(wholeFrom("bốn"), "bốn");
  assert.equal(percentFrom("85,4 %"), "85.4");
  assert.equal(percentFrom(" "), null);
});

test("a pair of numbers is an answer when both are there", () => {
  assert.deepEqual(fromFields(ratio, { numerator: "41", denominator: "48" }), { numerator: 41, denominator: 48 });
  assert.equal(fromFields(ratio, { numerator: "41", denominator: "" }), undefined);
  assert.equal(fromFields(ratio, { numerator: "", denominator: "" }), null);
  assert.deepEqual(fromFields(ratio, { rate_pct: "85,4" }), { rate_pct: "85.4" });
});

test("a survey is a share or counts by level", () => {
  assert.deepEqual(fromFields(survey, { share_pct: "90" }), { share_pct: "90" });
  assert.deepEqual(fromFields(survey, { counts: ["5", "", "1", "", ""] }), { counts: [5, 0, 1, 0, 0] });
  assert.equal(fromFields(survey, {}), null);
});

test("fields show the answer that is there", () => {
  for (const value of [{ numerator: 41, denominator: 48 }, { rate_pct: "85.4" }]) {
    assert.deepEqual(fromFields(ratio, toFields(value)), value);
  }
  assert.deepEqual(toFields({ na: "lý do" }), {});
  assert.deepEqual(fromFields(survey, toFields({ counts: [1, 2, 3, 4, 5] })), { counts: [1, 2, 3, 4, 5] });
});

test("two answers are the same whatever the order of their keys", () => {
  assert.ok(same({ numerator: 1, denominator: 2 }, { denominator: 2, numerator: 1 }));
  assert.ok(same(null, undefined));
  assert.ok(!same({ value: true }, { value: false }));
});

test("words take their facts, and a name without words is never silent", () => {
  const say = sayer({ sent_at: "Đã gửi %(time)s", rate: "Tỷ lệ, %%" });
  assert.equal(say("sent_at", { time: "10:42" }), "Đã gửi 10:42");
  assert.equal(say("rate"), "Tỷ lệ, %");
  assert.equal(say("unknown"), "unknown");
  assert.equal(filled("%(a)s và %(b)d", { a: 1, b: 2 }), "1 và 2");
  assert.equal(hour(new Date("2026-09-14T03:40:00Z")), "10:40");
});

test("answers read as people say them", () => {
  const say = sayer({ yes: "Có", no: "Không", na: "Không áp dụng", events: "Số lần", unanswered: "Chưa trả lời" });
  assert.equal(inWords(ratio, null, say), "Chưa trả lời");
  assert.equal(inWords(ratio, { numerator: 9, denominator: 12 }, say), "9 / 12");
  assert.equal(inWords(ratio, { na: "không có" }, say), "Không áp dụng: không có");
  assert.equal(inWords({ levels: [{ label_vi: "Kịp thời" }] }, { level: 0 }, say), "Kịp thời");
  assert.equal(inWords(ratio, { rate_pct: "85.4" }, say), "85,4%");
});

test("whatever somebody typed stays text", () => {
  const hostile = `<img src=x onerror="alert('1')">&`;
  assert.equal(
    html`<p title="${hostile}">${hostile}</p>`.text,
    `<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>`,
  );
  assert.equal(html`${[html`<b>${"<"}</b>`, "<", null, false, 0]}`.text, "<b>&lt;</b>&lt;0");
  assert.match(bar(250).text, /100\.0%/);
});

const here = (more = {}) => ({
  say: (name) => name, sign: (name) => html`<i>${name}</i>`, held: null, naOpen: false, naOther: false, naReason: "",
  typed: null, fields: {}, rateOpen: false, rules: {}, reasons: [], incomplete: "", isOpen: true, isHere: false, noteOpen: false,
  findingOpen: false, files: [], waiting: [], arrived: [], samples: [], lasting: false, findings: [], finding: {}, earlier: null, state: "unanswered", time: new Date(), parkedWords: "",
  ...more,
});

test("every way of scoring has its card", () => {
  const kinds = [
    { scoring: "options", max_points: "2", levels: [{ label_vi: "Tốt", points: "2" }, { label_vi: "Kém", points: "0" }] },
    { scoring: "boolean", max_points: "1" },
    { scoring: "ratio", max_points: "2" },
    { scoring: "bands", max_points: "2", bands: [{ from_pct: "50", points: "2" }] },
    { scoring: "penalty", max_points: "2", penalty_per_event: "0.5" },
    { scoring: "bonus", max_points: "2", points_per_event: "0.5" },
    { scoring: "survey", max_points: "2" },
    { scoring: "deduction", points_per_event: "1", cap: "3" },
  ];
  for (const kind of kinds) {
    const leaf = { code: "1.1", name_vi: "<Tên>", evidence: "a & b", ...kind };
    const card = criterionCard(leaf, here()).text;
    assert.match(card, /id="tc-1\.1"/, kind.scoring);
    assert.match(card, /&lt;Tên&gt;/);
    assert.doesNotMatch(card, / style=| on[a-z]+=/);
    assert.match(criterionCard({ ...leaf, na_allowed: false }, here()).text, /tc-1\.1/);
  }
});

test("a card with two answers shows both, with a button each", () => {
  const leaf = { code: "1.1", name_vi: "Có", scoring: "boolean", max_points: "1" };
  const version = { author: "An", answered_at: "2026-09-14T03:40:00Z", note: "", points: "1.00" };
  const held = { ...version, value: { value: true }, others: [{ ...version, author: "Bình", value: { value: false }, points: "0.00" }] };
  const card = criterionCard(leaf, here({ held, state: "sent" })).text;
  assert.match(card, /needs-you/);
  assert.match(card, /An[\s\S]*Bình/);
  assert.equal(card.match(/data-act="choose"/g).length, 2);
});

test("a closed record has no buttons", () => {
  const leaf = { code: "1.1", name_vi: "Có", scoring: "boolean", max_points: "1" };
  const card = criterionCard(leaf, here({ isOpen: false })).text;
  assert.doesNotMatch(card, /<button/);
  assert.match(card, /disabled/);
});

test("a card is built anew only when more than words changed", () => {
  assert.equal(structure(here({ state: "saving" })), structure(here({ state: "sent" })));
  assert.notEqual(structure(here()), structure(here({ noteOpen: true })));
  assert.notEqual(structure(here()), structure(here({ held: { value: { value: true }, others: [] } })));
});
