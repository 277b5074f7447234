"""The certificate of one run: programs believe it about the platforms, and about nobody else."""

import shutil
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from bot_sandbox.programs.certificate import (
    certificate_limits,
    checked_certificate,
    make_certificate,
    server_context,
)
from bot_sandbox.programs.platform_addresses import HOSTS

PYTHON = """
import socket, ssl, sys
certificate, port, name, strict = sys.argv[1:]
context = ssl.create_default_context(cafile=certificate)
if strict:
    context.verify_flags |= ssl.VERIFY_X509_STRICT
with socket.create_connection(("127.0.0.1", int(port)), timeout=60) as raw:
    context.wrap_socket(raw, server_hostname=name).recv(1)
"""
NODE = """
const [certificate, port, name] = process.argv.slice(1);
const ca = require("fs").readFileSync(certificate);
const servername = require("net").isIP(name) ? "" : name;
const socket = require("tls").connect({ host: "127.0.0.1", port, ca, servername,
    checkServerIdentity: (_, found) => require("tls").checkServerIdentity(name, found) });
socket.on("error", (error) => { console.error(error.message); process.exit(1); });
socket.on("secureConnect", () => process.exit(0));
"""
GO = """
package main

import ("crypto/tls"; "crypto/x509"; "os")

func main() {
    pem, _ := os.ReadFile(os.Args[1])
    roots := x509.NewCertPool()
    roots.AppendCertsFromPEM(pem)
    settings := &tls.Config{RootCAs: roots, ServerName: os.Args[3]}
    if _, err := tls.Dial("tcp", "127.0.0.1:"+os.Args[2], settings); err != nil { panic(err) }
}
"""


def command(client, folder, certificate, port, name):
    """Return a command that succeeds if a client believes a certificate for this name."""
    if client in ("python", "python, strict"):
        return [sys.executable, "-c", PYTHON, certificate, port, name, "strict" * ("," in client)]
    program = shutil.which(client)
    if not program:
        pytest.skip(f"NO {client.upper()} on this machine")
    if client == "node":
        return [program, "-e", NODE, certificate, port, name]
    if client == "go":
        (folder / "client.go").write_text(GO)
        return [program, "run", folder / "client.go", certificate, port, name]
    to = f"{name}:{port}:127.0.0.1"
    options = ["--silent", "--show-error", "--cacert", certificate]
    return [program, *options, "--resolve", to, f"https://{name}:{port}/"]


@contextmanager
def serving(certificate, key):
    """Serve TLS with a certificate; the port."""
    context = server_context(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            with suppress(OSError):  # nobody comes, or doesn't believe
                client, _ = listener.accept()
                with client, context.wrap_socket(client, server_side=True) as secure:
                    secure.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")
                    secure.unwrap()

        threading.Thread(target=serve, daemon=True).start()
        yield str(listener.getsockname()[1])


def signed(limits, by, key, names=(), critical=True):
    """Return a certificate with these extensions by the owner of a key, who has another one."""
    issuer = x509.load_pem_x509_certificate(by)
    own = load_pem_private_key(key, None)
    subject = x509.Name([*issuer.subject, *names])
    builder = x509.CertificateBuilder().issuer_name(subject).subject_name(subject)
    builder = builder.public_key(own.public_key()).serial_number(issuer.serial_number)
    builder = builder.not_valid_before(issuer.not_valid_before_utc)
    builder = builder.not_valid_after(issuer.not_valid_after_utc)
    for limit in limits:
        builder = builder.add_extension(limit, critical=critical)
    identifier = x509.SubjectKeyIdentifier.from_public_key(own.public_key())
    builder = builder.add_extension(identifier, critical=False)
    return builder.sign(own, SHA256()).public_bytes(Encoding.PEM)


def issued(by, key, subject, alternatives):
    """Return what this certificate's key signs for somebody else: the chain, and their key."""
    issuer, theirs = x509.load_pem_x509_certificate(by), ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        issuer.subject, subject, theirs.public_key(), x509.random_serial_number(),
        issuer.not_valid_before_utc, issuer.not_valid_after_utc,
    )  # fmt: skip
    if alternatives:
        names = x509.SubjectAlternativeName(alternatives)
        builder = builder.add_extension(names, critical=not list(subject))
    own = load_pem_private_key(key, None)
    for identifier in (
        x509.SubjectKeyIdentifier.from_public_key(theirs.public_key()),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(own.public_key()),
    ):
        builder = builder.add_extension(identifier, critical=False)
    made = builder.sign(own, SHA256()).public_bytes(Encoding.PEM)
    private = theirs.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made + by, private


