"""Build the first notebooks for a browser's tab: python3 start.py tab [TARGET]

TARGET is a folder of plain files for any web server; build/book/tab if you name none. There,
JupyterLite runs notebooks 00 and 01 in the browser, with Pyodide as their Python. All that it needs
is in the folder, so nothing is asked from anywhere else. Building needs npm. A complete build
replaces an earlier one in TARGET. If TARGET has files of anything else, nothing is changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyterlite_pyodide_kernel.constants import PYODIDE_KERNEL_NPM_NAME

from bot_sandbox.cloud.deployment import find_node
from deploy.own_folder import check_own_folder
from lessons.progress.contents import CORE, DEEPER
from lessons.workshop import ORIGINALS, cells_digest

COURSE = Path(__file__).resolve().parents[2]
TAB = Path(__file__).parent
FIRST = ("00_start_here.ipynb", "01_what_a_bot_is_made_of.ipynb")
WHEELS = TAB / "wheels.lock"  # what Python needs in the browser, beside Pyodide and the kernel
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
KERNEL = ("piplite", "pyodide_kernel", "ipykernel")  # wheels that come with JupyterLite's kernel
PYTHON = "3.14"  # Pyodide's
COURSE_WHEEL = "static/pyodide/such_different_chatbots-0-py3-none-any.whl"
NO_JEDI = "jedi-0-py3-none-any.whl"  # empty; the real one has 4.9 MB, and only completes names
EDITION = 3  # of the copies in a learner's folder
LINK = re.compile(r"\]\(([\w/]+\.ipynb)\)")
ELSEWHERE = """\
# {title}

This notebook needs more than a browser tab has: several programs at once, and a network. So it \
needs an installed course, or a machine that has one. The links at the top of this page say how to \
get there: install it on a computer, or use Codespaces or Binder on a Chromebook or a tablet. A \
phone is too small for those.

Your bot comes along. Save your pages, run the cell under *How do you keep your work?* in notebook \
00, and download your pack there. In the other place, upload it and type \
`python3 start.py unpack my_course.zip`.
"""
LEFT_OUT = ("botlib/twitch", "lessons/charts", "lessons/pythonanywhere", "bot_sandbox/twitch")
FOR_A_TAB = {  # sentences of notebook 00 that are different here
    "press **Shift+Enter**.": "press **Shift+Enter**. On a phone, tap into it, then tap **Run** at "
    "the top.",
    "Press **Ctrl+S** before you close it, or **Cmd+S** on a Mac.": "Press the disk at the top "
    "before you close it.",
    "press the black square at the top, **Interrupt**. If that changes nothing, restart the "
    "kernel.": "press **↻** at the top, then **Restart**. Nothing else stops Python in a browser "
    "tab.",
}
TOOLBAR = "@jupyterlab/notebook-extension:panel"
DRIVE = "/drive"  # where the kernel finds the files of the browser's storage


def build(target: Path) -> None:
    """Write the site into a folder, in place of an earlier one; end if it has anything else."""
    check_own_folder(target, COURSE_WHEEL)
    with tempfile.TemporaryDirectory() as place:
        stage = Path(place)
        site, python = stage / "_output", stage / "static/pyodide"
        python.mkdir(parents=True)
        copy_runtime(python, stage)
        download_wheels(python)
        copy_notebooks(stage / "files")
        write_course(stage / COURSE_WHEEL, stage / "files")
        with zipfile.ZipFile(python / NO_JEDI, "w") as empty:
            write_wheel_info(empty, NO_JEDI)
        packages = write_lock(python)
        write_settings(stage, packages)
        lite = [sys.executable, "-P", "-m", "jupyterlite_core", "build"]
        run(*lite, "--output-dir", site, folder=stage)
        for name in ("index.html", "tab.css"):
            shutil.copy(TAB / name, site)
        add_to_page(site / "lab/index.html", "head", "to_phone.html")
        (site / "tree").mkdir()
        shutil.copy(TAB / "tree.html", site / "tree/index.html")
        for app in ("lab", "notebooks"):
            add_to_page(site / app / "index.html", "body", "banner.html")
        shutil.copytree(COURSE / "sandbox/bot_sandbox/window/page", site / "window")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(site, target, dirs_exist_ok=True)


def add_to_page(page: Path, element: str, name: str) -> None:
    """Add a file of this folder to the end of an element of JupyterLite's page."""
    text, end = page.read_text(encoding="utf-8"), f"</{element}>"
    addition = (TAB / name).read_text(encoding="utf-8")
    page.write_text(text.replace(end, f"{addition}{end}"), encoding="utf-8")


