// Markup from templates in which every value is escaped unless it is markup itself.

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

class Markup {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/** html`<p>${words}</p>`: words are escaped, markup and lists of markup are not, null and false leave nothing. */
export function html(strings, ...values) {
  let text = strings[0];
  values.forEach((value, place) => {
    text += escaped(value) + strings[place + 1];
  });
  return new Markup(text);
}

/** Shows markup inside an element, instead of what was there. */
export function show(element, markup) {
  if (!(markup instanceof Markup)) throw new TypeError("Only markup made by html`` is shown.");
  element.innerHTML = markup.text;
}

/** Puts markup in the place of an element; gives the new one. */
export function replace(element, markup) {
  const holder = document.createElement("template");
  show(holder, markup);
  const fresh = holder.content.firstElementChild;
  element.replaceWith(fresh);
  return fresh;
}

/** A sign from the icon sheet, hidden from readers. */
export function signs(sheet) {
  return (name) =>
    html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="${sheet}#${name}"/></svg>`;
}

/** A bar of so many percent. */
export function bar(percent, height = 4) {
  const share = Math.max(0, Math.min(100, percent));
  return html`<svg class="bar" aria-hidden="true"><rect class="track" width="100%" height="${height}" rx="2"/><rect
    class="ok" width="${share.toFixed(1)}%" height="${height}" rx="2"/></svg>`;
}

function escaped(value) {
  if (value === null || value === undefined || value === false) return "";
  if (Array.isArray(value)) return value.map(escaped).join("");
  if (value instanceof Markup) return value.text;
  return String(value).replace(/[&<>"']/g, (sign) => SIGNS[sign]);
}
