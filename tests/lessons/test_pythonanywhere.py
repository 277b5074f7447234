"""The imitation of PythonAnywhere, by its API over HTTP and by the pages of its web app."""

import os
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import httpx
import psutil
import pytest
from raw_server import answering, http

from lessons.pythonanywhere import PythonAnywhere
from lessons.pythonanywhere.web_app import bare_python

pytestmark = pytest.mark.slow("bundles, guides and machines")

WSGI = "files/path/var/www/viktor_pythonanywhere_com_wsgi.py"
APP = "webapps/viktor.pythonanywhere.com/"
LOG = "files/path/var/log/viktor.pythonanywhere.com.{}.log"
HOME = "files/path/home/viktor"
NEW = {"domain_name": "viktor.pythonanywhere.com", "python_version": "python313"}
HELLO = """
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [{}]
"""


@pytest.fixture
def account():
    with PythonAnywhere() as account:
        yield account


@pytest.fixture
def api(account):
    with client(account) as api:
        yield api


def client(account, **headers):
    base = f"{account.api}/api/v0/user/{account.username}/"
    headers = {"Authorization": f"Token {account.token}", **headers}
    return httpx.Client(base_url=base, headers=headers, trust_env=False, timeout=60)


def upload(api, path, content):
    return api.post(path, files={"content": ("any name", dedent(content))}).status_code


def visit(account, path="/", **more):
    return httpx.get(account.url + path, trust_env=False, timeout=60, **more)


def deploy(api, code):
    """Create the app if there is none, upload its WSGI file, and reload."""
    if not api.get("webapps/").json():
        assert api.post("webapps/", data=NEW).status_code == 201
    upload(api, WSGI, code)
    return api.post(f"{APP}reload/")


def test_an_app_is_created_changed_and_deleted(account, api):
    assert "no web app" in visit(account).text
    created = api.post("webapps/", data=NEW)
    assert (created.status_code, created.json()) == (201, {"status": "OK"})
    assert visit(account).text == "Hello, World!"
    assert upload(api, WSGI, HELLO.format("b'one'")) == 200
    assert visit(account).text == "Hello, World!"  # nothing changes before the reload
    reloaded = api.post(f"{APP}reload/")
    assert (reloaded.status_code, reloaded.json()) == (200, {"status": "OK"})
    assert visit(account).text == "one"
    [listed] = api.get("webapps/").json()
    assert listed == api.get(APP).json()
    assert listed["domain_name"] == "viktor.pythonanywhere.com"
    assert listed["expiry"] > "2026"
    assert api.delete(APP).status_code == 204
    assert "no web app" in visit(account).text
    assert api.get("webapps/").json() == []
    assert api.get("files/tree/", params={"path": "/var/www"}).json() == [
        "/var/www/viktor_pythonanywhere_com_wsgi.py.bak"
    ]
    assert api.get(APP).status_code == api.delete(APP).status_code == 404


def test_an_app_sees_the_request_and_its_account(account, api):
    code = """
    import json, os, sys
    from pathlib import Path

    def application(environ, start_response):
        start_response("201 Made", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        found = {name: environ.get(name) for name in (
            "REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "HTTP_X_OWN")}
        found["body"] = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
        found["folders"] = [os.getcwd(), str(Path.home()), sys.path[0]]
        yield json.dumps(found).encode()
    """
    deploy(api, code)
    headers = {"X-Own": "yes", "Content-Type": "text/odd"}
    answer = httpx.request(
        "PROPFIND", f"{account.url}/a%20b?c=%2F", content="hello", headers=headers, trust_env=False
    )
    assert (answer.status_code, answer.reason_phrase) == (201, "Made")
    assert answer.headers.get_list("Set-Cookie") == ["a=1", "b=2"]
    assert answer.json() == {
        "REQUEST_METHOD": "PROPFIND",
        "PATH_INFO": "/a b",
        "QUERY_STRING": "c=%2F",
        "CONTENT_TYPE": "text/odd",
        "HTTP_X_OWN": "yes",
        "body": "hello",
        "folders": [str(account.home), str(account.home), str(account.home.parents[1] / "var/www")],
    }


def test_an_app_imports_its_own_modules_and_no_packages(account, api):
    upload(api, f"{HOME}/my_bot/greeting.py", "WORDS = b'hello from my module'")
    code = """
    import sys
    from pathlib import Path
    sys.path.insert(0, str(Path.home() / "my_bot"))
    from greeting import WORDS
    try:
        import aiohttp
    except ImportError:
        WORDS += b", without aiohttp"
    """ + HELLO.format("WORDS + b' in %d.%d' % sys.version_info[:2]")
    deploy(api, code)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    version = version if bare_python() == sys.executable else "3.13"
    assert visit(account).text == f"hello from my module, without aiohttp in {version}"


