"""AWS's own API of Lambda, as far as this cloud has it: boto3 and the `aws` command call functions.

Paths, headers, status codes and errors are AWS's ("Lambda API Reference", version 2015-03-31); its
clients find it by `--endpoint-url http://127.0.0.1:PORT`. The access key id must be the
cloud's key, `Cloud.key`. Signatures are not checked, so any secret access key will do.

A call of the type Event is queued: 202 at once, and the function is called again as AWS does it
("Error handling and automatic retries"), after an error up to twice, when throttled for six hours.
"""

import asyncio
import base64
import json
import re
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from aiohttp import web

from bot_sandbox.access import is_key
from bot_sandbox.cloud.errors import EXIT, PAYLOAD_LIMIT, THROTTLED, TIMEOUT, FunctionError
from bot_sandbox.cloud.events import decode
from bot_sandbox.cloud.function import Function
from bot_sandbox.cloud.history import Log
from bot_sandbox.tasks import BackgroundTasks

PATH = re.compile(r"/\d{4}-\d\d-\d\d(/|$)")  # each version of the API has its date
HAS = "Invoke, ListFunctions, GetFunction, GetFunctionConfiguration"
TOO_LARGE = f"Request must be smaller than {PAYLOAD_LIMIT} bytes for the InvokeFunction operation"
ASYNC_LIMIT = 1024 * 1024  # bytes; "Lambda quotas"
TAIL_LIMIT = 4096  # bytes of a log that a caller may have
# A name alone, an ARN, or the end of one; each with or without a version or alias.
NAME = re.compile(
    r"(?:(?:arn:aws:lambda:)?(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?P<account>\d{12}):)?"
    r"(?:function:)?(?P<name>[\w-]{1,64})(?::(?P<version>\$LATEST|[\w-]+))?",
    re.ASCII,
)
CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256\s(?:.*[\s,])?Credential=(?P<key>[^/,\s]+)", re.ASCII)
KEY_WANTED = (
    "Send the cloud's key as the access key id: Cloud.key in Python, AWS_ACCESS_KEY_ID inside a "
    "function; the sandbox's command prints it"
)
TYPES = ("RequestResponse", "Event", "DryRun")
THROTTLED_S = 6 * 3600  # how long a queued call that is throttled is tried again
LONGEST_PAUSE_S = 300.0  # between two such tries; the first pause is a second


class Refusal(Exception):  # noqa: N818 - what AWS calls an exception, here it is an answer
    """What goes back instead of a result: a status and an error of AWS's."""

    def __init__(self, status: int, type: str, message: str, **more: str) -> None:
        super().__init__(message)
        self.status = status
        self.type = type
        self.body = {"Type": "User", "Message": message, **more}

    def response(self) -> web.Response:
        """The answer; `handle` puts the request's own id in, if it has one."""
        about = {"x-amzn-ErrorType": self.type, "x-amzn-RequestId": str(uuid.uuid4())}
        return answer(self.status, self.body, about)


