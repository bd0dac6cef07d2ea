"""Signed links: one file, for a while, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lipsync_demo.hosting import HostingUnavailable, LinkRefused, SignedMedia
from lipsync_demo.hosting.signed import LIFETIME_SECONDS, SLACK_SECONDS

SECRET = b"0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000


class Clock:
    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data" / "media"


@pytest.fixture
def media(root: Path, clock: Clock) -> SignedMedia:
    return SignedMedia(SECRET, "https://app.example/", root, now=clock)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "secret plans.MP4"
    path.write_bytes(b"video")
    return path


def parts(link: str) -> tuple[str, str, str]:
    split = urlsplit(link)
    query = parse_qs(split.query)
    assert sorted(query) == ["exp", "sig"]
    return split.path.removeprefix("/media/"), query["exp"][0], query["sig"][0]


def test_a_link_opens_its_file(media: SignedMedia, clip: Path, root: Path) -> None:
    link = media.sign(clip)
    assert link.startswith("https://app.example/media/")
    name, exp, sig = parts(link)
    assert int(exp) == NOW + LIFETIME_SECONDS
    assert sig == hmac.new(SECRET, f"{name}\n{exp}".encode(), hashlib.sha256).hexdigest()
    found = media.open(name, exp, sig)
    assert found.read_bytes() == b"video"
    assert found.parent == root


def test_only_its_owner_reads_what_is_published(media: SignedMedia, clip: Path, root: Path) -> None:
    clip.chmod(0o644)
    own = root.parent / "run" / "output.mp4"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"output")
    own.chmod(0o600)
    for path in (clip, own):
        found = media.open(*parts(media.sign(path)))
        assert found.stat().st_mode & 0o777 == 0o600
    assert found.samefile(own)
    assert clip.stat().st_mode & 0o777 == 0o644
    media.withdraw(clip)
    assert list(root.iterdir()) == [found]


def test_a_link_says_nothing_about_the_file(media: SignedMedia, clip: Path) -> None:
    link = media.sign(clip)
    assert "plans" not in link
    assert str(clip.parent) not in link
    assert urlsplit(link).path.endswith(".mp4")


def test_names_are_random(media: SignedMedia, clip: Path) -> None:
    names = set()
    for number in range(20):
        copy = clip.with_name(f"{number}.mp4")
        copy.write_bytes(b"video")
        names.add(parts(media.sign(copy))[0].partition("-")[2])
    assert len(names) == 20
    assert all(len(name) >= 32 for name in names)


def test_without_a_base_address_the_link_is_for_this_page(root: Path, clip: Path) -> None:
    assert SignedMedia(SECRET, "", root).sign(clip).startswith("/media/")


@pytest.mark.parametrize(
    "alter",
    [
        lambda name, exp, sig: (name, exp, "0" * 64),
        lambda name, exp, sig: (name, exp, ""),
        lambda name, exp, sig: (name, exp, sig[:-1]),
        lambda name, exp, sig: (name, exp, sig.upper() + "é"),
        lambda name, exp, sig: (name, str(int(exp) + 1), sig),
        lambda name, exp, sig: (name, exp + "0", sig),
        lambda name, exp, sig: (name, "0" + exp, sig),
        lambda name, exp, sig: (name, "", sig),
        lambda name, exp, sig: (name, "never", sig),
        lambda name, exp, sig: (name[:-1], exp, sig),
        lambda name, exp, sig: ("../media/" + name, exp, sig),
        lambda name, exp, sig: ("../../secret plans.MP4", exp, sig),
        lambda name, exp, sig: ("", exp, sig),
    ],
)
def test_an_altered_link_opens_nothing(
    media: SignedMedia, clip: Path, alter: Callable[[str, str, str], tuple[str, str, str]]
) -> None:
    link = parts(media.sign(clip))
    with pytest.raises(LinkRefused) as caught:
        media.open(*alter(*link))
    assert caught.value.status == 403
    assert media.open(*link).is_file()


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=40), st.text(max_size=14), st.text(max_size=70))
def test_no_made_up_link_opens_anything(media: SignedMedia, name: str, exp: str, sig: str) -> None:
    with pytest.raises(LinkRefused):
        media.open(name, exp, sig)


@pytest.mark.parametrize(
    "name", ["../data/media", "..", ".", "", "a/b.mp4", "/etc/passwd", "..\\x", "a\0b", "%2e%2e"]
)
def test_even_a_true_signature_does_not_leave_the_folder(
    media: SignedMedia, name: str, tmp_path: Path
) -> None:
    exp = str(NOW + 100)
    sig = hmac.new(SECRET, f"{name}\n{exp}".encode(), hashlib.sha256).hexdigest()
    with pytest.raises(LinkRefused) as caught:
        media.open(name, exp, sig)
    assert caught.value.status == 403


def test_another_secret_signs_other_links(media: SignedMedia, root: Path, clip: Path) -> None:
    other = SignedMedia(b"another secret, long enough", "", root)
    with pytest.raises(LinkRefused):
        other.open(*parts(media.sign(clip)))


def test_signatures_are_compared_in_constant_time(
    media: SignedMedia, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[object, object]] = []
    real = hmac.compare_digest

    def compare(a: bytes, b: bytes) -> bool:
        compared.append((a, b))
        return real(a, b)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    name, exp, sig = parts(media.sign(clip))
    media.open(name, exp, sig)
    with pytest.raises(LinkRefused):
        media.open(name, exp, "x")
    assert [pair[1] for pair in compared] == [sig.encode(), b"x"]


def test_a_link_expires(media: SignedMedia, clip: Path, clock: Clock) -> None:
    link = parts(media.sign(clip))
    clock.now = NOW + LIFETIME_SECONDS - 1
    assert media.open(*link).is_file()
    clock.now = NOW + LIFETIME_SECONDS
    with pytest.raises(LinkRefused, match="expired") as caught:
        media.open(*link)
    assert caught.value.status == 403


def test_a_file_that_is_gone_is_not_found(media: SignedMedia, clip: Path, root: Path) -> None:
    link = parts(media.sign(clip))
    (root / link[0]).unlink()
    with pytest.raises(LinkRefused, match="gone") as caught:
        media.open(*link)
    assert caught.value.status == 410


@pytest.mark.parametrize("copied", [False, True])
def test_a_withdrawn_file_has_no_link_left_and_may_get_a_new_one(
    media: SignedMedia,
    clip: Path,
    root: Path,
    clock: Clock,
    copied: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError("no links here")

    if copied:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    other = clip.with_name("other.mp4")
    other.write_bytes(b"other")
    old, stays = media.sign(clip), media.sign(other)
    clock.now += LIFETIME_SECONDS * 3 / 4
    newer = media.sign(clip)
    assert newer != old
    # Another process may withdraw it.
    SignedMedia(SECRET, "", root, now=clock).withdraw(clip)
    for link in (old, newer):
        with pytest.raises(LinkRefused) as caught:
            media.open(*parts(link))
        assert caught.value.status == 410
    assert media.open(*parts(stays)).read_bytes() == b"other"
    again = media.sign(clip)
    assert again != newer
    assert media.open(*parts(again)).read_bytes() == b"video"


def test_links_of_files_that_were_withdrawn_are_not_kept(
    media: SignedMedia, clip: Path, root: Path
) -> None:
    for number in range(20):
        made = clip.with_name(f"{number}.mp4")
        made.write_bytes(bytes([number]))
        media.sign(made)
        media.withdraw(made)
    media.sign(clip)
    assert len(media._links) == 1


def test_an_unchanged_file_keeps_its_link(media: SignedMedia, clip: Path, clock: Clock) -> None:
    first = media.sign(clip)
    clock.now += LIFETIME_SECONDS / 2 - 1
    assert media.sign(clip) == first
    clock.now += 2
    assert media.sign(clip) != first
    again = media.sign(clip)
    clip.write_bytes(b"another video")
    assert media.sign(clip) != again


def test_published_files_go_when_their_links_have_expired(
    media: SignedMedia, clip: Path, root: Path, clock: Clock
) -> None:
    media.sign(clip)
    keep = root / "notes-of-somebody.txt"
    keep.touch()
    clock.now += LIFETIME_SECONDS + SLACK_SECONDS + 1
    other = clip.with_name("other.mp4")
    other.write_bytes(b"other")
    name = parts(media.sign(other))[0]
    assert {path.name for path in root.iterdir()} == {name, keep.name}
    assert clip.exists()


@pytest.mark.parametrize("days", [2, -2])
def test_a_clock_that_is_set_and_set_back_takes_no_file_away(
    media: SignedMedia, clip: Path, clock: Clock, days: int
) -> None:
    link = parts(media.sign(clip))
    clock.now += days * 86400
    other = clip.with_name("other.mp4")
    other.write_bytes(b"other")
    media.sign(other)
    clock.now -= days * 86400
    assert media.open(*link).is_file()


def test_another_process_opens_the_same_links(
    media: SignedMedia, clip: Path, root: Path, clock: Clock
) -> None:
    link = parts(media.sign(clip))
    restarted = SignedMedia(SECRET, "https://app.example", root, now=clock)
    assert restarted.open(*link).is_file()


def test_where_no_hard_link_is_possible_the_file_is_copied(
    media: SignedMedia, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError("across devices")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    found = media.open(*parts(media.sign(clip)))
    assert found.read_bytes() == b"video"
    assert not found.samefile(clip)


def test_a_symbolic_link_is_published_as_its_file(media: SignedMedia, clip: Path) -> None:
    link = clip.with_name("link.mp4")
    link.symlink_to(clip)
    found = media.open(*parts(media.sign(link)))
    assert not found.is_symlink()
    assert found.read_bytes() == b"video"


def test_a_missing_file_gets_no_link(
    media: SignedMedia, clip: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(HostingUnavailable, match=r"missing\.mp4"):
        media.sign(clip.with_name("missing.mp4"))

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "hardlink_to", full)
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(HostingUnavailable, match="No space left"):
        media.sign(clip)


def test_the_secret_is_not_in_the_repr(media: SignedMedia) -> None:
    assert SECRET.decode() not in repr(media)
