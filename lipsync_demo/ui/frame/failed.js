// Gradio says nothing of an event outside its queue that fails. The answer says why: shown above
// everything until something succeeds, or until it is pressed.
(() => {
  const ASKED = "/gradio_api/run/";
  const fetchNow = window.fetch;
  let shown = null;

  const tell = (text) => {
    if (!text) {
      shown?.remove();
      shown = null;
    } else if (shown?.textContent !== text) {
      shown?.remove();
      shown = Object.assign(document.createElement("button"), { id: "failed", type: "button", className: "trouble", textContent: text });
      shown.setAttribute("role", "alert");
      shown.addEventListener("click", () => tell(""));
      document.body.append(shown);
    }
  };

  window.fetch = async (...asked) => {
    const answer = await fetchNow(...asked);
    if (String(asked[0]?.url ?? asked[0]).includes(ASKED)) {
      if (answer.ok) tell("");
      else answer.clone().json().then(({ error }) => tell(error ?? ""), () => {});
    }
    return answer;
  };
})();