def test_without_a_python_3_13_the_app_gets_this_one_and_the_log_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    broken = tmp_path / "python3.13"
    broken.write_text("no program")
    broken.chmod(0o700)
    bare_python.cache_clear()
    try:
        with PythonAnywhere() as account, client(account) as api:
            code = "import sys\n" + dedent(HELLO).format("sys.version.encode()")
            deploy(api, code)
            assert visit(account).text == sys.version
            said = "there is no Python 3.13 here" in api.get(LOG.format("server")).text
            assert said == (sys.version_info[:2] != (3, 13))
    finally:
        bare_python.cache_clear()


def test_files_are_made_read_listed_and_deleted(account, api):
    assert upload(api, f"{HOME}/a/b c/d.txt", "one") == 201
    assert upload(api, f"{HOME}/a/b c/d.txt", "two") == 200
    assert (account.home / "a/b c/d.txt").read_text() == "two"
    assert api.get(f"{HOME}/a/b c/d.txt").content == b"two"
    assert api.get(f"{HOME}/a").json()["b c"]["type"] == "directory"
    assert api.get(f"{HOME}/a/b c/").json() == {"d.txt": {"type": "file"}}
    tree = api.get("files/tree/", params={"path": "/home/viktor"})
    assert tree.json() == ["/home/viktor/a/", "/home/viktor/a/b c/", "/home/viktor/a/b c/d.txt"]
    assert api.delete(f"{HOME}/a/b c/d.txt").status_code == 204
    assert api.get(f"{HOME}/a/b c").json() == {}
    assert api.delete(f"{HOME}/a").status_code == 204  # with what is in it
    assert list(account.home.iterdir()) == []


def test_a_tree_has_a_thousand_paths_at_most(account, api):
    for number in range(1001):
        (account.home / f"{number}.txt").touch()
    assert len(api.get("files/tree/", params={"path": "/home/viktor/"}).json()) == 1000


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", f"{HOME}/none", 404, "No such file or directory: /home/viktor/none"),
        ("GET", "files/path/etc/passwd", 404, "No such file or directory: /etc/passwd"),
        ("GET", "files/path/home/viktoria/x", 404, "No such file or directory"),
        ("DELETE", f"{HOME}/none", 404, "File does not exist"),
        ("DELETE", "files/path/etc", 404, "File does not exist"),
        ("DELETE", HOME, 403, "You do not have permission to delete this"),
        ("DELETE", "files/path/var/www/", 403, "You do not have permission to delete this"),
        ("POST", f"{HOME}/a", 400, "You must provide a file with the name 'content'."),
        ("GET", "files/tree/?path=/none", 400, "/none does not exist"),
        ("GET", "files/tree/", 400, "does not exist"),
        ("GET", "files/tree/?path=/var/log/../../etc", 400, "does not exist"),
        ("GET", "webapps/other.pythonanywhere.com/", 403, "You do not have permission"),
        ("GET", APP, 404, "Not found."),
        ("POST", f"{APP}reload/", 404, "Not found."),
        ("GET", "consoles/", 501, "the imitation has no route GET /api/v0/user/viktor/consoles/"),
        ("PUT", APP, 501, f"no route PUT /api/v0/user/viktor/{APP}"),
        ("GET", "webapps", 501, "the imitation has no route"),
        ("GET", "files/pathhome", 501, "the imitation has no route"),
        ("PROPFIND", HOME, 501, "the imitation has no route"),
        ("GET", "/", 501, "the imitation has no route"),
    ],
)
def test_a_refusal_says_why(api, method, path, status, words):
    url = httpx.URL(str(api.base_url)).join(path) if path == "/" else path
    answer = api.request(method, url)
    assert answer.status_code == status
    assert words in answer.text
    assert answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"domain_name": "www.example.org"}, 400, "domain_name of a free account is viktor."),
        ({"domain_name": ""}, 400, "domain_name of a free account is viktor."),
        ({"python_version": "3.13"}, 400, "python_version is python313 in the imitation"),
    ],
)
def test_a_wrong_app_is_not_created(api, fields, status, words):
    answer = api.post("webapps/", data=NEW | fields)
    assert answer.status_code == status
    assert words in answer.text
    assert api.get("webapps/").json() == []


