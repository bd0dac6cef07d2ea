// A lost connection is said in one quiet line, in the page's language. Gradio's own notice is in
// English for everybody, and tells when it is lost; once it is back, Gradio loads the page anew.
(() => {
  const NOTICE = "Connection to the server was lost";
  window.lipsync.offline = (words) => {
    const line = Object.assign(document.createElement("div"), { id: "offline" });
    line.setAttribute("role", "status");
    document.body.append(line);
    new MutationObserver(() => {
      const toasts = [...document.querySelectorAll(".toast-body")];
      const lost = toasts.filter((toast) => toast.textContent.includes(NOTICE));
      for (const toast of lost)
        if (toast.style.display !== "none") toast.style.setProperty("display", "none", "important");
      const said = lost.length ? words : "";
      if (line.textContent !== said) line.textContent = said;
    }).observe(document.body, { childList: true, subtree: true });
  };
})();
