// 上货 on a weak network. Photos are made smaller and kept on the phone until the server has them; what is typed is kept
// as it is typed; one request for each photo, so that little is lost when the network goes. The page works without this.
import { offerLeftovers } from "./listing/leftovers.js";
import { keepPhoto, keptPhotos, dropPhoto, refusePhoto } from "./listing/photos.js";
import { keepText, forgetText, keptText, putBack, values } from "./listing/texts.js";
import { shrink } from "./listing/shrink.js";
import { startSpecs, addRow } from "./listing/specs.js";

const find = () => document.querySelector("form[data-goods-form]");
const state = { sending: false, again: null, failed: false, pending: [], typed: new Set() };

const waiting = () => state.pending.filter((photo) => !photo.reason);

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

const press = (textContent, testid, then) => {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent });
  button.dataset.testid = testid;
  button.addEventListener("click", then);
  return button;
};

const forRefused = (photo, words) => [
  press(words.retry, "kept-photo-retry", async () => {
    await refusePhoto(photo, "");
    send();
  }),
  press(words.remove, "kept-photo-remove", async () => {
    await dropPhoto(photo.id);
    state.pending = state.pending.filter((each) => each !== photo);
    showPending(find());
  }),
];

const showPending = (form) => {
  const box = form.querySelector("[data-kept-photos]");
  const words = form.querySelector("[data-saved]").dataset;
  box.hidden = !state.pending.length;
  box.replaceChildren(
    ...state.pending.map((photo) => {
      const figure = document.createElement("figure");
      photo.url ??= URL.createObjectURL(photo.blob);
      const picture = Object.assign(new Image(96, 96), { src: photo.url, alt: "" });
      const caption = document.createElement("figcaption");
      caption.textContent = photo.reason || words.waiting;
      figure.append(picture, caption);
      figure.dataset.testid = "kept-photo";
      figure.classList.toggle("is-refused", Boolean(photo.reason));
      if (photo.reason) figure.append(...forRefused(photo, words));
      return figure;
    }),
  );
};

const swap = (form, page, sent) => {
  const now = new Map(values(form));
  const typed = [...state.typed].map((name) => [name, now.get(name) ?? ""]);
  document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
  const next = find();
  history.replaceState(null, "", next.action);
  putBack(next, typed);
  start(next);
  // What was saved, and when, is the server's word on the new page.
  const line = next.querySelector("[data-saved]");
  if (sent) line.dataset.state = "sent";
  if (sent) line.classList.add("good");
  else next.querySelector("[data-testid=conflicts], .field-error, .notice-error")?.scrollIntoView({ block: "center" });
};

// Tell whether the server has the photo; where it refused it, keep it with what it said.
const settlePhoto = async (photo, answer, next) => {
  if (answer.ok || next?.dataset.photosTaken !== undefined) {
    await dropPhoto(photo.id);
    state.pending = state.pending.filter((each) => each !== photo);
  } else if (next) {
    const reason = next.querySelector("[data-photos-error]") ?? next.ownerDocument.querySelector("[data-testid=refusal]");
    await refusePhoto(photo, reason?.textContent.trim() || next.querySelector("[data-saved]").dataset.nottaken);
  }
  showPending(find());
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
    let page, answer, next;
    do {
      const [photo] = waiting();
      const isLast = waiting().length < 2;
      answer = await request(form, isLast ? submitter : null, photo);
      if (answer.redirected && new URL(answer.url).pathname.endsWith("/account/login/")) {
        keepText(form);
        location.assign(answer.url);
        return;
      }
      const isElsewhere = isLast && answer.redirected && submitter?.value === "preview";
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
      next = page.querySelector("form[data-goods-form]");
      if (!next && !(answer.ok && isElsewhere)) {
        // A page that is none of ours (too large, not allowed, too often): all stays here, to be sent again.
        keepText(form);
        say(form, "nottaken", { kind: "bad", action: "retry", then: () => send(submitter) });
        return;
      }
      if (photo) await settlePhoto(photo, answer, next);
      if (isElsewhere && !state.pending.length) {
        forgetText(key);
        location.assign(answer.url);
        return;
      }
      if (isElsewhere) {
        // A refused photo stays in sight: the draft is shown, not its preview.
        const draft = new URL(answer.url).pathname.replace(/preview\/$/, "");
        answer = await fetch(draft, { credentials: "same-origin" });
        page = new DOMParser().parseFromString(await answer.text(), "text/html");
        next = page.querySelector("form[data-goods-form]");
      }
      if (waiting().length) {
        // The draft is there now: what follows goes to it, on the version that was read.
        form.action = next.action;
        for (const name of ["version", "key"]) {
          const field = next.elements[name];
          form.elements[name]?.remove();
          if (field) form.prepend(field.cloneNode());
        }
      }
    } while (waiting().length);
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

const isNew = (form) => Boolean(form.elements.key);

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
    const photo = await keepPhoto(form.dataset.kept, isNew(form), await shrink(file), file.name || "photo.jpg");
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

// Text of another version goes back as of that version: what was saved since is then shown beside it, not lost.
const restore = (form, kept) => {
  putBack(form, kept.values);
  form.dataset.version = kept.version;
  if (form.elements.version) form.elements.version.value = kept.version;
};

const resume = async (form) => {
  const kept = keptText(form);
  if (kept && kept.version === form.dataset.version) {
    putBack(form, kept.values);
    say(form, "found", { kind: "good" });
  } else if (kept) {
    const back = () => {
      restore(form, kept);
      say(form, "phone");
    };
    say(form, "found", { action: "use", then: back });
  }
  state.pending = await keptPhotos(form.dataset.kept);
  showPending(form);
  if (waiting().length) say(form, "offline", { kind: "warn", action: "retry", then: () => send() });
};

const first = find();
if (first) {
  start(first);
  resume(first);
  offerLeftovers(first);
  addEventListener("online", () => (state.failed || waiting().length) && send());
}