def test_a_free_account_has_one_app(api):
    assert api.post("webapps/", data=NEW).status_code == 201
    second = api.post("webapps/", data=NEW)
    assert second.status_code == 400
    assert "your account only allows 1" in second.json()["error_message"]


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({"Authorization": ""}, 401, "Authentication credentials were not provided."),
        ({"Authorization": "Bearer x"}, 401, "Authentication credentials were not provided."),
        ({"Authorization": "Token x"}, 401, "Invalid token."),
        ({"Host": "evil.example"}, 403, "does not answer to the host"),
        ({"Origin": "https://evil.example"}, 403, "pages of"),
    ],
)
def test_strangers_are_refused(account, headers, status, words):
    with client(account, **headers) as stranger:
        answers = [stranger.get("webapps/"), stranger.post(f"{HOME}/x"), stranger.get("none/")]
    for answer in answers:
        assert answer.status_code == status
        assert words in answer.json()["detail"]
        assert account.token not in answer.text


def test_another_account_is_refused(account, api):
    answer = api.get(f"{account.api}/api/v0/user/eve/webapps/")
    assert answer.status_code == 403
    assert answer.json()["detail"] == "You do not have permission to perform this action."


def test_the_site_answers_any_page_but_not_any_host(account, api):
    api.post("webapps/", data=NEW)
    assert visit(account, headers={"Origin": "https://else.example"}).status_code == 200
    refused = visit(account, headers={"Host": "evil.example"})
    assert (refused.status_code, "does not answer to the host" in refused.text) == (403, True)


def test_an_endpoint_takes_forty_requests_a_minute(account, api):
    for number in range(40):
        assert upload(api, f"{HOME}/{number}", "x") == 201
    throttled = api.get(f"{HOME}/0")  # all paths are one endpoint
    assert throttled.status_code == 429
    wait = int(throttled.headers["Retry-After"])
    assert throttled.json()["detail"] == (
        f"Request was throttled. Expected available in {wait} seconds."
    )
    assert api.get("webapps/").status_code == 200
    account.clock.advance(wait)
    assert api.get(f"{HOME}/0").status_code == 200


def test_the_disk_has_a_quota(account, api):
    with (account.home / "large").open("wb") as file:
        file.truncate(512 * 1024 * 1024 - 10)  # takes no room
    assert upload(api, f"{HOME}/small", "0123456789") == 201
    answer = api.post(f"{HOME}/more", files={"content": ("x", "1")})
    assert (answer.status_code, answer.json()) == (403, {"detail": "Disk quota exceeded"})
    assert {each.name for each in account.home.iterdir()} == {"large", "small"}
    assert {each.name for each in account.home.parents[1].iterdir()} == {"home", "tmp", "var"}


def test_an_app_ends_after_a_month(account, api):
    api.post("webapps/", data=NEW)
    account.clock.advance(32 * 24 * 3600)
    over = visit(account)
    assert (over.status_code, "the month is over" in over.text) == (404, True)
    account.renew()
    assert visit(account).text == "Hello, World!"


def test_logs_can_be_read(account, api):
    code = """
    import sys
    print("I am loading")
    def application(environ, start_response):
        print("I am asked")
        print("a warning", file=sys.stderr)
        print("an error", file=environ["wsgi.errors"])
        start_response("200 OK", [])
        return [b"hello"]
    """
    deploy(api, code)
    visit(account, "/page?a=b")
    server = api.get(LOG.format("server")).text
    assert "I am loading\nI am asked" in server
    lines = api.get(LOG.format("error")).text.splitlines()
    assert lines[-2:] == ["a warning", "an error"]
    access = api.get(LOG.format("access")).text.splitlines()[-1]
    assert '"GET /page?a=b HTTP/1.1" 200 5 response-time=' in access
    assert api.delete(LOG.format("access")).status_code == 204


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def application(", "SyntaxError: '(' was never closed"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("app = 1", "AttributeError: "),
        ("raise SystemExit", "SystemExit"),
        (HELLO.format("b''.none"), "AttributeError: 'bytes' object has no attribute 'none'"),
        (
            HELLO.format("1/0").replace("[1/0]", "(1/0 for _ in range(1))"),
            "ZeroDivisionError",
        ),
    ],
)
def test_a_broken_app_shows_a_page_and_its_error_is_in_the_log(account, api, code, words):
    assert deploy(api, code).status_code == 200
    for _ in range(2):
        assert visit(account).status_code == 500
    assert words in api.get(LOG.format("error")).text.splitlines()[-1]
    deploy(api, HELLO.format("b'mended'"))
    assert visit(account).text == "mended"


