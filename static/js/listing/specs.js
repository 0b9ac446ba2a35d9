// Rows of 规格: one more without the server, and the price by the jin while it is typed.
const GRAMS = { jin: 500, kg: 1000, g: 1 };

const reckon = (form, row) => {
  const field = (name) => row.querySelector(`[name$="-${name}"]`)?.value.trim();
  const grams = Number(field("weight")) * (GRAMS[field("unit")] ?? 0);
  const yuan = Number(field("price"));
  const line = row.querySelector("[data-unit-price]");
  line.textContent = grams > 0 && yuan > 0 ? form.dataset.jin.replace("{n}", ((yuan * 500) / grams).toFixed(2)) : "";
};

export const addRow = (form, focus = true) => {
  const count = form.elements.rows;
  const number = Number(count.value);
  const pattern = form.querySelector("[data-spec-template]").innerHTML.replaceAll("specs-n-", `specs-${number}-`);
  form.querySelector("[data-spec-rows]").insertAdjacentHTML("beforeend", pattern);
  count.value = number + 1;
  if (focus) form.querySelector(`[name="specs-${number}-text_zh"]`).focus();
};

export const startSpecs = (form) => {
  const follow = (event) => {
    const row = event.target.closest("[data-spec-row]");
    if (row) reckon(form, row);
  };
  form.addEventListener("input", follow);
  form.addEventListener("change", follow);
};
