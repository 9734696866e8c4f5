// The points of an answer while it is given, and what is answered so far.
// Twin of inspect_app/rubrics/points.py and rules.py: both are held to tests/cases/scoring.
// A criterion and a rubric are the stored content as JSON, with every number as text.

import {
  atLeast, atMost, compare, dividedBy, exact, fraction, minus, plus, rounded, short, times, withComma,
} from "./decimal.js";

const ZERO = exact("0");
const HUNDRED = exact("100");
const LARGEST_COUNT = 10 ** 15 - 1;
// Five levels of satisfaction, most satisfied first: the two highest count as satisfied.
const SATISFIED_OF_FIVE = ["100", "100", "0", "0", "0"];

const FIGURES_NEEDED = {
  options: ["max_points", "levels"],
  boolean: ["max_points"],
  ratio: ["max_points"],
  bands: ["max_points", "bands"],
  penalty: ["max_points", "penalty_per_event"],
  bonus: ["max_points", "points_per_event"],
  survey: ["max_points"],
  deduction: ["points_per_event", "cap"],
};

/** An answer that does not fit its criterion; `template` and `facts` let a screen say it in another language. */
export class AnswerError extends Error {
  constructor(template, facts) {
    super(template.replace(/%\((\w+)\)[sd]/g, (_, name) => facts[name]));
    this.name = "AnswerError";
    this.template = template;
    this.facts = facts;
  }
}

/** {points: "1.71", applies: true, trace: "2 × 85,42% = 1,71"}; no answer (null) is unanswered. Throws AnswerError. */
export function pointsOf(criterion, answer) {
  if (hasChildren(criterion)) {
    refuse(criterion, "Tiêu chí %(code)s có tiêu chí thành phần nên không trả lời trực tiếp.");
  }
  if (answer === null || answer === undefined) return { points: "0.00", applies: true, trace: "Chưa trả lời" };
  if (typeof answer !== "object" || Array.isArray(answer)) refuseForm(criterion);
  if (Object.hasOwn(answer, "na")) return notApplicable(criterion, answer);
  if (!criterion.scoring) refuse(criterion, "Tiêu chí %(code)s chưa có cách chấm điểm.");
  if (FIGURES_NEEDED[criterion.scoring].some((name) => isMissing(criterion[name]))) {
    refuse(criterion, "Tiêu chí %(code)s chưa đủ số liệu để chấm điểm.");
  }
  return POINTS_OF_KIND[criterion.scoring](criterion, answer);
}

/**
 * {answered, questions, points, max, applicable_max, index_pct, groups: {code: the same}}: points and max count what is
 * answered, applicable_max all that applies. A bonus or a deduction is never waited for. Throws AnswerError.
 */
export function scoreSoFar(rubric, answers) {
  refuseUnknown(rubric, answers);
  const groups = rubric.groups.map((group) => [group.code, linesOf(group, answers, rubric.unscored === true)]);
  return {
    ...figures(groups.flatMap(([, lines]) => lines)),
    groups: Object.fromEntries(groups.map(([code, lines]) => [code, figures(lines)])),
  };
}

/** The criteria of a group or criterion that take an answer, in their order. */
export function leavesOf(branch) {
  const below = branch.criteria ?? branch.children ?? [];
  return below.flatMap((criterion) => (hasChildren(criterion) ? leavesOf(criterion) : [criterion]));
}

// Sums

function linesOf(group, answers, unscored) {
  return leavesOf(group).map((leaf) => {
    const answer = answerTo(leaf, answers);
    const { points, applies } = pointsOf(leaf, answer);
    const inMaximum = leaf.scoring !== "bonus" && leaf.scoring !== "deduction";
    return {
      answered: answer !== null,
      waits: inMaximum,
      applies: applies && !unscored,
      points: exact(points),
      max: inMaximum ? exact(leaf.max_points ?? "0") : ZERO,
    };
  });
}

function figures(lines) {
  const done = lines.filter((line) => line.answered);
  const points = atLeast(sum(done, "points"), ZERO);
  const max = sum(done, "max");
  return {
    answered: done.filter((line) => line.waits).length,
    questions: lines.filter((line) => line.waits).length,
    points: rounded(points),
    max: rounded(max),
    applicable_max: rounded(sum(lines, "max")),
    index_pct: compare(max, ZERO) > 0 ? rounded(atMost(dividedBy(times(HUNDRED, points), max), HUNDRED)) : null,
  };
}

function sum(lines, name) {
  return lines.filter((line) => line.applies).reduce((total, line) => plus(total, line[name]), ZERO);
}

function refuseUnknown(rubric, answers) {
  const known = new Map(rubric.groups.flatMap(familyOf).map((criterion) => [criterion.code, criterion]));
  for (const code of Object.keys(answers)) {
    if (!known.has(code)) throw new AnswerError("Không có tiêu chí %(code)s trong bộ tiêu chí này.", { code });
    if (hasChildren(known.get(code))) pointsOf(known.get(code), answers[code]);
  }
}

