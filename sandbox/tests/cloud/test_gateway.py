"""The gateway: HTTP in, event, answer, HTTP out."""

import base64
import http.client
import json
import socket
import string
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from cloud_tools import FUNCTIONS, wait_until
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox.cloud import Cloud
from bot_sandbox.http.jupyter_proxy import PROXY_VARIABLE

PLAIN = FUNCTIONS / "plain"
TOKEN = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=20)
METHODS = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
CONTENT_TYPES = st.sampled_from(
    ["application/json", "text/plain; charset=utf-8", "application/octet-stream", "image/png"]
)


@pytest.fixture(scope="module")
def cloud():
    with Cloud(allow_hosts=["bot.example"]) as cloud:
        for events in ("aws", "yandex"):
            cloud.deploy(events, PLAIN, handler="main.echo", events=events)
        cloud.deploy("answer", PLAIN, handler="main.response")
        cloud.deploy("fail", PLAIN, handler="main.fail")
        cloud.deploy("slow", FUNCTIONS / "hostile", handler="main.endless", timeout_s=0.2)
        yield cloud


@pytest.fixture(scope="module")
def connection(cloud):
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=20)
    yield connection
    connection.close()


def send(connection, method, target, body=None, headers=None):
    """Use one kept connection for every request: whatever went before must not harm it."""
    connection.request(method, target, body, headers or {})
    response = connection.getresponse()
    return response, response.read()


def body_of(event):
    body = event.get("body", "")
    return base64.b64decode(body) if event["isBase64Encoded"] else body.encode()


@given(
    METHODS,
    st.lists(st.text(max_size=10), max_size=4),
    st.lists(st.tuples(TOKEN, st.text(max_size=10)), max_size=4),
    st.dictionaries(TOKEN.map("x-{}".format), TOKEN, max_size=4),
    st.binary(max_size=200),
    CONTENT_TYPES,
)
def test_any_request_arrives_unharmed(connection, method, path, query, headers, body, content_type):
    path = "/" + "/".join(quote(part.encode("utf-8", "replace"), safe="") for part in path)
    query = urlencode([(name, value.encode("utf-8", "replace")) for name, value in query])
    target = path + (f"?{query}" if query else "")
    headers = {**headers, "Content-Type": content_type}

    response, raw = send(connection, method, "/aws" + target, body, headers)
    event = json.loads(raw)
    assert response.status == 200
    assert event["requestContext"]["http"]["method"] == method
    assert event["rawPath"] == path
    assert event["rawQueryString"] == query
    assert body_of(event) == body
    sent = {name.lower(): value for name, value in headers.items()}
    assert sent.items() <= event["headers"].items()
    for name, value in event.get("queryStringParameters", {}).items():
        values = [each for key, each in parse_qsl(query, keep_blank_values=True) if key == name]
        assert value == ",".join(values)

    _, raw = send(connection, method, "/yandex" + target, body, headers)
    event = json.loads(raw)
    assert event["httpMethod"] == method
    assert body_of(event) == body
    assert event["queryStringParameters"] == dict(parse_qsl(query, keep_blank_values=True))
    received = {name.lower(): value for name, value in event["headers"].items()}
    assert sent.items() <= received.items()


def test_the_two_clouds_differ_as_in_life(connection):
    headers = {"x-my-header": "1", "Authorization": "secret", "Cookie": "a=1; b=2"}
    _, raw = send(connection, "POST", "/aws/", "plain", {**headers, "Content-Type": "text/plain"})
    event = json.loads(raw)
    assert event["headers"]["x-my-header"] == "1"
    assert event["headers"]["authorization"] == "secret"
    assert event["cookies"] == ["a=1", "b=2"]
    assert (event["version"], event["body"], event["isBase64Encoded"]) == ("2.0", "plain", False)
    _, raw = send(
        connection, "POST", "/yandex/", "plain", {**headers, "Content-Type": "text/plain"}
    )
    event = json.loads(raw)
    assert event["headers"]["X-My-Header"] == "1"
    assert not {"Authorization", "Cookie"} & set(event["headers"])
    assert (event["body"], event["isBase64Encoded"]) == (base64.b64encode(b"plain").decode(), True)


PROXIED = {"X-ProxyContextPath": "/user/anna/proxy/1", "Host": "hub.example"}
JUPYTERS = {
    "Cookie": "username-hub-example=signed; _xsrf=2|a; jupyterhub-session-id=s; other=1",
    "Authorization": "token of-jupyter",
    "X-XSRFToken": "2|a",
    "X-Forwarded-Access-Token": "of-jupyter",
    "Cf-Access-Jwt-Assertion": "of-jupyter",
    "X-Amzn-Oidc-Data": "of-jupyter",
    "Referer": "https://hub.example/user/anna/lab?token=of-jupyter",
}


