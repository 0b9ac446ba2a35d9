// Pages are cached for everyone; the reader's own parts come from /shop/me/, asked only when hq_me says there are any.
import { cookie } from "./cookies.js";

const put = (name, text) => {
  for (const element of document.querySelectorAll(`[data-me="${name}"]`)) {
    element.textContent = text;
    element.hidden = text === "";
  }
};

const few = (count) => (count > 99 ? "99+" : count > 0 ? String(count) : "");

export const showMe = (me) => {
  if (me.partial) {
    put("basket_count", few(me.basket_count));
    return;
  }
  if (me.name) {
    put("name", me.name);
    for (const element of document.querySelectorAll("[data-me-guest]")) element.hidden = true;
    for (const element of document.querySelectorAll("[data-me-user]")) element.hidden = false;
  }
  put("basket_count", few(me.basket_count));
  put("unread", few(me.unread));
  const favourites = new Set(me.favourites ?? []);
  for (const button of document.querySelectorAll("[data-favourite]")) {
    button.setAttribute("aria-pressed", favourites.has(Number(button.dataset.favourite)));
  }
};

export const fetchMe = async () => {
  const address = document.documentElement.dataset.meUrl;
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.ok) showMe(await answer.json());
  } catch {
    // Offline: the page stays as cached.
  }
};

export const startMe = () => {
  if (cookie("hq_me") === "1") fetchMe();
  // Back from the bfcache the count may be old.
  addEventListener("pageshow", (event) => {
    if (event.persisted && cookie("hq_me") === "1") fetchMe();
  });
};
