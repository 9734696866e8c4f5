// Talking to the server. An item counts as sent only when the server says so of that very item.

const PATIENCE = 30_000;
const PROTOCOL = "1";

/** The version of this client, which every change and report names. */
export const APP_VERSION = "2";

const KINDS = { 400: "token", 401: "sign_in", 403: "refused", 409: "too_large", 413: "too_large" };

/** Why nothing, or not everything, was sent: "offline", "server", "sign_in", "token", "too_large" or "refused". */
export class SyncTrouble extends Error {
  constructor(kind, detail = "") {
    super(`${kind} ${detail}`.trim());
    this.name = "SyncTrouble";
    this.kind = kind;
  }
}

/**
 * Sends changes, with a report of what waits on this tablet; gives {acks: Map of id → acknowledgement, deployment,
 * epoch, backedUpUntil, serverTime}. `deployment` is the one known so far, or null. Throws SyncTrouble unless the
 * answer is 201 with JSON from the right installation.
 */
export async function sendChanges(changes, { url, csrf, deployment, report, fetch = globalThis.fetch }) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf, "X-Sync-Protocol": PROTOCOL };
  const response = await asked(fetch, url, { method: "POST", headers, body: JSON.stringify({ changes, report }) });
  if (response.status !== 201) throw troubleOf(response);
  const reply = await readJson(response);
  if (!Array.isArray(reply?.ack) || !reply.deployment) throw new SyncTrouble("server", "shape");
  if (deployment && reply.deployment !== deployment) throw new SyncTrouble("server", "deployment");
  const sent = new Set(changes.map((change) => change.id));
  const acks = new Map(reply.ack.filter((ack) => ack && sent.has(ack.id) && ack.result).map((ack) => [ack.id, ack]));
  const { epoch, backed_up_until: backedUpUntil, server_time: serverTime } = reply;
  return { acks, deployment: reply.deployment, epoch, backedUpUntil, serverTime };
}

/** JSON of an address of this installation, or SyncTrouble. */
export async function fetchJson(url, fetch = globalThis.fetch) {
  const response = await asked(fetch, url, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (response.status !== 200) throw troubleOf(response);
  return readJson(response);
}

/** Posts a small JSON body; gives the JSON of a 200 or 201. */
export async function postJson(url, csrf, body, fetch = globalThis.fetch) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf };
  const response = await asked(fetch, url, { method: "POST", headers, body: JSON.stringify(body) });
  if (response.status !== 200 && response.status !== 201) throw troubleOf(response);
  return readJson(response);
}

/** An answer to a request that is never redirected and never waits for ever. */
export async function asked(fetch, url, options) {
  try {
    return await fetch(url, { redirect: "error", signal: AbortSignal.timeout(PATIENCE), ...options });
  } catch (error) {
    throw new SyncTrouble(globalThis.navigator?.onLine === false ? "offline" : "server", error.message);
  }
}

/** The trouble that an answer's status stands for. */
export function troubleOf({ status }) {
  return new SyncTrouble(KINDS[status] ?? (status >= 500 || status < 400 || status === 423 ? "server" : "refused"), status);
}

async function readJson(response) {
  if (!(response.headers.get("Content-Type") ?? "").startsWith("application/json")) throw new SyncTrouble("server", "type");
  try {
    return await response.json();
  } catch (error) {
    throw new SyncTrouble("server", error.message);
  }
}
