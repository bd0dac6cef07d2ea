"""Sends a click on a list entry to the server."""

from __future__ import annotations

SELECT_JS = """
element.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-run], [data-group], [data-retry], [data-act]");
  if (!pressed || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const { run = "", group = "", retry = "", act = "" } = pressed.dataset;
  trigger("select", { run, group, retry, act });
});
"""
"""Script of a list: sends the data attributes of the clicked entry."""