@pytest.mark.parametrize("events", ["aws", "yandex"])
def test_what_is_a_jupyter_servers_does_not_reach_a_function(monkeypatch, events):
    """Behind its proxy, a browser sends a function what belongs to the Jupyter server."""
    monkeypatch.setenv(PROXY_VARIABLE, "/user/anna/proxy")
    with Cloud() as cloud:
        cloud.deploy("bot", PLAIN, handler="main.echo", events=events)
        connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=20)
        _, body = send(connection, "POST", "/bot/a?b=c", b"hi", PROXIED | JUPYTERS)
        connection.close()
    event = json.loads(body)
    assert body_of(event) == b"hi"
    for secret in ("signed", "2|a", "session-id", "of-jupyter", "other"):
        assert secret not in body.decode()


def test_a_cookie_of_a_function_does_not_reach_a_jupyter_server(monkeypatch):
    monkeypatch.setenv(PROXY_VARIABLE, "/user/anna/proxy")
    with Cloud() as cloud:
        cloud.deploy("answer", PLAIN, handler="main.response")
        connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=20)
        asked = "{'statusCode': 201, 'headers': {'X-A': 'b'}, 'cookies': ['_xsrf=mine']}"
        response, _ = send(connection, "GET", "/answer", None, PROXIED | {"X-Answer": asked})
        connection.close()
    assert (response.status, response.getheader("X-A")) == (201, "b")
    assert response.getheader("Set-Cookie") is None


def test_behind_a_proxy_the_path_names_the_function_whatever_the_host_is(monkeypatch):
    """Also if the Jupyter server itself is at a name that ends in .localhost."""
    monkeypatch.setenv(PROXY_VARIABLE, "/proxy")
    with Cloud() as cloud:
        cloud.deploy("aws", PLAIN, handler="main.echo")
        connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=20)
        headers = PROXIED | {"Host": "anna.localhost:8888"}
        assert json.loads(send(connection, "GET", "/aws/x", None, headers)[1])["rawPath"] == "/x"
        connection.close()


def test_cookies_of_a_jupyterlab_on_this_machine_do_not_reach_a_function(connection):
    """A browser sends them to every port. Others pass, as at a real cloud."""
    cookies = "a=1; username-127-0-0-1-8888=signed; _xsrf=2|a; b=2; jupyterhub-user-anna=s"
    event = json.loads(send(connection, "GET", "/aws", None, {"Cookie": cookies})[1])
    assert event["cookies"] == ["a=1", "b=2"]
    only = {"Cookie": "_xsrf=2|a", "Authorization": "Bearer mine"}
    event = json.loads(send(connection, "GET", "/aws", None, only)[1])
    assert "cookies" not in event and event["headers"]["authorization"] == "Bearer mine"


def test_compressed_bodies_are_left_alone(connection):
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/octet-stream"}
    _, raw = send(connection, "POST", "/aws/", b"not really gzip", headers)
    assert body_of(json.loads(raw)) == b"not really gzip"


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ("{'statusCode': 201, 'body': 'made'}", 201, b"made"),
        ("{'statusCode': '404', 'headers': {'X-A': 'b'}}", 404, b""),
        ("{'statusCode': 200, 'body': 'AP8=', 'isBase64Encoded': True}", 200, b"\x00\xff"),
        ("'hello'", 200, b"hello"),
        ("[1, 2]", 200, b"[1, 2]"),
        ("None", 200, b"null"),
        ("{'statusCode': 200, 'headers': {'Content-Length': '99'}, 'body': 'x'}", 200, b"x"),
    ],
)
def test_answers_become_responses(connection, answer, status, body):
    response, raw = send(connection, "GET", "/answer/", headers={"X-Answer": answer})
    assert (response.status, raw) == (status, body)
    assert response.headers["Content-Type"] == "application/json"


def test_headers_and_cookies_go_out(connection):
    answer = "{'statusCode': 200, 'headers': {'Content-Type': 'text/x'}, 'cookies': ['a=1', 'b=2']}"
    response, _ = send(connection, "GET", "/answer/", headers={"X-Answer": answer})
    assert response.headers["Content-Type"] == "text/x"
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    response, raw = send(connection, "HEAD", "/answer/", headers={"X-Answer": answer})
    assert (response.status, raw) == (200, b"")


