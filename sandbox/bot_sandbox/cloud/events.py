"""Turn HTTP requests into events of two clouds, and results into responses; no I/O.

AWS: Lambda Function URL, payload format 2.0 ("Invoking Lambda function URLs"), and its rules for
results ("Response payload format"). Yandex Cloud Functions: "Invoking a function using HTTPS". Only
Yandex Cloud knows multiValueHeaders.
"""

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from bot_sandbox.cloud.errors import MARSHAL, FunctionError
from bot_sandbox.http.messages import Headers, Response

TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
HIDDEN_BY_YANDEX = {"Authorization", "Cookie"}
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~\w-]+", re.ASCII)  # RFC 9110: a token
HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]*")
HOP_BY_HOP = {"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"}


@dataclass(slots=True)  # not frozen, which would take a microsecond of every call
class FunctionRequest:
    """A request to a function; path and query are still percent-encoded."""

    method: str
    host: str  # with its port
    path: str  # as the function sees it
    query: str
    headers: list[tuple[str, str]]
    body: bytes
    request_id: str
    function: str  # its name
    time: float  # seconds since 1970
    source_ip: str = "127.0.0.1"


def aws_event(request: FunctionRequest) -> dict[str, Any]:
    """Return the event of an AWS Function URL: header names in lower case, cookies separate."""
    headers = join_values([(name.lower(), value) for name, value in request.headers])
    cookies = [part.strip() for part in headers.pop("cookie", "").split(";") if part.strip()]
    domain = add_forwarded_headers(headers, request)
    body, is_base64 = encode_body(request.body, headers.get("content-type", ""), TEXT_TYPES)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": request.function,  # AWS: the first part of the address
            "domainName": domain,
            "domainPrefix": request.function,
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
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(request.time)),
            "timeEpoch": int(request.time * 1000),
        },
        "isBase64Encoded": is_base64,
    }
    if cookies:
        event["cookies"] = cookies
    if request.query:
        event["queryStringParameters"] = join_values(
            parse_qsl(request.query, keep_blank_values=True)
        )
    if request.body:
        event["body"] = body
    return event


def add_forwarded_headers(headers: dict[str, str], request: FunctionRequest) -> str:
    """Add the X-Forwarded headers that a Function URL passes on; return the domain name.

    A tunnel in front of the gateway may have set them already.
    """
    domain, port = split_host(request.host)
    protocol = headers.setdefault("x-forwarded-proto", "http")
    headers.setdefault("x-forwarded-port", port or ("443" if protocol == "https" else "80"))
    before = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{before}, {request.source_ip}" if before else request.source_ip
    return domain


def split_host(host: str) -> tuple[str, str]:
    """Split a Host header into name, in lower case, and port.

    >>> split_host("Hello.localhost:8080"), split_host("[::1]:80"), split_host("example.org")
    (('hello.localhost', '8080'), ('[::1]', '80'), ('example.org', ''))
    """
    name, colon, port = host.rpartition(":")
    if not colon or not port.isdecimal():
        name, port = host, ""
    return name.lower(), port


def header_text(value: str) -> str:
    """Return a header's value; read bytes that are not UTF-8 as Latin-1.

    >>> header_text(b"caf\\xe9".decode(errors="surrogateescape"))
    'café'
    """
    if value.isascii():
        return value
    sent = value.encode(errors="surrogateescape")
    try:
        return sent.decode()
    except UnicodeDecodeError:
        return sent.decode("latin-1")


def percent_encode(target: str) -> str:
    """Percent-encode the bytes of a request's target that should have been encoded.

    >>> percent_encode("/café?a=%20b"), percent_encode(b"/\\xff".decode(errors="surrogateescape"))
    ('/caf%C3%A9?a=%20b', '/%FF')
    """
    if target.isascii():
        return target
    sent = target.encode(errors="surrogateescape")
    return "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in sent)


def yandex_event(request: FunctionRequest) -> dict[str, Any]:
    """Return the event of Yandex Cloud: Canonical-Case header names, the last value counts."""
    named = [(canonical_header_name(name), value) for name, value in request.headers]
    shown = [(name, value) for name, value in named if name not in HIDDEN_BY_YANDEX]
    query = parse_qsl(request.query, keep_blank_values=True)
    headers = dict(shown)
    body, is_base64 = encode_body(
        request.body, headers.get("Content-Type", ""), ("application/json",)
    )
    return {
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": group_values(shown),
        "queryStringParameters": dict(query),
        "multiValueQueryStringParameters": group_values(query),
        "requestContext": {
            "identity": {
                "sourceIp": request.source_ip,
                "userAgent": headers.get("User-Agent", ""),
            },
            "httpMethod": request.method,
            "requestId": request.request_id,
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(request.time)),
            "requestTimeEpoch": int(request.time),
        },
        "url": request.path + (f"?{request.query}" if request.query else ""),
        "body": body,
        "isBase64Encoded": is_base64,
    }


