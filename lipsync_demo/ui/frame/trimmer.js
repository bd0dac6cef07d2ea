// Gradio's widget fetches a trimmer of 31 MB with every video it shows; "Cut to a part" is this
// page's, and cuts on the server.
(() => {
  const fetchNow = window.fetch;
  window.fetch = (...asked) =>
    String(asked[0]?.url ?? asked[0]).includes("/static/ffmpeg/")
      ? new Promise(() => {})
      : fetchNow(...asked);
})();
