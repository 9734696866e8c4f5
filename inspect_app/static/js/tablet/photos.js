// Photos and documents: kept on the tablet as bytes before anything else happens to them, sent after the answers.

import { newId } from "./ids.js";
import { StoreTrouble } from "./store.js";
import { SyncTrouble } from "./sync.js";
import { sha256 } from "./vault.js";

const PAUSES = [3_000, 10_000, 60_000, 300_000];
const LOCK = "inspect-tablet-files";
/** Answers of the server that are about this very file: it stays on the tablet, and the next one goes. */
const NOT_TAKEN = new Set(["too_large", "refused"]);

/**
 * `upload(photo, bytes, onProgress)` gives {result, attachment}; `mayGo()` says whether the answers are through;
 * `onStored(photo, attachment)` hears of each that the server has, `onChange(photo)` of every step.
 */
export class Photos {
  constructor({ keep, upload, mayGo, onStored, onChange, alone, later = (run, pause) => setTimeout(run, pause), now = () => new Date() }) {
    Object.assign(this, { keep, upload, mayGo, onStored, onChange, alone, later, now });
    this.entries = new Map();
    this.trouble = null;
    this.failures = 0;
    this.flushing = null;
  }

  /** Takes up what waited when the page was closed. */
  async load() {
    for (const photo of await this.keep.photos()) {
      if (!this.entries.has(photo.id)) this.entries.set(photo.id, { photo, state: "kept", offset: 0, preview: await this.previewOf(photo) });
    }
    for (const photo of this.list().map((entry) => entry.photo)) this.onChange(photo);
  }

  /** How many are not on the server yet. */
  get size() {
    return this.list().filter((entry) => entry.state !== "refused").length;
  }

  get unsaved() {
    return this.list().filter((entry) => entry.state === "unsaved").length;
  }

  /** Whether a visit has photos that the server is still to get; one that it will not take holds up nothing else. */
  stillToSend(inspection) {
    return this.list(inspection).some(({ state }) => state !== "refused" && state !== "stuck");
  }

  /** Those of a visit, or of one of its criteria: [{photo, state, offset, preview, words}]. */
  list(inspection = null, criterion = null) {
    return [...this.entries.values()].filter(({ photo }) =>
      (!inspection || photo.inspection === inspection) && (criterion === null || photo.criterion === criterion));
  }

  /** Keeps a file and sends it when its turn comes. The file itself is read at once: the browser may lose it. */
  async add(inspection, criterion, file) {
    const bytes = await file.arrayBuffer();
    const photo = {
      id: newId(), inspection, criterion, name: file.name || "photo.jpg", type: file.type, size: bytes.byteLength,
      sha256: await sha256(bytes), taken_at: this.now().toISOString(), device: this.keep.device,
    };
    const entry = { photo, bytes, state: "saving", offset: 0, preview: shown(photo, bytes) };
    this.entries.set(photo.id, entry);
    this.onChange(photo);
    await this.save(entry);
    this.onChange(photo);
    return this.flush();
  }

  async save(entry) {
    try {
      await this.keep.keepPhoto({ ...entry.photo, bytes: entry.bytes });
      entry.state = "kept";
      entry.bytes = null;
    } catch (error) {
      if (!(error instanceof StoreTrouble)) throw error;
      entry.state = "unsaved";
    }
  }

  /** Sends what waits, one file after the other. */
  flush() {
    this.flushing ??= this.alone(LOCK, () => this.sendAll()).finally(() => (this.flushing = null));
    return this.flushing;
  }

  async sendAll() {
    for (const entry of this.list()) if (entry.state === "unsaved") await this.save(entry).then(() => this.onChange(entry.photo));
    const awake = this.size ? await stayAwake() : null;
    try {
      for (const entry of this.list()) {
        if (!this.mayGo()) return;
        if (entry.state === "kept" || entry.state === "unsaved") await this.sendOne(entry);
        if (this.trouble) return;
      }
    } finally {
      awake?.release?.();
    }
  }

  async sendOne(entry) {
    const { photo } = entry;
    try {
      const bytes = entry.bytes ?? (await this.keep.bytes(photo.id));
      if (!bytes) {
        this.entries.delete(photo.id);
        return;
      }
      const reply = await this.upload(photo, bytes, (offset) => this.moved(entry, offset));
      const parked = reply.result.startsWith("parked:");
      await this.keep.settlePhoto(photo.id, parked ? "parked" : "sent", this.now().toISOString(), reply.result);
      this.failures = 0;
      if (parked) Object.assign(entry, { state: "refused", words: reply.result.slice("parked:".length) });
      else this.entries.delete(photo.id);
      if (!parked) this.onStored(photo, reply.attachment, entry.preview);
    } catch (error) {
      if (!(error instanceof SyncTrouble) && !(error instanceof StoreTrouble)) throw error;
      if (NOT_TAKEN.has(error.kind)) entry.state = "stuck";
      else this.giveUpForNow(error.kind);
    }
    this.onChange(photo);
  }

  moved(entry, offset) {
    entry.offset = offset;
    this.onChange(entry.photo);
  }

  giveUpForNow(kind) {
    this.trouble = kind;
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)];
    this.failures += 1;
    this.later(() => {
      this.trouble = null;
      return this.flush();
    }, pause);
  }

  /** Tries at once, because the person asks for it or the network is back. */
  async again() {
    this.trouble = null;
    for (const entry of this.list()) if (entry.state === "stuck") entry.state = "kept";
    return this.flush();
  }

  async previewOf(photo) {
    const bytes = photo.type.startsWith("image/") ? await this.keep.bytes(photo.id) : null;
    return bytes && shown(photo, bytes);
  }
}

function shown(photo, bytes) {
  if (!photo.type.startsWith("image/") || !globalThis.URL?.createObjectURL) return null;
  return URL.createObjectURL(new Blob([bytes], { type: photo.type }));
}

async function stayAwake() {
  try {
    return await globalThis.navigator?.wakeLock?.request("screen");
  } catch {
    return null;
  }
}
