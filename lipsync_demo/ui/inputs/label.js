// The choice of a label is kept in the browser: no server is asked, no cookie set.
(() => {
  const KEPT = "lipsync-demo-ai-label";
  const OFF = "off";
  window.lipsyncLabel = {
    keep(chosen) {
      try {
        localStorage.setItem(KEPT, JSON.stringify(chosen));
      } catch {
        // It is forgotten with the page.
      }
      return { __type__: "update", visible: chosen[0] !== OFF };
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
