// Keeps what is typed into a form until it is saved: a lost session, a closed page or an error loses nothing.

import { allDraftKeys, draftKey, draftTarget, dropDraft, putBack, readDraft, typedValues, writeDraft } from "./drafts.js";

const PAUSE = 400;

export function bind(form) {
  const key = draftKey(form);
  const asServed = JSON.stringify(typedValues(form));
  offerAgain(form, key, asServed);

  let timer;
  const keep = (more = {}) => {
    clearTimeout(timer);
    const values = typedValues(form);
    if (JSON.stringify(values) === asServed && !more.sent) dropDraft(key);
    else writeDraft(key, { at: Date.now(), to: draftTarget(form), values, ...more });
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("change", () => keep());
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) keep({ sent: true });
  });
}

/**
 * An error, a refusal or the sign-in says that what was sent has not arrived; any other page, that its draft may go, and
 * with it what was sent to the same place before and refused.
 */
export function settleDrafts(page) {
  const arrived = !page.querySelector(".error-page, .sign-in, .error-summary, .flashes .bad");
  const drafts = allDraftKeys().map((key) => [key, readDraft(key)]);
  const saved = new Set(drafts.filter(([, draft]) => arrived && draft?.sent).map(([, draft]) => draft.to));
  for (const [key, draft] of drafts) {
    if (!draft || saved.has(draft.to)) dropDraft(key);
    else if (draft.sent) writeDraft(key, { ...draft, sent: false });
  }
  for (const form of page.querySelectorAll("form[data-ends-drafts]")) {
    form.addEventListener("submit", () => allDraftKeys().forEach(dropDraft));
  }
}

function offerAgain(form, key, asServed) {
  const draft = readDraft(key);
  if (!draft || form.querySelector(".error-summary") || JSON.stringify(draft.values) === asServed) return;
  const served = JSON.parse(asServed);
  putBack(form, draft.values);
  form.prepend(note(form, draft, () => {
    putBack(form, served);
    dropDraft(key);
  }));
}

function note(form, draft, drop) {
  const line = document.createElement("div");
  line.className = "draft-note";
  line.setAttribute("role", "status");
  const moment = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  const words = document.createElement("span");
  words.textContent = (form.dataset.wordsKept ?? "{moment}").replace("{moment}", moment);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = form.dataset.wordsDrop ?? "";
  button.addEventListener("click", () => {
    drop();
    line.remove();
  });
  line.append(words, button);
  return line;
}
