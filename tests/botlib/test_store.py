"""The store: what is kept, what many processes see, and what goes wrong, in both homes."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import moto_server
import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st
from raw_server import answering
from redis_server import RedisServer, free_port
from waiting import wait_until

from botlib.store import StoreError, dynamodb, memory, open_store, sqlite
from botlib.store.memory import MemoryStore

PROCESSES = 8
ROOT = Path(__file__).parents[2]
PATIENCE_S = 120  # moto answers one request after another; a busy machine takes its time
PATIENT = f"from botlib.store import dynamodb\ndynamodb.TIMEOUT_S = {PATIENCE_S}\n"


@pytest.fixture(scope="module")
def redis_server():
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="module")
def access_key():
    with pytest.MonkeyPatch.context() as patch:
        for name, value in moto_server.ACCESS_KEY.items():
            patch.setenv(name, value)
        patch.setattr(dynamodb, "TIMEOUT_S", PATIENCE_S)
        yield


@pytest.fixture(params=["sqlite", "browser", "memory", "redis", "dynamodb"])
def store(request, tmp_path):
    with open_store(url_of(request.param, request, tmp_path)) as store:
        yield store


@pytest.fixture(params=["sqlite", "redis", "dynamodb"])
def shared_url(request, tmp_path):
    return url_of(request.param, request, tmp_path)


@pytest.fixture(params=["sqlite", "memory", "redis", "dynamodb"])
def store_url(request, tmp_path):
    return url_of(request.param, request, tmp_path)


def url_of(home, request, tmp_path):
    if home == "redis":
        server = request.getfixturevalue("redis_server")
        with redis.Redis.from_url(server.url) as other:
            other.flushdb()
        return server.url
    if home == "dynamodb":
        request.getfixturevalue("access_key")
        return moto_server.new_table(request.getfixturevalue("moto"))
    if home == "memory":
        memory.SHARED_STORE = MemoryStore()  # as in a new process
        return "memory://"
    if home == "browser":
        request.getfixturevalue("monkeypatch").setattr(sqlite, "IN_A_BROWSER", True)
    return f"sqlite:///{tmp_path / 'store.sqlite3'}"


# --- what is kept -----------------------------------------------------------------------------


def test_a_value_comes_back_until_it_is_removed(store):
    assert store.get("viktor") is None
    assert store.get("viktor", default=0) == 0
    store.set("viktor", {"points": [1, 2.5, None, True], "name": "Виктор 🙂"})
    assert store.get("viktor") == {"points": [1, 2.5, None, True], "name": "Виктор 🙂"}
    store.set("viktor", None)
    assert store.get("viktor", default="absent") is None
    store.remove("viktor")
    store.remove("viktor")
    assert store.get("viktor", default="absent") == "absent"


def test_a_counter_starts_at_nothing_and_is_a_value_too(store):
    assert [store.increment("visits"), store.increment("visits", 5), store.get("visits")] == [
        1,
        6,
        6,
    ]
    store.set("visits", 40)
    assert store.increment("visits", -2) == 38


@pytest.mark.parametrize("value", ["many", 1.5, True, [1], None])
def test_what_is_no_counter_is_not_counted(store, value):
    store.set("visits", value)
    with pytest.raises(ValueError, match="visits"):
        store.increment("visits")
    assert store.get("visits") == value


def test_a_counter_does_not_overflow_silently(store):
    for value in (2**63 - 1, 2**70):
        store.set("visits", value)
        with pytest.raises(ValueError, match="visits"):
            store.increment("visits")
        assert store.get("visits") == value
    store.set("visits", -(2**70))
    for key, by in (("visits", 2**70), ("other", 2**64)):
        with pytest.raises(ValueError, match="64 bits"):
            store.increment(key, by)


@pytest.mark.parametrize("by", [2.5, 2.0, "1", True, None])
def test_what_is_no_whole_number_is_not_added(store, by):
    store.set("visits", 1)
    with pytest.raises(ValueError, match="counted in whole numbers; found by="):
        store.increment("visits", by)
    with pytest.raises(ValueError, match="counted in whole numbers; found by="):
        store.increment("new", by)
    assert (store.get("visits"), store.get("new")) == (1, None)


@pytest.mark.parametrize("time", ["10", True, float("nan"), float("inf"), 2**70, [1]])
def test_what_is_no_time_is_refused(store, time):
    for call in (lambda: store.set("key", 1, time), lambda: store.add_once("key", time)):
        with pytest.raises(ValueError, match="Expected a number of seconds"):
            call()
    assert store.get("key") is None


def test_only_the_first_caller_adds(store):
    assert [store.add_once("update 7") for _ in range(3)] == [True, False, False]
    assert store.get("update 7") is True
    store.remove("update 7")
    assert store.add_once("update 7")


def test_what_has_expired_is_gone(store):
    assert store.add_once("short", expires_s=0.02)
    store.set("brief", "here", expires_s=0.02)
    store.set("long", "here", expires_s=60)
    wait_until(lambda: store.get("brief") is None)
    wait_until(lambda: store.add_once("short"))
    assert store.get("long") == "here"
    store.increment("brief")
    assert store.get("brief") == 1


def test_a_counter_keeps_the_expiry_that_it_was_set_with(store):
    def counted():  # again if it had expired by then, on a busy machine
        store.set("visits", 1, expires_s=0.05)
        return store.increment("visits") == 2

    wait_until(counted)
    wait_until(lambda: store.get("visits") is None)
    assert store.increment("visits") == 1


def test_what_is_read_can_be_changed_without_changing_the_store(store):
    store.set("points", {"viktor": [1]})
    store.get("points")["viktor"].append(2)
    assert store.get("points") == {"viktor": [1]}


def test_memory_drops_the_oldest_of_what_expires_and_nothing_else():
    store = MemoryStore(most_expiring=3)
    for name in ("Viktor", "Ada"):
        store.set(name, 1)
    firsts = [store.add_once(f"update {number}") for number in (1, 2, 3, 2, 4)]
    assert firsts == [True, True, True, False, True]
    known = [number for number in range(1, 5) if store.get(f"update {number}")]
    assert known == [2, 3, 4]
    assert store.get("Viktor") == store.get("Ada") == 1


def test_setting_again_takes_the_expiry_away(store):
    store.set("short", 1, expires_s=0.02)
    store.set("short", 2)
    store.add_once("marker", expires_s=0.05)
    wait_until(lambda: store.get("marker") is None)
    assert store.get("short") == 2


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"bytes", object(),
                                   {1: "a"}, (1, 2), {"a": (1,)}])  # fmt: skip
def test_a_value_that_is_not_json_is_refused_with_what_is_allowed(store, value):
    with pytest.raises(ValueError, match="Expected text, number"):
        store.set("key", value)
    assert store.get("key") is None


def test_a_value_that_holds_itself_is_refused(store):
    endless = []
    endless.append(endless)
    with pytest.raises(ValueError, match="not JSON"):
        store.set("key", endless)


@pytest.mark.parametrize("key", ["", None, 7, b"key", "a\0b", "\ud83d"])
def test_what_cannot_be_a_key_is_refused(store, key):
    for call in [store.get, store.remove, store.increment, store.add_once]:
        with pytest.raises(ValueError, match="cannot be a key"):
            call(key)
    with pytest.raises(ValueError, match="cannot be a key"):
        store.set(key, 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)  # fmt: skip
KEYS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@pytest.fixture(scope="module", params=["sqlite", "memory", "redis", "dynamodb"])
def lasting_store(request, tmp_path_factory):
    with open_store(url_of(request.param, request, tmp_path_factory.mktemp("store"))) as store:
        yield store


@given(KEYS, JSON)
def test_every_json_value_comes_back_the_same(lasting_store, key, value):
    lasting_store.set(key, value)
    found = lasting_store.get(key, default="absent")
    assert (found, type(found)) == (value, type(value))


# --- many at once -----------------------------------------------------------------------------

HAMMER = """
import sys
from botlib.store import open_store
store = open_store(sys.argv[1])
sys.stdin.readline()  # all processes begin together
for _ in range(100):
    store.increment("count")
