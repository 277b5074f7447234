"""The mistakes that beginners make in notebook 00, each in a real kernel: what they see is short.

A few lines, which name the mistake and show the learner's own line. The cells are the notebook's.
"""

import re

import nbformat
import pytest
from nbclient import NotebookClient
from notebook_runs import ROOT

NOTEBOOK = nbformat.read(ROOT / "notebooks/00_start_here.ipynb", as_version=4)
WORLD, SAVE, DEPLOY = [cell.source for cell in NOTEBOOK.cells if cell.cell_type == "code"][:3]
RETURN = '    return f"hello {message.user}!"'
ANSI = re.compile(r"\x1b\[[\d;]*m")
LONGEST = 14  # lines: five of the cell around the arrow, and what happened


class Kernel:
    """A kernel in which the first cells of the notebook can be run, changed or not."""

    def __init__(self, folder):
        self.notebook = nbformat.v4.new_notebook()
        self.client = NotebookClient(
            self.notebook,
            timeout=120,
            allow_errors=True,
            resources={"metadata": {"path": str(folder)}},
            extra_arguments=["--log-level=ERROR"],
        )

    def sees(self, source):
        """Run a cell; all that stands under it, as the learner reads it."""
        self.notebook.cells.append(nbformat.v4.new_code_cell(source))
        cell = self.client.execute_cell(self.notebook.cells[-1], len(self.notebook.cells) - 1)
        return "\n".join(map(shown, cell.outputs))


def shown(output):
    """One output without its colours."""
    text = output.get("text") or "\n".join(output.get("traceback", []))
    return ANSI.sub("", text or output.get("data", {}).get("text/plain", "")).strip()


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """A kernel in which nothing has run yet."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    kernel = Kernel(tmp_path)
    with kernel.client.setup_kernel():
        yield kernel


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """One kernel for all mistakes, with the small world; Telegram's pauses would only take time."""
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        kernel = Kernel(folder)
        with kernel.client.setup_kernel():
            assert kernel.sees(WORLD.replace("Telegram()", "Telegram(limits=None)")) == ""
            yield kernel


def spoilt(before, after):
    """The notebook's bot with a mistake."""
    assert before in SAVE
    return SAVE.replace(before, after)


UNREADABLE = {
    "a colon is missing": (spoilt("(message):", "(message)"), "def hello(message)", "line 8"),
    "a brace is missing": (spoilt("user}", "user"), 'return f"hello {message.user!"', "line 9"),
    "a bracket is missing": (spoilt('"hello")', '"hello"'), '@bot.command("hello"', "line 7"),
    "it is not indented": (spoilt(RETURN, RETURN.strip()), RETURN.strip(), "line 9"),
    "its quotes are a letter's": (spoilt('"hello"', "“hello”"), "@bot.command(“hello”)", "line 7"),
}


@pytest.mark.parametrize("mistake", UNREADABLE)
def test_what_python_cannot_read_is_not_saved(kernel, mistake):
    cell, line, place = UNREADABLE[mistake]
    first, second, third, *more, last = kernel.sees(cell).splitlines()
    assert first.startswith(f"UsageError: Python cannot read {place} of this cell: ")
    assert second.strip() == line
    assert third.strip() == "^"
    assert len(more) <= 1
    assert last == "Nothing was saved. Mend that line, then run this cell again."


MEANT = {
    "a name before def": ("answer = def answer(message):\n    return 1", "take away what stands"),
    "no def below @": ('@bot.command("hello")\n\nanswer = 1', "a line that begins with def"),
    "a colon after @": ('@bot.command("hello"):\ndef hello(message):\n    pass', "has no colon"),
    "a capital letter": ("Def hello(message):\n    return 1", "def in small letters"),
    "values in def": ("def part(1, 4):\n    return 1 / 4", "of def stand names"),
    "no try above": ("for n in [1]:\n    print(n)\nexcept ValueError:\n    pass", "try, above"),
    "no if above": ("x = 1\nelse:\n    x = 2", "the same column as its if"),
    "no quotes": ("def hello(m):\n    return hello {m.user}!", "a text needs quotes"),
    "words without quotes": ("print(good morning to you)", "If these words are a text"),
    "not indented": ("def hello(m):\nreturn 1", "four spaces further right"),
    "indented too far": ("x = 1\n    y = 2", "which does not end with a colon"),
    "two columns": ("if 1:\n        x = 1\n    y = 2", "begin in the same column"),
    "one quote": ("x = 'good", "the second is missing"),
}


@pytest.mark.parametrize("mistake", MEANT)
def test_what_python_cannot_read_is_explained_in_every_cell(kernel, mistake):
    cell, words = MEANT[mistake]
    run, saved = kernel.sees(cell), kernel.sees(f"%%save 00_hello/main.py\n{cell}")
    assert words.lower() in run.lower()
    assert words.lower() in saved.lower()
    assert "Nothing was saved" in saved


