"""The secret that signs links: from the settings, else generated once and stored on disk."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from lipsync_demo.hosting.errors import HostingUnavailable
from lipsync_demo.settings import Settings

_FILE = "signing-secret"
"""Name of the secret's file."""

_SHORTEST = 16
"""Minimum length of a secret in bytes."""

_LENGTH = 64
"""Length of a generated secret in characters."""


def signing_secret(settings: Settings) -> bytes:
    """The secret, at least 16 bytes; the same for all processes with one data folder.

    Raises:
        HostingUnavailable: the configured secret is too short, or the file is unusable.
    """
    if settings.signing_secret is not None:
        secret = settings.signing_secret.get_secret_value().encode()
        if len(secret) < _SHORTEST:
            raise HostingUnavailable(
                f"The signing secret is shorter than {_SHORTEST} characters.",
                "Set LIPSYNC_SIGNING_SECRET to a long random text, or leave it unset.",
            )
        return secret
    try:
        return _kept(settings.data_dir / _FILE)
    except OSError as error:
        raise HostingUnavailable(
            f"The signing secret could not be kept on the disk: {error.strerror}.",
            "Make the data folder writable, or set LIPSYNC_SIGNING_SECRET.",
        ) from error


def _kept(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "wb") as file:
        secret = secrets.token_hex(_LENGTH // 2).encode()
        file.write(secret)
        return secret


def _read(path: Path) -> bytes:
    # Another process may have just created the file without having written it yet.
    for pause in (0.0, 0.05, 0.2, 0.5):
        time.sleep(pause)
        secret = path.read_bytes().strip()
        if len(secret) >= _LENGTH:
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)
            return secret
    raise HostingUnavailable(
        f"The file {path.name} in the data folder does not hold a signing secret.",
        "Delete it; a new one is made, and links signed before stop working.",
    )