@pytest.mark.parametrize(
    "code", ["import os\nos._exit(1)", HELLO.format("__import__('os')._exit(1)")]
)
def test_an_app_that_ends_itself_is_a_bad_gateway_until_the_next_reload(account, api, code):
    deploy(api, code)
    for _ in range(2):
        page = visit(account)
        assert (page.status_code, "502-backend" in page.text) == (502, True)
    deploy(api, HELLO.format("b'mended'"))
    assert visit(account).text == "mended"


def test_a_reload_says_so_if_the_first_answer_takes_too_long(account, api, monkeypatch):
    monkeypatch.setattr("lessons.pythonanywhere.web_app.FIRST_HIT_S", 0.1)  # instead of 20
    code = """
    import time
    from pathlib import Path
    def application(environ, start_response):
        while not Path("go").exists():
            time.sleep(0.01)
        start_response("200 OK", [])
        return [b"late"]
    """
    api.post("webapps/", data=NEW)
    reloaded = deploy(api, code)
    assert reloaded.status_code == 504
    assert "did not answer its first request in time" in reloaded.text
    (account.home / "go").touch()
    assert visit(account).text == "late"


def visit_busy_app(account, crew):
    """Two visits: the app works on one and says so in a file, and the other is in the queue."""
    first = crew.submit(visit, account, "/wait")
    assert account.wait_until((account.home / "waiting").exists)
    queued = crew.submit(visit, account, "/queued")
    assert account.wait_until(lambda: len(account._app._turn._waiters or ()) == 1)
    return first, queued


def test_while_an_app_reloads_visitors_are_sent_back_and_the_queue_waits(account, api):
    code = """
    import time
    from pathlib import Path
    def application(environ, start_response):
        if environ["PATH_INFO"] == "/wait":
            Path("waiting").touch()
            while not Path("go").exists():
                time.sleep(0.01)
        start_response("200 OK", [])
        return [b"done"]
    """
    deploy(api, code)
    with ThreadPoolExecutor(3) as crew:
        first, queued = visit_busy_app(account, crew)
        reload = crew.submit(api.post, f"{APP}reload/")
        assert account.wait_until(lambda: account._app._is_loading)
        redirected = visit(account, "/now?a=b")
        (account.home / "go").touch()
        assert (redirected.status_code, redirected.headers["Location"]) == (
            302,
            account.url + "/now?a=b",
        )
        assert first.result().text == "done"
        assert (queued.result().text, reload.result().status_code) == ("done", 200)
    assert visit(account).text == "done"


FETCH = """
import http.client, json, urllib.request
def application(environ, start_response):
    start_response("200 OK", [])
    try:
        with urllib.request.urlopen({url!r}, b"ping", timeout=20) as answer:
            by_proxy = answer.read().decode()
    except OSError as error:
        by_proxy = str(error)
    try:
        around = http.client.HTTPConnection({host!r})
        around.request("GET", "/")
        directly = "connected"
    except OSError as error:
        directly = str(error)
    return [json.dumps([by_proxy, directly]).encode()]
"""


@pytest.mark.parametrize("allow", ["", "127.0.0.1", "127.0.0.1:port"])
def test_an_app_reaches_allowed_hosts_through_the_proxy_only(allow):
    with answering(lambda connection: connection.sendall(http("200 OK", b"pong"))) as url:
        port = url.rpartition(":")[2]
        host = url.removeprefix("http://")
        allowed = [allow.replace("port", port)] if allow else []
        with PythonAnywhere(allow=allowed) as account, client(account) as api:
            deploy(api, FETCH.format(url=f"{url}/x?y", host=host))
            by_proxy, directly = visit(account).json()
    assert by_proxy == ("pong" if allow else "HTTP Error 403: Forbidden")
    if os.name == "posix":
        assert directly == "[Errno 111] Connection refused".replace("111", str(refused_number()))


def test_an_app_reaches_a_direct_server_around_the_proxy():
    with answering(lambda connection: connection.sendall(http("200 OK", b"pong"))) as url:
        host = url.removeprefix("http://")
        with PythonAnywhere(direct=[url]) as account, client(account) as api:
            deploy(api, FETCH.format(url=f"{url}/x?y", host=host))
            by_proxy, directly = visit(account).json()
    assert by_proxy == "HTTP Error 403: Forbidden"
    assert directly == "connected"


def refused_number():
    import errno

    return errno.ECONNREFUSED


