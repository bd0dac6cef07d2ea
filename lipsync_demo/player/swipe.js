/* On a narrow screen one cell of a grid is shown at a time: swiped, by buttons, by Page Up and Down. */
class Swipe {
  constructor(grid, texts) {
    this.grid = grid;
    this.texts = texts;
    const button = (name, text, label, by) =>
      make("button", { type: "button", class: name, title: label, "aria-label": label, onclick: () => this.go(by) }, text);
    this.place = make("output", { class: "cell-place" });
    this.before = button("before", "‹", texts.before, -1);
    this.after = button("after", "›", texts.after, 1);
    this.root = make("div", { class: "swipe", role: "group", "aria-label": texts.cells }, this.before, this.place, this.after);
  }

  /* The element whose children are swiped is written anew with the cells. */
  use() {
    const track = this.grid.querySelector(".cells");
    if (track === this.track) return this.update();
    this.track = track;
    track?.addEventListener("scroll", () => this.update(), { passive: true });
    track?.addEventListener("scrollend", () => (this.goal = null));
    this.update();
  }

  get cells() {
    return [...(this.track?.children ?? [])];
  }

  get at() {
    const width = this.track?.clientWidth || 1;
    return Math.min(this.cells.length - 1, Math.max(0, Math.round(this.track.scrollLeft / width)));
  }

  /* A second press during the way to a cell counts from where the first one leads. */
  go(by) {
    const goal = (this.goal ?? this.at) + by;
    const cell = this.cells[goal];
    if (!cell) return;
    this.goal = goal;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.track.scrollTo({ left: cell.offsetLeft - this.cells[0].offsetLeft, behavior: still ? "auto" : "smooth" });
  }

  key(event) {
    const by = KEYS.cellBefore.includes(event.key) ? -1 : Number(KEYS.cellAfter.includes(event.key));
    if (!by || !this.track || this.track.scrollWidth <= this.track.clientWidth + 1) return false;
    this.go(by);
    return true;
  }

  update() {
    const { cells } = this;
    if (!cells.length) return;
    const swiped = this.track.scrollWidth > this.track.clientWidth + 1;
    if (swiped) this.track.tabIndex = 0;
    else this.track.removeAttribute("tabindex");
    const name = cells[this.at].getAttribute("aria-label") ?? "";
    this.place.textContent = filled(this.texts.cell, { name, number: this.at + 1, count: cells.length });
    this.before.disabled = this.at === 0;
    this.after.disabled = this.at === cells.length - 1;
  }
}
