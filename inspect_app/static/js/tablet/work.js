// Everything that one person does on this tablet: visits, what waits, and the talk with the server about it.

import { Outbox } from "./outbox.js";
import { Photos } from "./photos.js";
import { room } from "./store.js";
import { APP_VERSION, fetchJson, sendChanges, SyncTrouble } from "./sync.js";
import { sendFile } from "./uploads.js";
import { sealedFile, base64 } from "./vault.js";
import { Visit } from "./visit.js";
import { sayer } from "./words.js";

const EVERY = 30_000;
const QUIET = 2_000;
const DAY = 24 * 3_600_000;
const SKEW = 10 * 60_000;
/** The end and the signatures rest on the proof: they go after the photos of their visit. */
const RESTS_ON_PHOTOS = new Set(["finish", "signature", "refusal"]);

/** `door` is what the server last said of itself: {person, words, urls, csrf, deployment, epoch, …}. */
export class Work {
  constructor({ keep, door, fetch = (...args) => globalThis.fetch(...args), now = () => new Date(), alone, later }) {
    Object.assign(this, { keep, door, fetch, now });
    this.say = sayer(door.words);
    this.visits = new Map();
    this.listed = [];
    this.onChange = () => {};
    this.parked = [];
    this.contact = door.server_time ? now() : null;
    this.told = 0;
    this.outbox = new Outbox({
      keep, now, ...(alone && { alone }), ...(later && { later }),
      send: (changes) => this.sent(changes),
      onSettled: (change, ack) => this.settled(change, ack),
      onChange: () => this.changed(),
      mustWait: (change) => RESTS_ON_PHOTOS.has(change.op) && this.photos.stillToSend(change.inspection),
    });
    this.photos = new Photos({
      keep, now, alone: this.outbox.alone, ...(later && { later }),
      upload: (photo, bytes, onProgress) => this.uploaded(photo, bytes, onProgress),
      mayGo: () => this.outbox.ready().length === 0,
      onStored: (photo, attachment, preview) => this.visits.get(photo.inspection)?.stored(photo, attachment, preview),
      onChange: (photo) => this.changed(photo),
    });
  }

  /** Takes up what was left on the tablet. */
  async load() {
    await this.outbox.load();
    await this.photos.load();
    this.listed = (await this.keep.setting("listed")) ?? [];
    this.parked = await this.keep.parked();
  }

  /** From now on what is done here is kept in this keep; nothing may be waiting in the one before. */
  keepIn(keep) {
    this.keep = this.outbox.keep = this.photos.keep = keep;
  }

  changed(thing) {
    this.onChange(thing);
  }

  // Visits

  /** The visit, from the tablet or from the server; null when it is on neither. */
  async open(inspection) {
    if (this.visits.has(inspection)) return this.visits.get(inspection);
    let pack = await this.keep.pack(inspection);
    if (!pack) await this.unlessCutOff(async () => (pack = await this.fetched(this.addressOf(inspection))));
    if (!pack) return null;
    const visit = new Visit(pack, { outbox: this.outbox, photos: this.photos });
    for (const change of this.parked) {
      if (change.inspection === inspection) visit.putAside(change, change);
    }
    this.visits.set(inspection, visit);
    return visit;
  }

  /** Brings the list of visits and every pack that has changed up to date. Throws SyncTrouble. */
  async refresh() {
    const reply = await fetchJson(this.door.urls.visits, this.fetch);
    if (reply.person.id !== this.door.person.id) throw new SyncTrouble("sign_in", "somebody else");
    await this.heard(reply);
    const kept = new Map((await this.keep.packs()).map((pack) => [pack.inspection.id, pack]));
    for (const each of this.mine(reply.visits)) {
      // Another tab may have kept the newest pack already: what is shown here is asked as well.
      const isOld = (pack) => pack?.changed !== each.changed;
      const shown = this.visits.get(each.id);
      if (isOld(kept.get(each.id)) || (shown && isOld(shown.pack))) await this.renew(each.id);
    }
    const listed = new Set(reply.visits.map(({ id }) => id));
    for (const id of kept.keys()) if (!listed.has(id) && !this.waits(id)) await this.keep.forgetPack(id);
    this.listed = reply.visits;
    await this.keep.keepSettings({ listed: reply.visits });
    this.changed();
  }

  /** Of these visits those that this page has to know: all of them on a tablet that was prepared. */
  mine(visits = this.listed) {
    return visits.filter(({ id }) => this.keep.lasting || this.visits.has(id));
  }

