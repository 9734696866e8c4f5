// Nothing counts as sent before the server has named it, and nothing is lost or sent twice under two ids.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox } from "../../inspect_app/static/js/tablet/outbox.js";
import { openStore } from "../../inspect_app/static/js/tablet/store.js";
import { fetchPack, sendChanges, SyncTrouble } from "../../inspect_app/static/js/tablet/sync.js";
import { newId } from "../../inspect_app/static/js/tablet/ids.js";
import { Visit } from "../../inspect_app/static/js/tablet/visit.js";

const change = (criterion = "1.1", more = {}) => ({
  criterion, op: "answer", base_version: 0, base_value_hash: null, value: { value: true }, note: "", ...more,
});

function reply(status, body, type = "application/json") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Response(text, { status, headers: { "Content-Type": type } });
}

function ackOf(sent, more = {}) {
  return { id: sent.id, result: "applied", version: 1, audit_seq: 1, answer: { value: sent.value, note: "", value_hash: "h", note_hash: "n", others: [] }, ...more };
}

function outboxWith(send) {
  const heard = [];
  const wakes = [];
  const outbox = new Outbox({
    store: openStore("test"),
    send,
    onAck: (sent, ack) => heard.push([sent.criterion, ack.result]),
    onChange: () => {},
    later: (run, pause) => wakes.push({ run, pause }),
    random: () => 0.5,
    now: () => new Date("2026-09-14T03:40:00Z"),
  });
  return { outbox, heard, wakes };
}

const takesAll = async (changes) => ({ acks: new Map(changes.map((each) => [each.id, ackOf(each)])) });

test("ids are UUIDv7 and sorted by the time of making", () => {
  const [first, second] = [newId(1_000), newId(2_000)];
  assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(first < second);
});

test("a change is sent with id, device and number, and forgotten once it is named", async () => {
  const sent = [];
  const { outbox, heard } = outboxWith(async (changes) => {
    sent.push(...changes);
    return takesAll(changes);
  });
  await outbox.add(change());
  assert.equal(outbox.size, 0);
  assert.deepEqual(heard, [["1.1", "applied"]]);
  assert.equal(sent[0].device, "test");
  assert.equal(sent[0].seq, 1);
  assert.equal("tried" in sent[0], false);
  assert.deepEqual(await outbox.store.changes(), []);
});

test("from the first moment on a change counts as waiting", () => {
  const { outbox } = outboxWith(() => new Promise(() => {}));
  outbox.add(change());
  assert.equal(outbox.size, 1);
  assert.ok(outbox.holds("1.1"));
});

test("trouble keeps everything and tries again later, longer each time", async () => {
  let works = false;
  const seen = [];
  const { outbox, wakes } = outboxWith(async (changes) => {
    seen.push(changes.map((each) => each.id));
    if (!works) throw new SyncTrouble("server", 503);
    return takesAll(changes);
  });
  await outbox.add(change());
  assert.equal(outbox.trouble, "server");
  assert.equal(outbox.size, 1);
  await wakes.shift().run();
  assert.ok(wakes[0].pause > 2_000);
  works = true;
  await wakes.shift().run();
  assert.equal(outbox.size, 0);
  assert.equal(outbox.trouble, null);
  assert.deepEqual(seen[0], seen[2], "the same id with the same body each time");
});

test("what the server did not name stays and is sent again", async () => {
  let call = 0;
  const { outbox } = outboxWith(async (changes) => {
    call += 1;
    return { acks: new Map(changes.slice(0, call === 2 ? 1 : changes.length).map((each) => [each.id, ackOf(each)])) };
  });
  outbox.batch = 50;
  await outbox.add(change("0"));
  await Promise.all([outbox.add(change("1.1")), outbox.add(change("1.2"))]);
  await outbox.flush();
  assert.equal(outbox.size, 0);
});

test("an answer that names nothing is no answer", async () => {
  const { outbox } = outboxWith(async () => ({ acks: new Map() }));
  await outbox.add(change());
  assert.equal(outbox.trouble, "server");
  assert.equal(outbox.size, 1);
});

