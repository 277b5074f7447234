"""An authority of one run: programs believe it about the platforms, and about nobody else."""

import shutil
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from bot_sandbox.programs.authority import authority_limits, checked_authority, make_authority
from bot_sandbox.programs.platform_addresses import HOSTS

PYTHON = """
import socket, ssl, sys
authority, port, name, strict = sys.argv[1:]
context = ssl.create_default_context(cafile=authority)
if strict:
    context.verify_flags |= ssl.VERIFY_X509_STRICT
with socket.create_connection(("127.0.0.1", int(port)), timeout=60) as raw:
    context.wrap_socket(raw, server_hostname=name).recv(1)
"""
NODE = """
const [authority, port, name] = process.argv.slice(1);
const ca = require("fs").readFileSync(authority);
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


def command(client, folder, authority, port, name):
    """Return a command that succeeds if a client believes a certificate for this name."""
    if client in ("python", "python, strict"):
        return [sys.executable, "-c", PYTHON, authority, port, name, "strict" * ("," in client)]
    program = shutil.which(client)
    if not program:
        pytest.skip(f"NO {client.upper()} on this machine")
    if client == "node":
        return [program, "-e", NODE, authority, port, name]
    if client == "go":
        (folder / "client.go").write_text(GO)
        return [program, "run", folder / "client.go", authority, port, name]
    to = f"{name}:{port}:127.0.0.1"
    options = ["--silent", "--show-error", "--cacert", authority]
    return [program, *options, "--resolve", to, f"https://{name}:{port}/"]


@contextmanager
def serving(certificate):
    """Serve TLS with a certificate; the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            with suppress(OSError):  # nobody comes, or doesn't believe
                client, _ = listener.accept()
                with client, context.wrap_socket(client, server_side=True) as secure:
                    secure.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")
                    secure.unwrap()

        threading.Thread(target=serve, daemon=True).start()
        yield str(listener.getsockname()[1])


CLIENTS = ["python", "python, strict", "node", "curl", "go"]
FOREIGN = {
    "a name": (["weather.example"], {}, "weather.example"),
    "one of ours beside it": (["api.telegram.org", "weather.example"], {}, "weather.example"),
    "an address": (["127.0.0.1"], {}, "127.0.0.1"),
    "a common name": ([], {"common_name": "weather.example"}, "weather.example"),
}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_believes_it_about_each_platform(client, tmp_path):
    authority = make_authority()
    (tmp_path / "authority.pem").write_bytes(checked_authority(authority.cert_pem.bytes()))
    for name in HOSTS:
        with serving(authority.issue_cert(*HOSTS)) as port:
            words = command(client, tmp_path, tmp_path / "authority.pem", port, name)
            done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("foreign", FOREIGN)
def test_a_client_believes_it_about_nobody_else(client, foreign, tmp_path):
    """Not even with the authority's own key; with one without limits, it does.

    Some clients read no common name at all.
    """
    identities, options, name = FOREIGN[foreign]
    results = []
    for authority in (trustme.CA(), make_authority()):
        authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        with serving(authority.issue_cert(*identities, **options)) as port:
            words = command(client, tmp_path, tmp_path / "authority.pem", port, name)
            done = subprocess.run(words, capture_output=True, text=True)
        results.append("" if done.returncode == 0 else done.stderr)
    assert results[1]
    assert not results[0] or not identities


def signed(limits, names=(), critical=True):
    """Return a self-signed certificate with these extensions."""
    model = make_authority()
    key = load_pem_private_key(model.private_key_pem.bytes(), None)
    made = x509.load_pem_x509_certificate(model.cert_pem.bytes())
    subject = x509.Name([*made.subject, *names])
    builder = x509.CertificateBuilder().issuer_name(subject).subject_name(subject)
    builder = builder.public_key(made.public_key()).serial_number(made.serial_number)
    builder = builder.not_valid_before(made.not_valid_before_utc)
    builder = builder.not_valid_after(made.not_valid_after_utc)
    for limit in limits:
        builder = builder.add_extension(limit, critical=critical)
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


def wider(**changed):
    basic, usage, names = authority_limits()
    known = {
        "permitted_subtrees": names.permitted_subtrees,
        "excluded_subtrees": names.excluded_subtrees,
    }
    return [basic, usage, x509.NameConstraints(**known | changed)]


BASIC, USAGE, NAMES = authority_limits()
OTHER_NAME = x509.DNSName("weather.example")
SERVER_USAGE = x509.KeyUsage(True, False, False, False, False, True, True, False, False)


@pytest.mark.parametrize(
    "pem",
    [
        trustme.CA().cert_pem.bytes(),
        signed([BASIC, USAGE]),
        signed(authority_limits(), critical=False),
        signed(wider(permitted_subtrees=[*NAMES.permitted_subtrees, OTHER_NAME])),
        signed(wider(permitted_subtrees=None)),
        signed(wider(excluded_subtrees=None)),
        signed(wider(excluded_subtrees=NAMES.excluded_subtrees[:1])),
        signed([*authority_limits(), x509.SubjectAlternativeName([OTHER_NAME])]),
        signed([BASIC, SERVER_USAGE, NAMES]),
        signed([x509.BasicConstraints(ca=True, path_length=1), USAGE, NAMES]),
        signed(authority_limits(), [x509.NameAttribute(NameOID.COMMON_NAME, "weather.example")]),
    ],
)
def test_any_other_authority_is_refused(pem):
    with pytest.raises(ValueError, match="it could sign for other sites, too"):
        checked_authority(pem)


@pytest.mark.parametrize("text", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_no_certificate_is_refused(text):
    with pytest.raises(ValueError, match="it offers no certificate"):
        checked_authority(text)


def test_what_comes_after_the_certificate_is_left_out():
    good = make_authority().cert_pem.bytes()
    assert checked_authority(good + trustme.CA().cert_pem.bytes()) == good
