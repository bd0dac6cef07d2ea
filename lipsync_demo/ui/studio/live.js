// Plays the growing video of a run while it is rendered; the result takes its place.
(() => {
  // Milliseconds between two questions for more: at first, at most, and how they grow in a queue.
  const [PAUSE, LONGEST_PAUSE, GROWTH] = [150, 1000, 1.04];
  const SEARCHED = "avcC";
  const TYPE = (codec) => `video/mp4; codecs="${codec}, mp4a.40.2"`;
  const playable = () => window.MediaSource?.isTypeSupported?.(TYPE("avc1.64001f"));
  const pause = (after) =>
    new Promise((resolve) => setTimeout(resolve, Math.min(PAUSE * GROWTH ** after, LONGEST_PAUSE)));
  const event = (target, name) =>
    new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

  // The profile and level of H.264, as the file's header says them.
  const codecOf = (bytes) => {
    const at = new TextDecoder("latin1").decode(bytes.subarray(0, 4096)).indexOf(SEARCHED);
    const three = [...bytes.subarray(at + 5, at + 8)];
    return at < 0 ? null : `avc1.${three.map((n) => n.toString(16).padStart(2, "0")).join("")}`;
  };

  // Where the result goes on: what was watched, and a picture for the moment until it is loaded.
  const handOver = (run, watched, picture) => {
    // A recording may be shown instead, which is none of it.
    const shown = document.querySelector(`#stage [data-present="${run}"]`);
    const result = shown?.closest("#stage").querySelector(".player video");
    if (!result || !watched.readyState) return;
    if (result.inert) return;
    if (picture) result.poster = picture;
    if (!watched.wasPlaying && !watched.currentTime) return;
    const moved = () => {
      result.currentTime = watched.currentTime;
      result.volume = watched.volume;
      result.muted = watched.muted;
      if (watched.wasPlaying) result.play().catch(() => {});
    };
    if (result.readyState) moved();
    else result.addEventListener("loadedmetadata", moved, { once: true });
  };

  class Live extends HTMLElement {
    connectedCallback() {
      this.watching = new AbortController();
      if (!playable()) this.closest("section").hidden = true;
      else this.watch(this.watching.signal).catch(() => this.giveUp());
    }

    disconnectedCallback() {
      this.watching.abort();
      const video = this.querySelector("video");
      if (!video?.readyState) return;
      video.wasPlaying = this.playing;
      const picture = this.still(video);
      const run = new URL(this.getAttribute("src"), location.href).pathname.split("/").pop();
      queueMicrotask(() => handOver(run, video, picture));
    }

    still(video) {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      canvas.getContext("2d").drawImage(video, 0, 0);
      return canvas.toDataURL("image/jpeg");
    }

    async watch(signal) {
      const address = new URL(this.getAttribute("src"), location.href);
      let [taken, attempt, buffer, empty] = [0, null, null, 0];
      while (!signal.aborted) {
        address.searchParams.set("from", taken);
        const answer = await fetch(address, { signal });
        const state = answer.headers.get("x-live-state");
        if (!answer.ok || state === "withheld") return this.giveUp(state);
        const bytes = new Uint8Array(await answer.arrayBuffer());
        if (bytes.length) {
          attempt ??= answer.headers.get("x-live-attempt");
          // A worker that died is replaced, and its successor begins another video.
          if (attempt !== answer.headers.get("x-live-attempt")) return this.giveUp();
          buffer ??= await this.open(codecOf(bytes));
          buffer.appendBuffer(bytes);
          await event(buffer, "updateend");
          [taken, empty] = [taken + bytes.length, 0];
        }
        if (state === "ended") return buffer && this.source.endOfStream();
        if (!bytes.length) await pause(empty++);
      }
    }

    async open(codec) {
      const video = this.querySelector("video");
      this.source = new MediaSource();
      video.src = URL.createObjectURL(this.source);
      await event(this.source, "sourceopen");
      URL.revokeObjectURL(video.src);
      const buffer = this.source.addSourceBuffer(TYPE(codec));
      video.addEventListener("play", () => (this.playing = true));
      video.addEventListener("pause", () => (this.playing = video.isConnected ? false : this.playing));
      video.addEventListener(
        "loadeddata",
        () => {
          video.controls = true;
          this.classList.add("shown");
        },
        { once: true },
      );
      return buffer;
    }

    giveUp(state) {
      const soon = this.querySelector(".soon");
      if (soon && state === "withheld") soon.textContent = this.dataset.withheld;
    }
  }
  customElements.define("lipsync-live", Live);
})();
