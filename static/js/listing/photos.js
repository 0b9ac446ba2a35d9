// Photos that wait on the phone, in IndexedDB; where a browser refuses it, in memory.
const open = () =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open("hq-goods", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("photos", { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

const store = async (mode, ask) => {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const asked = ask(database.transaction("photos", mode).objectStore("photos"));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  } finally {
    database.close();
  }
};

export const keepPhoto = async (draft, isNew, blob, name) => {
  const id = `${Date.now()}-${Math.random()}`;
  const photo = { id, draft, isNew, blob, name: name.replace(/\.[^.]*$/, "") + ".jpg", reason: "" };
  await store("readwrite", (photos) => photos.put(photo)).catch(() => undefined);
  return photo;
};

const all = () => store("readonly", (photos) => photos.getAll()).catch(() => []);

export const keptPhotos = async (draft) => (await all()).filter((photo) => photo.draft === draft);

// Of new products that never got through: how many photos wait under each draft's key.
export const waitingPhotos = async () => {
  const found = new Map();
  for (const { draft, isNew, reason } of await all()) {
    if (isNew && !reason) found.set(draft, (found.get(draft) ?? 0) + 1);
  }
  return found;
};

// A refused photo stays, with what the server said of it, until whoever took it takes it out.
export const refusePhoto = async (photo, reason) => {
  photo.reason = reason;
  const { id, draft, isNew, blob, name } = photo;
  await store("readwrite", (photos) => photos.put({ id, draft, isNew, blob, name, reason })).catch(() => undefined);
};

export const dropPhoto = (id) => store("readwrite", (photos) => photos.delete(id)).catch(() => undefined);
