// <button data-sheet="id"> opens <dialog id class="sheet">; [data-close] or the backdrop closes it.
export const openSheet = (sheet, opener) => {
  if (!sheet || sheet.open) return;
  sheet.dispatchEvent(new CustomEvent("sheet:open", { detail: { opener } }));
  sheet.showModal();
};

export const startSheets = () => {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-sheet]");
    if (opener) {
      const sheet = document.getElementById(opener.dataset.sheet);
      if (sheet) {
        event.preventDefault();
        openSheet(sheet, opener);
      }
      return;
    }
    const sheet = event.target.closest("dialog.sheet");
    if (!sheet) return;
    if (event.target.closest("[data-close]") || event.target === sheet) sheet.close();
  });
};
