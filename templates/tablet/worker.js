// Keeps the client on the tablet, so that it starts without a network. It holds nobody's data: those are in the store.

const PREFIX = "inspect-tablet-";
const SHELL = {{ shell|tojson }};
const FILES = {{ files|tojson }};
const CACHE = `${PREFIX}${FILES[0].split("/")[2]}`;

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && isTablet(url.pathname)) event.respondWith(shell(event.request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(kept(event.request));
});

async function fill() {
  const cache = await caches.open(CACHE);
  const ask = { credentials: "omit", redirect: "error" };
  await cache.addAll(FILES.map((file) => new Request(file, ask)));
  const page = await fetch(SHELL, ask);
  if (page.status !== 200 || !(await page.clone().text()).includes('data-tablet="shell"')) throw new Error("no shell");
  await cache.put(SHELL, page);
}

async function takeOver() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
  await self.clients.claim();
}

function isTablet(path) {
  return path === "/tablet" || (path.startsWith("/tablet/") && path !== SHELL);
}

async function shell(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(SHELL)) ?? fetch(request);
}

async function kept(request) {
  return (await caches.match(request)) ?? fetch(request);
}
