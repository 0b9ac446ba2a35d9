// The host's console: buttons without a reload, the tray by drag, figures that follow. A reload shows the same.
import { startCountdownsIn } from "./countdown.js";
import { connect } from "./live.js";
import { toast } from "./toast.js";

const EVERY = 4000;
const SIGNED_OUT = 4401;

export const startLiveConsole = () => {
  const root = document.querySelector("[data-console]");
  if (!root) return;
  const address = root.dataset.address;
  root.classList.add("live-scripted");
  let busy = false;

  const put = (html) => {
    const typed = root.contains(document.activeElement) && document.activeElement.matches("input[type=text], input:not([type])")
      ? { id: document.activeElement.id, value: document.activeElement.value } : null;
    root.innerHTML = html;
    startCountdownsIn(root);
    if (typed?.id) {
      const field = document.getElementById(typed.id);
      if (field) {
        field.value = typed.value;
        field.focus();
      }
    }
  };

  const send = async (fields) => {
    if (busy) return;
    busy = true;
    root.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${address}act/`, {
        method: "POST",
        body: fields,
        credentials: "same-origin",
        headers: { "X-Requested-With": "fetch" },
      });
      if (!(answer.headers.get("Content-Type") ?? "").includes("html") || answer.status >= 500) throw new Error();
      put(await answer.text());
    } catch {
      toast(root.dataset.failed, { kind: "error" });
    } finally {
      busy = false;
      root.removeAttribute("aria-busy");
      for (const button of root.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
    }
  };

  // Bubbles after the question of data-confirm, which stops the event where the answer is no.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-act]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    delete form.dataset.sent;
    const fields = new URLSearchParams(new FormData(form));
    if (event.submitter?.name && !fields.has(event.submitter.name)) fields.set(event.submitter.name, event.submitter.value);
    send(fields);
  });

  const refresh = async () => {
    if (busy || root.querySelector(":focus:is(input, select)") || root.querySelector(".is-dragged")) return;
    try {
      const answer = await fetch(address + location.search, {
        headers: { "X-Requested-With": "fetch" },
        credentials: "same-origin",
      });
      if (!answer.ok || busy) return;
      // What was refused stays to be read until the next button.
      const refusal = root.querySelector("[data-refusal]");
      put(await answer.text());
      if (refusal) root.prepend(refusal);
    } catch {
      // Offline: the figures stay as they were; the next look comes.
    }
  };

  const numbers = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`${address}numbers/`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) return;
      const said = await answer.json();
      for (const place of root.querySelectorAll("[data-number]")) {
        const value = said[place.dataset.number];
        if (value === null || value === undefined) continue;
        place.textContent = place.dataset.number === "fen" ? `¥${(value / 100).toLocaleString("en", { minimumFractionDigits: 2 })}` : value;
      }
      const mine = Number(root.querySelector("[data-version]")?.dataset.version);
      if (said.version > mine) refresh();
    } catch {
      // The next look comes.
    }
  };
  setInterval(numbers, EVERY);

  // Chat and other hosts' changes come by the socket; the server renders them.
  let wanted = 0;
  connect({ dataset: { ...root.dataset, seq: 999999999 } }, (frame) => {
    if (!frame.events?.length || frame.reset) return;
    clearTimeout(wanted);
    wanted = setTimeout(refresh, 700);
  }, (code) => {
    // Signed out, or no host any more: the page itself says what comes next.
    if (code === SIGNED_OUT) location.reload();
  });

  // Dragging by the grip: the row follows the pointer's place, and the new order is sent when it is let go.
  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || busy) return;
    event.preventDefault();
    const row = grip.closest("[data-item]");
    const list = row.parentElement;
    row.classList.add("is-dragged");
    const move = (moved) => {
      const others = [...list.children].filter((each) => each !== row);
      const next = others.find((each) => moved.clientY < each.getBoundingClientRect().top + each.offsetHeight / 2);
      list.insertBefore(row, next ?? null);
    };
    const stop = () => {
      removeEventListener("pointermove", move);
      row.classList.remove("is-dragged");
      const to = [...list.children].indexOf(row);
      const form = row.querySelector("form[data-act]");
      const fields = new URLSearchParams(new FormData(form));
      fields.set("action", "move");
      fields.set("to", to);
      send(fields);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", stop, { once: true });
    addEventListener("pointercancel", stop, { once: true });
  });
};
