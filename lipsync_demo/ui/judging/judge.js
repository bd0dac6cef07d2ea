/* The panel below a result: presses and the keys P and F go to the server, with the moment the
   player stands at; the focus stays where it was when the panel is drawn anew. */
window.lipsyncJudge = (element, trigger) => {
  const player = () => document.querySelector("#stage video");
  let held = "";

  const send = (button) => {
    held = button.dataset.key;
    const act = button.dataset.judge;
    const field = element.querySelector("[data-note]");
    if (act === "pin" && !field.value.trim()) return field.focus();
    trigger("select", {
      act,
      opened: Boolean(element.querySelector("details")?.open),
      seconds: player()?.currentTime ?? 0,
      note: act === "pin" ? field.value : "",
    });
    if (act === "pin") field.value = "";
  };

  element.addEventListener("click", (event) => {
    const seek = event.target.closest("[data-seek]");
    if (seek && player()) {
      player().pause();
      // The middle of a frame at any usual rate: its own time may show the frame before it.
      player().currentTime = Number(seek.dataset.seek) + 0.008;
    }
    const button = event.target.closest("[data-judge]");
    if (button) send(button);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-note]")) send(element.querySelector("[data-judge=pin]"));
  });
  // What is pinned is the frame at which one began to write.
  element.addEventListener("focusin", (event) => event.target.matches("[data-note]") && player()?.pause());

  new MutationObserver(() => {
    if (!held) return;
    element.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
    held = "";
  }).observe(element, { childList: true, subtree: true });

  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable=true], .cm-editor");
  document.addEventListener("keydown", (event) => {
    const verdict = { p: "pass", f: "fail" }[event.key.toLowerCase()];
    if (!verdict || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const target = event.composedPath()[0];
    if (typing(target) || document.querySelector("dialog[open]")) return;
    const button = element.querySelector(`[data-key=${verdict}]`);
    if (!button?.checkVisibility()) return;
    event.preventDefault();
    send(button);
    held = "";
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
