"""Downloads a file from an untrusted URL.

https only, public addresses only (see `connections`, judged again for every redirect), no key, no
cookies, a size limit, deadlines that close the connection, and an atomic rename once the file is
complete.  One origin may be trusted, such as a local server: there http and private addresses are
allowed until a redirect leaves it.

Whether an address is not public, has no name, or refuses connections, is told alike and at once:
else this app would tell strangers what there is in its network.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import requests
import urllib3.exceptions

from lipsync_demo.wavespeed import words as wavespeed_words
from lipsync_demo.wavespeed.addresses import encoded_url, origin, redacted_url
from lipsync_demo.wavespeed.bodies import Progress
from lipsync_demo.wavespeed.connections import ForbiddenAddress
from lipsync_demo.wavespeed.deadlines import Deadline
from lipsync_demo.wavespeed.errors import DownloadFailed
from lipsync_demo.wavespeed.exchange import UNREACHED, no_answer
from lipsync_demo.wavespeed.pacing.retries import Retry, retry_after
from lipsync_demo.wavespeed.plain_session import keyless
from lipsync_demo.wavespeed.untrusted import words
from lipsync_demo.wavespeed.untrusted.session import (
    check_proxied,
    permitted,
    plain,
    proxies,
    session,
)

log = logging.getLogger(__name__)

LINK_SECONDS = 600.0
"""Timeout in seconds of a whole download from a link that a visitor gave."""

_REDIRECTS = 5
"""Maximum number of redirects."""

_CONNECT_SECONDS = 10
"""Timeout of the connection."""

_OPENING_SECONDS = 60.0
"""Timeout of everything before the body: connections, headers, redirects."""

_STALL_SECONDS = 30
"""Timeout without progress."""

_CHUNK = 1 << 18
"""Bytes per read."""

_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity"}
"""Headers of the request: no compression, so that progress counts the file's bytes."""


