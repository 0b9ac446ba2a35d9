// data-unsaved="what to do first" on a form: while something typed in it isn't saved, no other form of the page is sent
// over it. Of two such forms the other may be sent at the second try.
import { toast } from "./toast.js";

const dirty = new Set();

export const startUnsaved = () => {
  document.addEventListener("input", ({ target }) => {
    const form = target.closest?.("form[data-unsaved]");
    if (form) dirty.add(form);
  });
  document.addEventListener(
    "submit",
    (event) => {
      const { target: form } = event;
      dirty.delete(form);
      const [first] = dirty;
      if (!first || form.method === "dialog" || form.dataset.confirm) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      toast(first.dataset.unsaved, { kind: "error" });
      first.querySelector("button:not([type=button])")?.focus();
      if (form.dataset.unsaved) dirty.clear();
    },
    true,
  );
};
