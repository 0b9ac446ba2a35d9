// Giving: what the pieces come to, with freight, follows them; the server counts. Without script a button asks for it.
const WAIT_MS = 250;

const tell = (form, said) => {
  const name = said.dataset.refusalOf;
  const field = form.elements[name];
  const there = form.querySelector(`[data-refusal-of="${name}"]`);
  if (!field || !there) return;
  const error = said.querySelector(".field-error");
  field.toggleAttribute("aria-invalid", Boolean(error));
  if (error) field.setAttribute("aria-invalid", "true");
  if (error) field.setAttribute("aria-describedby", error.id);
  else field.removeAttribute("aria-describedby");
  field.closest(".pieces")?.classList.toggle("has-error", Boolean(error));
  there.replaceWith(document.adoptNode(said));
};

export const startGiving = () => {
  const form = document.querySelector("form[data-giving]");
  const button = form?.querySelector("button[name=total]");
  if (!button) return;
  button.hidden = true;
  let asking = null;
  let waiting = 0;
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const fields = new URLSearchParams(new FormData(form));
    fields.set("total", "1");
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        body: fields,
        credentials: "same-origin",
        headers: { "X-Requested-With": "fetch" },
        signal: asking.signal,
      });
      const made = new DOMParser().parseFromString(await answer.text(), "text/html");
      const total = made.getElementById("gift-total");
      // What is refused comes with the total's place and what to say beside each field.
      if (!total) throw new Error(String(answer.status));
      document.getElementById("gift-total").replaceWith(document.adoptNode(total));
      for (const said of [...made.querySelectorAll("[data-refusal-of]")]) tell(form, said);
    } catch (error) {
      if (error.name !== "AbortError") button.hidden = false; // offline: the button asks again
    }
  };
  form.addEventListener("input", (event) => {
    if (!event.target.matches("[name^=pieces-], [name=need]")) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT_MS);
  });
  // Coming back, the browser puts the pieces in again without a word.
  addEventListener("pageshow", () => {
    if ([...form.elements].some((each) => each.name.startsWith("pieces-") && each.value)) ask();
  });
};