EVENT_BUILDERS: dict[str, Callable[[FunctionRequest], dict[str, Any]]] = {
    "aws": aws_event,
    "yandex": yandex_event,
}


def encode_body(body: bytes, content_type: str, text_types: tuple[str, ...]) -> tuple[str, bool]:
    """Return the body for JSON, and whether it is base64; text types stay readable."""
    if not body or content_type.strip().lower().startswith(text_types):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            pass  # not UTF-8 after all
    return base64.b64encode(body).decode(), True


def join_values(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return names with their values; join several values of a name by commas.

    >>> join_values([("a", "1"), ("b", "2"), ("a", "3")])
    {'a': '1,3', 'b': '2'}
    """
    return {name: ",".join(values) for name, values in group_values(pairs).items()}


def group_values(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Return names with the list of their values."""
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def canonical_header_name(name: str) -> str:
    """Return a header's name in Canonical-Case.

    >>> canonical_header_name("x-telegram-bot-api-secret-token")
    'X-Telegram-Bot-Api-Secret-Token'
    """
    return "-".join(part.capitalize() for part in name.split("-"))


class AnswerError(ValueError):
    """A function's result that can't be an HTTP response; the message says why."""


def parse_json(body: bytes) -> Any:
    """Parse JSON; raise ValueError or RecursionError if it is invalid."""
    return DECODER.decode(body.decode())


def parse_result(body: bytes) -> Any:
    """Parse a function's result; raise a MarshalError if it isn't JSON."""
    try:
        return parse_json(body)
    except (ValueError, RecursionError) as error:
        message = f"The function's answer is not JSON: {error}"
        raise FunctionError(MARSHAL, message) from error


def ignored_headers(answer: Any, kind: str) -> str:
    """Return for the log which headers of a result are ignored, and what to use; "" for none."""
    ignores = kind == "aws" and isinstance(answer, dict) and "statusCode" in answer
    if not ignores or not answer.get("multiValueHeaders"):
        return ""
    return (
        "a function URL ignores multiValueHeaders, as on AWS: use headers, with several values of "
        'a name joined by commas, and cookies: ["a=1", "b=2"]'
    )


def make_response(answer: Any, kind: str = "aws") -> Response:
    """Turn a function's result into HTTP; without a statusCode, all of it is a JSON body.

    `kind` is a key of `EVENT_BUILDERS`.

    >>> make_response({"statusCode": 201, "body": "made"}).status
    201
    >>> make_response(["any", "JSON"]).body
    b'["any", "JSON"]'
    """
    if not isinstance(answer, dict) or "statusCode" not in answer:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        answer = {"statusCode": 200, "body": text}
    many = answer.get("multiValueHeaders") if kind == "yandex" else None
    headers = response_headers(answer, many or {})
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Response(status_of(answer), headers, decode_body(answer))


def status_of(answer: dict[str, Any]) -> int:
    """Return the status code, 200 to 599."""
    try:
        status = int(answer["statusCode"])
    except (TypeError, ValueError, OverflowError):  # 1e999 is infinite
        status = 0
    if not 200 <= status <= 599:
        found = answer["statusCode"]
        raise AnswerError(f"statusCode must be a number from 200 to 599; found {found!r}")
    return status


def response_headers(answer: dict[str, Any], many: Any) -> Headers:
    """Return the headers, those with `many` values too, without those that the gateway sets."""
    single = answer.get("headers") or {}
    cookies = answer.get("cookies") or []
    if not isinstance(single, dict) or not isinstance(many, dict) or not isinstance(cookies, list):
        raise AnswerError("headers must be a dict, such as {'Content-Type': 'text/plain'}")
    pairs = [(name, value) for name, value in single.items() if name not in many]
    for name, values in many.items():
        pairs += [(name, value) for value in (values if isinstance(values, list) else [values])]
    pairs += [("Set-Cookie", cookie) for cookie in cookies]
    headers: Headers = []
    for name, value in pairs:
        if not HEADER_NAME.fullmatch(str(name)):
            raise AnswerError(f"a header cannot have the name {name!r}")
        if not HEADER_VALUE.fullmatch(str(value)):
            raise AnswerError(f"the header {name!r} holds a line break, or what no header can hold")
        if name.lower() not in HOP_BY_HOP:
            headers.append((name, str(value)))
    return headers


def decode_body(answer: dict[str, Any]) -> bytes:
    """Return the bytes of the body."""
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise AnswerError(f"body must be a string, such as json.dumps(...); found {body!r:.80}")
    try:
        return (
            base64.b64decode(body, validate=True)
            if answer.get("isBase64Encoded")
            else body.encode()
        )
    except ValueError as error:
        raise AnswerError(f"body cannot be sent: {error}") from error


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not in JSON")


DECODER = json.JSONDecoder(parse_constant=_not_json)
