// Findings raised at criteria: what is typed and what was found there before. Sending is the outbox's.

import { newId } from "./ids.js";

const EMPTY = { severity: "light", fact: "", legal_basis: "", cause_kind: "", cause: "", recommendation: "" };
const GRAVER = { light: "medium", medium: "serious", serious: "serious" };

/** `earlier(criterion)` gives what was found there before; `raise(criterion, finding)` takes a new one. */
export class Findings {
  constructor({ earlier, raise, onChange, say }) {
    Object.assign(this, { askEarlier: earlier, take: raise, onChange, say });
    this.typed = new Map();
    this.asked = new Set();
  }

  /** What the form of a criterion shows. */
  of(code) {
    return { finding: this.typed.get(code) ?? EMPTY, earlier: this.asked.has(code) ? this.askEarlier(code) : null };
  }

  type(code, name, value) {
    const finding = { ...this.of(code).finding, [name]: value, problem: "" };
    if (name === "severity") finding.chosen = true;
    this.typed.set(code, finding);
  }

  /** Shows what was found here before; a recurrence suggests a graver severity unless one was chosen. */
  ask(code) {
    if (this.asked.has(code)) return;
    this.asked.add(code);
    const { finding, earlier } = this.of(code);
    if (earlier.length && !finding.chosen) this.typed.set(code, { ...finding, severity: GRAVER[finding.severity] });
    this.onChange(code);
  }

  /** Gives whether the finding was taken; what it lacks is said in the form. */
  raise(code) {
    const { chosen, problem, ...finding } = this.of(code).finding;
    if (!finding.fact.trim()) {
      this.typed.set(code, { ...finding, chosen, problem: this.say("finding_needs_fact") });
      this.onChange(code);
      return false;
    }
    this.typed.delete(code);
    this.take(code, { ...finding, fact: finding.fact.trim(), id: newId() });
    return true;
  }
}
