// The lock in front of what a person keeps here: the PIN, or a new one with the server's help when it was forgotten.

import { html, show } from "../html.js";
import { postJson } from "../sync.js";
import { base64, fits, openVault, renewPin, WrongPin } from "../vault.js";
import { sayer } from "../words.js";

const TRIES = 5;
const REST = 30_000;

export class LockScreen {
  constructor(root, { people, words, urls, store, door }) {
    Object.assign(this, { root, people, urls, store, door, tries: 0, renewing: false });
    this.say = sayer(words);
    this.problem = "";
  }

  /** Resolves with {vault, record} once the right PIN was given. */
  opened() {
    const ended = new AbortController();
    const { signal } = ended;
    return new Promise((resolve) => {
      this.resolve = (opened) => {
        ended.abort();
        resolve(opened);
      };
      this.root.addEventListener("submit", (event) => this.submitted(event), { signal });
      this.root.addEventListener("click", (event) => event.target.closest("[data-act=forgotten]") && this.draw(true), { signal });
      this.draw(false);
    });
  }

  draw(renewing) {
    this.renewing = renewing;
    const { say, people } = this;
    show(this.root, html`<header class="tablet-head"><div><h1>${say("lock_title")}</h1><p>${people.length === 1 ? people[0].name : ""}</p></div></header>
      <main class="checklist" id="noi-dung" tabindex="-1"><form class="card form" id="mo-khoa">
      ${people.length > 1 ? html`<div class="field"><label for="ai">${say("lock_who")}</label><select class="select" id="ai" name="person">${people.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></div>` : ""}
      ${renewing ? html`<p>${say("pin_renew_words")}</p>` : html`<p class="muted">${say("lock_words")}</p>`}
      ${pinField("ma-pin", "pin", renewing ? say("pin_new") : say("pin"), renewing ? "new-password" : "current-password")}
      ${renewing ? pinField("ma-pin-2", "again", say("pin_again"), "new-password") : ""}
      ${this.problem ? html`<p class="state bad" role="alert">${this.problem}</p>` : ""}
      <div class="row"><button class="button primary" type="submit">${renewing ? say("pin_keep") : say("unlock")}</button>
      ${this.door && !renewing ? html`<button class="button quiet" type="button" data-act="forgotten">${say("pin_forgotten")}</button>` : ""}</div>
      </form></main>`);
    document.getElementById("ma-pin").focus();
  }

  async submitted(event) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    const record = this.people.find(({ id }) => id === given.person) ?? this.people[0];
    event.target.querySelector("[type=submit]").disabled = true;
    try {
      this.resolve(this.renewing ? await this.renewed(record, given) : { vault: await openVault(record, given.pin), record });
    } catch (error) {
      if (error instanceof WrongPin) await this.wrong();
      this.problem = error instanceof WrongPin ? this.say("pin_wrong") : error.said ?? this.say("pin_no_server");
      this.draw(this.renewing);
    }
  }

  /** Only the person who is signed in gets the own key back from the server. */
  async renewed(record, { pin, again }) {
    if (!fits(pin) || pin !== again) throw Object.assign(new Error("pin"), { said: this.say(fits(pin) ? "pin_differs" : "pin_weak") });
    const { key } = await postJson(this.urls.keys, this.door.csrf, { wrapped: base64(record.byServer) });
    const raw = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
    const made = await renewPin(record, raw, pin);
    await this.store.put({ people: [made.record] });
    return made;
  }

  async wrong() {
    this.tries += 1;
    if (this.tries % TRIES === 0) await new Promise((resolve) => setTimeout(resolve, REST));
  }
}

/** A field for a PIN, as figures. */
export function pinField(id, name, words, filled) {
  return html`<div class="field"><label for="${id}">${words}</label><input class="input" id="${id}" name="${name}" type="password" inputmode="numeric" pattern="[0-9]*" minlength="6" maxlength="12" autocomplete="${filled}" required></div>`;
}
