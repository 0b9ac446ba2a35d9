// [data-share]: the phone's own share sheet, else the address is copied. [data-copy="text"] copies.
import { toast } from "./toast.js";

const copy = async (text) => {
  const words = document.getElementById("words").dataset;
  try {
    await navigator.clipboard.writeText(text);
    toast(words.copied);
  } catch {
    toast(text);
  }
};

export const startSharing = () => {
  document.addEventListener("click", async (event) => {
    const share = event.target.closest("[data-share]");
    if (share) {
      const address = new URL(share.dataset.share || location.href, location.href).href;
      if (navigator.share) await navigator.share({ title: document.title, url: address }).catch(() => {});
      else copy(address);
      return;
    }
    const button = event.target.closest("[data-copy]");
    if (button) copy(button.dataset.copy);
    const back = event.target.closest("[data-back]");
    if (back && history.length > 1 && document.referrer.startsWith(location.origin)) {
      event.preventDefault();
      history.back();
    }
  });
};
