from __future__ import annotations

from pathlib import Path

from lipsync_demo.backend.webhooks.signing import WebhookSecret


def test_a_signature_is_the_one_the_documents_describe() -> None:
    """Computed with `printf '%s' 'abc.1700000000.{"a":1}' | openssl dgst -sha256 -hmac 0123`."""
    headers = WebhookSecret("whsec_0123").headers("abc", 1_700_000_000, b'{"a":1}')
    assert headers == {
        "Content-Type": "application/json",
        "webhook-id": "abc",
        "webhook-timestamp": "1700000000",
        "webhook-signature": "v3,a345abcfe3bed9dd2183d9da431fa4b0cc5d6012158aa717cc35b69063f7858c",
    }


def test_a_secret_is_made_once_and_shown_to_nobody(tmp_path: Path) -> None:
    made = WebhookSecret.load_or_create(tmp_path)
    assert WebhookSecret.load_or_create(tmp_path).text == made.text
    (tmp_path / "other").mkdir()
    assert WebhookSecret.load_or_create(tmp_path / "other").text != made.text
    assert made.text not in repr(made)
    assert [p.stat().st_mode & 0o777 for p in tmp_path.rglob("*secret")] == 2 * [0o600]
