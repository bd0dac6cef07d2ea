/* <lipsync-presenter>: one result as large as the window, wiped against its source, with sound. */
class LipsyncPresenter extends HTMLElement {
  /* Called within the click: only then may it play with sound and fill the screen. */
  present({ texts, acts }, at) {
    Object.assign(this, { texts, acts, shown: new Set(), filled: false });
    const root = rooted(this);
    const button = (name, sign, label, act) =>
      make("button", { type: "button", class: name, "aria-label": label, onclick: act }, sign);
    this.heading = make("h2", { "aria-live": "polite" });
    this.place = make("span", { class: "place" });
    this.before = button("before", "‹", "", () => this.turn(-1));
    this.after = button("after", "›", "", () => this.turn(1));
    const close = button("close", texts.close, texts.close, () => this.dialog.close());
    this.head = new Playhead([25, 1], () => this.controls?.update());
    this.controls = new Controls(this.head, texts, { loop: false });
    this.screen = make("div", { class: "screen" });
    this.said = make("ol", { class: "said" });
    this.hall = make(
      "div", { class: "hall", tabindex: "-1" },
      make("header", {}, this.heading, this.place, this.before, this.after, close),
      this.screen, this.controls.root, this.said,
    );
    this.dialog = make("dialog", { class: "presenter", "aria-label": texts.presenter }, this.hall);
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("close", () => this.ended());
    root.append(this.dialog);
    this.dialog.showModal();
    this.hall.focus();
    this.show(at);
    this.fill();
  }

  /* The whole screen where the browser gives it, the whole window where it refuses. */
  fill() {
    this.left = () => {
      if (document.fullscreenElement) this.filled = true;
      else if (this.filled) this.dialog.close();
    };
    document.addEventListener("fullscreenchange", this.left);
    this.hall.requestFullscreen?.({ navigationUI: "hide" }).catch(() => {});
  }

  ended() {
    document.removeEventListener("fullscreenchange", this.left);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    this.empty();
    this.dispatchEvent(new Event("close"));
  }

  disconnectedCallback() {
    this.empty();
  }

  empty() {
    this.head?.pause();
    for (const video of this.screen?.querySelectorAll("video") ?? []) {
      video.pause();
      video.removeAttribute("src");
      video.load();
    }
    this.screen?.replaceChildren();
  }

  turn(by) {
    this.show((this.at + by + this.acts.length) % this.acts.length);
  }

  show(at) {
    this.at = at;
    const { texts, acts } = this;
    const { title, result, source, sentences } = acts[at];
    const named = (n) => acts[(n + acts.length) % acts.length].title;
    this.heading.textContent = title;
    this.place.textContent = filled(texts.position, { number: at + 1, count: acts.length });
    this.before.setAttribute("aria-label", filled(texts.turned, { title: named(at - 1) }));
    this.after.setAttribute("aria-label", filled(texts.turned, { title: named(at + 1) }));
    for (const part of [this.place, this.before, this.after]) part.hidden = acts.length < 2;
    this.said.replaceChildren(...sentences.map((text) => make("li", {}, text)));

    this.empty();
    const gated = result.hidden && !this.shown.has(at);
    const after = this.video(result, texts.presenter, gated);
    const before = source && !gated ? this.video(source, texts.sourceTag) : null;
    if (before) before.muted = true;
    const sheet = make("div", { class: `sheet${gated ? " gated" : ""}` });
    after.addEventListener("loadedmetadata", () => {
      sheet.style.setProperty("--shape", after.videoWidth / after.videoHeight);
      this.head.show();
    });
    if (before) sheet.append(make("div", { class: "under" }, before, make("span", { class: "tag" }, texts.sourceTag)));
    sheet.append(make("div", { class: "over" }, after));
    if (before) sheet.append(this.wipe(sheet));
    if (gated) sheet.append(this.gate(at));
    this.screen.replaceChildren(sheet);

    this.head.rate = result.fps;
    this.head.frame = 0;
    const tracks = [{ video: after, seconds: result.seconds }];
    // The result is the clock: what the source has beyond its end is not waited for.
    if (before) tracks.push({ video: before, seconds: Math.min(source.seconds, result.seconds) });
    this.head.use(tracks);
    if (!gated) this.play(after);
  }

  /* Where sound is refused without a click of its own, the button to play stays. */
  async play(video) {
    await this.head.play();
    if (video.paused && this.head.playing) this.head.pause();
  }

  video({ url, label }, name, inert = false) {
    const video = make("video", { src: url, playsinline: true, preload: "auto", "aria-label": `${name}: ${label}`, inert });
    video.disableRemotePlayback = true;
    return video;
  }

  wipe(sheet) {
    sheet.style.setProperty("--wipe", "0%");
    return make("input", {
      type: "range", class: "divider", min: 0, max: 100, value: 0, step: 1, "aria-label": this.texts.divider,
      oninput: (event) => sheet.style.setProperty("--wipe", `${event.target.value}%`),
    });
  }

  gate(at) {
    const reveal = () => {
      this.shown.add(at);
      this.show(at);
    };
    return make("div", { class: "gate" }, make("p", {}, this.texts.gate), make("button", { type: "button", onclick: reveal }, this.texts.reveal));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.composedPath()[0];
    const onward = KEYS.before.includes(event.key) ? -1 : Number(KEYS.after.includes(event.key));
    if (field.matches?.("input, select") && /^(Arrow|Home|End)/.test(event.key)) return;
    if (field.matches?.("button") && event.key === " ") return;
    if (onward && this.acts.length > 1) this.turn(onward);
    else if (!this.head.key(event)) return;
    event.preventDefault();
  }
}
if (!customElements.get("lipsync-presenter")) customElements.define("lipsync-presenter", LipsyncPresenter);
