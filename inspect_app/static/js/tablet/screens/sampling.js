// Drawing case files at a criterion: how many there are, how many to look at, and which ones the draw gave.

import { html } from "../html.js";

/** The form of a draw. */
export function sampleForm(leaf, { say }) {
  const id = `rm-${leaf.code}`;
  return html`<div class="inset"><h4>${say("sample_title")}</h4><p class="muted">${say("sample_words")}</p>
    <div class="form-pair">${number(`${id}-tong`, say("sample_population"))}${number(`${id}-mau`, say("sample_size"))}</div>
    <div class="field"><label for="${id}-ten">${say("sample_label")} <span class="hint">${say("optional")}</span></label><input class="input" id="${id}-ten" maxlength="200" autocomplete="off"></div>
    <p class="state bad" role="alert" id="${id}-sai"></p>
    <div class="row"><button class="button" type="button" id="${id}-rut" data-act="draw" data-code="${leaf.code}">${say("sample_draw")}</button>
    <button class="button quiet" type="button" id="${id}-thoi" data-act="sample" data-code="${leaf.code}">${say("cancel")}</button></div></div>`;
}

/** The draws of this criterion, each with what it takes to draw again. */
export function samplesHere(samples, { say, sign }) {
  return html`<p class="muted">${say("sample_here")}</p><ul class="rows">${samples.map((each) =>
    html`<li><span>${each.label ? `${each.label}: ` : ""}<b>${each.drawn.join(", ")}</b><span class="cell-note">${say("sample_line", { size: each.size, population: each.population, seed: each.seed })}</span></span>${each.waiting ? html`<span class="state info">${sign("tablet")}<span>${say("waits_here")}</span></span>` : ""}</li>`,
  )}</ul>`;
}

function number(id, words) {
  return html`<div class="field"><label for="${id}">${words}</label><input class="input" id="${id}" type="number" inputmode="numeric" min="1" max="1000000" required></div>`;
}
