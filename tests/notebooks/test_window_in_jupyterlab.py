"""Windows and other outputs in a notebook: JupyterLab from start.py, in a real browser."""

from contextlib import contextmanager

import jupyterlab_browser as lab
import nbformat
import pytest
from contrast import low_contrast
from course_browser import find_browser
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook_rules import METADATA

pytestmark = [
    pytest.mark.skipif(
        not find_browser(), reason="NO BROWSER: install chromium to test JupyterLab in it"
    ),
    pytest.mark.slow("a browser"),
]
WORLD = """from bot_sandbox import Twitch

twitch = Twitch()
viktor, anna = twitch.account("viktor", display_name="Viktor"), twitch.account("anna")
twitch.window(viktor)"""
CHAT = """from botlib import Bot
from lessons import Chat

bot, chat = Bot(), Chat()
bot.command("hello")(lambda message: f"hello {message.user}!")
chat.connect(bot)
chat.ask("!hello")
chat.window()"""
DARK = """() => window.jupyterapp.commands.execute(
    'apputils:change-theme', { theme: 'JupyterLab Dark' })"""
READS = """print(anna.wait(channel="viktor", timeout=60)[0].text)"""


AFTER_A_RESTART = """async () => {
    const run = name => window.jupyterapp.commands.execute(name);
    await run('docmanager:save');
    await run('notebook:shutdown-kernel');
}"""
IS_THEME = "name => document.documentElement.dataset.theme === name"


@contextmanager
def open_notebook(folder, *sources, text=""):
    """Open a notebook with these cells in JupyterLab; gives the browser's page and its address."""
    (folder / "notebooks").mkdir()
    cells = [new_markdown_cell(text)] if text else []
    cells += [new_code_cell(source) for source in sources]
    small = new_notebook(cells=cells, metadata=METADATA)
    nbformat.write(small, folder / "notebooks" / lab.FIRST)
    with lab.front_door(folder) as address, lab.browser_page() as page:
        page.goto(f"{address}&reset", timeout=lab.START_S * 1000)
        page.wait_for_function(lab.READY, timeout=lab.START_S * 1000)
        yield page, address


def run_until_window(page):
    """Run all cells; returns the window that one of them shows."""
    with page.expect_event(
        "framenavigated", lambda frame: "#key=" in frame.url, timeout=lab.START_S * 1000
    ) as shown:
        page.evaluate(lab.RUN)
    return shown.value


def test_you_type_into_a_window_while_a_cell_runs(tmp_path):
    """The second cell ends only when somebody has written in the page that the first one shows.

    The page has JupyterLab's colors, and takes its other ones.
    """
    with open_notebook(tmp_path, WORLD, READS) as (page, _):
        window = run_until_window(page)
        draft = window.get_by_role("textbox", name="Write in #viktor as Viktor")
        draft.fill("hello from the page")
        draft.press("Enter")
        page.wait_for_function("() => window.ran !== null", timeout=lab.RUN_S * 1000)
        (read,) = page.evaluate(lab.MODEL)["cells"][1]["outputs"]
        assert read["text"] == "hello from the page\n"
        window.wait_for_function(IS_THEME, arg="light")
        page.evaluate(DARK)
        window.wait_for_function(IS_THEME, arg="dark")


def test_a_window_without_its_python_shows_the_chat_and_what_to_do(tmp_path):
    """As after a restart: the notebook is saved, its kernel ends, and the page is loaded again."""
    with open_notebook(tmp_path, CHAT) as (page, address):
        run_until_window(page).get_by_role("textbox").wait_for()
        page.evaluate(AFTER_A_RESTART)
        page.goto(f"{address}&reset", timeout=lab.START_S * 1000)
        page.wait_for_function(lab.READY, timeout=lab.START_S * 1000)
        shown = page.locator(".jp-OutputArea-output").filter(has=page.locator("object"))
        shown.get_by_text("hello Viktor!").wait_for()
        words = shown.inner_text()
        assert "!hello" in words
        assert "Run All Above Selected Cell. Then run this cell again." in words


def test_you_become_somebody_else_without_a_mouse(tmp_path):
    """With Tab and Enter alone, as notebook 00 says; and all words have enough contrast."""

    def tab_to(role, name):
        target = window.get_by_role(role, name=name)
        for _ in range(40):
            if target.count() and target.evaluate("one => one === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {name}")

    with open_notebook(tmp_path, CHAT) as (page, _):
        window = run_until_window(page)
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
        page.evaluate(DARK)
        window.wait_for_function(IS_THEME, arg="dark")
        assert low_contrast(window) == []


OUTPUTS = {
    "an exercise": "from lessons.exercises.ex_00 import exercise_1\nexercise_1(...)",
    "a verdict": "from lessons.display.note import GREEN, Note\nNote('✔ passed', GREEN)",
    "a guess": "from lessons.display import compare, guess\ncompare(guess('How many?', 3), 2)",
    "a table": "from lessons.display import table\ntable(['who', 'what'], [['Ada', 'a dance']])",
    "the square": "from lessons.square import square\nsquare()",
    "the map": "from lessons.progress import progress\nprogress()",
    "an empty chat": "from bot_sandbox.world.transcript import Transcript\nTranscript([])",
}
SOLUTION = "<details><summary>Solution</summary>\n\n```python\nanswer = 42\n```\n\n</details>"
OUTPUT = ".jp-OutputArea-output *, .jp-MarkdownOutput *"


def test_outputs_have_contrast_in_both_themes_and_solutions_open_without_a_mouse(tmp_path):
    with open_notebook(tmp_path, *OUTPUTS.values(), text=SOLUTION) as (page, _):
        page.evaluate(lab.RUN)
        page.wait_for_function("() => window.ran !== null", timeout=lab.RUN_S * 1000)
        page.get_by_text("(nothing was said yet)").wait_for()
        assert low_contrast(page, OUTPUT) == []
        page.evaluate(DARK)
        page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
        assert low_contrast(page, OUTPUT) == []
        page.locator("summary").focus()
        page.keyboard.press("Enter")
        page.get_by_role("code").get_by_text("answer = 42").wait_for()
