// What stays on the tablet when everything else is gone. The only file that names indexedDB.
//
// Every write is strict: it is done when the browser says that it is on the disk, and a write that fails says so.
// Rows hold sealed content (vault.js) beside the little that must be found without opening it: whose, of which visit,
// in which order, and how far it has come.

const NAME = "inspect-tablet";
const VERSION = 1;
const TABLES = {
  settings: { keyPath: "name" },
  people: { keyPath: "id" },
  packs: { keyPath: ["person", "inspection"], indexes: { person: "person" } },
  changes: { keyPath: "id", indexes: { person: "person", standing: ["person", "standing", "seq"] } },
  photos: { keyPath: "id", indexes: { person: "person", standing: ["person", "standing"] } },
  bytes: { keyPath: "id" },
};

/** The tablet's own store did not do what was asked. `kind` is "absent", "closed", "quota" or "failed". */
export class StoreTrouble extends Error {
  constructor(kind, detail = "") {
    super(`${kind} ${detail}`.trim());
    this.name = "StoreTrouble";
    this.kind = kind;
  }
}

/** The store of this browser. Throws StoreTrouble where there is none. */
export async function openStore(factory = globalThis.indexedDB) {
  const store = new Store(factory);
  await store.open();
  return store;
}

/** Rows in tables, with the same few verbs for each. */
export class Store {
  constructor(factory) {
    this.factory = factory;
    this.database = null;
  }

  /** Opens the database, or opens it again after the browser has closed it. */
  async open() {
    if (this.database) return this.database;
    if (!this.factory) throw new StoreTrouble("absent");
    this.opening ??= this.opened().finally(() => (this.opening = null));
    return this.opening;
  }

  async opened() {
    let request;
    try {
      request = this.factory.open(NAME, VERSION);
    } catch (error) {
      throw new StoreTrouble("absent", error.message);
    }
    request.onupgradeneeded = () => grow(request);
    const database = await done(request, "absent");
    database.onclose = () => (this.database = null);
    database.onversionchange = () => {
      database.close();
      this.database = null;
    };
    this.database = database;
    return database;
  }

  /** The row with this key, or null. */
  async get(table, key) {
    return (await this.within([table], "readonly", ([rows]) => done(rows.get(key)))) ?? null;
  }

  /** All rows of a table, or those of an index with this value. */
  async all(table, index = null, value = null, most = undefined) {
    return this.within([table], "readonly", ([rows]) => done((index ? rows.index(index) : rows).getAll(value, most)));
  }

  /** The keys of the rows of an index with this value. */
  async keys(table, index, value) {
    return this.within([table], "readonly", ([rows]) => done(rows.index(index).getAllKeys(value)));
  }

  async count(table, index = null, value = null) {
    return this.within([table], "readonly", ([rows]) => done(index ? rows.index(index).count(value) : rows.count()));
  }

  /** Puts rows, all or none: put({changes: [row], bytes: [row]}). */
  async put(rows) {
    const names = Object.keys(rows);
    await this.within(names, "readwrite", (tables) => {
      names.forEach((name, place) => rows[name].forEach((row) => tables[place].put(row)));
    });
  }

  /** Puts a row that `make(number)` gives, with the next number of this tablet, in one step; gives the row. */
  async putNext(table, make) {
    return this.within([table, "settings"], "readwrite", async ([rows, settings]) => {
      const last = (await done(settings.get("seq")))?.value ?? 0;
      const row = make(last + 1);
      settings.put({ name: "seq", value: last + 1 });
      rows.put(row);
      return row;
    });
  }

  /** Reads a row and puts what `change(row)` makes of it, in one step; nothing when it is not there. */
  async alter(table, keys, change) {
    await this.within([table], "readwrite", async ([rows]) => {
      for (const key of keys) {
        const row = await done(rows.get(key));
        const changed = row && change(row);
        if (changed) rows.put(changed);
      }
    });
  }

  /** Removes rows by key, all or none: remove({photos: [id], bytes: [id]}). */
  async remove(keys) {
    const names = Object.keys(keys);
    await this.within(names, "readwrite", (tables) => {
      names.forEach((name, place) => keys[name].forEach((key) => tables[place].delete(key)));
    });
  }

  async setting(name) {
    return (await this.get("settings", name))?.value ?? null;
  }

  async keepSettings(values) {
    await this.put({ settings: Object.entries(values).map(([name, value]) => ({ name, value })) });
  }

  /** Runs `work(tables)` in one transaction; resolves when the browser has written it. A closed database is opened once more. */
  async within(names, mode, work, again = true) {
    const database = await this.open();
    let transaction;
    try {
      transaction = database.transaction(names, mode, mode === "readwrite" ? { durability: "strict" } : undefined);
    } catch (error) {
      this.database = null;
      if (again && error.name === "InvalidStateError") return this.within(names, mode, work, false);
      throw new StoreTrouble("closed", error.message);
    }
    const written = finished(transaction);
    try {
      const result = await work(names.map((name) => transaction.objectStore(name)));
      await written;
      return result;
    } catch (error) {
      written.catch(() => {});
      tryAbort(transaction);
      throw error instanceof StoreTrouble ? error : troubleOf(error);
    }
  }
}

/** How much room there is, in bytes, and whether the browser has promised to keep what is here. */
export async function room(storage = globalThis.navigator?.storage) {
  if (!storage?.estimate) return { free: null, persisted: false };
  const [{ quota = 0, usage = 0 }, persisted] = await Promise.all([storage.estimate(), storage.persisted?.() ?? false]);
  return { free: Math.max(0, quota - usage), persisted };
}

/** Asks the browser to keep the store until the person removes it; gives what it answers. */
export async function askToPersist(storage = globalThis.navigator?.storage) {
  return (await storage?.persist?.()) ?? false;
}

/** A range of the index "standing": the rows of this person in this standing, in their order. */
export function standingOf(person, standing) {
  const [lower, upper] = [[person, standing], [person, standing, []]];
  return globalThis.IDBKeyRange ? IDBKeyRange.bound(lower, upper) : { lower, upper };
}

function grow({ result: database, transaction }) {
  for (const [name, { keyPath, indexes = {} }] of Object.entries(TABLES)) {
    const table = database.objectStoreNames.contains(name)
      ? transaction.objectStore(name)
      : database.createObjectStore(name, { keyPath });
    for (const [index, path] of Object.entries(indexes)) {
      if (!table.indexNames.contains(index)) table.createIndex(index, path);
    }
  }
}

function done(request, kind) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      event.stopPropagation?.();
      reject(kind ? new StoreTrouble(kind, request.error?.name) : troubleOf(request.error));
    };
    request.onblocked = () => reject(new StoreTrouble("closed", "blocked by another tab"));
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(troubleOf(transaction.error));
    transaction.onerror = () => {};
  });
}

function tryAbort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It is over already.
  }
}

function troubleOf(error) {
  const kinds = { QuotaExceededError: "quota", InvalidStateError: "closed" };
  return new StoreTrouble(kinds[error?.name] ?? "failed", `${error?.name ?? ""} ${error?.message ?? ""}`);
}
