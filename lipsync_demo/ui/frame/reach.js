// Few stops for the Tab key: a row of buttons is one, and arrow keys go along it.
(() => {
  const ROWS = [
    { place: "#views > .tab-wrapper .tab-container:not(.visually-hidden)", item: "[role=tab]", chosen: "[aria-selected=true]" },
    { place: "#first-look .samples", item: "button" },
    { place: "#video-in", item: "button, [role=button], [tabindex]" },
    { place: "#audio-in", item: "button, [role=button], [tabindex]" },
  ];
  const NOT_ITS_OWN = "input, textarea, select, video, audio, .tabitem";

  const items = ({ place, item }) => {
    const row = document.querySelector(place);
    return [...(row?.querySelectorAll(item) ?? [])].filter(
      (one) => !one.matches(NOT_ITS_OWN) && !one.disabled && one.checkVisibility() && one.offsetHeight > 4,
    );
  };

  const tend = () => {
    for (const row of ROWS) {
      const found = items(row);
      const now =
        found.find((one) => one === document.activeElement) ??
        found.find((one) => (row.chosen ? one.matches(row.chosen) : one === row.last)) ??
        found[0];
      for (const one of found) {
        const stop = one === now ? 0 : -1;
        if (one.tabIndex !== stop || !one.hasAttribute("tabindex")) one.tabIndex = stop;
      }
      const place = document.querySelector(row.place);
      if (place && !row.chosen && !place.hasAttribute("role")) {
        place.setAttribute("role", "toolbar");
        place.setAttribute("aria-label", place.querySelector("label")?.textContent.trim() ?? "");
      }
    }
    const words = document.querySelector("dialog.help")?.dataset.skip;
    if (words && !document.querySelector("a.past-header"))
      document.body.prepend(Object.assign(document.createElement("a"), { className: "past-header", href: "#views", textContent: words }));
    const go = document.querySelector("#go");
    if (go && !go.hasAttribute("aria-describedby")) go.setAttribute("aria-describedby", "hint");
  };

  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      tend();
    });
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["tabindex", "disabled", "aria-selected"] });
  document.addEventListener("focusin", tend);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const row = ROWS.find(({ place }) => event.target.closest?.(place));
    const found = row ? items(row) : [];
    const at = found.indexOf(event.target);
    if (at < 0) return;
    const to = {
      ArrowLeft: (at + found.length - 1) % found.length,
      ArrowRight: (at + 1) % found.length,
      Home: 0,
      End: found.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    row.last = found[to];
    found[to].focus();
    if (row.chosen) found[to].click();
  }, true);

  // Past the header: what the chosen view begins with takes the focus.
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".past-header")) return;
    event.preventDefault();
    const view = [...document.querySelectorAll("#views > .tabitem")].find((one) => one.checkVisibility());
    view?.setAttribute("tabindex", "-1");
    view?.focus();
  });
})();
