// "Present" and "Share", the buttons under the player.
(() => {
  let pressed = null;

  const open = (button) => {
    const written = document.querySelector("#programme [data-programme]");
    const shown = written && JSON.parse(written.dataset.programme);
    const at = shown ? shown.acts.findIndex(({ run }) => run === button.dataset.present) : -1;
    if (at < 0) return false;
    const presenter = document.createElement("lipsync-presenter");
    presenter.addEventListener("close", () => {
      presenter.remove();
      document.querySelector("[data-present]")?.focus();
    });
    document.body.append(presenter);
    presenter.present(shown, at);
    return true;
  };

  // What is presented is gathered after the result is shown.
  new MutationObserver(() => {
    if (pressed?.isConnected && open(pressed)) pressed = null;
  }).observe(document, { childList: true, subtree: true });

  const share = () => {
    const panel = document.querySelector("#share-run");
    const title = panel?.querySelector("button.label-wrap");
    if (!title) return;
    if (!title.classList.contains("open")) title.click();
    title.focus();
    panel.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-present]");
    if (button) pressed = open(button) ? null : button;
    if (target.closest?.("[data-share]")) share();
  });
})();
