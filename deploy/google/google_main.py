"""The same `telegram_function.handler`, as Google calls a function: with a Flask request.

Copy this file beside it before making the zip. Google's request becomes the event that
`handler` knows, its answer a response that Flask knows; nothing else is different.
"""

import base64
from typing import Any

from telegram_function import handler


def function(request: Any) -> tuple[str | bytes, int, dict[str, str]]:
    """Answer one HTTP request; `request` is flask.Request, the return value Flask's triple."""
    event = {
        "httpMethod": request.method,
        "path": request.path,
        "headers": dict(request.headers),
        "queryStringParameters": request.args.to_dict(),
        "body": base64.b64encode(request.get_data()).decode(),
        "isBase64Encoded": True,
    }
    answer = handler(event, None)
    body = answer.get("body") or ""
    if answer.get("isBase64Encoded"):
        body = base64.b64decode(body)
    return body, answer["statusCode"], answer.get("headers", {})
