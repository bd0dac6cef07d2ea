/* <lipsync-grid>: one playhead over all videos inside it that carry `data-seconds`. */
class LipsyncGrid extends HTMLElement {
  connectedCallback() {
    if (this.head) return;
    const { texts, fps } = JSON.parse(this.dataset.grid);
    this.head = new Playhead(fps, () => this.controls?.update());
    const root = rooted(this);
    this.hears = make("select", { class: "sound", "aria-label": texts.sound, onchange: () => this.hear() });
    const sound = make("label", { class: "field" }, make("span", {}, texts.sound), this.hears);
    this.controls = new Controls(this.head, texts, { loop: false, extra: [sound] });
    this.texts = texts;
    const group = make("div", { class: "grid", role: "group", "aria-label": texts.grid }, make("slot"), this.controls.root);
    group.addEventListener("keydown", (event) => this.key(event));
    root.append(group);
    queueMicrotask(() => this.fill());
    // Videos come while runs end; the others go on where they are.
    this.changes = new MutationObserver(() => this.fill());
    this.changes.observe(this, { childList: true, subtree: true });
  }

  disconnectedCallback() {
    this.changes?.disconnect();
    this.head?.pause();
    for (const video of this.querySelectorAll("video")) video.pause();
    this.head = null;
  }

  fill() {
    if (!this.head) return;
    const videos = [...this.querySelectorAll("video[data-seconds]")];
    const known = this.head.tracks.map(({ video }) => video);
    if (videos.length === known.length && videos.every((video, n) => video === known[n])) {
      this.controls.root.hidden = videos.length === 0;
      return;
    }
    this.controls.root.hidden = videos.length === 0;
    this.hears.replaceChildren(
      ...videos.map((video, n) => make("option", { value: n }, video.dataset.label)),
      make("option", { value: -1 }, this.texts.noSound),
    );
    this.head.use(videos.map((video) => ({ video, seconds: Number(video.dataset.seconds) })));
    this.hear();
    this.head.show();
  }

  hear() {
    this.head.tracks.forEach(({ video }, n) => (video.muted = n !== Number(this.hears.value)));
  }

  key(event) {
    const field = event.composedPath()[0];
    if (field.matches?.("select, textarea, a")) return;
    if (field.matches?.("input, button") && (event.key === " " || /^(Arrow|Home|End)/.test(event.key)) && !event.shiftKey) return;
    if (this.head.key(event)) event.preventDefault();
  }
}
if (!customElements.get("lipsync-grid")) customElements.define("lipsync-grid", LipsyncGrid);

/* <lipsync-clock data-elapsed="…">: seconds since a moment, or with data-left until one, counted in
   the browser, so that what stands around it need not be written anew each second. */
class LipsyncClock extends HTMLElement {
  connectedCallback() {
    const { elapsed, left } = this.dataset;
    const since = Date.now() - 1000 * Number(elapsed);
    const until = Date.now() + 1000 * Number(left);
    const tick = () => {
      const now = Date.now();
      const seconds = left === undefined ? Math.floor((now - since) / 1000) : Math.ceil((until - now) / 1000);
      const whole = Math.max(0, seconds);
      this.textContent = whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
    };
    tick();
    this.timer = setInterval(tick, 1000);
  }
  disconnectedCallback() {
    clearInterval(this.timer);
  }
}
if (!customElements.get("lipsync-clock")) customElements.define("lipsync-clock", LipsyncClock);
