// What a person keeps on the tablet is sealed with a key of their own. The key is wrapped twice: by the person's PIN,
// and by the server's public key, so that a forgotten PIN does not lose a week's work.

const ITERATIONS = 600_000;
const SHORTEST_PIN = 6;

/** The PIN does not open this. */
export class WrongPin extends Error {
  constructor() {
    super("wrong pin");
    this.name = "WrongPin";
  }
}

/** Whether a PIN is long enough and not one figure throughout. */
export function fits(pin) {
  return /^\d+$/.test(pin) && pin.length >= SHORTEST_PIN && new Set(pin).size > 1;
}

/** A new key for a person: {vault, record}; `record` is what may be kept beside the data. `rescueKey` is a JWK. */
export async function makeVault(person, pin, rescueKey) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const record = { id: person.id, name: person.name, ...(await wrappedByPin(key, pin)) };
  record.byServer = await wrappedByServer(key, person.id, rescueKey);
  return { vault: await vaultOf(key), record };
}

/** The vault of a record. Throws WrongPin. */
export async function openVault(record, pin) {
  const wrapping = await fromPin(pin, record.salt, record.iterations);
  let key;
  try {
    key = await crypto.subtle.unwrapKey("raw", record.byPin, wrapping, "AES-KW", "AES-GCM", true, ["encrypt", "decrypt"]);
  } catch {
    throw new WrongPin();
  }
  return vaultOf(key);
}

/** The record with a new PIN, from the key itself as the server has given it back (raw bytes). */
export async function renewPin(record, raw, pin) {
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", true, ["encrypt", "decrypt"]);
  return { vault: await vaultOf(key), record: { ...record, ...(await wrappedByPin(key, pin)) } };
}

/** A file that only the server can open: what is not sent, sealed by a fresh key that the server's key wraps. */
export async function sealedFile(content, head, rescueKey) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapped = await wrappedByServer(key, "", rescueKey);
  const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(content)));
  const header = { format: "inspect-rescue-1", ...head, key: base64(wrapped), iv: base64(iv) };
  return new Blob([`${JSON.stringify(header)}\n`, body], { type: "application/octet-stream" });
}

/** Bytes as base64. */
export function base64(bytes) {
  const view = new Uint8Array(bytes);
  let text = "";
  for (let at = 0; at < view.length; at += 32_768) text += String.fromCharCode(...view.subarray(at, at + 32_768));
  return btoa(text);
}

/** The SHA-256 of bytes, in hexadecimal. */
export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function vaultOf(key) {
  const raw = await crypto.subtle.exportKey("raw", key);
  return new Vault(await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]));
}

/** Seals and opens; the key itself cannot be taken out. `place` binds what is sealed to the row that it stands in. */
class Vault {
  constructor(key) {
    this.key = key;
  }

  async seal(content, place) {
    return this.sealBytes(new TextEncoder().encode(JSON.stringify(content)), place);
  }

  async open(sealed, place) {
    return JSON.parse(new TextDecoder().decode(await this.openBytes(sealed, place)));
  }

  async sealBytes(bytes, place) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(place) }, this.key, bytes);
    return { iv, body };
  }

  async openBytes({ iv, body }, place) {
    return crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bound(place) }, this.key, body);
  }
}

/** Seals nothing: for what lives no longer than the page. */
export const openVaultForAll = {
  seal: async (content) => content,
  open: async (sealed) => sealed,
  sealBytes: async (bytes) => bytes,
  openBytes: async (sealed) => sealed,
};

async function wrappedByPin(key, pin) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const byPin = await crypto.subtle.wrapKey("raw", key, await fromPin(pin, salt, ITERATIONS), "AES-KW");
  return { salt, iterations: ITERATIONS, byPin };
}

/** The label binds a person's key to the person: the server gives it back to nobody else. */
async function wrappedByServer(key, person, rescueKey) {
  const rsa = await crypto.subtle.importKey("jwk", rescueKey, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["wrapKey"]);
  return crypto.subtle.wrapKey("raw", key, rsa, { name: "RSA-OAEP", label: bound(person) });
}

async function fromPin(pin, salt, iterations) {
  const words = await crypto.subtle.importKey("raw", bound(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, words, { name: "AES-KW", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

function bound(text) {
  return new TextEncoder().encode(text);
}
