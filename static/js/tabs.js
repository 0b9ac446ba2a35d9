// A row of tabs or chips that is wider than the page starts where the current one is seen whole.
export const startTabs = () => {
  for (const row of document.querySelectorAll(".tabs, .report-places")) {
    const current = row.querySelector("[aria-current]");
    if (!current) continue;
    for (let box = current.parentElement; box && row.contains(box); box = box.parentElement) {
      if (box.scrollWidth <= box.clientWidth) continue;
      const beyond = current.getBoundingClientRect().right - box.getBoundingClientRect().right;
      if (beyond > 0) box.scrollLeft += beyond + 16;
    }
  }
};
