// 省市区: each select fills the next from [data-divisions]; 智能粘贴: [data-parse] fills the form from one pasted text.
// Without this script a button sends the form and the server fills them.
import { post } from "./adding.js";

const LEVELS = ["province", "city", "division"];

const select = (picker, level) => picker.querySelector(`[data-level="${level}"]`);

const fill = (box, rows, chosen = "") => {
  const [first] = box.options;
  box.replaceChildren(first, ...rows.map(({ code, name }) => new Option(name, code, false, code === chosen)));
};

const load = async (picker, parent) => {
  const answer = await fetch(`${picker.dataset.divisions}?in=${encodeURIComponent(parent)}`);
  return answer.ok ? (await answer.json()).divisions : [];
};

const descend = async (picker, level, code, chosen = "") => {
  const next = LEVELS.indexOf(level) + 1;
  for (const deeper of LEVELS.slice(next)) fill(select(picker, deeper), []);
  if (!code || next >= LEVELS.length) return;
  const rows = await load(picker, code);
  fill(select(picker, LEVELS[next]), rows, chosen);
  // A municipality has one city only: go on.
  if (!chosen && rows.length === 1) {
    select(picker, LEVELS[next]).value = rows[0].code;
    await descend(picker, LEVELS[next], rows[0].code);
  }
};

const put = async (picker, { province, city, division }) => {
  select(picker, "province").value = province;
  await descend(picker, "province", province, city);
  if (city) await descend(picker, "city", city, division);
  select(picker, "division").dispatchEvent(new Event("change", { bubbles: true }));
};

const FIELDS = ["name", "phone", "street", "postcode"];

const recognise = async (box, button) => {
  const form = box.closest("form");
  const [text, pasted] = [box.querySelector("textarea"), form.querySelector("[data-pasted]")];
  const picker = form.querySelector("[data-divisions]");
  button.setAttribute("aria-busy", "true");
  try {
    const sent = { text: text.value, pasted: pasted.value };
    for (const name of FIELDS) sent[name] = form.elements[name]?.value ?? "";
    for (const level of LEVELS) sent[level] = picker ? select(picker, level).value : "";
    const answer = await post(box.dataset.parse, sent);
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    pasted.value = text.value;
    for (const name of FIELDS) if (form.elements[name]) form.elements[name].value = found[name];
    if (picker && LEVELS.some((level) => found[level] !== sent[level])) await put(picker, found);
    const told = form.querySelector("[data-paste-told]");
    told.textContent = found.told;
    told.hidden = !found.told;
    box.open = false;
  } catch {
    button.removeAttribute("aria-busy");
    form.requestSubmit(button);
    return;
  }
  button.removeAttribute("aria-busy");
};

export const startDivisions = () => {
  for (const picker of document.querySelectorAll(".division-picker[data-divisions]")) {
    picker.classList.add("with-script");
    picker.addEventListener("change", (event) => {
      const { level } = event.target.dataset;
      if (level && level !== "division") descend(picker, level, event.target.value);
    });
  }
  // A page that was lost and is found again: a province alone would lose the city and the county that were chosen.
  document.addEventListener("kept", ({ target, detail }) => {
    const picker = target.querySelector(".division-picker[data-divisions]");
    if (!picker || !detail.division || select(picker, "division").value) return;
    if (!detail.division.startsWith(select(picker, "province").value)) return;
    put(picker, { province: detail.province, city: detail.city, division: detail.division }).catch(() => undefined);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-parse] [name=recognise]");
    const box = button?.closest("[data-parse]");
    if (!box || button.dataset.asked) return;
    event.preventDefault();
    button.dataset.asked = "yes";
    recognise(box, button).finally(() => delete button.dataset.asked);
  });
};
