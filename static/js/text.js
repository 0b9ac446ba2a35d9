// 适老化: [data-text-switch] toggles large text, remembered in the cookie hq_text.
import { cookie, setCookie } from "./cookies.js";

const show = (large) => {
  if (large) document.documentElement.dataset.text = "large";
  else delete document.documentElement.dataset.text;
  for (const button of document.querySelectorAll("[data-text-switch]")) button.setAttribute("aria-pressed", large);
};

export const startText = () => {
  show(cookie("hq_text") === "large");
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-text-switch]")) return;
    const large = document.documentElement.dataset.text !== "large";
    setCookie("hq_text", large ? "large" : "normal");
    show(large);
  });
};