print(*[number for number in range(50) if store.add_once(f"update {number}")])
"""


def hammer(url, processes=PROCESSES):
    """Let real processes work on one store at once; give what each of them was first to add."""
    command = [sys.executable, "-c", PATIENT + HAMMER, url]
    running = [
        subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(processes)
    ]  # fmt: skip
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [process.communicate(timeout=PATIENCE_S) for process in running]
    assert [error for _, error in results] == [""] * processes
    return [[int(number) for number in output.split()] for output, _ in results]


@pytest.mark.slow("a second of work or more")
def test_eight_processes_lose_no_count_and_add_each_key_once(shared_url):
    firsts = hammer(shared_url)
    assert sorted(number for first in firsts for number in first) == list(range(50))
    with open_store(shared_url) as store:
        assert store.get("count") == PROCESSES * 100


def test_threads_share_one_store(shared_url):
    with open_store(shared_url) as store, ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: store.increment("count"), range(200)))
        firsts = list(threads.map(lambda _: store.add_once("update"), range(50)))
        assert store.get("count") == 200
        assert sum(firsts) == 1


OPEN = """
import sys
from botlib.store import open_store
for url in sys.stdin:
    open_store(url.strip()).close()
    print("opened", flush=True)
"""


@pytest.mark.slow("a second of work or more")
def test_eight_processes_may_open_one_new_file_at_once(tmp_path):
    command = [sys.executable, "-c", OPEN]
    running = [
        subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(PROCESSES)
    ]  # fmt: skip
    for number in range(150):  # about one in a hundred went wrong
        for process in running:
            process.stdin.write(f"sqlite:///{tmp_path / str(number)}\n")
            process.stdin.flush()
        opened = [process.stdout.readline() for process in running]
        if opened != ["opened\n"] * PROCESSES:
            break
    assert [process.communicate(timeout=PATIENCE_S)[1] for process in running] == [""] * PROCESSES


FORK = """
import os, sys, threading
from botlib.store import open_store
store = open_store(sys.argv[1])
store.set("before", "fork")
stop = threading.Event()
def busy(key):
    while not stop.is_set():
        store.increment(key)
