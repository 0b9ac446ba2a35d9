// The basket changes in place: a form's answer, or a new choice of lines, brings the new page's two parts.
import { fetchMe } from "./me.js";
import { refreshSteppers } from "./stepper.js";
import { startToasts } from "./toast.js";

const page = () => document.querySelector("[data-basket]");
const parts = ["basket-main", "basket-bar"];

const put = (html) => {
  const made = new DOMParser().parseFromString(html, "text/html");
  const focused = document.activeElement?.dataset?.testid;
  const place = [...document.querySelectorAll(`[data-testid="${focused}"]`)].indexOf(document.activeElement);
  for (const id of parts) {
    const next = made.getElementById(id);
    if (!next) throw new Error("no basket in the answer");
    document.getElementById(id).replaceWith(document.adoptNode(next));
  }
  refreshSteppers(document);
  startToasts();
  document.querySelectorAll(`[data-testid="${focused}"]`)[Math.max(place, 0)]?.focus({ preventScroll: true });
};

const leftOut = () =>
  [...document.querySelectorAll("[data-choose]:not(:checked):not(:disabled)")].map((box) => box.value);

const load = async (address, options = {}) => {
  page().setAttribute("aria-busy", "true");
  try {
    const headers = { "X-Requested-With": "fetch" };
    const answer = await fetch(address, { credentials: "same-origin", headers, ...options });
    put(await answer.text());
    return true;
  } catch {
    return false;
  } finally {
    page().removeAttribute("aria-busy");
  }
};

const choose = () => {
  const query = new URLSearchParams(leftOut().map((value) => ["off", value]));
  const coupon = document.getElementById("coupon")?.value;
  if (coupon) query.set("coupon", coupon);
  return load(`${page().dataset.basket}?${query}`);
};

const send = async (form) => {
  const fields = new URLSearchParams(new FormData(form));
  for (const value of leftOut()) fields.append("off", value);
  if (form.method === "get") return load(`${form.action}?${fields}`);
  if (!fields.has("coupon") && document.getElementById("coupon")?.value) {
    fields.set("coupon", document.getElementById("coupon").value);
  }
  const done = await load(form.action, { method: "POST", body: fields });
  if (done) fetchMe();
  return done;
};

export const startBasket = () => {
  if (!page()) return;
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target.closest("form[data-basket-form]");
      if (!form || form.dataset.plain) return;
      event.preventDefault();
      if (await send(form)) return;
      form.dataset.plain = "yes";
      form.submit();
    },
    true,
  );
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-choose]")) choose();
    const within = box.matches("[data-choose-all]") ? document : box.matches("[data-choose-group]") ? box.closest("section") : null;
    if (!within) return;
    for (const each of within.querySelectorAll("[data-choose]:not(:disabled)")) each.checked = box.checked;
    choose();
  });
};
