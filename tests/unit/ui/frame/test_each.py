"""No event of the page repeats itself without an end."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from tests.unit.ui.pressed_page import opened


def test_handlers_that_wait_do_not_share_an_event(tmp_path: Path) -> None:
    waiting: dict[tuple[int | None, str], list[str]] = defaultdict(list)
    with opened(tmp_path) as page:
        for handler in page.blocks.fns.values():
            if handler.fn is None:
                continue
            for of, kind in handler.targets:
                if kind not in ("then", "success", "failure"):
                    waiting[of, kind].append(f"{handler.fn} {handler.trigger_mode}")
    shared = {event: names for event, names in waiting.items() if len(names) > 1}
    assert [names for names in shared.values() if any("always_last" in n for n in names)] == []
