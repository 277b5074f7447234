"""JupyterLab started without start.py, in an environment that pip or conda made for the course."""

import asyncio
import json
import os
import re
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree, rmtree
from urllib.error import HTTPError
from zipfile import ZipFile

import jupyter_process
import jupyterlab_browser as lab
import pytest
from course_files import copy_compiled, copy_course
from jupyter_elsewhere import listens
from jupyter_process import run_cell
from redis_server import free_port
from waiting import wait_until

pytestmark = pytest.mark.slow("commands from start to end")

FIRST = "00_start_here.ipynb"
TOKEN = "only-a-test"
EDIT = "--ServerApp.jpserver_extensions=lessons.own_copies=False"  # CONTRIBUTING.md
SHARED = "import os; print(os.environ.get('BOTS_FOLDER'))"
PROGRESS = """import os
from lessons.progress.course_map import progress_folder
print(progress_folder(), os.environ.get('BOTS_FOLDER'))"""
OPTIONS = ("--no-browser", "--allow-root", "--LabApp.expose_app_in_browser=True")
# What this run or its machine has set for other starts.
LEFT_OUT = ("BOTS_FOLDER", "COURSE_FOLDER", "COURSE_PYTHON", "JUPYTER_PATH", "PYTHONPATH")
GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@example.org")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """An environment with the packages, and a copy of the course by `pip install -e`."""
    folder = tmp_path_factory.mktemp("by_hand")
    venv.create(folder / "env", symlinks=os.name != "nt", with_pip=not find_spec("pip"))
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder / "env")}))
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"))
    for name in ("etc/jupyter", "share/jupyter"):
        copytree(Path(sys.prefix, name), folder / "env" / name)
    for own in (folder / "env/etc/jupyter/jupyter_server_config.d").glob("such-different-*"):
        own.unlink()  # which start.py has put there
    course = copy_course(folder / "course")
    copy_compiled(course)
    (site / "sandbox.pth").write_text(str(course / "sandbox"))
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [python_of(folder), "-m", "pip", "install", *options, "-e", "."], cwd=course, check=True
    )
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "The course"]):
        subprocess.run([*GIT, *words], cwd=course, check=True)
    return folder


def python_of(folder):
    return folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@contextmanager
def jupyterlab(installed, where, *arguments):
    """Start JupyterLab in a folder as people type it; gives the address that it prints."""
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    config = installed / "config"  # nobody's own settings
    config.mkdir(exist_ok=True)
    port = free_port()
    with subprocess.Popen(
        [python_of(installed), "-P", "-m", "jupyterlab", f"--port={port}", *OPTIONS, *arguments],
        cwd=installed / where,
        env=kept | {"JUPYTER_TOKEN": TOKEN, "JUPYTER_CONFIG_DIR": str(config)},
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            said = ""
            for line in server.stderr:
                said += line
                if found := re.search(r"(http://127\S+)\?token", line):
                    wait_until(lambda: listens(port))
                    yield found[1]
                    break
            else:
                raise RuntimeError(said)
        finally:
            jupyter_process.end(server)
            server.stderr.close()


def call(address, method, path, content=None):
    """Call Jupyter's REST interface; returns the status and what it says."""
    server = re.match("http://[^/]+/", address)[0]
    request = urllib.request.Request(
        f"{server}api/{path}",
        method=method,
        data=json.dumps(content).encode() if content else None,
        headers={"Authorization": f"token {TOKEN}"},
    )
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except HTTPError as refused:
        return refused.code, json.load(refused)


def solve(address, path):
    """Save a notebook with a solved exercise, as JupyterLab does."""
    _, model = call(address, "GET", f"contents/{path}")
    (cell,) = [each for each in model["content"]["cells"] if "your three lines" in each["source"]]
    cell["source"] = cell["source"].replace("...", '@bot.command("goodbye")')
    return call(address, "PUT", f"contents/{path}", model)


def what_git_sees(installed):
    return subprocess.check_output(
        ["git", "status", "--porcelain"], cwd=installed / "course", text=True
    )


@pytest.mark.parametrize(
    ("where", "arguments", "page"),
    [
        ("course", [], FIRST),
        ("course/notebooks", [], FIRST),
        (".", ["course/notebooks/deeper/two_writers.ipynb"], "deeper/two_writers.ipynb"),
        (".", ["course"], FIRST),
    ],
    ids=["in the course", "in notebooks", "a notebook by its path", "the course by its path"],
)
def test_the_learner_has_copies_and_no_save_replaces_an_original(installed, where, arguments, page):
    course = installed / "course"
    with jupyterlab(installed, where, *arguments) as address:
        assert address.endswith(f"/lab/tree/my_course/{page}")
        _, kernels = call(address, "GET", "kernelspecs")
        # As start.py's: a file beside a notebook replaces none of Python's.
        assert kernels["kernelspecs"]["python3"]["spec"]["argv"][1] == "-P"
        if where == "course":  # every kernel has its server's environment
            server = re.match("http://[^/]+", address)[0]
            said = asyncio.run(run_cell(server, TOKEN, PROGRESS))
            assert said == f"{course / 'my_course/progress'} {course}\n"
        assert solve(address, f"my_course/{FIRST}")[0] == 200
        assert "goodbye" in (course / "my_course" / FIRST).read_text(encoding="utf-8")
        status, said = solve(address, f"notebooks/{FIRST}")
        assert status == 403 and f"Your own copy is my_course/{FIRST}:" in said["message"]
    assert what_git_sees(installed) == ""


def test_no_save_replaces_an_original_where_the_course_is_one_of_many_folders(installed):
    rmtree(installed / "course/my_course", ignore_errors=True)
    with jupyterlab(installed, ".") as address:
        status, said = solve(address, f"course/notebooks/{FIRST}")
        assert status == 403
        assert f"Your own copy is {Path('course/my_course', FIRST)}:" in said["message"]
        assert (installed / "course/my_course" / FIRST).is_file()
        server = re.match("http://[^/]+", address)[0]
        # The course's .env counts only in the course.
        assert asyncio.run(run_cell(server, TOKEN, SHARED)) == "None\n"
    assert what_git_sees(installed) == ""


def test_an_editor_of_the_originals_switches_that_off(installed):
    with jupyterlab(installed, "course", EDIT) as address:
        assert address.endswith("/lab")
        assert solve(address, f"notebooks/{FIRST}")[0] == 200
    assert what_git_sees(installed) == f" M notebooks/{FIRST}\n"
    subprocess.run(["git", "checkout", "-q", "."], cwd=installed / "course", check=True)


def test_an_ordinary_wheel_enables_nothing_in_jupyter(installed, tmp_path):
    """It has no lessons, so Jupyter would warn at each start."""
    build = [python_of(installed), "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    subprocess.run(build, cwd=installed / "course", check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = ZipFile(wheel).namelist()
    assert "botlib/bot.py" in names
    assert not [name for name in names if "jupyter" in name]


EDIT_AND_SAVE = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.model.cells.get(0).sharedModel.setSource('# mine');
    window.jupyterapp.commands.execute('docmanager:save');
}"""


def test_jupyterlab_says_where_the_learners_copy_is(installed):
    with jupyterlab(installed, "course") as address, lab.browser_page() as page:
        original = address.replace("my_course", "notebooks")
        page.goto(f"{original}?token={TOKEN}")
        page.wait_for_function(lab.READY, timeout=lab.START_S * 1000)
        page.evaluate(EDIT_AND_SAVE)
        page.locator(".jp-Dialog").get_by_text(f"Your own copy is my_course/{FIRST}").wait_for()
    assert what_git_sees(installed) == ""
