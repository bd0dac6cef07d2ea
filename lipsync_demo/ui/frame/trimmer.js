// With every video it shows, Gradio's widget fetches a trimmer of 31 MB. Here the fetch of the
// video that is shown begins when somebody opens the trimmer; a press on "Trim" waits for it.
(() => {
  const CORE = "/static/ffmpeg/ffmpeg-core.js";
  const OPEN = "[aria-label='Trim video to selection']";
  const TRIM = ".edit-buttons button:first-child";
  const fetchNow = window.fetch;
  let begin = null;
  let loaded = true;
  let pressed = null;

  window.fetch = (...asked) => {
    if (!String(asked[0]).endsWith(CORE)) return fetchNow(...asked);
    // Of several videos shown one after the other only the last can be trimmed.
    return new Promise((resolve) => {
      begin = () => resolve(fetchNow(...asked));
    });
  };

  // The widget tells nobody that its trimmer is loaded; the trimmer's worker does.
  window.Worker = class extends window.Worker {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (data?.type === "LOAD") setTimeout(done);
      });
    }
  };
  const done = () => {
    loaded = true;
    if (pressed) pressed.disabled = false;
    pressed?.click();
    pressed = null;
  };

  document.addEventListener(
    "click",
    (event) => {
      if (begin && event.target.closest(OPEN)) {
        loaded = false;
        begin();
        begin = null;
      }
      const trim = event.target.closest(TRIM);
      if (trim && !loaded) {
        event.stopImmediatePropagation();
        pressed = trim;
        trim.disabled = true;
      }
    },
    true,
  );
})();
