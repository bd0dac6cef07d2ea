// Files that are dropped anywhere or chosen in a field are uploaded here, and the server puts each
// where it belongs. Gradio's fields would look at a file's type only, and refuse in their words.
(() => {
  const ACCEPT = { video: "video/*,image/*,.mkv,.avi,.mov", speech: "audio/*,video/*,.m4a,.flac" };
  const FIELD = ":is(#video-in, #audio-in)";
  const CHOOSE = ".source-selection button:first-child";
  const MOST = 2;
  const OURS = [408, 429, 503, 507];
  let send = () => {};
  let answered = () => {};
  let turn = Promise.resolve();

  const slot = (element) => {
    const field = element.closest?.(".source")?.querySelector(FIELD);
    return field ? (field.id === "video-in" ? "video" : "speech") : "";
  };
  const line = () => document.querySelector("#files-told [role=status]");
  const say = (about, name = "", share = 0) => {
    const place = line();
    if (!place) return;
    const told = (place.dataset[about] ?? "").replace("{name}", name).replace("{share}", share);
    if (place.textContent !== told) place.textContent = told;
  };

  const upload = (file) =>
    new Promise((resolve, reject) => {
      const form = new FormData();
      form.append("files", file);
      const request = new XMLHttpRequest();
      request.open("POST", `${window.gradio_config?.root ?? ""}/gradio_api/upload`);
      request.upload.onprogress = ({ loaded, total }) =>
        say("uploading", file.name, Math.floor((100 * loaded) / total));
      request.onload = () =>
        request.status === 200 ? resolve(JSON.parse(request.response)[0]) : reject(request);
      request.onerror = () => reject(request);
      request.send(form);
    });

  const show = (told) =>
    requestAnimationFrame(() => told?.scrollIntoView({ block: "nearest" }));
  const reason = (request) => {
    if (request.status === 413) return line()?.dataset.large;
    // Why there is no room, or no turn, is said by the server.
    if (OURS.includes(request.status))
      try {
        return JSON.parse(request.response).message;
      } catch {}
    return line()?.dataset.lost;
  };
  const held = (source) => source.querySelector(".facts > p b")?.textContent ?? "";
  // Said at the field, where the reader looks, until that has another file.
  const refuse = (request, file, into) => {
    const speech = into ? into === "speech" : file.type.startsWith("audio/");
    const facts = document.querySelector(speech ? "#speech-facts" : "#video-facts");
    const source = facts?.closest(".source");
    if (!source) return;
    say("");
    if (!source.checkVisibility()) document.querySelector("#view-studio-button")?.click();
    const name = document.createElement("b");
    name.textContent = (line()?.dataset.refused ?? "").replace("{name}", file.name);
    const told = document.createElement("div");
    told.className = "trouble refused";
    told.role = "alert";
    told.dataset.held = held(source);
    told.append(name, " ", reason(request) ?? "");
    facts.before(told);
    show(told);
  };
  const forget = (all) => {
    for (const told of document.querySelectorAll(".source .refused")) {
      const now = held(told.closest(".source"));
      if (all || (now && now !== told.dataset.held)) told.remove();
    }
  };

  const take = (files, into) => {
    const begun = async () => {
      forget(true);
      const paths = [];
      for (const file of files.slice(0, MOST)) {
        say("uploading", file.name);
        try {
          paths.push(await upload(file));
        } catch (request) {
          refuse(request, file, into);
          return;
        }
      }
      say("reading", files[0].name);
      const end = new Promise((resolve) => (answered = resolve));
      send({ slot: into, paths });
      await end;
      say("");
    };
    // One after the other: of two files for one field the later stays.
    turn = turn.then(begun);
  };

  const picker = document.createElement("input");
  picker.type = "file";
  picker.hidden = true;
  picker.addEventListener("change", () => {
    if (picker.files.length) take([...picker.files], picker.dataset.slot);
  });

  const toBatch = (files) => {
    const input = document.querySelector("#batch-files input[type=file]");
    const given = new DataTransfer();
    for (const file of files) given.items.add(file);
    if (input) input.files = given.files;
    input?.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const dragged = (event) =>
    event.dataTransfer?.types.includes("Files") && !event.target.closest?.("#batch-files");
  const mark = (on) => document.body.classList.toggle("dropping", on);
  const drag = {
    dragenter: (event) => event.stopPropagation(),
    dragover: (event) => {
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      mark(true);
    },
    dragleave: (event) => {
      event.stopPropagation();
      if (!event.relatedTarget) mark(false);
    },
    drop: (event) => {
      event.preventDefault();
      event.stopPropagation();
      mark(false);
      const files = [...event.dataTransfer.files];
      if (!files.length) return;
      if (window.lipsync.asked("view") === "batch") toBatch(files);
      else take(files, slot(event.target));
    },
  };
  for (const [kind, act] of Object.entries(drag))
    addEventListener(kind, (event) => dragged(event) && act(event), true);

  document.addEventListener(
    "change",
    (event) => {
      const input = event.target;
      if (!input.matches?.(`${FIELD} input[type=file]`) || !input.files.length) return;
      event.stopImmediatePropagation();
      take([...input.files], slot(input));
    },
    true,
  );
  document.addEventListener(
    "click",
    (event) => {
      const press = event.target.closest?.(`${FIELD} :is(button.upload-container, ${CHOOSE})`);
      if (!press) return;
      // From the camera back to files, Gradio's own answer to this button is needed as well.
      if (!press.matches(`${CHOOSE}:not(.selected)`)) event.stopImmediatePropagation();
      picker.dataset.slot = slot(press);
      picker.accept = ACCEPT[picker.dataset.slot];
      picker.value = "";
      document.body.append(picker);
      picker.click();
    },
    true,
  );

  // Gradio shows the length of what it has not read yet, and of recordings, as no number.
  const clocks = () => {
    for (const clock of document.querySelectorAll(`${FIELD} :is(.time, time)`))
      for (const node of clock.childNodes)
        if (/NaN|Infinity/.test(node.nodeValue))
          node.nodeValue = node.nodeValue.replace(/(NaN|Infinity)(:(NaN|Infinity))*/g, "–:––");
  };
  const dress = () => {
    clocks();
    forget(false);
    for (const field of document.querySelectorAll(FIELD)) {
      const button = field.querySelector(CHOOSE);
      const name = line()?.dataset[slot(field)];
      if (button && name && button.ariaLabel !== name) button.ariaLabel = name;
    }
    for (const bare of document.querySelectorAll("[aria-label='common.upload']"))
      bare.ariaLabel = bare.title = line()?.dataset.more ?? "";
  };
  addEventListener("DOMContentLoaded", () =>
    new MutationObserver(dress).observe(document.body, {
      childList: true,
      characterData: true,
      subtree: true,
    }),
  );

  Object.assign(window.lipsync, {
    files: (act) => (send = act),
    taken: () => {
      answered();
      show(document.querySelector("#files-told [role=alert]"));
    },
    // The name of what is fetched is in its address.
    reading: (...given) => {
      say("reading", String(given[0]).split(/[?#]/)[0].split("/").pop());
      return given;
    },
    read: () => {
      say("");
      show(document.querySelector("#files-told [role=alert]"));
    },
  });
})();
