"""The house stands as drawn: arrows point one way, modules are small and say what they are for."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
MODULES = sorted((HOME / "botlib").rglob("*.py"))
MAX_LINES = 250
STANDARD_ONLY = ("bot", "function")
MACHINE_PATH = re.compile(r"(?<![\w.])/(home|root|Users|work)/\w")


def name_of(path):
    """botlib/twitch/irc.py → botlib.twitch.irc; a package goes by its own name."""
    parts = path.relative_to(HOME).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source, name=""):
    """Every module that a source imports, wherever in it; `name` resolves relative imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(name.split(".")[: -node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def is_in(module, package):
    return module == package or module.startswith(package + ".")


def wrong_arrows(name, imported):
    """The imports of one module that point to a floor it must not know."""
    inside = name.removeprefix("botlib.")
    standard = {module for module in imported if module.split(".")[0] in sys.stdlib_module_names}
    if inside in STANDARD_ONLY:
        return imported - standard
    floors = ["botlib.sandbox", "botlib.lessons"]
    if is_in(inside, "lessons"):
        floors = []
    elif is_in(inside, "sandbox"):
        floors = ["botlib.lessons"]
    if is_in(inside, "telegram") or is_in(inside, "twitch"):
        floors.append("botlib.twitch" if is_in(inside, "telegram") else "botlib.telegram")
    return {module for module in imported for floor in floors if is_in(module, floor)}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_arrows_point_one_way(path):
    name = name_of(path)
    own = name if path.stem != "__init__" else name + ".__init__"
    assert not wrong_arrows(name, imports(path.read_text(encoding="utf-8"), own))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("botlib.bot", "import aiohttp"),
        ("botlib.bot", "from botlib.function import Request"),
        ("botlib.function", "def f():\n    from botlib import sandbox"),
        ("botlib.telegram", "from botlib.sandbox import Cloud"),
        ("botlib.telegram", "from botlib import lessons"),
        ("botlib.telegram", "import botlib.twitch.irc"),
        ("botlib.twitch.irc", "from ..telegram import webhook"),
        ("botlib.sandbox.cloud.pool", "from botlib.lessons.charts import meters"),
        ("botlib.store", "import botlib.sandbox.server"),
    ],
)
def test_a_wrong_arrow_is_seen(name, source):
    assert wrong_arrows(name, imports(source, name))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("botlib.bot", "import asyncio\nfrom collections.abc import Callable"),
        ("botlib.telegram", "import telegram\nfrom botlib.bot import Bot"),
        ("botlib.sandbox.telegram", "from botlib.sandbox.server import LocalServer"),
        ("botlib.lessons.charts", "from botlib.sandbox.cloud import Cloud"),
    ],
)
def test_a_right_arrow_is_left_alone(name, source):
    assert not wrong_arrows(name, imports(source, name))


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("botlib", ["telegram", "twitchio", "aiohttp", "botlib.sandbox"]),
        ("botlib.function", ["telegram", "twitchio", "aiohttp", "botlib.sandbox"]),
        ("botlib.telegram", ["twitchio", "aiohttp", "botlib.sandbox", "botlib.lessons"]),
        ("botlib.sandbox", ["telegram", "twitchio", "aiohttp", "botlib.lessons"]),
    ],
)
def test_a_module_loads_no_more_than_it_needs(module, unwanted):
    code = f"import json, sys, {module}; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True, check=True
    )
    assert not set(unwanted) & set(json.loads(done.stdout))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_is_small_and_documented(path):
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MAX_LINES
    tree = ast.parse(source)
    undocumented = [
        getattr(node, "name", "the module")
        for node in [tree, *public_nodes(tree)]
        if not ast.get_docstring(node)
    ]
    assert undocumented == []


def public_nodes(tree):
    """Public functions and classes of a module, and their public methods."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in tree.body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_nodes(node)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_listens_to_the_whole_network(path):
    assert not re.search(r"0\.0\.0\.0|INADDR_ANY", path.read_text(encoding="utf-8"))


def texts_of_the_course():
    """Every text file that a reader may open, without what tools and learners write."""
    for pattern in ("*.*", ".ci/*", ".github/**/*.yml", "botlib/**/*.*", "benchmarks/**/*.*"):
        for path in HOME.glob(pattern):
            if path.is_file() and path.suffix not in (".pyc", ".lock", ".png"):
                yield path


def test_no_file_names_a_folder_of_one_machine():
    found = {
        str(path.relative_to(HOME)): match[0]
        for path in texts_of_the_course()
        if (match := MACHINE_PATH.search(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert not found
