"""Errors in a notebook: a few lines, the learner's own among them; and measured numbers."""

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from notebook_runs import ANSI, ROOT, start_kernel, verdict

from lessons.display.tables import table


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """One kernel for all tests."""
    with start_kernel(tmp_path_factory.mktemp("kernel")) as kernel:
        yield kernel


@pytest.fixture
def run_cells(kernel, tmp_path):
    """Call it to run cells after %load_ext lessons; it returns them."""

    def run(*cells):
        kernel.reset(tmp_path)
        return [kernel.run(cell) for cell in cells]

    return run


@pytest.fixture
def shown(run_cells):
    """Call it to run cells; it returns the error of the last one, and the error's lines."""

    def run(*cells):
        *_, last = run_cells(*cells)
        (error,) = (out for out in last.outputs if out.output_type == "error")
        return error, ANSI.sub("", "\n".join(error.traceback)).splitlines()

    return run


def test_a_foreign_error_shows_only_the_notebooks_frames(shown):
    cell = "import httpx\n\ndef ask():\n    httpx.get('http://127.0.0.1:9/')\n\nask()"
    error, lines = shown(cell)
    assert error.ename == "ConnectError"
    assert len(lines) < 20
    assert not any("File " in line for line in lines)
    assert any("----> 6 ask()" in line for line in lines)
    assert any("----> 4     httpx.get(" in line for line in lines)
    assert lines[-1].startswith("ConnectError: ")


ASKS = """from lessons.exercises.ex_07 import exercise_1

program = {}

exercise_1(program, None)
{}exercise_1.hint()"""


def test_a_cell_that_fails_above_its_hint_gives_it_after_the_error(run_cells):
    for value, fails in (("1 / 0", True), ("'viktor'", False)):
        (cell,) = run_cells(ASKS.format(value, ""))
        assert any(each.output_type == "error" for each in cell.outputs) == fails
        texts = "".join(each.get("text", "") for each in cell.outputs)
        assert texts.count("hint 1 of 2: Begin with the line") == 1
    (cell,) = run_cells(ASKS.format("1 / 0", "# "))
    assert [each.output_type for each in cell.outputs] == ["error"]


def test_a_code_that_is_used_up_shows_what_twitch_said(run_cells):
    notebook = nbformat.read(ROOT / "notebooks/07_account_application_token.ipynb", as_version=4)
    sources = {cell.id: cell.source for cell in notebook.cells}
    ids = [f"token-{number}" for number in ("002", "004", "022", "024", "027", "028", "028")]
    *_, first, again = run_cells(*(sources[each] for each in ids))
    assert "access_token" in first.outputs[0].text
    assert again.outputs[0].text == "Invalid authorization code\n"


def test_an_attribute_of_another_librarys_bot_is_named(shown):
    cell = "from botlib import Bot\n\nbot = Bot()\n\n@bot.message_handler(commands=['a'])\n"
    _, lines = shown(f"{cell}def a(message):\n    return 'a'")
    assert lines[-1].startswith("message_handler belongs to another library. Here a line with")


def test_an_error_in_a_saved_file_shows_the_line_there(shown):
    saved = "%%save x/main.py\nfrom botlib import Bot\n\nbot = Bot()\n\n"
    saved += "@bot.command('hello')\ndef hello(message):\n    return f'hello {mesage.user}!'"
    cell = "from botlib.run import load_bot\n\nload_bot(Path('workshop/x/main.py')).ask('!hello')"
    error, lines = shown("from pathlib import Path", saved, cell)
    assert error.ename == "NameError"
    assert len(lines) < 20
    assert any("----> 3 load_bot(" in line for line in lines)
    assert any("main.py" in line for line in lines)
    assert any("----> 7     return f'hello {mesage.user}!'" in line for line in lines)
    assert not any("botlib/bot.py" in line for line in lines)


def test_a_true_without_its_capital_is_not_sent_to_look_for_quotes(shown):
    error, lines = shown("right = true")
    assert error.ename == "NameError"
    assert lines[-1] == "Python writes True with a capital letter and without quotes."


def test_a_variable_of_the_cloud_alone_is_told_from_a_missing_key(shown):
    cell = "import os\nos.environ['LAMBDA_TASK_ROOT']"
    _, lines = shown(cell)
    assert lines[-1].startswith("Only a process in a cloud has this variable.")
    _, lines = shown("{}['Olga']")
    assert lines[-1] == "KeyError: 'Olga'"


def test_an_error_that_is_awaited_is_short_too(shown):
    cell = "import asyncio\nawait asyncio.open_connection('127.0.0.1', 9)"
    error, lines = shown(cell)
    assert error.ename == "ConnectionRefusedError"
    assert not any("asyncio/" in line for line in lines)
    assert any("----> 2" in line for line in lines)


def test_an_error_keeps_its_cause_for_whoever_looks(shown):
    cells = ["try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    kept = error"]
    cells += ["raise ValueError('wrong') from kept"]
    error, lines = shown(*cells)
    assert error.ename == "ValueError"
    assert lines[-1] == "ValueError: wrong"
    assert not any("ZeroDivisionError" in line for line in lines)


def test_run_all_stops_at_an_error(kernel, tmp_path, monkeypatch):
    kernel.reset(tmp_path)
    monkeypatch.setattr(kernel.client, "allow_errors", False)
    with pytest.raises(CellExecutionError, match="division by zero"):
        kernel.run("1 / 0")


def test_a_table_keeps_its_columns_whatever_is_in_them():
    markdown = table(["who", "what"], [["Ann", "a|b\nc"]])._repr_markdown_()
    assert markdown.splitlines() == ["| who | what |", "| --- | --- |", "| Ann | a\\|b c |"]
    with pytest.raises(ValueError, match="2 cells"):
        table(["who", "what"], [["Ann"]])


def test_a_name_that_is_not_there_says_what_to_look_for(shown, tmp_path):
    error, lines = shown("my_guess = yes")
    assert error.ename == "NameError"
    assert lines[-3] == "NameError: name 'yes' is not defined"
    assert "Run All Above Selected Cell" in lines[-2] and "needs quotes" in lines[-1]
    (tmp_path / "other.py").write_text("def f():\n    return missing\n")
    _, lines = shown("import other\nother.f()")
    assert lines[-1] == "NameError: name 'missing' is not defined"


def test_the_space_left_of_the_hint_line_does_no_harm(shown):
    untouched = "from lessons.exercises.ex_01 import exercise_1\nadder = ...\nexercise_1(adder)\n"
    error, lines = shown(f"{untouched} exercise_1.hint()\nraise KeyError")
    assert error.ename == "KeyError", lines
    error, _ = shown(f"{untouched} print(1)")
    assert error.ename == "IndentationError"


def test_a_check_that_slipped_into_the_function_above_is_told(run_cells):
    start = (
        "from lessons.exercises.ex_01 import exercise_1\n\ndef add(message):\n    return '3'\n\n"
    )
    loop = "for answer in (add,):\n    exercise_1(answer)"
    cells = [start + "    exercise_1(add)", start + "exercise_1(add)", start + loop]
    told = [verdict(cell) for cell in run_cells(*cells)]
    assert "the line exercise_1(add) begins too far to the right" in told[0]
    assert "part of the function add" in told[0]
    assert not any("too far" in words for words in told[1:])
