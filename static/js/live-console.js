// The host's console: buttons without a reload, the tray by drag, figures that follow. A reload shows the same.
// What the server renders is patched in place, by ids: what is typed, open, focused or asked stays as it is.
import morphdom from "morphdom";
import { startCountdownsIn } from "./countdown.js";
import { connect } from "./live.js";
import { toast } from "./toast.js";

const EVERY = 4000;
const CALM = 700;
const SIGNED_OUT = 4401;
const FIELDS = "input:not([type=hidden], [type=submit], [type=button]), select, textarea";

const isTyped = (field) => {
  if (field === document.activeElement) return true;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.matches("select")) return field.dataset.chosen === "yes";
  return field.value !== field.defaultValue;
};

// Returns whether what is there stays as it is: the patch then goes on beside it.
const stays = (there, next, mine) => {
  if (there.isEqualNode(next)) return true;
  if (there.matches(".is-dragged, [data-countdown]")) return there.dataset.countdown === next.dataset.countdown;
  if (mine) return false;
  // What was refused stays to be read until the next button.
  if (there.id === "refusal") return Boolean(there.querySelector("[data-refusal]"));
  if (there.matches("form[data-refused]")) {
    // What is sent again has seen what stands around it now.
    if (next.elements.version) there.elements.version.value = next.elements.version.value;
    return true;
  }
  return there.matches("details");
};

const patch = (root, html, mine) => {
  const next = root.cloneNode(false);
  next.innerHTML = html;
  morphdom(root, next, {
    childrenOnly: true,
    onBeforeElUpdated: (there, fresh) => {
      if (stays(there, fresh, mine)) return false;
      if (!there.matches(FIELDS) || !isTyped(there)) return true;
      if (there === document.activeElement && there.matches("select")) return false;
      // Its errors and limits may change, not what stands in it.
      if (there.matches("select")) {
        const chosen = [...fresh.options].find((option) => option.value === there.value);
        if (!chosen) return true;
        for (const option of fresh.options) option.toggleAttribute("selected", option === chosen);
        fresh.dataset.chosen = "yes";
        return true;
      }
      const { value } = there;
      const { selectionStart, selectionEnd } = there;
      for (const { name, value: text } of [...fresh.attributes]) there.setAttribute(name, text);
      there.value = value;
      if (there === document.activeElement && selectionStart !== null) {
        there.setSelectionRange(selectionStart, selectionEnd);
      }
      return false;
    },
  });
  startCountdownsIn(root);
};

const startLiveConsole = () => {
  const root = document.querySelector("[data-console]");
  if (!root) return;
  const address = root.dataset.address;
  root.classList.add("live-scripted");
  const waiting = [];
  let busy = false;
  // Up to which line the chat is shown while somebody reads it; null: it runs.
  let upto = null;

  const view = () => {
    const asked = new URLSearchParams(location.search);
    const about = root.querySelector("form[data-about]")?.dataset.about;
    // The form stays about its product whatever is pinned meanwhile.
    if (about) asked.set("item", about);
    if (upto) asked.set("upto", upto);
    return asked.size ? `?${asked}` : "";
  };

  const post = async ({ fields, form }) => {
    const version = root.querySelector("[data-version]")?.dataset.version;
    if (fields.has("version") && version) fields.set("version", version);
    const answer = await fetch(`${address}act/${view()}`, {
      method: "POST",
      body: fields,
      credentials: "same-origin",
      headers: { "X-Requested-With": "fetch" },
    });
    if (!(answer.headers.get("Content-Type") ?? "").includes("html") || answer.status >= 500) throw new Error();
    const html = await answer.text();
    if (answer.ok && form?.isConnected) {
      form.reset();
      for (const field of form.querySelectorAll("[data-chosen]")) delete field.dataset.chosen;
      form.removeAttribute("data-refused");
    }
    patch(root, html, true);
  };

  // One after the other: what is pressed while another is on its way waits for its turn.
  const send = async (work) => {
    waiting.push(work);
    if (busy) return;
    busy = true;
    root.setAttribute("aria-busy", "true");
    while (waiting.length) {
      const next = waiting.shift();
      try {
        await post(next);
      } catch {
        toast(root.dataset.failed, { kind: "error" });
      }
    }
    busy = false;
    root.removeAttribute("aria-busy");
    for (const button of root.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  };

  // Bubbles after the question of data-confirm, which stops the event where the answer is no.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-act]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    delete form.dataset.sent;
    const fields = new URLSearchParams(new FormData(form));
    if (event.submitter?.name && !fields.has(event.submitter.name)) fields.set(event.submitter.name, event.submitter.value);
    send({ fields, form });
  });
  document.addEventListener("confirm:gone", () => toast(root.dataset.gone, { kind: "error" }));
  root.addEventListener("change", ({ target }) => {
    if (target.matches("select")) target.dataset.chosen = "yes";
  });

  const refresh = async () => {
    if (busy || root.querySelector(".is-dragged")) return;
    try {
      const answer = await fetch(address + view(), {
        headers: { "X-Requested-With": "fetch" },
        credentials: "same-origin",
      });
      if (!answer.ok || busy || root.querySelector(".is-dragged")) return;
      patch(root, await answer.text(), false);
    } catch {
      // Offline: the figures stay as they were; the next look comes.
    }
  };

  // Looks soon, and again after what comes meanwhile; however fast lines come, never later than that.
  let wanted = 0;
  const look = () => {
    wanted ||= setTimeout(async () => {
      await refresh();
      wanted = 0;
    }, CALM);
  };

  // Who reads or judges lines holds them: new ones are counted until it lets go.
  const list = () => root.querySelector("[data-moderation]");
  const isReading = () => {
    const lines = list();
    return Boolean(lines && (lines.matches(":hover, :focus-within") || lines.scrollTop > 0));
  };
  const hold = () => {
    if (upto === null && isReading()) upto = list().querySelector("[data-line]")?.dataset.line ?? null;
  };
  const release = () => {
    if (upto === null || isReading()) return;
    upto = null;
    look();
  };
  for (const kind of ["pointerover", "focusin"]) root.addEventListener(kind, hold);
  root.addEventListener("scroll", () => (isReading() ? hold() : release()), { capture: true, passive: true });
  for (const kind of ["pointerout", "focusout"]) root.addEventListener(kind, () => setTimeout(release, 50));
  root.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-newer]")) return;
    list().scrollTop = 0;
    upto = null;
    refresh();
  });

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
  connect({ dataset: { ...root.dataset, seq: 999999999 } }, (frame) => {
    if (frame.events?.length && !frame.reset) look();
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
    const rows = row.parentElement;
    row.classList.add("is-dragged");
    const move = (moved) => {
      const others = [...rows.children].filter((each) => each !== row);
      const next = others.find((each) => moved.clientY < each.getBoundingClientRect().top + each.offsetHeight / 2);
      rows.insertBefore(row, next ?? null);
    };
    const stop = () => {
      removeEventListener("pointermove", move);
      row.classList.remove("is-dragged");
      const to = [...rows.children].indexOf(row);
      const form = row.querySelector("form[data-act]");
      const fields = new URLSearchParams(new FormData(form));
      fields.set("action", "move");
      fields.set("to", to);
      send({ fields });
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", stop, { once: true });
    addEventListener("pointercancel", stop, { once: true });
  });
};

startLiveConsole();
