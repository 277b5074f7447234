"""The site of the browser's tab: built, served from plain files, and opened in Chromium."""

import functools
import gzip
import http.server
import importlib.util
import json
import threading
from contextlib import contextmanager
from pathlib import Path

from course_browser import FLAGS, find_browser
from jupyterlab_browser import READY
from playwright.sync_api import sync_playwright

HOME = Path(__file__).parents[2]
PREFIX = "such-different-chatbots/tab"  # as on a site that many share
START_MS = 180_000
IN_FRONT = "name => window.jupyterapp?.shell.currentWidget?.context?.path === name"
RESTORED = "() => window.jupyterapp.restored.then(() => null)"  # with the notebooks of before
RUN_CELL = """async ([index, source]) => {
    const {shell, commands} = window.jupyterapp;
    const notebook = shell.currentWidget.content;
    const cell = notebook.model.cells.get(index);
    if (source !== null) cell.sharedModel.setSource(source);
    notebook.activeCellIndex = index;
    await commands.execute('notebook:run-cell');
    return cell.toJSON().outputs ?? [];
}"""


def build_site(folder):
    """Build the site below PREFIX, as start.py tab does, so that JupyterLab can be asked."""
    spec = importlib.util.spec_from_file_location("build_tab", HOME / "docs/tab/build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build(folder / PREFIX)
    settings = folder / PREFIX / "jupyter-lite.json"
    content = json.loads(settings.read_text(encoding="utf-8"))
    content["jupyter-config-data"]["exposeAppInBrowser"] = True
    settings.write_text(json.dumps(content), encoding="utf-8")


class RecordingHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files as python -m http.server does, and notes which it has sent."""

    def log_message(self, *_):
        """Print nothing."""

    def copyfile(self, source, outputfile):
        """Send a file."""
        super().copyfile(source, outputfile)
        if hasattr(source, "name"):  # no list of a folder
            self.server.sent.append(Path(source.name))


def compressed_megabytes(files):
    """Return how much a server that compresses, as most do, would have sent for these files."""
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in files) / 1e6


@contextmanager
def served(folder):
    """Serve the files of a folder; gives the server, whose `sent` are files, and its address."""
    handler = functools.partial(RecordingHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.sent = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server, f"http://127.0.0.1:{server.server_port}/{PREFIX}/"
        server.shutdown()


@contextmanager
def new_page(width=1280):
    """Open a page in a browser that has never seen the site."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(START_MS)
        try:
            yield page
        finally:
            browser.close()


def open_notebook(page, address, name):
    """Open a notebook, and wait until its Python is there."""
    page.goto(f"{address}lab/index.html?path={name}")
    page.wait_for_function("() => window.jupyterapp")
    page.evaluate(RESTORED)
    page.wait_for_function(IN_FRONT, arg=name)  # not the one that was open before
    page.wait_for_function(READY)


def run_cell(page, number, source=None):
    """Run a cell, with another source if one is given; returns its outputs."""
    return page.evaluate(RUN_CELL, [number, source])


def text_of(outputs):
    """Return what some outputs say."""
    return "\n".join(
        str(each.get("text") or each.get("data", {}).get("text/plain") or each.get("evalue"))
        for each in outputs
    )
