"""The way from a browser to this machine when a Jupyter server elsewhere is between them.

On JupyterHub or Binder, 127.0.0.1 is the reader's own machine in the browser, but another one in
the notebook. There jupyter-server-proxy passes /user/anna/proxy/PORT/… on to a port, for everybody
who may use that Jupyter server. The path is known, the host's name isn't. So a browser gets
addresses without a host.
"""

import os
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

PROXY_VARIABLE = "BOT_SANDBOX_PROXY"
HUB_PREFIX = "JUPYTERHUB_SERVICE_PREFIX"  # JupyterHub sets it, such as /user/anna/
PREFIX = re.compile(r"(/[\w.~%@!$&'()*+,;=:-]+)+", re.ASCII)
PROXY_HEADER = "X-ProxyContextPath"  # jupyter-server-proxy sets it in each HTTP request
# Headers for the Jupyter server, from the browser or from what asks for a login in front of it
# (X-Forwarded-Access-Token, Cf-Access-Jwt-Assertion). A referrer may hold Jupyter's token.
JUPYTER_HEADER = re.compile("cookie|auth|token|jwt|oidc|referer", re.IGNORECASE)
JUPYTER_COOKIE = re.compile(r"(_xsrf|username-[^=]*|jupyter[^=]*)\s*=", re.IGNORECASE)


def proxy_prefix() -> str:
    """Return the path of the proxy, such as "/user/anna/proxy"; "" if there is none.

    The variable BOT_SANDBOX_PROXY gives it, and an empty one means none. Without it, JupyterHub's
    own variable does. Raises ValueError if it isn't a path.
    """
    hub = os.environ.get(HUB_PREFIX, "").rstrip("/")
    given = os.environ.get(PROXY_VARIABLE, f"{hub}/proxy" if hub else "").rstrip("/")
    if given and not PREFIX.fullmatch(given):
        raise ValueError(
            f"{PROXY_VARIABLE} must be a path, such as /user/anna/proxy; found {given!r}"
        )
    return given


def browser_address(url: str) -> str:
    """Return the address under which a browser finds a server at `url` on this machine.

    >>> os.environ[PROXY_VARIABLE] = "/user/anna/proxy"
    >>> browser_address("http://127.0.0.1:8080/hello/?a=b"), browser_address("https://example.org/")
    ('/user/anna/proxy/8080/hello/?a=b', 'https://example.org/')
    >>> os.environ[PROXY_VARIABLE] = ""
    >>> browser_address("http://127.0.0.1:8080/hello/?a=b")
    'http://127.0.0.1:8080/hello/?a=b'
    """
    prefix, split = proxy_prefix(), urlsplit(url)
    if not prefix or split.hostname not in ("127.0.0.1", "localhost") or not split.port:
        return url
    return f"{prefix}/{split.port}{split._replace(scheme='', netloc='').geturl() or '/'}"


def terminal_address(address: str) -> str:
    """Return an address for a browser as a terminal shows it.

    >>> terminal_address("/user/anna/proxy/8083/#key=a")
    'https://HOST/user/anna/proxy/8083/#key=a  with the HOST of your Jupyter server'
    """
    if address.startswith("/"):
        return f"https://HOST{address}  with the HOST of your Jupyter server"
    return address


def is_proxied(headers: Mapping[str, str]) -> bool:
    """Return whether a request came through jupyter-server-proxy."""
    return PROXY_HEADER in headers


def remove_jupyter_headers(
    headers: Iterable[tuple[str, str]], proxied: bool
) -> list[tuple[str, str]]:
    """Return a request's headers without those that belong to a Jupyter server.

    Behind the proxy these are all cookies and credentials, because the browser sends them to the
    Jupyter server. Elsewhere a JupyterLab on this machine has its cookies on 127.0.0.1, and a
    browser sends them to each port.
    """
    if proxied:
        return [(name, value) for name, value in headers if not JUPYTER_HEADER.search(name)]
    kept = []
    for name, value in headers:
        if name.lower() == "cookie":
            parts = [part.strip() for part in value.split(";")]
            value = "; ".join(part for part in parts if not JUPYTER_COOKIE.match(part))
            if not value:
                continue
        kept.append((name, value))
    return kept
