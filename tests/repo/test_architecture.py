"""The house stands as drawn: arrows point one way, and no two modules need each other."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
ROOMS = {  # a package of the house: its folder
    "botlib": HOME / "botlib",
    "bot_sandbox": HOME / "sandbox/bot_sandbox",
    "lessons": HOME / "lessons",
    "deploy": HOME / "deploy",
}
MAY_IMPORT = {  # a room: the other rooms that it knows
    "botlib": (),
    "bot_sandbox": ("botlib",),
    "lessons": ("bot_sandbox", "botlib"),
    "deploy": ("botlib",),
}
STANDARD_ONLY = ("botlib.bot", "botlib.function")
MACHINE_PATH = re.compile(r"(?<![\w.])/(home|root|Users|work)/\w")


def name_of(path):
    """botlib/twitch/irc.py → botlib.twitch.irc; a package goes by its own name."""
    folder = next(folder for folder in ROOMS.values() if path.is_relative_to(folder))
    parts = path.relative_to(folder.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    name_of(path): path for folder in ROOMS.values() for path in sorted(folder.rglob("*.py"))
}


def imports(source, name="", is_package=False):
    """Every module that a source imports, wherever in it; `name` resolves relative imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = name.split(".")
            above = ".".join(parts[: len(parts) + is_package - node.level]) if node.level else ""
            module = ".".join(part for part in (above, node.module) if part)
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def is_in(module, package):
    return module == package or module.startswith(package + ".")


def wrong_arrows(name, imported):
    """The imports of one module that point to a room it must not know."""
    if name in STANDARD_ONLY:
        return {
            module for module in imported if module.split(".")[0] not in sys.stdlib_module_names
        }
    room = name.split(".")[0]
    unknown = [other for other in ROOMS if other != room and other not in MAY_IMPORT[room]]
    for one, other in (("telegram", "twitch"), ("twitch", "telegram")):
        if is_in(name, f"{room}.{one}"):
            unknown.append(f"{room}.{other}")
    return {module for module in imported for other in unknown if is_in(module, other)}


def circles(arrows):
    """The groups of modules that need each other, directly or by others."""
    reached = {}
    for start in arrows:
        todo, seen = [start], set()
        while todo:
            for target in arrows[todo.pop()] - seen:
                seen.add(target)
                todo.append(target)
        reached[start] = seen
    groups = {
        frozenset(other for other in seen if start in reached[other])
        for start, seen in reached.items()
        if start in seen
    }
    return sorted(map(sorted, groups))


def all_arrows():
    """{module: the modules of the house that it imports}; a package is what its __init__ is."""
    found = {}
    for name, path in MODULES.items():
        source = path.read_text(encoding="utf-8")
        imported = imports(source, name, path.stem == "__init__")
        found[name] = (imported & MODULES.keys()) - {name}
        # `from bot_sandbox import cloud` reads the module, not what the package's own file offers
        for module in list(found[name]):
            if any(is_in(other, module) and other != module for other in found[name]):
                found[name].discard(module)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_arrows_point_one_way(name):
    path = MODULES[name]
    source = path.read_text(encoding="utf-8")
    assert not wrong_arrows(name, imports(source, name, path.stem == "__init__"))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("botlib.bot", "import aiohttp"),
        ("botlib.bot", "from botlib.function import Request"),
        ("botlib.function", "def f():\n    import bot_sandbox"),
        ("botlib.telegram", "from bot_sandbox import Cloud"),
        ("botlib.telegram", "import lessons"),
        ("botlib.telegram", "import botlib.twitch.irc"),
        ("botlib.twitch.irc", "from ..telegram import webhook"),
        ("botlib.store", "import bot_sandbox.server"),
        ("bot_sandbox.cloud.pool", "from lessons.charts import meters"),
        ("bot_sandbox.telegram.api", "from bot_sandbox import twitch"),
        ("bot_sandbox", "from deploy.bundle import bundle"),
        ("deploy.bundle", "from bot_sandbox import Cloud"),
    ],
)
def test_a_wrong_arrow_is_seen(name, source):
    assert wrong_arrows(name, imports(source, name))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("botlib.bot", "import asyncio\nfrom collections.abc import Callable"),
        ("botlib.telegram", "import telegram\nfrom botlib.bot import Bot"),
        ("bot_sandbox.telegram", "from bot_sandbox.server import LocalServer"),
        ("lessons.charts", "from bot_sandbox.cloud import Cloud"),
        ("deploy.bundle", "from botlib.settings import settings"),
    ],
)
def test_a_right_arrow_is_left_alone(name, source):
    assert not wrong_arrows(name, imports(source, name))


@pytest.mark.parametrize(
    "room",
    [
        "botlib",
        "bot_sandbox.cloud",
        "bot_sandbox.telegram",
        "bot_sandbox.twitch",
        "bot_sandbox",
        "lessons",
        "deploy",
    ],
)
def test_no_modules_need_each_other(room):
    """Not even for a type checker: who reads one must not have to read the other first."""
    inside = [name for name in MODULES if is_in(name, room)]
    if room == "bot_sandbox":
        inside = [name for name in inside if name.count(".") < 2]
    arrows = all_arrows()
    assert not circles({name: arrows[name] & set(inside) for name in inside})


def test_a_circle_is_seen():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert circles({"a": {"b"}, "b": set(), "d": {"a"}}) == []


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("botlib", ["telegram", "twitchio", "aiohttp"]),
        ("botlib.function", ["telegram", "twitchio", "aiohttp"]),
        ("botlib.telegram", ["twitchio", "aiohttp"]),
        ("bot_sandbox", ["telegram", "twitchio", "aiohttp", "lessons"]),
    ],
)
def test_a_module_loads_no_more_than_it_needs(module, unwanted):
    code = f"import json, sys, {module}; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True, check=True
    )
    assert not set(unwanted) & set(json.loads(done.stdout))


@pytest.mark.parametrize("path", MODULES.values(), ids=name_of)
def test_nothing_listens_to_the_whole_network(path):
    assert not re.search(r"0\.0\.0\.0|INADDR_ANY", path.read_text(encoding="utf-8"))


def texts_of_the_course():
    """Every text file that a reader may open, without what tools and learners write."""
    folders = ["botlib", "sandbox", "lessons", "deploy", "benchmarks"]
    for pattern in ("*.*", ".ci/*", ".github/**/*.yml", *(f"{each}/**/*.*" for each in folders)):
        for path in HOME.glob(pattern):
            if (
                path.is_file()
                and path.name != ".git"
                and path.suffix not in (".pyc", ".lock", ".png")
            ):
                yield path


def test_no_file_names_a_folder_of_one_machine():
    found = {
        str(path.relative_to(HOME)): match[0]
        for path in texts_of_the_course()
        if (match := MACHINE_PATH.search(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert not found
