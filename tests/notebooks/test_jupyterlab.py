"""The course in JupyterLab, in a real browser: notebooks, windows, outputs, and a reset.

All tests share one JupyterLab and one page. nbval runs every notebook and compares what it prints,
so two of them are enough here; test_jupyter_elsewhere.py runs 00 and 03.
"""

import shutil
import subprocess
import sys

import jupyterlab_browser as lab
import nbformat
import pytest
from contrast import low_contrast
from course_browser import find_browser
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook_rules import METADATA
from notebook_runs import ROOT

from lessons.commands.copies import FOLDER

pytestmark = [
    pytest.mark.skipif(
        not find_browser(), reason="NO BROWSER: install chromium to try the course in JupyterLab"
    ),
    pytest.mark.slow("a browser"),
]
WORLD = """from bot_sandbox import Twitch

twitch = Twitch()
viktor, anna = twitch.account("viktor", display_name="Viktor"), twitch.account("anna")
twitch.window(viktor)"""
READS = """print(anna.wait(channel="viktor", timeout=60)[0].text)"""
CHAT = """from botlib import Bot
from lessons import Chat

bot, chat = Bot(), Chat()
bot.command("hello")(lambda message: f"hello {message.user}!")
chat.connect(bot)
chat.ask("!hello")
chat.window()"""
OUTPUTS = {
    "an exercise": "from lessons.exercises.ex_00 import exercise_1\nexercise_1(...)",
    "a verdict": "from lessons.display.note import GREEN, Note\nNote('✔ passed', GREEN)",
    "a guess": "from lessons.display import compare, guess\ncompare(guess('How many?', 3), 2)",
    "a table": "from lessons.display import table\ntable(['who', 'what'], [['Ada', 'a dance']])",
    "the square": "from lessons.square import square\nsquare()",
    "the map": "from lessons.progress import progress\nprogress()",
    "a picture": "from PIL import Image\nImage.new('RGB', (40, 40))",
    "an empty chat": "from bot_sandbox.world.transcript import Transcript\nTranscript([])",
}
SOLUTION = "<details><summary>Solution</summary>\n\n```python\nanswer = 42\n```\n\n</details>"
SMALL = {  # notebooks of these tests
    "97_reading": [new_code_cell(WORLD), new_code_cell(READS)],
    "98_chat": [new_code_cell(CHAT)],
    "99_outputs": [new_markdown_cell(SOLUTION), *map(new_code_cell, OUTPUTS.values())],
}
OUTPUT = ".jp-OutputArea-output *, .jp-MarkdownOutput *"
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
DARK, LIGHT = "JupyterLab Dark", "JupyterLab Light"
IS_THEME = "name => document.documentElement.dataset.theme === name"
AFTER_A_RESTART = """async () => {
    const run = name => window.jupyterapp.commands.execute(name);
    await run('docmanager:save');
    await run('notebook:shutdown-kernel');
}"""

NAME = "01_what_a_bot_is_made_of"
EDIT = """source => window.jupyterapp.shell.currentWidget.content.model.cells.get(0)
    .sharedModel.setSource(source)"""
