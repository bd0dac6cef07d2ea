/* The panel below a result. A press, or P and F, is marked at once and told to the server with the
   moment the player stands at. Presses are told in turn: what is pressed while an answer is on its
   way is told after it. Each answer changes the panel around what is being written. */
window.lipsyncJudge = (element, trigger) => {
  // An answer that does not arrive is waited for no longer; the next press tells all again.
  const LOST_MS = 15_000;
  const player = () => document.querySelector("#stage video");
  const field = () => element.querySelector("[data-note]");
  const keyed = (key) => element.querySelector(`[data-key="${CSS.escape(key)}"]`);
  let of;
  let acts = [];
  let told = { count: 0, number: 0, at: 0 };
  let opened = false;
  let focused = "";

  const tell = () => {
    if (!acts.length || (told.count && Date.now() - told.at < LOST_MS)) return;
    told = { count: acts.length, number: told.number + 1, at: Date.now() };
    trigger("select", { of, number: told.number, acts });
  };

  const mark = ({ key, on }) => {
    const button = keyed(key);
    if (!button?.hasAttribute("aria-pressed")) return;
    for (const one of button.parentElement.querySelectorAll("[aria-pressed]")) one.ariaPressed = String(on && one === button);
  };

  const press = (button) => {
    const pins = button.dataset.judge === "pin";
    if (pins && !field().value.trim()) return field().focus();
    const act = {
      act: button.dataset.judge,
      key: button.dataset.key,
      on: button.ariaPressed !== "true",
      seconds: player()?.currentTime ?? 0,
      note: pins ? field().value : "",
    };
    if (pins) field().value = "";
    mark(act);
    acts = [...acts, act];
    tell();
  };

  const drawn = () => {
    const panel = element.querySelector(".judge");
    if (panel?.dataset.of !== of) {
      // What was said of the run before is still told, but leads nowhere any more.
      acts = acts.slice(told.count).filter(({ act }) => !act.startsWith("open"));
      told.count = 0;
      tell();
      acts = [];
      told.count = 0;
      of = panel?.dataset.of;
      if (panel) field().value = "";
    } else if (told.count && Number(panel.dataset.answer) === told.number) {
      acts = acts.slice(told.count);
      told.count = 0;
    }
    if (!panel) return;
    panel.querySelector("details").open = opened;
    acts.forEach(mark);
    if (focused && (document.activeElement === document.body || document.activeElement.disabled)) {
      const aims = { newer: ["older"], older: ["newer"] }[focused] ?? ["note"];
      [focused, ...aims].map(keyed).find((one) => one && !one.disabled)?.focus({ preventScroll: true });
    }
    tell();
  };
  new MutationObserver(drawn).observe(element, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-of", "data-answer"],
  });
  drawn();

  element.addEventListener("click", (event) => {
    const seek = event.target.closest("[data-seek]");
    if (seek && player()) {
      player().pause();
      // The middle of a frame at any usual rate: its own time may show the frame before it.
      player().currentTime = Number(seek.dataset.seek) + 0.008;
    }
    const button = event.target.closest("[data-judge]");
    if (button) press(button);
  });
  element.addEventListener("toggle", (event) => (opened = event.target.open), true);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && event.target.matches("[data-note]")) press(keyed("pin"));
  });
  // What is pinned is the frame at which one began to write.
  element.addEventListener("focusin", (event) => event.target.matches("[data-note]") && player()?.pause());

  // The focus stays in the panel when what has it goes, unless somebody left it.
  const left = (event) => {
    const inside = element.contains(event.target);
    focused = (inside && event.target.closest("[data-key]")?.dataset.key) || "";
  };
  document.addEventListener("focusin", left);
  document.addEventListener("pointerdown", left);

  document.addEventListener("keydown", (event) => {
    const verdict = window.lipsyncKey(event);
    if (!["pass", "fail"].includes(verdict) || event.repeat) return;
    const button = keyed(verdict);
    if (!button?.checkVisibility() || document.querySelector("dialog[open], lipsync-presenter")) return;
    event.preventDefault();
    press(button);
  });
};

/* The list of runs explains its headings on hover, too. */
document.addEventListener("mouseover", (event) => {
  const label = event.target.closest?.("#run-good label, #run-bad label");
  if (!label || label.title) return;
  const name = label.textContent.trim();
  const means = [...document.querySelectorAll("#run-headings dt")].find((term) => term.textContent.trim() === name);
  label.title = means?.nextElementSibling.textContent ?? "";
});
