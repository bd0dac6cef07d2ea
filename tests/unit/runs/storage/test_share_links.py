"""Shared links open their target until they expire or are revoked."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from lipsync_demo.hosting.errors import LinkRefused
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.storage import share_links as module
from lipsync_demo.runs.workspace import Workspace

RUN = "0123456789abcdef" * 2


def parts(link: str) -> tuple[str, str, str]:
    split = urlsplit(link)
    query = dict(parse_qsl(split.query))
    return split.path.rpartition("/")[2], query["exp"], query["sig"]


def test_a_link_opens_what_it_names_and_hides_its_id(work: Workspace) -> None:
    share, link = work.share_links.share("run", RUN, 7)
    assert RUN not in link
    assert work.share_links.open(*parts(link)) == share
    assert (share.kind, share.target) == ("run", RUN)
    assert timedelta(days=6) < share.expires_at - now() < timedelta(days=8)
    assert work.share_links.of(RUN) == [share]


@pytest.mark.parametrize("part", [0, 1, 2])
def test_an_altered_link_is_refused(work: Workspace, part: int) -> None:
    link = list(parts(work.share_links.share("group", RUN, 1)[1]))
    link[part] = link[part][:-1] + ("0" if link[part][-1] != "0" else "1")
    with pytest.raises(LinkRefused) as refused:
        work.share_links.open(*link)
    assert refused.value.status == 403


def test_a_link_expires(work: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    link = parts(work.share_links.share("run", RUN, 1)[1])
    later = now() + timedelta(days=1, seconds=2)
    monkeypatch.setattr(module, "now", lambda: later)
    with pytest.raises(LinkRefused, match="expired"):
        work.share_links.open(*link)
    assert work.share_links.of(RUN) == []


def test_links_are_taken_back(work: Workspace) -> None:
    link = parts(work.share_links.share("run", RUN, 30)[1])
    other = parts(work.share_links.share("run", "f" * 32, 30)[1])
    assert work.share_links.revoke(RUN) == 1
    with pytest.raises(LinkRefused, match="taken back"):
        work.share_links.open(*link)
    assert work.share_links.open(*other).target == "f" * 32
    assert work.share_links.revoke(RUN) == 0
