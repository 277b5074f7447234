"""DynamoDB's own: the signature, the items, expiry, what it refuses, and what gets lost.

What every store can do is tested with the others, in test_store.py.
"""

import base64
import json
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import moto_server
import pytest
from function_server import serving
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_server import answering, http
from waiting import wait_until

from botlib.store import StoreError, dynamodb, open_store
from botlib.store.aws_signature import AccessKey, sign
from botlib.store.yandex_token import service_account_token

SECRET, SESSION, TOKEN = "correct-horse-battery", "battery-staple-session", "t1.very-secret"


@pytest.fixture(autouse=True)
def access_key(monkeypatch):
    """An access key as a function of AWS has it, and a region."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", SESSION)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")


@pytest.fixture
def no_access_key(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)


@pytest.fixture
def url(moto, monkeypatch):
    monkeypatch.setattr(dynamodb, "TIMEOUT_S", 120)  # for a moto on a busy machine
    return moto_server.new_table(moto)


# --- the signature ----------------------------------------------------------------------------

BOTOCORE = """
import datetime, json, sys
from botocore import auth, awsrequest, credentials

for line in sys.stdin:
    url, headers, body, known, region, service, seconds = json.loads(line)
    now = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    auth.get_current_datetime = lambda remove_tzinfo=True: now.replace(tzinfo=None)
    request = awsrequest.AWSRequest("POST", url, headers, body.encode())
    auth.SigV4Auth(credentials.Credentials(*known), service, region).add_auth(request)
    print(json.dumps(dict(request.headers.items())), flush=True)
