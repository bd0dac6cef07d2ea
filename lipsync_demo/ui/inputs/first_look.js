// Marks the sample whose files the inputs hold.
window.lipsyncMark = (name) => {
  for (const button of element.querySelectorAll("[data-sample]"))
    button.setAttribute("aria-pressed", button.dataset.sample === name);
};

// A click on a sample lays its files in, and its recording begins to play where it is in sight.
element.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-sample]");
  if (!pressed) return;
  trigger("select", { sample: pressed.dataset.sample });
  const stage = document.querySelector("#stage");
  const before = stage.querySelector("video")?.src;
  const shown = new MutationObserver(() => {
    const video = stage.querySelector("video");
    if (!video || video.src === before) return;
    shown.disconnect();
    stage.scrollIntoView({ block: "nearest" });
    video.play().catch(() => {});
  });
  shown.observe(stage, { childList: true, subtree: true, attributes: true });
});
