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
