// The address says what is shown: a view, and the run, comparison or batch that is open in it.
// One press makes one entry of the browser's history, however many steps the answer takes.
(() => {
  const VIEWS = ["studio", "compare", "batch", "runs", "money"];
  const OPENED = { studio: "run", compare: "compare", batch: "batch" };
  const KEPT = "lipsync-demo-shown";
  const IDS = Object.values(OPENED);
  let pressed = false;
  let ready = false;
  let follow = () => {};

  const read = () => {
    const asked = new URLSearchParams(location.search);
    const found = Object.keys(OPENED).find((view) => asked.get(OPENED[view]));
    const named = VIEWS.find((view) => view === asked.get("view"));
    const view = found ?? named ?? "studio";
    const own = OPENED[view];
    return { view, ...(own && { [own]: asked.get(own) ?? "" }) };
  };
  // What is open in the other views outlives a reload. It is kept outside the history, whose
  // steps a write at the wrong moment would stop; a browser may keep nothing.
  const kept = () => {
    const [way] = performance.getEntriesByType("navigation");
    try {
      return way?.type === "reload" ? JSON.parse(sessionStorage.getItem(KEPT)) : {};
    } catch {
      return {};
    }
  };
  let following = read();
  const shown = { run: "", compare: "", batch: "", ...kept(), ...following };
  addEventListener("pagehide", () => {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(shown));
    } catch {}
  });

  const write = () => {
    if (!ready) return;
    const url = new URL(location.href);
    for (const name of ["view", ...IDS]) url.searchParams.delete(name);
    const own = OPENED[shown.view];
    if (shown[own]) url.searchParams.set(own, shown[own]);
    else if (shown.view !== "studio") url.searchParams.set("view", shown.view);
    title();
    if (url.href === location.href) return;
    history[pressed ? "pushState" : "replaceState"](history.state, "", url);
    pressed = false;
  };

  const told = (name, value) => {
    if (pressed) following = {};
    // Answers to earlier steps arrive on the way to where Back leads; they do not move the address.
    if ((following[name] ?? value) !== value) return;
    shown[name] = value;
    write();
  };

  const title = () => {
    const { view } = shown;
    const id = (shown[OPENED[view]] ?? "").slice(0, 8);
    const tab = document.querySelector(`#view-${view}-button`)?.textContent.trim();
    const said = document.querySelector("#stage [data-say]")?.dataset.say;
    const what = view === "studio" ? id && said : tab;
    const app = document.querySelector("h1")?.textContent;
    const wanted = [what, id, app].filter(Boolean).join(" · ");
    if (document.title !== wanted) document.title = wanted;
  };

  for (const kind of ["click", "keydown"])
    document.addEventListener(kind, () => (pressed = true), true);
  addEventListener("popstate", () => {
    const wanted = read();
    if (Object.entries(wanted).every(([name, value]) => shown[name] === value)) return;
    Object.assign(shown, wanted);
    following = wanted;
    pressed = false;
    title();
    follow();
  });

  window.lipsync = {
    // The views' events: a tab was chosen, something was opened in a view.
    view: (view) => told("view", view),
    address: told,
    asked: (name) => shown[name],
    here: () => JSON.stringify(shown),
    title,
    // The page has its tabs: the one that is asked for.
    begin: async () => {
      while (!document.querySelector("#view-studio-button"))
        await new Promise(requestAnimationFrame);
      ready = true;
      write();
      return { selected: shown.view, __type__: "update" };
    },
    followed: (act) => (follow = act),
    // An answer nobody waited for is about what is shown, or is dropped.
    news: (about, text) => {
      const answer = text ? JSON.parse(text) : {};
      if (answer.about !== about) return [];
      return answer.changes.map((change) => change ?? undefined);
    },
  };
})();
