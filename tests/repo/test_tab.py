"""Notebooks 00 and 01 in a browser's tab, from a plain server of files, below a path of its own.

The site is built as `start.py tab` builds it. Chromium runs the cells as a reader does, and Node.js
runs the same Python without a page.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from jupyterlab_browser import FINISHED, MODEL, READY
from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION
from notebook_runs import NOTEBOOKS
from tab_site import (
    HOME,
    PREFIX,
    START_MS,
    build_site,
    compressed_megabytes,
    new_page,
    open_notebook,
    run_cell,
    served,
    text_of,
)

from bot_sandbox.cloud.deployment import find_node
from lessons.pack import unpack
from lessons.progress.tries import TRIES_FILE

CONTENT = "path => window.jupyterapp.serviceManager.contents.get(path, {content: true})"
COMPLETE = """async code => {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
    return (await kernel.requestComplete({ code, cursor_pos: code.length })).content.matches;
}"""
SELECT = """source => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const index = notebook.widgets.findIndex(cell => cell.model.type === "code");
    notebook.model.cells.get(index).sharedModel.setSource(source);
    notebook.activeCellIndex = index;
}"""
BUSY = """() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status
    === "busy" """
WIDTHS = """() => [document.documentElement.scrollWidth,
    document.querySelector(".jp-Notebook").clientWidth]"""
RUN, INTERRUPT, RESTART = (
    f".jp-NotebookPanel:not(.lm-mod-hidden) [data-jp-item-name={name}]"
    for name in ("run", "interrupt", "restart")
)
OTHER = "01_what_a_bot_is_made_of"
WRONG = 'return "goodbye {message.user}!"'
IN_NODE = """
import { pathToFileURL } from "node:url";
const [site] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${site}/static/pyodide/pyodide.mjs`));
globalThis.location = { href: "http://localhost/tab/extensions/worker.js" };
const pyodide = await loadPyodide({
  indexURL: `${site}/static/pyodide/`, packages: ["such-different-chatbots"],
});
const page = new BroadcastChannel("page");
const python = await pyodide.runPythonAsync(`
import os
from pathlib import Path
os.makedirs("/drive/workshop")
os.chdir("/drive")
from lessons import Chat, my_bot
chat = Chat()
chat.connect(my_bot(needs=["hello", "roll", "score"]))
asked = ["!hello", "!roll", "!score"]
answers = [chat.ask(each, person="Ada") for each in asked]
address = chat.window("Ada").address
"\\\\n".join([*answers, address])
`);
const [hello, roll, score, address] = python.split("\\n").slice(-4);
console.log(hello); console.log(roll.replace(/\\d/, "N")); console.log(score.replace(/\\d+/, "N"));
const name = new URLSearchParams(new URL(address).hash.slice(1)).get("worker");
const window = new BroadcastChannel(name);
const texts = new Set();
window.onmessage = ({ data }) => {
  const { records = {} } = JSON.parse(data);
  for (const { text } of Object.values(records)) texts.add(text);
  if (texts.has("hello Ada!") && texts.has("!help")) {
    console.log("the window saw it");
    process.exit(0);
  }
};
window.postMessage("{}");
const values = { from: "Ada", to: "hello_bot", text: "!help" };
window.postMessage(JSON.stringify({ id: "1", path: "telegram/say", values }));
"""


GONE = """() => document.querySelector("object")?.contentDocument?.body?.innerText
    .includes("run the notebook's cells again, from the top")"""
pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.slow("a site with a Python for the browser"),
]  # on a busy machine


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a server, with the site in it."""
    folder = tmp_path_factory.mktemp("site")
    build_site(folder)
    return folder


@pytest.fixture(scope="module")
def server(site):
    """The server of the site, and its address."""
    with served(site) as found:
        yield found


@pytest.fixture(scope="module")
def reader(server):
    """A page at the site, its address, and the requests that it and its workers sent elsewhere."""
    _, address = server
    with new_page() as page:
        home, elsewhere = address.removesuffix(f"{PREFIX}/"), []

        def note(request):
            if not request.url.startswith((home, "data:", "blob:")):
                elsewhere.append(request.url)

        page.context.on("request", note)
        page.on("dialog", lambda dialog: dialog.accept())  # "Leave the page?"
        page.goto(address)
        yield page, address, elsewhere


def cells_of(stem):
    """Yield each code cell's number, its tags, and its solution if it is an exercise."""
    cells = json.loads((NOTEBOOKS / f"{stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            tags = cell["metadata"].get("tags", [])
            below = "".join(cells[number + 1]["source"]) if "exercise" in tags else ""
            solution = re.search(r"```python\n(.*?)\n```", below, re.DOTALL)
            yield number, tags, solution and solution[1]


def failed(outputs):
    """Return whether a cell ended with an error that stops the cells after it."""
    return any(each["output_type"] == "error" for each in outputs)


def run_each(page, stem):
    """Run every cell, exercises with their solutions; returns the outputs by their number."""
    found = {}
    for number, tags, solution in cells_of(stem):
        outputs = found[number] = run_cell(page, number, solution)
        assert not failed(outputs), (number, text_of(outputs))
        assert ("Traceback" in text_of(outputs)) == ("raises-exception" in tags), number
        if solution:
            assert "✔" in text_of(outputs), (number, text_of(outputs))
    return {number: text_of(outputs) for number, outputs in found.items()}


@pytest.fixture(scope="module")
def outputs_of_00(reader):
    """What the cells of 00 say, by number; the page is saved, as tests after it need that."""
    page, _, _ = reader
    page.get_by_role("link", name="Open notebook 00").click()
    page.wait_for_function(READY)
    outputs = run_each(page, "00_start_here")
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    return outputs


def test_the_first_reply_and_all_of_00(reader, outputs_of_00, server, tmp_path):
    page, _, elsewhere = reader
    assert page.get_by_role("link", name="Install the course").is_visible()
    assert any(text.endswith("'hello Viktor!'") for text in outputs_of_00.values())
    assert compressed_megabytes(server[0].sent) < 14
    assert ".connect" in page.evaluate(COMPLETE, "chat.co")

    number, _, solution = next(each for each in cells_of("00_start_here") if each[2])
    wrong = re.sub(r"return .*", WRONG, solution)
    said = text_of(run_cell(page, number, f"{wrong}\nexercise_1.hint()"))
    assert "write f before the quotes" in said and "hint 1 of 3" in said, said
    assert "✔" in text_of(run_cell(page, number, solution))

    page.locator("object").scroll_into_view_if_needed()
    window = next(frame for frame in page.frames if "/window/" in frame.url)
    window.get_by_placeholder("Write to Hello bot as Viktor").fill("!goodbye")
    window.get_by_role("button", name="Send", exact=True).click()
    window.get_by_text("goodbye Viktor!").locator("visible=true").first.wait_for()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download my_course.zip").click()
    pack = download.value.path().read_bytes()
    unpack(pack, tmp_path)
    assert "goodbye" in (tmp_path / "workshop/my_bot/commands/goodbye.py").read_text()
    assert not (tmp_path / "02_on_your_phone.ipynb").exists()
    assert zipfile.is_zipfile(download.value.path())
    assert elsewhere == []


@pytest.mark.usefixtures("outputs_of_00")
def test_01_stands_on_what_00_left_behind_after_a_reload(reader):
    page, address, elsewhere = reader
    open_notebook(page, address, f"{OTHER}.ipynb")
    outputs = run_each(page, OTHER)
    assert "added to" not in next(iter(outputs.values()))  # main.py and hello are there
    assert not [each for each in outputs.values() if "left out" in each]
    assert any("changed by the roll: True" in each for each in outputs.values())
    kept = {each["name"] for each in page.evaluate(CONTENT, "progress")["content"]}
    kept.remove(TRIES_FILE)
    assert kept == {f"00_start_here-{n}" for n in (1, 2)} | {f"{OTHER}-{n}" for n in (1, 2, 3)}
    page.goto(f"{address}lab/index.html?path=02_on_your_phone.ipynb")
    needs = page.get_by_role("paragraph").filter(has_text="needs an installed course")
    needs.wait_for()
    on_a_chromebook = page.get_by_role("link", name="Codespaces or Binder")
    assert on_a_chromebook.get_attribute("href").startswith("../../docs/where_to_run.html#on-a-")
    assert elsewhere == []


@pytest.fixture(scope="module")
def page_with_another_python(reader, outputs_of_00):
    """The page at 00, opened again: its outputs are those of a Python that has gone."""
    page, address, _ = reader
    open_notebook(page, address, "00_start_here.ipynb")
    return page


def test_a_window_whose_python_has_gone_says_what_to_do(page_with_another_python):
    page = page_with_another_python
    page.locator("object").scroll_into_view_if_needed()
    page.wait_for_function(GONE)


def test_run_all_goes_past_an_error_on_purpose(page_with_another_python):
    page = page_with_another_python
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(FINISHED)
    cells = page.evaluate(MODEL)["cells"]
    assert not [cell["source"] for cell in cells if failed(cell.get("outputs", []))]
    other = next(number for number, tags, _ in cells_of("00_start_here") if not tags)
    assert failed(run_cell(page, other, "1 / 0"))


def test_on_a_dark_phone_the_notebook_has_room_and_runs_and_ends_a_loop(reader):
    page, address, _ = reader
    screen = {"width": 390, "height": 844}
    phone = page.context.browser.new_context(
        viewport=screen, color_scheme="dark", has_touch=True, is_mobile=True, device_scale_factor=2
    )
    phone.set_default_timeout(START_MS)
    page = phone.new_page()
    page.goto(address)
    page.get_by_role("link", name="Open notebook 00").tap()
    page.wait_for_url("**/notebooks/index.html?path=00_start_here.ipynb")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    page.wait_for_function(READY)
    assert page.evaluate(WIDTHS) == [390, 390]
    toolbar = page.locator(".jp-NotebookPanel-toolbar")
    banner = page.locator("#tab-banner").bounding_box()
    assert banner["y"] + banner["height"] <= page.locator("#main").bounding_box()["y"]
    run = page.locator(RUN)
    assert run.inner_text() == "Run"
    size = run.bounding_box()
    assert size["width"] >= 44 and size["height"] >= 44
    assert toolbar.bounding_box()["height"] >= size["height"]
    page.locator(".jp-CodeCell .cm-content").first.tap()
    run.tap()
    page.locator(".jp-InputPrompt", has_text="[1]:").first.wait_for()
    page.evaluate(SELECT, "while True: pass")
    run.tap()
    page.wait_for_function(BUSY)
    assert page.locator(INTERRUPT).count() == 0  # it would change nothing
    page.locator(RESTART).tap()
    page.locator(".jp-Dialog .jp-mod-accept").tap()
    page.locator(".jp-Dialog").wait_for(state="detached")
    page.wait_for_function(READY)
    page.evaluate(SELECT, "print(6 * 7)")
    run.tap()
    page.locator(".jp-OutputArea-output").get_by_text("42", exact=True).wait_for()
    page.locator(".jp-CodeCell .cm-content").nth(1).tap()
    page.get_by_role("menuitem", name="Run", exact=True).tap()
    above = page.get_by_role("menuitem", name="Run All Above Selected Cell")  # as the banner says
    assert above.bounding_box()["height"] >= 40
    above.tap()
    page.locator(".jp-InputPrompt", has_text="[2]:").first.wait_for()
    link = page.get_by_role("link", name="01 What a bot is made of")
    link.scroll_into_view_if_needed()
    with phone.expect_page() as other:
        link.tap()
    other.value.wait_for_url(f"**/notebooks/index.html?path={OTHER}.ipynb")
    other.value.locator(".jp-Notebook .jp-Cell").first.wait_for()
    phone.close()


def test_the_lock_has_the_pyodide_that_the_kernel_was_made_for():
    lock = json.loads((HOME / "docs/tab/runtime/package-lock.json").read_text("utf-8"))
    packages = lock["packages"]
    assert packages["node_modules/pyodide"]["version"] == PYODIDE_VERSION, (
        "in docs/tab/runtime, type: npm install pyodide@VERSION --package-lock-only "
        "--omit-lockfile-registry-resolved --ignore-scripts"
    )
    fetched = [each for name, each in packages.items() if name]
    assert all(each["integrity"].startswith("sha512-") for each in fetched)
    assert not any("resolved" in each for each in fetched)  # npm asks the registry it knows


def test_the_same_python_answers_in_node(site, tmp_path):
    script = tmp_path / "first_reply.mjs"
    script.write_text(IN_NODE)
    command = [find_node(), script, site / PREFIX]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.stdout.splitlines()[-4:] == [
        "hello Ada!",
        "Ada rolls a N",
        "Ada has N points",
        "the window saw it",
    ], done.stdout + done.stderr


def build(target, tmp_path):
    """Run the command for a target; npm can fetch nothing, so no build gets far."""
    offline = {"npm_config_offline": "true", "npm_config_cache": str(tmp_path / "no_packages")}
    command = [sys.executable, HOME / "docs/tab/build.py", target]
    done = subprocess.run(command, env=os.environ | offline, capture_output=True, text=True)
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize("name", ["thesis", "index.html", ".git"])
def test_a_folder_that_has_something_else_is_left_alone(tmp_path, name):
    target = tmp_path / "target"
    (target / name).mkdir(parents=True)
    said = build(target, tmp_path)
    assert f"{target} is there already, and this command did not build it" in said
    assert (target / name).is_dir()


def test_an_empty_folder_is_a_target(tmp_path):
    (tmp_path / "target").mkdir()
    assert "This failed: " in build(tmp_path / "target", tmp_path)


def test_a_build_that_fails_leaves_the_last_one_whole(site, tmp_path):
    shutil.copytree(site / PREFIX, tmp_path / "target")
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    assert "This failed: " in build(tmp_path / "target", tmp_path)
    assert [path for path in before if not (tmp_path / path).exists()] == []
