// A second click on submit sends nothing twice; the button wakes again when the page is shown again.
// data-autosubmit: a change sends the form (facets, sorting). data-keep="name": typed text survives a lost page.
import { post } from "./adding.js";
import { toast } from "./toast.js";

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
    form.dispatchEvent(new CustomEvent("kept", { bubbles: true, detail: kept }));
    form.addEventListener("input", () => {
      const values = fields.filter((e) => !["radio", "checkbox"].includes(e.type)).map((e) => [e.name, e.value]);
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(values)));
    });
  } catch {
    // Storage refused: nothing is kept, nothing breaks.
  }
};


// What was refused is seen at once: the summary at the top where a page has one, else the first field with an error.
const showRefusal = () => {
  const summary = document.querySelector("[data-error-summary]");
  summary?.addEventListener("click", (event) => {
    const target = document.getElementById(event.target.closest("a")?.hash.slice(1) ?? "");
    if (!target) return;
    event.preventDefault();
    target.closest("details")?.setAttribute("open", "");
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  });
  const first = summary ?? document.querySelector("main .has-error :is(input:not([type=hidden]), select, textarea)");
  first?.scrollIntoView({ block: summary ? "nearest" : "center" });
  first?.focus({ preventScroll: true });
};

// data-quiet: sent without leaving the page (favourite, follow, remind). The answer is JSON: {on, message}.
const sendQuietly = async (event) => {
  const form = event.target;
  if (!form.matches("form[data-quiet]") || event.defaultPrevented) return;
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button");
  try {
    const answer = await post(form.action, new FormData(form));
    if (!(answer.headers.get("Content-Type") ?? "").includes("json")) throw new Error(String(answer.status));
    const said = await answer.json();
    if (typeof said.on === "boolean") button.setAttribute("aria-pressed", said.on);
    if (said.message) toast(said.message, { kind: answer.ok ? "" : "error" });
    wake(form);
  } catch {
    delete form.dataset.quiet;
    delete form.dataset.sent;
    form.removeAttribute("data-quiet");
    form.submit();
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
  document.addEventListener("submit", sendQuietly);
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(wake));
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-autosubmit]");
    if (form && !event.target.closest("[data-no-autosubmit], dialog")) form.requestSubmit();
  });
  document.querySelectorAll("form[data-keep]").forEach(keep);
  document.querySelector("[data-focus-first]")?.focus();
  showRefusal();
};