class LambdaApi:
    """Answers for `functions` whoever has the `key`.

    `retry_s` are the pauses before a queued call is tried again.
    """

    def __init__(
        self, functions: Mapping[str, Function], retry_s: tuple[float, ...], key: str
    ) -> None:
        self._functions = functions
        self._key = key
        self._retry_s = retry_s
        self._queue = BackgroundTasks()

    async def handle(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes | None
    ) -> web.Response:
        """One request; a body that was too large is None."""
        request_id = str(uuid.uuid4())
        try:
            response = await self._serve(method, path, query, headers, body, request_id)
        except Refusal as refusal:
            response = refusal.response()
        response.headers["x-amzn-RequestId"] = request_id
        return response

    def check_key(self, authorization: str) -> None:
        """Refuse a request without the key, as AWS refuses one whose key it does not know."""
        if not authorization:
            type, message = "MissingAuthenticationTokenException", "Missing Authentication Token"
        else:
            found = CREDENTIAL.match(authorization)
            if found and is_key(found["key"], self._key):
                return
            type = "UnrecognizedClientException"
            message = "The security token included in the request is invalid"
        raise Refusal(403, type, f"{message}. {KEY_WANTED}")

    async def _serve(
        self,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        body: bytes | None,
        request_id: str,
    ) -> web.Response:
        asked = {name: values[-1] for name, values in parse_qs(query).items()}
        qualifier = asked.get("Qualifier")
        match method, [unquote(part) for part in path.strip("/").split("/")]:
            case "POST", ["2015-03-31", "functions", name, "invocations"]:
                return await self._invoke(self._find(name, qualifier), headers, body, request_id)
            case "GET", ["2015-03-31", "functions"]:
                return self._list(asked)
            case "GET", ["2015-03-31", "functions", name]:
                described = describe(self._find(name, qualifier))
                return answer(200, {"Configuration": described, "Tags": {}})
            case "GET", ["2015-03-31", "functions", name, "configuration"]:
                return answer(200, describe(self._find(name, qualifier)))
        raise Refusal(
            501,
            "NotImplementedException",
            f"this sandbox has no {method} {path} of the Lambda API; it has {HAS}. "
            "Functions are deployed with Cloud.deploy or on the sandbox's command line.",
        )

    def _find(self, name: str, qualifier: str | None) -> Function:
        found = NAME.fullmatch(name)
        if not found:
            raise Refusal(400, "ValidationException", f"{name!r} is no function's name or ARN")
        short, version = found["name"], qualifier or found["version"]
        region, account = found["region"] or "us-east-1", found["account"] or "000000000000"
        arn = f"arn:aws:lambda:{region}:{account}:function:{short}"
        function = self._functions.get(short)
        if function is None or function.arn != arn or version not in (None, "$LATEST"):
            arn += f":{version}" if version else ""
            raise Refusal(404, "ResourceNotFoundException", f"Function not found: {arn}")
        return function

    async def _invoke(
        self, function: Function, headers: Mapping[str, str], body: bytes | None, request_id: str
    ) -> web.Response:
        kind = headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if kind not in TYPES:
            raise Refusal(
                400,
                "ValidationException",
                f"Value {kind!r} at 'invocationType' failed to satisfy constraint: Member must "
                f"satisfy enum value set: [{', '.join(TYPES)}]",
            )
        if headers.get("X-Amz-Client-Context"):
            lacks = "this sandbox has no client context (X-Amz-Client-Context); put it in the event"
            raise Refusal(501, "NotImplementedException", lacks)
        if body is None:
            raise Refusal(413, "RequestEntityTooLargeException", TOO_LARGE)
        if kind == "Event" and len(body) > ASYNC_LIMIT:
            raise Refusal(
                413,
                "RequestEntityTooLargeException",
                f"{len(body)} byte payload is too large for the Event invocation type "
                f"(limit {ASYNC_LIMIT} bytes)",
            )
        event = body or b"{}"
        try:
            decode(event)
        except (ValueError, RecursionError) as error:
            why = f"Could not parse request body into json: {error}"
            raise Refusal(400, "InvalidRequestContentException", why) from None
        if kind == "DryRun":
            return web.Response(status=204)
        if kind == "Event":
            self._queue.start(self._call_later(function.name, event, request_id))
            return web.Response(status=202)
        tail = Log(TAIL_LIMIT) if headers.get("X-Amz-Log-Type") == "Tail" else None
        about = {"X-Amz-Executed-Version": "$LATEST"}
        try:
            payload = (await function.pool.invoke(event, request_id, tail)).payload
        except FunctionError as error:
            if error.type == THROTTLED:
                reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
                raise Refusal(
                    429, "TooManyRequestsException", error.message, Reason=reason
                ) from None
            about["X-Amz-Function-Error"] = "Unhandled"
            payload = error.posted or report(error, request_id)
        if tail:
            last = "".join(f"{line}\n" for _, line in tail.after(0)).encode()[-TAIL_LIMIT:]
            about["X-Amz-Log-Result"] = base64.b64encode(last).decode()
        return web.Response(body=payload, headers={"Content-Type": "application/json", **about})

    async def _call_later(self, name: str, event: bytes, request_id: str) -> None:
        pauses = list(self._retry_s)
        began, pause = time.monotonic(), 1.0
        while True:
            try:
                await self._functions[name].pool.invoke(event, request_id)
                return
            except FunctionError as error:
                if error.type == THROTTLED and time.monotonic() - began < THROTTLED_S:
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE_S)
                elif error.type != THROTTLED and pauses:
                    await asyncio.sleep(pauses.pop(0))
                else:
                    return

    def _list(self, asked: dict[str, str]) -> web.Response:
        try:
            first, most = int(asked.get("Marker", "0")), int(asked.get("MaxItems", "50"))
        except ValueError:
            first = most = -1
        if first < 0 or not 1 <= most <= 10_000:
            wrong = "Marker is what the page before gave; MaxItems is a number from 1 to 10000"
            raise Refusal(400, "InvalidParameterValueException", wrong)
        functions = list(self._functions.values())
        page = [describe(each) for each in functions[first : first + most]]
        more = first + most < len(functions)
        return answer(200, {"Functions": page, "NextMarker": str(first + most) if more else None})


def describe(function: Function) -> dict[str, Any]:
    """A function's configuration; its environment, which may hold a token, stays unsaid."""
    settings = function.settings
    modified = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(function.deployed))
    return {
        "FunctionName": function.name,
        "FunctionArn": function.arn,
        "Runtime": function.pool.deployment.runtime,
        "Handler": settings.handler,
        "Description": "",
        "Timeout": max(1, round(settings.timeout_s)),  # AWS: whole seconds
        "MemorySize": settings.memory_mb,
        "LastModified": f"{modified}.000+0000",
        "Version": "$LATEST",
        "PackageType": "Zip",
        "RevisionId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{function.url}{function.revision}")),
        "State": "Active",
        "LastUpdateStatus": "Successful",
    }


def report(error: FunctionError, request_id: str) -> bytes:
    """The payload of an error that the function's own loop has not told."""
    told = f"RequestId: {request_id} Error: " if error.type in (TIMEOUT, EXIT) else ""
    return json.dumps({"errorType": error.type, "errorMessage": told + error.message}).encode()


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    """A response of JSON."""
    headers = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(status=status, headers=headers, body=json.dumps(body).encode())
