"""A notebook in a real browser, run and photographed.

    python tests/helpers/jupyterlab_browser.py NOTEBOOK... --out DIR

saves DIR/NOTEBOOK.png, as long as the notebook is.

start.py starts JupyterLab on a copy of the notebooks, so nothing here changes.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from course_browser import FLAGS, find_browser
from playwright.sync_api import sync_playwright

HOME = Path(__file__).parents[2]
FIRST = "00_start_here.ipynb"
QUIET = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
WHOLE = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}
WIDTH, HEIGHT = 1280, 900
START_S, RUN_S = 90, 180

READY = """() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    const session = panel?.sessionContext;
    const kernel = session?.session?.kernel;
    return panel?.context?.isReady && session.isReady
        && kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
}"""
IN_FRONT = "name => window.jupyterapp?.shell.currentWidget?.context?.path === name"
# In the page that JupyterLab has already: loading it again costs more than most notebooks.
OPEN = """async path => {
    const { commands, shell } = window.jupyterapp;
    const before = shell.currentWidget;
    await before?.sessionContext?.shutdown();
    before?.dispose();
    await commands.execute('docmanager:open', { path });
}"""
RUN = """() => {
    window.ran = null;
    const run = window.jupyterapp.commands.execute('notebook:run-all-cells');
    run.then(() => { window.ran = true; }, problem => { window.ran = String(problem); });
}"""
# Run All is over before the cells after an announced error are, so wait for the cells themselves.
FINISHED = """() => {
    const cells = window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
        .filter(cell => cell.cell_type === 'code' && String(cell.source).trim());
    const failed = cells.some(cell => !(cell.metadata.tags || []).includes('raises-exception')
        && cell.outputs.some(output => output.output_type === 'error'));
    return failed || cells.every(cell => cell.execution_count !== null);
}"""
MODEL = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON()"
NO_BROKEN_PICTURE = """() => Array.from(document.querySelectorAll('.jp-Notebook img'))
    .every(image => image.complete && image.naturalWidth > 0)"""
LENGTH = """() => Math.max(...Array.from(
    document.querySelectorAll('.jp-WindowedPanel-outer'), element => element.scrollHeight))"""
TO_TOP = """() => document.querySelectorAll('.jp-WindowedPanel-outer').forEach(
    element => element.scrollTo(0, 0))"""


@contextlib.contextmanager
def front_door(folder, *options, **variables):
    """Start `start.py` on a copy in `folder` (with its notebooks/); gives the printed address.

    The options are JupyterLab's, the variables are added to its environment.
    """
    for name in ("start.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(HOME / name, folder)
    left_out = shutil.ignore_patterns("tests", "*.pyc.*")  # such as a .pyc that is being written
    for name in ("botlib", "sandbox", "lessons", "deploy"):
        shutil.copytree(HOME / name, folder / name, ignore=left_out)
    config = folder / "config"  # nobody's own settings
    (config / "labconfig").mkdir(parents=True)
    (config / "labconfig/page_config.json").write_text(json.dumps(QUIET))
    (config / "labconfig/default_setting_overrides.json").write_text(json.dumps(WHOLE))
    environment = {
        **os.environ,
        "COURSE_PYTHON": sys.executable,
        "BOTS_FOLDER": str(folder),
        "BOT_WORLD": "sandbox",
        "JUPYTER_CONFIG_DIR": str(config),
        "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'sandbox'}",
        **variables,
    }
    command = [sys.executable, "start.py", "--no-browser", "--LabApp.expose_app_in_browser=True"]
    if os.name == "posix":  # a kernel's port could be taken by another test before it is opened
        command += ["--KernelManager.transport=ipc"]
    command += options
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            for line in server.stdout:
                if found := re.search(r"open at (http://\S+)", line):
                    yield found[1]
                    break
            else:
                raise RuntimeError("start.py ended without an address")
        finally:
            server.terminate()


@contextlib.contextmanager
def browser_page(*hosts):
    """A page in a headless browser, which finds these host names on this machine."""
    names = ", ".join(f"MAP {host} 127.0.0.1" for host in hosts)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=[*FLAGS, f"--host-resolver-rules={names}"]
        )
        try:
            size = {"width": WIDTH, "height": HEIGHT}
            yield browser.new_context(viewport=size).new_page()
        finally:
            browser.close()


def open_notebook(page, address, name, reload=False):
    """Open notebooks/`name`, instead of the one before if the page shows this JupyterLab."""
    server, _, path = address.partition("?")[0].partition("/lab/tree/")
    path = path.replace(FIRST, name)
    if page.url.startswith(f"{server}/lab/") and not reload:
        page.evaluate(OPEN, path)
    else:
        page.goto(f"{address.replace(FIRST, name)}&reset", timeout=START_S * 1000)
    page.wait_for_function(IN_FRONT, arg=path, timeout=START_S * 1000)
    page.wait_for_function(READY, timeout=START_S * 1000)


def run_notebook(page, address, name):
    """Open notebooks/`name` and run all its cells; returns the notebook as it is then."""
    open_notebook(page, address, name)
    return run_all(page)


def run_all(page):
    """Run all cells of the notebook that is open; returns it as it is then."""
    page.evaluate(RUN)
    page.wait_for_function("() => window.ran !== null", timeout=RUN_S * 1000)
    page.wait_for_function(FINISHED, timeout=RUN_S * 1000)
    return page.evaluate(MODEL)


def wait_for_pictures(page):
    """Wait until all pictures of the notebook are drawn; a broken one never is."""
    page.wait_for_function(NO_BROKEN_PICTURE, timeout=20_000)


def unexpected_errors(notebook):
    """The errors among the outputs that no tag announces."""
    return [
        f"{output['ename']}: {output['evalue']}"
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
        and "raises-exception" not in cell["metadata"].get("tags", [])
    ]


def photograph(page, path):
    """Save the whole notebook as one picture: the window grows until nothing is to scroll."""
    page.set_viewport_size({"width": WIDTH, "height": page.evaluate(LENGTH) + 150})
    page.evaluate(TO_TOP)
    page.wait_for_timeout(1000)  # for what draws itself anew
    page.screenshot(path=path)


def is_side_room(path):
    """Return whether a notebook is a side room, not a core notebook."""
    return path.resolve().parent.name == "deeper"


def main():
    """Run and photograph the notebooks named on the command line; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(HOME / "notebooks", Path(folder, "notebooks"))
        place = {path: f"{'deeper/' * is_side_room(path)}{path.name}" for path in options.notebooks}
        for path, name in place.items():
            shutil.copy(path, Path(folder, "notebooks", name))
        with front_door(Path(folder)) as address, browser_page() as page:
            for path, name in place.items():
                errors = unexpected_errors(run_notebook(page, address, name))
                photograph(page, options.out / f"{path.stem}.png")
                page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
                print(f"{options.out / path.stem}.png", *errors, sep="\n  ")
                failed = failed or bool(errors)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
