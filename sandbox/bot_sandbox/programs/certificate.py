"""The certificate of one run: it is that of the platforms' names, and it can sign for nobody.

A program that is led into a sandbox trusts this certificate beside the authorities of its system.
So it is no authority: TLS libraries accept nothing that its key has signed for somebody else. A
sandbox elsewhere could offer another one, so `checked_certificate` accepts none but these.
"""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot_sandbox.programs.platform_addresses import HOSTS

if TYPE_CHECKING:
    from cryptography import x509

LIFETIME = timedelta(days=365)
CLOCK_SKEW = timedelta(days=1)  # a joined machine's clock may be behind
OWNER = "bot-sandbox, for one run"


def import_cryptography() -> None:
    """Import cryptography, which is optional; ImportError, with the fix, if it is missing."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise ImportError(
            "cryptography is not installed. It makes and checks the certificate with which a bot "
            "that has the real addresses in its code meets the sandbox. Type: "
            "pip install cryptography"
        ) from None


def certificate_limits() -> list["x509.ExtensionType"]:
    """Return the critical extensions of our certificates: no authority, and only these names."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    others = (
        *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return [
        x509.BasicConstraints(ca=False, path_length=None),
        x509.KeyUsage(digital_signature=True, **dict.fromkeys(others, False)),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS]),
    ]


def make_certificate() -> tuple[bytes, bytes]:
    """Return a certificate for one run, and its private key, as PEM; ImportError as above."""
    import_cryptography()
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    public, now = key.public_key(), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, OWNER)])
    builder = x509.CertificateBuilder(
        name, name, public, x509.random_serial_number(), now - CLOCK_SKEW, now + LIFETIME
    )
    for limit in certificate_limits():
        builder = builder.add_extension(limit, critical=True)
    identifiers = (
        x509.SubjectKeyIdentifier.from_public_key(public),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(public),
    )
    for identifier in identifiers:
        builder = builder.add_extension(identifier, critical=False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM), private


def server_context(certificate: bytes, key: bytes) -> ssl.SSLContext:
    """Return what a server needs to show a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with TemporaryDirectory(prefix="bot-sandbox-") as folder:  # `ssl` reads it from a file only
        file = Path(folder, "certificate.pem")
        file.write_bytes(certificate + key)
        context.load_cert_chain(file)
    return context


def checked_certificate(pem: bytes) -> bytes:
    """Return the one certificate in a text, if it has exactly our limits.

    It may carry no name of its own, because a program would also take it for that server. Raises
    ValueError, with the reason.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    expected = [(limit, True) for limit in certificate_limits()]
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        found = [
            (each.value, each.critical)
            for each in certificate.extensions
            if not isinstance(each.value, x509.SubjectKeyIdentifier | x509.AuthorityKeyIdentifier)
        ]
        names = {each.oid for each in certificate.subject}
    except (ValueError, x509.DuplicateExtension) as error:
        raise ValueError(f"it offers no certificate ({error})") from None
    if found != expected or names != {NameOID.ORGANIZATION_NAME}:
        raise ValueError(
            "its certificate is not limited to the names of Telegram and Twitch, as this version "
            "of bot-sandbox expects it, so it could pass for other sites, too. Use the same "
            "version on both sides"
        )
    return certificate.public_bytes(Encoding.PEM)