test("no more than fifty go at once, and fewer when that is too much", async () => {
  const sizes = [];
  let first = true;
  const { outbox } = outboxWith(async (changes) => {
    sizes.push(changes.length);
    if (first) {
      first = false;
      throw new SyncTrouble("offline");
    }
    if (changes.length > 20) throw new SyncTrouble("too_large", 413);
    return takesAll(changes);
  });
  await Promise.all(Array.from({ length: 60 }, (_, place) => outbox.add(change(`c${place}`))));
  await outbox.flush();
  assert.equal(outbox.size, 0);
  assert.ok(Math.max(...sizes) <= 50);
  assert.ok(sizes.includes(25) && sizes.includes(13));
});

test("a value typed over before it was sent is sent once, on the base of the first", async () => {
  let release;
  const sent = [];
  const { outbox } = outboxWith(async (changes) => {
    sent.push(...changes);
    if (sent.length === 1) await new Promise((resolve) => (release = resolve));
    return takesAll(changes);
  });
  const first = outbox.add(change("9.9"));
  await new Promise((resolve) => setTimeout(resolve));
  outbox.add(change("1.1", { value: { events: 1 }, base_version: 4, base_value_hash: "x" }));
  await new Promise((resolve) => setTimeout(resolve));
  outbox.add(change("1.1", { value: { events: 2 }, base_version: 9, base_value_hash: "y" }));
  await new Promise((resolve) => setTimeout(resolve));
  release();
  await first;
  await outbox.flush();
  assert.deepEqual(sent.map((each) => each.value), [{ value: true }, { events: 2 }]);
  assert.deepEqual([sent[1].base_version, sent[1].base_value_hash], [4, "x"]);
});

test("a change made while the one before is on its way rests on what became of that", async () => {
  for (const [result, base] of [["applied", 1], ["same", 1], ["conflict", 0]]) {
    let release;
    const sent = [];
    const { outbox } = outboxWith(async (changes) => {
      sent.push(...changes);
      if (sent.length === 1) await new Promise((resolve) => (release = resolve));
      return { acks: new Map(changes.map((each) => [each.id, ackOf(each, { result })])) };
    });
    const first = outbox.add(change("1.1", { value: { events: 1 } }));
    await new Promise((resolve) => setTimeout(resolve));
    outbox.add(change("1.1", { value: { events: 2 } }));
    await new Promise((resolve) => setTimeout(resolve));
    release();
    await first;
    await outbox.flush();
    assert.equal(sent[1].base_version, base, result);
  }
});

// What counts as an answer of the server

const good = { deployment: "d", epoch: 1, server_time: "2026-09-14T03:40:00Z", ack: [{ id: "a", result: "applied" }] };
const sending = (response, deployment = "d") =>
  sendChanges([{ id: "a" }], { url: "/sync/changes", csrf: "t", deployment, fetch: async () => response });

test("201 with JSON from the right installation that names the change is an answer", async () => {
  const { acks } = await sending(reply(201, good));
  assert.deepEqual([...acks.keys()], ["a"]);
});

test("the token of the page goes along and no redirect is followed", async () => {
  let asked;
  await sendChanges([{ id: "a" }], {
    url: "/sync/changes", csrf: "t", deployment: null,
    fetch: async (_url, options) => {
      asked = options;
      return reply(201, good);
    },
  });
  assert.equal(asked.headers["X-CSRFToken"], "t");
  assert.equal(asked.redirect, "error");
  assert.deepEqual(JSON.parse(asked.body), { changes: [{ id: "a" }] });
});

const notAnswers = [
  ["200 of a captive portal", reply(200, good), "server"],
  ["HTML with 201", reply(201, "<html></html>", "text/html"), "server"],
  ["JSON that is cut off", reply(201, '{"ack": ['), "server"],
  ["another installation", reply(201, { ...good, deployment: "e" }), "server"],
  ["no list of acknowledgements", reply(201, { deployment: "d" }), "server"],
  ["an old token", reply(400, { error: "token" }), "token"],
  ["a session that ended", reply(401, { error: "sign_in" }), "sign_in"],
  ["too much at once", reply(413, {}), "too_large"],
  ["a server in trouble", reply(503, "busy", "text/html"), "server"],
  ["not found", reply(404, {}), "refused"],
];

