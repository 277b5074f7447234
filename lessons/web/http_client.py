"""Several visitors of a web page at once."""

from concurrent.futures import ThreadPoolExecutor

import httpx

# A cold start takes a while on a busy machine. The sandbox is on this machine: no proxy.
browser = httpx.Client(timeout=30, trust_env=False, follow_redirects=True)


def get_at_once(url: str, clients: int) -> list[httpx.Response]:
    """Let several clients ask for a page at the same moment; httpx.ConnectError if it is gone."""
    with ThreadPoolExecutor(clients) as crew:
        return list(crew.map(browser.get, [url] * clients))
