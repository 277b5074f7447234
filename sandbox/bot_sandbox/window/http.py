"""The window's routes by HTTP, with aiohttp: requests are read, results and errors are sent."""

import json
from asyncio import CancelledError, current_task, timeout

from aiohttp import web
from aiohttp.typedefs import Handler

from bot_sandbox.diagnosis.clean_text import clean_error
from bot_sandbox.http.body import read_body
from bot_sandbox.window.routes import Route, Values, quote_json, refuse_constant
from bot_sandbox.window.view import FileContent, error_json, to_json

BODY_LIMIT = 6 * 1024 * 1024  # bytes of a request: a picture of 5 MB fits
BODY_WAIT_S = 30.0


def make_handler(view: object, route: Route) -> Handler:
    """Return the handler that reads a request of a route and sends its result as JSON."""

    async def handle(request: web.Request) -> web.StreamResponse:
        result = await route.handler(view, await read_request(route, request))
        if isinstance(result, FileContent):
            # Opened directly it is a download, never a page of this server.
            headers = {"Content-Disposition": "attachment"}
            return web.Response(body=result.data, headers=headers)
        return web.Response(body=to_json(result), content_type="application/json")

    return handle


async def read_request(route: Route, request: web.Request) -> Values:
    """Return all fields of a request; raise ValueError for a wrong or an unknown one.

    The file of an upload is in the field `data`.
    """
    given = read_query(request)
    if not route.has_query_fields:
        if given:
            place = "send the fields in the body, as a JSON object"
            raise ValueError(f"{route.method} takes nothing in the query; {place}")
        given = await json_body(request, route.example)
    elif request.can_read_body and not route.upload:
        raise ValueError(f"{route.method} takes no body; send the fields in the query")
    values = route.check(given)
    if route.upload:
        values["data"] = await read_limited_body(request)
    return values


def read_query(request: web.Request) -> Values:
    """Return the query; raise ValueError if it names something twice."""
    query = request.query
    for name in query:
        if len(query.getall(name)) > 1:
            raise ValueError(f"the query names {quote_json(name)} twice; once is enough")
    return dict(query)


async def json_body(request: web.Request, example: Values) -> Values:
    """Return the JSON object in a body, {} for null or no body; raise ValueError otherwise."""
    data = await read_limited_body(request)
    if not data:
        return {}
    try:
        values = json.loads(data, parse_constant=refuse_constant)
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:  # it cannot be sent on as UTF-8
        half = ascii(error.object[error.start])
        raise ValueError(f"the body has half of a character, such as {half}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"expected JSON in the body: {error}") from None
    if values is None:  # many libraries send it for nothing
        return {}
    if not isinstance(values, dict):
        such = json.dumps(example, ensure_ascii=False)
        raise ValueError(f"expected an object, such as {such}; found {quote_json(values)}")
    return values


async def read_limited_body(request: web.Request) -> bytes:
    """Return the body of a request; 408 if it comes too slowly, 413 if it is too large."""
    try:
        async with timeout(BODY_WAIT_S):
            found = await read_body(request.content, BODY_LIMIT)
    except TimeoutError:
        raise web.HTTPRequestTimeout(text=f"no body within {BODY_WAIT_S:g} s") from None
    if found is None:
        raise web.HTTPRequestEntityTooLarge(
            BODY_LIMIT, text=f"a body may have at most {BODY_LIMIT} bytes"
        )
    return found


@web.middleware
async def handle_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn exceptions of plain calls into a status and JSON."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return error_response(error.status, error.text or error.reason)
    except CancelledError:
        task = current_task()
        if task is not None and task.cancelling():
            raise
        return error_response(409, "what this waited for was closed meanwhile")
    except Exception as error:
        status, told = error_json(error)
        return web.json_response(told, status=status)


def error_response(status: int, error: str) -> web.Response:
    """Return a refusal in the form of all errors here, without tokens."""
    return web.json_response({"error": clean_error(error)}, status=status)