def link(place, target):
    try:
        place.symlink_to(target, target_is_directory=target.is_dir())
    except OSError:
        pytest.skip("links cannot be made here")


def raw(account, request, address=""):
    """Send a request as it is written, which httpx would tidy up; return status and text."""
    place = (address or account.api).removeprefix("http://")
    head = f"Host: {place}\r\nAuthorization: Token {account.token}\r\nConnection: close\r\n"
    host, port = place.split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request.replace("HEAD\r\n", head).encode("latin-1"))
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return int(answer.split()[1]), answer.decode("latin-1")


BODY = '--b\r\nContent-Disposition: form-data; name="content"; filename="x"\r\n\r\nbad\r\n--b--\r\n'
FORM = f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}"


@pytest.mark.parametrize(
    "path",
    [
        "/home/viktor/../../../outside",
        "/home/viktor/%2e%2e/%2e%2e/%2e%2e/outside",
        "/home/viktor/..%2f..%2f..%2foutside",
        "/home/viktor/../viktor/../../outside",
        "//outside",
        "/../outside",
        "/outside",
        "/var/outside",
        "/home/viktor/link/outside",
        "/home/viktor/link",
        "/home/viktor/file_link",
        "/home/viktor/circle",
        "/home/viktor/a%00b",
        "/home/viktor/" + "long" * 100,
        "/home/viktor",
        "/home/viktor/a_file/below",
    ],
)
def test_no_upload_leaves_the_account(account, tmp_path, path):
    (tmp_path / "secret").write_text("secret")
    link(account.home / "link", tmp_path)
    link(account.home / "file_link", tmp_path / "secret")
    link(account.home / "circle", account.home / "circle")
    (account.home / "a_file").touch()
    start = f"/api/v0/user/viktor/files/path{path} HTTP/1.1\r\nHEAD\r\n"
    status, text = raw(account, f"POST {start}{FORM}")
    assert status in (400, 403), text
    for method in ("GET", "DELETE"):
        status, text = raw(account, f"{method} {start}\r\n")
        assert "secret" not in text
        if path != "/home/viktor":
            assert status in (400, 404), text
    assert (tmp_path / "secret").read_text() == "secret"
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]
    root = account.home.parents[1]
    assert not [each for each in root.rglob("*") if "outside" in each.name]
    assert not [each for each in root.parent.iterdir() if each.name == "outside"]