function familyOf(branch) {
  const below = branch.criteria ?? branch.children ?? [];
  return below.flatMap((criterion) => [criterion, ...familyOf(criterion)]);
}

function answerTo(leaf, answers) {
  return Object.hasOwn(answers, leaf.code) ? answers[leaf.code] ?? null : null;
}

// One function per kind

function notApplicable(criterion, answer) {
  const reason = answer.na;
  if (Object.keys(answer).length !== 1) refuseForm(criterion);
  if (criterion.na_allowed === false) refuse(criterion, "Tiêu chí %(code)s không được chọn “Không áp dụng”.");
  if (typeof reason !== "string" || !reason.trim()) refuse(criterion, "Tiêu chí %(code)s: cần lý do không áp dụng.");
  return { points: "0.00", applies: false, trace: `Không áp dụng: ${reason.trim().normalize("NFC")}` };
}

function options(criterion, answer) {
  const index = whole(only(criterion, answer, "level"));
  if (index === null || index >= criterion.levels.length) refuse(criterion, "Tiêu chí %(code)s: không có mức đã chọn.");
  const level = criterion.levels[index];
  return counted(exact(level.points), `${level.label_vi} =`);
}

function boolean(criterion, answer) {
  const value = only(criterion, answer, "value");
  if (typeof value !== "boolean") refuse(criterion, "Tiêu chí %(code)s: cần trả lời có hoặc không.");
  return value ? counted(maximum(criterion), "Có =") : counted(ZERO, "Không =");
}

function ratio(criterion, answer) {
  const rate = rateOf(criterion, answer);
  if (rate === null) return nothingOfNothing(criterion, "Mẫu số bằng 0");
  const threshold = exact(criterion.threshold_pct ?? "100");
  const floor = exact(criterion.floor_pct ?? "0");
  const seen = shown(rate, [threshold, floor]);
  if (compare(rate, threshold) >= 0) return counted(maximum(criterion), `${seen} đạt ngưỡng ${short(threshold)}% =`);
  if (compare(rate, floor) < 0) return counted(ZERO, `${seen} dưới sàn ${short(floor)}% =`);
  const share = compare(threshold, HUNDRED) === 0 ? "" : ` / ${short(threshold)}%`;
  const points = dividedBy(times(maximum(criterion), rate), threshold);
  return counted(points, `${short(maximum(criterion))} × ${seen}${share} =`);
}

function bands(criterion, answer) {
  const rate = rateOf(criterion, answer);
  if (rate === null) return nothingOfNothing(criterion, "Mẫu số bằng 0");
  const seen = shown(rate, criterion.bands.map((band) => exact(band.from_pct)));
  const band = criterion.bands.filter((each) => reaches(rate, each)).at(-1);
  if (!band) return counted(ZERO, `${seen} chưa tới bậc thấp nhất =`);
  const bound = band.exclusive ? "trên" : "từ";
  return counted(exact(band.points), `${seen} thuộc bậc ${bound} ${short(exact(band.from_pct))}% =`);
}

function reaches(rate, band) {
  const side = compare(rate, exact(band.from_pct));
  return band.exclusive ? side > 0 : side >= 0;
}

function penalty(criterion, answer) {
  const events = eventsOf(criterion, answer);
  const each = exact(criterion.penalty_per_event);
  const left = minus(maximum(criterion), times(exact(events), each));
  const inWords = `${short(maximum(criterion))} − ${events} × ${short(each)}`;
  return compare(left, ZERO) < 0 ? counted(ZERO, `${inWords} < 0 nên`) : counted(left, `${inWords} =`);
}

function bonus(criterion, answer) {
  return perEvent(criterion, answer, maximum(criterion), "", (points) => points);
}

function deduction(criterion, answer) {
  return perEvent(criterion, answer, exact(criterion.cap), "Trừ ", (points) => minus(ZERO, points));
}

function perEvent(criterion, answer, most, word, signed) {
  const events = eventsOf(criterion, answer);
  const each = exact(criterion.points_per_event);
  const points = times(exact(events), each);
  const inWords = `${word}${events} × ${short(each)}`;
  if (compare(points, most) > 0) return counted(signed(most), `${inWords} > ${short(most)} nên`);
  return counted(signed(points), `${inWords} =`);
}

function survey(criterion, answer) {
  const share = Object.hasOwn(answer, "counts")
    ? shareOfCounts(criterion, answer)
    : percentage(criterion, only(criterion, answer, "share_pct"), false);
  if (share === null) return nothingOfNothing(criterion, "Không có phiếu nào");
  const points = dividedBy(times(maximum(criterion), share), HUNDRED);
  return counted(points, `${short(maximum(criterion))} × ${shown(share, [])} =`);
}

const POINTS_OF_KIND = { options, boolean, ratio, bands, penalty, bonus, survey, deduction };

// Answers

