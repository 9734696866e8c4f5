// Ids made on the tablet: UUIDv7, sorted by the time of making. They are not secrets, and their time is never trusted.

/** A fresh id; `now` is in milliseconds. */
export function newId(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let place = 5, rest = now; place >= 0; place -= 1) {
    bytes[place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A fresh seed for a draw: a whole number below 2^32. */
export function newSeed() {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
