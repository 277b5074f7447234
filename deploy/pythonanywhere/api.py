"""The part of PythonAnywhere's API that an upload needs: files and one web app.

Sources: https://help.pythonanywhere.com/pages/API (2025-03-19, in the repository
pythonanywhere/help_pages) has the routes, and the limit of 40 requests a minute for each. What it
leaves open is as in PythonAnywhere's own client, the repository pythonanywhere/pythonanywhere-core
(2026-02-10): a refusal with the status 200, and that a folder is deleted as a file is.
"""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from botlib.details.http import HttpResponse, quote_for_error, request
from botlib.function import dict_or_empty

HOSTS = ("www.pythonanywhere.com", "eu.pythonanywhere.com")  # each has its own accounts
PYTHON = "3.13"  # the newest there: help page PythonVersions, 2025-03-20
ANSWER_TIMEOUT_S = 60.0  # a reload waits up to 20 s for the app (page ErrorReloadingWebApp)
SLOWEST_UPLOAD = 50_000  # bytes a second, at which an upload is still waited for
TRIES, MINUTE_S = 4, 60.0  # at a request that is one too many in this minute
WIFI_HINT = "Does the Wi-Fi here want you to log in first? Open any page in a browser to see."
FORM = "application/x-www-form-urlencoded"

T = TypeVar("T")


class PythonAnywhereError(RuntimeError):
    """PythonAnywhere did not do what was asked; the text says why and what to do."""


class PythonAnywhere:
    """One account. No error text shows its token."""

    def __init__(
        self, username: str, token: str, root: str, say: Callable[[str], None] = print
    ) -> None:
        self._username, self._token, self._say = username, token, say
        self._root = f"{root.rstrip('/')}/api/v0/user/{quote(username, safe='')}"

    def check_token(self) -> None:
        """List the account's web apps, only to see whether the token is good."""
        self._get_json("/webapps/", [])

    def web_app(self, domain: str) -> dict[str, Any]:
        """Return the settings of a web app, {} if there is none."""
        return self._get_json(f"/webapps/{domain}/", dict[str, Any](), 404)

    def create_web_app(self, domain: str) -> None:
        """Make an empty web app."""
        form = {"domain_name": domain, "python_version": f"python{PYTHON.replace('.', '')}"}
        answer = self._call("POST", "/webapps/", urlencode(form).encode(), FORM, expected=(400,))
        if answer.status == 400 or answer.json_object().get("status") == "ERROR":
            words = reason_of_refusal(answer, self._token)
            raise PythonAnywhereError(
                f"PythonAnywhere made no web app: {words}. Does the account have another one, or "
                f"an old system image without Python {PYTHON}? See its pages Web and Account."
            )

    def delete_web_app(self, domain: str) -> None:
        """Delete a web app; its code stays, and PythonAnywhere keeps a copy of its WSGI file."""
        self._call("DELETE", f"/webapps/{domain}/", expected=(404,))

    def reload(self, domain: str) -> None:
        """Start the web app again, with what its files hold now."""
        self._call("POST", f"/webapps/{domain}/reload/")

    def static_folders(self, domain: str) -> list[str]:
        """List the folders that a web app shows to everybody."""
        mappings = self._get_json(f"/webapps/{domain}/static_files/", list[Any](), 404)
        return [str(dict_or_empty(mapping).get("path", "")) for mapping in mappings]

    def read(self, path: str) -> bytes | None:
        """Read a file, None if there is none."""
        found = self._call("GET", f"/files/path{quote(path)}", expected=(404,))
        return found.body if found.status == 200 else None

    def files_in(self, folder: str) -> list[str]:
        """List a folder: whole paths, those of folders end in /; [] if there is no such folder."""
        address = f"/files/tree/?{urlencode({'path': folder})}"
        paths = self._get_json(address, list[Any](), 400, 404)  # which of them is not documented
        return [str(path) for path in paths]

    def write(self, path: str, content: bytes) -> None:
        """Write a file and the folders that it needs; an older file is replaced."""
        boundary = secrets.token_hex(16)
        head = 'Content-Disposition: form-data; name="content"; filename="content"\r\n\r\n'
        body = f"--{boundary}\r\n{head}".encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        self._call("POST", f"/files/path{quote(path)}", body, kind)

    def delete(self, path: str) -> None:
        """Delete a file or a whole folder; nothing happens if it is not there."""
        self._call("DELETE", f"/files/path{quote(path)}", expected=(404,))

    def _get_json(self, path: str, nothing: T, *missing: int) -> T:
        """Read JSON of the type of `nothing`, which is returned for the statuses in `missing`.

        Raises PythonAnywhereError for anything else, such as a web page.
        """
        answer = self._call("GET", path, expected=missing)
        if answer.status in missing:
            return nothing
        with suppress(ValueError, RecursionError):
            found = json.loads(answer.body)
            if isinstance(found, type(nothing)):
                return found
        words = reason_of_refusal(answer, self._token)
        raise PythonAnywhereError(f"this is no answer of PythonAnywhere: {words}\n{WIFI_HINT}")

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str = "",
        expected: tuple[int, ...] = (),
    ) -> HttpResponse:
        """Make one request, again after a minute if there were too many.

        Raises PythonAnywhereError for a status that is neither success nor in `expected`, and
        ConnectionError if PythonAnywhere cannot be reached or gives no answer.
        """
        headers = {"Authorization": f"Token {self._token}"}
        if kind:
            headers["Content-Type"] = kind
        for _ in range(TRIES):
            until = time.monotonic() + ANSWER_TIMEOUT_S + len(body or b"") / SLOWEST_UPLOAD
            answer = request(method, self._root + path, headers, body, until)
            if answer.status != 429:
                break
            seconds = seconds_to_wait(answer.body)
            self._say(f"  PythonAnywhere takes 40 requests a minute: waiting {seconds:.0f} s")
            time.sleep(seconds)
        if answer.status < 300 or answer.status in expected:
            return answer
        words = reason_of_refusal(answer, self._token)
        what = f"{method} {path.partition('?')[0]}: {answer.status} {words}".strip()
        raise PythonAnywhereError(
            f"PythonAnywhere refused {what}\n{advice_on_refusal(answer.status, self._username)}"
        )


