"""The certificate authority of one run: it may sign for the platforms' names, and for nothing else.

A program that is led into a sandbox trusts this authority beside those of its system. So the
authority's certificate carries name constraints (RFC 5280, section 4.2.1.10), which TLS libraries
obey: with it, nobody can pass for any other site, not even who has its key. A sandbox elsewhere
could offer a certificate without them, so `checked_authority` accepts no other.
"""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING

from bot_sandbox.programs.platform_addresses import HOSTS

if TYPE_CHECKING:
    import trustme
    from cryptography import x509

LIFETIME = timedelta(days=365)
CLOCK_SKEW = timedelta(days=1)  # a joined machine's clock may be behind
ISSUER = "bot-sandbox, for one run"


def import_trustme() -> None:
    """Import trustme, which is optional; ImportError, with the fix, if it is missing."""
    try:
        import trustme  # noqa: F401 - it brings cryptography, too
    except ImportError:
        raise ImportError(
            "trustme is not installed. It makes and checks the certificate with which a bot that "
            "has the real addresses in its code meets the sandbox. Type: pip install trustme"
        ) from None


def authority_limits() -> list["x509.ExtensionType"]:
    """Return the critical extensions of our authorities, apart from what identifies the key.

    A DNS name also allows its subdomains. Without the excluded networks, any address of a machine
    would be allowed, because a list of names limits names only.
    """
    from cryptography import x509

    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"), False
    )
    usage |= dict.fromkeys(("key_agreement", "encipher_only", "decipher_only"), False)
    return [
        x509.BasicConstraints(ca=True, path_length=0),
        x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage),
        x509.NameConstraints(
            permitted_subtrees=[x509.DNSName(host) for host in HOSTS],
            excluded_subtrees=[x509.IPAddress(ip_network(one)) for one in ("0.0.0.0/0", "::/0")],
        ),
    ]


def make_authority() -> "trustme.CA":
    """Return an authority for one run, whose key stays in memory; ImportError without trustme."""
    import_trustme()
    import trustme
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, ISSUER)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - CLOCK_SKEW, now + LIFETIME
    )
    for limit in authority_limits():
        builder = builder.add_extension(limit, critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = builder.add_extension(identifier, critical=False).sign(key, SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return trustme.CA.from_pem(certificate.public_bytes(Encoding.PEM), private)


def checked_authority(pem: bytes) -> bytes:
    """Return the one certificate in a text, if it is an authority with exactly our limits.

    It may carry no name of its own, because a program would also take it for that server. Raises
    ValueError, with the reason.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    expected = [(limit, True) for limit in authority_limits()]
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        found = [
            (each.value, each.critical)
            for each in certificate.extensions
            if not isinstance(each.value, x509.SubjectKeyIdentifier)
        ]
        names = {each.oid for each in certificate.subject}
    except (ValueError, x509.DuplicateExtension) as error:
        raise ValueError(f"it offers no certificate ({error})") from None
    if found != expected or names != {NameOID.ORGANIZATION_NAME}:
        raise ValueError(
            "its certificate is not limited to the names of Telegram and Twitch, as this version "
            "of bot-sandbox expects it, so it could sign for other sites, too. Use the same "
            "version on both sides"
        )
    return certificate.public_bytes(Encoding.PEM)