def run(*words: str | Path, folder: Path | None = None) -> None:
    """Run a program; stop with what it said if it fails."""
    done = subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(
            f"{done.stdout.decode(errors='replace')}\nThis failed: {' '.join(map(str, words))}"
        )


def npm() -> list[str | Path]:
    """Return npm's command: the machine's own, or the one beside Node.js in .venv."""
    if found := shutil.which("npm"):
        return [found]
    node = Path(find_node())
    return [node, node.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"]


def copy_runtime(python: Path, stage: Path) -> None:
    """Fetch Pyodide in the version that the kernel was made for, with the hash in its lock."""
    place = stage / "npm"
    shutil.copytree(TAB / "runtime", place)
    run(*npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts", folder=place)
    for name in RUNTIME:
        shutil.copy(place / "node_modules/pyodide" / name, python)
    shutil.copy(place / "node_modules/pyodide/pyodide-lock.json", stage / "pyodide-lock.json")


def download_wheels(python: Path) -> None:
    """Fetch the packages of the browser's Python."""
    pip = [sys.executable, "-P", "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"]
    only = ["--only-binary=:all:", "--python-version", PYTHON]
    only += ["--platform", "any", "--implementation", "py", "--abi", "none"]  # plain Python
    run(*pip, *only, "-d", python, "-r", WHEELS)
    extension = Path(sys.prefix, "share/jupyter/labextensions", PYODIDE_KERNEL_NPM_NAME)
    for wheel in (extension / "static/pypi").glob("*.whl"):
        if wheel.name.startswith(KERNEL):
            shutil.copy(wheel, python)


def write_course(wheel: Path, copies: Path) -> None:
    """Write a wheel with the course's own packages, and with all notebooks, without outputs.

    It also has the record of what the learner's copies are when they are new.
    """
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in course_files():
            archive.writestr(name, path.read_bytes())
        for path in (COURSE / "notebooks").rglob("[!.]*.ipynb"):
            archive.writestr(path.relative_to(COURSE).as_posix(), notebook_text(path))
        made_from = {
            path.relative_to(copies).as_posix(): cells_digest(path.read_bytes())
            for path in sorted(copies.rglob("*.ipynb"))
        }
        record = json.dumps({"edition": EDITION, "copies": made_from})
        archive.writestr(f"notebooks/{ORIGINALS}", record)
        write_wheel_info(archive, wheel.name)


def write_wheel_info(archive: zipfile.ZipFile, wheel: str) -> None:
    """Write what makes an archive a wheel of that name."""
    name, version, *_ = wheel.split("-")
    info = f"{name}-{version}.dist-info"
    archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    about = f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n"
    archive.writestr(f"{info}/METADATA", about)


def course_files() -> Iterator[tuple[str, Path]]:
    """Yield each file of the course's packages that a tab needs, with its name in the wheel."""
    for folder in ("botlib", "lessons", "sandbox/bot_sandbox"):
        for path in sorted((COURSE / folder).rglob("*")):
            name = path.relative_to(COURSE).as_posix().removeprefix("sandbox/")
            is_code = path.is_file() and path.suffix != ".pyc"
            if is_code and not name.startswith(LEFT_OUT):
                yield name, path
    # What lessons/ imports of deploy/ in a tab.
    for name in ("__init__", "own_packages", "secret_scan", "whole_file"):
        yield f"deploy/{name}.py", COURSE / f"deploy/{name}.py"


def notebook_text(path: Path) -> str:
    """Return a notebook without what its cells have printed."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(notebook, ensure_ascii=False)


def write_lock(python: Path) -> list[str]:
    """List the wheels in Pyodide's own format; return their names."""
    of_pyodide = json.loads((python.parents[1] / "pyodide-lock.json").read_text(encoding="utf-8"))
    packages: dict[str, dict[str, Any]] = {}
    for wheel in sorted(python.glob("*.whl")):
        project, version, *_ = wheel.name.split("-")
        name = project.replace("_", "-").lower()
        packages[name] = {
            "name": name,
            "version": version,
            "file_name": wheel.name,
            "install_dir": "site",
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "package_type": "package",
            "imports": [],
            "depends": [],  # all are loaded
            "unvendored_tests": False,
        }
    lock = {"info": of_pyodide["info"], "packages": packages}
    (python / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return list(packages)


def copy_notebooks(folder: Path) -> None:
    """Copy the notebooks that run in a tab, with their pictures; others say what they need."""
    (folder / "pictures").mkdir(parents=True)
    (folder / "deeper").mkdir()
    for name in FIRST:
        text = notebook_text(COURSE / "notebooks" / name)
        if name == FIRST[0]:
            text = sentences_for_a_tab(text)
        (folder / name).write_text(text, encoding="utf-8")
        for other in LINK.findall(text):
            if other not in FIRST:
                (folder / other).write_text(needs_more(other), encoding="utf-8")
    for path in (COURSE / "notebooks/pictures").glob("*.svg"):
        # JupyterLite shows no picture whose file has other signs than ASCII's.
        picture = path.read_text(encoding="utf-8").encode("ascii", "xmlcharrefreplace")
        (folder / "pictures" / path.name).write_bytes(picture)


def sentences_for_a_tab(text: str) -> str:
    """Return notebook 00 with the sentences that are different in a tab; ends if one has gone."""
    for sentence, other in FOR_A_TAB.items():
        if sentence not in text:
            sys.exit(f"notebook 00 no longer says what a tab replaces: {sentence}")
        text = text.replace(sentence, other)
    return text


def needs_more(name: str) -> str:
    """Return a notebook of one cell, instead of one that cannot run in a tab."""
    rooms = {stem: title for behind in DEEPER.values() for stem, title in behind.items()}
    stem = Path(name).stem
    title = f"{stem[:2]} {CORE[stem]}" if stem in CORE else rooms[stem]
    cell = {"cell_type": "markdown", "id": "needs", "metadata": {}}
    cell["source"] = ELSEWHERE.format(title=title)
    kernel = {"name": "python", "display_name": "Python", "language": "python"}  # or it asks
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}}
    return json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5})


