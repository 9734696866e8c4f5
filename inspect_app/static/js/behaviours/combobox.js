// Types a name instead of scrolling through hundreds: the select stays and carries the value.
// data-url: JSON [{value, label, note}] for ?q=…; without it the select's own options are searched.

import { matches } from "./fold.js";

const MOST = 12;
const PAUSE = 200;

export function bind(select) {
  if (select.tagName !== "SELECT" || select.closest(".combobox")) return;
  new Combobox(select);
}

class Combobox {
  #select;
  #input;
  #list;
  #chosen;
  #found = [];
  #at = -1;
  #timer;
  #asked = 0;

  constructor(select) {
    this.#select = select;
    this.#build();
    this.#showChosen();
    this.#input.addEventListener("input", () => this.#search());
    this.#input.addEventListener("focus", () => this.#input.select());
    this.#input.addEventListener("click", () => this.#search());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("blur", () => this.#leave());
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => this.#pick(this.#found[[...this.#list.children].indexOf(event.target.closest("li"))]));
    select.addEventListener("change", () => this.#showChosen());
    select.form?.addEventListener("reset", () => setTimeout(() => this.#showChosen()));
  }

  get #many() {
    return this.#select.multiple;
  }

  #build() {
    const select = this.#select;
    const frame = document.createElement("div");
    frame.className = "combobox";
    select.before(frame);
    this.#input = document.createElement("input");
    Object.assign(this.#input, { type: "text", className: "input", autocomplete: "off", id: select.id, placeholder: select.dataset.wordsHint ?? "" });
    this.#list = document.createElement("ul");
    Object.assign(this.#list, { className: "combobox-list", id: `${select.id}-danh-sach`, hidden: true });
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", select.labels?.[0]?.textContent ?? "");
    const told = { role: "combobox", "aria-expanded": "false", "aria-controls": this.#list.id, "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries(told)) this.#input.setAttribute(name, value);
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (select.hasAttribute(name)) this.#input.setAttribute(name, select.getAttribute(name));
    }
    this.#chosen = document.createElement("div");
    this.#chosen.className = "combobox-chosen";
    select.id = `${select.id}-gia-tri`;
    select.hidden = true;
    frame.append(...(this.#many ? [this.#chosen] : []), this.#input, this.#list, select);
  }

  #showChosen() {
    if (!this.#many) {
      const option = this.#select.selectedOptions[0];
      this.#input.value = option?.value ? option.textContent.trim() : "";
      return;
    }
    this.#chosen.replaceChildren(...[...this.#select.selectedOptions].map((option) => this.#removable(option)));
  }

  #removable(option) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${option.textContent.trim()} ×`;
    button.setAttribute("aria-label", `${this.#select.dataset.wordsRemove ?? ""} ${option.textContent.trim()}`.trim());
    button.addEventListener("click", () => {
      option.selected = false;
      this.#changed();
      this.#input.focus();
    });
    return button;
  }

  #search() {
    clearTimeout(this.#timer);
    const typed = this.#typed();
    if (this.#select.dataset.url) this.#timer = setTimeout(() => this.#ask(typed), PAUSE);
    else this.#show(this.#options(typed));
  }

  #typed() {
    const option = this.#select.selectedOptions[0];
    const untouched = !this.#many && option?.value && this.#input.value === option.textContent.trim();
    return untouched ? "" : this.#input.value.trim();
  }

  #options(typed) {
    return [...this.#select.options]
      .filter((option) => option.value && !(this.#many && option.selected) && (!typed || matches(option.textContent, typed)))
      .map((option) => ({ value: option.value, label: option.textContent.trim(), note: option.dataset.note }));
  }

  async #ask(typed) {
    const turn = ++this.#asked;
    const url = new URL(this.#select.dataset.url, location.href);
    url.searchParams.set("q", typed);
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      const found = response.ok && !response.redirected ? await response.json() : [];
      if (turn === this.#asked) this.#show(Array.isArray(found) ? found : found.items ?? []);
    } catch {
      if (turn === this.#asked) this.#show([]);
    }
  }

  #show(found) {
    this.#found = found.slice(0, MOST);
    this.#at = -1;
    const lines = this.#found.map((item, index) => this.#line(item, index));
    if (!found.length) lines.push(this.#remark(this.#select.dataset.wordsNone));
    else if (found.length > MOST) lines.push(this.#remark(this.#select.dataset.wordsMore));
    this.#list.replaceChildren(...lines);
    this.#open(true);
  }

  #line({ label, note }, index) {
    const line = document.createElement("li");
    line.id = `${this.#list.id}-${index}`;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    line.textContent = label;
    if (note) line.append(Object.assign(document.createElement("small"), { textContent: note }));
    return line;
  }

  #remark(words) {
    const line = document.createElement("li");
    line.className = "none";
    line.setAttribute("role", "option");
    line.setAttribute("aria-disabled", "true");
    line.textContent = words ?? "";
    return line;
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.#list.hidden) this.#search();
      else this.#move(step);
    } else if (event.key === "Enter" && !this.#list.hidden) {
      event.preventDefault();
      this.#pick(this.#found[Math.max(this.#at, 0)]);
    } else if (event.key === "Escape" && !this.#list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.#open(false);
    }
  }

  #move(step) {
    if (!this.#found.length) return;
    this.#at = (this.#at + step + this.#found.length) % this.#found.length;
    [...this.#list.children].forEach((line, index) => line.setAttribute("aria-selected", String(index === this.#at)));
    const line = this.#list.children[this.#at];
    line.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", line.id);
  }

  #pick(item) {
    if (!item) return;
    let option = [...this.#select.options].find((known) => known.value === String(item.value));
    if (!option) {
      option = new Option(item.label, item.value);
      this.#select.append(option);
    }
    option.selected = true;
    this.#open(false);
    this.#changed();
    if (this.#many) this.#input.value = "";
  }

  #changed() {
    this.#select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #leave() {
    this.#open(false);
    if (this.#many) {
      this.#input.value = "";
    } else if (!this.#input.value.trim() && this.#select.value) {
      this.#select.value = "";
      this.#changed();
    } else {
      this.#showChosen();
    }
  }

  #open(open) {
    this.#list.hidden = !open;
    this.#input.setAttribute("aria-expanded", String(open));
    if (!open) this.#input.removeAttribute("aria-activedescendant");
  }
}
