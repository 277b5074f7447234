"""`start.py reset` of a notebook that is open: it waits, and nothing old comes back."""

import shutil
import subprocess
import sys

import jupyterlab_browser as lab
import nbformat
import pytest
from course_browser import find_browser
from notebook_runs import ROOT

from lessons.commands.copies import FOLDER

pytestmark = [
    pytest.mark.skipif(
        not find_browser(), reason="NO BROWSER: install chromium to try a reset in JupyterLab"
    ),
    pytest.mark.slow("a browser"),
]
NAME = "01_what_a_bot_is_made_of.ipynb"
EDIT = """() => window.jupyterapp.shell.currentWidget.content.model.cells.get(0)
    .sharedModel.setSource('# mine')"""
SAVE = "() => window.jupyterapp.commands.execute('docmanager:save')"
CLOSE = "() => { window.jupyterapp.commands.execute('application:close'); }"
SHOWN = "() => window.jupyterapp.shell.currentWidget.content.model.cells.get(0).sharedModel.source"


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """The course in JupyterLab with one notebook open, and its page in a browser."""
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path))
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / NAME, tmp_path / "notebooks")
    with lab.front_door(tmp_path) as address, lab.browser_page() as page:
        page.goto(f"{address}&reset", timeout=lab.START_S * 1000)
        page.wait_for_function(lab.READY, timeout=lab.START_S * 1000)
        yield tmp_path, address, page


@pytest.mark.parametrize("answer", ["Save", "Discard"])
def test_a_reset_waits_until_its_tab_is_closed(opened, answer):
    folder, address, page = opened
    own = folder / FOLDER / NAME
    page.evaluate(EDIT)
    page.evaluate(SAVE)
    page.evaluate(EDIT.replace("mine", "mine, unsaved"))
    command = [sys.executable, "-m", "lessons.commands.copies", "01"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as reset:
        assert "Close its tab there: press × beside its name." in reset.stdout.readline()
        assert first_cell(own) == "# mine"
        page.evaluate(CLOSE)
        page.get_by_role("dialog").get_by_role("button", name=answer).click()
        said, _ = reset.communicate(timeout=60)
    assert f"{NAME} is the course's again. Yours is kept: " in said
    original = first_cell(ROOT / "notebooks" / NAME)
    assert first_cell(own) == original
    (kept,) = own.parent.glob("*_before_*.ipynb")
    assert first_cell(kept) == ("# mine, unsaved" if answer == "Save" else "# mine")
    page.goto(address, timeout=lab.START_S * 1000)
    page.wait_for_function(lab.READY, timeout=lab.START_S * 1000)
    assert page.evaluate(SHOWN) == original
    page.evaluate(EDIT.replace("mine", "mine again"))
    page.evaluate(SAVE)
    assert page.locator(".jp-Dialog").count() == 0
    assert first_cell(own) == "# mine again"


def first_cell(path):
    return nbformat.read(path, as_version=4).cells[0].source
