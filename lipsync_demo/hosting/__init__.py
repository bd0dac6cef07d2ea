"""A public URL for a local file: by upload, or as a signed link to this app."""

from .choice import choose, explain
from .errors import HostingUnavailable, LinkRefused
from .hosting import Hosting
from .signed import SignedHosting, SignedMedia, signed_media
from .upload import UploadHosting

__all__ = [
    "Hosting",
    "HostingUnavailable",
    "LinkRefused",
    "SignedHosting",
    "SignedMedia",
    "UploadHosting",
    "choose",
    "explain",
    "signed_media",
]
