// The help with the page's keys. Keys of one sign work where nothing is typed, unless switched off.
(() => {
  const KEPT = "lipsync-demo-single-keys";
  const help = () => document.querySelector("dialog.help");
  const kept = (value) => {
    try {
      if (value !== undefined) localStorage.setItem(KEPT, value);
      return localStorage.getItem(KEPT);
    } catch {
      return null;
    }
  };
  const typed = (event) =>
    event.composedPath()[0].matches?.("input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable=true]");

  // The page's action of a key; empty where the key is typed text, or means nothing.
  window.lipsyncKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typed(event) || kept() === "off") return "";
    const keys = JSON.parse(help()?.dataset.keys ?? "{}");
    return Object.keys(keys).find((action) => keys[action].includes(event.key.toLowerCase())) ?? "";
  };

  const open = () => {
    const dialog = help();
    if (!dialog || document.querySelector("dialog[open], lipsync-presenter")) return;
    dialog.querySelector("[data-single]").checked = kept() !== "off";
    dialog.showModal();
    // The button that has the focus is at its foot.
    dialog.scrollTop = 0;
  };

  document.addEventListener("keydown", (event) => {
    if (window.lipsyncKey(event) !== "help") return;
    event.preventDefault();
    open();
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.("[data-help]")) open();
    // A press beside the dialog is one on its backdrop.
    if (target === help()) help().close();
  });
  document.addEventListener("change", ({ target }) => {
    if (target.matches?.("[data-single]")) kept(target.checked ? "on" : "off");
  });
})();
