"""Who may use a server: the access policy of every server in the sandbox.

Any web page can make a browser send requests to 127.0.0.1. Three checks keep such pages out:

- `Host` must be a name of this server. Otherwise a foreign name that resolves to 127.0.0.1 would
  be as good as ours (DNS rebinding). Every request needs exactly one, with HTTP/1.0 too: curl -0,
  ab and nginx's proxy_pass all send it, and no client of today leaves it out.
- `Origin` must be the server's own, if there is one. A browser puts it on each POST and each
  WebSocket, a program on none. Function URLs are public, so any page may call them.
- Whatever gives power over the sandbox needs a key or token, in a header that no foreign page can
  send: the window and the Lambda API ask for their key, the platforms for their own tokens.
"""

import hmac
import re
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address

from aiohttp import web

HOST = "127.0.0.1"
OWN_ENDING = ".localhost"  # always this machine (RFC 6761): browsers and curl need no DNS for it
PLACE = re.compile(r"([\w.-]+|\[[\da-f:.]+\])(?::(\d+))?", re.ASCII)  # a Host header
ALLOWED_HOST = re.compile(rf"\*\.[\w.-]+|{PLACE.pattern}", re.ASCII)
EXAMPLE = {"allow_hosts": '["bots.example"]', "allow_origins": '["http://localhost:3000"]'}
ALLOWED_ORIGIN = re.compile(r"null|[a-z][a-z\d+.-]*://[^/\s]+")


class Access:
    """The hosts and origins that a server answers.

    `host` is the address it listens on. `allow_hosts` are more names for it: "bots.example",
    "bots.example:8080" (this port only) or "*.bots.example". `allow_origins` are web pages that may
    use it: "http://localhost:3000". Raises ValueError for anything else.
    """

    def __init__(
        self, host: str = HOST, allow_hosts: Iterable[str] = (), allow_origins: Iterable[str] = ()
    ) -> None:
        self.listens_on = host
        self.host = name_of(host)  # as addresses have it
        self._own_names = {HOST, "localhost", self.host}
        self._hosts = checked("allow_hosts", allow_hosts, ALLOWED_HOST)
        self._endings = tuple(each[1:] for each in self._hosts if each.startswith("*"))
        self._origins = checked("allow_origins", allow_origins, ALLOWED_ORIGIN)

    def refusal(self, request: web.BaseRequest, *, public: bool = False) -> str:
        """Why a request is refused, and what to do; "" if it may come in.

        `public`: pages of any origin may send it.
        """
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1:
            return f"a request needs one Host header; found {len(hosts)}"
        places = list(hosts)
        if request.raw_path[:1] != "/" and request.raw_path != "*":  # it names a host, too
            places.append(split_target(request.raw_path)[0])
        port = request.get_extra_info("sockname", ("", 0))[1]
        for place in places:
            if not self._answers_to(place.lower(), port):
                return (
                    f"this server does not answer to the host {place!r:.100}; if it should, name "
                    "that host in --allow-host, or in Python in allow_hosts=[…]"
                )
        for origin in [] if public else request.headers.getall("Origin", []):
            if not is_same(origin, hosts[0]) and origin.lower() not in self._origins:
                return (
                    f"pages of {origin!r:.100} may not use this server; if they should, name that "
                    "origin in --allow-origin, or in Python in allow_origins=[…]"
                )
        return ""

    def _answers_to(self, place: str, port: int) -> bool:
        found = PLACE.fullmatch(place)
        if not found:
            return False
        name, given = found.groups()
        is_own = name in self._own_names or name.endswith(OWN_ENDING)
        if is_own and given in (None, str(port)):
            return True
        return place in self._hosts or name in self._hosts or name.endswith(self._endings)


def checked(parameter: str, values: Iterable[str], pattern: re.Pattern[str]) -> set[str]:
    """The values in lower case; ValueError for one that is wrong."""
    expected = f"{parameter} takes a list such as {EXAMPLE[parameter]}"
    if isinstance(values, str):
        raise ValueError(f"{expected}; found the text {values!r}")
    found = {value.lower() for value in values}
    if wrong := [value for value in found if not pattern.fullmatch(value)]:
        raise ValueError(f"{expected}; found {wrong[0]!r} in it")
    return found


def name_of(host: str) -> str:
    """The name by which this machine finds a server that listens on a host.

    >>> name_of("LocalHost"), name_of("::1"), name_of("::")
    ('localhost', '[::1]', '[::1]')
    """
    name = host.lower()
    with suppress(ValueError):  # it is no number
        if (number := ip_address(name)).is_unspecified:  # on every one that the machine has
            name = HOST if number.version == 4 else "::1"
    return f"[{name}]" if ":" in name else name


def is_same(origin: str, host: str) -> bool:
    """Whether a page of this origin came from this host and port (behind a proxy: the proxy's)."""
    scheme, _, place = origin.partition("://")
    return scheme in ("http", "https") and place.lower() == host.lower()


def split_target(target: str) -> tuple[str, str]:
    """The host and the path of a request's target that is a whole address.

    >>> split_target("http://hello.localhost:8080/a?b=c")
    ('hello.localhost:8080', '/a?b=c')
    """
    host, slash, rest = target.partition("://")[2].partition("/")
    return host.rpartition("@")[2], slash + rest or "/"


def is_key(found: object, key: str) -> bool:
    """Whether this is the key, compared in constant time."""
    return isinstance(found, str) and hmac.compare_digest(
        found.encode("utf-8", "surrogatepass"), key.encode()
    )
