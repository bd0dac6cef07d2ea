// Gradio parses a widget's HTML aside and shows a copy, and both would fetch a video. The markup
// asks for nothing, so that only the video on the page fetches its first picture.
(() => {
  const fetch = () => {
    for (const video of document.querySelectorAll("#stage video[preload=none]")) video.preload = "metadata";
  };
  new MutationObserver(fetch).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["preload"] });
})();