threads = [threading.Thread(target=busy, args=[f"thread {number}"]) for number in range(3)]
for thread in threads:
    thread.start()
forks = int(sys.argv[2])
for _ in range(forks):
    child = os.fork()
    if child == 0:
        assert store.get("before") == "fork"
        for _ in range(5):
            store.increment("count")
        os._exit(store.get("count") < 5)
    store.increment("count")
    assert os.waitpid(child, 0)[1] == 0
stop.set()
for thread in threads:
    thread.join()
print(store.get("count"))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.parametrize("forks", [3, pytest.param(30, marks=pytest.mark.slow("30 forks"))])
def test_a_forked_process_goes_on_with_the_store_while_threads_use_it(store_url, forks):
    command = [sys.executable, "-W", "ignore", "-c", PATIENT + FORK, store_url, str(forks)]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=PATIENCE_S)
    counted = forks * (1 if store_url.startswith("memory") else 6)  # a copy of it counts for itself
    assert (done.stdout, done.stderr) == (f"{counted}\n", "")


def test_a_closed_store_opens_again(shared_url):
    store = open_store(shared_url)
    store.set("key", 1)
    store.close()
    store.close()
    assert store.get("key") == 1
    store.close()


# --- once -------------------------------------------------------------------------------------


def test_work_is_done_once_and_failed_work_again(store):
    done = []
    with pytest.raises(ZeroDivisionError):
        store.once("update 7", lambda: 1 / 0)
    assert store.once("update 7", lambda: done.append("work") or "reply") == ("new", "reply")
    assert store.once("update 7", lambda: done.append("again") or "reply") == ("done", None)
    assert done == ["work"]


def test_who_comes_while_another_works_is_told_to_come_again(shared_url):
    started, finish = threading.Event(), threading.Event()

    def work():
        started.set()
        assert finish.wait(10)
        return "reply"

    with open_store(shared_url) as store, ThreadPoolExecutor(1) as thread:
        first = thread.submit(store.once, "update 7", work)
        assert started.wait(10)
        assert store.once("update 7", work) == ("busy", None)
        finish.set()
        assert first.result(10) == ("new", "reply")
        assert store.once("update 7", work) == ("done", None)


def test_work_whose_instance_died_is_taken_over(store):
    store.add_once("once:update 7", expires_s=0.02)  # it began, and was never heard of again
    wait_until(lambda: store.once("update 7", lambda: "reply") == ("new", "reply"))


class NoSecondMark(MemoryStore):
    """A store that is lost while the work is done."""

    def set(self, key, value, expires_s=None):
        raise StoreError("the disk is full")


def test_work_that_could_not_be_marked_as_done_is_done_all_the_same(caplog):
    store, done = NoSecondMark(), []
    assert store.once("update 7", lambda: done.append("work") or "reply") == ("new", "reply")
    assert "update 7" in caplog.text and "the disk is full" in caplog.text
    assert store.once("update 7", lambda: done.append("again")) == ("busy", None)
    assert done == ["work"]


def test_a_store_lost_while_work_fails_does_not_hide_why():
    with RedisServer() as server, pytest.raises(ZeroDivisionError):
        open_store(server.url).once("update 7", lambda: server.stop() or 1 / 0)


def test_what_was_done_is_forgotten_in_the_end(store):
    assert store.once("update 7", lambda: "reply", done_s=0.02) == ("new", "reply")
    wait_until(lambda: store.once("update 7", lambda: "reply") == ("new", "reply"))


