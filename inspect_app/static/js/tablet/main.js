// Start-up of the tablet: takes over the page that the server has drawn, as soon as the visit's pack is here.

import { fetchEarlier, Findings, postFinding } from "./findings.js";
import { signs } from "./html.js";
import { newId } from "./ids.js";
import { Outbox } from "./outbox.js";
import { Photos, postFile } from "./photos.js";
import { VisitScreen } from "./screens/visit-screen.js";
import { openStore } from "./store.js";
import { fetchPack, sendChanges, SyncTrouble } from "./sync.js";
import { Visit } from "./visit.js";
import { sayer } from "./words.js";

const EVERY = 30_000;

const root = document.querySelector("[data-tablet]");
if (root) start(root);

/** Without the pack the page stays as the server drew it: every answer can be given there as well. */
async function start(root) {
  let typing = false;
  root.addEventListener("input", () => (typing = true), { once: true });
  let pack;
  try {
    pack = await fetchPack(root.dataset.pack);
  } catch (error) {
    if (error instanceof SyncTrouble) return;
    throw error;
  }
  // Whoever has begun to type in the plain page goes on there: nothing typed is taken away.
  if (typing) return;
  const store = openStore(`web-${newId().slice(-8)}`);
  await store.keepPack(pack);
  open(root, pack, store);
}

function open(root, pack, store) {
  const door = { csrf: pack.csrf, deployment: pack.deployment };
  const say = sayer(pack.words);
  let screen;
  const outbox = new Outbox({
    store,
    send: (changes) => sendWithFreshToken(changes, pack.urls.changes, door, root.dataset.pack),
    onAck: (change, ack) => visit.settled(change, ack),
    onChange: () => screen?.drawStates(),
  });
  const visit = new Visit(pack, { outbox, onChange: (code) => screen?.drawCriterion(code) });
  const photos = new Photos({
    post: (criterion, file) => postFile(pack.urls.files, door.csrf, criterion, file),
    onChange: (code) => screen.drawCriterion(code),
  });
  const findings = new Findings({
    say,
    get: (criterion) => fetchEarlier(pack.urls.earlier, criterion),
    post: (body) => postFinding(pack.urls.findings, door.csrf, body),
    onChange: (code) => screen.drawCriterion(code),
    onRaised: (code, finding) => {
      visit.findings.set(code, [...(visit.findings.get(code) ?? []), finding]);
      screen.open.finding.delete(code);
      screen.drawCriterion(code);
    },
  });
  screen = new VisitScreen(root, visit, {
    say, photos, findings,
    sign: signs(root.dataset.icons),
    chip: () => chipOf(outbox, photos, visit, say),
    later: (run, pause) => setTimeout(run, pause),
    cancel: (timer) => clearTimeout(timer),
  });
  screen.listen();
  screen.draw();
  screen.showPlace(location.hash);
  keepSending(outbox);
  guardLeaving(outbox, photos, screen);
}

/** Sends; a token that has grown old with its session is fetched anew, once. */
async function sendWithFreshToken(changes, url, door, packUrl) {
  try {
    return await sendTo(changes, url, door);
  } catch (error) {
    if (error.kind !== "token") throw error;
    door.csrf = (await fetchPack(packUrl)).csrf;
    return sendTo(changes, url, door);
  }
}

async function sendTo(changes, url, door) {
  const reply = await sendChanges(changes, { url, csrf: door.csrf, deployment: door.deployment });
  door.deployment = reply.deployment;
  return reply;
}

/** The truth about what waits, in the head of the screen. */
function chipOf(outbox, photos, visit, say) {
  const n = outbox.size + photos.size;
  if (outbox.trouble === "sign_in") return { tone: "bad", sign: "lock", title: say("sign_in"), words: say("sign_in_n", { n }), url: visit.pack.urls.sign_in };
  if (outbox.trouble === "offline") return { tone: "warn", sign: "offline", title: say("offline"), words: say("offline_n", { n }) };
  if (outbox.trouble) return { tone: "bad", sign: "octagon", title: say("trouble"), words: say("trouble_n", { n }) };
  if (n) return { tone: "info", sign: "arrow-up", title: say("waiting_n", { n }), words: "" };
  if (visit.parked.size) return { tone: "bad", sign: "octagon", title: say("parked"), words: say("parked_n", { n: visit.parked.size }) };
  return { tone: "good", sign: "check", title: say("nothing_waits"), words: "" };
}

function keepSending(outbox) {
  const flush = () => outbox.size && outbox.flush();
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
  setInterval(() => document.visibilityState === "visible" && flush(), EVERY);
}

/** What is not on the server would be lost with this page: the browser asks before it leaves. */
function guardLeaving(outbox, photos, screen) {
  window.addEventListener("beforeunload", (event) => {
    if (outbox.size || photos.size || screen.timers.size) event.preventDefault();
  });
}