SAVE = "() => window.jupyterapp.commands.execute('docmanager:save')"
CLOSE = "() => { window.jupyterapp.commands.execute('application:close'); }"
SHOWN = "() => window.jupyterapp.shell.currentWidget.content.model.cells.get(0).sharedModel.source"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A learner's folder, with the course's notebooks and the small ones."""
    folder = tmp_path_factory.mktemp("course")
    left_out = shutil.ignore_patterns("workshop", ".ipynb_checkpoints")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=left_out)
    for name, cells in SMALL.items():
        small = new_notebook(cells=cells, metadata=METADATA)
        nbformat.write(small, folder / f"notebooks/{name}.ipynb")
    return folder


@pytest.fixture(scope="module")
def address(folder):
    """The address of notebook 00 in JupyterLab, which start.py has started."""
    with lab.front_door(folder) as address:
        yield address


@pytest.fixture(scope="module")
def only_page():
    """A page of a browser."""
    with lab.browser_page() as page:
        yield page


@pytest.fixture
def page(only_page):
    """The page, whose JupyterLab has light colors."""
    yield only_page
    only_page.evaluate(THEME, LIGHT)


def check_notebook(page, address, stem):
    """Run a notebook; check that nothing fails, and that its pictures and windows are there."""
    notebook = lab.run_notebook(page, address, f"{stem}.ipynb")
    assert lab.unexpected_errors(notebook) == []
    assert spoke(notebook) == spoke(nbformat.read(ROOT / f"notebooks/{stem}.ipynb", 4))
    lab.wait_for_pictures(page)
    assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0


def spoke(notebook):
    """Which cells show something; `my_bot` only does if one of its files was missing."""
    return [
        bool(cell.get("outputs")) for cell in notebook["cells"] if "my_bot(" not in cell["source"]
    ]


def test_she_writes_to_her_bot_in_the_first_notebook(page, address):
    check_notebook(page, address, "00_start_here")
    page.locator("object").scroll_into_view_if_needed()  # what is out of sight is not drawn
    (window,) = [frame for frame in page.frames if "#key=" in frame.url]
    draft = window.get_by_role("textbox", name="Write to Hello bot")
    draft.fill("!helo")
    draft.press("Enter")
    window.get_by_role("log").get_by_text("Did you mean !hello?").wait_for(timeout=20_000)


def test_a_side_room_finds_the_pictures_of_the_folder_above(page, address):
    check_notebook(page, address, "deeper/the_worker_loop")


def run_until_window(page, address, name):
    """Open a small notebook and run all its cells; returns the window that one of them shows."""
    lab.open_notebook(page, address, f"{name}.ipynb")
    with page.expect_event(
        "framenavigated", lambda frame: "#key=" in frame.url, timeout=lab.START_S * 1000
    ) as shown:
        page.evaluate(lab.RUN)
    return shown.value


def test_you_type_into_a_window_while_a_cell_runs(page, address):
    """The second cell ends only when somebody has written in the page that the first one shows.

    The page has JupyterLab's colors, and takes its other ones.
    """
    window = run_until_window(page, address, "97_reading")
    draft = window.get_by_role("textbox", name="Write in #viktor as Viktor")
    draft.fill("hello from the page")
    draft.press("Enter")
    page.wait_for_function("() => window.ran !== null", timeout=lab.RUN_S * 1000)
    (read,) = page.evaluate(lab.MODEL)["cells"][1]["outputs"]
    assert read["text"] == "hello from the page\n"
    window.wait_for_function(IS_THEME, arg="light")
    page.evaluate(THEME, DARK)
    window.wait_for_function(IS_THEME, arg="dark")


def test_a_window_without_its_python_shows_the_chat_and_what_to_do(page, address):
    """As after a restart: the notebook is saved, its kernel ends, and the page is loaded again."""
    run_until_window(page, address, "98_chat").get_by_role("textbox").wait_for()
    page.evaluate(AFTER_A_RESTART)
    lab.open_notebook(page, address, "98_chat.ipynb", reload=True)
    shown = page.locator(".jp-OutputArea-output").filter(has=page.locator("object"))
    shown.get_by_text("hello Viktor!").wait_for()
    words = shown.inner_text()
    assert "!hello" in words
    assert "Run All Above Selected Cell. Then run this cell again." in words


def test_you_become_somebody_else_without_a_mouse(page, address):
    """With Tab and Enter alone, as notebook 00 says; and all words have enough contrast."""

    def tab_to(role, name):
        target = window.get_by_role(role, name=name)
        for _ in range(40):
            if target.count() and target.evaluate("one => one === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {name}")

    window = run_until_window(page, address, "98_chat")
    window.get_by_role("button", name="‹ Chats").focus()
    page.keyboard.press("Enter")
    tab_to("button", "New person")
    page.keyboard.press("Enter")
    tab_to("textbox", "Name")
    page.keyboard.type("Kim")
    page.keyboard.press("Enter")
    window.get_by_text("You are Kim, and this is your chat with Hello bot").wait_for()
    tab_to("textbox", "Write to Hello bot as Kim")
    page.keyboard.type("!hello")
    page.keyboard.press("Enter")
    window.get_by_role("log").get_by_text("hello Kim!").wait_for()
    assert low_contrast(window) == []
    page.evaluate(THEME, DARK)
    window.wait_for_function(IS_THEME, arg="dark")
    assert low_contrast(window) == []


def test_outputs_have_contrast_in_both_themes_and_solutions_open_without_a_mouse(page, address):
    lab.run_notebook(page, address, "99_outputs.ipynb")
    page.get_by_text("(nothing was said yet)").wait_for()
    assert page.locator(".jp-OutputArea-output img").count() == 1
    lab.wait_for_pictures(page)
    assert low_contrast(page, OUTPUT) == []
    page.evaluate(THEME, DARK)
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    assert low_contrast(page, OUTPUT) == []
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("code").get_by_text("answer = 42").wait_for()


@pytest.mark.parametrize("answer", ["Save", "Discard"])
def test_a_reset_waits_until_its_tab_is_closed(page, address, folder, monkeypatch, answer):
    monkeypatch.setenv("BOTS_FOLDER", str(folder))
    own = folder / f"{FOLDER}/{NAME}.ipynb"
    lab.open_notebook(page, address, own.name)
    page.evaluate(EDIT, "# mine")
    page.evaluate(SAVE)
    page.evaluate(EDIT, "# mine, unsaved")
    command = [sys.executable, "-m", "lessons.commands.copies", NAME[:2]]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as reset:
        assert "Close its tab there: press × beside its name." in reset.stdout.readline()
        assert first_cell(own) == "# mine"
        page.evaluate(CLOSE)
        page.get_by_role("dialog").get_by_role("button", name=answer).click()
        said, _ = reset.communicate(timeout=60)
    assert f"{own.name} is the course's again. Yours is kept: " in said
    original = first_cell(ROOT / "notebooks" / own.name)
    assert first_cell(own) == original
    (kept,) = own.parent.glob("*_before_*.ipynb")
    assert first_cell(kept) == ("# mine, unsaved" if answer == "Save" else "# mine")
    kept.unlink()
    page.goto(address.replace(lab.FIRST, own.name), timeout=lab.START_S * 1000)
    page.wait_for_function(lab.READY, timeout=lab.START_S * 1000)
    assert page.evaluate(SHOWN) == original
    page.evaluate(EDIT, "# mine again")
    page.evaluate(SAVE)
    assert page.locator(".jp-Dialog").count() == 0
    assert first_cell(own) == "# mine again"


def first_cell(path):
    return nbformat.read(path, as_version=4).cells[0].source
