// Findings raised at a criterion: what is typed, what was found there before, and the sending.

import { newId } from "./ids.js";

const EMPTY = { severity: "light", fact: "", legal_basis: "", cause_kind: "", cause: "", recommendation: "" };
const GRAVER = { light: "medium", medium: "serious", serious: "serious" };

/** `get(criterion)` gives earlier findings, `post(body)` raises one; both may fail. `onChange(code)` redraws. */
export class Findings {
  constructor({ get, post, onRaised, onChange, say }) {
    Object.assign(this, { get, post, onRaised, onChange, say });
    this.typed = new Map();
    this.earlier = new Map();
  }

  /** What the form of a criterion shows. */
  of(code) {
    return { finding: this.typed.get(code) ?? EMPTY, earlier: this.earlier.get(code) ?? null };
  }

  type(code, name, value) {
    const finding = { ...this.of(code).finding, [name]: value, problem: "" };
    if (name === "severity") finding.chosen = true;
    this.typed.set(code, finding);
  }

  /** Asks once what was found here before; a recurrence suggests a graver severity unless one was chosen. */
  async ask(code) {
    if (this.earlier.has(code)) return;
    try {
      const found = await this.get(code);
      this.earlier.set(code, found);
      const finding = this.of(code).finding;
      if (found.length && !finding.chosen) this.typed.set(code, { ...finding, severity: GRAVER[finding.severity] });
    } catch {
      this.earlier.delete(code);
    }
    this.onChange(code);
  }

  async raise(code) {
    const finding = { ...this.of(code).finding };
    if (finding.sending) return;
    // One id for all tries: what arrived twice is one finding.
    finding.id ??= newId();
    this.typed.set(code, { ...finding, sending: true, problem: "" });
    this.onChange(code);
    const { sending, chosen, problem, ...body } = finding;
    try {
      const raised = await this.post({ ...body, criterion_code: code });
      this.typed.delete(code);
      this.onRaised(code, { severity: body.severity, fact: body.fact, words: this.say(body.severity), ...raised });
    } catch (error) {
      const words = error.said ? error.message : this.say("finding_failed");
      this.typed.set(code, { ...finding, sending: false, problem: words });
      this.onChange(code);
    }
  }
}

/** Earlier findings on a criterion, or an error. */
export async function fetchEarlier(url, criterion, fetch = globalThis.fetch) {
  const address = `${url}?criterion=${encodeURIComponent(criterion)}`;
  const response = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
  if (response.status !== 200) throw new Error(String(response.status));
  return (await response.json()).earlier;
}

/** Raises a finding; an error with `said` carries the server's words. */
export async function postFinding(url, csrf, body, fetch = globalThis.fetch) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), redirect: "error" });
  const answer = await response.json();
  if (response.status === 201) return answer;
  const error = new Error(typeof answer.error === "string" ? answer.error : String(response.status));
  error.said = typeof answer.error === "string";
  throw error;
}
