// A tour of four steps: by itself once in a browser, and never over what a link shows.
(() => {
  const SEEN = "lipsync-demo-tour";
  const LINKED = ["run", "compare", "batch", "view"];
  const asked = new URLSearchParams(location.search);
  const linked = LINKED.some((name) => asked.has(name));
  const seen = () => {
    try {
      return localStorage.getItem(SEEN) !== null;
    } catch {
      return true;
    }
  };
  let card = null;
  let marked = null;
  let back = null;

  const make = (name, attributes, ...children) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.append(...children);
    return element;
  };

  const end = () => {
    if (!card) return;
    const focused = card.contains(document.activeElement);
    card.remove();
    card = null;
    marked?.classList.remove("toured");
    if (!focused) return;
    const tab = document.querySelector("#views [role=tab][aria-selected=true]");
    (back?.isConnected ? back : tab)?.focus({ preventScroll: true });
  };

  const place = () => {
    const { top, bottom, left, right } = marked.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = card;
    const gap = 12;
    // Below it, above it, or over its lower edge: always inside the window.
    const below = bottom + gap;
    const above = top - gap - height;
    const wanted = below + height < innerHeight ? below : above > 0 ? above : innerHeight - height - 96;
    card.style.top = `${Math.max(gap, wanted)}px`;
    card.style.left = `${Math.min(Math.max(gap, (left + right - width) / 2), innerWidth - width - gap)}px`;
  };

  const start = (from) => {
    const written = document.querySelector("dialog.help")?.dataset.tour;
    if (card || !written) return;
    try {
      localStorage.setItem(SEEN, "seen");
    } catch {}
    const { steps, texts } = JSON.parse(written);
    let at = 0;
    back = from;
    const title = make("h2", { id: "tour-title" });
    const said = make("p", { id: "tour-text" });
    const next = make("button", { type: "button", className: "button", onclick: () => (at + 1 < steps.length ? show(at + 1) : end()) });
    const skip = make("button", { type: "button", className: "button", textContent: texts.skip, onclick: end });
    card = make("section", { className: "tour", tabIndex: -1 }, make("div", {}, title, said), next, skip);
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-labelledby", title.id);
    card.setAttribute("aria-describedby", said.id);
    card.firstChild.setAttribute("aria-live", "polite");
    const show = (number) => {
      at = number;
      marked?.classList.remove("toured");
      marked = document.querySelector(steps[at].place);
      marked.classList.add("toured");
      title.textContent = texts.step.replace("{number}", at + 1).replace("{count}", steps.length);
      said.textContent = steps[at].text;
      next.textContent = at + 1 < steps.length ? texts.next : texts.done;
      skip.hidden = at + 1 === steps.length;
      if (at || from) marked.scrollIntoView({ block: "nearest" });
      place();
    };
    // First in the page, so that it is the first thing Tab reaches.
    document.body.prepend(card);
    show(0);
    if (from) card.focus();
  };

  document.addEventListener("click", ({ target }) => {
    if (!target.closest?.("[data-tour-start]")) return;
    document.querySelector("dialog.help").close();
    document.querySelector("#view-studio-button")?.click();
    requestAnimationFrame(() => start(document.querySelector("[data-help]")));
  });
  document.addEventListener("keydown", (event) => {
    if (card && event.key === "Escape" && !document.querySelector("dialog[open]")) end();
  });
  for (const moved of ["resize", "scroll"]) addEventListener(moved, () => card && place(), { passive: true });

  if (linked || seen()) return;
  const observer = new MutationObserver(() => {
    const stands = document.documentElement.classList.contains("stands");
    if (!stands || !document.querySelector("#stage section")?.checkVisibility()) return;
    observer.disconnect();
    start(null);
  });
  observer.observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
})();
