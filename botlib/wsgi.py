"""A web application for a home that speaks WSGI: it turns each request into an event.

WSGI is how Python's web servers call a program, such as the one of PythonAnywhere. It passes a
dictionary with the request, the *environ*, and a function that begins the response (PEP 3333,
https://peps.python.org/pep-3333/). The event is that of an AWS Function URL, without what only AWS
knows.
"""

import base64
import re
import traceback
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botlib.function import Event, Handler

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_BODY = 6 * 2**20  # bytes, as AWS Lambda takes; an update of Telegram has a few thousand
LONGEST_DIGITS = 15  # of a length; Python refuses to read very long numbers
FAILED_RESPONSE = {
    "statusCode": 500,
    "headers": {"content-type": "text/plain"},
    "body": "the bot failed",
}
SAFE_IN_PATH = "/:@!$&'()*+,;="  # RFC 3986: a path may hold them as they are
HEADER = r"[\w!#$%&'*+.^`|~-]+: [\t -~\x80-\xff]*"  # RFC 9110: no line end, no NUL
BODILESS = (204, 304)  # RFC 9110: a response with one of these has no body


def wsgi_app(handler: Handler) -> "WSGIApplication":
    """Turn the `handler(event, context)` that `http_function` makes into a WSGI application.

    If the handler raises, the caller gets the status 500, so that Telegram sends the update again.
    The traceback goes to the server's error log alone.
    """

    def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        try:
            refused = refusal(environ)
            result = refused or handler(read_environ(environ), None)
            status, headers, body = read_result(result)
        except Exception:
            traceback.print_exc(file=environ["wsgi.errors"])
            status, headers, body = read_result(FAILED_RESPONSE)
        start(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return application


def refusal(environ: "WSGIEnvironment") -> dict[str, Any] | None:
    """Return the response to a body that cannot be read, None if it can."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        return {"statusCode": 400, "body": "Content-Length must be a number"}
    if len(length) > LONGEST_DIGITS or int(length) > LONGEST_BODY:
        return {"statusCode": 413, "body": f"the body is longer than {LONGEST_BODY} bytes"}
    # It counts more than a length, and a server that passes it on has not read the body by it.
    if "HTTP_TRANSFER_ENCODING" in environ:
        return {"statusCode": 411, "body": "a body needs a Content-Length, not Transfer-Encoding"}
    return None


def read_environ(environ: "WSGIEnvironment") -> Event:
    """Turn WSGI's dictionary into an event; the body travels in base64, because it may be bytes."""
    names = {name: name.removeprefix("HTTP_") for name in environ if name.startswith("HTTP_")}
    names |= {name: name for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)}
    headers = {text.replace("_", "-").lower(): environ[name] for name, text in names.items()}
    # WSGI hands over the path's bytes as if each were a character; in an event it is still encoded.
    decoded = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    path = quote(decoded, SAFE_IN_PATH, encoding="latin-1") or "/"
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": environ.get("QUERY_STRING", ""),
        "headers": headers,
        "requestContext": {"http": {"method": environ["REQUEST_METHOD"], "path": path}},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def read_result(result: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    """Turn what a handler returned into status, headers and body, as WSGI wants them.

    Raises ValueError for a status or a header that would break the response. Not every server looks
    at them: a line end in a header could begin another header.
    """
    code, text = int(result["statusCode"]), str(result.get("body") or "")
    body = base64.b64decode(text) if result.get("isBase64Encoded") else text.encode()
    headers = {str(name).lower(): str(value) for name, value in result.get("headers", {}).items()}
    if not 200 <= code <= 599:
        raise ValueError(f"the status is {code}. Expected a number from 200 to 599.")
    for name, value in headers.items():
        if not re.fullmatch(HEADER, f"{name}: {value}", re.A):
            raise ValueError(f"the header {name!r} holds a line end, or a sign outside Latin-1.")
    if code in BODILESS:
        body = b""
        headers.pop("content-type", None)
    else:
        headers = {"content-type": "text/plain"} | headers
        headers["content-length"] = str(len(body))
    known = {status.value: status.phrase for status in HTTPStatus}
    return f"{code} {known.get(code, 'Unknown')}", list(headers.items()), body
