// From the main button to what the doctor has found, which is below it.
(() => {
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-looks]")) return;
    const panel = document.querySelector("#doctor details");
    if (!panel) return;
    panel.open = true;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    panel.querySelector("summary").focus({ preventScroll: true });
    panel.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
  });
})();
