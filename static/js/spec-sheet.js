// 规格: one form, in the page on a desktop, in a sheet on a phone. Price, photo, stock and button follow the choice;
// what does not exist or is sold out is struck, with the reason underneath.
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

const matches = (choice, wanted) => wanted.every((label, i) => label === null || choice.labels[i] === label);

const put = (selector, text) => {
  for (const element of document.querySelectorAll(selector)) element.textContent = text;
};

const reason = (data, wanted, axis, value, words) => {
  const other = wanted.filter((label, i) => i !== axis && label !== null).join(" · ");
  const same = data.choices.filter((choice) => choice.labels[axis] === value);
  const exists = same.some((choice) => matches(choice, wanted.map((label, i) => (i === axis ? value : label))));
  const alternatives = same.filter((choice) => choice.left > 0);
  const around = [...new Set(alternatives.map((c) => c.labels.filter((_, i) => i !== axis).join(" · ")))].filter(Boolean);
  if (!around.length) return fill(words.goneAlone, { value });
  return fill(exists ? words.gone : words.missing, { value, other, with: around.join(" / ") });
};

export const startSpecSheet = () => {
  const form = document.querySelector("[data-spec-form]");
  const source = document.getElementById("spec-data");
  if (!form || !source) return;
  const data = JSON.parse(source.textContent);
  const words = data.words;
  const picture = form.querySelector("[data-spec-picture]");
  const restock = document.querySelector("[data-spec-restock]");
  const count = data.axes.length;

  const wanted = () =>
    Array.from({ length: count }, (_, i) => form.querySelector(`[data-axis="${i}"]:checked`)?.value ?? null);

  const show = () => {
    const now = wanted();
    for (let axis = 0; axis < count; axis += 1) {
      const reasons = [];
      for (const input of form.querySelectorAll(`[data-axis="${axis}"]`)) {
        const tried = now.map((label, i) => (i === axis ? input.value : label));
        const fits = data.choices.some((choice) => choice.left > 0 && matches(choice, tried));
        input.disabled = !fits && !input.checked;
        if (!fits) reasons.push(reason(data, now, axis, input.value, words));
      }
      const place = form.querySelector(`[data-axis-reason="${axis}"]`);
      if (place) place.textContent = reasons.slice(0, 2).join(" ");
    }
    const choice = data.choices.find((each) => matches(each, now)) ?? data.choices.find((each) => each.id === data.chosen);
    form.querySelector("[data-spec-id]").value = choice.id;
    for (const element of document.querySelectorAll("[data-spec-price]")) element.innerHTML = choice.price;
    put("[data-spec-unit]", choice.unit);
    put("[data-spec-left]", choice.left > 0 ? fill(words.left, { n: choice.left }) : words.soldOut);
    put("[data-spec-text]", choice.text);
    put("[data-spec-chosen]", fill(words.chosen, { text: choice.text }));
    put("[data-spec-net]", choice.net);
    if (picture) picture.src = choice.picture || picture.dataset.first;
    const quantity = form.querySelector("[name=quantity]");
    quantity.max = Math.max(choice.most, 1);
    if (Number(quantity.value) > quantity.max) quantity.value = quantity.max;
    quantity.dispatchEvent(new Event("change", { bubbles: true }));
    for (const button of form.querySelectorAll("[data-spec-add], [data-spec-buy]")) button.disabled = choice.left < 1;
    if (restock) restock.hidden = choice.left > 0;
  };

  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-axis]")) {
      show();
      document.dispatchEvent(new CustomEvent("spec:change", { detail: { id: form.querySelector("[data-spec-id]").value } }));
    }
  });
  addEventListener("pageshow", (event) => event.persisted && show());
  show();
};

// 送至: another place or another 规格 asks for freight and day again.
export const startDeliveryLine = () => {
  const row = document.querySelector("[data-delivery]");
  if (!row) return;
  const ask = async (fields) => {
    const chosen = document.querySelector("[data-spec-id]")?.value;
    const answer = await fetch(`${row.dataset.delivery}?${new URLSearchParams({ ...(chosen && { spec: chosen }), ...fields })}`);
    if (!answer.ok) return;
    const said = await answer.json();
    row.querySelector("[data-delivery-place]").textContent = said.place;
    row.querySelector("[data-delivery-freight]").textContent = said.freight && ` · ${said.freight}`;
    const when = row.querySelector("[data-delivery-when]");
    when.textContent = said.when;
    when.classList.toggle("good", said.promised);
    const left = document.querySelector("[data-delivery-left]");
    if (left && said.left) left.textContent = said.left;
    row.querySelector("[data-delivery-refusal]").textContent = said.refusal;
  };
  document.addEventListener("deliver:change", (event) => ask({ to: event.detail.code }));
  document.addEventListener("spec:change", () => ask({}));
};
