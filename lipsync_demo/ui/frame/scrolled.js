// A page that is loaded anew comes back to what was in sight. It grows for seconds, and is moved
// along as it does, until the reader moves it.
(() => {
  const KEPT = "lipsync-demo-in-sight";
  const LATEST_MS = 60_000;
  const MOVED = ["wheel", "touchmove", "keydown", "pointerdown"];

  // What is in the middle, and what that is in: some ids are another page's next time.
  const inSight = () => {
    const found = [];
    let seen = scrollY > 0 && document.elementFromPoint(innerWidth / 2, innerHeight / 2);
    while ((seen = seen && seen.closest("[id]:not([id=''])"))) {
      found.push([seen.id, seen.getBoundingClientRect().top]);
      seen = seen.parentElement;
    }
    return found;
  };
  let coming = false;
  addEventListener("pagehide", () => {
    if (coming) return;
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(inSight()));
    } catch {}
  });

  const kept = () => {
    const [way] = performance.getEntriesByType("navigation");
    try {
      return (way?.type === "reload" && JSON.parse(sessionStorage.getItem(KEPT))) || [];
    } catch {
      return [];
    }
  };
  const places = kept();
  if (!places.length) return;

  const bring = () => {
    const here = places.find(([id]) => document.getElementById(id)?.checkVisibility());
    if (!here) return;
    const [id, top] = here;
    const off = Math.round(document.getElementById(id).getBoundingClientRect().top - top);
    if (off) scrollBy({ top: off, behavior: "instant" });
  };
  const grown = new ResizeObserver(bring);
  const end = () => {
    coming = false;
    grown.disconnect();
    for (const name of MOVED) removeEventListener(name, end, true);
  };
  coming = true;
  const begin = () => {
    grown.observe(document.body);
    for (const name of MOVED) addEventListener(name, end, { capture: true, passive: true });
    setTimeout(end, LATEST_MS);
  };
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