# --- what goes wrong --------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["notes.db", "mysql://root:hunter2@host/db", ":hunter2@host",
                                 "redis:hunter2@host"])  # fmt: skip
def test_an_unknown_scheme_is_refused_and_no_secret_shown(url):
    with pytest.raises(ValueError, match="Expected sqlite:///FILE") as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "sqlite://store.db", "sqlite:///:memory:"]
)
def test_a_url_without_a_file_is_refused_and_memory_named(url):
    with pytest.raises(ValueError, match=r"names no file\. Expected sqlite:///FILE, .* memory://"):
        open_store(url)


def test_all_who_open_memory_share_one_store():
    open_store("memory://").set("viktor", 7)
    assert open_store("memory://").get("viktor") == 7
    assert MemoryStore().get("viktor") is None


def test_a_memory_url_has_nothing_more():
    assert repr(open_store("memory://")) == "MemoryStore()"
    with pytest.raises(ValueError, match="memory://"):
        open_store("memory://scores")


def test_the_url_comes_from_the_environment_else_a_file_here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STORE_URL", f"sqlite:///{tmp_path / 'mine.db'}")
    open_store().close()
    monkeypatch.delenv("STORE_URL")
    open_store().close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.db", "store.sqlite3"]


def test_a_file_that_cannot_be_written_is_named_with_the_fix(tmp_path):
    with pytest.raises(StoreError, match=r"STORE_URL") as caught:
        open_store(f"sqlite:///{tmp_path / 'no such folder' / 'store.db'}")
    assert "no such folder" in str(caught.value)
    with pytest.raises(StoreError, match="STORE_URL"):
        open_store(f"sqlite:///{tmp_path}")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named_with_the_fix(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="STORE_URL"):
        open_store(f"sqlite:///{tmp_path / 'store.db'}")


