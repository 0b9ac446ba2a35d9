// What is typed, kept on the phone until the server has it.
import { addRow } from "./specs.js";

const HEAD = "hq:goods:";
const place = (key) => HEAD + key;
const OURS = new Set(["csrfmiddlewaretoken", "version", "seen", "key", "then", "photos"]);

export const values = (form) =>
  [...new FormData(form)].filter(
    ([name, value]) => !OURS.has(name) && !name.startsWith("choose-") && typeof value === "string",
  );

export const keepText = (form) => {
  try {
    const kept = { version: form.dataset.version, isNew: Boolean(form.elements.key), values: values(form) };
    localStorage.setItem(place(form.dataset.kept), JSON.stringify(kept));
  } catch {
    // Storage refused or full: nothing is kept, nothing breaks.
  }
};

export const forgetText = (key) => {
  try {
    localStorage.removeItem(place(key));
  } catch {
    // As above.
  }
};

export const keptText = (form) => {
  try {
    const kept = JSON.parse(localStorage.getItem(place(form.dataset.kept)));
    return kept && JSON.stringify(kept.values) !== JSON.stringify(values(form)) ? kept : null;
  } catch {
    return null;
  }
};

// New products of a supplier that were typed on this phone and never sent: their names by the draft's key.
export const unsentNames = (supplier) => {
  const found = new Map();
  try {
    const head = place(`${supplier}:`);
    for (const name of Object.keys(localStorage).filter((each) => each.startsWith(head))) {
      const kept = JSON.parse(localStorage.getItem(name));
      if (kept?.isNew) found.set(name.slice(HEAD.length), new Map(kept.values).get("name_zh") ?? "");
    }
  } catch {
    // Storage refused: nothing was kept.
  }
  return found;
};

export const putBack = (form, kept) => {
  const wanted = new Map(kept);
  while (Number(wanted.get("rows") ?? 0) > Number(form.elements.rows.value)) addRow(form, false);
  for (const [name, value] of wanted) {
    if (name === "rows") continue;
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio") field.checked = field.value === value;
      else if (field.type === "checkbox") field.checked = value !== "";
      else field.value = value;
      if (field.type !== "hidden") field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
};
