// The checkout's freight and total follow the address and the coupon: the server answers the form anew, parts are put in.
const PARTS = ["checkout-served", "checkout-goods", "checkout-coupon", "checkout-sums", "checkout-bar"];
let asking = null;

const put = (html) => {
  const made = new DOMParser().parseFromString(html, "text/html");
  for (const id of PARTS) {
    const next = made.getElementById(id);
    const old = document.getElementById(id);
    if (!next || !old) continue;
    // Somebody is typing in it: leave their words alone.
    for (const field of old.querySelectorAll("input[name^=note_]")) {
      const twin = next.querySelector(`[name="${field.name}"]`);
      if (twin) twin.value = field.value;
    }
    if (old.open) next.open = true;
    old.replaceWith(document.adoptNode(next));
  }
  const card = made.querySelector(".checkout-chosen");
  if (card) document.querySelector(".checkout-chosen")?.replaceWith(document.adoptNode(card));
};

const refresh = async (form) => {
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(form.dataset.checkout, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      credentials: "same-origin",
      headers: { "X-Requested-With": "fetch" },
      signal: asking.signal,
    });
    if (answer.ok) put(await answer.text());
  } catch {
    // Aborted by a newer question, or offline: the server checks everything again when the order is placed.
  }
};

export const startCheckout = () => {
  const form = document.querySelector("form[data-checkout]");
  if (!form) return;
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-refresh], [data-level=division]")) refresh(form);
  });
  form.addEventListener("click", (event) => {
    if (!event.target.closest("button[data-refresh]")) return;
    event.preventDefault();
    refresh(form);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.id !== "coupon") return;
    event.preventDefault();
    refresh(form);
  });
  document.querySelector(".has-error :is(input, select), #checkout-error > *")?.closest(".field, #checkout-error")?.scrollIntoView({ block: "center" });
};