  addressOf(inspection) {
    return `${this.door.urls.packs}/${inspection}`;
  }

  async renew(inspection) {
    const pack = await this.fetched(this.addressOf(inspection));
    this.visits.get(inspection)?.renew(pack);
  }

  async fetched(url) {
    const pack = await fetchJson(url, this.fetch);
    await this.keep.keepPack(pack);
    return pack;
  }

  waits(inspection) {
    return this.outbox.list(inspection).length + this.photos.list(inspection).length > 0;
  }

  // Sending

  async sent(changes) {
    const reply = await this.withToken(async () => sendChanges(changes, {
      url: this.door.urls.changes, csrf: this.door.csrf, deployment: this.door.deployment, report: await this.report(), fetch: this.fetch,
    }));
    await this.heard({ ...reply, backed_up_until: reply.backedUpUntil, server_time: reply.serverTime });
    return reply;
  }

  async uploaded(photo, bytes, onProgress) {
    return this.withToken(() => sendFile(photo, bytes, { url: this.door.urls.uploads, csrf: this.door.csrf, onProgress, fetch: this.fetch }));
  }

  /** A token that has grown old with its session is asked for anew, once; only for the same person. */
  async withToken(ask) {
    try {
      return await ask();
    } catch (error) {
      if (error.kind !== "token") throw error;
      const reply = await fetchJson(this.door.urls.visits, this.fetch);
      if (reply.person.id !== this.door.person.id) throw new SyncTrouble("sign_in", "somebody else");
      this.door.csrf = reply.csrf;
      return ask();
    }
  }

  /** Takes note of what every answer of the server says of itself. */
  async heard({ deployment, epoch, backed_up_until, server_time, csrf, words, parked, urls, rescue_key }) {
    const before = { ...this.door };
    Object.assign(this.door, { deployment, epoch, backed_up_until, server_time, offset: Date.parse(server_time) - this.now().getTime() });
    if (csrf) Object.assign(this.door, { csrf, words, parked, urls, rescue_key });
    this.contact = this.now();
    for (const visit of this.visits.values()) visit.pack.backed_up_until = backed_up_until;
    const putBack = before.epoch && epoch !== before.epoch;
    if (putBack) await this.keep.offerAgain(before.backed_up_until ?? null);
    // Times move with every answer; they alone are not worth a write to the disk.
    const news = csrf || deployment !== before.deployment || epoch !== before.epoch || backed_up_until !== before.backed_up_until;
    if (news) await this.keep.keepSettings({ door: this.door });
    if (putBack) {
      this.outbox.named.clear();
      await this.outbox.load();
      await this.photos.load();
    }
  }

  settled(change, ack) {
    this.parked = this.parked.filter(({ id }) => id !== change.id);
    if (ack.result.startsWith("parked:")) this.parked.push({ ...change, result: ack.result, words: ack.words });
    this.visits.get(change.inspection)?.settled(change, ack);
    this.compareSoon(change.inspection);
  }

  /** Once it has been quiet for a while, the server is asked whether it has what it has named. */
  compareSoon(inspection) {
    clearTimeout(this.asking);
    this.asking = setTimeout(async () => {
      if (this.waiting || this.outbox.trouble) return;
      await this.unlessCutOff(async () => {
        if (this.told) await this.sent([]);
        await this.compare(inspection);
      });
    }, QUIET);
    this.asking.unref?.();
  }

