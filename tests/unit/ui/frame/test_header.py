from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import header

KEY = SecretStr("wsk_0123456789abcdefWXYZ")


def settings(tmp_path: Path, **values: object) -> Settings:
    return Settings(data_dir=tmp_path, **values)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAVESPEED_API_KEY", raising=False)


def test_the_header_says_who_answers(tmp_path: Path) -> None:
    assert "Local engine · free" in header.brand(settings(tmp_path), None)
    assert "WaveSpeed API<" in header.brand(settings(tmp_path, api_key=KEY), None)
    assert "your key …WXYZ" in header.brand(settings(tmp_path), KEY)
    assert "key needed" in header.brand(settings(tmp_path, backend="wavespeed"), None)


def test_of_a_key_only_four_characters_are_shown(tmp_path: Path) -> None:
    shown = header.brand(settings(tmp_path), KEY) + header.key_note(KEY)
    assert "WXYZ" in shown
    assert KEY.get_secret_value()[:-4] not in shown
    assert "fWXYZ" not in shown


def test_of_a_short_key_nothing_is_shown() -> None:
    assert header.last_four(SecretStr("abcd1234")) == "…"


def test_a_key_of_the_environment_is_not_shown_at_all(tmp_path: Path) -> None:
    own = settings(tmp_path, api_key=KEY)
    assert "WXYZ" not in header.brand(own, None) + header.key_note(None) + header.terms(own, None)


def test_a_visitors_key_decides_the_backend(tmp_path: Path) -> None:
    assert header.backend(settings(tmp_path), None) == "local"
    assert header.backend(settings(tmp_path), KEY) == "wavespeed"


def test_spaces_around_a_pasted_key_are_dropped() -> None:
    cleaned = header.cleaned("  key \n")
    assert cleaned is not None
    assert cleaned.get_secret_value() == "key"
    assert header.cleaned("  ") is None


def test_the_terms_say_where_the_files_go(tmp_path: Path) -> None:
    assert "stay on this machine" in header.terms(settings(tmp_path), None)
    assert "api.wavespeed.ai" in header.terms(settings(tmp_path), KEY)


def test_hosting_that_cannot_work_is_said_before_the_run(tmp_path: Path) -> None:
    broken = settings(tmp_path, hosting="signed", public_url=None, space_host=None)
    assert "LIPSYNC_PUBLIC_URL" in header.terms(broken, KEY)