def test_a_file_that_is_no_store_is_named_and_left_as_it_is(tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("Dear Viktor, " * 100)
    with pytest.raises(StoreError, match=r"letter\.txt is damaged or no SQLite file.*Move it away"):
        open_store(f"sqlite:///{file}")
    assert file.read_text() == "Dear Viktor, " * 100


def test_a_browser_keeps_a_whole_closed_file(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "IN_A_BROWSER", True)
    address = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    with open_store(address) as one, open_store(address) as other:
        one.increment("score:Ada", 3)
        assert other.increment("score:Ada", 4) == 7
    assert [path.name for path in tmp_path.iterdir()] == ["store.sqlite3"]
    monkeypatch.setattr(sqlite, "IN_A_BROWSER", False)
    with open_store(address) as store:
        assert store.get("score:Ada") == 7

    monkeypatch.setattr(sqlite, "IN_A_BROWSER", True)
    with pytest.raises(StoreError, match="folder that exists"):
        open_store(f"sqlite:///{tmp_path / 'nowhere' / 'store.sqlite3'}")


def test_a_file_damaged_while_it_is_in_use_is_told(tmp_path):
    file = tmp_path / "store.db"
    with open_store(f"sqlite:///{file}") as store:
        for number in range(500):
            store.set(f"key {number}", "value " * 20)
    damaged = bytearray(file.read_bytes())
    damaged[4096:] = b"\xa5" * (len(damaged) - 4096)
    file.write_bytes(damaged)
    with pytest.raises(StoreError, match="damaged"), open_store(f"sqlite:///{file}") as store:
        store.get("key 250")


def test_a_value_that_another_program_wrote_is_told(redis_server, tmp_path):
    with open_store(redis_server.url) as store, redis.Redis.from_url(redis_server.url) as other:
        other.set("key", b"\xff not json")
        with pytest.raises(StoreError, match="'key' is not JSON"):
            store.get("key")
        other.lpush("list", "a")
        for call in [store.get, store.increment]:
            with pytest.raises(StoreError, match="refused to use 'list'"):
                call("list")


def test_a_redis_that_is_not_there_is_named_and_its_password_is_not():
    port = free_port()
    store = open_store(f"redis://user:hunter2@127.0.0.1:{port}/0")
    for call in [store.get, store.increment, store.add_once, store.remove]:
        with pytest.raises(StoreError, match=f"127.0.0.1:{port} cannot be reached") as caught:
            call("key")
        assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(store)


UNREADABLE = ["redis://:hunter2/x@host:1/0", "redis://:a@host:hunter2/0",
              "redis://:hunter2@[host/0", "redis://:hunter2#@h:1/0"]  # fmt: skip


@pytest.mark.parametrize("url", UNREADABLE)
def test_a_redis_url_that_cannot_be_read_does_not_show_its_password(url):
    with pytest.raises((ValueError, StoreError)) as caught:
        open_store(url).get("key")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("path", ["/abc", "/0/abc", "/-1", "/1.5"])
def test_a_redis_database_that_is_no_number_is_refused(path):
    with pytest.raises(ValueError, match="must end in a number") as caught:
        open_store(f"redis://:hunter2@127.0.0.1:9{path}")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("option", ["frob=1", "pass=hunter2", "max_connections=many"])
def test_a_redis_option_that_nobody_knows_is_refused(option):
    with pytest.raises(ValueError, match="only options that redis-py knows") as caught:
        open_store(f"redis://127.0.0.1:9/0?{option}")
    assert "hunter2" not in str(caught.value)


NO_REDIS = {
    "a web server": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "a mail server": b"220 mail.example ESMTP \x1b[2J\r\n",
    "no number": b":one\r\n",
    "no greeting": b"+OK\r\n",
    "lists without end": b"*1\r\n" * 5000,
}


@pytest.mark.parametrize("answer", NO_REDIS.values(), ids=NO_REDIS)
@pytest.mark.parametrize("name", ["get", "increment", "add_once", "remove"])
def test_what_is_no_redis_is_told(name, answer):
    with answering(lambda peer: peer.sendall(answer)) as address:
        store = open_store(f"{address.replace('http', 'redis')}/0")
        with pytest.raises(StoreError, match=r"what answers at 127\.0\.0\.1:\d+ is no Redis"):
            getattr(store, name)("key")


@pytest.mark.parametrize("answer", [b":1\r\n", b"*1\r\n:1\r\n"])
def test_a_value_that_is_no_text_is_told(answer):
    def talk(peer):
        """Be a Redis until the first get."""
        peer.sendall(b"+OK\r\n" * 2)  # for redis-py's name and version
        while b"GET" not in peer.recv(65536):
            pass
        peer.sendall(answer)

    with answering(talk) as address:
        store = open_store(f"{address.replace('http', 'redis')}/0?protocol=2")
        with pytest.raises(StoreError, match=r"what answers at 127\.0\.0\.1:\d+ is no Redis"):
            store.get("key")


def trickle(listener, stop):
    """Be a Redis that sends an answer without end, a byte at a time."""
    with listener, listener.accept()[0] as peer, contextlib.suppress(OSError):
        peer.sendall(b"$1000000\r\n")
        while not stop.wait(0.05):
            peer.sendall(b"1")


def test_a_redis_that_trickles_is_given_up_within_the_time_of_one_call():
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=trickle, args=[listener, stop])
    thread.start()
    store = open_store(f"redis://127.0.0.1:{listener.getsockname()[1]}/0?protocol=2")
    try:
        with pytest.raises(StoreError, match="cannot be reached"):
            store.get("key")  # it would never end
    finally:
        stop.set()
        thread.join(10)


def test_a_wrong_password_is_told_and_the_right_one_works():
    with RedisServer(password="correct-horse") as server:
        open_store(server.url).set("key", 1)
        for wrong in [server.url.replace("correct-horse", "hunter2"),
                      server.url.replace(":correct-horse@", "")]:  # fmt: skip
            with pytest.raises(StoreError, match="password") as caught:
                open_store(wrong).get("key")
            assert "hunter2" not in str(caught.value)


def test_a_redis_that_comes_back_is_used_again():
    with RedisServer() as server:
        store = open_store(server.url)
        store.increment("count")
        server.stop()
        with pytest.raises(StoreError, match="cannot be reached"):
            store.increment("count")
        server.start()
        assert store.increment("count") == 1  # a server without persistence forgets


@pytest.mark.parametrize(
    ("url", "loaded"),
    [
        ("memory://", set()),
        ("sqlite:///store.db", {"sqlite3"}),
        ("redis://127.0.0.1:9", {"redis"}),
        (
            "dynamodb://scores?region=eu-central-1",
            {"botlib.details.http", "botlib.store.aws_signature"},
        ),
    ],
)
def test_a_store_loads_its_own_library_alone(tmp_path, url, loaded):
    code = f"""
import sys
sys.modules.pop("sqlite3", None)  # what measures the tests loads it, too
from botlib.store import open_store
store = open_store({url!r})
if store.__class__.__name__ == "MemoryStore":
    store.once("key", lambda: store.increment("count"))
print(*sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
    )
    assert done.stderr == ""
    own = {"redis", "sqlite3", "botlib.details.http", "botlib.store.aws_signature"}
    assert own & set(done.stdout.split()) == loaded
