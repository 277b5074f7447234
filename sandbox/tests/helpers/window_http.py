"""What the tests of the window's HTTP interface share: requests with the window's key."""

import json
import urllib.error
import urllib.request
from urllib.parse import urlencode


class RefusalError(Exception):
    """A status from 400 on, and the sandbox's words."""

    def __init__(self, status, said):
        super().__init__(f"{status}: {said}")
        self.status, self.said = status, said


class Http:
    """A window as a program in any language uses it; paths begin after /api/."""

    def __init__(self, window):
        self._window = window

    def get(self, path, **query):
        return self._answer(f"{path}?{urlencode(query)}" if query else path, None)

    def post(self, path, **values):
        return self._answer(path, json.dumps(values).encode())

    def _answer(self, path, body):
        headers = {"Authorization": f"Bearer {self._window.key}"}
        request = urllib.request.Request(f"{self._window.url}/api/{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=70) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code == 500:
                raise  # a fault of the window's own, which no test expects
            raise RefusalError(error.code, json.load(error)["error"]) from None


def ask(window, path, values=None, key=None, **headers):
    """The status and the JSON (or text) that an address of the window answers."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if key != "":
        headers["Authorization"] = f"Bearer {key or window.key}"
    body = None if values is None else json.dumps(values).encode()
    request = urllib.request.Request(window.url + path, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
