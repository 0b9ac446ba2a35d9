// <button data-sheet="id"> opens <dialog id class="sheet">; [data-close] or the backdrop closes it.

// data-holds="id": the sheet shows an element that lives elsewhere on the page (facets), and gives it back.
const borrow = (sheet) => {
  const held = sheet.dataset.holds && document.getElementById(sheet.dataset.holds);
  if (!held || sheet.contains(held)) return;
  const place = document.createComment("held");
  held.before(place);
  sheet.querySelector(".sheet-body").append(held);
  sheet.addEventListener("close", () => place.replaceWith(held), { once: true });
};

export const openSheet = (sheet, opener) => {
  if (!sheet || sheet.open) return;
  sheet.dispatchEvent(new CustomEvent("sheet:open", { detail: { opener } }));
  borrow(sheet);
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