def test_only_yandex_cloud_takes_headers_with_several_values(cloud, connection, tmp_path):
    (tmp_path / "main.py").write_text(
        "def handler(event, context):\n"
        "    several = {'Set-Cookie': ['a=1', 'b=2'], 'Link': ['</x>', '</y>']}\n"
        "    headers = {'headers': {'Link': '</z>'}, 'multiValueHeaders': several}\n"
        "    return {'statusCode': 200} | headers\n"
    )
    found = {}
    for events in ("aws", "yandex"):
        fn = cloud.deploy("several", tmp_path, events=events)
        headers = send(connection, "GET", "/several/")[0].headers
        found[events] = headers.get_all("Link"), headers.get_all("Set-Cookie")
        said = any("multiValueHeaders" in line and "cookies" in line for line in fn.logs)
        assert said == (events == "aws"), fn.logs
    assert found["aws"] == (["</z>"], None)
    assert found["yandex"] == (["</x>", "</y>"], ["a=1", "b=2"])


def test_answers_without_a_body_leave_the_connection_in_step(connection):
    for status in (204, 304, 205, 200):
        answer = f"{{'statusCode': {status}, 'body': 'x'}}"
        response, raw = send(connection, "GET", "/answer/", headers={"X-Answer": answer})
        assert response.status == status
        assert raw == (b"" if status in (204, 304) else b"x")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("{'statusCode': 200, 'body': {'a': 1}}", "body must be a string, such as json.dumps"),
        ("{'statusCode': 'fine'}", "statusCode must be a number from 200 to 599; found 'fine'"),
        ("{'statusCode': 99}", "statusCode must be a number"),
        ("{'statusCode': 200, 'headers': ['a']}", "headers must be a dict"),
        ("{'statusCode': 200, 'headers': {'a': chr(10)}}", "holds a line break"),
        ("{'statusCode': 200, 'headers': {'a': chr(0xD800)}}", "what no header can hold"),
        ("{'statusCode': 200, 'headers': {'a': chr(1)}}", "what no header can hold"),
        ("{'statusCode': 200, 'headers': {'a b': 'c'}}", "cannot have the name 'a b'"),
        ("{'statusCode': 200, 'headers': {'': 'c'}}", "cannot have the name ''"),
        ("{'statusCode': 200, 'body': '#', 'isBase64Encoded': True}", "body cannot be sent"),
        ("{'statusCode': 200, 'body': chr(0xD800)}", "body cannot be sent"),
    ],
)
def test_bad_answers_are_a_502_and_explained_in_the_log(cloud, connection, answer, says):
    response, raw = send(connection, "GET", "/answer/", headers={"X-Answer": answer})
    assert response.status == 502
    assert json.loads(raw) == {"Message": "Internal Server Error"}
    assert says in cloud.function("answer").logs[-1]


def test_errors_and_timeouts_are_a_502(connection):
    for name in ("fail", "slow"):
        response, raw = send(connection, "GET", f"/{name}/")
        assert response.status == 502
        assert json.loads(raw) == {"Message": "Internal Server Error"}


def test_unknown_functions_are_a_404_that_helps(cloud, connection):
    deployed = ", ".join(sorted(each.name for each in cloud.functions()))
    assert "answer, aws" in deployed
    for target in ("/nobody/home", "/", "//", "/%20"):
        response, raw = send(connection, "GET", target)
        assert response.status == 404
        assert f"Deployed: {deployed}." in json.loads(raw)["Message"]


def test_on_a_jupyter_server_a_stranger_learns_no_name_of_a_function(connection, monkeypatch):
    monkeypatch.setenv("BOT_SANDBOX_PROXY", "/user/anna/proxy")
    response, raw = send(connection, "GET", "/nobody/home")
    assert response.status == 404
    assert json.loads(raw) == {"Message": "There is no function 'nobody' here."}


def exchange(cloud, request):
    """Send bytes; the status and the body that come back."""
    with socket.create_connection(("127.0.0.1", cloud.port), timeout=20) as client:
        client.sendall(request)
        response = http.client.HTTPResponse(client)
        response.begin()
        return response.status, response.read()


