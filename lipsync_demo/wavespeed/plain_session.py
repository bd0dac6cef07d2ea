"""HTTP sessions that send nothing but what they are told to."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests

from lipsync_demo.wavespeed.connections import Adapter

DIRECT: Any = {"http": None, "https": None, "all": None}
"""Value for `proxies` that disables the environment's proxies."""


def keyless(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An `auth` that adds no key, and keeps `.netrc` from adding one."""
    request.headers.pop("Authorization", None)
    return request


class PlainSession(requests.Session):
    """A session without cookies that leaves redirects to its caller.

    `requests` itself reads the whole body of a redirect, however large, even if told not to
    follow it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mount("http://", Adapter())
        self.mount("https://", Adapter())
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Report no redirect."""
        return

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        """The settings of a request; those of a plain one to this machine as they were given.

        `requests` reads the whole environment for each, which took a third of such a call.
        """
        if proxies is DIRECT and str(url).startswith("http:"):
            return {"proxies": dict(DIRECT), "stream": stream, "verify": verify, "cert": cert}
        return super().merge_environment_settings(url, proxies, stream, verify, cert)
