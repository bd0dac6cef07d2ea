/* <lipsync-pair>: any two of several videos, locked to one playhead. */
const VIEWS = ["side", "wipe", "a", "b"];
const LETTERS = ["A", "B"];

class LipsyncPair extends HTMLElement {
  static observedAttributes = ["data-pair"];

  /* What stands around may change the videos without making a new element. */
  attributeChangedCallback(_, before, after) {
    if (!this.head || before === after) return;
    this.disconnectedCallback();
    this.connectedCallback();
  }

  connectedCallback() {
    if (this.head) return;
    const { sources, texts, chosen, box } = JSON.parse(this.dataset.pair);
    Object.assign(this, { sources, texts, chosen, box, shown: new Set() });
    const rate = sources.map(({ fps }) => fps).reduce((a, b) => (b[0] / b[1] > a[0] / a[1] ? b : a));
    this.head = new Playhead(rate, () => this.controls?.update());
    const root = rooted(this);
    this.stage = make("div", { class: "stage" });
    this.root = make("section", { class: "pair", tabindex: "-1", role: "group", "aria-label": texts.pair });
    const save = make("button", { type: "button", class: "save", onclick: () => this.save() }, texts.save);
    this.controls = new Controls(this.head, texts, { extra: [save] });
    this.root.append(this.choices(), this.stage, this.controls.root, make("p", { class: "keys" }, texts.keys));
    this.root.addEventListener("keydown", (event) => this.key(event));
    root.append(this.root);
    this.view = "side";
    this.sound = 1;
    this.fill();
  }

  disconnectedCallback() {
    this.head?.pause();
    for (const video of this.shadowRoot.querySelectorAll("video")) {
      video.pause();
      video.removeAttribute("src");
      video.load();
    }
    this.head = null;
  }

  key(event) {
    const field = event.composedPath()[0];
    if (field.matches?.("select, input.divider")) return;
    if (field.matches?.("input") && /^(Arrow|Home|End)/.test(event.key) && !event.shiftKey) return;
    if (field.matches?.("button") && event.key === " ") return;
    if (this.head.key(event)) event.preventDefault();
  }

  choices() {
    const { texts } = this;
    const options = this.sources.map(({ label }, n) => [n, label]);
    const choose = (side) =>
      chooser(`choose ${LETTERS[side].toLowerCase()}`, filled(texts.choose, { side: LETTERS[side] }), options, this.chosen[side], (event) => {
        this.chosen[side] = Number(event.target.value);
        this.fill();
      });
    const views = make("div", { class: "views", role: "group", "aria-label": texts.view });
    for (const view of VIEWS) {
      const button = make("button", { type: "button", "data-view": view, onclick: () => (this.view = view) }, texts.views[view]);
      views.append(button);
    }
    this.views = views;
    this.zoomed = make("button", { type: "button", class: "zoom", "aria-pressed": "false", onclick: () => this.zoom() }, texts.zoom);
    const sound = [["1", "B"], ["0", "A"], ["-1", texts.noSound]];
    this.hears = chooser("sound", texts.sound, sound, 1, (event) => (this.sound = Number(event.target.value)));
    return make("div", { class: "choices" }, choose(0), choose(1), views, this.zoomed, this.hears);
  }

  fill() {
    const figures = this.chosen.map((number, side) => this.figure(this.sources[number], number, side));
    const divider = make("input", {
      type: "range", class: "divider", min: 0, max: 100, value: 50, step: 1, "aria-label": this.texts.divider,
      oninput: (event) => this.stage.style.setProperty("--wipe", `${event.target.value}%`),
    });
    this.stage.style.setProperty("--wipe", "50%");
    for (const old of this.stage.querySelectorAll("video")) old.pause();
    this.stage.replaceChildren(...figures, divider);
    this.videos = [...this.stage.querySelectorAll("video")];
    this.videos.forEach((video, side) =>
      video.addEventListener("loadedmetadata", () => {
        this.stage.style.setProperty(`--ratio-${side}`, `${video.videoWidth} / ${video.videoHeight}`);
        this.head?.show();
      }),
    );
    this.head.use(this.videos.map((video, side) => ({ video, seconds: this.sources[this.chosen[side]].seconds })));
    this.sound = this.heard ?? 1;
    this.boxed();
  }

