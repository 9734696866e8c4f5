// "/" goes to the search, "?" to the help. They can be switched off on the help page, for those who speak to their machine.

const SWITCH = "shortcuts-off";

export function shortcutsAreOff() {
  try {
    return localStorage.getItem(SWITCH) === "1";
  } catch {
    return false;
  }
}

export function switchShortcuts(off) {
  try {
    if (off) localStorage.setItem(SWITCH, "1");
    else localStorage.removeItem(SWITCH);
  } catch {
    // Without a store the keys stay as they are.
  }
}

export function bindShortcuts(page) {
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || shortcutsAreOff()) return;
    if (page.querySelector("dialog:modal")) return;
    if (event.key === "/") goTo(event, page.querySelector('input[data-shortcut="filter"]') ?? page.querySelector('a[data-shortcut="search"]'));
    if (event.key === "?") goTo(event, page.querySelector('a[data-shortcut="help"]'));
  });
}

function isTyping(target) {
  return target.isContentEditable || target.matches?.("input, textarea, select");
}

function goTo(event, place) {
  if (!place) return;
  event.preventDefault();
  if (place.tagName === "A") place.click();
  else place.focus();
}
