// The hash that a signature on glass is bound to. The server counts alike (inspections/rules_tablet.py).

/** JSON with sorted keys, without spaces, in pure ASCII: the same text wherever it is written. */
export function canonical(content) {
  if (Array.isArray(content)) return `[${content.map(canonical).join(",")}]`;
  if (!content || typeof content !== "object") return ascii(JSON.stringify(content));
  const pairs = Object.keys(content).sort().map((key) => `${ascii(JSON.stringify(key))}:${canonical(content[key])}`);
  return `{${pairs.join(",")}}`;
}

/** The hash of a value or note, by which two people tell whether they saw the same; null where there is none. */
export async function hashOf(register) {
  const bytes = new TextEncoder().encode(canonical(register ?? null));
  const hash = new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The hash of what is shown for signing: {answers: {code: [value_hash, note_hash]}, findings: [ids], files: [sha256]}.
 * The lists count whatever their order. Criteria without value and note are left out by whoever collects them.
 */
export function contentDigest({ answers, findings, files }) {
  return hashOf({ answers, findings: [...findings].sort(), files: [...files].sort() });
}

function ascii(text) {
  return text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