def common(name):
    """Return a subject that is a common name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


CLIENTS = ["python", "python, strict", "node", "curl", "go"]
NOBODY = x509.Name([])
FOREIGN = {  # subject, alternative names, and who is asked
    "a name": (NOBODY, [x509.DNSName("weather.example")], "weather.example"),
    "a platform's name": (NOBODY, [x509.DNSName("api.telegram.org")], "api.telegram.org"),
    "an address": (NOBODY, [x509.IPAddress(ip_address("127.0.0.1"))], "127.0.0.1"),
    "a common name": (common("weather.example"), [], "weather.example"),
    "any common name": (common("*.weather.example"), [], "www.weather.example"),
    "this machine": (common("localhost"), [], "localhost"),
}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_believes_it_about_each_platform(client, tmp_path):
    certificate, key = make_certificate()
    (tmp_path / "certificate.pem").write_bytes(checked_certificate(certificate))
    for name in HOSTS:
        with serving(certificate, key) as port:
            words = command(client, tmp_path, tmp_path / "certificate.pem", port, name)
            done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("foreign", FOREIGN)
def test_a_client_believes_it_about_nobody_else(client, foreign, tmp_path):
    """Not even with its own key; of an authority, it does.

    Some clients read no common name at all.
    """
    subject, alternatives, name = FOREIGN[foreign]
    results = []
    ours, key = make_certificate()
    authority = signed(AUTHORITY, ours, key)
    for certificate in (authority, ours):
        (tmp_path / "certificate.pem").write_bytes(certificate)
        with serving(*issued(certificate, key, subject, alternatives)) as port:
            words = command(client, tmp_path, tmp_path / "certificate.pem", port, name)
            done = subprocess.run(words, capture_output=True, text=True)
        results.append("" if done.returncode == 0 else done.stderr)
    assert results[1]
    assert not results[0] or not alternatives


BASIC, USAGE, EXTENDED, NAMES = certificate_limits()
OTHER_NAME = x509.DNSName("weather.example")
SIGNING = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
AUTHORITY = [x509.BasicConstraints(ca=True, path_length=None), SIGNING]
MADE, KEY = make_certificate()


@pytest.mark.parametrize(
    "pem",
    [
        signed(AUTHORITY, MADE, KEY),
        signed([BASIC, USAGE, EXTENDED], MADE, KEY),
        signed(certificate_limits(), MADE, KEY, critical=False),
        signed(certificate_limits()[::-1], MADE, KEY),
        signed([BASIC, USAGE, NAMES], MADE, KEY),
        signed([*AUTHORITY[:1], USAGE, EXTENDED, NAMES], MADE, KEY),
        signed([BASIC, SIGNING, EXTENDED, NAMES], MADE, KEY),
        signed(
            [BASIC, USAGE, EXTENDED, x509.SubjectAlternativeName([*NAMES, OTHER_NAME])], MADE, KEY
        ),
        signed([BASIC, USAGE, EXTENDED, x509.SubjectAlternativeName([*NAMES][1:])], MADE, KEY),
        signed([*certificate_limits(), x509.OCSPNoCheck()], MADE, KEY),
        signed(certificate_limits(), MADE, KEY, common("weather.example")),
    ],
)
def test_any_other_certificate_is_refused(pem):
    with pytest.raises(ValueError, match="it could pass for other sites, too"):
        checked_certificate(pem)


@pytest.mark.parametrize("text", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_no_certificate_is_refused(text):
    with pytest.raises(ValueError, match="it offers no certificate"):
        checked_certificate(text)


def test_what_comes_after_the_certificate_is_left_out():
    assert checked_certificate(MADE + signed(AUTHORITY, MADE, KEY)) == MADE