DEPLOYED = "function = cloud.deploy("
DOES_NOT_LOAD = {
    "the last name is misspelt": (
        spoilt("handler =", "handlr ="),
        ["Handler 'handler' missing", "functions found: Bot, webhook, hello, handlr"],
    ),
    "a method is misspelt": (
        spoilt("bot.command", "bot.comand"),
        ["has no attribute 'comand' (main.py, line 6)", '    @bot.comand("hello")'],
    ),
    "the command has no name": (
        spoilt('.command("hello")', ".command"),
        ['write @bot.command("hello"), with the name in quotes and brackets', "    @bot.command"],
    ),
    "the function gets no message": (
        spoilt("hello(message)", "hello()"),
        ["found hello(). Write def hello(message):", '    @bot.command("hello")'],
    ),
    "an import is misspelt": (
        spoilt("import Bot", "import bot"),
        ["name 'Bot' is not defined (main.py, line 4)", "    bot = Bot()"],
    ),
    "a module is misspelt": (
        spoilt("webhook import", "webhok import"),
        ["No module named 'botlib.telegram.webhok'"],
    ),
}


@pytest.mark.parametrize("mistake", DOES_NOT_LOAD)
def test_what_does_not_load_is_not_deployed(kernel, mistake):
    cell, words = DOES_NOT_LOAD[mistake]
    assert kernel.sees(cell) == "saved workshop/00_hello/main.py"
    seen = kernel.sees(DEPLOY)
    assert len(seen.splitlines()) <= 4
    assert "of this cell: " + DEPLOYED in seen
    assert "FunctionError: " in seen
    assert all(each in seen for each in words), seen


ANSWERS_BADLY = {
    "it prints in place of returning": (
        spoilt("return f", "print(f").replace('user}!"', 'user}!")'),
        ["NoReply: ", "It printed 'hello Viktor!'", "write return in place of print"],
    ),
    "it forgets to return": (
        spoilt("return f", "f"),
        ["NoReply: ", "whether its function ends with return"],
    ),
    "it misspells a name": (
        spoilt("message.user", "mesage.user"),
        [
            "'Sorry, !hello did not work.",
            "In its log: !hello failed: NameError: name 'mesage' is not defined (main.py, line 8)",
            '    return f"hello {mesage.user}!"',
        ],
    ),
    "it returns a number": (
        spoilt('f"hello {message.user}!"', "42"),
        ["'Sorry, !hello did not work.", "found 42. str(…) makes a text of it."],
    ),
}


@pytest.mark.parametrize("mistake", ANSWERS_BADLY)
def test_what_answers_badly_is_told_why(kernel, mistake):
    cell, words = ANSWERS_BADLY[mistake]
    assert kernel.sees(cell) == "saved workshop/00_hello/main.py"
    seen = kernel.sees(DEPLOY)
    assert len(seen.splitlines()) <= 6
    assert all(each in seen for each in words), seen


def test_slips_in_a_cell_itself(kernel):
    kernel.sees(SAVE)
    assert kernel.sees(DEPLOY) == "'hello Viktor!'"
    slips = {
        "viktor.ask(!hello)": "SyntaxError: invalid syntax",
        'vikotr.ask("!hello")': "NameError: name 'vikotr' is not defined",
        'viktor.aks("!hello")': "AttributeError: 'Person' object has no attribute 'aks'",
        'if viktor = "Viktor":': "== asks whether two values are equal",
        "viktor.ask() = 1": "Left of one = stands a name, or a drawer",
        'viktor.ask("hello")': "most begin with ! or /",
        'cloud.deploy("hello", "workshop/00_helo")': "workshop/00_helo, does not exist",
    }
    for line, words in slips.items():
        seen = kernel.sees(line)
        assert len(seen.splitlines()) <= LONGEST, seen
        assert line in seen and words in seen


# A .venv of start.py's has both from the start; other Pythons, as conda's, have them from a cell.
BARE = """
shell = get_ipython()
shell.magics_manager.magics["cell"].pop("save", None)
shell.set_custom_exc((), None)"""


def test_cells_left_out(fresh):
    fresh.sees(BARE)
    seen = fresh.sees(SAVE)
    assert seen.startswith("UsageError: Cell magic `%%save` not found")
    seen = fresh.sees('viktor.ask("!hello")')
    assert seen.splitlines()[-1] == "NameError: name 'viktor' is not defined"
    fresh.sees(WORLD)
    seen = fresh.sees(DEPLOY)
    assert len(seen.splitlines()) <= LONGEST
    assert DEPLOYED in seen and "workshop/00_hello, does not exist" in seen
