"""The house stands as drawn: arrows point one way, and no two modules need each other."""

import ast
import json
import re
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from course_files import FILES, course_files

HOME = Path(__file__).parents[2]
ROOMS = {  # a package of the house: its folder
    "botlib": HOME / "botlib",
    "bot_sandbox": HOME / "sandbox/bot_sandbox",
    "lessons": HOME / "lessons",
    "deploy": HOME / "deploy",
}
MAY_IMPORT = {  # a room: the other rooms that it knows
    "botlib": (),
    "bot_sandbox": (),
    "lessons": ("bot_sandbox", "botlib"),
    "deploy": ("botlib",),
}
EXCEPTIONS = {
    "lessons.progress.checklist": ["deploy.bundle"],  # as a program: is the bot ready to leave?
    # One scanner for all that leaves this machine, and one way to write it.
    "lessons.pack": ["deploy.secret_scan", "deploy.whole_file"],
    "lessons.commands.deploy": ["deploy.pythonanywhere"],  # as a program, into the page's home
    "lessons.commands.pack": ["deploy.whole_file"],
    "lessons.commands.copies": ["deploy.whole_file"],
    "lessons.workshop": ["deploy.whole_file"],
    "lessons.alone.open_sandbox": ["deploy.whole_file"],
    "lessons.worlds.world": ["deploy.tokens.telegram"],  # one check for all tokens that are pasted
    "lessons.extension.errors": [  # tells where it went
        "deploy.tokens.telegram",
        "deploy.tokens.twitch",
        "deploy.own_packages",  # whose errors speak for themselves
    ],
    "lessons.learner_bot": ["deploy.own_packages"],  # one list of what no registry has
    "lessons.commands.run_local": ["deploy.own_packages"],
}
STANDARD_ONLY = ("botlib.bot", "botlib.function")
WHEN_ASKED = {  # imported only by Bot.include_folder, in a program, and to log a failure
    "botlib.bot": (
        "botlib.details.bot_files",
        "botlib.details.command_thread",
        "botlib.details.failures",
    )
}
LOADERS = ("import_module", "__import__", "find_spec", "run_module")
# In a text that is run elsewhere, or shown: "from lessons.web import …", "python -m botlib.run"
IN_A_TEXT = re.compile(rf"(?<![\w.])(?:from|import|-m)\s+((?:{'|'.join(ROOMS)})\b(?:\.\w+)*)")
MACHINE_PATH = re.compile(r"(?<![\w.])/(home|root|Users|work)/\w")


def name_of(path):
    """botlib/twitch/irc.py → botlib.twitch.irc; a package goes by its own name."""
    folder = next(folder for folder in ROOMS.values() if path.is_relative_to(folder))
    parts = path.relative_to(folder.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    name_of(path): path for folder in ROOMS.values() for path in sorted(folder.rglob("*.py"))
}


@cache
def imports(source, name="", is_package=False):
    """Every module that a source imports, wherever in it; `name` resolves relative imports.

    `from a import b` gives a.b where that is a module of the house, else a.
    """
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = name.split(".")
            above = ".".join(parts[: len(parts) + is_package - node.level]) if node.level else ""
            module = ".".join(part for part in (above, node.module) if part)
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                found.add(inner if inner in MODULES else module)
        else:
            found |= loaded_by_name(node)
    return found


def loaded_by_name(node):
    """The modules that one call or index names: import_module("a"), sys.modules["a"], -m a."""
    named = []
    if isinstance(node, ast.Call) and node.args:
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr == "get":
            named = [node.args[0]] if is_sys_modules(called.value) else []
        elif getattr(called, "attr", getattr(called, "id", "")) in LOADERS:
            named = [node.args[0]]
    elif isinstance(node, ast.Subscript) and is_sys_modules(node.value):
        named = [node.slice]
    elif isinstance(node, ast.List | ast.Tuple):
        named = [word for flag, word in pairwise(node.elts) if text_of(flag) == "-m"]
    return {text for text in map(text_of, named) if text}


def is_sys_modules(node):
    return getattr(node, "attr", getattr(node, "id", "")) == "modules"


