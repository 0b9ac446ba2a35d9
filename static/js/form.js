// A second click on submit sends nothing twice; the button wakes again when the page is shown again.
// data-autosubmit: a change sends the form (facets, sorting). data-keep="name": typed text survives a lost page.
const wake = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
};

const keep = (form) => {
  const key = `hq:${form.dataset.keep}`;
  const fields = [...form.elements].filter((e) => e.name && !["hidden", "password", "file", "submit"].includes(e.type));
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    for (const field of fields) {
      const untouched = field.type === "radio" || field.type === "checkbox" ? false : field.value === "";
      if (untouched && kept[field.name]) field.value = kept[field.name];
    }
    form.addEventListener("input", () => {
      const values = fields.filter((e) => !["radio", "checkbox"].includes(e.type)).map((e) => [e.name, e.value]);
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(values)));
    });
  } catch {
    // Storage refused: nothing is kept, nothing breaks.
  }
};

export const startForms = () => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.method === "get") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(wake));
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-autosubmit]");
    if (form && !event.target.closest("[data-no-autosubmit]")) form.requestSubmit();
  });
  document.querySelectorAll("form[data-keep]").forEach(keep);
  document.querySelector("[data-focus-first]")?.focus();
};
