// The 规格 form of a product: impossible options are struck and say why; price, picture and limit follow the choice.
import { post } from "./adding.js";
import { fetchMe, showMe } from "./me.js";
import { refreshSteppers } from "./stepper.js";
import { toast } from "./toast.js";

const priceOf = (fen) => {
  const box = document.createElement("span");
  box.className = "price price-l";
  const sign = Object.assign(document.createElement("span"), { className: "price-sign", textContent: "¥" });
  const cents = Object.assign(document.createElement("span"), {
    className: "price-cents",
    textContent: `.${String(fen % 100).padStart(2, "0")}`,
  });
  box.append(sign, Math.floor(fen / 100).toLocaleString("en"), cents);
  return box;
};

const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
const say = (template, words) => template.replace(/\{(\w+)\}/g, (_, name) => words[name] ?? "");
const buyable = (spec) => spec.offered && spec.available > 0;

const showSpec = (form, spec) => {
  form.elements.spec.value = spec.id;
  each("[data-price]", (box) => box.replaceChildren(priceOf(spec.price_fen)));
  each("[data-unit-price]", (box) => (box.textContent = spec.unit_price_text ?? ""));
  each("[data-chosen]", (box) => (box.textContent = spec.name));
  each("[data-choose] [data-left], .sheet-goods [data-left]", (box) => {
    box.textContent = say(form.dataset.left, { n: spec.available });
  });
  const input = form.elements.quantity;
  input.max = Math.max(1, Math.min(spec.available, spec.limit ?? spec.available));
  if (Number(input.value) > Number(input.max)) input.value = input.max;
  refreshSteppers(form);
  const track = document.querySelector(".gallery-track");
  if (track && spec.picture_index) track.scrollTo({ left: spec.picture_index * track.clientWidth });
};

// Which options of one axis can be had beside what is chosen on the others.
const refreshAxis = (form, axes, specs, chosen, at) => {
  const why = axes[at].querySelector("[data-why]");
  const reasons = [];
  for (const radio of axes[at].querySelectorAll("input")) {
    const with_ = specs.filter((spec) => spec.labels[at] === radio.value && buyable(spec));
    const fits = with_.some((spec) => spec.labels.every((label, i) => i === at || label === chosen[i]));
    radio.disabled = !fits;
    if (fits) continue;
    if (!with_.length) reasons.push(say(form.dataset.out, { option: radio.value }));
    else {
      const other = axes.findIndex((_, i) => i !== at && !with_.some((spec) => spec.labels[i] === chosen[i]));
      const place = other < 0 ? (at === 0 ? 1 : 0) : other;
      const instead = [...new Set(with_.map((spec) => spec.labels[place]))].join(" / ");
      reasons.push(say(form.dataset.no, { option: radio.value, other: chosen[place], instead }));
    }
  }
  why.textContent = reasons.join(" ");
  why.hidden = !reasons.length;
};

const send = async (form, event) => {
  if (event.submitter?.name === "buy_now") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const refused = form.querySelector("[data-refused]");
  refused.hidden = true;
  const button = event.submitter;
  if (button?.getAttribute("aria-busy") === "true") return;
  button?.setAttribute("aria-busy", "true");
  try {
    const answer = await post(form.action, new FormData(form));
    if (!(answer.headers.get("Content-Type") ?? "").includes("json")) throw new Error(String(answer.status));
    const said = await answer.json();
    if (!answer.ok) {
      refused.textContent = said.message ?? said.detail ?? "";
      refused.hidden = false;
      return;
    }
    if (typeof said.basket_count === "number") showMe({ basket_count: said.basket_count, partial: true });
    fetchMe();
    document.querySelector("dialog.sheet[open]")?.close();
    const words = document.getElementById("words").dataset;
    toast(form.dataset.added, { href: words.basketUrl, label: words.seeBasket });
  } catch {
    form.submit();
  } finally {
    button?.removeAttribute("aria-busy");
  }
};

export const startChoosing = () => {
  const form = document.querySelector("form[data-choose]");
  const data = document.getElementById("specifications");
  if (!form || !data) return;
  form.addEventListener("submit", (event) => send(form, event));
  const specs = JSON.parse(data.textContent);
  const axes = [...form.querySelectorAll("[data-axis]")];
  form.querySelector(".choose-plain").hidden = axes.length > 0 || specs.length < 2;
  let current = specs.find((spec) => String(spec.id) === form.elements.spec.value) ?? specs[0];
  const refresh = () => {
    axes.forEach((axis, at) => {
      axis.hidden = false;
      for (const radio of axis.querySelectorAll("input")) radio.checked = radio.value === current.labels[at];
    });
    axes.forEach((_, at) => refreshAxis(form, axes, specs, current.labels, at));
    showSpec(form, current);
  };
  form.addEventListener("change", (event) => {
    if (event.target === form.elements.spec) current = specs.find((spec) => String(spec.id) === event.target.value);
    else if (event.target.closest("[data-axis]")) {
      const at = Number(event.target.closest("[data-axis]").dataset.axis);
      const wanted = current.labels.map((label, i) => (i === at ? event.target.value : label));
      const exact = specs.find((spec) => spec.labels.every((label, i) => label === wanted[i]));
      current = exact ?? specs.find((spec) => spec.labels[at] === event.target.value && buyable(spec)) ?? current;
    } else return;
    refresh();
  });
  refresh();
};
