"""A learner's bot on its way through the course: in any order, in other words, and broken."""

import re

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell
from notebook_runs import (
    NOTEBOOKS,
    STEMS,
    client,
    copy_notebooks,
    run_in,
    verdict,
)

from botlib.bot import Bot
from lessons.commands.solve import find_exercises, solve

pytestmark = pytest.mark.slow("exercises and cells of all notebooks")

CORE = [stem for stem in STEMS if not stem.startswith("deeper/")]
HERS = {
    "main.py": """
        from botlib import Bot

        bot = Bot()
        bot.include_folder("commands")

        @bot.command("mood", help="tells how I feel")
        def mood(message):
            return "sleepy, as always"
        """,
    "commands/hello.py": """
        from botlib import Bot

        bot = Bot()

        @bot.command("ahoy", help="greets you, the Kiki way")
        @bot.command("hi")
        def hello(message):
            return f"Ahoy, dear {message.user} 🐢 & welcome"
        """,
    "commands/joke.py": """
        from botlib import Bot

        bot = Bot()

        @bot.command("witz")
        def joke(message):
            return "Knock, knock.\\nWho's there?\\n\\nA turtle, but it took a while."
        """,
    "commands/roll.py": """
        import random

        from botlib import Bot
        from botlib.store import open_store

        bot, store = Bot(), open_store()

        @bot.command("wurf")
        def roll(message):
            number = random.randint(1, 6)
            points = store.get("points") or {}
            points[message.user] = points.get(message.user, 0) + number
            store.set("points", points)
            return [f"{message.user} würfelt", f"... und zwar eine {number}!"]
        """,
    "commands/score.py": """
        from botlib import Bot
        from botlib.store import open_store

        bot, store = Bot(), open_store()

        @bot.command("stand", help="wer führt?")
        def score(message):
            points = store.get("points") or {}
            return f"{message.user} hat {points.get(message.user, 'keine')} Punkte"
        """,
}
OTHER_NAMES = {"hello": "ahoy", "roll": "wurf", "score": "stand", "joke": "witz"}
BROKEN = "from botlib import Bot\n\nbot = Bot(\n"
NAMED = (
    "left out: workshop/my_bot/commands/hello.py does not run: SyntaxError: '(' was never closed"
)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder with the notebooks, and one workshop for all of them."""
    folder = tmp_path / "notebooks"
    copy_notebooks(folder, monkeypatch)
    return folder


def write_bot(folder, files):
    """Put files into the learner's bot."""
    for name, text in files.items():
        path = folder / "workshop/my_bot" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = text.strip("\n").splitlines()
        indent = len(lines[0]) - len(lines[0].lstrip())
        path.write_text("\n".join(line[indent:] for line in lines) + "\n", encoding="utf-8")


@pytest.mark.slow("the whole course in one workshop")
@pytest.mark.timeout(3600)
def test_the_notebooks_can_be_run_from_the_last_to_the_first(course):
    """Exercises are solved, and one workshop is kept from notebook to notebook."""
    found = []
    for stem in reversed(CORE):
        try:
            notebook = run_in(course, stem, solve)
        except CellExecutionError as error:
            found.append(f"{stem}: {error}")
            continue
        said = [verdict(notebook.cells[index]) for index in find_exercises(notebook)]
        found += [f"{stem}: {words}" for words in said if not words.startswith("✔ passed: ")]
    assert found == []


@pytest.mark.slow("the whole course in one workshop")
@pytest.mark.timeout(3600)
def test_a_bot_with_other_names_and_words_goes_through_the_course(course):
    """Exercises are left as they are; two notebooks run again in a Python that has restarted."""
    write_bot(course, HERS)
    found = []
    for stem in [*CORE[:2], *CORE[1:7], *CORE[6:]]:  # 01 saves the bot, 06 has its store
        write_bot(course, {"name.txt": "Zoë & Co 🐙"})  # 00 calls it "Hello bot"
        try:
            run_in(course, stem)
        except CellExecutionError as error:
            found.append(f"{stem}: {error}")
    assert found == []
    kept = {name: (course / "workshop/my_bot" / name).read_text(encoding="utf-8") for name in HERS}
    write_bot(course, HERS)
    assert kept == {
        name: (course / "workshop/my_bot" / name).read_text(encoding="utf-8") for name in HERS
    }


def opening(stem):
    """The code cells of a notebook up to the one that loads the bot; none if it loads none."""
    cells = nbformat.read(NOTEBOOKS / f"{stem}.ipynb", as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    loads = [n for n, cell in enumerate(code) if re.search(r"\bmy_bot\(", cell.source)]
    return code[: loads[0] + 1] if loads else []


@pytest.mark.parametrize("stem", [stem for stem in STEMS if opening(stem)])
def test_each_opening_cell_finds_commands_that_have_other_names(course, stem):
    write_bot(course, HERS)
    asks = "from lessons import my_bot\nprint(my_bot().other_names)\n"
    asks += "print(my_bot().ask('!help'))"
    notebook = nbformat.v4.new_notebook(cells=[*opening(stem), new_code_cell(asks)])
    client(notebook, (course / stem).parent).execute()
    *_, opened, asked = notebook.cells
    needs = "".join(re.findall(r"needs=\[.*?\]", opened.source))
    found = {each: hers for each, hers in OTHER_NAMES.items() if f'"{each}"' in needs}
    names, help = "".join(output.get("text", "") for output in asked.outputs).split("\n", 1)
    assert names == str(found)
    assert not any(f"!{each}" in help for each in OTHER_NAMES)
    said = "".join(output.get("text", "") for output in opened.outputs)
    assert not re.search("added.*commands|Which of your", said)


@pytest.mark.parametrize("stem", [stem for stem in STEMS if opening(stem)])
def test_a_broken_file_is_named_by_each_opening_cell_and_the_bot_still_answers(course, stem):
    write_bot(course, {"commands/hello.py": BROKEN})
    asks = "from lessons import my_bot\nprint(my_bot().ask('!help', 'Viktor'))"
    notebook = nbformat.v4.new_notebook(cells=[*opening(stem), new_code_cell(asks)])
    client(notebook, (course / stem).parent).execute()
    *_, opened, asked = notebook.cells
    place = "../" if stem.startswith("deeper/") else ""
    for cell in (opened, asked):
        text = "".join(output.get("text", "") for output in cell.outputs)
        assert NAMED.replace("workshop", f"{place}workshop") in text
        assert "line 3" in text
    assert "!help what I can do" in text


def test_the_test_in_notebook_01_fails_without_her_hello():
    (stem,) = (stem for stem in STEMS if stem.startswith("01"))
    cells = nbformat.read(NOTEBOOKS / f"{stem}.ipynb", as_version=4).cells
    (tests,) = (cell.source for cell in cells if cell.source.startswith("assert "))
    with pytest.raises(AssertionError):
        exec(tests, {"bot": Bot()})
