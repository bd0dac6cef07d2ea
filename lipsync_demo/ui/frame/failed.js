// Gradio says nothing of an event outside its queue that fails. The answer says why: shown above
// everything for ten seconds at least, until something succeeds, or until it is pressed.
(() => {
  const ASKED = "/gradio_api/run/";
  const fetchNow = window.fetch;
  const SHOWN_MS = 10_000;
  let shown = null;
  let since = 0;

  const tell = (text) => {
    if (!text) {
      shown?.remove();
      shown = null;
    } else if (shown?.textContent !== text) {
      shown?.remove();
      shown = Object.assign(document.createElement("div"), { id: "failed", className: "trouble", textContent: text });
      shown.setAttribute("role", "alert");
      since = Date.now();
      shown.addEventListener("click", () => tell(""));
      document.body.append(shown);
    }
  };

  window.fetch = async (...asked) => {
    const answer = await fetchNow(...asked);
    if (String(asked[0]?.url ?? asked[0]).includes(ASKED)) {
      if (answer.ok && Date.now() - since > SHOWN_MS) tell("");
      if (!answer.ok) answer.clone().json().then(({ error }) => tell(error ?? ""), () => {});
    }
    return answer;
  };
})();
