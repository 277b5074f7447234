"""A window in a notebook: JupyterLab from the front door, in a real browser."""

import jupyterlab_browser as lab
import nbformat
import pytest
from chromium import find_browser
from nbformat.v4 import new_code_cell, new_notebook
from notebook_rules import METADATA

pytestmark = pytest.mark.skipif(
    not find_browser(), reason="NO BROWSER: install chromium to test JupyterLab in it"
)
WORLD = """from bot_sandbox import Twitch

twitch = Twitch()
viktor, anna = twitch.account("viktor", display_name="Viktor"), twitch.account("anna")
twitch.window(viktor)"""
DARK = """() => window.jupyterapp.commands.execute(
    'apputils:change-theme', { theme: 'JupyterLab Dark' })"""
READS = """print(anna.wait(channel="viktor", timeout=60)[0].text)"""


def test_one_types_into_a_window_while_a_cell_runs(tmp_path):
    """The second cell ends only when somebody has written in the page that the first one shows.

    The page has JupyterLab's colours, and takes its other ones.
    """
    cells = [new_code_cell(source) for source in (WORLD, READS)]
    (tmp_path / "notebooks").mkdir()
    small = new_notebook(cells=cells, metadata=METADATA)
    nbformat.write(small, tmp_path / "notebooks" / lab.FIRST)
    with (
        lab.front_door(tmp_path) as address,
        lab.browser_page() as page,
    ):
        page.goto(f"{address}&reset", timeout=lab.START_S * 1000)
        page.wait_for_function(lab.READY, timeout=lab.START_S * 1000)
        with page.expect_event(
            "framenavigated",
            lambda frame: "#key=" in frame.url,
            timeout=lab.START_S * 1000,
        ) as shown:
            page.evaluate(lab.RUN)
        window = shown.value
        draft = window.get_by_role("textbox", name="Write in #viktor as Viktor")
        draft.fill("hello from the page")
        draft.press("Enter")
        page.wait_for_function("() => window.ran !== null", timeout=lab.RUN_S * 1000)
        (read,) = page.evaluate(lab.MODEL)["cells"][1]["outputs"]
        assert read["text"] == "hello from the page\n"
        is_theme = "name => document.documentElement.dataset.theme === name"
        window.wait_for_function(is_theme, arg="light")
        page.evaluate(DARK)
        window.wait_for_function(is_theme, arg="dark")
