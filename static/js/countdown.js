// <time data-countdown="2026-11-23T22:30:00+08:00">: minutes and seconds left, every second; "countdown:end" at zero.
const pad = (n) => String(n).padStart(2, "0");

const words = (seconds) => {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const rest = `${pad(Math.floor((seconds % 3600) / 60))}:${pad(seconds % 60)}`;
  const clock = days || hours ? `${pad(hours)}:${rest}` : rest;
  const day = document.documentElement.lang.startsWith("zh") ? " 天 " : " d ";
  return days ? `${days}${day}${clock}` : clock;
};

export const startCountdowns = () => {
  const all = [...document.querySelectorAll("[data-countdown]")];
  if (!all.length) return;
  const tick = () => {
    for (const element of all) {
      const left = Math.max(0, Math.ceil((Date.parse(element.dataset.countdown) - Date.now()) / 1000));
      element.textContent = words(left);
      if (left === 0 && !element.dataset.ended) {
        element.dataset.ended = "yes";
        element.dispatchEvent(new CustomEvent("countdown:end", { bubbles: true }));
        if (element.hasAttribute("data-reload")) setTimeout(() => location.reload(), 1500);
      }
    }
  };
  tick();
  setInterval(tick, 1000);
};
