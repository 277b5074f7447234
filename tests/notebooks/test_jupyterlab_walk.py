"""The whole course in a real browser: a copy of each notebook, run in JupyterLab."""

import shutil

import jupyterlab_browser as lab
import nbformat
import pytest
from course_browser import find_browser
from notebook_runs import ROOT, STEMS

pytestmark = [
    pytest.mark.skipif(
        not find_browser(), reason="NO BROWSER: install chromium to walk through the course"
    ),
    pytest.mark.slow("a browser"),
]
BROKEN_PICTURES = """() => Array.from(document.querySelectorAll('.jp-Notebook img'))
    .filter(image => !image.complete || image.naturalWidth === 0)
    .map(image => image.getAttribute('alt') || image.src.slice(0, 80))"""
SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course, started by start.py, and a page of a browser."""
    folder = tmp_path_factory.mktemp("walk")
    shutil.copytree(
        ROOT / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns("workshop", ".ipynb_checkpoints"),
    )
    with (
        lab.front_door(folder) as address,
        lab.browser_page() as page,
    ):
        yield address, page


def run(course, stem):
    """Run a notebook as she does; returns the page and the notebook as it stands then."""
    address, page = course
    return page, lab.run_notebook(page, address, f"{stem}.ipynb")


def spoke(notebook):
    """Which cells show something; `my_bot` only does if one of its files was missing."""
    return [
        bool(cell.get("outputs")) for cell in notebook["cells"] if "my_bot(" not in cell["source"]
    ]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("stem", STEMS)
def test_a_notebook_runs_without_an_error_and_shows_its_pictures(course, stem):
    page, notebook = run(course, stem)
    try:
        assert lab.unexpected_errors(notebook) == []
        assert spoke(notebook) == spoke(nbformat.read(ROOT / f"notebooks/{stem}.ipynb", 4))
        page.wait_for_function(f"() => ({BROKEN_PICTURES})().length === 0", timeout=20_000)
        assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    finally:
        page.evaluate(SHUT_DOWN)


def test_she_writes_to_her_bot_in_the_first_notebook(course):
    page, _ = run(course, "00_start_here")
    try:
        page.locator("object").scroll_into_view_if_needed()  # what is out of sight is not drawn
        (window,) = [frame for frame in page.frames if "#key=" in frame.url]
        draft = window.get_by_role("textbox", name="Write to Hello bot")
        draft.fill("!helo")
        draft.press("Enter")
        window.get_by_role("log").get_by_text("Did you mean !hello?").wait_for(timeout=20_000)
    finally:
        page.evaluate(SHUT_DOWN)
