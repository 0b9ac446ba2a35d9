// The + on a card: adds one piece without leaving the page. Without this script it is a link to the product.
import { cookie } from "./cookies.js";
import { fetchMe, showMe } from "./me.js";
import { toast } from "./toast.js";

export const post = async (address, fields) => {
  if (!cookie("csrftoken")) await fetchMe();
  const token = cookie("csrftoken") ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  return fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json", "X-CSRFToken": token, "X-Requested-With": "fetch" },
    body: new URLSearchParams(fields),
  });
};

const add = async (link) => {
  const words = document.getElementById("words").dataset;
  link.setAttribute("aria-busy", "true");
  try {
    // Where the card stands is kept by the server (shop.sales.sources).
    const from = link.closest("[data-from]")?.dataset.from;
    const answer = await post(from ? `${words.addUrl}?from=${from}` : words.addUrl, { spec: link.dataset.add, quantity: 1 });
    const type = answer.headers.get("Content-Type") ?? "";
    if (!type.includes("json")) throw new Error(String(answer.status));
    const said = await answer.json();
    if (answer.ok) {
      if (typeof said.basket_count === "number") showMe({ basket_count: said.basket_count, partial: true });
      else fetchMe();
      toast(words.added, { href: words.basketUrl, label: words.seeBasket });
    } else toast(said.message ?? said.detail ?? words.failed, { kind: "error" });
  } catch {
    location.href = link.href;
  } finally {
    link.removeAttribute("aria-busy");
  }
};

// Without an answer a script can read, the form goes as it would without one.
const send = (form, button) => {
  form.dataset.plain = "yes";
  delete form.dataset.sent;
  form.requestSubmit(button ?? undefined);
};

// Beside what was typed, where the form has a place for it: a toast would lie under its sheet.
const refuse = (form, message) => {
  const place = form.querySelector("[data-add-refusal]");
  if (!place) return toast(message, { kind: "error" });
  place.querySelector("span").textContent = message;
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
};

// The product's own form: stays on the page, closes the sheet, says so. "Buy now" goes on to the checkout.
const addForm = async (form, button) => {
  const words = document.getElementById("words").dataset;
  button?.setAttribute("aria-busy", "true");
  form.querySelector("[data-add-refusal]")?.setAttribute("hidden", "");
  try {
    const fields = new FormData(form);
    if (button?.name) fields.set(button.name, button.value);
    const answer = await post(form.action, fields);
    if (!(answer.headers.get("Content-Type") ?? "").includes("json")) throw new Error(String(answer.status));
    const said = await answer.json();
    if (!answer.ok) return refuse(form, said.message ?? words.failed);
    if (said.next) return location.assign(said.next);
    form.closest("dialog")?.close();
    if (typeof said.basket_count === "number") showMe({ basket_count: said.basket_count, partial: true });
    return toast(words.added, { href: words.basketUrl, label: words.seeBasket });
  } catch {
    return form.dataset.plain === "yes" ? undefined : send(form, button);
  } finally {
    button?.removeAttribute("aria-busy");
    delete form.dataset.sent;
  }
};

export const startAdding = () => {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-spec-form]");
    if (!form || form.dataset.plain || event.defaultPrevented) return;
    event.preventDefault();
    if (event.submitter?.getAttribute("aria-busy") !== "true") addForm(form, event.submitter);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-add]");
    if (!link || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (link.getAttribute("aria-busy") !== "true") add(link);
  });
};
