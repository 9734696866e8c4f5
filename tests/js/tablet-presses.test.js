// What is under the finger is still there when the finger leaves.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Presses } from "../../inspect_app/static/js/tablet/presses.js";

test("nothing is drawn while something is pressed, and the last drawing of each sort afterwards", () => {
  const drawn = [];
  const wakes = [];
  const presses = new Presses((run) => wakes.push(run));
  presses.draw("frame", () => drawn.push("before"));
  presses.press();
  presses.draw("frame", () => drawn.push("first"));
  presses.draw("frame", () => drawn.push("last"));
  presses.draw("card", () => drawn.push("card"));
  assert.deepEqual(drawn, ["before"]);
  presses.clicked();
  presses.draw("own", () => drawn.push("what was pressed"));
  wakes.shift()();
  assert.deepEqual(drawn, ["before", "what was pressed", "last", "card"]);
  presses.release();
  assert.equal(drawn.length, 4, "each is drawn once");
});
