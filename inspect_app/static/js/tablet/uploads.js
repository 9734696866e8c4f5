// Sending one file in pieces that can be resumed (tus 1.0: creation, checksum). Its key is the id made on the tablet.

import { asked, SyncTrouble, troubleOf } from "./sync.js";
import { base64 } from "./vault.js";

const PIECE = 256 * 1024;
const TUS = { "Tus-Resumable": "1.0.0" };
const TRIES = 5;

/**
 * Sends `bytes` of `photo` {id, inspection, criterion, name, taken_at, sha256, device}; `onProgress(offset)` hears how
 * far it is. Gives {result: "stored" | "parked:…", attachment}. Throws SyncTrouble; what has arrived stays there.
 */
export async function sendFile(photo, bytes, { url, csrf, onProgress = () => {}, fetch = globalThis.fetch }) {
  const headers = { ...TUS, "X-CSRFToken": csrf };
  let reply = await create(photo, bytes, url, headers, fetch);
  const address = `${url}/${photo.id}`;
  let damaged = 0;
  while (!reply.result) {
    if (!(reply.offset >= 0 && reply.offset <= bytes.byteLength)) throw new SyncTrouble("server", "offset");
    onProgress(reply.offset);
    const piece = bytes.slice(reply.offset, reply.offset + PIECE);
    const response = await asked(fetch, address, { method: "PATCH", headers: await pieceHeaders(headers, reply.offset, piece), body: piece });
    if (response.status === 409 || response.status === 460) {
      damaged += 1;
      if (damaged > TRIES) throw new SyncTrouble("server", response.status);
      reply = await standing(address, fetch);
    } else if (response.status === 204) reply = read(response);
    else throw troubleOf(response);
  }
  onProgress(bytes.byteLength);
  return reply;
}

async function create(photo, bytes, url, headers, fetch) {
  const metadata = Object.entries(photo).map(([name, value]) => `${name} ${base64(new TextEncoder().encode(String(value)))}`).join(",");
  const response = await asked(fetch, url, { method: "POST", headers: { ...headers, "Upload-Length": String(bytes.byteLength), "Upload-Metadata": metadata } });
  if (response.status !== 201 && response.status !== 200) throw troubleOf(response);
  return read(response);
}

async function standing(address, fetch) {
  const response = await asked(fetch, address, { method: "HEAD", headers: TUS });
  if (response.status !== 200) throw troubleOf(response);
  return read(response);
}

async function pieceHeaders(headers, offset, piece) {
  const digest = base64(await crypto.subtle.digest("SHA-256", piece));
  return { ...headers, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset), "Upload-Checksum": `sha256 ${digest}` };
}

function read(response) {
  if (response.headers.get("Tus-Resumable") !== TUS["Tus-Resumable"]) throw new SyncTrouble("server", "tus");
  const offset = Number(response.headers.get("Upload-Offset") ?? 0);
  return { offset, result: response.headers.get("Upload-Result"), attachment: response.headers.get("Upload-Attachment") };
}
