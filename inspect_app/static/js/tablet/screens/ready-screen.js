// Ready for the field: everything that must be true before the network goes away, each line green or with its reason.

import { html, show } from "../html.js";
import { deviceName } from "../device.js";
import { Keep } from "../keep.js";
import { askToPersist, room } from "../store.js";
import { fits, makeVault } from "../vault.js";
import { clientIsCached, installClient, isInstalled } from "../worker.js";
import { hour } from "../words.js";
import { chipOf } from "./frame.js";
import { pinField } from "./lock-screen.js";

const ENOUGH = 500 * 1024 * 1024;
const CHARGED = 0.5;

export class ReadyScreen {
  constructor(root, work, tools) {
    Object.assign(this, { root, work, tools, problem: "", busy: false });
    this.heard = (event) => this.submitted(event);
    this.pressed = (event) => event.target.closest("[data-act=check]") && this.prepare();
    root.addEventListener("submit", this.heard);
    root.addEventListener("click", this.pressed);
    this.draw();
  }

  close() {
    this.root.removeEventListener("submit", this.heard);
    this.root.removeEventListener("click", this.pressed);
    this.closed = true;
  }

  changed() {
    if (!this.work.keep.lasting || this.busy) return;
    this.soon ??= this.tools.later(() => {
      this.soon = null;
      if (!this.closed) this.draw();
    }, 500);
  }

  async draw() {
    const { work, tools } = this;
    const { say } = tools;
    document.title = say("ready_title");
    const lines = work.keep.lasting ? await this.checks() : [];
    const ready = lines.length > 0 && lines.every(({ good }) => good);
    if (this.closed) return;
    show(this.root, html`<header class="tablet-head"><a class="back" id="ve" href="/tablet" aria-label="${say("back")}">${tools.sign("back")}</a>
      <div><h1>${say("ready_title")}</h1><p>${work.door.person.name}</p></div>${chipOf(tools, work.chip())}</header>
    <main class="checklist" id="noi-dung" tabindex="-1">
      ${work.keep.lasting ? this.answer(ready, lines) : this.pinForm()}
    </main>`);
  }

  answer(ready, lines) {
    const { say, sign } = this.tools;
    return html`<div class="notice ${ready ? "good" : "warn"}" role="status">${sign(ready ? "ring-tick" : "triangle")}<div><p><b>${ready ? say("ready_yes") : say("ready_no")}</b></p></div></div>
      <section class="card"><h2>${say("ready_checks")}</h2><ul class="rows" data-part="checks">${lines.map(({ name, good, words }) =>
        html`<li data-check="${name}" data-good="${good ? "yes" : "no"}"><span>${say(`ready_${name}`)}<span class="cell-note">${words}</span></span><span class="state ${good ? "good" : "bad"}">${sign(good ? "check" : "octagon")}<span>${good ? say("ready_good") : say("ready_missing")}</span></span></li>`)}</ul>
      <div class="row"><button class="button primary" type="button" data-act="check" ${this.busy ? html`disabled` : ""}>${sign("refresh")}${this.busy ? say("ready_busy") : say("ready_again")}</button></div></section>`;
  }

  pinForm() {
    const { say } = this.tools;
    if (!this.tools.store) return html`<div class="notice bad" role="alert"><div><p>${say("no_store")}</p></div></div>`;
    if (!globalThis.isSecureContext) return html`<div class="notice bad" role="alert"><div><p>${say("needs_https")}</p></div></div>`;
    if (!this.work.door.rescue_key) return html`<div class="notice bad" role="alert"><div><p>${say("no_rescue_key")}</p></div></div>`;
    return html`<form class="card form" id="dat-ma"><h2>${say("pin_title")}</h2><p>${say("pin_words")}</p>
      ${pinField("ma-moi", "pin", say("pin_new"), "new-password")}${pinField("ma-moi-2", "again", say("pin_again"), "new-password")}
      ${this.problem ? html`<p class="state bad" role="alert">${this.problem}</p>` : ""}
      <div class="row"><button class="button primary" type="submit" ${this.busy ? html`disabled` : ""}>${this.busy ? say("ready_busy") : say("pin_prepare")}</button></div></form>`;
  }

  async submitted(event) {
    event.preventDefault();
    const { pin, again } = Object.fromEntries(new FormData(event.target));
    if (!fits(pin) || pin !== again) {
      this.problem = this.tools.say(fits(pin) ? "pin_differs" : "pin_weak");
      this.draw();
      return;
    }
    this.busy = true;
    this.draw();
    await this.work.sync();
    if (this.work.waiting) this.problem = this.tools.say("send_first");
    else await this.begin(pin);
    this.busy = false;
    await (this.problem ? this.draw() : this.prepare());
  }

  /** From now on this person's work is kept in the tablet's own store. */
  async begin(pin) {
    const { work, tools: { store } } = this;
    const { vault, record } = await makeVault(work.door.person, pin, work.door.rescue_key);
    await store.put({ people: [record] });
    work.keepIn(new Keep(store, vault, record.id, await deviceName(store)));
    await work.keep.keepSettings({ door: work.door });
  }

  /** Fetches and asks for everything that can be had, then looks again. */
  async prepare() {
    this.busy = true;
    this.problem = "";
    await this.draw();
    await askToPersist();
    await Promise.allSettled([installClient(), this.work.sync()]);
    await this.work.sync();
    this.busy = false;
    await this.draw();
  }

  async checks() {
    const { work, tools: { say } } = this;
    const { free, persisted } = await room();
    const packs = await work.keep.packs();
    const cached = work.listed.filter(({ id, changed }) => packs.some((pack) => pack.inspection.id === id && pack.changed === changed)).length;
    const client = await clientIsCached();
    const power = (await navigator.getBattery?.()) ?? null;
    const megabytes = free === null ? null : Math.round(free / 1_048_576);
    return [
      { name: "installed", good: isInstalled(), words: isInstalled() ? "" : say("ready_installed_how") },
      { name: "persisted", good: persisted, words: persisted ? "" : say("ready_persisted_how") },
      { name: "room", good: free === null || free > ENOUGH, words: megabytes === null ? say("ready_room_unknown") : say("ready_room_free", { n: megabytes }) },
      { name: "client", good: client, words: client ? "" : say("ready_client_how") },
      { name: "visits", good: cached === work.listed.length, words: say("ready_visits_n", { n: cached, all: work.listed.length }) },
      { name: "clock", good: !work.skew, words: work.skew ? say("clock_wrong", { n: Math.abs(work.skew) }) : "" },
      ...(power ? [{ name: "battery", good: power.charging || power.level >= CHARGED, words: `${Math.round(power.level * 100)}%` }] : []),
      { name: "contact", good: work.contact !== null && !work.outbox.trouble, words: work.contact ? say("ready_contact_at", { time: hour(work.contact) }) : say("ready_contact_never") },
    ];
  }
}
