// Exact numbers: a fraction of two BigInts, rounded once. No float takes part.
// The same arithmetic stands in inspect_app/rubrics/points.py.

/** A figure of a rubric or an answer: "0.5", "-1", 12 or 85.5. Throws on anything else. */
export function exact(given) {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(given));
  if (!parts) throw new TypeError(`not a number: ${given}`);
  const [, sign, whole, decimals = "", exponent = "0"] = parts;
  const places = decimals.length - Number(exponent);
  const digits = BigInt(sign + whole + decimals);
  return places >= 0 ? fraction(digits, 10n ** BigInt(places)) : fraction(digits * 10n ** BigInt(-places), 1n);
}

export function fraction(over, under) {
  return under < 0n ? { over: -over, under: -under } : { over, under };
}

export const plus = (a, b) => fraction(a.over * b.under + b.over * a.under, a.under * b.under);
export const minus = (a, b) => fraction(a.over * b.under - b.over * a.under, a.under * b.under);
export const times = (a, b) => fraction(a.over * b.over, a.under * b.under);
export const dividedBy = (a, b) => fraction(a.over * b.under, a.under * b.over);

/** -1, 0 or 1. */
export function compare(a, b) {
  const difference = a.over * b.under - b.over * a.under;
  return difference < 0n ? -1 : Number(difference > 0n);
}

export const atMost = (a, b) => (compare(a, b) > 0 ? b : a);
export const atLeast = (a, b) => (compare(a, b) < 0 ? b : a);

/** Half up, the half away from zero: 0.125 is "0.13", -0.125 is "-0.13". */
export function rounded(number, places = 2) {
  const scaled = (number.over < 0n ? -number.over : number.over) * 10n ** BigInt(places);
  const whole = (2n * scaled + number.under) / (2n * number.under);
  const digits = whole.toString().padStart(places + 1, "0");
  const sign = number.over < 0n && whole > 0n ? "-" : "";
  const cut = digits.length - places;
  return sign + digits.slice(0, cut) + (places ? `.${digits.slice(cut)}` : "");
}

/** As Vietnamese readers write it: "1,50", "−0,50". */
export const withComma = (text) => text.replace(".", ",").replace("-", "−");

/** A figure of the rubric without idle zeros: "0,5" and "98". */
export function short(number) {
  let places = 0;
  while (places < 11 && (number.over * 10n ** BigInt(places)) % number.under !== 0n) places += 1;
  return withComma(rounded(number, places));
}
