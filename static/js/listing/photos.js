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

export const keepPhoto = async (draft, blob, name) => {
  const photo = { id: `${Date.now()}-${Math.random()}`, draft, blob, name: name.replace(/\.[^.]*$/, "") + ".jpg" };
  await store("readwrite", (photos) => photos.put(photo)).catch(() => undefined);
  return photo;
};

export const keptPhotos = async (draft) => {
  const all = await store("readonly", (photos) => photos.getAll()).catch(() => []);
  return all.filter((photo) => photo.draft === draft);
};

export const dropPhoto = (id) => store("readwrite", (photos) => photos.delete(id)).catch(() => undefined);
