// What the tablet remembers of its visits: packs and changes that are not sent yet. Every call answers later, as a
// database would. This one lives as long as the page; whatever is shown as kept must therefore have been sent.

/** An empty store. `device` names this page towards the server, `nextSeq` counts what it has changed. */
export function openStore(device) {
  const packs = new Map();
  const changes = new Map();
  let seq = 0;
  return {
    device,
    async keepPack(pack) {
      packs.set(pack.inspection.id, pack);
    },
    async pack(inspection) {
      return packs.get(inspection) ?? null;
    },
    async nextSeq() {
      seq += 1;
      return seq;
    },
    async keepChange(change) {
      changes.set(change.id, change);
    },
    async forgetChange(id) {
      changes.delete(id);
    },
    /** In the order in which they were made. */
    async changes() {
      return [...changes.values()].sort((a, b) => a.seq - b.seq);
    },
  };
}
