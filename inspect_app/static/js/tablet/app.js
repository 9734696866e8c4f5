// The rooms of the tablet and the way between them: the list, the checks before the field, a visit, its end.

import { Findings } from "./findings.js";
import { signs } from "./html.js";
import { FinishScreen } from "./screens/finish-screen.js";
import { ListScreen } from "./screens/list-screen.js";
import { ReadyScreen } from "./screens/ready-screen.js";
import { VisitScreen } from "./screens/visit-screen.js";

const HIDDEN_TOO_LONG = 30 * 60_000;

export class App {
  constructor(root, { store, others }) {
    Object.assign(this, { root, store, others, screen: null });
    this.sign = signs(root.dataset.icons);
  }

  async start(work) {
    this.work = work;
    work.onChange = (thing) => this.screen?.changed(thing);
    this.listen();
    await this.show(location.pathname, location.hash);
    work.keepSending();
    await work.sync();
  }

  listen() {
    this.root.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (!link || link.target || link.dataset.act || event.defaultPrevented || !isHere(link)) return;
      event.preventDefault();
      this.go(link.pathname, link.hash);
    });
    window.addEventListener("popstate", () => this.show(location.pathname, location.hash));
    window.addEventListener("beforeunload", (event) => {
      if (this.holdsUnkept()) event.preventDefault();
    });
    let hiddenAt = null;
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") hiddenAt = Date.now();
      else if (this.work.keep.lasting && hiddenAt && Date.now() - hiddenAt > HIDDEN_TOO_LONG && !this.holdsUnkept()) location.reload();
    });
  }

  /** Whether something would be lost with this page. */
  holdsUnkept() {
    const { work } = this;
    return (work.keep.lasting ? work.outbox.unsaved + work.photos.unsaved : work.waiting) > 0 || Boolean(this.screen?.isTyping?.());
  }

  async go(path, hash = "") {
    history.pushState(null, "", path + hash);
    window.scrollTo(0, 0);
    await this.show(path, hash);
  }

  async show(path, hash) {
    const [, , room, id, place] = path.split("/");
    this.screen?.close?.();
    const tools = this.tools();
    if (room === "ready") this.screen = new ReadyScreen(this.root, this.work, { ...tools, store: this.store });
    else if (room !== "inspections") this.screen = new ListScreen(this.root, this.work, { ...tools, others: this.others });
    else this.screen = await this.visitScreen(id, place, hash, tools);
  }

  async visitScreen(id, place, hash, tools) {
    const visit = await this.work.open(id);
    if (!visit) return new ListScreen(this.root, this.work, { ...tools, others: this.others, missing: true });
    if (place === "finish") return new FinishScreen(this.root, visit, tools);
    const screen = new VisitScreen(this.root, visit, { ...tools, photos: this.work.photos, findings: this.findings(visit) });
    screen.section = Number(place) || 1;
    screen.start(hash);
    return screen;
  }

  findings(visit) {
    return new Findings({
      say: this.work.say,
      earlier: (code) => visit.pack.earlier?.[code] ?? [],
      raise: (code, finding) => {
        this.screen.open.finding.delete(code);
        visit.send(code, "finding", { value: { ...finding, words: this.work.say(finding.severity) } });
      },
      onChange: (code) => this.screen.drawCriterion(code),
    });
  }

  tools() {
    const { work, sign } = this;
    return {
      say: work.say, sign, work, chip: () => work.chip(), go: (path) => this.go(path),
      later: (run, pause) => setTimeout(run, pause), cancel: (timer) => clearTimeout(timer),
    };
  }
}

/** Whether a link leads to a room of the tablet. */
function isHere(link) {
  return link.origin === location.origin && /^\/tablet(\/|$)/.test(link.pathname);
}
