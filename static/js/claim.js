// Asking for money back: the amount and what is said of it follow the pieces, until an amount of one's own is typed.
const yuan = (fen) => (fen / 100).toFixed(2);
const shown = (fen) => `¥${yuan(fen).replace(/\B(?=(\d{3})+\.)/g, ",")}`;

export const startClaim = () => {
  const form = document.querySelector("form[data-claim]");
  const most = form?.querySelector("[data-claim-most]");
  const kept = document.getElementById("claim-mosts");
  if (!most || !kept) return;
  const mosts = JSON.parse(kept.textContent); // 分 for 1, 2, … pieces, as the server counts them
  const { quantity, amount } = form.elements;
  let before = mosts[Number(quantity.value) - 1];
  const follow = () => {
    const now = mosts[Number(quantity.value) - 1];
    if (now === undefined) return;
    if (before !== undefined && amount.value.trim() === yuan(before)) amount.value = yuan(now);
    most.textContent = shown(now);
    before = now;
  };
  quantity.addEventListener("input", follow);
  follow(); // what was typed before the page was lost is in the fields already
};
