"""Lead a program that uses the real addresses of Telegram and Twitch to a sandbox.

There are two ways, and a program needs no changed line for either:

- A proxy for CONNECT, for clients in any language that read HTTPS_PROXY. It knows the platforms'
  names, answers 403 to all others, and connects to nothing outside.
- A port for each real address. The startup hooks in startup/ lead the sockets of Python and
  Node.js there, also those of clients that read no proxy.

Both speak TLS with a certificate that the sandbox makes for one run. Programs find
it by variables such as SSL_CERT_FILE. Nothing is added to the system's trust
store.
"""

import asyncio
import hashlib
import json
import os
import re
import shutil
import socket
import ssl
import struct
import tempfile
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from bot_sandbox.diagnosis.clean_text import escape_control_characters, hide_tokens
from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.http.access import HOST
from bot_sandbox.http.local_server import LocalServer, bind_socket
from bot_sandbox.programs.platform_addresses import ADDRESSES, HOSTS, HTTPS

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Handle = Callable[[socket.socket], Awaitable[None]]
STARTUP = Path(__file__).with_name("startup")
ADDRESSES_VARIABLE = "BOT_SANDBOX_ADDRESSES"  # what the hooks in startup/ read
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "WSS_PROXY")
DIRECT_HOSTS = ("localhost", ".localhost", "127.0.0.1", "::1")  # what needs no proxy
CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # replace other roots
EXTRA_CA_VARIABLE = "NODE_EXTRA_CA_CERTS"  # adds to them
DEFAULT_PORTS = {"http": 80, "ws": 80}
CHUNK = 65536
MOST_NOTES = 100  # a program that asks for more names is not helped by more
HEAD_TIMEOUT_S = 30.0  # how long a client may take to say where it wants to go
TLS_HANDSHAKE = b"\x16"  # the first byte of a connection that begins with TLS
REFUSAL = "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {size}\r\n\r\n{words}"
LINGER_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing resets the connection


