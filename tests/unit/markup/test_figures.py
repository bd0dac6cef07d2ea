from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from lipsync_demo.markup import figures
from lipsync_demo.runs.record.cost import Charge

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0.00 s"),
        (Fraction(71, 10), "7.10 s"),
        (Fraction(5999, 100), "59.99 s"),
        (Fraction(59_996, 1000), "1:00.00"),
        (Fraction(6712, 100), "1:07.12"),
        (Fraction(3727), "1:02:07"),
    ],
)
def test_a_length_keeps_hundredths_and_never_shows_sixty_seconds(
    value: Fraction, text: str
) -> None:
    assert figures.seconds(value).replace(NBSP, " ") == text


@pytest.mark.parametrize(
    ("fps", "text"),
    [(Fraction(25), "25"), (Fraction(30000, 1001), "29.97"), (Fraction(24000, 1001), "23.976")],
)
def test_a_frame_rate_is_not_rounded_to_a_whole_number(fps: Fraction, text: str) -> None:
    assert figures.rate(fps) == text


def test_sizes_are_in_the_unit_a_file_manager_shows() -> None:
    assert [figures.megabytes(n).replace(NBSP, " ") for n in (12, 227_918, 3_400_000)] == [
        "1 kB",
        "228 kB",
        "3.4 MB",
    ]


def test_the_clock_counts_minutes() -> None:
    assert [figures.clock(n) for n in (-1, 0.9, 59.9, 65)] == ["0 s", "0 s", "59 s", "1 min 05 s"]


@pytest.mark.parametrize(
    ("charge", "currency", "text"),
    [
        (Charge(Decimal("0.05")), "USD", f"0.05{NBSP}USD"),
        (Charge(Decimal("0.05")), "", "0.05"),
        (Charge(Decimal("0.05"), Decimal("0.05")), "", "0.05, refunded"),
        (Charge(Decimal("0.05"), Decimal("0.02")), "", "0.05, 0.02 refunded"),
        (Charge(Decimal("0.05"), source="balance"), "", "0.05 by the balance"),
    ],
)
def test_a_charge_says_what_came_back_and_who_says_so(
    charge: Charge, currency: str, text: str
) -> None:
    assert figures.charged(charge, currency) == text
