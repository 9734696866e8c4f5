// From what stands in a criterion's fields to an answer, and back into words.

import { filled } from "./words.js";

/** A whole number from text ("1.200", "1 200"), null for nothing, the text itself for what is no number. */
export function wholeFrom(text) {
  const bare = text.replace(/[\s.]/g, "");
  if (!bare) return null;
  return /^\d{1,15}$/.test(bare) ? Number(bare) : text;
}

/** A percentage as the server keeps it: "85,4%" → "85.4"; null for nothing. */
export function percentFrom(text) {
  return text.replace(/[\s%]/g, "").replace(",", ".") || null;
}

/**
 * The answer in the number fields of a criterion ({numerator, denominator, rate_pct, share_pct, counts}), null when
 * they are empty, undefined when one of a pair is still missing.
 */
export function fromFields(leaf, fields) {
  if (leaf.scoring === "survey") return fromSurvey(leaf, fields);
  const [numerator, denominator] = [wholeFrom(fields.numerator ?? ""), wholeFrom(fields.denominator ?? "")];
  if (numerator !== null && denominator !== null) return { numerator, denominator };
  if (numerator !== null || denominator !== null) return undefined;
  const rate = percentFrom(fields.rate_pct ?? "");
  return rate === null ? null : { rate_pct: rate };
}

/** What stands in the fields for an answer. */
export function toFields(value) {
  if (!value || "na" in value) return {};
  const shown = {};
  for (const name of ["numerator", "denominator"]) if (name in value) shown[name] = String(value[name]);
  for (const name of ["rate_pct", "share_pct"]) if (name in value) shown[name] = String(value[name]).replace(".", ",");
  if (value.counts) shown.counts = value.counts.map(String);
  return shown;
}

/** An answer as a person reads it. */
export function inWords(leaf, value, say) {
  if (value === null || value === undefined) return say("unanswered");
  if ("na" in value) return `${say("na")}: ${value.na}`;
  if ("level" in value) return leaf.levels[value.level]?.label_vi ?? "–";
  if ("value" in value) return value.value ? say("yes") : say("no");
  if ("numerator" in value) return `${value.numerator} / ${value.denominator}`;
  if ("events" in value) return `${say("events")}: ${value.events}`;
  if ("counts" in value) return value.counts.join(" · ");
  return `${String(value.rate_pct ?? value.share_pct).replace(".", ",")}%`;
}

/** Whether two answers say the same. */
export function same(one, other) {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** The words of a scoring rule that an answer broke, in the reader's language. */
export function ruleWords(error, rules) {
  return filled(rules[error.template] ?? error.template, error.facts);
}

function fromSurvey(leaf, fields) {
  const counts = (fields.counts ?? []).map(wholeFrom);
  if (counts.some((count) => count !== null)) return { counts: counts.map((count) => count ?? 0) };
  const share = percentFrom(fields.share_pct ?? "");
  return share === null ? null : { share_pct: share };
}

function sorted(value) {
  if (!value || typeof value !== "object" || Array.isArray(value)) return value ?? null;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, value[key]]));
}