class ProgramProxy(LocalServer):
    """Real addresses of `platforms` lead to wherever a subclass brings them; others are refused.

    `certificate` is one that programs should trust. They reach `direct_hosts` without the
    proxy.
    """

    def __init__(
        self, name: str, platforms: Iterable[str], certificate: bytes, direct_hosts: Iterable[str]
    ) -> None:
        tempfile.gettempdir()  # raises FileNotFoundError before a thread starts
        super().__init__(name)
        self.notes: list[str] = []  # for people: what was refused, each once
        self.platforms = list(platforms)
        self.certificate = certificate
        self._direct_hosts = [*DIRECT_HOSTS, *direct_hosts]
        self._folder = Path(tempfile.mkdtemp(prefix="bot-sandbox-"))  # nobody else can read it
        self._certificate_file = self._write_bundle(b"")
        self._connections = BackgroundTasks()
        self._listeners: list[socket.socket] = []
        self._port = 0
        self._ports: dict[tuple[str, int], int] = {}  # of each real address
        self._run_or_close(self._listen())

    @abstractmethod
    async def _serve_address(self, client: socket.socket, host: str, port: int) -> None:
        """Connect a client that wants a real address with the sandbox's server."""

    def variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the variables that lead a program here, given those that it would have.

        What is already in PYTHONPATH, NODE_OPTIONS, NO_PROXY and in lists of certificates stays,
        except for what would lead past the sandbox.
        """
        address = f"http://{HOST}:{self._port}"
        own = re.split(r"[,\s]+", environment.get("no_proxy") or environment.get("NO_PROXY", ""))
        direct = [*self._direct_hosts, *(one for one in own if not is_of_platform(one))]
        proxies = dict.fromkeys(PROXY_VARIABLES, address)
        proxies["NO_PROXY"] = ",".join(dict.fromkeys(filter(None, direct)))
        for name in ("ALL_PROXY", "all_proxy"):
            if name in environment:  # it would compete with ours
                proxies["ALL_PROXY"] = address
        if os.name != "nt":  # there, both spellings are one variable
            proxies |= {name.lower(): value for name, value in proxies.items()}
        certificates = {
            name: str(self._write_bundle(certificates_in(environment.get(name, ""))))
            for name in CA_VARIABLES
        }
        return proxies | certificates | self.hook_variables(environment)

    def hook_variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return those for Python and Node.js alone; without a proxy, other names stay reachable.

        What is already in PYTHONPATH, NODE_OPTIONS and NODE_EXTRA_CA_CERTS stays.
        """
        places: dict[str, dict[int, int]] = {}
        for (host, port), here in self._ports.items():
            places.setdefault(host, {})[port] = here
        told = {"certificate": str(self._certificate_file), "addresses": places}
        python = str(STARTUP / "python")
        paths = [one for one in environment.get("PYTHONPATH", "").split(os.pathsep) if one]
        # As in a string of JSON: Node.js reads quotes and backslashes like that.
        node = f"--require {json.dumps(str(STARTUP / 'node' / 'addresses.cjs'))}"
        options = environment.get("NODE_OPTIONS", "").replace(node, "").strip()
        extra = self._write_bundle(read_file(environment.get(EXTRA_CA_VARIABLE, "")))
        return {
            ADDRESSES_VARIABLE: json.dumps(told),
            "PYTHONPATH": os.pathsep.join([python, *(one for one in paths if one != python)]),
            "NODE_OPTIONS": f"{node} {options}".strip(),
            EXTRA_CA_VARIABLE: str(extra),
        }

    def _write_bundle(self, others: bytes) -> Path:
        """Write our certificate after others, and return the file."""
        bundle = others + b"\n" + self.certificate
        file = self._folder / f"{hashlib.sha256(bundle).hexdigest()[:16]}.pem"
        file.write_bytes(bundle)
        return file

    async def _listen(self) -> None:
        self._port = self._accept(self._serve_proxy)
        for host, port in ADDRESSES:
            self._ports[host, port] = self._accept(
                partial(self._serve_open_platform, host=host, port=port)
            )

    async def _serve_open_platform(self, client: socket.socket, host: str, port: int) -> None:
        platform = ADDRESSES[host, port].platform
        if platform in self.platforms:
            await self._serve_address(client, host, port)
        else:
            self._add_note(f"{host}: no {platform.title()} is open in this sandbox")
            reset_connection(client)

    def _accept(self, handle: Handle, port: int = 0, host: str = HOST) -> int:
        """Accept connections at a port (0: a free one) from now on, and return the port."""
        listener = bind_socket(port, host)
        listener.listen(128)
        listener.setblocking(False)
        self._listeners.append(listener)

        async def accept() -> None:
            loop = asyncio.get_running_loop()
            while True:
                client, _ = await loop.sock_accept(listener)
                self._connections.start(self._handle(handle, client))

        self._connections.start(accept())
        return int(listener.getsockname()[1])

    async def _handle(self, handle: Handle, client: socket.socket) -> None:
        # A client may end at any time, be slow, or speak no HTTP.
        with suppress(OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            await handle(client)

    async def _serve_proxy(self, client: socket.socket) -> None:
        """Read where a client wants to go, and bring it there."""
        here = reader, writer = await streams_of(client)
        async with asyncio.timeout(HEAD_TIMEOUT_S):
            head = await reader.readexactly(1)
            if head == TLS_HANDSHAKE:  # it would send no more, but wait for us
                self._add_note(
                    "A client speaks TLS with the proxy itself, as axios before 0.19 does, so its "
                    "requests go nowhere. Update the client, or start your bot without HTTPS_PROXY "
                    "and https_proxy: env -u HTTPS_PROXY -u https_proxy node bot.js"
                )
                writer.close()
                return
            head += await reader.readuntil(b"\r\n\r\n")
        method, target, *_ = [*head.decode("latin-1").split(" ", 2), "", ""]
        host, port = "", 0
        with suppress(ValueError):  # not a port, or half an IPv6 address
            place = urlsplit(target if "://" in target else f"https://{target}")
            usual = DEFAULT_PORTS.get(place.scheme, HTTPS)
            host, port = place.hostname or "", usual if place.port is None else place.port
        if not host:
            await refuse(writer, "400 Bad Request", "Name a host and a port: example.org:443\n")
            return
        address = ADDRESSES.get((host, port))
        if address is None:
            unreached = (
                f"A program asked for {host[:100]}:{port}, which the sandbox doesn't reach. "
            )
            if host in HOSTS:
                known_ports = [str(port) for name, port in ADDRESSES if name == host]
                unreached += f"It has port {' or '.join(known_ports)} of {host}"
            else:
                unreached += "If it should, name that host in the variable NO_PROXY"
            self._add_note(unreached)
            known = ", ".join(HOSTS)
            words = f"bot-sandbox reaches {known}. {unreached}.\n"
            await refuse(writer, "403 Forbidden", words)
            return
        try:
            if method == "CONNECT":
                there = await self.connect_address(host, port)
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:  # an https request as it is, by a client such as axios
                context = self._trust_context() if address.is_tls else None
                there = await self.connect_address(host, port, context)
                there[1].write(with_close(head))
        except OSError:
            await refuse(writer, "502 Bad Gateway", f"{host} is down in this sandbox.\n")
            return
        await connect_streams(here, there)

    async def connect_address(
        self, host: str, port: int, context: ssl.SSLContext | None = None
    ) -> Streams:
        """Connect with a real address of ADDRESSES."""
        name = host if context else None
        here = self._ports[host, port]
        return await asyncio.open_connection(HOST, here, ssl=context, server_hostname=name)

    def _trust_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.certificate.decode())

    def _add_note(self, words: str) -> None:
        words = hide_tokens(escape_control_characters(words))
        if words not in self.notes and len(self.notes) < MOST_NOTES:
            self.notes.append(words)
            self._runner.changes.changed()

    async def _shutdown(self) -> None:
        self._connections.cancel()
        for listener in self._listeners:
            listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)


