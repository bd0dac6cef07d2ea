/* What the players are made of: elements, the line with the playhead, words for times. */
const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
};

const filled = (text, values) =>
  text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

const inSeconds = (seconds) => `${seconds.toFixed(2)}\u00a0s`;

const chooser = (name, label, options, value, changed) => {
  const select = make("select", { class: name, "aria-label": label, onchange: changed });
  for (const [key, text] of options) select.append(make("option", { value: key }, text));
  select.value = String(value);
  return make("label", { class: "field" }, make("span", {}, label), select);
};

/* The controls below the pictures; `extra` go to its end. */
class Controls {
  constructor(head, texts, { loop = true, extra = [] } = {}) {
    this.head = head;
    this.texts = texts;
    const button = (name, text, label, act) =>
      make("button", { type: "button", class: name, title: label, "aria-label": label, onclick: act }, text);
    this.playing = button("play", "▶", texts.play, () => head.toggle());
    this.line = make("input", {
      type: "range", class: "line", min: 0, step: 1, "aria-label": texts.playhead,
      oninput: () => (head.pause(), head.seek(Number(this.line.value))),
    });
    this.marks = make("div", { class: "marks", "aria-hidden": "true" });
    this.now = make("output", { class: "now" });
    this.speed = chooser("speed", texts.speed, [["0.25", "¼×"], ["0.5", "½×"], ["1", "1×"]], "1", (event) => {
      head.speed = Number(event.target.value);
      for (const { video } of head.tracks) video.playbackRate = head.speed;
    });
    this.loop = loop
      ? [
          button("in", texts.setIn, texts.setInLabel, () => this.mark(0)),
          button("out", texts.setOut, texts.setOutLabel, () => this.mark(1)),
          button("clear", texts.clear, texts.clearLabel, () => this.cleared()),
        ]
      : [];
    this.root = make(
      "div", { class: "controls" },
      make("div", { class: "track" }, this.marks, this.line),
      make(
        "div", { class: "buttons", role: "group", "aria-label": texts.controls },
        button("back", "−1", texts.back, () => head.step(-1)),
        this.playing,
        button("forth", "+1", texts.forth, () => head.step(1)),
        this.now, this.speed, ...this.loop, ...extra,
      ),
    );
    this.update();
  }

  mark(edge) {
    const { head } = this;
    const range = head.range ? [...head.range] : [0, head.last];
    range[edge] = head.frame;
    if (range[1] <= range[0]) range[1 - edge] = edge ? Math.max(0, head.frame - 1) : Math.min(head.last, head.frame + 1);
    head.range = range[1] > range[0] ? range : null;
    this.update();
  }

  cleared() {
    this.head.range = null;
    this.update();
  }

  update() {
    const { head, texts } = this;
    this.line.max = head.last;
    this.line.value = head.frame;
    const place = filled(texts.place, { time: inSeconds(head.time(head.frame)), frame: head.frame });
    this.line.setAttribute("aria-valuetext", place);
    this.now.textContent = place;
    this.playing.textContent = head.playing ? "❚❚" : "▶";
    const label = head.playing ? texts.pause : texts.play;
    this.playing.setAttribute("aria-label", label);
    this.playing.title = label;
    const share = (frame) => (head.last ? (100 * frame) / head.last : 0);
    const range = head.range;
    this.marks.style.cssText = range
      ? `left:${share(range[0])}%;width:${share(range[1] - range[0])}%`
      : "display:none";
    const clear = this.loop[2];
    if (clear) clear.disabled = !range;
  }
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

const rooted = (element) => {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  root.replaceChildren();
  return root;
};
