/* What answers a press is seen: a question that opens, or an error, is scrolled into the window. */
(() => {
  const QUESTIONS = "#plan, #models-plan";
  const NOTICES = "#plan, #models-plan, #compare-notice, #batch-notice, #history-notice";

  const answer = (node) => {
    if (!(node instanceof Element)) return null;
    const alert = node.matches("[role=alert]") ? node : node.querySelector("[role=alert]");
    if (alert?.closest(NOTICES)) return alert;
    return node.matches(QUESTIONS) ? node : node.querySelector(QUESTIONS);
  };

  const LEFT_ALONE = ["wheel", "touchmove", "keydown", "pointerdown"];

  // The page above may still grow, and so may the answer: it is followed until the reader moves.
  const show = (element) => {
    const follow = new ResizeObserver(() => element.scrollIntoView({ block: "nearest" }));
    follow.observe(element);
    follow.observe(document.body);
    const end = () => {
      follow.disconnect();
      for (const name of LEFT_ALONE) window.removeEventListener(name, end, true);
    };
    for (const name of LEFT_ALONE) window.addEventListener(name, end, true);
    setTimeout(end, 3000);
  };

  const begin = () =>
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) {
          const found = answer(node);
          if (found) return show(found);
        }
    }).observe(document.body, { childList: true, subtree: true });
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
