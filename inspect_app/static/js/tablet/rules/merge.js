// Which of two answers stands. The server decides alike (inspections/rules_tablet.py).

/** The hashes of null and of "": a register that is empty, never given or taken back. */
const NOTHING = new Set([
  null,
  "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
  "12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126",
]);

/**
 * What becomes of an incoming value: "apply", "same" (it is so already) or "conflict" (kept beside the one in force).
 *
 * `current` is {version, value_hash, open}: the newest version, the hash of what is in force (null before the first),
 * and whether a value was kept aside that nobody has decided on. `base` is {version, value_hash} as the person saw it,
 * or null for the newest; version 0 without a hash is a criterion that nobody had answered.
 */
export function merge({ current, base, incoming }) {
  const upToDate = !base || base.version === current.version;
  if ((current.value_hash ?? null) === null) return "apply";
  if (incoming.value_hash === current.value_hash) return upToDate && current.open ? "apply" : "same";
  if (upToDate) return "apply";
  return current.open || !saw(base, current) ? "conflict" : "apply";
}

function saw(base, current) {
  const hash = base.value_hash ?? null;
  if (base.version === 0 && hash === null) return NOTHING.has(current.value_hash);
  return hash === current.value_hash;
}
