"""Settings that cannot work are refused, without showing what they hold."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lipsync_demo.settings import Settings


@pytest.mark.parametrize("url", ["mysql://me:hidden@db.example/runs", "hidden", "sqlite:runs"])
def test_a_database_whose_lock_is_not_known_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="must begin with sqlite:///") as error:
        Settings(database_url=url)
    assert "hidden" not in str(error.value)


@pytest.mark.parametrize(
    "url", ["sqlite:///runs.sqlite3", "sqlite:////data/runs", "postgresql+psycopg://me:pw@db/runs"]
)
def test_sqlite_and_postgresql_are_taken(url: str) -> None:
    assert Settings(database_url=url).runs_database_url == url


def test_the_offered_languages_are_known_ones() -> None:
    assert Settings(languages="de, fr").spoken_languages == {"en", "de", "fr"}
    with pytest.raises(ValidationError, match="there is no language 'tlh'"):
        Settings(languages="en,tlh")
