"""Signs an output: a box of about 5 kB before its index; streams and their times stay as they are.

A signature holds random salts, so two of one file differ; without the box they are equal bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import c2pa

from lipsync_demo.files import replacing
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.provenance.errors import SigningFailed
from lipsync_demo.provenance.marking import Marking
from lipsync_demo.provenance.offline import OFFLINE
from lipsync_demo.provenance.order import Made
from lipsync_demo.provenance.signatory import Pair
from lipsync_demo.version import __version__

SOFTWARE = "Lipsync Demo"
RUN = "lipsync_demo.run"
"""Label of the assertion with what C2PA has no words for: mode, model, hashes of the inputs."""
COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC's term for a recording some of which a trained model has made."""
_CURVES = {256: "es256", 384: "es384", 521: "es512"}
_MP4 = "video/mp4"


def sign_made(output: Path, how: Marking, video: Path, speech: Path, mode: SyncMode) -> None:
    """Sign what the local engine made of two files, in place, if anybody signs.

    Raises:
        SigningFailed: it cannot be signed; it is as it was.
        OSError: an input cannot be read.
    """
    if how.signatory is not None:
        sign(output, Made.here(video, speech, mode), how.signatory.pair())


def sign(output: Path, made: Made, by: Pair) -> None:
    """Give an MP4 its Content Credentials, in place; `by` is who signs.

    Raises:
        SigningFailed: it cannot be signed; it is as it was.
    """
    chain, key = by
    definition = _definition(made)
    try:
        info = c2pa.C2paSignerInfo(_algorithm(key), chain.encode(), key.encode(), None)
        with (
            c2pa.Context.from_dict(OFFLINE) as context,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(definition, context=context) as builder,
            replacing(output) as part,
            output.open("rb") as source,
            part.open("w+b") as target,
        ):
            builder.sign(signer, _MP4, source, target)
    except (c2pa.C2paError, LookupError, OSError, TypeError, ValueError) as error:
        raise SigningFailed(
            f"The output cannot be given its Content Credentials: {error}.",
            "Check LIPSYNC_C2PA_CERT and LIPSYNC_C2PA_KEY, or set LIPSYNC_C2PA to off.",
        ) from error


def _definition(made: Made) -> dict[str, Any]:
    names = {role: f"{role}:sha256:{found}" for role, found in made.inputs.items()}
    software = {"name": SOFTWARE, "version": __version__}
    agent = {"name": made.maker} if made.maker else software
    run = {"model": made.model, "inputs": dict(made.inputs)}
    if made.sync_mode is not None:
        run["sync_mode"] = made.sync_mode
    action = {
        "action": "c2pa.created",
        "softwareAgent": agent,
        "digitalSourceType": COMPOSITE,
        "parameters": {"ingredientIds": list(names.values())},
    }
    return {
        "claim_generator_info": [software],
        "format": _MP4,
        "ingredients": [
            {"title": role, "relationship": "inputTo", "instance_id": name}
            for role, name in names.items()
        ],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [action]}},
            {"label": RUN, "data": run},
        ],
    }


def _algorithm(key: str) -> str:
    """The name by which c2pa knows the signatures of a private key.

    Raises:
        ValueError: the key is none, or not of a kind that C2PA allows.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    found = load_pem_private_key(key.encode(), None)
    if isinstance(found, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(found, rsa.RSAPrivateKey):
        return "ps256"
    if isinstance(found, ec.EllipticCurvePrivateKey):
        return _CURVES[found.key_size]
    raise ValueError("a key of this kind signs no Content Credentials")
