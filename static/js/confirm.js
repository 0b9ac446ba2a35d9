// data-confirm="question" on a form or its button: asked in our own dialog before what can't be undone.
let asked = null;

export const startConfirming = () => {
  const dialog = document.getElementById("confirm");
  if (!dialog) return;
  dialog.querySelector("[data-yes]").addEventListener("click", () => {
    const { form, submitter } = asked;
    dialog.close();
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter ?? undefined);
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
