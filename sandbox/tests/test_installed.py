"""The sandbox without the course: pip install PATH in a fresh Python, and a bot's test there."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
GIVEN = ("pyproject.toml", "README.md", "LICENSE", ".gitignore", "botlib", "sandbox")
# Whoever runs this from another folder may point every Python at the sources; a fresh one is not.
FRESH = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
TOKEN = re.compile(r"\d{10}:AA[\w-]{33}")


def files_in(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def run(*words, folder):
    done = subprocess.run(words, cwd=folder, env=FRESH, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """What a fresh clone has of what is installed."""
    folder = tmp_path_factory.mktemp("clone")
    for name in GIVEN:
        if (HOME / name).is_dir():
            left_out = shutil.ignore_patterns("__pycache__")
            shutil.copytree(HOME / name, folder / name, ignore=left_out)
        else:
            shutil.copy(HOME / name, folder)
    return folder


@pytest.fixture(scope="module")
def python(source, tmp_path_factory):
    """A fresh Python with the package, and for the rest with the packages of this one."""
    folder = tmp_path_factory.mktemp("fresh")
    run(sys.executable, "-m", "venv", str(folder), folder=folder)
    names = {"base": str(folder), "platbase": str(folder)}
    scripts, site = (
        Path(sysconfig.get_path(what, "venv", names)) for what in ("scripts", "purelib")
    )
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    python = scripts / Path(sys.executable).name
    # Its dependencies and the builder are those of this Python: nothing is downloaded.
    alone = ("--no-deps", "--no-build-isolation", "--no-index")
    run(str(python), "-m", "pip", "install", *alone, str(source), folder=folder)
    return python


def test_an_installation_brings_all_and_leaves_nothing_behind(source, python, tmp_path):
    here = "import botlib, pathlib; print(pathlib.Path(botlib.__file__).parents[1])"
    installed = Path(run(str(python), "-c", here, folder=tmp_path).strip())
    assert installed != HOME
    for name in ("botlib", "sandbox"):
        given = {file for file in files_in(installed / name) if "__pycache__" not in file}
        assert given == files_in(source / name)
    assert {"cloud/prices.toml", "cloud/worker.mjs"} <= files_in(installed / "sandbox")
    assert {path.name for path in source.iterdir()} == set(GIVEN)


def test_the_plugin_costs_nothing_until_it_is_used(python, tmp_path):
    loaded = "import bot_sandbox.pytest_plugin, sys; print(*sys.modules)"
    modules = run(str(python), "-c", loaded, folder=tmp_path).split()
    assert {name for name in modules if name.startswith(("sandbox", "aiohttp", "botlib"))} == {
        "sandbox",
        "bot_sandbox.pytest_plugin",
    }


def test_the_ten_lines_in_the_readme_test_a_bot(python, tmp_path):
    readme = (HOME / "sandbox" / "README.md").read_text(encoding="utf-8")
    bot, test = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[:2]
    (tmp_path / "bot.py").write_text(bot, encoding="utf-8")
    (tmp_path / "test_bot.py").write_text(test, encoding="utf-8")
    assert "1 passed" in run(str(python), "-m", "pytest", "-q", folder=tmp_path)
    # It can fail, too; and then the bot's own words stand in the report.
    (tmp_path / "bot.py").write_text("print('no bot yet')\n", encoding="utf-8")
    (tmp_path / "test_bot.py").write_text(test.replace("30", "0.1"), encoding="utf-8")
    words = [str(python), "-m", "pytest", "-q"]
    failed = subprocess.run(
        words, cwd=tmp_path, env=FRESH, capture_output=True, text=True, timeout=120
    )
    assert failed.returncode == 1
    assert "nobody calls getUpdates" in failed.stdout
    assert "no bot yet" in failed.stdout
    assert not TOKEN.search(failed.stdout)
