"""A part of AWS's Lambda API, so that boto3 and the `aws` command can call functions.

Paths, headers, status codes and errors are AWS's ("Lambda API Reference", version 2015-03-31).
Clients need `--endpoint-url http://127.0.0.1:PORT`. The access key id must be the cloud's key,
`Cloud.key`. Signatures are not checked, so any secret access key will do.

A call of the type Event is queued and answered with 202 at once (queued_calls.py). A function that
calls itself in a loop is stopped (trace.py).
"""

import base64
import json
import re
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from aiohttp import web

from bot_sandbox.cloud.deployment import CloudAccount
from bot_sandbox.cloud.errors import EXIT, PAYLOAD_LIMIT, THROTTLED, TIMEOUT, FunctionError
from bot_sandbox.cloud.events import parse_json
from bot_sandbox.cloud.function import Function
from bot_sandbox.cloud.history import Log
from bot_sandbox.cloud.queued_calls import QueuedCalls
from bot_sandbox.cloud.trace import MOST_RUNS, next_trace
from bot_sandbox.http.access import key_matches

API_PATH = re.compile(r"/\d{4}-\d\d-\d\d(/|$)")  # each version of the API is a date
SUPPORTED_ACTIONS = "Invoke, ListFunctions, GetFunction, GetFunctionConfiguration"
TOO_LARGE = f"Request must be smaller than {PAYLOAD_LIMIT} bytes for the InvokeFunction operation"
ASYNC_LIMIT = 1024 * 1024  # bytes; "Lambda quotas"
TAIL_LIMIT = 4096  # bytes of a log in a response
# A name, an ARN, or the end of one, each with or without a version or alias.
NAME = re.compile(
    r"(?:(?:arn:aws[\w-]*:lambda:)?(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?P<account>\d{12}):)?"
    r"(?:function:)?(?P<name>[\w-]{1,64})(?::(?P<version>\$LATEST|[\w-]+))?",
    re.ASCII,
)
CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256\s(?:.*[\s,])?Credential=(?P<key>[^/,\s]+)", re.ASCII)
KEY_WANTED = (
    "Send the cloud's key as the access key id: Cloud.key in Python, AWS_ACCESS_KEY_ID inside a "
    "function; the sandbox's command prints it"
)
INVOCATION_TYPES = ("RequestResponse", "Event", "DryRun")


class LambdaApiError(Exception):
    """A refusal: a status and an error of AWS's."""

    def __init__(self, status: int, type: str, message: str, **more: str) -> None:
        super().__init__(message)
        self.status = status
        self.type = type
        self.body = {"Type": "User", "Message": message, **more}

    def response(self) -> web.Response:
        """Return the response; `handle` adds the request's id."""
        about = {"x-amzn-ErrorType": self.type, "x-amzn-RequestId": str(uuid.uuid4())}
        return json_response(self.status, self.body, about)


