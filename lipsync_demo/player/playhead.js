/* One playhead over several videos: they start, stop, step and loop together.

   Times come from whole frame numbers; a seek aims at the middle of a frame, because a
   frame's own time, rounded to a float, may show the frame before it. */
class Playhead {
  constructor(rate, moved) {
    this.rate = rate;
    this.moved = moved;
    this.tracks = [];
    this.frame = 0;
    this.range = null;
    this.speed = 1;
    this.playing = false;
    this.pending = 0;
  }

  /* Tracks are {video, seconds}; the longest one is the clock. */
  use(tracks) {
    this.pause();
    this.tracks = tracks;
    this.frame = Math.min(this.frame, this.last);
    this.show();
  }

  get seconds() {
    return Math.max(0, ...this.tracks.map((track) => track.seconds));
  }
  get last() {
    return Math.max(0, Math.ceil((this.seconds * this.rate[0]) / this.rate[1] - 1e-6) - 1);
  }
  get first() {
    return this.range?.[0] ?? 0;
  }
  get end() {
    return this.range?.[1] ?? this.last;
  }
  get clock() {
    return this.tracks.reduce((a, b) => (b.seconds > a.seconds ? b : a), this.tracks[0]);
  }
  time(frame) {
    return (frame * this.rate[1]) / this.rate[0];
  }
  at(seconds) {
    return Math.floor((seconds * this.rate[0]) / this.rate[1] + 1e-3);
  }

  seek(frame) {
    this.frame = Math.min(Math.max(0, frame), this.last);
    this.show();
  }

  step(frames) {
    this.pause();
    this.seek(this.frame + frames);
  }

  show() {
    const middle = this.time(this.frame + 0.5);
    for (const { video, seconds } of this.tracks) {
      const most = Math.max(0, seconds - this.time(0.5));
      const wanted = Math.min(middle, most);
      if (Math.abs(video.currentTime - wanted) > 1e-4) video.currentTime = wanted;
    }
    this.moved();
  }

  async play() {
    if (!this.tracks.length) return;
    if (this.frame >= this.end || this.frame < this.first) this.seek(this.first);
    this.playing = true;
    const turn = ++this.pending;
    const on = this.tracks.filter((track) => !this.over(track));
    for (const { video } of on) video.playbackRate = this.speed;
    await Promise.allSettled(on.map(({ video }) => video.play()));
    if (turn !== this.pending || !this.playing) return;
    this.moved();
    this.follow();
  }

  over({ seconds }) {
    return this.time(this.frame + 0.5) >= seconds;
  }

  follow() {
    if (!this.playing) return;
    const clock = this.clock.video;
    const now = clock.currentTime;
    this.frame = Math.min(this.at(now), this.last);
    const half = this.time(0.5);
    for (const track of this.tracks) {
      const { video, seconds } = track;
      if (video === clock) continue;
      if (now >= seconds - half) {
        if (!video.paused) {
          video.pause();
          video.currentTime = seconds - half;
        }
        continue;
      }
      const late = video.currentTime - now;
      if (Math.abs(late) > 0.25) video.currentTime = now;
      else video.playbackRate = this.speed * (Math.abs(late) > half ? 1 - this.nudge(video, late) : 1);
      if (video.paused && this.playing) video.play().catch(() => {});
    }
    if (this.range && (this.frame >= this.end || clock.ended)) {
      this.seek(this.first);
      if (clock.paused) clock.play().catch(() => {});
    } else if (clock.ended || this.frame >= this.last) {
      this.pause();
      return;
    }
    this.moved();
    requestAnimationFrame(() => this.follow());
  }

  /* What is heard is hurried too little to be noticed; what is only seen may be caught up soon. */
  nudge(video, late) {
    const most = video.muted ? 0.4 : 0.05;
    return Math.min(Math.max(2 * late, -most), most);
  }

  pause() {
    const was = this.playing;
    this.playing = false;
    this.pending += 1;
    for (const { video } of this.tracks) video.pause();
    if (was) this.show();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /* Keys every player answers to; true when the key meant something. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const step = event.shiftKey ? 10 : 1;
    const acts = {
      toggle: () => this.toggle(),
      back: () => this.step(-step),
      forth: () => this.step(step),
      first: () => (this.pause(), this.seek(this.first)),
      last: () => (this.pause(), this.seek(this.end)),
    };
    const action = Object.keys(acts).find((name) => KEYS[name].includes(event.key));
    acts[action]?.();
    return Boolean(action);
  }
}
