// Nothing counts as sent before the server has named it, and nothing is lost or sent twice under two ids.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox } from "../../inspect_app/static/js/tablet/outbox.js";
import { Photos } from "../../inspect_app/static/js/tablet/photos.js";
import { passingKeep } from "../../inspect_app/static/js/tablet/keep.js";
import { StoreTrouble } from "../../inspect_app/static/js/tablet/store.js";
import { fetchJson, sendChanges, SyncTrouble } from "../../inspect_app/static/js/tablet/sync.js";
import { newId } from "../../inspect_app/static/js/tablet/ids.js";
import { Visit } from "../../inspect_app/static/js/tablet/visit.js";

const change = (criterion = "1.1", more = {}) => ({
  inspection: "i", criterion, op: "answer", base_version: 0, base_value_hash: null, value: { value: true }, note: "", ...more,
});

function reply(status, body, type = "application/json") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Response(text, { status, headers: { "Content-Type": type } });
}

function ackOf(sent, more = {}) {
  return { id: sent.id, result: "applied", version: 1, audit_seq: 1, answer: { value: sent.value, note: "", value_hash: "h", note_hash: "n", others: [] }, ...more };
}

function outboxWith(send, keep = passingKeep("p", "test")) {
  const heard = [];
  const wakes = [];
  const outbox = new Outbox({
    keep,
    send,
    onSettled: (sent, ack) => heard.push([sent.criterion, ack.result]),
    onChange: () => {},
    alone: (_name, work) => work(),
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
  assert.deepEqual(await outbox.keep.waiting(), []);
});

test("from the first moment on a change counts as waiting", () => {
  const { outbox } = outboxWith(() => new Promise(() => {}));
  outbox.add(change());
  assert.equal(outbox.size, 1);
  assert.equal(outbox.list("i", "1.1")[0].state, "saving");
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

test("every value that was typed is sent, each resting on the one before", async () => {
  let works = false;
  const sent = [];
  const { outbox, wakes } = outboxWith(async (changes) => {
    if (!works) throw new SyncTrouble("offline");
    sent.push(...changes);
    return takesAll(changes);
  });
  await outbox.add(change("1.1", { value: { events: 1 } }));
  await outbox.add(change("1.1", { op: "note", value: null, note: "Một" }));
  await outbox.add(change("1.1", { value: { events: 2 } }));
  await outbox.add(change("1.2", { value: { events: 3 } }));
  works = true;
  await wakes.shift().run();
  assert.deepEqual(sent.map((each) => each.value?.events ?? each.note), [1, "Một", 2, 3]);
  assert.deepEqual(sent.map((each) => each.base_change), [undefined, undefined, sent[0].id, undefined]);
});

test("what waited when the page was closed is sent by the next page, to the letter", async () => {
  const keep = passingKeep("p", "test");
  const first = [];
  const offline = outboxWith(async (changes) => {
    first.push(...changes.map((each) => JSON.stringify(each)));
    throw new SyncTrouble("offline");
  }, keep);
  await offline.outbox.add(change());
  const second = [];
  const online = outboxWith(async (changes) => {
    second.push(...changes.map((each) => JSON.stringify(each)));
    return takesAll(changes);
  }, keep);
  await online.outbox.load();
  assert.equal(online.outbox.size, 1);
  await online.outbox.flush();
  assert.deepEqual(JSON.parse(second[0]), JSON.parse(first[0]));
});

test("what the tablet cannot keep says so, is sent all the same, and stays the same to the letter", async () => {
  const keep = passingKeep("p", "test");
  const whole = keep.store.putNext.bind(keep.store);
  keep.store.putNext = async () => {
    throw new StoreTrouble("quota");
  };
  const sent = [];
  let works = false;
  const { outbox, wakes } = outboxWith(async (changes) => {
    sent.push(...changes.map((each) => JSON.stringify(each)));
    if (!works) throw new SyncTrouble("offline");
    return takesAll(changes);
  }, keep);
  await outbox.add(change());
  assert.equal(outbox.unsaved, 1);
  assert.equal(outbox.list()[0].state, "unsaved");
  keep.store.putNext = whole;
  works = true;
  await wakes.shift().run();
  assert.equal(outbox.size, 0);
  assert.deepEqual(JSON.parse(sent[1]), JSON.parse(sent[0]));
});

test("a tablet that cannot note what was sent sends it again, and does not go round in circles", async () => {
  const keep = passingKeep("p", "test");
  keep.store.alter = async () => {
    throw new StoreTrouble("closed");
  };
  let calls = 0;
  const { outbox } = outboxWith(async (changes) => {
    calls += 1;
    return takesAll(changes);
  }, keep);
  await outbox.add(change());
  assert.equal(calls, 1);
  assert.equal(outbox.size, 0);
  assert.equal((await keep.waiting()).length, 1, "the next page offers it again");
});

test("after the server was put back everything since its backup is offered again", async () => {
  const keep = passingKeep("p", "test");
  const sent = [];
  const { outbox } = outboxWith(async (changes) => {
    sent.push(...changes.map((each) => each.criterion));
    return { ...(await takesAll(changes)), serverTime: `2026-09-14T0${sent.length}:00:00Z` };
  }, keep);
  await outbox.add(change("1.1"));
  await outbox.add(change("1.2"));
  await keep.offerAgain("2026-09-14T02:00:00Z");
  await outbox.offerAgain();
  assert.deepEqual(sent, ["1.1", "1.2", "1.2"]);
});

test("a second tab takes up what the first has kept, and neither sends what the other has sent", async () => {
  const keep = passingKeep("p", "test");
  const sent = [];
  const take = async (changes) => {
    sent.push(...changes.map((each) => each.id));
    return takesAll(changes);
  };
  const waiting = outboxWith(async () => {
    throw new SyncTrouble("offline");
  }, keep);
  await waiting.outbox.add(change("1.1"));
  const other = outboxWith(take, keep);
  await other.outbox.flush();
  await waiting.outbox.flush();
  assert.equal(waiting.outbox.size, 0);
  assert.equal(waiting.outbox.trouble, null);
  assert.equal(sent.length, 1);
});

test("a photo that the server will not take holds up no other, and still counts as waiting", async () => {
  const sent = [];
  const photos = new Photos({
    keep: passingKeep("p", "test"), alone: (_name, work) => work(), later: () => {}, mayGo: () => true, onChange: () => {},
    onStored: (photo) => sent.push(photo.name),
    upload: async (photo) => {
      if (photo.name === "large") throw new SyncTrouble("too_large", 413);
      return { result: "stored", attachment: "a" };
    },
  });
  const file = (name) => ({ name, type: "application/pdf", arrayBuffer: async () => new TextEncoder().encode(name).buffer });
  await photos.add("i", "1.1", file("large"));
  await photos.add("i", "1.2", file("small"));
  assert.deepEqual(sent, ["small"]);
  assert.deepEqual([photos.size, photos.stillToSend("i")], [1, false]);
});

test("what was put aside and read is offered again after a restore, and is no reason to doubt the digest", async () => {
  const keep = passingKeep("p", "test");
  const { outbox } = outboxWith(async (changes) => ({
    acks: new Map(changes.map((each) => [each.id, { id: each.id, result: "parked:unreadable" }])), serverTime: "2026-09-14T03:00:00Z",
  }), keep);
  await outbox.add(change());
  const [parked] = await keep.parked();
  await keep.dismiss(parked.id);
  assert.deepEqual(await keep.parked(), []);
  assert.equal((await keep.sentOf("i")).last, 0);
  assert.equal(await keep.offerAgain(null), 1);
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
  await assert.rejects(fetchJson("/", broken), SyncTrouble);
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
  const waiting = [];
  const outbox = {
    trouble: null,
    keep: { lasting: false },
    list: (_inspection, criterion) => waiting.filter(({ change }) => criterion === null || change.criterion === criterion),
    add: (made) => {
      added.push(made);
      waiting.push({ change: made, state: "kept" });
    },
  };
  return { visit: new Visit(given, { outbox, photos: { list: () => [] } }), added, outbox, waiting };
}

test("an answer shows at once and says saving until the server has it", () => {
  const { visit, added, waiting, outbox } = visitWith();
  assert.equal(visit.stateOf("1.1"), "unanswered");
  visit.answer("1.1", { value: true });
  assert.deepEqual(visit.held("1.1").value, { value: true });
  assert.equal(visit.stateOf("1.1"), "saving");
  outbox.trouble = "server";
  assert.equal(visit.stateOf("1.1"), "failed", "never called saved before it is");
  waiting.length = 0;
  visit.settled(added[0], { result: "applied", version: 1, answer: { value: { value: true }, note: "", others: [], received_at: "2026-09-14T03:40:00Z" } });
  assert.equal(visit.stateOf("1.1"), "sent");
  Object.assign(visit, { agreed: new Date() });
  visit.pack.backed_up_until = "2026-09-14T03:39:59Z";
  assert.equal(visit.stateOf("1.1"), "sent", "safe is only what a backup holds");
  visit.pack.backed_up_until = "2026-09-14T03:40:00Z";
  assert.equal(visit.stateOf("1.1"), "safe");
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
  waiting.length = 0;
  visit.settled(added[0], { result: "parked:closed", version: null });
  assert.equal(visit.stateOf("1.1"), "parked");
  assert.equal(visit.held("1.1"), null);
});

test("choosing decides on what was in conflict, and on nothing else", () => {
  const known = { value: { value: true }, note: "Một", version: 2, value_hash: "v", note_hash: "n", received_at: "2026-09-14T03:40:00Z" };
  for (const [register, ops] of [["answer", ["answer"]], ["note", ["note"]], ["both", ["answer", "note"]]]) {
    const given = pack();
    given.answers["1.1"] = { ...known, others: [{ register, value: { value: false }, note: "Hai" }] };
    const { visit, added } = visitWith(given);
    visit.choose("1.1", visit.held("1.1"));
    assert.deepEqual(added.map((each) => each.op), ops, "the one in force is a decision too");
    added.length = 0;
    visit.choose("1.1", given.answers["1.1"].others[0]);
    assert.deepEqual(added.map((each) => (each.op === "note" ? each.note : each.value)), ops.map((op) => (op === "note" ? "Hai" : { value: false })));
  }
});

test("the digest agrees when the server has every version, number and photo that it has named", () => {
  const given = pack();
  given.answers["1.1"] = { value: { value: true }, note: "", version: 3, others: [], received_at: "2026-09-14T03:40:00Z" };
  const { visit, outbox } = visitWith(given);
  outbox.keep.device = "T1";
  const digest = { criteria: { "1.1": [3, "v", "n"] }, last_seq: { T1: 7 }, files: ["a", "b"] };
  assert.ok(visit.agrees(digest, { last: 7, files: ["a"] }));
  assert.ok(!visit.agrees(digest, { last: 8, files: ["a"] }));
  assert.ok(!visit.agrees(digest, { last: 7, files: ["a", "c"] }));
  assert.ok(!visit.agrees({ ...digest, criteria: { "1.1": [2, "v", "n"] } }, { last: 7, files: [] }));
});