def reason_of_refusal(answer: HttpResponse, token: str = "") -> str:
    """Return the reason in a refusal, without the token.

    >>> reason_of_refusal(HttpResponse(401, b'{"detail": "Invalid token."}'))
    'Invalid token.'
    """
    found = answer.json_object()
    names = ("error_message", "detail", "message", "error")
    told = next((str(found[name]) for name in names if found.get(name)), "")
    return quote_for_error(told or answer.body.decode("utf-8", "replace"), token)


def seconds_to_wait(body: bytes) -> float:
    """Return how long to wait after too many requests.

    The text is that of Django REST framework, which PythonAnywhere's answers look like.

    >>> seconds_to_wait(b'{"detail": "Request was throttled. Expected available in 7 seconds."}')
    7.0
    >>> seconds_to_wait(b"slow down")
    60.0
    """
    found = re.search(rb"available in (\d{1,3}) second", body)
    return min(float(found[1]), MINUTE_S) if found else MINUTE_S


def advice_on_refusal(status: int, username: str) -> str:
    """Say what to do after a refusal."""
    known: Mapping[int, str] = {
        401: "It does not know the API token. Make one on its page Account, tab API token, and "
        "type: python3 start.py login pythonanywhere",
        403: f"The token may not do that. Is it the one of {username}, and is that name spelled as "
        "on your pages there? Type: python3 start.py login pythonanywhere",
        404: f"It knows no such thing. Is {username} the name of the account, and is it on the "
        "host that PYTHONANYWHERE_HOST names?",
        429: "These were too many requests. Wait some minutes, and type the command again.",
    }
    if status < 400:
        return WIFI_HINT
    if status >= 500:
        return "It has trouble. Wait some minutes, and type the command again."
    return known.get(status, "Is the disk full? See its page Files.")
