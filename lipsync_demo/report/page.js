/* Videos that the page carries become addresses of its own before the players look for them. */
const addresses = {};
for (const file of document.querySelectorAll("script[data-file]")) {
  const bytes = Uint8Array.from(atob(file.textContent), (character) => character.charCodeAt(0));
  const blob = new Blob([bytes], { type: "video/mp4" });
  addresses[`embedded:${file.dataset.file}`] = URL.createObjectURL(blob);
  file.remove();
}
const found = (text) => text.replace(/embedded:\d+/g, (name) => addresses[name] ?? "");
for (const video of document.querySelectorAll("video[data-src]")) video.src = found(video.dataset.src);
for (const pair of document.querySelectorAll("[data-pair]")) pair.dataset.pair = found(pair.dataset.pair);

document.addEventListener("click", (event) => {
  const gated = event.target.closest("[data-reveal]")?.closest(".player");
  if (!gated) return;
  gated.classList.remove("gated");
  gated.querySelector("video").inert = false;
});
