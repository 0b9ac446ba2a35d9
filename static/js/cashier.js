// "Checking payment": asks until the provider has answered, then shows the page that says so.
const WAIT = 1500;

export const startCashier = () => {
  const box = document.querySelector("[data-pay-status]");
  if (!box) return;
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.payStatus, { credentials: "same-origin" });
      if (answer.ok && (await answer.json()).state !== "checking") {
        location.reload();
        return;
      }
    } catch {
      // Offline for a moment: ask again.
    }
    setTimeout(ask, WAIT);
  };
  setTimeout(ask, WAIT);
};
