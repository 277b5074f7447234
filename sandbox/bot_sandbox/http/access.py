"""Decide who may use a server: the access policy of every server in the sandbox.

Any web page can make a browser send requests to 127.0.0.1. Three checks keep such pages out:

- `Host` must be a name of this server. Otherwise an attacker's name that resolves to 127.0.0.1
  would work as well (DNS rebinding). Every request needs exactly one, even with HTTP/1.0: curl -0,
  ab and nginx's proxy_pass all send it.
- `Origin` must be the server's own, if there is one. A browser sends it with each POST and each
  WebSocket, a program never does. Function URLs are public, so any page may call them.
- Everything that controls the sandbox needs a key or token, in a header that no foreign page can
  send: the window and the Lambda API need their key, the platforms their own tokens.

Behind a Jupyter server elsewhere (jupyter_proxy.py), browsers name that server's host, and nobody
knows it here. So any host will do, but the other two checks stay. `X-Forwarded-Host` is never read,
because a client's own arrives unchanged.
"""

import hmac
import re
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address

from aiohttp import web

from bot_sandbox.http.jupyter_proxy import proxy_prefix

HOST = "127.0.0.1"
KEY_HEADER = "Bot-Sandbox-Key"  # Authorization would be for a Jupyter server in between
OWN_ENDING = ".localhost"  # always this machine (RFC 6761): browsers and curl need no DNS for it
HOST_HEADER = re.compile(r"([\w.-]+|\[[\da-f:.]+\])(?::(\d+))?", re.ASCII)  # a Host header
ALLOWED_HOST = re.compile(rf"\*\.[\w.-]+|{HOST_HEADER.pattern}", re.ASCII)
EXAMPLE = {"allow_hosts": '["bots.example"]', "allow_origins": '["http://localhost:3000"]'}
ALLOWED_ORIGIN = re.compile(r"null|[a-z][a-z\d+.-]*://[^/\s]+")


class Access:
    """The hosts and origins that a server answers.

    `host` is the address to listen on. `allow_hosts` are more names for it: "bots.example",
    "bots.example:8080" (this port only) or "*.bots.example". If the server listens on all addresses
    of a machine, such as "0.0.0.0" in a container, clients find it under the first plain name.
    `allow_origins` are web pages that may use it: "http://localhost:3000". Raises ValueError for
    anything else.
    """

    def __init__(
        self, host: str = HOST, allow_hosts: Iterable[str] = (), allow_origins: Iterable[str] = ()
    ) -> None:
        hosts = check_and_lowercase("allow_hosts", allow_hosts, ALLOWED_HOST)
        names = [each for each in hosts if ":" not in each and "*" not in each]
        self.listens_on = host
        self.host = (names if names and is_unspecified(host) else [host_name(host)])[0]
        self._own_names = {HOST, "localhost", self.host}
        self.allow_hosts = hosts
        self._hosts = set(hosts)
        self._endings = tuple(each[1:] for each in self._hosts if each.startswith("*"))
        self.allow_origins = check_and_lowercase("allow_origins", allow_origins, ALLOWED_ORIGIN)
        self._origins = set(self.allow_origins)
        self._any_host = bool(proxy_prefix())

    def refusal(self, request: web.BaseRequest, *, public: bool = False) -> str:
        """Return why a request is refused and what to do, or "" if it may pass.

        `public` lets pages of any origin send it.
        """
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1:
            return f"a request needs one Host header; found {len(hosts)}"
        places = list(hosts)
        if request.raw_path[:1] != "/" and request.raw_path != "*":  # it names a host, too
            places.append(split_target(request.raw_path)[0])
        port = (request.get_extra_info("sockname") or ("", 0))[1]  # a socket pair has no address
        for place in places:
            if not self._answers_to(place.lower(), port):
                return (
                    f"this server does not answer to the host {place!r:.100}; if it should, name "
                    "that host in --allow-host, or in Python in allow_hosts=[…]"
                )
        for origin in [] if public else request.headers.getall("Origin", []):
            if not is_same_origin(origin, hosts[0]) and origin.lower() not in self._origins:
                return (
                    f"pages of {origin!r:.100} may not use this server; if they should, name that "
                    "origin in --allow-origin, or in Python in allow_origins=[…]"
                )
        return ""

    def answer_to(self, host: str) -> None:
        """Answer to one more name from now on, which a program reaches by the sandbox's proxy."""
        self._hosts.add(host)

    def cors_headers(self, request: web.BaseRequest) -> dict[str, str]:
        """Return the headers with which a browser shows a response to an allowed page (CORS).

        Only a page in `allow_origins` gets them, and never with the browser's credentials. Its key
        or token comes in a header, so a browser asks before (a preflight).
        """
        origins = request.headers.getall("Origin", [])
        if len(origins) != 1 or origins[0].lower() not in self._origins:
            return {}
        headers = {"Access-Control-Allow-Origin": origins[0], "Vary": "Origin"}
        if is_preflight(request):
            headers |= {
                "Access-Control-Allow-Methods": "GET, POST",
                "Access-Control-Allow-Headers": f"{KEY_HEADER}, Content-Type",
                "Access-Control-Max-Age": "600",
            }
        return headers

    def _answers_to(self, place: str, port: int) -> bool:
        found = HOST_HEADER.fullmatch(place)
        if not found:
            return False
        name, given = found.groups()
        is_own = name in self._own_names or name.endswith(OWN_ENDING)
        if is_own and given in (None, str(port)):
            return True
        return (
            self._any_host
            or place in self._hosts
            or name in self._hosts
            or name.endswith(self._endings)
        )


