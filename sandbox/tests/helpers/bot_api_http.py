"""Call the Bot API over HTTP, on a fresh connection for each request."""

import http.client
import json

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def http_call(telegram, path, body=None, content_type=None, verb=None):
    """One request on a fresh connection: (status, headers, JSON)."""
    connection = http.client.HTTPConnection("127.0.0.1", telegram.port, timeout=60)
    headers = {"Content-Type": content_type} if content_type else {}
    try:
        connection.request(verb or ("GET" if body is None else "POST"), path, body, headers)
        response = connection.getresponse()
        return response.status, response.headers, json.loads(response.read())
    finally:
        connection.close()


def api(telegram, account, method, body=None, content_type=JSON):
    if isinstance(body, dict | list | int | float | bool | str):
        body = json.dumps(body)
    return http_call(telegram, f"/bot{account.token}/{method}", body, content_type)
