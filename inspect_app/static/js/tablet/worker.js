// The service worker that lets the client start without a network (its own code: /tablet-worker.js).

const ADDRESS = "/tablet-worker.js";
const SCOPE = "/tablet";

/** Installs the client on this tablet and waits until everything that it needs is cached. */
export async function installClient(container = globalThis.navigator?.serviceWorker) {
  if (!container) return false;
  await container.register(ADDRESS, { scope: SCOPE });
  const registration = await container.getRegistration(SCOPE);
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  await new Promise((resolve) => {
    const look = () => ["activated", "redundant"].includes(worker.state) && resolve();
    worker.addEventListener("statechange", look);
    look();
  });
  return worker.state === "activated";
}

/** Whether the client is here and would start without a network. */
export async function clientIsCached(container = globalThis.navigator?.serviceWorker) {
  const registration = await container?.getRegistration(SCOPE);
  if (!registration?.active) return false;
  return Boolean(await globalThis.caches?.match("/tablet/shell"));
}

/** Whether this runs from the home screen. */
export function isInstalled() {
  return globalThis.matchMedia?.("(display-mode: standalone)").matches || globalThis.navigator?.standalone === true;
}