def test_a_function_has_a_host_of_its_own(cloud, connection):
    fn = cloud.function("aws")
    assert fn.host_url == f"http://aws.localhost:{cloud.port}/"
    own = {"Host": f"aws.localhost:{cloud.port}"}
    for headers, target in ((own, "/a/b?c=d"), ({}, "/aws/a/b?c=d")):
        _, raw = send(connection, "GET", target, headers=headers)
        event = json.loads(raw)
        assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/a/b"
        assert event["rawQueryString"] == "c=d"
        domain = "aws.localhost" if headers else "127.0.0.1"
        about = event["requestContext"]
        assert (about["domainName"], about["domainPrefix"]) == (domain, "aws")
        assert event["headers"]["host"] == f"{domain}:{cloud.port}"
        assert event["headers"]["x-forwarded-for"] == "127.0.0.1"
        assert event["headers"]["x-forwarded-port"] == str(cloud.port)
        assert event["headers"]["x-forwarded-proto"] == "http"
    _, raw = send(connection, "GET", "/aws/", headers=own)
    assert json.loads(raw)["rawPath"] == "/aws/"


def test_a_host_name_has_no_capitals_and_may_be_unknown(cloud, connection):
    cloud.deploy("Big_Name", PLAIN, handler="main.echo")
    for host in ("big_name.localhost", f"BIG_NAME.localhost:{cloud.port}", "Big_Name.LOCALHOST"):
        response, _ = send(connection, "GET", "/x", headers={"Host": host})
        assert response.status == 200
    assert cloud.function("Big_Name").host_url == f"http://big_name.localhost:{cloud.port}/"
    for host in ("nobody.localhost", ".localhost", "a.aws.localhost"):
        response, raw = send(connection, "GET", "/aws/", headers={"Host": host})
        assert response.status == 404
        assert "Deployed: " in json.loads(raw)["Message"]


def test_a_tunnel_in_front_has_the_word(connection):
    headers = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "Host": "bot.example",
    }
    _, raw = send(connection, "GET", "/aws/", headers=headers)
    found = json.loads(raw)["headers"]
    assert found["x-forwarded-for"] == "203.0.113.7, 127.0.0.1"
    assert (found["x-forwarded-proto"], found["x-forwarded-port"]) == ("https", "443")


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (b"GET http://aws.localhost/a?b HTTP/1.1\r\nHost: localhost", "/a"),
        (b"GET http://u:p@aws.localhost HTTP/1.1\r\nHost: localhost", "/"),
        (b"GET http://127.0.0.1/aws/a HTTP/1.1\r\nHost: aws.localhost", "/a"),
        (b"GET /%61ws/%2F%20a%00 HTTP/1.1\r\nHost: localhost", "/%2F%20a%00"),
        (b"GET /aws/%zz%C3 HTTP/1.1\r\nHost: localhost", "/%zz%C3"),
        (b"GET /aws HTTP/1.1\r\nHost: localhost", "/"),
        (b"GET /aws//../b HTTP/1.1\r\nHost: localhost", "//../b"),
        (b"GET /aws/a HTTP/1.0\r\nHost: localhost", "/a"),
    ],
)
def test_odd_but_possible_requests(cloud, line, path):
    status, body = exchange(cloud, line + b"\r\nConnection: close\r\n\r\n")
    assert status == 200
    assert json.loads(body)["rawPath"] == path


@pytest.mark.parametrize("target", [b"/aws/caf\xc3\xa9?x=\xff", b"/aws/\xff"])
def test_bytes_that_should_have_been_encoded(cloud, target):
    request = b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    status, body = exchange(cloud, request)
    if status != 400:  # AWS refuses them; what is let through must be harmless
        event = json.loads(body)
        assert event["rawPath"] in ("/caf%C3%A9", "/%FF")
        assert event["rawQueryString"] in ("x=%FF", "")


def test_header_values_in_any_encoding(cloud):
    request = b"GET /aws/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    request += "X-A: Grüße 🍕\r\n".encode() + b"X-B: caf\xe9\r\n\r\n"
    status, body = exchange(cloud, request)
    assert status == 200
    headers = json.loads(body)["headers"]
    assert (headers["x-a"], headers["x-b"]) == ("Grüße 🍕", "café")


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 4\r\nContent-Length: 5",
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Content-Length: -1",
        b"Content-Length: four",
        b"Host: y",
    ],
)
def test_requests_that_could_be_read_in_two_ways_are_refused(cloud, lines):
    calls = len(cloud.function("aws").invocations)
    request = b"POST /aws/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + lines
    status, _ = exchange(cloud, request + b"\r\n\r\n0\r\n\r\n")
    assert status == 400
    assert len(cloud.function("aws").invocations) == calls


