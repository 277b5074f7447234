"""A person's clicks on the pages of the sandbox Twitch, as plain calls.

It sends what a browser would send when a button is pressed, and says where the browser lands.
It follows no redirect: that address belongs to the learner's own program.
"""

import json
import re
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit


def press(url: str, account_id: str, decision: str) -> str:
    """Open a consent page as this account and press "authorize" or "cancel".

    Returns the address the browser is sent back to, or an empty string when the page keeps it
    (device activation). ValueError carries the page's refusal.
    """
    parts = urlsplit(url)
    if parts.hostname != "127.0.0.1" or parts.port is None:
        raise ValueError(f"not a page of the sandbox Twitch: {url.partition('?')[0]}")
    form = urlencode({"account": account_id, "decision": decision})
    connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        connection.request(
            "POST",
            f"{parts.path}?{parts.query}",
            body=form,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    if response.status >= 400:
        raise ValueError(f"the page refused with status {response.status}: {words(text)}")
    return response.headers.get("Location", "")


def words(refusal: str) -> str:
    """What a refusal says to a person: a page's heading, or the message of a JSON answer.

    >>> words("<style>h1{}</style><h1>Cancelled.</h1>"), words('{"message": "invalid client"}')
    ('Cancelled.', 'invalid client')
    """
    heading = re.search("<h1>(.*?)</h1>", refusal, re.DOTALL)
    if heading:
        return unescape(heading[1])
    try:
        return str(json.loads(refusal)["message"])
    except (ValueError, LookupError, TypeError):
        return refusal[:200]