def test_deleting_a_folder_spares_what_a_link_leads_to(account, api, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (account.home / "folder").mkdir()
    link(account.home / "folder/link", tmp_path)
    assert api.delete(f"{HOME}/folder/link").status_code == 404
    assert api.delete(f"{HOME}/folder").status_code == 204
    assert (tmp_path / "secret").exists()
    assert list(account.home.iterdir()) == []


@pytest.mark.parametrize(
    "form",
    [
        FORM.replace("boundary=b", "boundary=c"),
        FORM.replace("; boundary=b", ""),
        FORM.replace('name="content"', 'name="contents"'),
        FORM.replace('; filename="x"', ""),
        FORM.replace("multipart/form-data", "multipart/mixed"),
        FORM.replace("multipart/form-data", "text/plain"),
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 6\r\n\r\n--b\r\n\r\n",
        "Content-Length: 0\r\n\r\n",
    ],
)
def test_a_strange_upload_is_refused(account, form):
    length = len(form.partition("\r\n\r\n")[2])
    form = form.replace(f"Content-Length: {len(BODY)}", f"Content-Length: {length}")
    status, text = raw(
        account, f"POST /api/v0/user/viktor/files/path/tmp/x HTTP/1.1\r\nHEAD\r\n{form}"
    )
    assert status == 400, text
    assert list((account.home.parents[1] / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("line", "body", "status", "text"),
    [
        ("OPTIONS * HTTP/1.1", "", 200, "Hello"),
        ("GET //evil.example/x HTTP/1.1", "", 200, "Hello"),
        ("GET http://evil.example/ HTTP/1.1", "", 403, "does not answer to the host"),
        ("CONNECT 127.0.0.1:80 HTTP/1.1", "", 403, "does not answer to the host"),
        ("GET /%00%zz HTTP/1.1", "", 200, "Hello"),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked", "2\r\nab\r\n0\r\n\r\n", 200, "Hello"),
        ("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2", "ab", 200, "Hello"),
        ("POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked", "ab", 400, ""),
    ],
)
def test_the_site_survives_strange_requests(account, api, line, body, status, text):
    api.post("webapps/", data=NEW)
    head = f"{line}\r\nHost: {account.url[7:]}\r\nConnection: close\r\n\r\n"
    found, answer = raw(account, head + body, account.url)
    assert (found, text in answer) == (status, True)
    assert visit(account).text == "Hello, World!"


@pytest.mark.parametrize(
    "code",
    [
        HELLO.format("b'short'").replace("[(", "[('Content-Length', '300'), ("),
        HELLO.format("b'x'").replace("200 OK", "20"),
        HELLO.format("b'x'").replace("text/plain", "a\\r\\nb: c"),
    ],
)
def test_a_broken_answer_is_an_error_page(account, api, code):
    deploy(api, code)
    assert visit(account).status_code in (500, 502)
    deploy(api, HELLO.format("b'mended'"))
    assert visit(account).text == "mended"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes in folders")
def test_a_pipe_is_no_file(account, api):
    os.mkfifo(account.home / "pipe")
    assert api.get(f"{HOME}/pipe").status_code == 404
    assert api.get("files/tree/", params={"path": "/home/viktor"}).json() == ["/home/viktor/pipe"]
    assert api.delete(f"{HOME}/pipe").status_code == 204


def test_an_app_that_is_deleted_while_it_works_is_gone(account, api):
    code = """
    import os, time
    from pathlib import Path
    def application(environ, start_response):
        if environ["PATH_INFO"] == "/wait":
            Path("waiting").write_text(str(os.getpid()))
            time.sleep(3600)
        start_response("200 OK", [])
        return [b"x"]
    """
    deploy(api, code)
    with ThreadPoolExecutor(2) as crew:
        first, queued = visit_busy_app(account, crew)
        assert api.delete(APP).status_code == 204
        assert (first.result().status_code, queued.result().status_code) == (502, 502)
    assert not psutil.pid_exists(int((account.home / "waiting").read_text()))


def test_two_accounts_at_once():
    with PythonAnywhere() as one, PythonAnywhere("eve") as two, client(one) as api:
        deploy(api, HELLO.format("b'of viktor'"))
        with client(two) as other:
            made = {"domain_name": "eve.pythonanywhere.com", "python_version": "python313"}
            assert other.post("webapps/", data=made).status_code == 201
        assert visit(one).text == "of viktor"
        assert visit(two).text == "Hello, World!"
        assert one.token != two.token
        answer = httpx.get(f"{two.api}/api/v0/user/eve/webapps/", headers=api.headers)
        assert answer.status_code == 401


def test_nothing_is_left_when_it_is_closed():
    with PythonAnywhere() as account, client(account) as api:
        deploy(api, HELLO.format("str(__import__('os').getpid()).encode()"))
        process = psutil.Process(int(visit(account).text))
        root = account.home.parents[1]
        assert process.is_running() and root.is_dir()
    assert not process.is_running()
    assert not root.exists()
    with pytest.raises(httpx.ConnectError):
        visit(account)


def test_pythonanywheres_own_client_works_with_it(account):
    """The client `pa` is made of."""
    pa = shutil.which("pa")
    if not pa:
        pytest.skip("PYTHONANYWHERE'S CLIENT IS NOT INSTALLED: it did not try the imitation")
    python = Path(pa).read_text(encoding="utf-8").splitlines()[0].removeprefix("#!").strip()
    script = Path(__file__).parents[1] / "helpers/pythonanywhere_client.py"
    environment = {
        **os.environ,
        "API_TOKEN": account.token,
        "PYTHONANYWHERE_USERNAME": account.username,
        "NO_PROXY": "*",
    }
    witness = subprocess.Popen(
        [python, str(script), account.api, account.username],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with witness:
        assert witness.stdout.readline() == "all is well\n", witness.stderr.read()
        assert visit(account).text == "hello from core"
        _, errors = witness.communicate("\n", timeout=60)
    assert witness.returncode == 0, errors
    assert "no web app" in visit(account).text


@pytest.mark.parametrize("name", ["", "Viktor", "a/b", "..", "a b", "виктор"])
def test_a_username_has_small_letters_and_digits(name):
    with pytest.raises(ValueError, match="a username has small letters and digits"):
        PythonAnywhere(name)


def test_allowed_hosts_are_a_list():
    with pytest.raises(ValueError, match="allow takes a list"):
        PythonAnywhere(allow="api.telegram.org")
    with pytest.raises(ValueError, match="direct takes a list"):
        PythonAnywhere(direct="http://127.0.0.1:8081")
