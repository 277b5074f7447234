"""An HTTP request as an event, in the words of two clouds; pure functions, no I/O.

AWS: Lambda Function URL, payload format 2.0 ("Invoking Lambda function URLs"). Yandex Cloud
Functions: "Invoking a function using HTTPS".
"""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

TEXT = ("text/", "application/json", "application/javascript", "application/xml")
HIDDEN_BY_YANDEX = {"Authorization", "Cookie"}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it came in; path and query still percent-encoded."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes
    request_id: str
    source_ip: str = "127.0.0.1"


def aws_event(request: HttpRequest) -> dict[str, Any]:
    """A request as AWS's Function URL gives it: header names in lower case, cookies apart."""
    headers = joined([(name.lower(), value) for name, value in request.headers])
    cookies = [part.strip() for part in headers.pop("cookie", "").split(";") if part.strip()]
    body, is_base64 = encode_body(request.body, headers.get("content-type", ""), TEXT)
    now = time.time()
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "local",
            "domainName": headers.get("host", ""),
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.source_ip,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request.request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "timeEpoch": int(now * 1000),
        },
        "isBase64Encoded": is_base64,
    }
    if cookies:
        event["cookies"] = cookies
    if request.query:
        event["queryStringParameters"] = joined(parse_qsl(request.query, keep_blank_values=True))
    if request.body:
        event["body"] = body
    return event


def yandex_event(request: HttpRequest) -> dict[str, Any]:
    """A request as Yandex Cloud gives it: Canonical-Case header names, the last value counts."""
    named = [(canonical(name), value) for name, value in request.headers]
    shown = [(name, value) for name, value in named if name not in HIDDEN_BY_YANDEX]
    query = parse_qsl(request.query, keep_blank_values=True)
    headers = dict(shown)
    body, is_base64 = encode_body(
        request.body, headers.get("Content-Type", ""), ("application/json",)
    )
    now = time.time()
    return {
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": grouped(shown),
        "queryStringParameters": dict(query),
        "multiValueQueryStringParameters": grouped(query),
        "requestContext": {
            "identity": {
                "sourceIp": request.source_ip,
                "userAgent": headers.get("User-Agent", ""),
            },
            "httpMethod": request.method,
            "requestId": request.request_id,
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "requestTimeEpoch": int(now),
        },
        "url": request.path + (f"?{request.query}" if request.query else ""),
        "body": body,
        "isBase64Encoded": is_base64,
    }


EVENTS: dict[str, Callable[[HttpRequest], dict[str, Any]]] = {
    "aws": aws_event,
    "yandex": yandex_event,
}


def encode_body(body: bytes, content_type: str, text_types: tuple[str, ...]) -> tuple[str, bool]:
    """The body as JSON can hold it, and whether that is base64: text types stay readable."""
    if not body or content_type.strip().lower().startswith(text_types):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass  # not UTF-8 after all
    return base64.b64encode(body).decode(), True


def joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Names with their values; several values of one name are joined by commas.

    >>> joined([("a", "1"), ("b", "2"), ("a", "3")])
    {'a': '1,3', 'b': '2'}
    """
    return {name: ",".join(values) for name, values in grouped(pairs).items()}


def grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Names with the list of their values."""
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def canonical(name: str) -> str:
    """A header's name in Canonical-Case.

    >>> canonical("x-telegram-bot-api-secret-token")
    'X-Telegram-Bot-Api-Secret-Token'
    """
    return "-".join(part.capitalize() for part in name.split("-"))
