// The tablet merges, draws and digests as the server does: both run the cases in tests/cases/tablet.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { canonical, contentDigest, hashOf } from "../../inspect_app/static/js/tablet/rules/digest.js";
import { merge } from "../../inspect_app/static/js/tablet/rules/merge.js";
import { draw } from "../../inspect_app/static/js/tablet/rules/sampling.js";

const read = (name) => JSON.parse(readFileSync(new URL(`../cases/tablet/${name}`, import.meta.url), "utf8"));

for (const { name, current, base, incoming, decision } of read("merge.json").cases) {
  test(`merge: ${name}`, () => assert.equal(merge({ current, base, incoming }), decision));
}

const sampling = read("sampling.json");
for (const { seed, population, size, drawn } of sampling.cases) {
  test(`seed ${seed} draws ${size} of ${population}`, () => assert.deepEqual(draw(seed, population, size), drawn));
}

for (const [seed, population, size] of sampling.refused) {
  test(`${size} of ${population} cannot be drawn with ${seed}`, () => {
    assert.throws(() => draw(seed, population, size), RangeError);
  });
}

const digests = read("digest.json");
for (const { name, register, canonical: text, hash } of digests.registers) {
  test(`the hash of ${name}`, async () => {
    assert.equal(canonical(register), text);
    assert.equal(await hashOf(register), hash);
  });
}

for (const { content, digest } of digests.contents) {
  test(`the digest of ${Object.keys(content.answers).length} answers`, async () => {
    assert.equal(await contentDigest(content), digest);
  });
}