def test_methods_without_a_body_and_of_ones_own(cloud, connection):
    for method in ("HEAD", "OPTIONS", "PROPFIND"):
        response, raw = send(connection, method, "/aws/x")
        assert response.status == 200
        assert (raw == b"") == (method == "HEAD")
    status, _ = exchange(
        cloud, b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    assert status == 404


@pytest.mark.parametrize(
    "junk",
    [
        b"\x00\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET /aws/ HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
        b"POST /aws/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_not_http_is_a_400(cloud, capfd, junk):
    with socket.create_connection(("127.0.0.1", cloud.port), timeout=10) as connection:
        connection.sendall(junk)
        assert connection.recv(12)[8:] == b" 400"
    assert capfd.readouterr().err == ""


def test_a_client_that_leaves_harms_nobody(cloud, connection):
    calls = len(cloud.function("aws").invocations)
    with socket.create_connection(("127.0.0.1", cloud.port), timeout=10) as client:
        client.sendall(b"POST /aws/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
    response, _ = send(connection, "GET", "/aws/")
    assert response.status == 200
    assert len(cloud.function("aws").invocations) == calls + 1


def test_a_client_that_asks_before_it_sends(cloud):
    with socket.create_connection(("127.0.0.1", cloud.port), timeout=10) as client:
        client.sendall(b"POST /aws/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n")
        client.sendall(b"Expect: 100-continue\r\n\r\n")
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"body")
        assert client.recv(100).startswith(b"HTTP/1.1 200 OK")


def test_large_requests(cloud):
    fn = cloud.deploy("large", PLAIN, handler="main.echo", memory_mb=1024, timeout_s=20)
    for size, status in ((5_000_000, 200), (6_291_456, 413), (8_000_000, 413)):
        connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=20)
        headers = {"Content-Type": "text/plain"}
        response, raw = send(connection, "POST", "/large/", b"x" * size, headers)
        assert response.status == status
        if status == 413:
            assert "must be smaller than 6291456 bytes" in json.loads(raw)["Message"]
        connection.close()
    assert len(fn.invocations) == 1


def test_two_hundred_clients_each_get_an_answer(cloud):
    fn = cloud.deploy("crowd", PLAIN, handler="main.echo", concurrency=4, timeout_s=20)

    def call(number):
        connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=30)
        response, raw = send(connection, "POST", "/crowd/", str(number))
        connection.close()
        if response.status == 429:
            return json.loads(raw)["Message"]
        return body_of(json.loads(raw)) == str(number).encode()

    with ThreadPoolExecutor(200) as threads:
        answers = list(threads.map(call, range(200)))
    assert set(answers) <= {True, "Rate Exceeded."}
    assert answers.count(True) == len(fn.invocations) > 0


@pytest.mark.slow("a second of work or more")
def test_a_new_deployment_under_load_loses_no_call(cloud, tmp_path):
    """Clients call all the time, while the function is replaced again and again."""
    calls, over = [], threading.Event()

    def keep_calling():
        connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=20)
        while not over.is_set():
            response, raw = send(connection, "POST", "/replaced/", "x" * 1000)
            calls.append((response.status, raw))
        connection.close()

    for version in range(6):
        code = f"def handler(event, context):\n    return {version}\n"
        (tmp_path / "main.py").write_text(code)
        cloud.deploy("replaced", tmp_path, timeout_s=20)
        if version == 0:
            threads = [threading.Thread(target=keep_calling) for _ in range(4)]
            for thread in threads:
                thread.start()
        answer = str(version).encode()
        wait_until(lambda answer=answer: answer in {raw for _, raw in calls[-4:]})
    over.set()
    for thread in threads:
        thread.join()
    assert {status for status, _ in calls} == {200}
    assert {raw for _, raw in calls} == {str(version).encode() for version in range(6)}


@pytest.mark.slow("a second of work or more")
def test_a_body_that_comes_while_the_function_is_replaced(cloud, tmp_path):
    (tmp_path / "main.py").write_text("def handler(event, context):\n    return 'old'\n")
    old = cloud.deploy("late", tmp_path)
    with socket.create_connection(("127.0.0.1", cloud.port), timeout=20) as client:
        client.sendall(b"POST /late/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nha")
        old.invoke()
        (tmp_path / "main.py").write_text("def handler(event, context):\n    return 'new'\n")
        cloud.deploy("late", tmp_path)
        assert cloud.wait_until(lambda: old._pool.is_empty)
        client.sendall(b"lf")
        response = http.client.HTTPResponse(client)
        response.begin()
        assert (response.status, response.read()) == (200, b"new")
