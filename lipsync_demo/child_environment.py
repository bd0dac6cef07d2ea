"""The environment of child processes: what they need, and nothing else.

Anything may stand in the environment of the app: its own secrets, and those of other programs.
"""

from __future__ import annotations

import os
import re

_NEEDED = re.compile(
    r"""
    PATH | HOME | USER | LOGNAME | SHELL | TZ | LANG | LANGUAGE | LC_\w+ | PWD
    | TMPDIR | TEMP | TMP | XDG_\w+
    | SYSTEMROOT | SYSTEMDRIVE | WINDIR | COMSPEC | PATHEXT | APPDATA | LOCALAPPDATA | USERPROFILE
    | LD_\w+ | DYLD_\w+ | PYTHON\w* | VIRTUAL_ENV | CONDA_\w+
    | (OMP|MKL|OPENBLAS|BLIS|VECLIB|NUMEXPR)_\w+ | CUDA_VISIBLE_DEVICES | OPENCV_\w+
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Names of what Python and the libraries read."""

_NETWORK = re.compile(
    r"(HTTPS?|ALL|NO)_PROXY | REQUESTS_CA_BUNDLE | CURL_CA_BUNDLE | SSL_CERT_(FILE|DIR)",
    re.VERBOSE | re.IGNORECASE,
)
"""Names of what a process reads that sends requests."""


def child_environment(*settings: str, network: bool = False) -> dict[str, str]:
    """The environment of a child process that reads these `settings`.

    `network` is whether it sends requests, for which there may be a proxy.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name in settings or _NEEDED.fullmatch(name) or (network and _NETWORK.fullmatch(name))
    }


def one_thread_each() -> None:
    """Let numeric libraries that are loaded from now on use one thread: the arrays are small."""
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
