// Which case files are drawn. The server draws again with the same seed (inspections/rules_tablet.py).

export const LARGEST_POPULATION = 1_000_000;
export const LARGEST_SEED = 2 ** 32 - 1;

/**
 * The numbers of the case files that a seed draws from 1 to `population`, each at most once, in order: the first steps
 * of a Fisher–Yates shuffle with mulberry32. Throws RangeError for what cannot be drawn.
 */
export function draw(seed, population, size) {
  if (!within(seed, 0, LARGEST_SEED) || !within(population, 1, LARGEST_POPULATION) || !within(size, 1, population)) {
    throw new RangeError("no such draw");
  }
  const next = mulberry32(seed);
  const moved = new Map();
  const drawn = [];
  for (let place = 0; place < size; place += 1) {
    // Below 2^20 × 2^32: exact in a double.
    const other = place + Math.floor((next() * (population - place)) / 2 ** 32);
    drawn.push((moved.get(other) ?? other) + 1);
    moved.set(other, moved.get(place) ?? place);
  }
  return drawn.sort((one, two) => one - two);
}

function within(number, least, most) {
  return Number.isInteger(number) && number >= least && number <= most;
}

function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
