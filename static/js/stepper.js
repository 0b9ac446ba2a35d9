// Minus and plus around a number field. Respects min, max and step; says so by "change".
const refresh = (stepper) => {
  const input = stepper.querySelector("input");
  const value = Number(input.value);
  const [less, more] = stepper.querySelectorAll("button");
  less.disabled = input.disabled || value <= Number(input.min || 1);
  more.disabled = input.disabled || (input.max !== "" && value >= Number(input.max));
};

export const startSteppers = () => {
  document.querySelectorAll(".stepper").forEach(refresh);
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".stepper button[data-step]");
    if (!button) return;
    const stepper = button.closest(".stepper");
    const input = stepper.querySelector("input");
    const low = Number(input.min || 1);
    const high = input.max === "" ? Infinity : Number(input.max);
    const next = (Number(input.value) || low) + Number(button.dataset.step);
    input.value = Math.min(high, Math.max(low, next));
    refresh(stepper);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    const stepper = event.target.closest?.(".stepper");
    if (stepper) refresh(stepper);
  });
};

export const refreshSteppers = (root) => root.querySelectorAll(".stepper").forEach(refresh);
