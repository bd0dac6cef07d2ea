"""A public URL for a local file: by upload, as a signed link to this app, or in a bucket."""

from .bucket import BucketHosting, BucketMedia, bucket_media, check_bucket
from .choice import choose, explain
from .errors import HostingUnavailable, LinkRefused
from .hosting import Hosting
from .signed import SignedHosting, SignedMedia, signed_media
from .upload import UploadHosting

__all__ = [
    "BucketHosting",
    "BucketMedia",
    "Hosting",
    "HostingUnavailable",
    "LinkRefused",
    "SignedHosting",
    "SignedMedia",
    "UploadHosting",
    "bucket_media",
    "check_bucket",
    "choose",
    "explain",
    "signed_media",
]
