// The visits of the person on this tablet, what waits of each, and what needs a person.

import { html, bar, show } from "../html.js";
import { Presses } from "../presses.js";
import { progressOf } from "../progress.js";
import { day } from "../words.js";
import { chipOf } from "./frame.js";

export class ListScreen {
  constructor(root, work, tools) {
    Object.assign(this, { root, work, tools, drawn: "", soon: null });
    this.ended = new AbortController();
    this.presses = new Presses(tools.later);
    this.presses.listen(root, this.ended.signal);
    root.addEventListener("click", (event) => this.clicked(event), { signal: this.ended.signal });
    this.draw();
  }

  close() {
    this.tools.cancel(this.soon);
    this.ended.abort();
  }

  changed() {
    this.soon ??= this.tools.later(() => {
      this.soon = null;
      this.draw();
    }, 100);
  }

  async draw() {
    const { work, tools: { say, sign } } = this;
    document.title = say("my_visits");
    const opened = await Promise.all(work.listed.map(({ id }) => work.keep.lasting ? work.open(id) : work.visits.get(id)));
    if (this.ended.signal.aborted) return;
    const markup = html`<header class="tablet-head" data-screen="list">
      <a class="back" id="ve" href="/" target="_self" aria-label="${say("to_first_page")}">${sign("back")}</a>
      <div><h1>${say("my_visits")}</h1><p>${work.door.person.name}</p></div>${chipOf(this.tools, work.chip())}</header>
    <main class="checklist" id="noi-dung" tabindex="-1">
      ${this.warnings()}
      ${work.listed.map((each, place) => this.card(each, opened[place]))}
      ${work.listed.length ? "" : html`<section class="card"><div class="empty"><h2>${say("no_visits")}</h2><p>${say("no_visits_words")}</p></div></section>`}
      ${this.parked()}
      <section class="card"><h2>${say("this_tablet")}</h2>
        <p class="muted">${work.keep.lasting ? say("tablet_named", { name: work.keep.device }) : say("not_prepared")}</p>
        <div class="row"><a class="button" href="/tablet/ready">${sign("tablet")}${say("ready_title")}</a>
        ${work.waiting && work.door.rescue_key ? html`<button class="button quiet" type="button" data-act="export">${sign("download")}${say("save_to_file")}</button>` : ""}
        ${work.keep.lasting ? html`<button class="button quiet" type="button" data-act="lock">${sign("lock")}${say("lock_now")}</button>` : ""}</div></section>
    </main>`;
    if (markup.text === this.drawn) return;
    this.drawn = markup.text;
    this.presses.draw("list", () => this.ended.signal.aborted || show(this.root, markup));
  }

  warnings() {
    const { work, tools: { say, sign, others, missing } } = this;
    const lines = [];
    if (missing) lines.push(["warn", say("visit_missing")]);
    if (work.skew) lines.push(["warn", say("clock_wrong", { n: Math.abs(work.skew) })]);
    for (const { waiting } of others) lines.push(["info", say("others_wait", { n: waiting })]);
    return lines.map(([tone, words]) => html`<div class="notice ${tone}" role="status">${sign(tone === "info" ? "info" : "triangle")}<div><p>${words}</p></div></div>`);
  }

  card(each, visit) {
    const { work, tools: { say } } = this;
    const parts = visit ? visit.groups.map((group) => progressOf(group, (code) => visit.held(code))) : [];
    const [done, all] = parts.reduce(([a, b], part) => [a + part.answered, b + part.questions], [0, 0]);
    const waiting = work.outbox.list(each.id).length;
    const photos = work.photos.list(each.id).length;
    return html`<section class="card" aria-labelledby="kt-${each.code}">
      <h2 id="kt-${each.code}">${each.unit} <span class="sr">(${each.code})</span></h2>
      <p class="muted">${each.line}${each.starts_on ? ` · ${day(each.starts_on)}` : ""}${each.ends_on && each.ends_on !== each.starts_on ? `–${day(each.ends_on)}` : ""}</p>
      ${all ? html`<p>${say("section_line", { done, all })}</p>${bar((done * 100) / all, 6)}` : ""}
      ${waiting + photos ? html`<p class="state info">${say("waits_of_visit", { n: waiting, photos })}</p>` : ""}
      <div class="row"><a class="button ${each.state === "in_progress" ? "primary" : ""}" href="/tablet/inspections/${each.id}">${say("open_visit")}</a>
        <a class="button quiet" href="/inspections/${each.id}" target="_self">${say("record")}</a></div></section>`;
  }

  parked() {
    const { work, tools: { say } } = this;
    if (!work.parked.length) return "";
    return html`<section class="card" aria-labelledby="h-can-xem"><h2 id="h-can-xem">${say("parked")}</h2><p class="muted">${say("parked_n", { n: work.parked.length })}</p>
      <ul class="rows">${work.parked.map((change) => {
        const reason = (change.result ?? "").slice("parked:".length);
        return html`<li><span><b>${change.criterion}</b> ${work.visits.get(change.inspection)?.pack.inspection.unit ?? ""}<span class="cell-note">${change.words || (work.door.parked?.[reason] ?? reason)}</span></span><button class="button small" type="button" data-act="dismiss" data-id="${change.id}">${say("parked_seen")}</button></li>`;
      })}</ul></section>`;
  }

  clicked(event) {
    const { act, id } = event.target.closest("[data-act]")?.dataset ?? {};
    if (act === "lock") location.reload();
    if (act === "export") saveToFile(this.work);
    if (act === "dismiss") this.work.dismiss(id);
  }
}

/** Offers what is not sent as a file that only the server can open. */
export async function saveToFile(work) {
  const file = await work.rescueFile();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `chua-gui-${work.keep.device}-${work.now().toISOString().slice(0, 16).replace(":", "")}.inspect`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
