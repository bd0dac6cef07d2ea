"""Hosting by this app: presigned URLs below `/media/`, signed with HMAC-SHA256.

A published file gets a random name in one folder.  The signature covers the name and the expiry,
so that a link opens one file for a limited time and reveals nothing about others.
"""

from __future__ import annotations

import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from lipsync_demo.files import digest, private_file
from lipsync_demo.hosting.errors import HostingUnavailable, LinkRefused
from lipsync_demo.hosting.secret import signing_secret
from lipsync_demo.hosting.signer import LinkSigner
from lipsync_demo.settings import HostingName, Settings
from lipsync_demo.wavespeed.bodies import Progress

ROUTE = "/media/"
"""Path of the links."""

LIFETIME_SECONDS = 24 * 3600
"""Seconds until a link expires: a task may queue for hours before its media are fetched."""

SLACK_SECONDS = 3 * 24 * 3600
"""Seconds a file stays after its link: a clock that is set ahead and back takes none away."""

_NAME = re.compile(r"([0-9a-f]{8,12})-[A-Za-z0-9_-]{32}(\.[a-z0-9]{1,8})?")
"""Name of a published file: hexadecimal expiry, random text, extension."""


class SignedMedia:
    """Signs links to files and resolves links to files.

    Args:
        secret: at least 16 bytes.
        base_url: prefix of the links; "" for links on this app's own page.
        root: the folder of published files; no file outside it is ever opened.
        now: returns seconds since the epoch.
    """

    def __init__(
        self,
        secret: bytes,
        base_url: str,
        root: Path,
        *,
        lifetime: int = LIFETIME_SECONDS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._signer = LinkSigner(secret, "media")
        self._base_url = base_url.rstrip("/")
        self._root = root
        self._lifetime = lifetime
        self._now = now
        self._links: dict[tuple[str, int, int], tuple[int, str]] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"SignedMedia({self._base_url!r}, {str(self._root)!r})"

    def sign(self, path: Path) -> str:
        """Publish a file under a random name and return the link to it.

        An unchanged file keeps its link for half of the link's lifetime.

        Raises:
            HostingUnavailable: the file is missing or cannot be published.
        """
        try:
            state = path.stat()
            key = (str(path.resolve()), state.st_mtime_ns, state.st_size)
            with self._lock:
                expires, link = self._links.get(key, (0, ""))
                if expires - self._now() < self._lifetime / 2 or not self._published(link):
                    self._sweep()
                    expires, link = self._publish(path)
                    self._links[key] = expires, link
        except OSError as error:
            raise HostingUnavailable(
                f"The file {path.name} cannot be given a link: {error.strerror}.",
                "Check that the file is still there and that the disk has room.",
            ) from error
        return link

    def open(self, name: str, exp: str, sig: str) -> Path:
        """The published file of a link.

        Raises:
            LinkRefused: the signature is invalid, the link has expired, or the file is gone.
        """
        expires = self._signer.expiry(name, exp, sig)
        if not _NAME.fullmatch(name):
            raise LinkRefused("This link is not valid.", 403)
        if expires <= self._now():
            raise LinkRefused("This link has expired.", 403)
        path = self._root / name
        if not path.is_file():
            raise LinkRefused("The file behind this link is gone.", 410)
        return path

    def withdraw(self, path: Path) -> None:
        """Revoke every link to a file by removing its published copies; nothing if it is gone."""
        try:
            state = path.stat()
        except FileNotFoundError:
            return
        for published in self._root.glob("*-*"):
            with suppress(OSError):
                found = published.stat()
                linked = (found.st_dev, found.st_ino) == (state.st_dev, state.st_ino)
                # Without hard links the file was copied.
                copied = found.st_nlink == 1 and found.st_size == state.st_size
                if linked or (copied and digest(published) == digest(path)):
                    published.unlink()

    def _published(self, link: str) -> bool:
        return (self._root / _name(link)).is_file()

    def _publish(self, path: Path) -> tuple[int, str]:
        expires = int(self._now()) + self._lifetime
        suffix = path.suffix.lower()
        name = f"{expires:08x}-{secrets.token_urlsafe(24)}"
        name += suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        target, source = self._root / name, path.resolve()
        # A hard link has the rights of its file, which others may read where it is not ours.
        ours = source.is_relative_to(self._root.parent.resolve())
        if not (ours and _linked(target, source)):
            shutil.copyfile(source, private_file(target))
        return expires, f"{self._base_url}{ROUTE}{name}?{self._signer.query(name, expires)}"

    def _sweep(self) -> None:
        """Remove published files whose links ended long ago, according to their names."""
        now = self._now()
        published = list(self._root.glob("*-*"))
        names = {path.name for path in published}
        self._links = {
            key: kept
            for key, kept in self._links.items()
            if kept[0] > now and _name(kept[1]) in names
        }
        for path in published:
            found = _NAME.fullmatch(path.name)
            if found and int(found[1], 16) + SLACK_SECONDS <= now:
                with suppress(OSError):
                    path.unlink()


def _linked(target: Path, source: Path) -> bool:
    """Make a hard link; whether the file system has such links."""
    try:
        target.hardlink_to(source)
    except OSError:
        return False
    return True


def _name(link: str) -> str:
    """The name under which a link's file is published."""
    return urlsplit(link).path.rpartition("/")[2]


class SignedHosting:
    """Publishes files by signed links under this app's public address."""

    name: HostingName = "signed"

    def __init__(self, media: SignedMedia, sentence: str) -> None:
        self._media = media
        self.sentence = sentence

    def publish(self, path: Path, on_progress: Progress | None = None) -> str:
        """Give the file a link; nothing is transferred until the server fetches it.

        Raises:
            HostingUnavailable: the file is missing or cannot be published.
        """
        link = self._media.sign(path)
        if on_progress:
            size = path.stat().st_size
            on_progress(size, size)
        return link


def signed_media(settings: Settings, base_url: str = "") -> SignedMedia:
    """The signed media of these settings; `base_url` "" for links on the own page.

    Raises:
        HostingUnavailable: there is no usable secret.
    """
    return SignedMedia(signing_secret(settings), base_url, settings.data_dir / "media")
