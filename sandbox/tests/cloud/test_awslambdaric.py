"""The sample functions behave the same under AWS's own loop, awslambdaric (Linux only)."""

import re
import sys

import pytest
from cloud_tools import FUNCTIONS

from bot_sandbox.cloud import Cloud, FunctionError

pytestmark = pytest.mark.slow("a second runtime")

if sys.platform != "linux":
    pytest.skip("awslambdaric is for Linux", allow_module_level=True)
pytest.importorskip("awslambdaric")

WORKERS = ("sandbox", "awslambdaric")


@pytest.fixture(scope="module")
def cloud():
    with Cloud() as cloud:
        yield cloud


def outcome(fn, event=None):
    try:
        return fn.invoke(event)
    except FunctionError as error:
        return error.type, error.message


def both(cloud, folder, handler, event=None, calls=1, **settings):
    """What a function does under each of the two loops."""
    found = []
    for worker in WORKERS:
        fn = cloud.deploy("same", folder, handler=handler, worker=worker, **settings)
        found.append([outcome(fn, event) for _ in range(calls)])
    return found


@pytest.mark.parametrize(
    "event", [None, 0, "привет \U0001f355", [1.5, {"a": None}], {"x": "y" * 10**6}]
)
def test_events(cloud, event):
    ours, theirs = both(cloud, FUNCTIONS / "plain", "main.echo", event, calls=2, memory_mb=512)
    assert ours == theirs == [event, event]


def test_state_and_errors(cloud):
    ours, theirs = both(cloud, FUNCTIONS / "plain", "main.count", calls=3)
    assert ours == theirs == [1, 2, 3]
    ours, theirs = both(cloud, FUNCTIONS / "plain", "main.fail", calls=2)
    assert ours == theirs == [("ValueError", "no such pizza: Hawaii")] * 2


def test_both_have_only_the_packages_of_the_cloud(cloud, tmp_path):
    (tmp_path / "main.py").write_text(
        "import importlib.util\n"
        "def handler(event, context):\n"
        "    names = ('snapshot_restore_py', 'aiohttp', 'psutil', 'pip')\n"
        "    return [name for name in names if importlib.util.find_spec(name)]\n"
    )
    ours, theirs = both(cloud, tmp_path, "main.handler")
    assert ours == theirs == [["snapshot_restore_py"]]


def test_context(cloud):
    (ours,), (theirs,) = both(cloud, FUNCTIONS / "plain", "main.about")
    assert ours.keys() == theirs.keys()
    for key in ("name", "version", "memory", "arn"):
        assert ours[key] == theirs[key]
    assert re.fullmatch("[0-9a-f-]{36}", theirs["request_id"])
    assert 0 < theirs["remaining"] <= 3000


@pytest.mark.parametrize("worker", WORKERS)
def test_the_log(cloud, worker):
    fn = cloud.deploy("talk", FUNCTIONS / "plain", handler="main.talk", worker=worker)
    for _ in range(5):
        fn.invoke()
        assert fn.logs[-5:-2] == ["to stdout", "to stderr", "no line end"]


@pytest.mark.parametrize(
    "handler",
    ["exit_at_once", "exit_politely", "endless", "returns_set", "returns_itself", "large"],
)
def test_misbehaviour(cloud, handler):
    (ours,), (theirs,) = both(
        cloud, FUNCTIONS / "hostile", f"main.{handler}", timeout_s=1, memory_mb=512
    )
    assert ours == theirs


@pytest.mark.parametrize("handler", ["returns_bytes", "returns_nan"])
def test_awslambdaric_posts_what_is_not_json(cloud, handler):
    (ours,), (theirs,) = both(cloud, FUNCTIONS / "hostile", f"main.{handler}")
    assert ours[0] == theirs[0] == "Runtime.MarshalError"


@pytest.mark.parametrize(
    "code", ["def handler(:\n", "import nothing_of_this_name", "1 / 0", "def other(): pass"]
)
def test_functions_that_do_not_start(cloud, tmp_path, code):
    (tmp_path / "main.py").write_text(code)
    (ours,), (theirs,) = both(cloud, tmp_path, "main.handler")
    assert ours[0] == theirs[0]
    assert ours[1].startswith(theirs[1])


@pytest.mark.parametrize("handler", ["other.handler", "bots/main.handler"])
def test_functions_that_are_not_there(cloud, handler):
    (ours,), (theirs,) = both(cloud, FUNCTIONS / "plain", handler)
    assert ours[0] == theirs[0]
    assert ours[1].startswith(theirs[1])
    assert "files found: main.py" in ours[1]
