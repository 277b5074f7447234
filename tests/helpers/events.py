"""One HTTP request as each cloud's event."""

import base64
from typing import Any

SHAPES = ["aws_v2", "aws_v1", "yandex"]


def event(
    shape: str, method: str = "POST", path: str = "/bot", headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None, body: bytes | None = b"",
) -> dict[str, Any]:  # fmt: skip
    """Write the event that a cloud makes of this request; the body travels as base64."""
    from urllib.parse import urlencode

    text = None if body is None else base64.b64encode(body).decode()
    headers, query = headers or {}, query or {}
    common = {"body": text, "isBase64Encoded": body is not None}
    if shape == "aws_v2":
        lower = {key.lower(): value for key, value in headers.items()}
        context = {"http": {"method": method, "path": path}}
        return common | {"version": "2.0", "rawPath": path, "rawQueryString": urlencode(query),
                         "headers": lower, "requestContext": context}  # fmt: skip
    titled = {key.title(): value for key, value in headers.items()}
    several = {key: [value] for key, value in titled.items()}
    event = common | {"httpMethod": method, "path": path, "headers": titled,
                      "multiValueHeaders": several, "queryStringParameters": query}  # fmt: skip
    return event if shape == "aws_v1" else event | {"requestContext": {"identity": {}}}