for (const [name, response, kind] of notAnswers) {
  test(`${name} is no answer: ${kind}`, async () => {
    await assert.rejects(sending(response), (error) => error instanceof SyncTrouble && error.kind === kind);
  });
}

test("an acknowledgement of something that was not sent counts for nothing", async () => {
  const { acks } = await sending(reply(201, { ...good, ack: [{ id: "b", result: "applied" }, null, { id: "a" }] }));
  assert.equal(acks.size, 0);
});

test("no network is trouble, whatever the browser calls it", async () => {
  const broken = async () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(sendChanges([], { url: "/", csrf: "", fetch: broken }), SyncTrouble);
  await assert.rejects(fetchPack("/", broken), SyncTrouble);
});

// A visit

const leaf = { code: "1.1", name_vi: "Có", max_points: "1", scoring: "boolean" };
const pack = () => ({
  inspection: { id: "i", open: true, unit: "Đơn vị", line: "" },
  rubric: { groups: [{ code: "1", name_vi: "Một", criteria: [leaf] }] },
  template_version: "t",
  answers: {},
  files: {},
  findings: {},
  person: { id: "p", name: "Người" },
  parked: { closed: "Đã khóa" },
});

function visitWith(given = pack()) {
  const added = [];
  const waiting = new Set();
  const outbox = {
    trouble: null,
    holds: (code) => waiting.has(code),
    add: (made) => {
      added.push(made);
      waiting.add(made.criterion);
    },
  };
  return { visit: new Visit(given, { outbox, onChange: () => {} }), added, outbox, waiting };
}

test("an answer shows at once and says saving until the server has it", () => {
  const { visit, added, waiting, outbox } = visitWith();
  assert.equal(visit.stateOf("1.1"), "unanswered");
  visit.answer("1.1", { value: true });
  assert.deepEqual(visit.held("1.1").value, { value: true });
  assert.equal(visit.stateOf("1.1"), "saving");
  outbox.trouble = "server";
  assert.equal(visit.stateOf("1.1"), "failed", "never called saved before it is");
  waiting.clear();
  visit.settled(added[0], { result: "applied", version: 1, answer: { value: { value: true }, note: "", others: [], received_at: "2026-09-14T03:40:00Z" } });
  assert.equal(visit.stateOf("1.1"), "sent");
  assert.equal(added[0].template_version, "t");
  assert.equal(added[0].base_version, 0);
});

test("the next answer rests on what the server had", () => {
  const given = pack();
  given.answers["1.1"] = { value: { value: true }, note: "", version: 3, value_hash: "v", note_hash: "n", others: [], received_at: "2026-09-14T03:40:00Z" };
  const { visit, added } = visitWith(given);
  visit.answer("1.1", { value: true });
  assert.equal(added.length, 0, "the same answer is no change");
  visit.answer("1.1", { value: false });
  visit.note("1.1", "Thiếu");
  assert.deepEqual(added.map((each) => [each.op, each.base_version, each.base_value_hash]), [["answer", 3, "v"], ["note", 3, "n"]]);
});

test("what was put aside says so, and what is in force is shown again", () => {
  const { visit, added, waiting } = visitWith();
  visit.answer("1.1", { value: false });
  waiting.clear();
  visit.settled(added[0], { result: "parked:closed", version: null });
  assert.equal(visit.stateOf("1.1"), "parked");
  assert.equal(visit.held("1.1"), null);
});

test("choosing the answer in force is an answer too", () => {
  const given = pack();
  given.answers["1.1"] = { value: { value: true }, note: "Một", version: 2, value_hash: "v", note_hash: "n", others: [{ value: { value: false }, note: "Hai" }], received_at: "2026-09-14T03:40:00Z" };
  const { visit, added } = visitWith(given);
  visit.choose("1.1", visit.held("1.1"));
  assert.deepEqual(added.map((each) => [each.op, each.value]), [["answer", { value: true }]]);
  visit.choose("1.1", given.answers["1.1"].others[0]);
  assert.deepEqual(added.slice(1).map((each) => [each.op, each.note]), [["answer", ""], ["note", "Hai"]]);
});
