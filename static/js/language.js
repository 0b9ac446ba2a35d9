// The language once chosen is remembered (hq_lang): who opens an address without language later lands in it.
import { cookie, setCookie } from "./cookies.js";

const CODES = { en: "en", "zh-Hans": "zh-hans" };

export const startLanguage = () => {
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[data-testid="language"]');
    const code = link && CODES[link.hreflang];
    if (code) setCookie("hq_lang", code);
  });
  const from = document.referrer && new URL(document.referrer).origin === location.origin;
  if (from || cookie("hq_lang") !== "en" || /^\/en(\/|$)/.test(location.pathname)) return;
  const english = document.querySelector('link[rel="alternate"][hreflang="en"]');
  if (english) location.replace(`${new URL(english.href).pathname}${location.search}${location.hash}`);
};
