from __future__ import annotations

import re
from pathlib import Path

from lipsync_demo import player
from lipsync_demo.player.keys import CELLS, PLAYER, PRESENTER, table
from lipsync_demo.ui.frame import help as page_help
from lipsync_demo.ui.frame.keys import ALWAYS, PAGE, RESULT


def test_the_help_lists_every_key_once() -> None:
    rows = [*PLAYER, *PRESENTER, *CELLS, *PAGE, *RESULT, *ALWAYS]
    listed = re.findall(r"<dd>(.*?)</dd>", page_help.markup())
    assert sorted(listed) == sorted(key.does for key in rows)
    assert "<kbd>Space</kbd><kbd>k</kbd>" in page_help.markup()


def test_the_scripts_know_no_key_but_those_of_the_table() -> None:
    folder = Path(player.__file__).parent
    assert '"toggle": [" ", "k"]' in player.script()
    source = (folder / "playhead.js").read_text(encoding="utf-8")
    acts = re.search(r"const acts = {(.*?)};", source, re.S)
    assert acts is not None
    assert set(re.findall(r"(\w+): \(\)", acts.group(1))) == set(table(PLAYER))