def write_settings(stage: Path, packages: list[str]) -> None:
    """Write the settings of JupyterLite, of its kernel and of JupyterLab."""
    kernel = {
        "pyodideUrl": "./static/pyodide/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "packages": packages,
            "env": {"HOME": "/home/pyodide", "COURSE_FOLDER": DRIVE, "BOTS_FOLDER": DRIVE},
        },
    }
    page = {
        "appName": "Such Different Chatbots",
        "litePluginSettings": {f"{PYODIDE_KERNEL_NPM_NAME}:kernel": kernel},
    }
    build = {
        "apps": ["lab", "notebooks"],  # the second has one notebook, for a phone
        "contents": ["files"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [
            str(Path(sys.prefix, "share/jupyter/labextensions", PYODIDE_KERNEL_NPM_NAME))
        ],
    }
    themes = {"@jupyterlab/apputils-extension:themes": {"adaptive-theme": True}}  # dark at night
    useless = {"name": "interrupt", "disabled": True}  # nothing but a restart stops Pyodide
    for_fingers = [useless, {"name": "run", "label": "Run"}]
    too_wide = ("insert", "cut", "copy", "paste", "cellType", "kernelName")
    for_fingers += [{"name": name, "disabled": True} for name in too_wide]
    trusted = {"disabledExtensions": ["@jupyter-notebook/notebook-extension:trusted"]}
    files = {
        "overrides.json": themes | {TOOLBAR: {"toolbar": [useless]}},
        "notebooks/overrides.json": {TOOLBAR: {"toolbar": for_fingers}},
        "jupyter-lite.json": {"jupyter-lite-schema-version": 0, "jupyter-config-data": page},
        "notebooks/jupyter-lite.json": {"jupyter-config-data": trusted},
        "jupyter_lite_config.json": {"LiteBuildConfig": build},
    }
    (stage / "notebooks").mkdir()
    for name, content in files.items():
        (stage / name).write_text(json.dumps(content), encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Run the command."""
    about, _, more = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(prog="start.py tab", description=about, epilog=more)
    parser.add_argument("target", nargs="?", default=COURSE / "build/book/tab", type=Path)
    target = parser.parse_args(arguments).target
    build(target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target}: {size / 1e6:.0f} MB. Any web server can serve it, such as:")
    print(f'python3 -m http.server --bind 127.0.0.1 --directory "{target}"')


if __name__ == "__main__":
    main(sys.argv[1:])
