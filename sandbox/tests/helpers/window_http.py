"""What the tests of the window's HTTP interface share: requests with the window's key."""

import json
import urllib.error
import urllib.request
from functools import cache
from urllib.parse import urlencode

from jsonschema import Draft202012Validator

from bot_sandbox.http.access import KEY_HEADER
from bot_sandbox.window.openapi import make_document
from bot_sandbox.window.routes import routes_of


class RefusalError(Exception):
    """A status from 400 on, and the sandbox's words."""

    def __init__(self, status, said):
        super().__init__(f"{status}: {said}")
        self.status, self.said = status, said


class Http:
    """A window as a program in any language uses it; paths begin after /api/."""

    def __init__(self, window):
        self._window = window

    def get(self, path, /, **query):
        return self._answer(f"{path}?{urlencode(query)}" if query else path, None)

    def post(self, path, /, **values):
        return self._answer(path, json.dumps(values).encode())

    def _answer(self, path, body):
        headers = {KEY_HEADER: self._window.key}
        request = urllib.request.Request(f"{self._window.url}/api/{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=70) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            if error.code == 500:
                raise  # a fault of the window's own, which no test expects
            raise RefusalError(error.code, json.load(error)["error"]) from None
        validate(self._window, request.get_method(), request.selector, answer)
        return answer


def validate(window, method, selector, answer):
    """Check that a response is exactly what the window's OpenAPI document says."""
    path = selector.partition("?")[0]
    validators(type(window), *map(type, window.views))[path, method.lower()].validate(answer)


@cache
def validators(*classes):
    """A validator for each response, by path and method; it also refuses what is not described."""
    described = make_document(route for one in classes for route in routes_of(one.__new__(one)))
    for schema in described["components"]["schemas"].values():
        schema["additionalProperties"] = False
    return {
        (path, method): Draft202012Validator(
            operation["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
            | {"components": described["components"]}
        )
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }


def ask(window, path, values=None, key=None, **headers):
    """The status and the JSON (or text) that an address of the window answers."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if key != "":
        headers[KEY_HEADER] = key or window.key
    body = None if values is None else json.dumps(values).encode()
    request = urllib.request.Request(window.url + path, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            text = response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    if path.startswith("/api/"):
        validate(window, request.get_method(), path, json.loads(text))
    return response.status, text