async def streams_of(client: socket.socket, context: ssl.SSLContext | None = None) -> Streams:
    """Return streams, which own the socket from now on; ssl.SSLError if TLS fails."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_accepted_socket(lambda: protocol, client, ssl=context)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def connect_streams(one: Streams, other: Streams) -> None:
    """Pass on all bytes both ways until both have ended, or one breaks."""
    try:
        await asyncio.gather(pass_on(one[0], other[1]), pass_on(other[0], one[1]))
    finally:
        for _, writer in (one, other):
            writer.close()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on bytes until the end, and then the end itself."""
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()
    except OSError:
        writer.transport.abort()


def is_of_platform(entry: str) -> bool:
    """Return whether an entry of NO_PROXY matches a platform's name.

    >>> [is_of_platform(entry) for entry in ("*", ".org.", "API.telegram.org:443", "::1", "am.org")]
    [True, True, True, False, False]
    """
    name = re.sub(r":\d*$", "", entry.strip("/ ").lower()).strip("*.")
    return any(not name or f".{host}".endswith(f".{name}") for host in HOSTS)


def with_close(head: bytes) -> bytes:
    r"""Return a request's head that asks for one response alone, unless it asks for a WebSocket.

    The client's next request may be for another name.

    >>> with_close(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
    b'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
    """
    lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    if any(line.lower().startswith(b"upgrade:") for line in lines):
        return head
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*kept, b"Connection: close", b"", b""])


def reset_connection(client: socket.socket) -> None:
    """Close a connection as a server that is down does."""
    with suppress(OSError):  # its other end may have gone
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
    client.close()


async def refuse(writer: asyncio.StreamWriter, status: str, words: str) -> None:
    """Answer with an error and close."""
    text = REFUSAL.format(status=status, size=len(words.encode()), words=words)
    writer.write(text.encode())
    await writer.drain()
    writer.close()


def certificates_in(file: str) -> bytes:
    """Return the certificates in a file, or if there is none, those that this machine trusts."""
    if found := read_file(file):
        return found
    known = ssl.create_default_context().get_ca_certs(binary_form=True)
    if known:
        return "".join(map(ssl.DER_cert_to_PEM_cert, known)).encode()
    folder = Path(ssl.get_default_verify_paths().openssl_capath)
    return b"\n".join(each.read_bytes() for each in sorted(folder.glob("*.0")))


def read_file(file: str) -> bytes:
    """Return what is in a file; nothing if it can't be read."""
    with suppress(OSError):
        return Path(file).read_bytes() if file else b""
    return b""
