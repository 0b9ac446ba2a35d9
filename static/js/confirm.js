// data-confirm="question" on a form or its button: asked in our own dialog before what can't be undone.
const LINGER_MS = 600;
let asked = null;

export const startConfirming = () => {
  const dialog = document.getElementById("confirm");
  if (!dialog) return;
  dialog.querySelector("[data-yes]").addEventListener("click", () => {
    if (!asked) return;
    const { form, submitter } = asked;
    asked = null;
    if (!form.isConnected) {
      // What was asked about is not on the page any more.
      dialog.close();
      document.dispatchEvent(new CustomEvent("confirm:gone"));
      return;
    }
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter ?? undefined);
    // Stays a moment: the second tap of a double tap would hit what lies below, and lead away before the form is sent.
    setTimeout(() => dialog.close(), LINGER_MS);
  });
  document.addEventListener(
    "submit",
    (event) => {
      const { target: form, submitter } = event;
      const question = submitter?.dataset.confirm ?? form.dataset.confirm;
      if (!question) return;
      if (form.dataset.confirmed) {
        delete form.dataset.confirmed;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      asked = { form, submitter };
      dialog.querySelector("[data-question]").textContent = question;
      dialog.querySelector("[data-yes]").textContent =
        submitter?.dataset.confirmYes ?? submitter?.textContent.trim() ?? "OK";
      dialog.showModal();
    },
    true,
  );
};
