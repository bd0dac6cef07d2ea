/* <lipsync-grid>: one playhead over all videos inside it that carry `data-seconds`. */
class LipsyncGrid extends HTMLElement {
  connectedCallback() {
    if (this.head) return;
    const { texts, fps, pair } = JSON.parse(this.dataset.grid);
    this.head = new Playhead(fps, () => this.controls?.update());
    const root = rooted(this);
    this.hears = make("select", { class: "sound", "aria-label": texts.sound, onchange: () => this.hear((this.asked = this.hears.value)) });
    const sound = make("label", { class: "field" }, make("span", {}, texts.sound), this.hears);
    this.zoomed = make("button", { type: "button", class: "zoom", "aria-pressed": "false", onclick: () => this.zoom() }, texts.zoom);
    this.swipe = new Swipe(this, texts);
    this.controls = new Controls(this.head, texts, { loop: false, extra: [this.zoomed, sound, this.swipe.root] });
    this.texts = texts;
    this.sides = new Sides(this, pair);
    const group = make("div", { class: "grid", role: "group", "aria-label": texts.grid }, make("slot"), this.controls.root);
    group.addEventListener("keydown", (event) => this.key(event));
    root.append(group);
    queueMicrotask(() => this.fill());
    // Videos come while runs end; the others go on where they are.
    this.changes = new MutationObserver(() => this.fill());
    this.changes.observe(this, { childList: true, subtree: true });
    this.sizes = new ResizeObserver(() => (this.boxed(), this.swipe.update()));
    this.sizes.observe(this);
  }

  disconnectedCallback() {
    this.changes?.disconnect();
    this.sizes?.disconnect();
    this.sides?.gone();
    this.head?.pause();
    for (const video of this.querySelectorAll("video")) video.pause();
    this.head = null;
  }

  fill() {
    if (!this.head) return;
    const videos = [...this.querySelectorAll("video[data-seconds]")];
    const known = this.head.tracks.map(({ video }) => video);
    this.controls.root.hidden = videos.length === 0;
    this.swipe.use();
    if (videos.length === known.length && videos.every((video, n) => video === known[n])) return;
    this.hears.replaceChildren(
      ...videos.map((video) => make("option", { value: video.dataset.film }, video.dataset.label)),
      make("option", { value: "" }, this.texts.noSound),
    );
    this.head.use(videos.map((video) => ({ video, seconds: Number(video.dataset.seconds) })));
    const kept = this.asked === "" || videos.some((video) => video.dataset.film === this.asked);
    this.hear(kept ? this.asked : this.longest(videos));
    for (const video of videos) video.addEventListener("loadedmetadata", () => this.boxed());
    this.zoomed.hidden = !videos.some((video) => video.dataset.mouth);
    this.boxed();
    this.sides.show();
    this.head.show();
  }

  /* What has the whole speech is heard: the longest output, the input only where nothing else is. */
  longest(videos) {
    const outputs = videos.filter((video) => !video.hasAttribute("data-input"));
    const seconds = (video) => Number(video.dataset.seconds);
    const found = (outputs.length ? outputs : videos).reduce((a, b) => (a && seconds(a) >= seconds(b) ? a : b), null);
    return found?.dataset.film ?? "";
  }

  hear(film) {
    this.hears.value = film;
    for (const { video } of this.head.tracks) video.muted = video.dataset.film !== film;
  }

  zoom() {
    this.near = !this.near;
    this.zoomed.setAttribute("aria-pressed", String(this.near));
    this.boxed();
  }

  boxed() {
    for (const { video } of this.head?.tracks ?? []) closer(video, this.near && video.dataset.mouth ? JSON.parse(video.dataset.mouth) : null);
  }

  key(event) {
    const field = event.composedPath()[0];
    if (field.matches?.("select, textarea, a")) return;
    if (field.matches?.("input, button") && (event.key === " " || /^(Arrow|Home|End)/.test(event.key)) && !event.shiftKey) return;
    if (this.swipe.key(event) || this.head.key(event)) event.preventDefault();
  }
}
if (!customElements.get("lipsync-grid")) customElements.define("lipsync-grid", LipsyncGrid);
