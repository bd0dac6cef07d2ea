// “Recorded results only” is one switch for all pages of a browser. A page asks the server how it
// stands when another one may have switched it, or when something was refused for it.
(() => {
  const KEPT = "lipsync-demo-recorded-only";
  const stored = () => {
    try {
      return localStorage.getItem(KEPT);
    } catch {
      return null;
    }
  };
  const ask = () => document.querySelector("#recorded-ask")?.click();

  let left = stored();
  addEventListener("storage", ({ key }) => {
    if (key === KEPT && !document.hidden) ask();
  });
  // A page that is not seen may be asleep, and hears of nothing.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left = stored();
    else if (left !== stored()) ask();
  });

  const SILENT = "[data-silent]";
  const refused = (node) =>
    node instanceof Element && (node.matches(SILENT) || node.querySelector(SILENT));
  const begin = () =>
    new MutationObserver((changes) => {
      if (document.querySelector("#recorded-banner b")) return;
      if (changes.some(({ addedNodes }) => [...addedNodes].some(refused))) ask();
    }).observe(document.body, { childList: true, subtree: true });
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
