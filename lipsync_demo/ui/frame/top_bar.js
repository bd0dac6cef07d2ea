// The bar above the views: the place of the tabs in it, the key panel, and the switch.
(() => {
  // The tabs lie in the bar without being part of it; it leaves them as much room as they take.
  const sized = new ResizeObserver(([entry]) => {
    const width = Math.ceil(entry.target.getBoundingClientRect().width);
    if (width) document.documentElement.style.setProperty("--ls-tabs", `${width}px`);
  });
  let measured = null;

  const panel = () => document.querySelector("#key-panel");
  const opener = () => document.querySelector("#key-open");
  let open = false;
  const keyPanel = () => {
    const button = opener();
    const now = Boolean(panel()?.checkVisibility());
    if (button && button.getAttribute("aria-expanded") !== String(now))
      button.setAttribute("aria-expanded", now);
    const box = panel()?.querySelector("#key-box input");
    if (now && !open && box) box.focus();
    open = now && Boolean(box);
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !open || !panel().contains(document.activeElement)) return;
    opener().click();
    opener().focus();
  });

  // While nothing is sent, a button that would send something says so.
  const WOULD_SEND =
    "#compare-models, #resume, #again, #compare-resume, #batch-resume, #batch-start, " +
    "#batch-sample, #task-bring, #key-use, [data-retry]";
  const reason = () => {
    const said = document.querySelector("#recorded-banner b")?.textContent ?? "";
    for (const button of document.querySelectorAll(WOULD_SEND)) {
      if (button.matches("[data-retry]")) button.disabled = Boolean(said);
      if (button.title === said) continue;
      button.title = said;
      if (said) button.setAttribute("aria-description", said);
      else button.removeAttribute("aria-description");
    }
  };

  // Until the server has answered, nothing can be pressed that it would still send.
  const ANSWER_MS = 10_000;
  let asked = null;
  const settle = () => {
    const box = document.querySelector("#recorded-only input");
    const on = Boolean(document.querySelector("#recorded-banner b"));
    if (asked === null || (box && box.checked !== on && Date.now() - asked < ANSWER_MS)) return;
    asked = null;
    document.querySelector("#views")?.removeAttribute("inert");
  };
  document.addEventListener("change", ({ target }) => {
    if (!target.matches?.("#recorded-only input")) return;
    asked = Date.now();
    document.querySelector("#views").setAttribute("inert", "");
    setTimeout(settle, ANSWER_MS);
  });

  let planned = false;
  const look = () => {
    planned = false;
    const tabs = document.querySelector("#views > .tab-wrapper");
    if (tabs && tabs !== measured) {
      sized.disconnect();
      sized.observe((measured = tabs));
    }
    keyPanel();
    reason();
    settle();
  };
  const begin = () => {
    const soon = () => {
      if (!planned) requestAnimationFrame(look);
      planned = true;
    };
    new MutationObserver(soon).observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["class", "style", "hidden"],
    });
    look();
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
