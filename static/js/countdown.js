// <time data-countdown="2026-11-23T22:30:00+08:00">: minutes and seconds left, every second; "countdown:end" at zero.
// data-left="{clock} left" is the sentence around them. The text from the server says until when, for who has no script.
const pad = (n) => String(n).padStart(2, "0");

const words = (seconds) => {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const rest = `${pad(Math.floor((seconds % 3600) / 60))}:${pad(seconds % 60)}`;
  const clock = days || hours ? `${pad(hours)}:${rest}` : rest;
  const day = document.documentElement.lang.startsWith("zh") ? " 天 " : " d ";
  return days ? `${days}${day}${clock}` : clock;
};

const running = new Set();

const tick = () => {
  for (const element of running) {
    if (!element.isConnected) {
      running.delete(element);
      continue;
    }
    const left = Math.max(0, Math.ceil((Date.parse(element.dataset.countdown) - Date.now()) / 1000));
    const clock = words(left);
    element.textContent = element.dataset.left?.replace("{clock}", clock) ?? clock;
    if (left === 0 && !element.dataset.ended) {
      element.dataset.ended = "yes";
      element.dispatchEvent(new CustomEvent("countdown:end", { bubbles: true }));
      if (element.hasAttribute("data-reload")) setTimeout(() => location.reload(), 1500);
    }
  }
};

let clock = 0;

// Elements that came with a part of the page begin to count as well.
export const startCountdownsIn = (root) => {
  for (const element of root.querySelectorAll("[data-countdown]")) running.add(element);
  if (!running.size) return;
  tick();
  clock ||= setInterval(tick, 1000);
};

export const startCountdowns = () => startCountdownsIn(document);
