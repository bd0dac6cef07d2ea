"""Who signs: the certificate of the settings, or one made here at the first use.

The latter is an end-entity certificate under a root of its own, whose key is thrown away: readers
take only a root for one they know. Its name says that nobody vouches for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import filelock
from pydantic import SecretStr

from lipsync_demo.files import private_file, private_folder, write_whole
from lipsync_demo.provenance.errors import SigningFailed
from lipsync_demo.provenance.models import SELF_SIGNED

if TYPE_CHECKING:
    from lipsync_demo.settings import Settings

FOLDER = "credentials"
"""The folder, in the data directory, with the certificate made here."""
CERTIFICATE = "certificate.pem"
KEY = "key.pem"
YEARS = 20
"""Without a time stamp, a signature is worth nothing after its certificate has run out."""
_PEM = "-----BEGIN "

Pair: TypeAlias = tuple[str, str]
"""A chain of certificates, leaf first, and the leaf's private key, both as PEM."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Where the certificate and its key are: PEM, or paths of PEM files; None for those made here.

    `folder` has, or gets, the latter.
    """

    folder: Path
    certificate: str | None = None
    key: SecretStr | None = field(default=None, repr=False)

    @property
    def self_signed(self) -> bool:
        """Whether the certificate is one made here."""
        return self.certificate is None and self.key is None

    def pair(self) -> Pair:
        """The chain, leaf first, and the private key, both as PEM; made now if there are none.

        Raises:
            SigningFailed: they cannot be read or made.
        """
        try:
            if not self.self_signed:
                return _text(self.certificate or ""), _text(_said(self.key))
            certificate, key = self.folder / CERTIFICATE, self.folder / KEY
            private_folder(self.folder)
            with filelock.FileLock(self.folder / "lock"):
                if not certificate.is_file():
                    chain, private = make_pair()
                    write_whole(private_file(key), private)
                    private_file(key)
                    write_whole(certificate, chain)
            return _text(str(certificate)), _text(str(key))
        except (OSError, ValueError) as error:
            if self.self_signed:
                raise SigningFailed(
                    f"The certificate for Content Credentials cannot be made or read: {error}.",
                    "Set LIPSYNC_DATA_DIR to a folder that can be written, LIPSYNC_C2PA_CERT and "
                    "LIPSYNC_C2PA_KEY to PEM files, or LIPSYNC_C2PA to off.",
                ) from error
            raise SigningFailed(
                f"The certificate for Content Credentials cannot be read: {error}.",
                "Set LIPSYNC_C2PA_CERT and LIPSYNC_C2PA_KEY to readable PEM files, or neither.",
            ) from error

    def check(self) -> None:
        """Check that the certificate and the key of the settings belong together.

        Raises:
            SigningFailed: they do not, or cannot be read.
        """
        from cryptography import x509
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        chain, key = self.pair()
        try:
            leaf = x509.load_pem_x509_certificates(chain.encode())[0]
            fits = leaf.public_key() == load_pem_private_key(key.encode(), None).public_key()
        except (TypeError, ValueError, UnsupportedAlgorithm):
            fits = False
        if not fits:
            raise SigningFailed(
                "LIPSYNC_C2PA_KEY is not the key of the first certificate in LIPSYNC_C2PA_CERT.",
                "Name PEM files: the chain, the signer's own certificate first, and its key "
                "without a password.",
            )

    def anchors(self) -> str:
        """The chain by which own outputs are known again, as PEM; "" if none was made yet."""
        try:
            return _text(self.certificate or str(self.folder / CERTIFICATE))
        except (OSError, ValueError):
            return ""


def signatory(settings: Settings, data_dir: Path | None = None) -> Signatory:
    """Who signs with these settings."""
    return Signatory(
        (data_dir or settings.data_dir) / FOLDER,
        settings.c2pa_certificate,
        settings.c2pa_key,
    )


def make_pair() -> Pair:
    """A new chain, leaf and root, and the leaf's private key, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    root_key, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    began = datetime.now(timezone.utc) - timedelta(days=1)  # clocks of readers may be slow

    def name(common: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, SELF_SIGNED),
                x509.NameAttribute(NameOID.COMMON_NAME, common),
            ]
        )

    def certificate(common: str, public: Ed25519PublicKey, *, root: bool) -> bytes:
        usage = dict.fromkeys(_USAGES, False)
        usage["key_cert_sign" if root else "digital_signature"] = True
        built = (
            x509.CertificateBuilder()
            .subject_name(name(common))
            .issuer_name(name("root"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(began)
            .not_valid_after(began + timedelta(days=366 * YEARS))
            .add_extension(x509.BasicConstraints(root, 0 if root else None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
                critical=False,
            )
        )
        if not root:
            signs = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            built = built.add_extension(signs, critical=False)
        return built.sign(root_key, None).public_bytes(serialization.Encoding.PEM)

    chain = certificate("signer", key.public_key(), root=False)
    chain += certificate("root", root_key.public_key(), root=True)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return chain.decode(), private.decode()


_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _said(key: SecretStr | None) -> str:
    return "" if key is None else key.get_secret_value()


def _text(given: str) -> str:
    return given if given.startswith(_PEM) else Path(given).read_text(encoding="ascii")
