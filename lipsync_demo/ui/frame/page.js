() => {
  // Gradio gives every radio of a group its own name, so arrow keys do nothing; one name
  // makes them a group. Its framework resets the name after a key, hence the observer.
  const group = () => {
    const groups = { "#mode": "sync_mode", "#run-review": "verdict", "#run-where": "where", "#choice-emotion": "emotion", "#choice-model_mode": "model_mode" };
    for (const [place, name] of Object.entries(groups))
      for (const input of document.querySelectorAll(`${place} input[type=radio]`))
        if (input.name !== name) input.name = name;
  };

  // One region that stays in the page speaks each new step once; the clock does not.
  const voice = document.createElement("div");
  voice.className = "unheard";
  voice.setAttribute("role", "status");
  voice.setAttribute("aria-live", "polite");
  document.querySelector("gradio-app main, main")?.append(voice);
  const speak = () => {
    const words = document.querySelector("#stage [data-say]")?.dataset.say ?? "";
    if (voice.textContent !== words) voice.textContent = words;
  };

  const named = () => {
    const fields = { "#video-in video": "{your video}", "#audio-in audio": "{your speech}" };
    for (const [selector, name] of Object.entries(fields)) {
      const media = document.querySelector(selector);
      if (media && !media.hasAttribute("aria-label")) media.setAttribute("aria-label", name);
    }
  };

  window.lipsync.offline("{offline}");

  // A shared link begins with the address this page was opened at, unless the server knows one.
  const links = () => {
    for (const field of document.querySelectorAll("input[data-path]"))
      if (field.value.startsWith("/")) field.value = location.origin + field.dataset.path;
  };

  // Players beside a result are made when they are asked for. Their markup is in an attribute:
  // Gradio changes a widget's elements in place, and what is inside a <template> would stay.
  const lazily = (place) => {
    if (!place.querySelector("lipsync-pair"))
      place.insertAdjacentHTML("beforeend", place.dataset.lazy);
  };
  document.addEventListener(
    "toggle",
    ({ target }) => target.matches?.("details[data-lazy]") && target.open && lazily(target),
    true,
  );

  // Inside a Space's frame the address bar is not this page's: its own address is shown.
  const direct = () => {
    const place = document.querySelector("#direct a");
    if (!place || window.top === window) return;
    place.closest("#direct").hidden = false;
    if (place.href !== location.href) place.href = place.textContent = location.href;
  };

  const look = () => {
    direct();
    links();
    group();
    speak();
    named();
    window.lipsync.title();
  };
  new MutationObserver(look).observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["name"],
  });
  look();

  document.addEventListener("click", (event) => {
    const reveal = event.target.closest("[data-reveal]");
    if (reveal) {
      const player = reveal.closest(".player");
      player.classList.remove("gated");
      const video = player.querySelector("video");
      video.inert = false;
      video.focus();
    }
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const field = copy.parentElement.querySelector("input");
      field.select();
      navigator.clipboard?.writeText(field.value);
    }
    // A cell of the comparison: its mode is chosen in the studio.
    const mode = event.target.closest("[data-mode]")?.dataset.mode;
    if (mode) {
      document.querySelector("#view-studio-button").click();
      requestAnimationFrame(() => document.querySelector(`#mode input[value="${mode}"]`)?.click());
    }
    if (event.target.closest("#go") && matchMedia("(max-width: 900px)").matches) {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      document
        .querySelector("#outcome")
        .scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
    }
  });
}
