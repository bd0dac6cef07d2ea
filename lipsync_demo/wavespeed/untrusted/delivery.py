"""Delivers a message to an untrusted receiver, as a webhook does."""

from __future__ import annotations

from collections.abc import Mapping

import requests
import urllib3.exceptions

from lipsync_demo.wavespeed.addresses import ip_literal, is_loopback
from lipsync_demo.wavespeed.connections import ForbiddenAddress
from lipsync_demo.wavespeed.deadlines import Deadline
from lipsync_demo.wavespeed.exchange import no_answer
from lipsync_demo.wavespeed.plain_session import keyless
from lipsync_demo.wavespeed.untrusted import words
from lipsync_demo.wavespeed.untrusted.session import (
    check_proxied,
    permitted,
    plain,
    proxies,
    session,
)

_CONNECT_SECONDS = 10
"""Timeout of the connection."""

_ANSWER_SECONDS = 30
"""Timeout of the answer."""

_WHOLE_SECONDS = 60.0
"""Timeout of a whole delivery; the other two bound single steps only."""


class Undelivered(Exception):  # noqa: N818
    """The message was not delivered; the text says why, without the URL."""


def check_receiver(url: str, *, allow_private: bool) -> None:
    """Check a receiver's URL without DNS.

    Raises:
        Undelivered: nothing can ever be delivered there.
    """
    place = plain(url)
    if place is None:
        raise Undelivered("the address must begin with https and have no name or password in it")
    scheme, host, _ = place
    if scheme != "https" and not allow_private:
        raise Undelivered("the address must begin with https")
    address = ip_literal(host)
    permits = permitted(allow_private)
    private_name = address is None and is_loopback(host) and not allow_private
    if private_name or (address is not None and not permits(scheme, address)):
        raise Undelivered(words.NOT_PUBLIC)


def deliver(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> None:
    """POST `body` once, without the key; redirects are not followed, the body is not read.

    Raises:
        Undelivered: no 2xx answer arrived.
    """
    check_receiver(url, allow_private=allow_private)
    permits = permitted(allow_private)
    deadline = Deadline(_WHOLE_SECONDS)
    try:
        with deadline, session(permits) as visit:
            check_proxied(url, permits)
            with visit.post(
                url,
                data=body,
                headers=dict(headers),
                auth=keyless,
                stream=True,
                allow_redirects=False,
                timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS),
                proxies=proxies(url),
            ) as answer:
                status = answer.status_code
        if deadline.over:
            raise Undelivered(no_answer(TimeoutError(), deadline).why)
    except ForbiddenAddress:
        raise Undelivered(words.NOT_PUBLIC) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        # The cause contains the whole URL.
        raise Undelivered(no_answer(error, deadline).why) from None
    if not 200 <= status < 300:
        raise Undelivered(f"the answer was status {status}")
