"""The course as a learner meets it: JupyterLab from the front door, in a real browser."""

import shutil

import look
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from notebook_rules import METADATA

pytestmark = pytest.mark.skipif(
    not look.find_browser(), reason="NO BROWSER: install chromium to test JupyterLab in it"
)
HELLO = """from botlib import Bot

bot = Bot()

@bot.command("hello")
def hello(message):
    return f"hello {message.user}!"

print(bot.ask("!hello", user="Viktor"))"""

WORLD = """from sandbox import Twitch

twitch = Twitch()
viktor, anna = twitch.account("viktor", display_name="Viktor"), twitch.account("anna")
twitch.window(viktor)"""
DARK = """() => window.jupyterapp.commands.execute(
    'apputils:change-theme', { theme: 'JupyterLab Dark' })"""
READS = """print(anna.wait(channel="viktor", timeout=60)[0].text)"""


@pytest.fixture
def notebooks(tmp_path):
    """A folder of notebooks with a small one in the place of the first."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    small = new_notebook(cells=[new_code_cell(HELLO)], metadata=METADATA)
    nbformat.write(small, folder / look.FIRST)
    return folder


def test_small_notebook_runs_in_the_browser(notebooks):
    with look.front_door(notebooks.parent) as address, look.browser_page() as page:
        notebook = look.run_notebook(page, address, look.FIRST)
        assert look.unexpected_errors(notebook) == []
        assert page.locator(".jp-OutputArea-output").all_inner_texts() == ["hello Viktor!\n"]
        assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0


def test_first_notebook_runs_in_the_browser(notebooks, repository):
    stored = repository / "notebooks" / look.FIRST
    if not stored.exists():
        pytest.skip("the first notebook is not written yet")
    shutil.copy(stored, notebooks)
    before = nbformat.read(stored, as_version=4)
    with look.front_door(notebooks.parent) as address, look.browser_page() as page:
        after = look.run_notebook(page, address, look.FIRST)
        assert look.unexpected_errors(after) == []
        shown = [bool(cell.get("outputs")) for cell in after["cells"]]
        assert shown == [bool(cell.get("outputs")) for cell in before.cells]
        assert any(
            "hello Viktor!" in text
            for text in page.locator(".jp-OutputArea-output").all_inner_texts()
        )


def test_one_types_into_a_window_while_a_cell_runs(notebooks):
    """The second cell ends only when somebody has written in the page that the first one shows.

    The page has JupyterLab's colours, and takes its other ones.
    """
    cells = [new_code_cell(source) for source in (WORLD, READS)]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), notebooks / look.FIRST)
    with look.front_door(notebooks.parent) as address, look.browser_page() as page:
        page.goto(f"{address}&reset", timeout=look.START_S * 1000)
        page.wait_for_function(look.READY, timeout=look.START_S * 1000)
        with page.expect_event(
            "framenavigated", lambda frame: "#key=" in frame.url, timeout=look.START_S * 1000
        ) as shown:
            page.evaluate(look.RUN)
        window = shown.value
        draft = window.get_by_role("textbox", name="Write in #viktor as Viktor")
        draft.fill("hello from the page")
        draft.press("Enter")
        page.wait_for_function("() => window.ran !== null", timeout=look.RUN_S * 1000)
        (read,) = page.evaluate(look.MODEL)["cells"][1]["outputs"]
        assert read["text"] == "hello from the page\n"
        is_theme = "name => document.documentElement.dataset.theme === name"
        window.wait_for_function(is_theme, arg="light")
        page.evaluate(DARK)
        window.wait_for_function(is_theme, arg="dark")
