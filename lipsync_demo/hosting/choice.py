"""Chooses between upload, signed links and a bucket, and explains the choice."""

from __future__ import annotations

from lipsync_demo.hosting import words
from lipsync_demo.hosting.bucket import LIFETIME_SECONDS as LINK_SECONDS
from lipsync_demo.hosting.bucket import BucketHosting, bucket_media
from lipsync_demo.hosting.errors import HostingUnavailable
from lipsync_demo.hosting.hosting import Hosting
from lipsync_demo.hosting.signed import LIFETIME_SECONDS, SignedHosting, signed_media
from lipsync_demo.hosting.upload import UploadHosting
from lipsync_demo.settings import HostingName, Settings
from lipsync_demo.wavespeed.addresses import ip_literal, is_loopback, is_public, origin
from lipsync_demo.wavespeed.client import WaveSpeedClient


def choose(settings: Settings, client: WaveSpeedClient) -> Hosting:
    """The hosting for the client's server.

    Raises:
        HostingUnavailable: the settings ask for links that cannot work.
    """
    name, sentence = _decide(settings, client.base_url)
    if name == "upload":
        return UploadHosting(client, sentence)
    if name == "bucket":
        return BucketHosting(bucket_media(settings), sentence)
    return SignedHosting(signed_media(settings, settings.public_base_url or ""), sentence)


def explain(settings: Settings, base_url: str) -> str:
    """A sentence for the page: where files for the server at `base_url` go, and why.

    Raises:
        HostingUnavailable: the settings ask for links that cannot work.
    """
    return _decide(settings, base_url)[1]


def _decide(settings: Settings, base_url: str) -> tuple[HostingName, str]:
    server = origin(base_url)
    host = server[1] if server else base_url
    here = is_loopback(host)
    if settings.hosting == "upload":
        return "upload", words.STAY_HERE if here else words.UPLOADED.format(host=host)
    if settings.hosting == "bucket":
        return _bucket(settings, host, here)
    public = settings.public_base_url
    place = origin(public) if public else None
    if public is None or place is None:
        raise HostingUnavailable(
            "Signed links were chosen, but the public address of this app is not known.",
            "Set LIPSYNC_PUBLIC_URL to the address others reach this app at, "
            "or set LIPSYNC_HOSTING to upload.",
        )
    scheme, name, _ = place
    near = is_loopback(name)
    if here:
        # A server on this machine must not need the public internet.
        if not near:
            return "upload", words.STAY_HERE
    elif near or _private(name) or scheme != "https":
        raise HostingUnavailable(
            f"Signed links were chosen, but {host} cannot safely fetch files from {public}.",
            "Set LIPSYNC_PUBLIC_URL to a public address that begins with https, "
            "or set LIPSYNC_HOSTING to upload.",
        )
    hours = LIFETIME_SECONDS // 3600
    return "signed", words.SIGNED_LINKS.format(host=host, public=name, hours=hours)


def _bucket(settings: Settings, host: str, here: bool) -> tuple[HostingName, str]:
    bucket_media(settings)
    place = origin(settings.storage_public_url or "")
    near = place is not None and is_loopback(place[1])
    if here and not near:
        return "upload", words.STAY_HERE
    if not here and (place is None or near or _private(place[1]) or place[0] != "https"):
        raise HostingUnavailable(
            f"Links to a bucket were chosen, but {host} cannot safely fetch files from "
            f"{settings.storage_public_url}.",
            "Set LIPSYNC_STORAGE_PUBLIC_URL to a public address that begins with https, "
            "or set LIPSYNC_HOSTING to upload.",
        )
    bucket = (settings.storage_url or "").removeprefix("s3://").partition("/")[0]
    days = LINK_SECONDS // 86_400
    return "bucket", words.BUCKET_LINKS.format(host=host, bucket=bucket, days=days)


def _private(host: str) -> bool:
    address = ip_literal(host)
    return address is not None and not is_public(address)
