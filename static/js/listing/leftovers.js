// What is left of new products after a dropped connection: offered, never put into another product by itself.
import { dropPhoto, keptPhotos, waitingPhotos } from "./photos.js";
import { forgetText, unsentNames } from "./texts.js";

export const offerLeftovers = async (form) => {
  const pattern = document.querySelector("template[data-leftover]");
  if (!pattern || !form.elements.key) return;
  const names = unsentNames(form.dataset.supplier);
  const photos = await waitingPhotos();
  const keys = new Set([...names.keys(), ...photos.keys()]);
  for (const key of keys) {
    if (key === form.dataset.kept || !key.startsWith(`${form.dataset.supplier}:`)) continue;
    const card = pattern.content.firstElementChild.cloneNode(true);
    const name = names.get(key);
    if (name) card.querySelector("[data-leftover-name]").textContent = name;
    card.querySelector("[data-leftover-photos]").textContent = photos.get(key) ?? 0;
    const own = key.slice(key.indexOf(":") + 1);
    card.querySelector("[data-leftover-use]").href += `?key=${encodeURIComponent(own)}`;
    card.querySelector("[data-leftover-drop]").addEventListener("click", async () => {
      forgetText(key);
      for (const photo of await keptPhotos(key)) await dropPhoto(photo.id);
      card.remove();
    });
    document.querySelector("[data-leftovers]").append(card);
  }
};
