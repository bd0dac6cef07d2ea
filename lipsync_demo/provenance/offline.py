"""c2pa's settings: nothing is asked of the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

OFFLINE: Final[Mapping[str, Any]] = {
    "version": 1,
    "core": {"allowed_network_hosts": [], "backing_store_memory_threshold_in_mb": 16},
    "verify": {
        "verify_after_sign": True,
        "verify_trust": True,
        "ocsp_fetch": False,
        "remote_manifest_fetch": False,
    },
    "builder": {"thumbnail": {"enabled": False}},
}
"""Time stamps are asked for only if a signer names an authority, and none of ours does."""


def trusting(anchors: str) -> dict[str, Any]:
    """The settings of a reader that trusts nothing but these certificates, as PEM."""
    return {**OFFLINE, **({"trust": {"trust_anchors": anchors}} if anchors else {})}
