// 上货 on a weak network. Photos are made smaller and kept on the phone until the server has them; what is typed is kept
// as it is typed; one request for each photo, so that little is lost when the network goes. The page works without this.
import { keepPhoto, keptPhotos, dropPhoto } from "./listing/photos.js";
import { keepText, forgetText, keptText, putBack, values } from "./listing/texts.js";
import { shrink } from "./listing/shrink.js";
import { startSpecs, addRow } from "./listing/specs.js";

const find = () => document.querySelector("form[data-goods-form]");
const state = { sending: false, again: null, failed: false, pending: [], typed: new Set() };

const say = (form, word, { kind = "", action, then } = {}) => {
  const line = form.querySelector("[data-saved]");
  const text = Object.assign(document.createElement("span"), { textContent: line.dataset[word] ?? word });
  line.className = `support goods-saved ${kind}`;
  line.replaceChildren(text);
  line.dataset.state = word;
  if (!action) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-s" });
  button.textContent = line.dataset[action];
  button.addEventListener("click", then);
  line.append(button);
};

const showPending = (form) => {
  const box = form.querySelector("[data-kept-photos]");
  const word = form.querySelector("[data-saved]").dataset.waiting;
  box.hidden = !state.pending.length;
  box.replaceChildren(
    ...state.pending.map((photo) => {
      const figure = document.createElement("figure");
      photo.url ??= URL.createObjectURL(photo.blob);
      const picture = Object.assign(new Image(96, 96), { src: photo.url, alt: "" });
      figure.append(picture, Object.assign(document.createElement("figcaption"), { textContent: word }));
      figure.dataset.testid = "kept-photo";
      return figure;
    }),
  );
};

const swap = (form, page, sent) => {
  const now = new Map(values(form));
  const typed = [...state.typed].map((name) => [name, now.get(name) ?? ""]);
  document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
  const next = find();
  if (!next) return;
  history.replaceState(null, "", next.action);
  putBack(next, typed);
  start(next);
  if (sent) say(next, "sent", { kind: "good" });
  else next.querySelector(".field-error, .notice-error")?.scrollIntoView({ block: "center" });
};

const request = async (form, submitter, photo) => {
  const body = new FormData(form);
  body.delete("photos");
  body.delete("then");
  if (photo) body.append("photos", photo.blob, photo.name);
  if (submitter?.name) body.set(submitter.name, submitter.value);
  else body.set("then", "stay");
  const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
  if (answer.status >= 500) throw new Error(String(answer.status));
  return answer;
};

const send = async (submitter) => {
  const form = find();
  if (!form) return;
  if (state.sending) {
    // Which button it was counts: a preview asked for meanwhile is still wanted afterwards.
    state.again = { submitter: submitter ?? state.again?.submitter };
    return;
  }
  state.sending = true;
  state.failed = false;
  state.typed.clear();
  say(form, "sending");
  form.setAttribute("aria-busy", "true");
  const key = form.dataset.kept;
  try {
    let page, answer;
    do {
      const photo = state.pending[0];
      const isLast = state.pending.length < 2;
      answer = await request(form, isLast ? submitter : null, photo);
      if (answer.redirected && new URL(answer.url).pathname.endsWith("/account/login/")) {
        location.assign(answer.url);
        return;
      }
      if (photo) {
        await dropPhoto(photo.id);
        state.pending.shift();
        showPending(form);
      }
      if (isLast && answer.redirected && submitter?.value === "preview") {
        forgetText(key);
        location.assign(answer.url);
        return;
      }
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector("form[data-goods-form]");
      if (next && state.pending.length) {
        // The draft is there now: what follows goes to it, on its latest version.
        form.action = next.action;
        for (const name of ["version", "key"]) {
          const field = next.elements[name];
          form.elements[name]?.remove();
          if (field) form.prepend(field.cloneNode());
        }
      }
    } while (state.pending.length);
    if (answer.ok) forgetText(key);
    swap(form, page, answer.ok);
  } catch {
    state.failed = true;
    keepText(form);
    say(form, "offline", { kind: "warn", action: "retry", then: () => send(submitter) });
  } finally {
    state.sending = false;
    find()?.removeAttribute("aria-busy");
    if (state.again) {
      const { submitter: next } = state.again;
      state.again = null;
      send(next);
    }
  }
};

const choose = async (event) => {
  const input = event.target.closest("[data-photo-input]");
  const form = find();
  if (!input || !form) return;
  const files = [...input.files];
  input.value = "";
  const there = form.querySelectorAll("[data-testid=photo]").length + state.pending.length;
  if (there + files.length > Number(form.dataset.most)) {
    say(form, "toomany", { kind: "bad" });
    return;
  }
  for (const file of files) {
    const photo = await keepPhoto(form.dataset.kept, await shrink(file), file.name || "photo.jpg");
    state.pending.push(photo);
    showPending(form);
  }
  if (files.length) send();
};

const start = (form) => {
  startSpecs(form);
  showPending(form);
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    if (state.sending) state.typed.add(event.target.name);
    keepText(form);
    say(form, "phone");
  });
  form.addEventListener("change", choose);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.value === "row") addRow(form);
    else send(event.submitter);
  });
};

const resume = async (form) => {
  const kept = keptText(form);
  if (kept && kept.version === form.dataset.version) {
    putBack(form, kept.values);
    say(form, "found", { kind: "good" });
  } else if (kept) {
    const back = () => {
      putBack(form, kept.values);
      say(form, "phone");
    };
    say(form, "found", { action: "use", then: back });
  }
  state.pending = await keptPhotos(form.dataset.kept);
  showPending(form);
  if (state.pending.length) say(form, "offline", { kind: "warn", action: "retry", then: () => send() });
};

const first = find();
if (first) {
  start(first);
  resume(first);
  addEventListener("online", () => (state.failed || state.pending.length) && send());
}
