// The tablet's own modules in Node, driven line by line: what they show as sent is held against what the server has.
//
// One command a line, as JSON, and one answer a line. Patience is sixty times shorter than on a tablet.

import { createInterface } from "node:readline";

import { Outbox } from "../../inspect_app/static/js/tablet/outbox.js";
import { passingKeep } from "../../inspect_app/static/js/tablet/keep.js";
import { sendChanges } from "../../inspect_app/static/js/tablet/sync.js";

const [origin, cookie, person, csrf] = process.argv.slice(2);
const patience = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (milliseconds) => patience(milliseconds / 60);

let deployment = null;
let settled = new Map();
let outbox = null;
let clock = Date.now();

const ask = (url, options) => fetch(origin + url, { ...options, headers: { ...options.headers, Cookie: cookie } });

function begin(device) {
  settled = new Map();
  outbox = new Outbox({
    keep: passingKeep(person, device),
    send: async (changes) => {
      const report = { device, waiting: changes.length, photos: 0, app_version: "1", client_time: new Date().toISOString(), storage: {} };
      const reply = await sendChanges(changes, { url: "/sync/changes", csrf, deployment, report, fetch: ask });
      deployment = reply.deployment;
      return reply;
    },
    onSettled: (change, ack) => settled.set(change.id, { change, ack }),
    onChange: () => {},
    alone: (_name, work) => work(),
    later: () => {},
    now: () => new Date((clock += 1)), // no two changes of a device at one moment: the checker tells them apart by it
  });
  return {};
}

const shown = () => ({
  waiting: outbox.list().map(({ change }) => change),
  sent: [...settled.values()],
  trouble: outbox.trouble,
});

const commands = {
  begin: ({ device }) => begin(device),
  add: async ({ changes }) => {
    await Promise.all(changes.map((change) => outbox.add({ author: person, app_version: "1", ...change })));
    return shown();
  },
  flush: async () => {
    await outbox.flush();
    return shown();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    process.stdout.write(`${JSON.stringify(await commands[command.do](command))}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error.stack) })}\n`);
  }
}
