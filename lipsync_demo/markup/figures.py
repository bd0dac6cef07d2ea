"""How the page writes lengths, sizes and frame rates."""

from __future__ import annotations

from fractions import Fraction

from lipsync_demo.markup import words
from lipsync_demo.runs.record.cost import Charge
from lipsync_demo.runs.record.file_names import SHORT


def short(run_id: str) -> str:
    """The beginning of a run's id."""
    return run_id[:SHORT]


def charged(charge: Charge, currency: str = "") -> str:
    """What was charged, how much of it came back, and whether only the balance says so."""
    amount, refunded = (
        f"{figure}\N{NO-BREAK SPACE}{currency}".rstrip("\N{NO-BREAK SPACE}")
        for figure in (charge.amount, charge.refunded)
    )
    return words.charged(
        amount, refunded if charge.refunded else None, by_balance=charge.source == "balance"
    )


def seconds(value: Fraction | float) -> str:
    """`7.12 s`; a minute and more as `1:07.12`, an hour and more as `1:02:07`."""
    hundredths = round(Fraction(value) * 100)
    if hundredths < 60_00:
        return f"{hundredths / 100:.2f}\N{NO-BREAK SPACE}s"
    whole, rest = divmod(hundredths, 100)
    minutes, secs = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{secs:02d}.{rest:02d}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}"


def clock(value: float) -> str:
    """Elapsed time for a line that changes every second: `7 s`, `1 min 05 s`."""
    whole = max(0, int(value))
    return f"{whole} s" if whole < 60 else words.minutes(whole // 60, whole % 60)


def about(value: float) -> str:
    """A rough time for people: `about 20 s`, `about 3 minutes`, `about 4 hours`."""
    if value < 45:
        return words.about_seconds(max(1, round(value)))
    minutes = max(1, round(value / 60))
    if minutes < 90:
        return words.about_minutes(minutes)
    return words.about_hours(round(minutes / 60))


def megabytes(size: int) -> str:
    """`412 kB` or `3.4 MB`, in powers of ten."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}\N{NO-BREAK SPACE}kB"
    return f"{size / 1e6:.1f}\N{NO-BREAK SPACE}MB"


def rate(fps: Fraction) -> str:
    """Frames a second without a false round number: `25`, `29.97`, `23.976`."""
    return f"{float(fps):.3f}".rstrip("0").rstrip(".")


def factor(value: Fraction) -> str:
    """A speed: `0.56×`."""
    return f"{float(value):.2f}×"