def download(
    url: str,
    path: Path,
    *,
    limit_bytes: int,
    limit_seconds: float = 1800,
    allow_private: bool = False,
    trusted_origin: str | None = None,
    result: bool = False,
    on_progress: Progress | None = None,
    retry: Retry | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Download `url` to `path` by way of `path` + ".part"; return `path`.

    Args:
        limit_bytes: maximum size of the file.
        limit_seconds: timeout of the whole download, with its retries.
        allow_private: whether to allow private and loopback addresses, over http or https.
        trusted_origin: a URL whose origin is allowed over http and on any address.
        result: whether it is a task's output, which servers keep only for some days.
        on_progress: called with the bytes so far and, if known, in total.

    Raises:
        DownloadFailed: the file could not be downloaded completely.
    """
    url = encoded_url(url)
    retry = retry or Retry(attempts=4)
    until = clock() + limit_seconds
    part = path.with_name(path.name + ".part")
    tried = 0
    while True:
        try:
            with (
                Deadline(min(_OPENING_SECONDS, until - clock())) as deadline,
                _Attempt(deadline, allow_private, trusted_origin, result) as attempt,
                attempt.response(url) as response,
            ):
                _check_answer(response, url, result)
                deadline.restart(until - clock())
                chunks = _body(response, url, limit_bytes, deadline, until, clock, on_progress)
                _save(chunks, part, path)
            return path
        except _Transient as transient:
            error, wait = transient.error, transient.retry_after
        finally:
            part.unlink(missing_ok=True)
        tried += 1
        pause = retry.pause(tried, random.random(), wait)  # noqa: S311
        if tried >= retry.attempts or clock() + pause > until:
            raise error
        log.info("%s Retry in %.1f s.", error.what, pause)
        sleep(pause)


def _save(chunks: Iterator[bytes], part: Path, path: Path) -> None:
    try:
        with part.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise DownloadFailed(
            f"The file could not be saved: {error.strerror or 'the disk refused it'}.",
            "Make room on the disk or choose another folder, then try again.",
        ) from error


def _body(
    response: requests.Response,
    url: str,
    limit_bytes: int,
    deadline: Deadline,
    until: float,
    clock: Callable[[], float],
    on_progress: Progress | None,
) -> Iterator[bytes]:
    """Yield the bytes of a successful answer and report progress.

    Network failures become `DownloadFailed` or `_Transient`, so any other `OSError` is the disk's.
    """
    total = _length(response)
    if total is not None and total > limit_bytes:
        raise _too_large(limit_bytes)
    done = 0
    while True:
        try:
            chunk = response.raw.read1(_CHUNK, decode_content=True)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            why = no_answer(error).why
            chunk = None
        # A body without a length seems to end where its connection was closed.
        if deadline.over:
            raise _too_slow(url)
        if chunk is None:
            raise _transient(url, why)
        if not chunk:
            break
        done += len(chunk)
        if done > limit_bytes:
            raise _too_large(limit_bytes)
        if clock() > until:
            raise _too_slow(url)
        if on_progress:
            on_progress(done, total)
        yield chunk
    if not done:
        raise DownloadFailed(f"The file at {redacted_url(url)} is empty.", "Give another address.")


def _check_answer(response: requests.Response, url: str, result: bool) -> None:
    status = response.status_code
    if status == 429 or status >= 500:
        raise _transient(url, f"status {status}", status, retry_after(response.headers))
    if status in {401, 403, 404, 410}:
        raise DownloadFailed(
            f"The file at {redacted_url(url)} is not there or not open to everyone "
            f"(status {status}).",
            "Results are kept for 7 days."
            if result
            else "Give an address that opens without signing in, or the file itself.",
            status=status,
        )
    if status != 200:
        raise DownloadFailed(
            f"The address {redacted_url(url)} answered with status {status} instead of a file.",
            "Give the address of the file itself.",
            status=status,
        )


def _length(response: requests.Response) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdigit() and "Content-Encoding" not in response.headers else None


def _size(number: int) -> str:
    return f"{number / 2**20:.0f} MiB" if number >= 2**20 else words.bytes_of(number)


def _too_large(limit_bytes: int) -> DownloadFailed:
    return DownloadFailed(
        f"The file is larger than the {_size(limit_bytes)} taken here.",
        "Use a shorter or more compressed file.",
    )


def _not_plain(url: str) -> DownloadFailed:
    known = redacted_url(url)
    readable = known not in ("", wavespeed_words.UNREADABLE_ADDRESS)
    return DownloadFailed(
        f"{known} is not a plain web address." if readable else "This is not a plain web address.",
        "Give an address that begins with https and has no name or password in it.",
    )


def _unencrypted(url: str) -> DownloadFailed:
    return DownloadFailed(
        f"The address {redacted_url(url)} is not encrypted.",
        "Give an address that begins with https.",
    )


def _unreached(url: str) -> DownloadFailed:
    return DownloadFailed(
        f"Nothing on the public internet answers at {redacted_url(url)}.",
        "Give an address that everyone can open, or upload the file.",
    )


def _too_slow(url: str) -> DownloadFailed:
    return DownloadFailed(f"The file at {redacted_url(url)} came too slowly.", "Try again later.")


def _transient(
    url: str, why: str, status: int | None = None, wait: float | None = None
) -> _Transient:
    error = DownloadFailed(
        f"The file at {redacted_url(url)} could not be fetched: {why}.",
        "Check that the address opens in a browser, then try again.",
        status=status,
    )
    return _Transient(error, wait)


class _Transient(Exception):  # noqa: N818
    """A transient failure, worth a retry."""

    def __init__(self, error: DownloadFailed, retry_after: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.retry_after = retry_after


class _Attempt:
    """One attempt within a deadline, following redirects to the file."""

    def __init__(
        self, deadline: Deadline, allow_private: bool, trusted_origin: str | None, result: bool
    ) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._trusted = origin(trusted_origin) if trusted_origin else None
        self._result = result
        self._permits = permitted(allow_private)
        self._guarded = session(self._permits)
        self._free = session(None)

    def __enter__(self) -> _Attempt:
        return self

    def __exit__(self, *about: object) -> None:
        self._guarded.close()
        self._free.close()
        self._deadline.hang_up()

    def response(self, url: str) -> requests.Response:
        """The answer after all redirects, its body not yet read."""
        trusted = True
        for _ in range(_REDIRECTS + 1):
            trusted = trusted and self._trusted is not None and origin(url) == self._trusted
            response = self._get(url, trusted)
            if self._deadline.over:
                raise _too_slow(url)
            if not response.is_redirect:
                return response
            response.close()
            target = response.headers["Location"].encode("latin-1").decode("utf-8", "replace")
            try:
                url = urljoin(url, target)
            except ValueError:
                raise _not_plain(target) from None
        raise DownloadFailed(
            f"The address {redacted_url(url)} is sent on from place to place without end.",
            "Give the file's final address.",
        )

    def _get(self, url: str, trusted: bool) -> requests.Response:
        self._check(url, trusted)
        try:
            return (self._free if trusted else self._guarded).get(
                url,
                headers=_HEADERS,
                auth=keyless,
                stream=True,
                allow_redirects=False,
                timeout=(_CONNECT_SECONDS, _STALL_SECONDS),
                proxies=proxies(url),
            )
        except ForbiddenAddress:
            failed: Exception = self._forbidden(url)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            why = no_answer(error, self._deadline).why
            failed = self._failed(url, trusted, why)
        except ValueError:  # raised by URL parsers
            failed = _not_plain(url)
        raise failed

    def _forbidden(self, url: str) -> DownloadFailed:
        return _unreached(url) if url.startswith("https:") else _unencrypted(url)

    def _failed(self, url: str, trusted: bool, why: str) -> Exception:
        if why == wavespeed_words.ADDRESS_INVALID:
            return _not_plain(url)
        if why in UNREACHED and not (trusted or self._allow_private or self._result):
            return _unreached(url)
        return _too_slow(url) if self._deadline.over else _transient(url, why)

    def _check(self, url: str, trusted: bool) -> None:
        place = plain(url)
        if place is None:
            raise _not_plain(url)
        if trusted:
            return
        if place[0] != "https" and not self._allow_private:
            raise _unencrypted(url)
        try:
            check_proxied(url, self._permits)
        except ForbiddenAddress:
            raise self._forbidden(url) from None
