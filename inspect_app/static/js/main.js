// Start-up of every page: finds data-behaviour="…" and binds the module of that name. Pages work without any of it.

import { bindShortcuts } from "./behaviours/shortcuts.js";
import { settleDrafts } from "./behaviours/keep-draft.js";

const KNOWN = new Set([
  "auto-filter", "combobox", "copy", "dialog", "error-summary", "file-names", "job-progress", "keep-draft", "lazy-branch", "leave-guard",
  "menu", "print", "select-all", "shortcut-switch", "show-current", "show-password", "submit-once",
]);

/** Binds every behaviour named inside `root`, each once per element. */
export function bindAll(root) {
  for (const element of root.querySelectorAll("[data-behaviour]")) {
    for (const name of element.dataset.behaviour.split(/\s+/).filter((word) => KNOWN.has(word))) {
      bindOne(element, name);
    }
  }
}

async function bindOne(element, name) {
  const bound = new Set((element.dataset.bound ?? "").split(" ").filter(Boolean));
  if (bound.has(name)) return;
  element.dataset.bound = [...bound, name].join(" ");
  const { bind } = await import(`./behaviours/${name}.js`);
  bind(element, { bindAll });
}

settleDrafts(document);
bindShortcuts(document);
bindAll(document);