def text_of(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@cache
def named_in_texts(source):
    """The modules of the house that the texts of a source import, or name in full."""
    found = set()
    full_name = re.compile(rf"(?<![\w.])(?:{'|'.join(ROOMS)})(?:\.\w+)+")
    for node in ast.walk(ast.parse(source)):
        if text := text_of(node):
            named = full_name.findall(text)
            found |= {name for name in named if ".".join(name.split(".")[:2]) in MODULES}
            found |= set(IN_A_TEXT.findall(text))
    return found


def is_in(module, package):
    return module == package or module.startswith(package + ".")


def wrong_arrows(name, imported):
    """The imports of one module that point to a room it must not know."""
    if name in STANDARD_ONLY:
        return {
            module
            for module in imported
            if module.split(".")[0] not in sys.stdlib_module_names
            and module not in WHEN_ASKED.get(name, ())
        }
    room = name.split(".")[0]
    unknown = [other for other in ROOMS if other != room and other not in MAY_IMPORT[room]]
    for one, other in (("telegram", "twitch"), ("twitch", "telegram")):
        if is_in(name, f"{room}.{one}"):
            unknown.append(f"{room}.{other}")
    wrong = {module for module in imported for other in unknown if is_in(module, other)}
    return wrong - {*EXCEPTIONS.get(name, [])}


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


@cache
def all_arrows():
    """{module: the modules of the house that it imports}; a package is what its __init__ is."""
    found = {}
    for name, path in MODULES.items():
        source = path.read_text(encoding="utf-8")
        imported = imports(source, name, path.stem == "__init__")
        found[name] = (imported & MODULES.keys()) - {name}
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_point_one_way(room):
    wrong = {}
    for name in (name for name in MODULES if is_in(name, room)):
        source = MODULES[name].read_text(encoding="utf-8")
        imported = imports(source, name, MODULES[name].stem == "__init__")
        if name not in STANDARD_ONLY:  # a text of theirs may name a neighbor
            imported = imported | named_in_texts(source)
        if arrows := wrong_arrows(name, imported):
            wrong[name] = arrows
    assert wrong == {}


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
        ("botlib.store", "import bot_sandbox.http.local_server"),
        ("bot_sandbox.cloud.pool", "from lessons.charts.base import meters"),
        ("bot_sandbox.telegram.api", "from bot_sandbox import twitch"),
        ("bot_sandbox", "from deploy.bundle import bundle"),
        ("bot_sandbox.cloud.deployment", "import botlib"),
        ("bot_sandbox.http.local_server", "import_module('lessons.web.page_text')"),
        ("bot_sandbox.http.local_server", "importlib.import_module('lessons')"),
        ("bot_sandbox.http.local_server", "__import__('botlib.store')"),
        ("bot_sandbox.cloud.fork_server", "sys.modules['botlib.store'].open_store()"),
        ("bot_sandbox.cloud.fork_server", "sys.modules.get('botlib.function')"),
        ("bot_sandbox.__main__", "run([sys.executable, '-m', 'lessons.commands.lab', *words])"),
        ("botlib.run", "run(sys.executable, *('-m', 'deploy.new'))"),
        ("deploy.bundle", "from bot_sandbox import Cloud"),
        ("lessons.pack", "from deploy.bundle import bundle"),
        ("lessons.kept_work", "from deploy.secret_scan import find_leak"),
        ("lessons.pack", "from deploy.tokens.telegram import visible_problems"),
    ],
)
def test_a_wrong_arrow_is_seen(name, source):
    assert wrong_arrows(name, imports(source, name))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("bot_sandbox.cloud.fork_server", "print('give it to botlib.function.after_restore')"),
        (
            "bot_sandbox.command.hello_bot",
            "CHILD = 'from lessons.web.page_text import serve; serve()'",
        ),
        ("bot_sandbox.__main__", "'Type: python -m botlib.run'"),
        ("botlib.run", "HINT = 'import bot_sandbox'"),
        ("botlib.run", "load(name='lessons.commands.lab')"),
    ],
)
def test_a_wrong_arrow_in_a_text_is_seen(name, source):
    assert wrong_arrows(name, named_in_texts(source))


def test_ordinary_words_are_no_arrows():
    assert not named_in_texts("'deploy it again', 'deploy', 'cloud.deploy(…)', 'two lessons.'")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("botlib.bot", "import asyncio\nfrom collections.abc import Callable"),
        ("botlib.telegram", "import telegram\nfrom botlib.bot import Bot"),
        ("bot_sandbox.telegram", "from bot_sandbox.http.local_server import LocalServer"),
        ("lessons.charts.base", "from bot_sandbox.cloud import Cloud"),
        ("deploy.bundle", "from botlib.details.settings import settings"),
        ("lessons.pack", "from deploy.secret_scan import find_leak"),
        ("lessons.worlds.world", "from deploy.tokens.telegram import visible_problems"),
    ],
)
def test_a_right_arrow_is_left_alone(name, source):
    assert not wrong_arrows(name, imports(source, name))


@pytest.mark.parametrize("room", ROOMS)
def test_no_modules_need_each_other(room):
    """Not even for a type checker: who reads one must not have to read the other first."""
    arrows = all_arrows()
    inside = {name for name in MODULES if is_in(name, room)}
    assert not circles({name: arrows[name] & inside for name in inside})


def test_a_circle_through_packages_and_a_text_is_seen():
    arrows = {name: set() for name in MODULES}
    for name, source in (
        ("bot_sandbox.http.local_server", "import_module('bot_sandbox.window')"),
        ("bot_sandbox.window", "from bot_sandbox.window.window import Window"),
        ("bot_sandbox.window.window", "from bot_sandbox.http.local_server import LocalServer"),
    ):
        arrows[name] = imports(source, name) & MODULES.keys()
    assert circles(arrows) == [
        ["bot_sandbox.http.local_server", "bot_sandbox.window", "bot_sandbox.window.window"]
    ]


def test_the_sandbox_is_a_folder_and_no_package():
    """Or each of its modules could be loaded twice, by two names."""
    assert not (HOME / "sandbox/__init__.py").exists()
    folders = (*ROOMS.values(), *(HOME / each for each in ("tests", "sandbox/tests", "benchmarks")))
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    for path in (HOME / "start.py", HOME / "conftest.py", *paths):
        source = path.read_text(encoding="utf-8")
        # Most have the word in another name, and reading 600 trees takes seconds.
        imported = imports(source) if re.search(r"(?<![\w/])sandbox\b", source) else ()
        assert not [module for module in imported if is_in(module, "sandbox")], path


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


def test_nothing_listens_to_the_whole_network():
    """Ruff sees 0.0.0.0 (S104); a text for people may name it, such as the help of --host."""
    lines = [
        f"{name}: {line}"
        for name, path in MODULES.items()
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r'"::"|INADDR_ANY', line) and ">>>" not in line
    ]
    assert lines == []


def texts_of_the_course():
    """Every text file that a reader may open."""
    folders = ("botlib", "sandbox", "lessons", "deploy", "benchmarks", ".ci", ".github")
    return [path for path in course_files(*FILES, *folders) if path.suffix not in (".lock", ".png")]


def test_no_file_names_a_folder_of_one_machine():
    found = {
        str(path.relative_to(HOME)): match[0]
        for path in texts_of_the_course()
        if (match := MACHINE_PATH.search(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert not found
