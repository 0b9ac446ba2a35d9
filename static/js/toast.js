// One polite line at the bottom. toast("已加入购物车", {href, label}); a server message may start as [data-toast].
const host = () => document.getElementById("toasts");

export const toast = (words, { href, label, kind } = {}) => {
  const box = host();
  if (!box) return;
  const line = document.createElement("div");
  line.className = kind === "error" ? "toast toast-error" : "toast";
  line.append(Object.assign(document.createElement("span"), { textContent: words }));
  if (href) line.append(Object.assign(document.createElement("a"), { href, textContent: label }));
  box.replaceChildren(line);
  // The top layer, so that it shows above an open sheet.
  if (box.showPopover) {
    if (box.matches(":popover-open")) box.hidePopover();
    box.showPopover();
  }
  clearTimeout(box.timer);
  box.timer = setTimeout(() => {
    box.replaceChildren();
    if (box.hidePopover && box.matches(":popover-open")) box.hidePopover();
  }, 5000);
};

export const startToasts = () => {
  const first = document.querySelector("template[data-toast]");
  if (first) toast(first.dataset.toast);
};
