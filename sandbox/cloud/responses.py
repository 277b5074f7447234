"""A function's answer as a value and as an HTTP response; pure functions, no I/O.

The rules are those of AWS's Function URLs ("Response payload format"); Yandex Cloud's
multiValueHeaders are understood as well.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any, NoReturn

from multidict import CIMultiDict

from sandbox.cloud.errors import MARSHAL, FunctionError

HOP_BY_HOP = {"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"}


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What goes back to the client."""

    status: int
    headers: CIMultiDict[str]
    body: bytes


class AnswerError(ValueError):
    """The function's answer cannot be an HTTP response; the message says why."""


def parse(body: bytes) -> Any:
    """A function's answer as a Python value; what is not JSON is a MarshalError."""
    try:
        return DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        message = f"The function's answer is not JSON: {error}"
        raise FunctionError(MARSHAL, message) from error


def response(answer: Any) -> HttpResponse:
    """A function's answer as HTTP; without a statusCode, the whole answer is a JSON body.

    >>> response({"statusCode": 201, "body": "made"}).status
    201
    >>> response(["any", "JSON"]).body
    b'["any", "JSON"]'
    """
    if not isinstance(answer, dict) or "statusCode" not in answer:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        answer = {"statusCode": 200, "body": text}
    headers = response_headers(answer)
    headers.setdefault("Content-Type", "application/json")
    return HttpResponse(status_of(answer), headers, decode_body(answer))


def status_of(answer: dict[str, Any]) -> int:
    """The status code, 200 to 599."""
    try:
        status = int(answer["statusCode"])
    except (TypeError, ValueError):
        status = 0
    if not 200 <= status <= 599:
        found = answer["statusCode"]
        raise AnswerError(f"statusCode must be a number from 200 to 599; found {found!r}")
    return status


def response_headers(answer: dict[str, Any]) -> CIMultiDict[str]:
    """The headers; length and connection are the gateway's own business."""
    single = answer.get("headers") or {}
    many = answer.get("multiValueHeaders") or {}
    cookies = answer.get("cookies") or []
    if not isinstance(single, dict) or not isinstance(many, dict) or not isinstance(cookies, list):
        raise AnswerError("headers must be a dict, such as {'Content-Type': 'text/plain'}")
    pairs = [(name, value) for name, value in single.items() if name not in many]
    for name, values in many.items():
        pairs += [(name, value) for value in (values if isinstance(values, list) else [values])]
    pairs += [("Set-Cookie", cookie) for cookie in cookies]
    headers: CIMultiDict[str] = CIMultiDict()
    for name, value in pairs:
        if any(sign in f"{name}{value}" for sign in "\r\n\0") or not name.strip():
            raise AnswerError(f"the header {name!r} holds a line break or has no name")
        if name.lower() not in HOP_BY_HOP:
            headers.add(name, str(value))
    return headers


def decode_body(answer: dict[str, Any]) -> bytes:
    """The body's bytes."""
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
