"""A program's errors in few lines: the learner's own line, and what happened."""

import pytest

from lessons.alone.short_errors import ShortErrors, shorten_errors

BROKEN = """
def hello(update):
    return update.message

try:
    hello(None)
except AttributeError as error:
    raise RuntimeError("no hello today") from error
"""
PYTHON_CHAIN = """Traceback (most recent call last):
  File "{folder}/phone.py", line 6, in <module>
    hello(None)
  File "{folder}/phone.py", line 3, in hello
    return update.message
           ^^^^^^^^^^^^^^
AttributeError: 'NoneType' object has no attribute 'message'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/telegram/ext/_application.py", line 1298, in process
    await coroutine
  File "{folder}/phone.py", line 8, in <module>
    raise RuntimeError("no hello today") from error
RuntimeError: no hello today
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "phone.py").write_text(BROKEN)
    return tmp_path


def test_a_chain_of_errors_is_the_last_line_of_ones_own_and_the_last_error(folder):
    lines = PYTHON_CHAIN.format(folder=folder).splitlines()
    own = 'phone.py:8: raise RuntimeError("no hello today") from error'
    assert shorten_errors(lines, folder) == [own, "RuntimeError: no hello today"]
    shown = shorten_errors(["Bot started", *lines, "going on"], folder)
    assert shown == ["Bot started", own, "RuntimeError: no hello today", "going on"]


def test_an_error_waits_for_its_chain_until_it_is_flushed(folder):
    errors = ShortErrors(folder)
    lines = PYTHON_CHAIN.format(folder=folder).splitlines()
    fed = [kept for line in lines[:7] for kept in errors.feed(line)]
    assert fed == []
    assert next(errors.flush()) == "phone.py:3: return update.message"
    assert list(errors.flush()) == []


def test_a_forgotten_await_is_one_line(folder):
    lines = [
        f"{folder}/phone.py:3: RuntimeWarning: coroutine 'hello' was never awaited",
        "  return update.message",
        "RuntimeWarning: Enable tracemalloc to get the object allocation traceback",
    ]
    assert shorten_errors(lines, folder)[0] == "phone.py:3: coroutine 'hello' was never awaited"
    assert "tracemalloc" not in str(shorten_errors(lines, folder))


def test_a_line_of_libraries_alone_leaves_the_error(folder):
    lines = [
        "Traceback (most recent call last):",
        '  File "/usr/lib/a.py", line 1, in b',
        "KeyError",
    ]
    assert shorten_errors(lines, folder) == ["KeyError"]
