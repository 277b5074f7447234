"""Reading the reason out of a log: whatever the log holds, reading it never fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox import Cloud
from bot_sandbox.cloud.errors import FunctionError
from bot_sandbox.diagnosis.bot_log import (
    LONGEST_LINE,
    add_failure_reason,
    append_source_line,
    find_failure,
    find_handler_error,
    find_last_error,
    find_last_output,
    hear_bot_logs,
    read_log_facts,
)
from bot_sandbox.diagnosis.function_registry import log_at
from bot_sandbox.diagnosis.no_reply import NoReply

PIECES = st.sampled_from(
    [
        "[ERROR]",
        "!roll failed: ",
        " failed: ",
        '  File "main.py", line ',
        "START",
        "3",
        "\t",
        "!",
        "",
    ]
)
LINES = st.lists(st.one_of(st.text(max_size=20), st.lists(PIECES, max_size=6).map("".join)))
CALL = "0f4a1f0e-1c7a-4a53-9c36-4ac6b5f3b111"


@given(st.text(max_size=20), LINES)
def test_any_log_can_be_read(command, log):
    found = find_failure(command, log)
    assert len(found) <= LONGEST_LINE and (not found or any(found in line for line in log))
    assert isinstance(find_last_error(log), str)


@pytest.mark.parametrize(
    ("log", "error"),
    [
        ([], ""),
        (["START", "hi", "END"], ""),
        ([f"{CALL} Task timed out after 3.00 seconds", "END"], "Task timed out after 3.00 seconds"),
        (
            [
                "[ERROR] ValueError: no",
                '  File "main.py", line 3, in hello',
                '  File "/usr/lib/python3/json/__init__.py", line 300, in dumps',
                "[ERROR] KeyError: 'id'",
                '  File "main.py", line 7, in handler',
                '  File "/usr/lib/python3/json/__init__.py", line 300, in dumps',
            ],
            "KeyError: 'id' (main.py, line 7)",
        ),
    ],
)
def test_the_last_error_of_a_log(log, error):
    assert find_last_error(log) == error


def test_a_log_is_found_by_the_address_as_long_as_there_is_the_cloud(tmp_path):
    (tmp_path / "main.py").write_text("def handler(event, context): print('one line')\n")
    with Cloud() as cloud:
        function = cloud.deploy("bot", tmp_path)
        function.invoke()
        url, host_url = function.url.rstrip("/"), function.host_url
        for address in (url, f"{url}/hook?a=1", f"{host_url}hook"):
            assert "one line" in log_at(address)
        for address in (f"{url}s/", url.replace(str(cloud.port), "1"), ""):
            assert log_at(address) == []
        (tmp_path / "main.py").write_text("def handler(event, context): print('another')\n")
        cloud.deploy("bot", tmp_path).invoke()
        assert "another" in log_at(url) and "one line" not in log_at(url)
    assert log_at(url) == []


def test_the_facts_of_a_log_are_all_read_at_once(tmp_path):
    (tmp_path / "main.py").write_text(
        "def handler(event, context):\n    print(event)\n    if event == 'fail':\n        [][1]\n"
    )
    with Cloud() as cloud:
        function = cloud.deploy("bot", tmp_path)
        function.invoke("!roll failed: earlier")
        with hear_bot_logs() as heard:
            with pytest.raises(FunctionError):
                function.invoke("fail")
            function.invoke("!roll failed: no dice")
            function.invoke("a handler failed: KeyError: 'x' (main.py, line 2)")
        facts = read_log_facts(function.url, "!roll", heard)
        assert facts.is_function and facts.failed_command == "!roll failed: no dice"
        named = "a handler failed: KeyError: 'x' (main.py, line 2)"
        assert facts.last_output == named
        assert facts.handler_error == f"{named}\n    print(event)"
        assert (
            facts.last_error == "IndexError: list index out of range (main.py, line 4)\n    [][1]"
        )
        assert read_log_facts(function.url).failed_command == ""  # nobody waits for a command
        assert not read_log_facts("http://127.0.0.1:9/").is_function


def test_the_line_that_a_log_names_is_shown_if_it_is_the_functions_own(tmp_path):
    (tmp_path / "main.py").write_text(
        "import json\nbot = Bto()\n\ndef handler(event, context): …\n"
    )
    with Cloud() as cloud:
        function = cloud.deploy("bot", tmp_path)
        named = "NameError: name 'Bto' is not defined (main.py, line 2)"
        assert append_source_line(named, function.url) == f"{named}\n    bot = Bto()"
        for words in ("no line", "(main.py, line 99)", "(other.py, line 1)", "(..py, line 1)", ""):
            assert append_source_line(words, function.url) == words
        assert append_source_line(named, "http://127.0.0.1:9/") == named


def test_code_that_does_not_load_is_named_with_its_line(tmp_path):
    (tmp_path / "main.py").write_text("import json\n\nbot = json.lods('1')\n")
    with Cloud() as cloud, pytest.raises(FunctionError) as error:
        cloud.deploy("bot", tmp_path, must_load=True)
    assert error.value.type == "AttributeError"
    assert str(error.value).endswith("(main.py, line 3)\n    bot = json.lods('1')")


def test_what_was_printed_last_is_that_of_the_last_call():
    one = ["START RequestId: 1", "hello", "END RequestId: 1", "REPORT RequestId: 1"]
    assert find_last_output(one) == "hello"
    assert find_last_output([*one, "START RequestId: 2", "END RequestId: 2"]) == ""
    assert find_last_output([]) == ""


def test_a_handlers_mistake_is_that_of_the_last_call():
    warning = "/var/task/main.py:7: RuntimeWarning: coroutine 'f' was never awaited"
    one = ["START RequestId: 1", warning, "END RequestId: 1", "REPORT RequestId: 1"]
    assert find_handler_error(one) == "coroutine 'f' was never awaited (main.py, line 7)"
    assert find_handler_error([*one, "a handler failed: KeyError: 'x'"]) == (
        "a handler failed: KeyError: 'x'"
    )
    assert find_handler_error([*one, "START RequestId: 2", "hello"]) == ""


def test_what_a_viewer_wrote_moves_nobodys_cursor():
    log = ["!roll failed: ValueError: no dice: \x1b[2J\x9b31m\r\tred\x7f (main.py, line 7)"]
    shown = "!roll failed: ValueError: no dice: ␛[2J�31m␍\tred␡ (main.py, line 7)"
    said = add_failure_reason("Oh dear.", "!roll", log)
    assert str(said) == f"Oh dear.\nIn its log: {shown}"
    assert repr(said) == f"'Oh dear.'\nIn its log: {shown}"
    assert str(NoReply(f"No answer.\nIts log says: {log[0]}")) == (
        f"No answer.\nIts log says: {shown}"
    )