def is_preflight(request: web.BaseRequest) -> bool:
    """Return whether a browser asks what a page may send; such a request has no key."""
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def check_and_lowercase(
    parameter: str, values: Iterable[str], pattern: re.Pattern[str]
) -> list[str]:
    """Return the values in lower case; raise ValueError for an invalid one."""
    expected = f"{parameter} takes a list such as {EXAMPLE[parameter]}"
    if isinstance(values, str):
        raise ValueError(f"{expected}; found the text {values!r}")
    found = [value.lower() for value in values]
    if wrong := [value for value in found if not pattern.fullmatch(value)]:
        raise ValueError(f"{expected}; found {wrong[0]!r} in it")
    return found


def host_name(host: str) -> str:
    """Return the name by which this machine finds a server that listens on a host.

    >>> host_name("LocalHost"), host_name("::1"), host_name("::")
    ('localhost', '[::1]', '[::1]')
    """
    name = host.lower()
    if is_unspecified(name):
        name = "::1" if ":" in name else HOST
    return f"[{name}]" if ":" in name else name


def is_unspecified(host: str) -> bool:
    """Return whether this host means all addresses of the machine.

    >>> is_unspecified("0.0.0.0"), is_unspecified("::"), is_unspecified("sandbox")
    (True, True, False)
    """
    with suppress(ValueError):  # a name, not a number
        return ip_address(host).is_unspecified
    return False


def is_loopback(host: str) -> bool:
    """Return whether only programs on this machine reach this host.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host.lower() == "localhost" or host.lower().endswith(OWN_ENDING)


def is_same_origin(origin: str, host: str) -> bool:
    """Return whether a page of this origin came from this host and port, or the proxy's."""
    scheme, _, place = origin.partition("://")
    return scheme in ("http", "https") and place.lower() == host.lower()


def split_target(target: str) -> tuple[str, str]:
    """Split a request's target that is a whole address into host and path.

    >>> split_target("http://hello.localhost:8080/a?b=c")
    ('hello.localhost:8080', '/a?b=c')
    """
    host, slash, rest = target.partition("://")[2].partition("/")
    return host.rpartition("@")[2], slash + rest or "/"


def key_matches(found: object, key: str) -> bool:
    """Return whether this is the key, compared in constant time."""
    return isinstance(found, str) and hmac.compare_digest(
        found.encode("utf-8", "surrogatepass"), key.encode()
    )
