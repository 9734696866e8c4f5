// Sending changes. An item counts as sent only when the server says so of that very item.

const PATIENCE = 30_000;

/** Why nothing, or not everything, was sent: "offline", "server", "sign_in", "token", "too_large" or "refused". */
export class SyncTrouble extends Error {
  constructor(kind, detail = "") {
    super(`${kind} ${detail}`.trim());
    this.name = "SyncTrouble";
    this.kind = kind;
  }
}

const KINDS = { 400: "token", 401: "sign_in", 409: "too_large", 413: "too_large" };

/**
 * Sends changes; gives {acks: Map of id → acknowledgement, deployment, epoch}. `deployment` is the one known so far, or
 * null. Throws SyncTrouble unless the answer is 201 with JSON from the right installation.
 */
export async function sendChanges(changes, { url, csrf, deployment, fetch = globalThis.fetch }) {
  const response = await posted(fetch, url, csrf, { changes });
  if (response.status !== 201) throw new SyncTrouble(KINDS[response.status] ?? kindOf(response.status), response.status);
  if (!(response.headers.get("Content-Type") ?? "").startsWith("application/json")) throw new SyncTrouble("server", "type");
  const reply = await read(response);
  if (!Array.isArray(reply.ack) || !reply.deployment) throw new SyncTrouble("server", "shape");
  if (deployment && reply.deployment !== deployment) throw new SyncTrouble("server", "deployment");
  const sent = new Set(changes.map((change) => change.id));
  const acks = new Map(reply.ack.filter((ack) => ack && sent.has(ack.id) && ack.result).map((ack) => [ack.id, ack]));
  return { acks, deployment: reply.deployment, epoch: reply.epoch, serverTime: reply.server_time };
}

/** The pack of a visit, or SyncTrouble. */
export async function fetchPack(url, fetch = globalThis.fetch) {
  let response;
  try {
    response = await fetch(url, { headers: { Accept: "application/json" }, redirect: "error", cache: "no-store" });
  } catch (error) {
    throw new SyncTrouble(offline(), error.message);
  }
  if (response.status !== 200) throw new SyncTrouble(KINDS[response.status] ?? kindOf(response.status), response.status);
  return read(response);
}

async function posted(fetch, url, csrf, body) {
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    throw new SyncTrouble(offline(), error.message);
  }
}

async function read(response) {
  try {
    return await response.json();
  } catch (error) {
    throw new SyncTrouble("server", error.message);
  }
}

function kindOf(status) {
  return status >= 500 || status < 400 ? "server" : "refused";
}

function offline() {
  return globalThis.navigator?.onLine === false ? "offline" : "server";
}