  figure(source, number, side) {
    const { texts } = this;
    const other = this.sources[this.chosen[1 - side]];
    const frame = Math.max(...[source, other].map(({ fps }) => fps[1] / fps[0]));
    const differs = Math.abs(source.seconds - other.seconds) > frame;
    const gated = source.hidden && !this.shown.has(number);
    const video = make("video", {
      src: source.url, playsinline: true, preload: "auto",
      "aria-label": `${LETTERS[side]}: ${source.label}`, inert: gated,
    });
    video.disableRemotePlayback = true;
    const length = make("b", { class: differs ? "differs" : "" }, inSeconds(source.seconds));
    if (differs) length.append(` ${texts.differs}`);
    const picture = make("div", { class: `picture${gated ? " gated" : ""}` }, video);
    if (gated) {
      const reveal = () => {
        this.shown.add(number);
        this.fill();
      };
      picture.append(make("div", { class: "gate" }, make("p", {}, texts.gate), make("button", { type: "button", onclick: reveal }, texts.reveal)));
    }
    this.dragged(picture);
    return make("figure", { class: LETTERS[side].toLowerCase() }, picture, make("figcaption", {}, make("span", { class: "side" }, LETTERS[side]), make("span", { class: "label" }, source.label), length));
  }

  get view() {
    return this.stage.dataset.view;
  }
  set view(view) {
    this.stage.dataset.view = view;
    for (const button of this.views.children) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }

  set sound(side) {
    this.heard = side;
    this.videos?.forEach((video, n) => (video.muted = n !== side));
  }

  zoom() {
    this.near = !this.near;
    this.zoomed.setAttribute("aria-pressed", String(this.near));
    this.boxed();
  }

  /* Both pictures show the same part: the mouth's box, in shares of the picture. */
  boxed() {
    const [left, top, width, height] = this.box;
    const scale = this.near ? Math.min(1 / width, 1 / height) : 1;
    const inside = (start, length) => Math.min(Math.max(0, start + length / 2 - 0.5 / scale), 1 - 1 / scale);
    const shift = this.near ? [inside(left, width), inside(top, height)] : [0, 0];
    for (const video of this.videos)
      video.style.transform = `scale(${scale}) translate(${-100 * shift[0]}%, ${-100 * shift[1]}%)`;
    this.stage.classList.toggle("near", Boolean(this.near));
  }

  dragged(picture) {
    let from = null;
    picture.addEventListener("pointerdown", (event) => {
      if (!this.near || event.target.closest("button")) return;
      from = [event.clientX, event.clientY, ...this.box];
      picture.setPointerCapture(event.pointerId);
    });
    picture.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [x, y, left, top, width, height] = from;
      const { clientWidth, clientHeight } = picture;
      const moved = [left - ((event.clientX - x) / clientWidth) * width, top - ((event.clientY - y) / clientHeight) * height];
      this.box = [Math.min(Math.max(0, moved[0]), 1 - width), Math.min(Math.max(0, moved[1]), 1 - height), width, height];
      this.boxed();
    });
    for (const end of ["pointerup", "pointercancel"]) picture.addEventListener(end, () => (from = null));
  }

  /* Both frames side by side, with their names and the time, as one PNG. */
  save() {
    this.head.pause();
    const height = Math.max(...this.videos.map((video) => video.videoHeight));
    const widths = this.videos.map((video) => Math.round((video.videoWidth * height) / (video.videoHeight || 1)));
    const line = Math.max(24, Math.round(height / 18));
    const canvas = make("canvas", { width: widths[0] + widths[1], height: height + line });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#111318";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.font = `${Math.round(line * 0.55)}px system-ui, sans-serif`;
    pen.textBaseline = "middle";
    let left = 0;
    this.videos.forEach((video, side) => {
      const source = this.sources[this.chosen[side]];
      if (!(source.hidden && !this.shown.has(this.chosen[side]))) pen.drawImage(video, left, 0, widths[side], height);
      pen.fillStyle = "#ffffff";
      const place = filled(this.texts.place, { time: inSeconds(this.head.time(this.head.frame)), frame: this.head.frame });
      pen.fillText(`${LETTERS[side]}  ${source.label} · ${place}`, left + 10, height + line / 2, widths[side] - 20);
      left += widths[side];
    });
    canvas.toBlob((blob) => {
      const link = make("a", { href: URL.createObjectURL(blob), download: `frames-${this.head.frame}.png` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    }, "image/png");
  }
}
if (!customElements.get("lipsync-pair")) customElements.define("lipsync-pair", LipsyncPair);
