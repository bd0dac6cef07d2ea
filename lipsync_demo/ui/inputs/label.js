// The choice of a label is kept in the browser: no server is asked, no cookie set.
(() => {
  const KEPT = "lipsync-demo-ai-label";
  window.lipsyncLabel = {
    keep(chosen) {
      try {
        localStorage.setItem(KEPT, JSON.stringify(chosen));
      } catch {
        // It is forgotten with the page.
      }
    },
    kept(usual) {
      try {
        const kept = JSON.parse(localStorage.getItem(KEPT));
        return kept?.length === usual.length ? kept : usual;
      } catch {
        return usual;
      }
    },
  };
})();
