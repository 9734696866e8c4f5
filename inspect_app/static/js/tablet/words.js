// The words of the screen in the reader's language; they come with the pack.

/** say("sent_at", {time: "10:42"}); a name without words shows itself, so that nothing is ever silent. */
export function sayer(words) {
  return (name, facts = {}) => filled(words[name] ?? name, facts);
}

/** A message id with its facts in: "Mức %(n)s" → "Mức 2", "%%" → "%". */
export function filled(message, facts) {
  return message.replace(/%\((\w+)\)[sd]|%%/g, (found, name) => (found === "%%" ? "%" : String(facts[name] ?? "")));
}

const CLOCK = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Ho_Chi_Minh" });

/** The hour and minute in Hà Nội. */
export function hour(moment) {
  return CLOCK.format(moment);
}

/** A day as people write it: "2026-09-14" → "14/09/2026". */
export function day(written) {
  return written.slice(0, 10).split("-").reverse().join("/");
}
