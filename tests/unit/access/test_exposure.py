"""A page with a paid key does not stand open by mistake."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from lipsync_demo.access import exposure
from lipsync_demo.access.errors import Exposed
from lipsync_demo.settings import OPEN_DAY, RATES, Settings

KEY = SecretStr("paid")
REACHED: list[dict[str, Any]] = [
    {"host": "0.0.0.0"},
    {"host": "::"},
    {"host": ""},
    {"host": "192.168.1.4"},
    {"host": "demo.example"},
    {"space_host": "someone-demo.hf.space"},
    {"public_url": "https://demo.example"},
]


@pytest.mark.parametrize("given", REACHED)
def test_a_key_that_others_could_spend_is_refused_in_a_sentence(given: dict[str, Any]) -> None:
    with pytest.raises(Exposed) as error:
        exposure.check_exposure(Settings(api_key=KEY, **given))
    assert "others can reach it" in error.value.what
    for named in ("python -m lipsync_demo code", "LIPSYNC_ACCESS_CODES", "LIPSYNC_OPEN=1"):
        assert named in error.value.hint
    assert "paid" not in error.value.hint
    for allowed in (
        {"open_to_all": True},
        {"access_codes": SecretStr("codes.txt")},
        {"api_key": None},
        {"backend": "local"},
        {"demo_mode": True},
    ):
        exposure.check_exposure(Settings(**{"api_key": KEY, **given, **allowed}))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_a_page_for_its_own_machine_opens(host: str) -> None:
    settings = Settings(api_key=KEY, host=host)
    exposure.check_exposure(settings)
    assert (settings.day_limit, settings.visitor_limit) == (None, None)


def test_a_sign_in_needs_a_list_a_space_and_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    space: dict[str, Any] = {"api_key": KEY, "space_host": "a-b.hf.space"}
    named = {**space, "oauth_client_id": "id", "hf_users": "Anna, my-org"}
    for missing in ("oauth_client_id", "hf_users"):
        with pytest.raises(Exposed):
            exposure.check_exposure(Settings(**{n: v for n, v in named.items() if n != missing}))
    monkeypatch.setattr(exposure, "find_spec", lambda _: object())
    exposure.check_exposure(Settings(**named))
    assert Settings(**named).allowed_users == {"anna", "my-org"}
    monkeypatch.setattr(exposure, "find_spec", lambda _: None)
    with pytest.raises(Exposed, match=r"gradio\[oauth\]"):
        exposure.check_exposure(Settings(**named))


def test_what_others_reach_has_limits_by_itself() -> None:
    reached = Settings(host="0.0.0.0")
    assert (reached.day_limit, reached.visitor_limit) == (OPEN_DAY, OPEN_DAY / 4)
    chosen = Settings(host="0.0.0.0", spend_limit=Decimal(8))
    assert (chosen.day_limit, chosen.visitor_limit) == (8, 2)
    both = Settings(host="0.0.0.0", spend_limit=Decimal(8), visitor_spend_limit=Decimal(7))
    assert (both.day_limit, both.visitor_limit) == (8, 7)
    own = Settings(spend_limit=Decimal(8))
    assert (own.day_limit, own.visitor_limit) == (8, None)


def test_rates_and_proxies_are_checked_when_they_are_read() -> None:
    assert Settings(rates="runs=3, keys = 1").minute_rates == {**RATES, "runs": 3, "keys": 1}
    for wrong in ("runs", "runs=0", "runs=many", "walks=3", "runs=-1"):
        with pytest.raises(ValidationError, match="is no rate"):
            Settings(rates=wrong)
    assert Settings(trusted_proxies="10.0.0.0/8, ::1").trusted_proxies
    for wrong in ("*", "proxy.example", "10.0.0.1/8"):
        with pytest.raises(ValidationError, match="no address or network"):
            Settings(trusted_proxies=wrong)