  /** Does what needs the network; trouble with it is shown by the chip and ends nothing. */
  async unlessCutOff(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof SyncTrouble)) throw error;
      this.outbox.trouble = error.kind;
    }
    this.changed();
  }

  /** The person has read why a change was put aside; the server keeps it, and its answer comes to the inbox. */
  async dismiss(id) {
    await this.keep.dismiss(id);
    this.parked = this.parked.filter((change) => change.id !== id);
    for (const visit of this.visits.values()) visit.dismiss(id);
    this.changed();
  }

  /** What this tablet tells the office about itself. */
  async report() {
    const { free, persisted } = await room();
    this.told = this.waiting;
    return {
      device: this.keep.device, waiting: this.outbox.size, photos: this.photos.size, oldest: this.outbox.oldest,
      app_version: APP_VERSION, client_time: this.now().toISOString(), storage: { persisted, free },
    };
  }

  /** Sends everything, then compares. */
  async sync() {
    this.syncing ??= this.syncOnce().finally(() => (this.syncing = null));
    return this.syncing;
  }

  async syncOnce() {
    await this.outbox.flush();
    await this.photos.again();
    await this.outbox.flush();
    if (this.waiting || this.outbox.trouble) return;
    await this.unlessCutOff(async () => {
      if (this.told) await this.sent([]);
      await this.refresh();
      for (const each of this.mine()) await this.compare(each.id);
      await this.keep.forgetSafe(this.door.backed_up_until, this.now().getTime());
    });
  }

  /** Asks the server for its digest of a visit; what it lacks is offered again. */
  async compare(inspection) {
    const visit = await this.open(inspection);
    if (!visit) return;
    const digest = await fetchJson(visit.pack.urls.digest, this.fetch);
    if (visit.agrees(digest, await this.keep.sentOf(inspection))) visit.agreed = this.now();
    else if (await this.keep.offerAgain(null, inspection)) {
      await this.outbox.offerAgain();
      await this.photos.load();
      await this.photos.again();
      await this.renew(inspection);
    }
  }

  /** Sends by itself: at once, when the network is back, when the page is looked at, and every so often. */
  keepSending() {
    const go = () => this.sync();
    globalThis.addEventListener("online", go);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && go());
    setInterval(() => {
      if (document.visibilityState !== "visible") return;
      if (this.waiting || this.outbox.trouble) go();
      else if (!this.contact || this.now() - this.contact > 10 * EVERY) go();
    }, EVERY);
  }

  // The truth, in a few words

  get waiting() {
    return this.outbox.size + this.photos.size;
  }

  /** Whether the server has everything, and its digests have said so. */
  get allSafe() {
    return !this.waiting && this.mine().every(({ id }) => this.visits.get(id)?.agreed && this.now() - this.visits.get(id).agreed < DAY);
  }

  /** What the head of every screen says: {tone, sign, title, words, url, here, act}; with `here` the page may be left. */
  chip() {
    const { say, outbox, photos } = this;
    const lost = outbox.unsaved + photos.unsaved;
    if (lost) return { tone: "bad", sign: "octagon", title: say("not_kept_n", { n: lost }), words: say("save_to_file"), act: "export" };
    const n = outbox.size;
    const line = this.waiting ? say("waits_line", { n, photos: photos.size, since: this.since() }) : "";
    if (outbox.trouble === "sign_in") return { tone: "bad", sign: "lock", title: say("sign_in"), words: line, url: this.door.urls.sign_in, here: this.keep.lasting };
    if (outbox.trouble === "offline") return { tone: "warn", sign: "offline", title: say("offline"), words: line };
    if (outbox.trouble && !this.waiting) return { tone: "warn", sign: "offline", title: say("no_contact"), words: "" };
    if (outbox.trouble) return { tone: "warn", sign: "octagon", title: say("trouble"), words: line };
    if (this.waiting) return { tone: "info", sign: "arrow-up", title: say("sending"), words: line };
    if (this.parked.length) return { tone: "bad", sign: "octagon", title: say("parked"), words: say("parked_n", { n: this.parked.length }), room: "/tablet" };
    if (this.allSafe) return { tone: "good", sign: "shield", title: say("all_synced"), words: "" };
    return { tone: "good", sign: "check", title: say("nothing_waits"), words: "" };
  }

  since() {
    const minutes = Math.max(0, Math.round((this.now() - Date.parse(this.outbox.oldest ?? this.now())) / 60_000));
    if (minutes < 60) return this.say("minutes", { n: minutes });
    return minutes < 48 * 60 ? this.say("hours", { n: Math.round(minutes / 60) }) : this.say("days", { n: Math.round(minutes / 1440) });
  }

  /** By how much this tablet's clock is wrong, in minutes; 0 while it is near enough. */
  get skew() {
    return Math.abs(this.door.offset ?? 0) < SKEW ? 0 : Math.round(this.door.offset / 60_000);
  }

  /** Everything that is not on the server, as a file that only the server can open. */
  async rescueFile() {
    const photos = await Promise.all(this.photos.list().map(async ({ photo, bytes }) => ({
      ...photo, bytes: base64(bytes ?? (await this.keep.bytes(photo.id))),
    })));
    const changes = this.outbox.list().map(({ change }) => change);
    return sealedFile({ person: this.door.person.id, changes, photos }, { device: this.keep.device, made_at: this.now().toISOString() }, this.door.rescue_key);
  }
}
