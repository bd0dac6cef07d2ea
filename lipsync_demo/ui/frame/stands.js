// Gradio puts its widgets into the page one after the other, and the first answers fill them. All
// of it is shown at once: when the studio's stage, or another view, has its content.
(() => {
  const LATEST_MS = 60_000;
  const root = document.documentElement;
  const filled =
    "#stage section, .tabitem:not(#view-studio, #view-studio .tabitem) .block, .toast-body, " +
    "gradio-app .error";
  const look = () => {
    if (!document.querySelector(filled)) return;
    // Once more after the frame in which the rest of that answer is put in.
    requestAnimationFrame(() => setTimeout(show));
    observer.disconnect();
  };
  const observer = new MutationObserver(look);
  const show = () => {
    root.classList.add("stands");
    root.classList.remove("dark");
    document.querySelector("#first")?.remove();
    observer.disconnect();
  };
  observer.observe(root, { childList: true, subtree: true });
  setTimeout(show, LATEST_MS);
})();