"""
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
NAMES = st.from_regex(r"X-[A-Za-z][A-Za-z0-9-]{0,10}", fullmatch=True)
WORDS = st.from_regex(r"[a-z0-9-]{1,16}", fullmatch=True)
PATHS = st.lists(st.from_regex(r"[\w~+%=:@-]{1,8}", fullmatch=True), max_size=4).map("/".join)


@pytest.fixture(scope="module")
def botocore():
    """Ask AWS's own library to sign."""
    process = subprocess.Popen(
        [moto_server.moto_python(), "-c", BOTOCORE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(*arguments):
        print(json.dumps(arguments), file=process.stdin, flush=True)
        return json.loads(process.stdout.readline())

    with process:
        yield ask
        process.stdin.close()


@pytest.mark.slow("a second of work or more")
@given(
    host=st.sampled_from(["dynamodb.eu-central-1.amazonaws.com", "127.0.0.1:8081", "a.example"]),
    path=PATHS,
    headers=st.dictionaries(NAMES, TEXTS, max_size=4),
    body=st.text(st.characters(exclude_categories=["Cs"])),
    known=st.tuples(WORDS, TEXTS.filter(str.strip), st.sampled_from(["", "a/b+c==", "session"])),
    region=WORDS,
    service=WORDS,
    seconds=st.integers(0, 2**32),
)
@settings(max_examples=300)
def test_it_signs_as_aws_own_library_does(
    botocore, host, path, headers, body, known, region, service, seconds
):
    url, headers = f"https://{host}/{path}", {name.title(): text for name, text in headers.items()}
    signed = sign(url, headers, body.encode(), AccessKey(*known), region, service, seconds)
    assert signed == botocore(url, headers, body, known, region, service, seconds)


def test_the_secret_is_not_shown_with_the_credentials():
    assert repr(AccessKey("AKIDEXAMPLE", SECRET, SESSION)) == "AccessKey(AKIDEXAMPLE)"


# --- the table --------------------------------------------------------------------------------

BOTO3 = """
import json, sys, boto3
table, address, region = sys.argv[1:]
found = boto3.resource("dynamodb", endpoint_url=address, region_name=region).Table(table).scan()
print(json.dumps(found["Items"], default=lambda number: {"number": str(number)}))
"""


def seen_by_boto3(url, moto):
    table = url.partition("//")[2].partition("?")[0]
    command = [moto_server.moto_python(), "-c", BOTO3, table, moto, moto_server.REGION]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {item.pop("store_key"): item for item in json.loads(done.stdout)}


def test_aws_own_library_sees_plain_items(url, moto):
    with open_store(url) as store:
        store.set("score", 41)
        store.increment("score")
        store.set("names", {"viktor": ["Виктор"]})
        store.set("empty", "")
        store.add_once("update 7", expires_s=0.25)
    items = seen_by_boto3(url, moto)
    ends = items.pop("update 7")
    assert items == {
        "score": {"json_value": {"number": "42"}},
        "names": {"json_value": json.dumps({"viktor": ["Виктор"]})},
        "empty": {"json_value": '""'},
    }
    exact, whole = (ends[name]["number"] for name in ("expires_at", "delete_after"))
    assert (ends["json_value"], whole.isdigit()) == ("true", True)
    assert 0 <= int(whole) - float(exact) < 1


def test_what_another_program_wrote_is_told(url, moto):
    table = url.partition("//")[2].partition("?")[0]
    items = {"list": {"json_value": {"L": []}}, "none": {}, "text": {"json_value": {"S": "5"}}}
    for key, item in items.items():
        item = {"store_key": {"S": key}, **item}
        moto_server.call(moto, "PutItem", {"TableName": table, "Item": item})
    with open_store(url) as store:
        for key in ("list", "none"):
            for call in (store.get, store.increment):
                with pytest.raises(StoreError, match=f"'{key}' is not JSON"):
                    call(key)
        with pytest.raises(StoreError, match="'text' cannot be counted up: another program"):
            store.increment("text")
        assert store.get("text") == 5


def test_an_answer_without_a_number_is_no_count():
    with answers((200, {})) as (store, asked), told("may or may not have counted"):
        store.increment("key")
    assert len(asked) == 1


def test_callers_who_restart_an_expired_counter_at_once_all_count(url):
    callers = 6
    together = threading.Barrier(callers)

    def count(key):
        together.wait(10)
        return open_store(url).increment(key)

    with open_store(url) as store, ThreadPoolExecutor(callers) as threads:
        for number in range(5):
            key = f"round {number}"
            store.set(key, 100, expires_s=0)
            totals = list(threads.map(count, [key] * callers))
            assert sorted(totals) == list(range(1, callers + 1))
            assert store.get(key) == callers


def test_what_has_expired_does_not_come_back_with_a_new_count(url, moto):
    with open_store(url) as store:
        store.set("visits", 7, expires_s=0)
        assert store.increment("visits", 3) == 3
    assert seen_by_boto3(url, moto) == {"visits": {"json_value": {"number": "3"}}}


def test_a_value_may_fill_an_item_and_not_more(url):
    with open_store(url) as store:
        store.set("large", "x" * 404_000)
        assert store.get("large") == "x" * 404_000
        for value in ("x" * 400 * 1024, ["x" * 404_000, 1, "x" * 6_000]):
            with pytest.raises(ValueError, match=r"'large' is too large: .* 400 KB"):
                store.set("large", value)


def test_a_key_may_be_long_and_not_longer(url):
    with open_store(url) as store:
        store.set("к" * 1024, 1)
        assert store.increment("к" * 1024) == 2
        for call in (store.get, store.remove, store.increment, store.add_once):
            with pytest.raises(ValueError, match="2048 bytes"):
                call("к" * 1024 + "x")


def test_a_table_that_is_not_there_is_named_with_what_to_do(moto):
    store = open_store(f"dynamodb://nowhere?region=eu-central-1&endpoint={moto}")
    for call in (store.get, store.increment, store.add_once, store.remove):
        with pytest.raises(StoreError, match=r"'nowhere' at 127.* is not there.*Make the table"):
            call("key")


# --- what goes wrong --------------------------------------------------------------------------


@contextmanager
def answers(*replies):
    """A database that gives these answers, (status, JSON or text); the last of them ever after.

    Yields a store of it, and the list of the requests that came: (headers, body).
    """
    left, asked = list(replies), []

    def handler(event, _):
        asked.append((event["headers"], json.loads(base64.b64decode(event["body"]))))
        status, body = left.pop(0) if len(left) > 1 else left[0]
        return {"statusCode": status, "body": body if isinstance(body, str) else json.dumps(body)}

    with serving(handler) as address:
        yield open_store(f"dynamodb://scores?endpoint={address}/ru-central1/b1g/etn"), asked


def refusal(code, text="", status=400):
    return status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": text}


def told(text):
    return pytest.raises(StoreError, match=text)


CALLS = {
    "get": lambda store: store.get("key"),
    "set": lambda store: store.set("key", 1),
    "remove": lambda store: store.remove("key"),
    "increment": lambda store: store.increment("key"),
    "add_once": lambda store: store.add_once("key"),
}
COUNTED = 200, {"Attributes": {"json_value": {"N": "1"}}}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "busy",
    [
        refusal("ProvisionedThroughputExceededException"),
        refusal("ThrottlingException"),
        refusal("RequestLimitExceeded"),
        refusal("ServiceUnavailable", status=503),
        (503, "<html>"),
    ],
)
def test_a_database_that_is_busy_is_asked_again(call, busy):
    with answers(busy, busy, COUNTED) as (store, asked):
        call(store)
    assert len(asked) == 3
    assert asked[0][1] == asked[2][1]


def test_a_database_that_stays_busy_is_given_up_and_asked_ever_more_rarely():
    busy = r"is busy or has trouble \(ThrottlingException\)"
    with answers(refusal("ThrottlingException")) as (store, asked), told(busy):
        store.increment("key")
    assert 2 < len(asked) < 12


TROUBLE = refusal("InternalServerError", status=500)


@pytest.mark.parametrize("name", ["increment", "add_once"])
def test_what_may_have_been_done_is_not_done_twice(name):
    with answers(TROUBLE, COUNTED) as (store, asked), told("has trouble"):
        CALLS[name](store)
    assert len(asked) == 1


@pytest.mark.parametrize("name", ["get", "set", "remove"])
def test_what_may_be_done_twice_is_asked_again(name):
    with answers(TROUBLE, COUNTED) as (store, asked):
        CALLS[name](store)
    assert len(asked) == 2


@pytest.mark.parametrize("name", ["increment", "add_once"])
def test_a_lost_answer_is_told_and_the_request_not_repeated(name):
    asked = []
    with answering(asked.append) as address:
        store = open_store(f"dynamodb://scores?endpoint={address}/")
        with pytest.raises(StoreError, match="may or may not have done"):
            CALLS[name](store)
    assert len(asked) == 1


NO_ANSWERS = {  # of the database itself: something on the way gave them
    "a cut connection": b"",
    "half an answer": http("200 OK", b'{"Item": {}}')[:-3],
    "a redirect": http("302 Found", more="Location: https://hotel.example/\r\n"),
    "a page": http("200 OK", b"<html>Log in to this network", "text/html"),
    "a page of an error": http("502 Bad Gateway", b"<html>", "text/html"),
}


@pytest.mark.parametrize("no_answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
@pytest.mark.parametrize("name", CALLS)
def test_what_may_be_done_twice_is_asked_again_until_the_database_answers(name, no_answer):
    replies, asked = [no_answer, no_answer], []

    def answer(connection):
        asked.append(connection)
        connection.sendall(replies.pop() if replies else http("200 OK", b"{}"))

    with answering(answer) as address:
        store = open_store(f"dynamodb://scores?endpoint={address}/")
        if name in ("increment", "add_once"):
            with pytest.raises(StoreError):
                CALLS[name](store)
        else:
            CALLS[name](store)
    assert len(asked) == (1 if name in ("increment", "add_once") else 3)


def test_a_database_that_never_answers_is_given_up():
    stop = threading.Event()
    with answering(lambda _: stop.wait(30)) as address:
        store = open_store(f"dynamodb://scores?endpoint={address}/")
        with pytest.raises(StoreError, match="may or may not have done"):
            store.increment("key")
        stop.set()


def test_a_database_that_is_not_there_is_named():
    store = open_store("dynamodb://scores?endpoint=http://127.0.0.1:9/")
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9 cannot be reached.*STORE_URL"):
        store.get("key")


def test_a_wait_that_lasts_too_long_hides_no_reason(monkeypatch):
    sleep = time.sleep  # a busy machine adds to it
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(seconds + dynamodb.TIMEOUT_S))
    store = open_store("dynamodb://scores?endpoint=http://127.0.0.1:9/")
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9 cannot be reached.*STORE_URL"):
        store.get("key")


REFUSALS = {
    "AccessDeniedException": "dynamodb:GetItem, PutItem, UpdateItem and DeleteItem",
    "UnrecognizedClientException": "does not know the access key in AWS_ACCESS_KEY_ID",
    "ExpiredTokenException": "has expired",
    "InvalidSignatureException": "AWS_SECRET_ACCESS_KEY is wrong, or this machine's clock is",
    "RequestExpired": "clock",
    "ResourceNotFoundException": "Make the table with the key store_key",
    "ValidationException": "refused the request: ValidationException",
}


@pytest.mark.parametrize(("code", "advice"), REFUSALS.items())
@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_says_what_to_do_and_shows_no_secret(code, advice, status):
    text = f"The canonical string is 'host:a x-amz-security-token:{SESSION}', of {SECRET}."
    with answers(refusal(code, text, status)) as (store, asked), told(advice) as caught:
        store.increment("key")
    assert SECRET not in str(caught.value) and SESSION not in str(caught.value)
    assert len(asked) == 1


@pytest.mark.parametrize("answer", [(200, "<html>Log in to this network"), (404, "<html>"),
                                    (200, ""), (302, {}), (200, '{"Item": {"json_value": {"N"'),
                                    (200, {"__type": "com.amazon.coral#InternalFailure"})],
                         ids=range(6))  # fmt: skip
def test_an_answer_of_something_else_is_no_empty_store(answer, monkeypatch):
    monkeypatch.setattr(dynamodb, "FIRST_PAUSE_S", 60)  # so that no call is tried again
    with answers(answer) as (store, _):
        for call in CALLS.values():
            with pytest.raises(StoreError, match="refused the request"):
                call(store)


@pytest.mark.parametrize(
    "item",
    [
        [1],
        "text",
        {"json_value": "text"},
        {"json_value": {"S": None}},
        {"json_value": {"S": "5"}, "expires_at": {"N": "soon"}},
        {"json_value": {"S": "5"}, "expires_at": {"N": None}},
        {"json_value": {"S": "5"}, "expires_at": 5},
    ],
)
def test_an_item_that_cannot_be_read_is_told(item):
    with answers((200, {"Item": item})) as (store, _), told("'key' (is not JSON|cannot be read)"):
        store.get("key")


@pytest.mark.parametrize("count", [4.5, float("inf"), None, [], "9" * 6000])
def test_a_count_that_is_no_whole_number_is_told(count):
    answer = 200, {"Attributes": {"json_value": {"N": count}}}
    with answers(answer) as (store, _), told("may or may not have counted"):
        store.increment("key")


def test_a_code_shows_no_secret_and_no_endless_text():
    with answers(refusal(f"{SESSION}\x1b[2J{'x' * 5000}")) as (store, _), told("refused") as caught:
        store.get("key")
    text = str(caught.value)
    assert SESSION not in text and "\x1b" not in text and len(text) < 500


# --- who may ask ------------------------------------------------------------------------------


def test_the_access_key_is_read_anew_for_each_call(monkeypatch):
    with answers(COUNTED) as (store, asked):
        store.get("key")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDNEWER")
        monkeypatch.delenv("AWS_SESSION_TOKEN")
        store.get("key")
    first, second = (headers for headers, _ in asked)
    assert "AKIDEXAMPLE/" in first["authorization"] and "AKIDNEWER/" in second["authorization"]
    assert first["x-amz-security-token"] == SESSION and "x-amz-security-token" not in second
    assert all(SECRET not in json.dumps(headers) for headers, _ in asked)


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"])
@pytest.mark.parametrize("sign", ["\n", "ключ"])
def test_a_key_that_no_header_can_hold_is_told_and_not_shown(monkeypatch, name, sign):
    monkeypatch.setenv(name, f"hunter2{sign}hunter2")
    with answers(COUNTED) as (store, asked), told("holds something that cannot be sent") as caught:
        store.get("key")
    assert "hunter2" not in str(caught.value) and asked == []


def test_a_line_end_after_a_key_does_no_harm(monkeypatch):
    monkeypatch.setenv("AWS_SESSION_TOKEN", f"{SESSION}\n")
    with answers(COUNTED) as (store, asked):
        store.get("key")
    assert asked[0][0]["x-amz-security-token"] == SESSION


def test_a_read_is_a_strongly_consistent_one():
    with answers((200, {})) as (store, asked):
        assert store.get("key") is None
    assert asked[0][1] == {
        "TableName": "scores", "Key": {"store_key": {"S": "key"}}, "ConsistentRead": True
    }  # fmt: skip


def test_without_an_access_key_it_says_where_one_comes_from(no_access_key, monkeypatch):
    monkeypatch.setenv("YC_METADATA_ADDR", "127.0.0.1:9")
    for url in ("dynamodb://scores", "dynamodb://scores?endpoint=http://127.0.0.1:9"):
        with pytest.raises(StoreError, match="AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
            open_store(url).get("key")


def test_a_function_of_yandex_cloud_uses_its_own_token(no_access_key, monkeypatch):
    asked = []

    def metadata(sock):
        asked.append(1)
        token = {"access_token": TOKEN, "expires_in": 43200, "token_type": "Bearer"}
        sock.sendall(http("200 OK", json.dumps(token).encode()))

    with answering(metadata) as address, answers(COUNTED) as (store, came):
        monkeypatch.setenv("YC_METADATA_ADDR", address.removeprefix("http://"))
        assert [store.increment("key"), store.increment("key")] == [1, 1]
    assert [headers["authorization"] for headers, _ in came] == [f"Bearer {TOKEN}"] * 2
    assert len(asked) == 1  # it was kept


def test_a_token_is_asked_for_again_before_it_ends(no_access_key, monkeypatch):
    numbers = iter(range(1, 1000))

    def metadata(sock):
        token = {"access_token": f"token {next(numbers)}", "expires_in": 0}
        sock.sendall(http("200 OK", json.dumps(token).encode()))

    with answering(metadata) as address, answers(COUNTED) as (store, came):
        monkeypatch.setenv("YC_METADATA_ADDR", address.removeprefix("http://"))
        wait_until(lambda: store.increment("key") and came[-1][0]["authorization"][-1] == "3")


@pytest.mark.parametrize("answer", [http("404 Not Found"), http("200 OK", b"<html>"),
                                    http("200 OK", b'{"expires_in": 5}')])  # fmt: skip
def test_a_function_without_a_service_account_is_told(no_access_key, monkeypatch, answer):
    with answering(lambda sock: sock.sendall(answer)) as address, answers(COUNTED) as (store, came):
        monkeypatch.setenv("YC_METADATA_ADDR", address.removeprefix("http://"))
        with pytest.raises(StoreError, match="needs none if its version has a service account"):
            store.get("key")
    assert came == []


def test_a_proxy_is_never_asked_for_a_functions_token(no_access_key, monkeypatch):
    asked = []
    monkeypatch.delenv("YC_METADATA_ADDR", raising=False)
    with answering(asked.append) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        with suppress(ConnectionError):  # most machines have no such service
            service_account_token(time.monotonic() + 0.5)
    assert asked == []


def test_a_token_that_never_ends_is_taken(no_access_key, monkeypatch):
    answer = http("200 OK", json.dumps({"access_token": TOKEN, "expires_in": 10**400}).encode())
    with answering(lambda sock: sock.sendall(answer)) as address, answers(COUNTED) as (store, came):
        monkeypatch.setenv("YC_METADATA_ADDR", address.removeprefix("http://"))
        assert store.increment("key") == 1
    assert came[0][0]["authorization"] == f"Bearer {TOKEN}"


# --- the URL ----------------------------------------------------------------------------------


def test_the_region_comes_from_the_url_else_from_aws(monkeypatch):
    named = "DynamoDBStore({} at dynamodb.{}.amazonaws.com)"
    here = named.format("Scores-1", "eu-central-1")
    assert repr(open_store("dynamodb://Scores-1")) == here
    there = named.format("Scores-1", "sa-east-1")
    assert repr(open_store("dynamodb://Scores-1?region=sa-east-1")) == there
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(ValueError, match="names no region, such as"):
        open_store("dynamodb://scores")


@pytest.mark.parametrize(
    "url",
    [
        "dynamodb://",
        "dynamodb://?region=eu-central-1",
        "dynamodb://AKID:hunter2@scores",
        "dynamodb://scores?secret=hunter2",
        "dynamodb://scores#hunter2",
        "dynamodb://scores?region=hunter2@evil.example/",
        "dynamodb://scores?endpoint=hunter2",
        "dynamodb://scores?endpoint=ftp://hunter2",
        "dynamodb://scores?endpoint=https://a.example/?hunter2",
        "dynamodb://scores?endpoint=https://a.example:hunter2",
        "dynamodb://scores?endpoint=https://a example/hunter2",
        "dynamodb://scores?endpoint=https://me:hunter2@a.example/",
        "dynamodb://[hunter2",
    ],
)
def test_a_url_that_cannot_be_read_is_told_without_what_it_holds(url):
    with pytest.raises(ValueError, match="Expected dynamodb://TABLE") as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)


def test_an_endpoint_that_everybody_can_read_gets_a_warning(caplog):
    open_store("dynamodb://scores?endpoint=http://127.0.0.1:9/")
    assert caplog.messages == []
    open_store("dynamodb://scores?endpoint=http://database.example/")
    assert "the endpoint in STORE_URL begins with http://" in caplog.text
