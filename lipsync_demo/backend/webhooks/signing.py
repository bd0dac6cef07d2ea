"""Signs webhooks.

As on the API's page "Verifying webhooks": hex HMAC-SHA256 over `{id}.{timestamp}.{body}`, keyed
with the secret's text after `whsec_`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from lipsync_demo.files import write_whole
from lipsync_demo.storage import Storage

PREFIX = "whsec_"
"""Prefix of a secret's text."""

_BYTES = 32
"""Random bytes of a secret."""

_FILE = "webhook-secret"
"""Name of the secret's file."""


class WebhookSecret:
    """One server's secret; receivers verify with its `text`."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return "WebhookSecret()"

    @classmethod
    def load_or_create(cls, folder: Path) -> WebhookSecret:
        """Load the secret from this folder; create it if missing."""
        path = folder / _FILE
        if not path.exists():
            write_whole(path, PREFIX + secrets.token_hex(_BYTES))
            path.chmod(0o600)
        return cls(path.read_text(encoding="ascii").strip())

    @classmethod
    def shared(cls, storage: Storage, folder: Path) -> WebhookSecret:
        """The secret of all servers with one object store; without one, that of the folder.

        Raises:
            StorageUnusable: the object store cannot be used.
        """
        own = cls.load_or_create(folder)
        if not storage.remote:
            return own
        with suppress(FileExistsError):
            storage.put(_FILE, folder / _FILE, new=True)
        return cls(b"".join(storage.read(_FILE)).decode("ascii").strip())

    def headers(self, message_id: str, at: int, body: bytes) -> dict[str, str]:
        """The headers of a webhook sent at `at` (seconds since 1970)."""
        key = self.text.removeprefix(PREFIX).encode()
        signed = f"{message_id}.{at}.".encode() + body
        return {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(at),
            "webhook-signature": f"v3,{hmac.new(key, signed, hashlib.sha256).hexdigest()}",
        }
