/* How long a person waited: from the click that starts a run to its first picture that can be played.
   It runs when the stage is there; Gradio gives it `element` and `trigger`.

   Nothing is told of a run that was not started on this page, that was stopped, resumed or left for
   another tab meanwhile, or whose output is covered. */
let begun = null;
const shown = () => new URLSearchParams(location.search).get("run");

document.addEventListener(
  "click",
  ({ target }) => {
    if (target.closest?.("#go")) begun = { at: performance.now(), before: shown() };
    else if (target.closest?.("#stop, #resume, #again, #meanwhile")) begun = null;
  },
  true,
);
document.addEventListener("visibilitychange", () => document.hidden && (begun = null));
element.addEventListener(
  "loadeddata",
  ({ target }) => {
    const run = shown();
    const place = target.closest("[data-result]");
    if (!begun || !run || run === begun.before || place?.dataset.result !== run) return;
    const seconds = (performance.now() - begun.at) / 1000;
    begun = null;
    if (!target.closest(".gated")) trigger("select", { run, seconds });
  },
  true,
);