class LambdaApi:
    """Calls the `functions` of an account for clients that have its key."""

    def __init__(
        self, functions: Mapping[str, Function], queue: QueuedCalls, account: CloudAccount
    ) -> None:
        self._functions = functions
        self._account = account
        self._queue = queue

    async def handle(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes | None
    ) -> web.Response:
        """Answer one request; `body` is None if it was too large."""
        request_id = str(uuid.uuid4())
        try:
            response = await self._answer_action(method, path, query, headers, body, request_id)
        except LambdaApiError as refusal:
            response = refusal.response()
        response.headers["x-amzn-RequestId"] = request_id
        return response

    def check_key(self, authorization: str) -> None:
        """Refuse a request without the key, as AWS refuses an unknown key."""
        if not authorization:
            type, message = "MissingAuthenticationTokenException", "Missing Authentication Token"
        else:
            found = CREDENTIAL.match(authorization)
            if found and key_matches(found["key"], self._account.key):
                return
            type = "UnrecognizedClientException"
            message = "The security token included in the request is invalid"
        raise LambdaApiError(403, type, f"{message}. {KEY_WANTED}")

    async def _answer_action(
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
                function = self._find_function(name, qualifier, "lambda:InvokeFunction")
                return await self._invoke(function, headers, body, request_id)
            case "GET", ["2015-03-31", "functions"]:
                return self._list_functions(asked)
            case "GET", ["2015-03-31", "functions", name]:
                described = function_configuration(
                    self._find_function(name, qualifier, "lambda:GetFunction")
                )
                return json_response(200, {"Configuration": described, "Tags": {}})
            case "GET", ["2015-03-31", "functions", name, "configuration"]:
                function = self._find_function(name, qualifier, "lambda:GetFunctionConfiguration")
                return json_response(200, function_configuration(function))
        raise LambdaApiError(
            501,
            "NotImplementedException",
            f"this sandbox has no {method} {path} of the Lambda API; it has {SUPPORTED_ACTIONS}. "
            "Functions are deployed with Cloud.deploy or on the sandbox's command line.",
        )

    def _find_function(self, name: str, qualifier: str | None, action: str) -> Function:
        """Return a function by its name or ARN, or refuse the `action` as AWS does."""
        found = NAME.fullmatch(name)
        if not found:
            raise LambdaApiError(
                400, "ValidationException", f"{name!r} is not the name or ARN of a function"
            )
        own, short, version = self._account, found["name"], qualifier or found["version"]
        if found["region"] not in (None, own.region):
            raise LambdaApiError(
                404,
                "ResourceNotFoundException",
                f"Functions from '{found['region']}' are not reachable in this region "
                f"('{own.region}')",
            )
        if found["account"] not in (None, own.number):
            arn = own.arn(short).replace(own.number, found["account"])
            raise LambdaApiError(
                403,
                "AccessDeniedException",
                f"User: arn:aws:iam::{own.number}:user/sandbox is not authorized to perform: "
                f"{action} on resource: {arn} because no resource-based policy allows the "
                f"{action} action. This sandbox has the account {own.number}; Cloud(account=...) "
                "gives it another",
            )
        if qualifier and found["version"] not in (None, qualifier):
            raise LambdaApiError(
                400,
                "InvalidParameterValueException",
                "The derived qualifier from the function name does not match the specified "
                "qualifier.",
            )
        function = self._functions.get(short)
        if function is None or version not in (None, "$LATEST"):
            arn = own.arn(short) + (f":{version}" if version else "")
            raise LambdaApiError(404, "ResourceNotFoundException", f"Function not found: {arn}")
        return function

    async def _invoke(
        self, function: Function, headers: Mapping[str, str], body: bytes | None, request_id: str
    ) -> web.Response:
        kind = headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if kind not in INVOCATION_TYPES:
            raise LambdaApiError(
                400,
                "ValidationException",
                f"Value {kind!r} at 'invocationType' failed to satisfy constraint: Member must "
                f"satisfy enum value set: [{', '.join(INVOCATION_TYPES)}]",
            )
        if headers.get("X-Amz-Client-Context"):
            lacks = "this sandbox has no client context (X-Amz-Client-Context); put it in the event"
            raise LambdaApiError(501, "NotImplementedException", lacks)
        if body is None:
            raise LambdaApiError(413, "RequestEntityTooLargeException", TOO_LARGE)
        if kind == "Event" and len(body) > ASYNC_LIMIT:
            raise LambdaApiError(
                413,
                "RequestEntityTooLargeException",
                f"{len(body)} byte payload is too large for the Event invocation type "
                f"(limit {ASYNC_LIMIT} bytes)",
            )
        event = body or b"{}"
        try:
            parse_json(event)
        except (ValueError, RecursionError) as error:
            why = f"Could not parse request body into json: {error}"
            raise LambdaApiError(400, "InvalidRequestContentException", why) from None
        if kind == "DryRun":
            return web.Response(status=204)
        try:
            trace = next_trace(headers.get("X-Amzn-Trace-Id", ""), function.arn)
        except FunctionError as error:
            function._history.log.add(
                f"[ERROR] {error} It ran {MOST_RUNS} times in one chain of calls."
            )
            if kind == "Event":  # it is taken, and then dropped without a retry
                return web.Response(status=202)
            raise LambdaApiError(400, error.type, error.message) from None
        if kind == "Event":
            self._queue.start(function.name, event, request_id, trace)
            return web.Response(status=202)
        tail = Log(TAIL_LIMIT) if headers.get("X-Amz-Log-Type") == "Tail" else None
        about = {"X-Amz-Executed-Version": "$LATEST"}
        try:
            payload = (await function._pool.invoke(event, request_id, tail, trace)).payload
        except FunctionError as error:
            if error.type == THROTTLED:
                reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
                raise LambdaApiError(
                    429, "TooManyRequestsException", error.message, Reason=reason
                ) from None
            about["X-Amz-Function-Error"] = "Unhandled"
            payload = error.posted or error_payload(error, request_id)
        if tail:
            last = "".join(f"{line}\n" for _, line in tail.after(0)).encode()[-TAIL_LIMIT:]
            about["X-Amz-Log-Result"] = base64.b64encode(last).decode()
        return web.Response(body=payload, headers={"Content-Type": "application/json", **about})

    def _list_functions(self, asked: dict[str, str]) -> web.Response:
        try:
            first, most = int(asked.get("Marker", "0")), int(asked.get("MaxItems", "50"))
        except ValueError:
            first = most = -1
        if first < 0 or not 1 <= most <= 10_000:
            wrong = "Marker is what the page before gave; MaxItems is a number from 1 to 10000"
            raise LambdaApiError(400, "InvalidParameterValueException", wrong)
        functions = list(self._functions.values())
        page = [function_configuration(each) for each in functions[first : first + most]]
        more = first + most < len(functions)
        return json_response(
            200, {"Functions": page, "NextMarker": str(first + most) if more else None}
        )


def function_configuration(function: Function) -> dict[str, Any]:
    """Return a function's configuration, without its environment, which may hold a token."""
    settings = function.settings
    modified = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(function.deployed))
    return {
        "FunctionName": function.name,
        "FunctionArn": function.arn,
        "Runtime": function._pool.deployment.runtime,
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


def error_payload(error: FunctionError, request_id: str) -> bytes:
    """Return the payload of an error that the function's loop did not report."""
    prefix = f"RequestId: {request_id} Error: " if error.type in (TIMEOUT, EXIT) else ""
    return json.dumps({"errorType": error.type, "errorMessage": prefix + error.message}).encode()


def json_response(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    """Return a JSON response."""
    headers = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(status=status, headers=headers, body=json.dumps(body).encode())
