"""What Content Credentials say, in sentences."""

from __future__ import annotations

from lipsync_demo.languages import _, joined
from lipsync_demo.provenance.models import DAMAGED, SELF_SIGNED, Credentials, Standing

LOCAL_MODEL = "Lipsync Demo's local engine"
"""The model, as it stands in a file: for programs, in English."""
TITLE = _("Content Credentials")
UNCHANGED = _("unchanged")
CHANGED = _("changed")
NONE = _("none")
VALUES = {Standing.INTACT: UNCHANGED, Standing.CHANGED: CHANGED, Standing.NONE: NONE}
"""One word for each standing."""
NO_CREDENTIALS = _("It carries none, which proves nothing: they are easily removed.")
SIGNED_HERE = _(
    "Picture, sound and what it says of its origin are as this installation signed them, with a "
    "self-signed certificate: nobody else vouches for it."
)
MEDIA_CHANGED = _("Picture, sound or their times were changed after it was signed.")
STATEMENT_CHANGED = _("What it says of its origin was changed after it was signed.")
NOT_VALID_THEN = _("The certificate was not valid when it was checked.")
CERTIFICATE_UNFIT = _("The certificate is none that may sign media.")
SOMETHING_MISSING = _("A part of the credentials is missing.")
UNREADABLE = _("The credentials are damaged and cannot be read.")
PROBLEMS = {
    "assertion.bmffHash.mismatch": MEDIA_CHANGED,
    "assertion.bmffHash.malformed": MEDIA_CHANGED,
    "assertion.dataHash.mismatch": MEDIA_CHANGED,
    "assertion.hashedURI.mismatch": STATEMENT_CHANGED,
    "claimSignature.mismatch": STATEMENT_CHANGED,
    "ingredient.manifest.mismatch": STATEMENT_CHANGED,
    "claimSignature.outsideValidity": NOT_VALID_THEN,
    "signingCredential.expired": NOT_VALID_THEN,
    "signingCredential.invalid": CERTIFICATE_UNFIT,
    "assertion.missing": SOMETHING_MISSING,
    "claim.hardBindings.missing": SOMETHING_MISSING,
    "claim.missing": SOMETHING_MISSING,
    "claimSignature.missing": SOMETHING_MISSING,
    DAMAGED: UNREADABLE,
}
"""Sentences for C2PA's codes."""


def sentence(found: Credentials) -> str:
    """Who signed the file, and whether that holds."""
    if found.standing is Standing.NONE:
        return NO_CREDENTIALS
    if found.standing is Standing.CHANGED:
        told = dict.fromkeys(PROBLEMS.get(code) or does_not_hold(code) for code in found.problems)
        return joined(" ", told)
    if found.known and found.issuer == SELF_SIGNED:
        return SIGNED_HERE
    return signed_by_us(found.issuer) if found.known else signed_by_somebody(found.issuer)


def signed_by_us(issuer: str) -> str:
    return _(
        "Picture, sound and what it says of its origin are as this installation signed them as "
        "{issuer}.",
        issuer=issuer,
    )


def signed_by_somebody(issuer: str) -> str:
    return _(
        "Picture, sound and what it says of its origin are as they were signed as {issuer}; nobody "
        "known here vouches for that name.",
        issuer=issuer,
    )


def does_not_hold(code: str) -> str:
    return _("It does not hold: {code}.", code=code)
