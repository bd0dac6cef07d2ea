/* Which cells of a grid are A and B in the player of two videos, found by `where`: a click on a
   cell's picture makes it the side that was chosen longer ago, its buttons say which. */
class Sides {
  constructor(grid, where) {
    this.grid = grid;
    this.where = where;
    this.next = 0;
    this.heard = (event) => event.target.matches?.(this.where) && this.show();
    grid.addEventListener("click", (event) => this.click(event));
    document.addEventListener("lipsync-sides", this.heard);
  }

  gone() {
    document.removeEventListener("lipsync-sides", this.heard);
  }

  get pair() {
    return this.where ? document.querySelector(this.where) : null;
  }

  click(event) {
    const { pair } = this;
    const cell = event.target.closest("[data-film]");
    if (!pair || !cell) return;
    const button = event.target.closest("[data-side]");
    if (!button && !event.target.closest("video")) return;
    const shown = pair.shownSides();
    const side = button ? Number(button.dataset.side) : this.next;
    if (!button && shown.includes(cell.dataset.film)) return;
    if (pair.put(side, cell.dataset.film)) this.next = 1 - side;
  }

  show() {
    const shown = this.pair?.shownSides?.() ?? [];
    for (const button of this.grid.querySelectorAll("[data-side]")) {
      const { film } = button.closest("[data-film]").dataset;
      button.setAttribute("aria-pressed", String(shown[Number(button.dataset.side)] === film));
    }
  }
}
