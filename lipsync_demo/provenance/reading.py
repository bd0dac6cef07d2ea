"""Reads a file's Content Credentials. For a process that may open strangers' files only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import c2pa

from lipsync_demo.files import refused
from lipsync_demo.media.errors import MediaError
from lipsync_demo.provenance.models import DAMAGED, Credentials, Standing
from lipsync_demo.provenance.offline import trusting
from lipsync_demo.provenance.signing import RUN
from lipsync_demo.safe_names import readable

UNTRUSTED = "signingCredential.untrusted"
"""Its code says that nobody known vouches for the signer: that is no change of the file."""
LONGEST = 200
"""Characters of a text in a stranger's file that are kept."""
_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The type of the box with credentials, in MP4 and its relatives."""
_BEGINNING = 1 << 20
"""Bytes in which it is looked for where the file cannot be parsed."""


def read(path: Path, anchors: str = "") -> Credentials:
    """What the file says of its origin; `anchors` are this installation's certificates as PEM,
    the one it signs with first.

    Raises:
        MediaError: the file cannot be read.
    """
    try:
        with (
            _context(anchors) as context,
            path.open("rb") as file,
            c2pa.Reader(None, file, context=context) as reader,
        ):
            return _credentials(json.loads(reader.json()), _serial(anchors))
    except OSError as error:
        raise MediaError(refused(error, whole=False)) from error
    except (c2pa.C2paError.ManifestNotFound, c2pa.C2paError.NotSupported):
        return Credentials(standing=Standing.NONE)
    except (c2pa.C2paError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        # Nothing is as it should be; a damaged file without credentials is not their affair.
        with path.open("rb") as file:
            carries = _BOX in file.read(_BEGINNING)
        if not carries:
            return Credentials(standing=Standing.NONE)
        return Credentials(standing=Standing.CHANGED, problems=(DAMAGED,))


def _context(anchors: str) -> c2pa.Context:
    """How to read; with anchors that are no certificates, nobody is known."""
    try:
        return c2pa.Context.from_dict(trusting(anchors))
    except c2pa.C2paError:
        return c2pa.Context.from_dict(trusting(""))


def _serial(anchors: str) -> str:
    """The serial number of the first certificate, decimal; "" without one.

    The authority above it vouches for others, too, so the number tells which is ours.
    """
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return str(load_pem_x509_certificates(anchors.encode())[0].serial_number)
    except ValueError:
        return ""


def _credentials(found: Mapping[str, Any], own: str) -> Credentials:
    active = found["manifests"].get(found.get("active_manifest"), {})
    failures = found.get("validation_results", {}).get("activeManifest", {}).get("failure", [])
    codes = [_short(failure["code"]) for failure in failures]
    problems = tuple(dict.fromkeys(code for code in codes if code != UNTRUSTED))
    intact = _State.of(found) is not None and not problems
    signature = active.get("signature_info", {})
    assertions = active.get("assertions", [])
    run: Mapping[str, Any] = next((a["data"] for a in assertions if a.get("label") == RUN), {})
    inputs = run.get("inputs", {})
    return Credentials(
        standing=Standing.INTACT if intact else Standing.CHANGED,
        issuer=_short(signature.get("issuer") or signature.get("common_name") or ""),
        known=_State.of(found) is _State.TRUSTED and signature.get("cert_serial_number") == own,
        generator=_generator(active),
        source_type=next(_source_types(active), ""),
        inputs={_short(role): _short(digest) for role, digest in inputs.items()},
        model=_short(run.get("model", "")),
        sync_mode=_short(run.get("sync_mode", "")),
        problems=problems or (() if intact else (_short(found.get("validation_state", "")),)),
    )


class _State(str, Enum):
    """The states of a file in which nothing was changed, in the library's words."""

    VALID = "Valid"
    TRUSTED = "Trusted"

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> _State | None:
        """The state of what was read; None for any other."""
        return next((one for one in cls if one.value == found.get("validation_state")), None)


def _generator(active: Mapping[str, Any]) -> str:
    for info in active.get("claim_generator_info") or []:
        return _short(f"{info.get('name', '')} {info.get('version') or ''}".strip())
    return _short(active.get("claim_generator") or "")


def _source_types(active: Mapping[str, Any]) -> Iterator[str]:
    """The last parts of the terms in the actions, such as `trainedAlgorithmicMedia`."""
    for assertion in active.get("assertions", []):
        if assertion.get("label", "").startswith("c2pa.actions"):
            for action in assertion["data"].get("actions", []):
                if term := action.get("digitalSourceType"):
                    yield _short(str(term).rpartition("/")[2])


def _short(text: Any) -> str:
    return readable(str(text), LONGEST)
