// What was typed and not yet saved, kept on this machine: by person, page and form, for three days.

const PREFIX = "draft:";
const DAYS_KEPT = 3;

export function draftKey(form) {
  const person = document.documentElement.dataset.person ?? "";
  return `${PREFIX}${person}:${location.pathname}:${form.id || form.getAttribute("action") || ""}`;
}

/** Where a form is sent: the same from its own page and from the one that a refusal shows it on. */
export function draftTarget(form) {
  return `${new URL(form.getAttribute("action") || location.pathname, location.href).pathname}:${form.id}`;
}

export function readDraft(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return draft && Date.now() - draft.at < DAYS_KEPT * 86_400_000 ? draft : null;
  } catch {
    return null;
  }
}

/** A full or forbidden store loses the draft, never the page. */
export function writeDraft(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // Nothing else to do: the form itself still holds what was typed.
  }
}

export function dropDraft(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // A store that cannot be opened holds no draft.
  }
}

export function allDraftKeys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

const SKIPPED_TYPES = new Set(["password", "file", "hidden", "submit", "button", "reset", "search"]);

/** The fields worth keeping: no passwords, no files, no tokens, nothing marked data-no-draft. */
export function keptFields(form) {
  return [...form.elements].filter(
    (field) => field.name && !SKIPPED_TYPES.has(field.type) && !("noDraft" in field.dataset) && field.type !== "fieldset",
  );
}

/** [[name, value], …] of the kept fields as they stand. */
export function typedValues(form) {
  return keptFields(form).flatMap((field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked ? [[field.name, field.value]] : [];
    if (field.type === "select-multiple") return [...field.selectedOptions].map((option) => [field.name, option.value]);
    return [[field.name, field.value]];
  });
}

/** Puts values back into the fields; what the form no longer has is left out. */
export function putBack(form, values) {
  for (const field of keptFields(form)) {
    const mine = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked = mine.includes(field.value);
    else if (field.type === "select-multiple") for (const option of field.options) option.selected = mine.includes(option.value);
    else if (mine.length) field.value = mine[0];
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
