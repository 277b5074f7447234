"""The places where nothing is installed: the files for them say what the course itself says."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from urllib.request import urlopen

import jupyter_process
import jupyterlab_browser as lab
import pytest
import yaml
from course_files import copy_course
from jupyter_elsewhere import chat_in, listens, live_window
from packaging.requirements import Requirement
from redis_server import free_port
from waiting import wait_until

ROOT = Path(__file__).parents[2]
BINDER = ROOT / ".binder"
DEVCONTAINER = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs/where_to_run.md").read_text(encoding="utf-8")
PREFIX = "/user/anna-course-1x2y/"  # as Binder makes them
NEEDED = ("start.py", "notebooks", "lessons", "sandbox/bot_sandbox", "botlib", "deploy")
LINUX = {"sys_platform": "linux", "platform_machine": "x86_64", "python_version": "3.14"}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX: Binder and the image are Linux")


def listed(path):
    """The packages that an environment.yml takes from pip: {name: range}."""
    environment = yaml.safe_load(path.read_text(encoding="utf-8"))
    (pip,) = [one["pip"] for one in environment["dependencies"] if isinstance(one, dict)]
    return as_ranges(pip)


def as_ranges(lines):
    wanted = [Requirement(line) for line in lines]
    there = [one for one in wanted if not one.marker or one.marker.evaluate(LINUX)]
    return {one.name: str(one.specifier) for one in there}


# --- Binder -----------------------------------------------------------------------------------


def test_binder_has_the_courses_packages_and_no_tools_for_tests():
    course, sandbox = (
        tomllib.loads((ROOT / name).read_text(encoding="utf-8"))
        for name in ("pyproject.toml", "sandbox/pyproject.toml")
    )
    wanted = [
        *course["project"]["dependencies"],
        *course["project"]["optional-dependencies"]["course"],
        *sandbox["project"]["optional-dependencies"]["all"],
        *(one for one in course["dependency-groups"]["server"] if "proxy" in one),
    ]
    pins = {}
    for lock in ("requirements.lock", "requirements-server.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        pins |= dict(re.findall(r"^([\w.-]+)(==[\w.]+)", text, re.MULTILINE))
    assert listed(BINDER / "environment.yml") == {name: pins[name] for name in as_ranges(wanted)}


def test_binder_has_the_python_of_conda():
    pythons = {
        re.search(r"- python=(\S+)", path.read_text(encoding="utf-8"))[1]
        for path in (ROOT / "environment.yml", BINDER / "environment.yml")
    }
    assert len(pythons) == 1


@pytest.fixture
def clone(tmp_path):
    """The course as Binder clones it, with what is not committed yet."""
    return copy_course(tmp_path / "course")


CONTEXT = """
import sys
from docker.utils.build import exclude_paths
lines = open(".binder/.dockerignore").read().splitlines()
print("\\n".join(exclude_paths(".", [line for line in lines if line and line[0] != "#"])))
"""


@POSIX
def test_binders_own_builder_takes_these_files(clone):
    builder = shutil.which("repo2docker")
    if not builder:
        pytest.skip("REPO2DOCKER IS NOT INSTALLED")
    done = subprocess.run(
        [builder, "--no-build", "--debug", "."], cwd=clone, capture_output=True, text=True
    )
    recipe = done.stdout + done.stderr
    assert done.returncode == 0, recipe
    assert "conda/environment.py-3.14" in recipe.replace("-2f", "/").replace("-2d", "-").replace(
        "-2e", "."
    )
    assert '--file ".binder/environment.yml"' in recipe
    assert "RUN ./.binder/postBuild" in recipe
    python = shlex.split(Path(builder).read_text(encoding="utf-8").splitlines()[0][2:])
    files = subprocess.run(
        [*python, "-c", CONTEXT], cwd=clone, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name in NEEDED:
        assert name in files
    assert not [name for name in files if name.startswith(("tests/", "benchmarks/"))]


@POSIX
@pytest.mark.slow("a notebook in a browser")
def test_binders_server_runs_notebook_00(clone, tmp_path):
    """postBuild in a Python that has the packages, then Jupyter as Binder starts it."""
    venv.create(tmp_path / "python", symlinks=True)
    prefix = tmp_path / "python"
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(prefix)}))
    own = sysconfig.get_path("purelib")
    (site / "packages.pth").write_text(f"{own}\n")
    shutil.copytree(Path(sys.prefix, "etc/jupyter"), prefix / "etc/jupyter")
    shutil.copytree(Path(sys.prefix, "share/jupyter"), prefix / "share/jupyter")
    environment = {
        "PATH": f"{prefix / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(clone),  # as on Binder
        "LANG": "C.UTF-8",
        "BOT_WORLD": "sandbox",
    }
    done = subprocess.run(
        ["./.binder/postBuild"], cwd=clone, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    port = free_port()
    options = [
        *("--ip=127.0.0.1", f"--port={port}", "--no-browser", "--allow-root"),
        *(f"--ServerApp.base_url={PREFIX}", "--ServerApp.trust_xheaders=True"),
        *("--IdentityProvider.token=of-this-test", "--LabApp.expose_app_in_browser=True"),
    ]
    with (
        subprocess.Popen(
            ["python", "-m", "jupyterlab", *options],
            cwd=clone,
            env=environment | {"JUPYTERHUB_SERVICE_PREFIX": PREFIX},
            stderr=subprocess.PIPE,
            text=True,
        ) as server,
        lab.browser_page() as page,
    ):
        try:
            line = next(line for line in server.stderr if "/lab/tree/" in line)
            assert f"{PREFIX}lab/tree/my_course/{lab.FIRST}" in line
            wait_until(lambda: listens(port))
            address = f"http://127.0.0.1:{port}{PREFIX}lab/tree/my_course/{lab.FIRST}"
            notebook = lab.run_notebook(page, f"{address}?token=of-this-test", lab.FIRST)
            assert lab.unexpected_errors(notebook) == []
            page.locator("object").first.scroll_into_view_if_needed()  # until then it isn't drawn
            window = live_window(page)
            assert f"{PREFIX}proxy/" in window.url
            chat_in(window, "!hello", "hello Viktor!")
        finally:
            jupyter_process.end(server)
            server.stderr.close()
    assert (clone / "my_course/workshop/my_bot/main.py").is_file()


# --- Codespaces -------------------------------------------------------------------------------


def test_the_codespace_installs_first_and_then_serves_one_port():
    assert DEVCONTAINER["image"].startswith("mcr.microsoft.com/devcontainers/python:3.")
    assert DEVCONTAINER["updateContentCommand"] == "python3 start.py install --server"
    (port,) = DEVCONTAINER["forwardPorts"]
    assert str(port) in DEVCONTAINER["portsAttributes"]
    serve = DEVCONTAINER["postAttachCommand"]
    address = "--ServerApp.use_redirect_file=False"  # the browser is elsewhere and reads no file
    assert serve == f"BOT_SANDBOX_PROXY=/proxy python3 start.py --port {port} {address}"
    assert DEVCONTAINER["portsAttributes"][str(port)]["onAutoForward"] == "silent"
    assert f"```sh\n{serve}\n```" in PAGE
    known = {
        *("name", "image", "hostRequirements", "updateContentCommand", "postAttachCommand"),
        *("forwardPorts", "portsAttributes", "otherPortsAttributes"),
    }
    assert set(DEVCONTAINER) == known  # all of them are in the schema of containers.dev


@POSIX
@pytest.mark.slow("a Jupyter server")
def test_the_codespace_opens_jupyterlab_once_and_with_its_token(clone, tmp_path):
    """In a codespace, $BROWSER is a program that opens an address in the learner's own browser."""
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$@" >> {opened}\n')
    browser.chmod(0o755)
    words = shlex.split(DEVCONTAINER["postAttachCommand"].partition("start.py ")[2])
    words[words.index("--port") + 1] = str(free_port())
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "lessons.commands.lab", *words],
        cwd=clone,
        env=os.environ | {"BROWSER": str(browser), "PYTHONPATH": f"{clone}:{clone / 'sandbox'}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = next(line for line in server.stdout if "The course is open at " in line)
        address = said.split()[-1]
        wait_until(lambda: opened.exists() and opened.read_text().endswith("\n"))
        (asked,) = opened.read_text().split()
        assert asked == address
        with urlopen(asked) as page:
            assert page.status == 200 and "/login" not in page.url
    finally:
        jupyter_process.end(server)
        server.stdout.close()


# --- VS Code ----------------------------------------------------------------------------------

# The policy of an output in a notebook of VS Code: backLayerWebView.ts in its source.
POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
POLICY += "img-src https: http: data:; font-src https:; connect-src https:; child-src https: data:;"


@pytest.mark.slow("a browser")
def test_where_vs_code_forbids_a_window_the_chat_and_a_link_are_there():
    path = ROOT / "notebooks" / lab.FIRST
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    shown = [
        "".join(output["data"]["text/html"])
        for cell in cells
        for output in cell.get("outputs", [])
        if "<object" in str(output.get("data", {}).get("text/html"))
    ]
    assert shown
    with lab.browser_page() as page:
        head = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        page.set_content(f"<html><head>{head}</head><body>{shown[0]}</body></html>")
        page.get_by_text("hello Viktor!").first.wait_for()
        assert len(page.frames) == 1