/** 100·n/d, not rounded; null for nothing out of nothing. */
function rateOf(criterion, answer) {
  const over = criterion.allow_over === true;
  if (Object.hasOwn(answer, "rate_pct")) {
    return atMost(percentage(criterion, only(criterion, answer, "rate_pct"), over), HUNDRED);
  }
  if (Object.keys(answer).sort().join() !== "denominator,numerator") refuseForm(criterion);
  const [n, d] = [whole(answer.numerator), whole(answer.denominator)];
  if (n === null) refuse(criterion, "Tiêu chí %(code)s: số đạt phải là số nguyên từ 0 trở lên.");
  if (d === null) refuse(criterion, "Tiêu chí %(code)s: tổng số phải là số nguyên từ 0 trở lên.");
  if (d === 0 && n > 0) refuse(criterion, "Tiêu chí %(code)s: tổng số bằng 0 mà số đạt lớn hơn 0.");
  if (n > d && !over) refuse(criterion, "Tiêu chí %(code)s: số đạt lớn hơn tổng số.");
  return d === 0 ? null : atMost(fraction(100n * BigInt(n), BigInt(d)), HUNDRED);
}

/** Σ weight·count / Σ count in percent; null when nobody answered. */
function shareOfCounts(criterion, answer) {
  const weights = criterion.weights?.length ? criterion.weights : SATISFIED_OF_FIVE;
  const given = only(criterion, answer, "counts");
  if (!Array.isArray(given) || given.length !== weights.length) {
    refuse(criterion, "Tiêu chí %(code)s: cần đúng %(n)d số phiếu, từ mức hài lòng nhất.", { n: weights.length });
  }
  const counts = given.map(whole);
  if (counts.includes(null)) refuse(criterion, "Tiêu chí %(code)s: số phiếu phải là số nguyên từ 0 trở lên.");
  const answered = counts.reduce((total, count) => total + BigInt(count), 0n);
  if (answered === 0n) return null;
  const weighted = counts
    .map((count, level) => times(exact(weights[level]), exact(count)))
    .reduce(plus, ZERO);
  const share = dividedBy(weighted, fraction(answered, 1n));
  if (compare(share, ZERO) < 0 || compare(share, HUNDRED) > 0) refuseOutsideHundred(criterion);
  return share;
}

function nothingOfNothing(criterion, words) {
  const counts = criterion.zero_denominator ?? "na";
  if (counts === "na") return { points: "0.00", applies: false, trace: `${words}: không tính` };
  return counted(counts === "full" ? maximum(criterion) : ZERO, `${words} =`);
}

function eventsOf(criterion, answer) {
  const events = whole(only(criterion, answer, "events"));
  if (events === null) refuse(criterion, "Tiêu chí %(code)s: số lần phải là số nguyên từ 0 trở lên.");
  return events;
}

function percentage(criterion, given, allowOver) {
  const number = percentGiven(given);
  if (number === null || (compare(number, HUNDRED) > 0 && !allowOver)) refuseOutsideHundred(criterion);
  return number;
}

/** A number from 0 up, given as a number or as text; its text is what counts. */
function percentGiven(given) {
  if (typeof given === "string") return /^\d{1,15}(\.\d{1,30})?$/.test(given) ? exact(given) : null;
  if (typeof given !== "number" || !(given >= 0 && given < 10 ** 15)) return null;
  const number = exact(given);
  return number.under <= 10n ** 30n ? number : null;
}

/** A whole number from 0 up to fifteen digits, or null. */
function whole(given) {
  return Number.isSafeInteger(given) && given >= 0 && given <= LARGEST_COUNT ? given + 0 : null;
}

function only(criterion, answer, key) {
  if (Object.keys(answer).join() !== key) refuseForm(criterion);
  return answer[key];
}

// Words

function refuse(criterion, template, facts = {}) {
  throw new AnswerError(template, { code: criterion.code, ...facts });
}

function refuseForm(criterion) {
  refuse(criterion, "Tiêu chí %(code)s: câu trả lời không hợp với cách chấm.");
}

function refuseOutsideHundred(criterion) {
  refuse(criterion, "Tiêu chí %(code)s: tỷ lệ phải là số từ 0 đến 100.");
}

function counted(number, words) {
  const points = rounded(number);
  return { points, applies: true, trace: `${words} ${withComma(points)}` };
}

/** The rate with two decimals, or as many as it takes to stand on the right side of the bounds it is compared with. */
function shown(rate, bounds) {
  let places = 2;
  const misleads = (near) => bounds.some((bound) => compare(near, bound) !== compare(rate, bound));
  while (places < 39 && misleads(exact(rounded(rate, places)))) places += 1;
  return `${withComma(rounded(rate, places))}%`;
}

function maximum(criterion) {
  return exact(criterion.max_points);
}

function hasChildren(criterion) {
  return Boolean(criterion.children?.length);
}

function isMissing(figure) {
  return figure === null || figure === undefined || (Array.isArray(figure) && figure.length === 0);
}
