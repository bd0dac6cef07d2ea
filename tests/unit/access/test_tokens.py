"""API tokens: only hashes are kept, and what each allows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from lipsync_demo.access.bearer import bearing, current_token, need
from lipsync_demo.access.errors import AccessUnusable, NotAllowed
from lipsync_demo.access.request_rates import RequestRates
from lipsync_demo.access.tokens import ApiTokens, new_token
from lipsync_demo.settings import Settings


def tokens(text: str) -> ApiTokens:
    return ApiTokens(Settings(api_tokens=SecretStr(text)))


def test_a_token_is_known_by_its_hash_and_no_other_is() -> None:
    sent, kept = new_token("ci", ["read"], spend=Decimal("2.50"), runs=3, rate=7)
    other, second = new_token("a_b", ["run", "share", "delete"])
    book = tokens(f"{kept.line}; {second.line}")
    assert sent not in kept.line
    assert book.bearer(sent) == kept
    assert book.bearer(other) == second
    stranger, _ = new_token("ci")
    for wrong in (stranger, sent[:-1], f"{sent}0", sent.upper(), "", "lsd_ci_", "hf_abc"):
        assert book.bearer(wrong) is None
    assert book.owner(kept.owner) == kept
    assert book.owner("ci") is None
    assert kept.visitor != second.visitor


@pytest.mark.parametrize(
    "line",
    [
        "ci sha256$",
        "ci scopes=all {}",
        "ci scopes= {}",
        "ci rate=0 {}",
        "ci rate=much {}",
        "ci spend=-1 {}",
        "ci runs=-1 {}",
        "ci colour=red {}",
        "Ci {}",
        "{}",
        "ci {0}; ci {0}",
    ],
)
def test_a_line_that_is_no_token_s_is_named_before_the_page_opens(line: str) -> None:
    kept = new_token("x")[1].line.split()[-1]
    with pytest.raises(AccessUnusable, match="is no entry of its own") as error:
        tokens(line.format(kept)).check()
    assert kept not in str(error.value)


def test_a_line_without_limits_may_read_and_run() -> None:
    sent, kept = new_token("ci")
    found = tokens(f"ci {kept.line.split()[-1]}").bearer(sent)
    assert found == kept
    assert found.scopes == {"read", "run"}


def test_a_removed_line_shuts_its_token_out(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    (sent, ci), (_, other) = new_token("ci"), new_token("other")
    path.write_text(f"{ci.line}\n{other.line}\n")
    book = tokens(str(path))
    assert book.bearer(sent) == ci
    path.write_text(f"{other.line}\n# without ci\n")
    assert book.bearer(sent) is None


def test_what_a_token_does_not_allow_is_refused_with_what_would() -> None:
    _, kept = new_token("ci", ["read"])
    need("run")  # whoever needs no token
    with bearing(kept):
        assert current_token() == kept
        need("read")
        with pytest.raises(NotAllowed, match=r"“ci” may not start runs. .* the scope “run”"):
            need("run")
    assert current_token() is None


def test_a_token_s_requests_are_counted_by_themselves() -> None:
    rates = RequestRates()
    _, ci = new_token("ci", rate=3)
    _, other = new_token("other", rate=3)
    left = [rates.take(ci) for _ in range(4)]
    assert [one.remaining for one in left[:3]] == [2, 1, 0]
    assert [one.retry is None for one in left] == [True, True, True, False]
    assert 1 <= int(left[3].headers["Retry-After"]) <= 20
    assert left[0].headers["RateLimit-Policy"] == '"token";q=3;w=60'
    assert "Retry-After" not in left[0].headers
    assert rates.take(other).retry is None
