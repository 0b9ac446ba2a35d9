// A live room: events by number from the socket, parts put in as the server renders them, chat, clip by the clock.
import { startCountdownsIn } from "./countdown.js";
import { openSheet } from "./sheet.js";
import { startSpecSheet } from "./spec-sheet.js";

const LINES = 80;
const SLOW = [500, 1000, 2000, 4000, 8000, 15000];

const line = (message, host) => {
  const item = document.createElement("li");
  item.className = message.host ? "live-line live-line-host" : "live-line";
  item.dataset.line = message.id;
  item.dataset.testid = "chat-line";
  const name = document.createElement("b");
  name.textContent = message.host ? host : message.name;
  item.append(name, ` ${message.text}`);
  return item;
};

// Connects, and again after it was lost, asking for what came meanwhile. `take` gets each frame, `lost` the code that
// the socket closed with.
export const connect = (root, take, lost = () => {}) => {
  const state = { seq: Number(root.dataset.seq ?? 0), socket: null, tries: 0 };
  const open = () => {
    const address = new URL(root.dataset.socket, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const asked = { after: state.seq, lang: root.dataset.language };
    // Of this session, also where the room shows the next one by now.
    if (root.dataset.session) asked.session = root.dataset.session;
    address.search = new URLSearchParams(asked);
    const socket = new WebSocket(address);
    state.socket = socket;
    socket.addEventListener("message", (event) => {
      const frame = JSON.parse(event.data);
      state.tries = 0;
      if (typeof frame.seq === "number") state.seq = frame.seq;
      take(frame);
    });
    socket.addEventListener("close", (event) => {
      if (event.code === 4404) return;
      lost(event.code);
      setTimeout(open, SLOW[Math.min(state.tries, SLOW.length - 1)] * (0.7 + Math.random() * 0.6));
      state.tries += 1;
    });
  };
  open();
  return state;
};

const startClip = (video) => {
  if (!video) return;
  const at = Number(video.dataset.at);
  const opened = performance.now();
  const place = () => {
    if (!video.duration || !Number.isFinite(at)) return;
    video.currentTime = (at + (performance.now() - opened) / 1000) % video.duration;
    video.play?.().catch(() => {});
  };
  if (video.readyState >= 1) place();
  else video.addEventListener("loadedmetadata", place, { once: true });
};

const startChoosing = () => {
  const sheet = document.getElementById("choose-sheet");
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-choose]");
    if (!link || event.metaKey || event.ctrlKey || !sheet) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      sheet.querySelector("[data-choose-body]").innerHTML = await answer.text();
      link.closest("dialog")?.close();
      openSheet(sheet, link);
      startSpecSheet();
      startCountdownsIn(sheet);
    } catch {
      location.href = link.href;
    }
  });
};

const showLeft = (root, left) => {
  const card = root.querySelector("[data-drop]");
  for (const [drop, pieces] of Object.entries(left)) {
    if (card?.dataset.drop !== drop) continue;
    for (const place of document.querySelectorAll("[data-drop-left]")) place.textContent = pieces;
    const bar = card.querySelector("[data-drop-bar]");
    if (bar) bar.value = pieces;
  }
};

export const startLive = () => {
  const root = document.querySelector("[data-live]");
  if (!root) return;
  const words = root.dataset;
  const chat = root.querySelector("[data-chat]");
  const status = root.querySelector("[data-live-status]");
  const form = root.querySelector("[data-chat-form]");
  const asked = new Map();
  const bottom = () => chat.scrollTo({ top: chat.scrollHeight });
  bottom();
  startClip(root.querySelector("[data-clip]"));
  startChoosing();
  // A replay has nothing new to say, nor has what was cancelled.
  if (words.state === "ended" || words.state === "cancelled") return;

  const part = (name, html) => {
    const place = document.querySelector(`[data-part="${name}"]`);
    if (!place || place.innerHTML === html) return;
    place.innerHTML = html;
    startCountdownsIn(place);
    if (name === "tray") {
      const count = document.querySelector("[data-tray-count]");
      if (count) count.textContent = place.querySelectorAll("[data-item]").length;
    }
  };

  const event = (one) => {
    if (one.kind === "chat" && !chat.querySelector(`[data-line="${one.message.id}"]`)) {
      const near = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 60;
      chat.append(line(one.message, words.host));
      while (chat.children.length > LINES) chat.firstElementChild.remove();
      if (near) bottom();
    }
    if (one.kind === "chat_deleted") chat.querySelector(`[data-line="${one.message}"]`)?.remove();
    if (["started", "planned"].includes(one.kind)) setTimeout(() => location.reload(), 800 + Math.random() * 1500);
    // Whoever watched is told how it ended, and stays with it: by itself the room shows the next session.
    if (["ended", "cancelled"].includes(one.kind)) {
      const over = `${location.pathname}?session=${words.session}`;
      setTimeout(() => location.replace(over), 800 + Math.random() * 1500);
    }
  };

  const take = (frame) => {
    status.textContent = "";
    if ("ref" in frame) {
      const text = asked.get(frame.ref);
      asked.delete(frame.ref);
      if (frame.refused === "sign_in") form?.submit();
      else if (frame.refused) {
        status.textContent = frame.message || words.wordsSlow;
        if (form && !form.elements.text.value) form.elements.text.value = text ?? "";
      }
      // In a crowd not every line comes down; one's own is seen always.
      if (frame.message) event({ kind: "chat", message: frame.message });
      return;
    }
    if (frame.reset) chat.replaceChildren();
    for (const [name, html] of Object.entries(frame.parts ?? {})) part(name, html);
    for (const one of frame.events ?? []) event(one);
    if (frame.left) showLeft(root, frame.left);
    if ("viewers" in frame) for (const place of root.querySelectorAll("[data-viewers]")) place.textContent = frame.viewers;
  };

  const state = connect(root, take, () => {
    status.textContent = words.wordsLost;
  });

  form?.addEventListener("submit", (submitted) => {
    const field = form.elements.text;
    if (state.socket?.readyState !== WebSocket.OPEN) return;
    submitted.preventDefault();
    submitted.stopImmediatePropagation();
    delete form.dataset.sent;
    const text = field.value.trim();
    if (!text) return;
    const ref = crypto.getRandomValues(new Uint32Array(1))[0];
    asked.set(ref, text);
    state.socket.send(JSON.stringify({ chat: text, ref }));
    field.value = "";
    bottom();
  }, { capture: true });
};
