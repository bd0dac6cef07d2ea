/* <lipsync-pair>: any two of several videos, locked to one playhead. */
const VIEWS = ["side", "wipe", "a", "b"];
const LETTERS = ["A", "B"];

class LipsyncPair extends HTMLElement {
  static observedAttributes = ["data-pair"];

  /* What stands around may change the videos without making a new element. */
  attributeChangedCallback(_, before, after) {
    if (!this.head || before === after) return;
    const { view, near, frame } = { view: this.view, near: this.near, frame: this.head.frame };
    const films = this.shownSides();
    this.disconnectedCallback();
    this.connectedCallback();
    films.forEach((film, side) => this.put(side, film));
    this.view = view;
    if (near) this.zoom();
    this.head.seek(frame);
  }

  connectedCallback() {
    if (this.head) return;
    const { sources, texts, chosen, blind } = JSON.parse(this.dataset.pair);
    Object.assign(this, { sources, texts, chosen, blind, shown: new Set(), moved: [0, 0], near: false });
    const rate = sources.map(({ fps }) => fps).reduce((a, b) => (b[0] / b[1] > a[0] / a[1] ? b : a));
    this.head = new Playhead(rate, () => this.controls?.update());
    const root = rooted(this);
    this.stage = make("div", { class: "stage" });
    this.root = make("section", { class: "pair", tabindex: "-1", role: "group", "aria-label": texts.pair });
    const save = make("button", { type: "button", class: "save", onclick: () => this.save() }, texts.save);
    this.controls = new Controls(this.head, texts, { extra: blind ? [] : [save] });
    this.root.append(this.choices(), this.stage, this.controls.root, make("p", { class: "keys" }, texts.keys));
    this.root.addEventListener("keydown", (event) => this.key(event));
    root.append(this.root);
    this.view = "side";
    this.sizes = new ResizeObserver(() => this.boxed());
    this.sizes.observe(this.stage);
    this.fill();
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
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
    const chosen = this.blind ? [] : [choose(0), choose(1)];
    this.chooses = chosen.map((field) => field.querySelector("select"));
    const views = make("div", { class: "views", role: "group", "aria-label": texts.view });
    for (const view of VIEWS) {
      const button = make("button", { type: "button", "data-view": view, onclick: () => (this.view = view) }, texts.views[view]);
      views.append(button);
    }
    this.views = views;
    this.zoomed = make("button", { type: "button", class: "zoom", "aria-pressed": "false", onclick: () => this.zoom() }, texts.zoom);
    const sound = [["1", "B"], ["0", "A"], ["-1", texts.noSound]];
    const hears = chooser("sound", texts.sound, sound, 1, (event) => (this.sound = this.asked = Number(event.target.value)));
    this.hears = hears.querySelector("select");
    return make("div", { class: "choices" }, ...chosen, views, this.zoomed, hears);
  }

  /* The films shown as A and B, by their names in the page. */
  shownSides() {
    return this.chosen.map((number) => this.sources[number].film);
  }

  /* Shows a film as one side; the other side is then never the same. False without such a film. */
  put(side, film) {
    const number = this.sources.findIndex((source) => source.film === film);
    if (number < 0) return false;
    if (this.chosen[1 - side] === number) this.chosen[1 - side] = this.chosen[side];
    this.chosen[side] = number;
    this.fill();
    return true;
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
        this.boxed();
        this.head?.show();
      }),
    );
    this.head.use(this.videos.map((video, side) => ({ video, seconds: this.sources[this.chosen[side]].seconds })));
    this.chooses.forEach((select, side) => (select.value = String(this.chosen[side])));
    this.sound = this.asked ?? this.longer;
    this.zoomed.hidden = !this.chosen.some((number) => this.sources[number].mouth);
    this.boxed();
    this.dispatchEvent(new CustomEvent("lipsync-sides", { bubbles: true }));
  }

  /* The side that is heard unless another is asked for: the longer output, as it has the most speech. */
  get longer() {
    const [a, b] = this.chosen.map((number) => this.sources[number]);
    if (a.input !== b.input) return a.input ? 1 : 0;
    return a.seconds > b.seconds ? 0 : 1;
  }

  figure(source, number, side) {
    const { texts } = this;
    const other = this.sources[this.chosen[1 - side]];
    const frame = Math.max(...[source, other].map(({ fps }) => fps[1] / fps[0]));
    const apart = source.seconds - other.seconds;
    const gated = source.hidden && !this.shown.has(number);
    const video = make("video", {
      src: source.url, playsinline: true, preload: "auto",
      "aria-label": this.blind ? LETTERS[side] : `${LETTERS[side]}: ${source.label}`, inert: gated,
    });
    video.disableRemotePlayback = true;
    const length = make("b", { class: source.wrong ? "wrong" : "" }, inSeconds(source.seconds));
    if (source.wrong) length.append(` · ${texts.wrong}`);
    else if (Math.abs(apart) > frame) {
      const time = inSeconds(Math.abs(apart));
      length.append(make("span", { class: "apart" }, ` · ${filled(apart > 0 ? texts.longer : texts.shorter, { time })}`));
    }
    const named = this.blind ? [] : [make("span", { class: "label" }, source.label), length];
    const picture = make("div", { class: `picture${gated ? " gated" : ""}` }, video);
    if (gated) {
      const reveal = () => {
        this.shown.add(number);
        this.fill();
      };
      picture.append(make("div", { class: "gate" }, make("p", {}, texts.gate), make("button", { type: "button", onclick: reveal }, texts.reveal)));
    }
    this.dragged(picture);
    return make("figure", { class: LETTERS[side].toLowerCase() }, picture, make("figcaption", {}, make("span", { class: "side" }, LETTERS[side]), ...named));
  }

  get view() {
    return this.stage.dataset.view;
  }
  set view(view) {
    this.stage.dataset.view = view;
    for (const button of this.views.children) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }

  set sound(side) {
    this.hears.value = String(side);
    this.videos?.forEach((video, n) => (video.muted = n !== side));
  }

  zoom() {
    this.near = !this.near;
    this.zoomed.setAttribute("aria-pressed", String(this.near));
    this.boxed();
  }

  /* Each picture shows its own mouth; both are moved alike. */
  boxed() {
    if (!this.head) return;
    this.videos.forEach((video, side) => closer(video, this.near ? this.sources[this.chosen[side]].mouth : null, this.moved));
    this.stage.classList.toggle("near", this.near);
  }

  dragged(picture) {
    let from = null;
    picture.addEventListener("pointerdown", (event) => {
      if (!this.near || event.target.closest("button")) return;
      from = [event.clientX, event.clientY, ...this.moved];
      picture.setPointerCapture(event.pointerId);
    });
    picture.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [x, y, across, down] = from;
      const most = (share) => Math.min(Math.max(share, -2), 2);
      this.moved = [most(across - (event.clientX - x) / picture.clientWidth), most(down - (event.clientY - y) / picture.clientHeight)];
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
