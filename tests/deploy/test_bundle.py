"""The zip a real cloud takes: what is in it, and that it runs where nothing else is."""

import ast
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from full_disk import files_of_at_most
from redis_server import RedisServer

from bot_sandbox import Cloud, Telegram, Twitch
from bot_sandbox.command.hello_bot import authorize_bot
from bot_sandbox.world.randomness import Randomness
from botlib.twitch.details.helix import Helix
from deploy.bundle import LOCK, Target, archive, bundle
from deploy.bundle.__main__ import main
from deploy.bundle.imports import BOTLIB, OF_BOTLIB, find_needed
from deploy.bundle.lockfile import read_lock, version_of, with_dependencies
from deploy.bundle.packages import NOT_NEEDED, files_of
from deploy.bundle.target import CLOUDS, PYTHONS, THIS_PYTHON, find_python

pytestmark = pytest.mark.slow("bundles, guides and machines")

SECRET = "correct-horse-battery"
BOT = """
from botlib import Bot
from botlib.telegram.webhook import webhook

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
bot.command("three")(lambda message: ["one", "two", "three"])
handler = webhook(bot)
"""
APPLICATION = """
from botlib.details.settings import require_setting
from botlib.telegram.application import builder_for, webhook
from telegram.ext import PrefixHandler

async def hello(update, context):
    await update.message.reply_text(f"hello {update.message.from_user.first_name}!")

async def three(update, context):
    for number in ("one", "two", "three"):
        await update.message.reply_text(number)

app = builder_for(require_setting("TELEGRAM_TOKEN")).build()
app.add_handler(PrefixHandler("!", "hello", hello))
app.add_handler(PrefixHandler("!", "three", three))
handler = webhook(app)
"""
STORE = "from botlib.store import open_store\n"
WITH_STORE = STORE + BOT.replace("webhook(bot)", "webhook(bot, store=open_store())")
DOORS = {"bot": BOT, "library": APPLICATION, "store": WITH_STORE}
TWITCH = {  # as notebook 11 leaves it, the other corners of the square included
    "brain.py": BOT.replace("handler = webhook(bot)", ""),
    "twitch_function.py": STORE
    + "from brain import bot\nfrom botlib.twitch.eventsub import webhook\n"
    + "handler = webhook(bot, store=open_store())\n",
    "twitch_program.py": "from botlib.twitch.irc_bot import IrcBot\n",
}
ECHO = "def handler(event, context):\n    return event\n"


def folder_of(tmp_path, main=ECHO, **files):
    folder = tmp_path / "my_bot"
    folder.mkdir(exist_ok=True)
    (folder / "main.py").write_text(main, encoding="utf-8")
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def names_in(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_an_echo_function_needs_nothing_but_itself(tmp_path):
    made = bundle(folder_of(tmp_path))
    assert (made.has_botlib, made.packages) == (False, ())
    assert names_in(made.path) == [
        f"__pycache__/main.cpython-{THIS_PYTHON.replace('.', '')}.pyc",
        "main.py",
    ]
    assert made.path == tmp_path / "my_bot.zip"


@pytest.mark.parametrize("kind", ["text", "zip", "document", "link", "fifo"])
def test_it_overwrites_a_bundle_and_no_other_file(tmp_path, kind):
    folder, path = folder_of(tmp_path), tmp_path / "my_bot.zip"
    first = bundle(folder).path.read_bytes()
    assert bundle(folder).path.read_bytes() == first
    path.unlink()
    if kind == "text":
        path.write_text("mine")
    elif kind == "zip":  # as a program that copies her bot makes it
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(folder / "main.py")
    elif kind == "document":  # as Word makes it, without dates
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo("word/document.xml"), "mine")
    elif kind == "link":  # to where nothing is
        try:
            path.symlink_to(tmp_path / "elsewhere.zip")
        except OSError:
            pytest.skip("links cannot be made here")
    elif hasattr(os, "mkfifo"):
        os.mkfifo(path)
    else:
        pytest.skip("POSIX has pipes with names")
    before = path.lstat(), path.is_file() and path.read_bytes()
    for out in (None, path):
        with pytest.raises(ValueError, match=r"my_bot\.zip is there already, and is no bundle"):
            bundle(folder, out)
    assert (path.lstat(), path.is_file() and path.read_bytes()) == before
    assert not (tmp_path / "elsewhere.zip").exists()


def test_a_full_disk_leaves_the_bundle_that_was_there(tmp_path):
    folder = folder_of(tmp_path)
    first = bundle(folder).path.read_bytes()
    with files_of_at_most(len(first) - 1), pytest.raises(OSError, match="too large"):
        bundle(folder)
    assert (tmp_path / "my_bot.zip").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my_bot", "my_bot.zip"]


def test_a_bot_takes_no_package_and_an_application_takes_python_telegram_bot(tmp_path):
    small = bundle(folder_of(tmp_path, DOORS["bot"]), tmp_path / "bot.zip")
    assert small.packages == ()
    full = bundle(folder_of(tmp_path, DOORS["library"]), tmp_path / "full.zip")
    assert {name.partition("==")[0] for name in full.packages} >= {"python-telegram-bot", "httpx"}
    for path in (small.path, full.path):
        names = names_in(path)
        assert not [name for name in names if "sandbox" in name or "lessons" in name]
        assert not [name for name in names if NOT_NEEDED.search(name) and ".pyc" not in name]
    assert small.size < 365_000 < full.size < 3.5 * 1024**2  # Yandex takes that much directly


def test_the_learners_own_modules_and_data_go_along_and_the_tools_leavings_stay(tmp_path):
    folder = folder_of(tmp_path, "import words\nfrom words import handler\n", **{"data.txt": "hi"})
    (folder / "words").mkdir()
    (folder / "words" / "__init__.py").write_text("from .talk import handler\n")
    (folder / "words" / "talk.py").write_text(ECHO)
    for leaving in ("tests/test_it.py", ".git/config", "__pycache__/old.pyc", "old.zip"):
        (folder / leaving).parent.mkdir(exist_ok=True)
        (folder / leaving).write_text("")
    names = [name for name in names_in(bundle(folder).path) if not name.endswith(".pyc")]
    assert names == ["data.txt", "main.py", "words/__init__.py", "words/talk.py"]


def test_a_name_with_a_dot_keeps_what_follows_it(tmp_path):
    for name in ("b", "b.v2"):
        folder_of(tmp_path).rename(tmp_path / name)
        assert bundle(tmp_path / name).path == tmp_path / f"{name}.zip"


def test_a_folder_is_no_name_for_the_zip(tmp_path):
    with pytest.raises(
        ValueError, match=r"is a folder\. Expected the zip's name, such as .*bot\.zip"
    ):
        bundle(folder_of(tmp_path), tmp_path)


def test_only_what_the_named_function_imports_goes_along(tmp_path):
    folder = folder_of(tmp_path, **TWITCH)
    made = bundle(folder, handler="twitch_function.handler")
    assert [name.partition("==")[0] for name in made.packages] == ["redis"]
    assert made.handlers == ("twitch_function.handler",)
    with pytest.raises(ValueError, match=r"no gone\.py.* --handler FILE\.FUNCTION"):
        bundle(folder, handler="gone.handler")
    with pytest.raises(ValueError, match=r"brain\.py has no handler: it defines Bot, webhook, bot"):
        bundle(folder, handler="brain.handler")
    with pytest.raises(ValueError, match=r"Expected main\.handler"):
        bundle(folder, handler="handler")


def imports_in(body, lazy=False):
    """Whether each import of a module is inside a function, and the names that it loads."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from ((lazy, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield lazy, node.module
            yield from ((lazy, f"{node.module}.{alias.name}") for alias in node.names)
        elif not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from imports_in(ast.iter_child_nodes(node), lazy or inside)


def packages_by_module():
    """The packages of the course that each module of botlib imports: at once, and all."""
    found = {}
    for path in BOTLIB.rglob("*.py"):
        parts = path.relative_to(BOTLIB.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = set(imports_in(ast.parse(path.read_text(encoding="utf-8")).body))

    def at_once(name, seen=()):
        names = [other for lazy, other in found.get(name, ()) if not lazy and other not in seen]
        return {name}.union(*(at_once(other, (*seen, name)) for other in names))

    tops = {"telegram", "redis", "aiohttp", "dotenv", "twitchio", "httpx"}
    for name in found:
        eager = at_once(name)
        every = eager.union(*(at_once(other) for lazy, other in found[name] if lazy))
        loads = {each.partition(".")[0] for each in every} & tops
        yield name, loads - ({"httpx"} if "telegram" in loads else set())  # which brings it


def test_the_table_names_what_botlib_imports():
    expected = {name.removeprefix("botlib."): packages for name, packages in packages_by_module()}
    users = set().union(*OF_BOTLIB.values()) - {"store.open_store", "store.*"}
    table = {name: {each for each in OF_BOTLIB if name in OF_BOTLIB[each]} for name in users}
    assert table == {name: packages for name, packages in expected.items() if packages}


@pytest.mark.parametrize(
    "line",
    [
        STORE,
        "import botlib.store\n",
        "from botlib import store\n",
        "from botlib.store import *\n",
    ],
)
def test_a_bot_that_may_open_a_store_takes_redis(line):
    assert find_needed({"main.py": line.encode()}, ["main.py"], set()).packages == ("redis",)
    line = "from botlib.store import Store, StoreError\n"
    assert find_needed({"main.py": line.encode()}, ["main.py"], set()).packages == ()


@pytest.mark.parametrize("call", ["include_folder('commands')", "include_folder()"])
def test_the_files_that_a_bot_includes_are_read_for_their_imports(call):
    files = {
        "main.py": f"from botlib import Bot\nbot = Bot()\nbot.{call}\n".encode(),
        "commands/joke.py": b"import httpx\nfrom _words import JOKE\n",
        "commands/_words.py": b"import yaml\nJOKE = 'knock knock'\n",
    }
    found = find_needed(files, ["main.py"], {"httpx", "yaml"})
    assert (found.packages, found.missing) == (("httpx", "yaml"), ())


EITHER = "try:\n    import {}\nexcept {}:\n    {}\n"


@pytest.mark.parametrize(
    "code",
    [
        EITHER.format("no_such_json as json", "ImportError", "import json"),
        EITHER.format("tomllib", "ModuleNotFoundError", "import no_such_toml as tomllib"),
        EITHER.format("no_such_json", "(ImportError, ValueError)", "no_such_json = None"),
        "try:\n    from .data import x\nexcept ImportError:\n    from data import x\n",
    ],
)
def test_what_a_function_can_do_without_is_left_out(tmp_path, code):
    folder = folder_of(tmp_path, ECHO + code, **{"data.py": "x = 1\n"})
    assert bundle(folder).packages == ()
    assert main([str(folder)]) == 0


@pytest.mark.parametrize("python", PYTHONS)
def test_a_store_needs_no_other_package_with_any_python(python):
    assert with_dependencies(["redis"], LOCK, Target(python)) == {"redis"}


def test_a_package_that_only_an_older_python_needs_is_explained(tmp_path, monkeypatch):
    older = Target("3.11").markers | {"python_full_version": "3.11.2"}
    monkeypatch.setattr(Target, "markers", older)
    with pytest.raises(ValueError, match=r"async-timeout is needed for .*python3 start\.py"):
        bundle(folder_of(tmp_path, DOORS["store"]), target=Target("3.11"))


def wheel(folder, name, version="1.0", tag="py3-none-any", **modules):
    """A package that only this folder has, as a registry would give it; its sha256."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{version}-{tag}.whl"
    info = f"{name}-{version}.dist-info"
    files = {f"{name}/{module}.py": text for module, text in modules.items()}
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    pure = str(tag.endswith("any")).lower()
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: {pure}\nTag: {tag}\n"
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def asks_for(monkeypatch):
    """Write a requirements.txt, whose packages are in a folder of wheels."""

    def write(folder, wheels, *lines):
        for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(wheels)}.items():
            monkeypatch.setenv(f"PIP_{name}", value)
            monkeypatch.setenv(f"UV_{name}", value)
        text = "\n".join(["# mine", *lines, ""])
        (folder / "requirements.txt").write_text(text, encoding="utf-8")

    return write


WITH_PACKAGE = ECHO + "import greetings\n"


def test_what_the_folders_requirements_ask_for_goes_along(tmp_path, capsys, asks_for):
    right = wheel(tmp_path / "wheels", "greetings", __init__="hello = 'hello'\n")
    wheel(tmp_path / "wheels", "unused", __init__="")
    folder = folder_of(tmp_path, WITH_PACKAGE)
    asks_for(folder, tmp_path / "wheels", f"greetings==1.0 --hash=sha256:{right}")
    made = bundle(folder)
    assert made.packages == ("greetings==1.0",)
    names = names_in(made.path)
    assert "greetings/__init__.py" in names and "requirements.txt" not in names
    first = made.path.read_bytes()
    assert main([str(folder)]) == 0 and "greetings==1.0" in capsys.readouterr().out
    assert made.path.read_bytes() == first
    asks_for(folder, tmp_path / "wheels", f"greetings==1.0 --hash=sha256:{'0' * 64}")
    with pytest.raises(RuntimeError, match=r"requirements\.txt lists could not be installed"):
        bundle(folder)
    asks_for(folder, tmp_path / "wheels", "greetings", "unused")  # a plugin is not imported
    assert bundle(folder).packages == ("greetings==1.0", "unused==1.0")


def test_a_list_that_asks_for_the_courses_packages_is_refused(tmp_path, capsys, asks_for):
    stranger = wheel(tmp_path / "wheels", "botlib", __init__="raise RuntimeError('a stranger')\n")
    folder = folder_of(tmp_path, ECHO)
    asks_for(folder, tmp_path / "wheels", "-r more.txt")
    (folder / "more.txt").write_text(f"Botlib == 1.0 --hash=sha256:{stranger}\n")
    assert main([str(folder)]) == 1
    assert not folder.with_name(f"{folder.name}.zip").exists()
    said = capsys.readouterr().err
    assert said.startswith("No bundle: ") and "more.txt, line 1, asks for botlib" in said
    assert "is already there" in said


def test_a_package_that_is_locked_twice_comes_in_the_version_for_the_clouds_python():
    (old, new) = (read_lock(LOCK, Target(python))["numpy"] for python in ("3.11", "3.14"))
    assert version_of(old) < version_of(new)
    assert old.startswith(f"numpy=={version_of(old)} \\\n    --hash=sha256:")  # no condition
    assert "; python_full_version" in read_lock(LOCK)["numpy"]


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ('Requires-Dist: later>=2; python_version >= "3.14"', "Write later>=2 into the folder's"),
        ("Requires-Python: >=3.15", "needy 1.0 needs Python >=3.15, and the bundle is for Python"),
    ],
)
def test_what_pip_gets_wrong_for_another_python_is_named(tmp_path, metadata, words, asks_for):
    if sys.version_info[:2] >= (3, 14) or shutil.which("uv"):
        pytest.skip("only an older Python's pip gets this wrong")
    wheel = tmp_path / "needy-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("needy.py", "")
        head = f"Metadata-Version: 2.1\nName: needy\nVersion: 1.0\n{metadata}\n"
        archive.writestr("needy-1.0.dist-info/METADATA", head)
        kind = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr("needy-1.0.dist-info/WHEEL", kind)
        archive.writestr("needy-1.0.dist-info/RECORD", "needy.py,,\n")
    folder = folder_of(tmp_path, ECHO + "import needy\n")
    asks_for(folder, tmp_path, "needy")
    with pytest.raises(ValueError, match=re.escape(words)):
        bundle(folder, target=Target("3.14"))


def test_a_compiled_package_comes_for_the_clouds_machine(tmp_path, asks_for):
    for machine in ("x86_64", "aarch64"):
        tag = f"cp313-cp313-manylinux_2_17_{machine}"
        wheel(tmp_path / "wheels", "greetings", tag=tag, __init__=f"machine = {machine!r}\n")
    folder = folder_of(tmp_path, WITH_PACKAGE)
    asks_for(folder, tmp_path / "wheels", "greetings")
    made = bundle(folder, target=Target("3.13", "linux-arm64"))
    with zipfile.ZipFile(made.path) as archive:
        assert b"aarch64" in archive.read("greetings/__init__.py")
    with pytest.raises(RuntimeError, match="is there a wheel for this Python"):
        bundle(folder, target=Target("3.12"))


def test_the_folders_own_version_of_a_package_wins(tmp_path, asks_for):
    wheel(tmp_path / "wheels", "redis", "99.0", __init__="", asyncio="")
    folder = folder_of(tmp_path, DOORS["store"])
    asks_for(folder, tmp_path / "wheels", "redis")
    made = bundle(folder)
    assert made.packages == ("redis==99.0",)
    assert [name for name in names_in(made.path) if name.startswith("redis/c")] == []


def test_an_import_that_nobody_has_is_said_with_what_to_do(tmp_path):
    for package in ("no_such_package", "pip"):  # pip is installed here, but no package of the bot's
        with pytest.raises(
            ValueError, match=rf"{package}, which.*the folder's requirements\.txt"
        ) as told:
            bundle(folder_of(tmp_path, ECHO + f"import {package}\n"))
        assert "pyproject" not in str(told.value)


def test_a_store_is_packed_whatever_was_imported_before(tmp_path):
    function = "from botlib.telegram.webhook import webhook\nfrom main import bot\n"
    main = f"{STORE}from botlib import Bot\nbot = Bot()\nstore = open_store()\n"
    folder = folder_of(
        tmp_path, main, **{"telegram_function.py": f"{function}handler = webhook(bot)\n"}
    )
    assert [name.partition("==")[0] for name in bundle(folder).packages] == ["redis"]


COMMANDS = {
    "roll.py": """
from _dice import show
from botlib import Bot

bot = Bot()
bot.command("roll")(lambda message: show(4))
""",
    "_dice.py": "import greetings\n\ndef show(points): return f'{greetings.hello}, a {points}'\n",
    "words.txt": "one\ntwo\n",
    "test_roll.py": "import no_such_package\n",
}


@pytest.fixture
def with_commands(tmp_path):
    """A folder whose bot includes a folder of commands, and the package that one of them needs."""
    wheel(tmp_path / "wheels", "greetings", __init__="hello = 'hello'\n")
    folder = folder_of(tmp_path, BOT.replace("handler", "bot.include_folder('commands')\nhandler"))
    (folder / "commands").mkdir()
    for name, text in COMMANDS.items():
        (folder / "commands" / name).write_text(text)
    return folder


def test_an_included_folder_goes_along_and_answers_in_the_cloud(tmp_path, with_commands, asks_for):
    with pytest.raises(ValueError, match=r"^commands/_dice\.py imports greetings, which is neith"):
        bundle(with_commands)
    asks_for(with_commands, tmp_path / "wheels", "greetings")
    (with_commands / "commands/count.py").write_text("from botlib.store import open_store\n")
    made = bundle(with_commands)
    assert [name.partition("==")[0] for name in made.packages] == ["greetings", "redis"]
    own = {name for name in names_in(made.path) if name.startswith("commands/")}
    assert {name for name in own if "pyc" not in name} == {
        *("commands/_dice.py", "commands/count.py", "commands/roll.py", "commands/words.txt")
    }
    shutil.unpack_archive(made.path, tmp_path / "task")
    with Telegram() as telegram, Cloud() as cloud:
        account = telegram.new_bot("Hello bot", "hello_bot")
        environment = {
            "TELEGRAM_TOKEN": account.token,
            "TELEGRAM_SECRET": SECRET,
            "TELEGRAM_API": telegram.url,
        }
        function = cloud.deploy("bot", tmp_path / "task", environment=environment)
        telegram.call(account, "setWebhook", url=function.url, secret_token=SECRET)
        assert telegram.person("Viktor").ask("!hello") == "hello Viktor!"
        assert telegram.person("Viktor").ask("!roll") == "hello, a 4"


def test_a_file_of_commands_that_fails_is_named(with_commands, capsys):
    (with_commands / "commands/_dice.py").unlink()
    (with_commands / "commands/roll.py").write_text("1 / 0\n")
    assert main([str(with_commands)]) == 0
    shown = capsys.readouterr().out
    assert "a file of commands is left out: commands/roll.py" in shown.replace(os.sep, "/")
    assert "ZeroDivisionError" in shown


def test_a_file_of_an_included_folder_belongs_to_no_package(tmp_path):
    folder = folder_of(tmp_path, ECHO + 'bot.include_folder("commands")\n')
    (folder / "commands").mkdir()
    (folder / "commands/roll.py").write_text("from .dice import dice\n")
    with pytest.raises(ValueError, match=r"commands/roll\.py imports \.dice, which works only in"):
        bundle(folder)


def test_what_may_never_be_asked_for_is_told_and_stops_nothing(tmp_path, capsys):
    folder = folder_of(tmp_path, "import talk\ndef handler(event, context):\n    import no_such\n")
    (folder / "talk").mkdir()  # a package that somebody has copied in
    (folder / "talk/__init__.py").write_text("")
    (folder / "talk/contrib.py").write_text("import django_of_some_kind\n")
    assert bundle(folder).missing == (
        "django_of_some_kind, which talk/contrib.py imports",
        "no_such, which main.py imports",
    )
    assert main([str(folder)]) == 0
    assert "not found: no_such, which main.py imports" in capsys.readouterr().out


def test_botlib_ships_whole_or_not_at_all(tmp_path):
    botlib = {f"botlib/{path}" for path in ("run.py", "twitch/irc_bot.py", "telegram/webhook.py")}
    assert botlib <= set(names_in(bundle(folder_of(tmp_path, DOORS["bot"])).path))
    assert not [name for name in names_in(bundle(folder_of(tmp_path)).path) if "botlib" in name]


def test_a_relative_import_that_fails_only_when_it_runs_is_an_error_too(tmp_path, capsys):
    folder = folder_of(tmp_path, "from words import handler\n")
    (folder / "words").mkdir()
    (folder / "words/__init__.py").write_text("from ..brain import handler\n")
    assert main([str(folder)]) == 1
    assert "relative import" in capsys.readouterr().err


def test_the_same_input_gives_the_same_bytes(tmp_path):
    folder = folder_of(tmp_path, DOORS["bot"] + "KNOWN = {'a', 'b', 'c'} | frozenset('xyz')\n")
    first = bundle(folder, tmp_path / "1.zip").path.read_bytes()
    os.utime(folder / "main.py", (1, 1))
    (folder / "main.py").chmod(0o700)
    elsewhere = shutil.copytree(folder, tmp_path / "elsewhere" / "my_bot")
    assert bundle(elsewhere, tmp_path / "2.zip").path.read_bytes() == first


def test_everyone_may_read_each_file_and_nothing_is_dated(tmp_path):
    with zipfile.ZipFile(bundle(folder_of(tmp_path)).path) as archive:
        for entry in archive.infolist():
            assert entry.external_attr >> 16 == 0o100644
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_what_is_compiled_is_never_checked_against_its_source_again(tmp_path):
    with zipfile.ZipFile(bundle(folder_of(tmp_path)).path) as archive:
        header = archive.read(next(name for name in archive.namelist() if name.endswith(".pyc")))
    assert header[4] == 0b01  # hash-based, unchecked: PEP 552


TOKEN = "7000000001:" + "A" * 35
RANDOM = "abcdefghij0123456789abcdefghij"
REFUSED = {
    "no main.py": ({}, None, "has no main.py"),
    "no handler": ({}, "bot = 1\nimport os\n", "no handler: it defines bot, os"),
    "no Python": ({}, "def handler(:\n", "not valid Python"),
    "a .env": ({".env": "A=1"}, ECHO, r"\.env looks like a secret"),
    "an .env.real": ({".env.real": "A=1"}, ECHO, r"\.env\.real looks like a secret"),
    "a key": ({"my.pem": "x"}, ECHO, r"my\.pem looks like a secret"),
    "a token in code": ({}, ECHO + f"# {TOKEN}", "main.py holds a Telegram bot token"),
    "a token that ends in a dash": (
        {},
        ECHO + f"# {TOKEN[:-1]}-\n",
        "main.py holds a Telegram bot",
    ),
    "a token in an address": ({}, ECHO + f"# /bot{TOKEN}/getMe", "main.py holds a Telegram bot"),
    "a token in a text": ({"notes.txt": TOKEN}, ECHO, "notes.txt holds a Telegram bot token"),
    "the sandbox": ({}, ECHO + "import bot_sandbox", "never deployed"),
    "the lessons": ({}, ECHO + "import lessons", "never deployed"),
    "a module botlib lacks": ({}, ECHO + "from botlib.nothing import x", "botlib does not have"),
    "a package nobody has": ({}, ECHO + "import no_such_package", "no_such_package, which is"),
    "a module that stays": ({"conftest.py": ""}, ECHO + "import conftest", "conftest, which is"),
    "a relative import": ({}, ECHO + "from .brain import b", r"main\.py imports \.brain, which"),
    "a secret by name": (
        {"config.py": f'A = 1\nTWITCH_CLIENT_SECRET = "{RANDOM}"\n'},
        ECHO,
        r"config\.py holds a secret of Twitch, in line 2.*require_setting\('NAME'\)",
    ),
}


@pytest.mark.parametrize(("files", "main", "words"), REFUSED.values(), ids=REFUSED)
def test_what_no_cloud_could_run_or_should_have_is_refused_by_name(tmp_path, files, main, words):
    folder = folder_of(tmp_path, main or "", **files)
    if main is None:
        (folder / "main.py").unlink()
    with pytest.raises(ValueError, match=words) as caught:
        bundle(folder)
    assert TOKEN not in str(caught.value) and RANDOM not in str(caught.value)
    assert not (tmp_path / "my_bot.zip").exists()


@pytest.mark.parametrize(
    "line",
    [
        f"token = '{RANDOM}'",
        f'handler = webhook(bot, secret="{RANDOM}")',
        f'os.environ["TWITCH_TOKEN"] = "{RANDOM}"',
        f'os.environ.get("TWITCH_TOKEN", "{RANDOM}")',
    ],
)
def test_a_secret_of_twitch_behind_a_telling_name_is_refused(tmp_path, line):
    with pytest.raises(ValueError, match=r"main\.py holds a secret of Twitch, in line 3"):
        bundle(folder_of(tmp_path, ECHO + f"def f(): {line}\n"))


@pytest.mark.parametrize(
    "line",
    [
        'token = os.environ["TWITCH_CLIENT_SECRET"]',
        'token = require_setting("TWITCH_CLIENT_SECRET")',
        'SECRET_NAME = "TWITCH_CLIENT_SECRET"',
        'token = "your-token-from-botfather-goes-here"',
        'token = "xxxxxxxxxxxxxxxxxxxxxxxx"',
        'secret_header = "X-Telegram-Bot-Api-Secret-Token"',
        'token_url = "https://id.twitch.tv/oauth2/token"',
        'tokenizer = "bert-base-uncased-2018"',
        f'commit = "{RANDOM}"',
    ],
)
def test_what_only_stands_for_a_secret_is_packed(tmp_path, line):
    assert bundle(folder_of(tmp_path, ECHO + f"def f(): {line}\n")).files


def test_a_secret_that_is_in_use_here_is_found_in_any_file(tmp_path, monkeypatch):
    folder = folder_of(tmp_path, **{"notes.txt": "one\ntwo hunter2-hunter2 three\n"})
    monkeypatch.setenv("TWITCH_EVENTSUB_SECRET", "hunter2-hunter2")
    with pytest.raises(
        ValueError, match=r"notes\.txt holds the value of TWITCH_EVENT.*, in line 2"
    ):
        bundle(folder)
    monkeypatch.delenv("TWITCH_EVENTSUB_SECRET")
    monkeypatch.delenv("BOT_WORLD")
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path / "course"))
    (tmp_path / "course").mkdir()
    (tmp_path / "course/.env").write_text("TELEGRAM_SECRET=hunter2-hunter2\n")
    with pytest.raises(ValueError, match=r"holds the value of TELEGRAM_SECRET, in line 2"):
        bundle(folder)


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path):
    folder = folder_of(tmp_path, **{"inside.txt": "hi"})
    (tmp_path / "outside.txt").write_text("mine")
    try:
        (folder / "link.txt").symlink_to(folder / "inside.txt")
    except OSError:
        pytest.skip("links cannot be made here")
    assert "link.txt" in names_in(bundle(folder).path)
    (folder / "data.txt").symlink_to(tmp_path / "outside.txt")
    with pytest.raises(ValueError, match=r"data\.txt is a link that leads out"):
        bundle(folder)


def test_a_link_to_a_folder_is_refused_because_the_zip_would_lack_it(tmp_path):
    folder = folder_of(tmp_path)
    (tmp_path / "shared").mkdir()
    try:
        (folder / "commands").symlink_to(tmp_path / "shared", target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    with pytest.raises(ValueError, match=r"^commands is a link to a folder.* copy, or delete it"):
        bundle(folder)


def test_no_name_of_a_file_reaches_the_terminal_as_a_command(tmp_path, capsys):
    folder = folder_of(tmp_path)
    try:
        (folder / "bad\x1b[2J.txt").symlink_to(tmp_path)
    except OSError:
        pytest.skip("links cannot be made here")
    assert main([str(folder)]) == 1
    assert capsys.readouterr().err.startswith(r"No bundle: bad\x1b[2J.txt is a link to a folder")


def test_a_virtual_environment_and_hidden_folders_stay_at_home_whatever_they_hold(tmp_path):
    folder = folder_of(tmp_path)
    for path in ("my env/pyvenv.cfg", "my env/lib/cacert.pem", ".git/id_rsa", "venv/server.key"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("-----BEGIN")
    assert bundle(folder).files == 2  # main.py, compiled too


def test_a_bot_in_a_virtual_environment_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"my_bot is a virtual environment, .*folder of its own"):
        bundle(folder_of(tmp_path, **{"pyvenv.cfg": ""}))


def test_a_folder_with_spaces_and_other_letters_is_packed(tmp_path, capsys):
    folder = tmp_path / "Мой бот für Ü"
    folder_of(tmp_path, BOT).rename(folder)
    assert main([str(folder)]) == 0
    assert f"{folder}.zip" in capsys.readouterr().out
    assert "main.py" in names_in(tmp_path / "Мой бот für Ü.zip")


@pytest.mark.parametrize(
    ("imported", "words"),
    [
        ("cv2", "requirements.txt: opencv-python-headless."),
        ("telebot", "requirements.txt: pyTelegramBotAPI."),
        ("hypothesis", "requirements.txt: hypothesis."),  # installed here
        ("quux", "requirements.txt, which may differ from what you import."),
    ],
)
def test_a_package_to_add_is_named_as_the_registry_names_it(tmp_path, imported, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        bundle(folder_of(tmp_path, ECHO + f"import {imported}\n"))


def test_files_that_are_too_large_alone_stop_it_before_any_download(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "ZIPPED_LIMIT", 1024**2 // 4)
    folder = folder_of(tmp_path, **{"requirements.txt": "no-such-package-anywhere\n"})
    (folder / "picture.bin").write_bytes(random.Random(1).randbytes(1024**2 // 2))
    with pytest.raises(ValueError, match=r"more than 0\.25 MB zipped.*picture\.bin \(0\.50 MB\)"):
        bundle(folder)


def test_a_bundle_that_lambda_would_refuse_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "ZIPPED_LIMIT", 100_000)  # enough for the bot without botlib
    with pytest.raises(ValueError, match=r"too large.*largest files: botlib/"):
        bundle(folder_of(tmp_path, DOORS["bot"]))
    assert not (tmp_path / "my_bot.zip").exists()


def test_an_unknown_python_or_platform_is_refused():
    with pytest.raises(ValueError, match=r"3\.11, 3\.12, 3\.13.*PythonAnywhere has 3\.13"):
        Target(python="3.9")
    with pytest.raises(ValueError, match="linux-x86_64, linux-arm64"):
        Target(platform="windows")


def test_the_command_says_what_went_in_and_what_to_tell_the_cloud(tmp_path, capsys):
    folder = folder_of(tmp_path, DOORS["bot"])
    assert main([str(folder), "--out", str(tmp_path / "out" / "a.zip")]) == 0
    printed = capsys.readouterr().out
    assert "botlib:   all of it" in printed
    assert "packages: none" in printed
    assert "main.handler" in printed
    assert "ms to import" in printed
    (folder / ".env").write_text("A=1")
    assert main([str(folder)]) == 1
    assert capsys.readouterr().err.startswith("No bundle: .env looks like a secret")


def test_a_name_that_is_nowhere_is_an_error_whatever_the_settings_are(tmp_path, capsys):
    bot = BOT.partition("handler =")[0].replace("bot", "robot")
    door = "from main import bot\n\nhandler = bot\n"
    folder = folder_of(
        tmp_path, bot.replace("robotlib", "botlib"), **{"telegram_function.py": door}
    )
    assert main([str(folder)]) == 1
    told = capsys.readouterr().err
    assert "telegram_function.py does not load: ImportError: cannot import name 'bot'" in told
    assert "(main.py)" in told  # and not where it was unpacked


def test_for_a_python_that_is_not_here_it_says_that_nothing_is_compiled(tmp_path, capsys):
    other = [version for version in PYTHONS if not find_python(version)]
    if not other:
        pytest.skip("every Python that a bundle can be made for is installed here")
    made = bundle(folder_of(tmp_path), target=Target(python=other[0]))
    assert not made.is_compiled
    assert names_in(made.path) == ["main.py"]
    assert main([str(tmp_path / "my_bot"), "--python", other[0]]) == 0
    printed = capsys.readouterr().out
    assert f"not compiled: there is no python{other[0]} here" in printed
    (advice,) = re.findall(rf"To compile, install Python {re.escape(other[0])}(.*)\.", printed)
    offered = set(re.findall(r"--python (\S+)", advice))
    in_clouds = {version for has in CLOUDS.values() for version in has}
    assert offered == {version for version in in_clouds if find_python(version)}


def test_for_arm_only_aws_is_named(tmp_path, capsys):
    options = ["--platform", "linux-arm64", "--python", "3.15"]
    assert main([str(folder_of(tmp_path)), *options]) == 0
    printed = capsys.readouterr().out
    assert "linux-arm64 is only for AWS Lambda with this architecture." in printed
    assert "AWS Lambda has no Python 3.15" in printed
    assert "Yandex" not in printed and "PythonAnywhere" not in printed


@pytest.mark.parametrize(
    ("python", "clouds"),
    [
        ("3.14", {"PythonAnywhere"}),
        ("3.13", {"Yandex Cloud"}),
        ("3.11", {"AWS Lambda", "Yandex Cloud", "PythonAnywhere"}),
        ("3.15", {"AWS Lambda", "Yandex Cloud", "PythonAnywhere"}),
    ],
)
def test_a_cloud_that_lacks_this_python_is_named(tmp_path, capsys, python, clouds):
    assert main([str(folder_of(tmp_path)), "--python", python]) == 0
    lines = capsys.readouterr().out.splitlines()
    words = f"has no Python {python}: if your bot goes there, add --python"
    named = [line for line in lines if words in line]
    assert {line.partition(" has")[0] for line in named} == {f"  {cloud}" for cloud in clouds}


@pytest.fixture(scope="module", params=["library", "store"])  # test_new_bot.py has a bot's
def unzipped(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle")
    made = bundle(folder_of(folder, DOORS[request.param]))
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(folder / "task")
    return folder / "task"


LAMBDA = str(Path(__file__).parents[1] / "helpers/bare_lambda.py")


def test_the_unzipped_bundle_runs_under_awslambdaric_with_nothing_else(unzipped, awslambdaric):
    with Telegram() as telegram, Cloud() as cloud:
        account = telegram.new_bot("Hello bot", "hello_bot")
        settings = {
            "TELEGRAM_TOKEN": account.token,
            "TELEGRAM_SECRET": SECRET,
            "TELEGRAM_API": telegram.url,
            "STORE_URL": "memory://",
            "BUNDLE": str(unzipped),
            "RIC": str(awslambdaric),
        }
        function = cloud.deploy("bot", unzipped, environment=settings, worker=LAMBDA)
        telegram.call(account, "setWebhook", url=function.url, secret_token=SECRET)
        viktor = telegram.person("Viktor")
        assert viktor.ask("!hello") == "hello Viktor!"
        viktor.send("!three")
        assert [message.text for message in viktor.wait(3)] == ["one", "two", "three"]


def test_the_unzipped_twitch_bundle_runs_under_awslambdaric_with_nothing_else(
    tmp_path, awslambdaric, monkeypatch
):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    folder, entry = folder_of(tmp_path, **TWITCH), "twitch_function.handler"
    assert main([str(folder), "--handler", entry, "--out", str(tmp_path / "bot.zip")]) == 0
    assert not list(Path.cwd().iterdir())  # loading it leaves no store behind
    shutil.unpack_archive(tmp_path / "bot.zip", tmp_path / "task")
    with Twitch() as twitch, Cloud() as cloud, RedisServer() as redis:
        viktor, bot = twitch.account("viktor", "Viktor"), twitch.account("hello_bot")
        settings = authorize_bot(twitch, bot, viktor, Randomness()) | {
            "STORE_URL": redis.url,
            "BUNDLE": str(tmp_path / "task"),
            "RIC": str(awslambdaric),
        }
        function = cloud.deploy(
            "bot", tmp_path / "task", handler=entry, environment=settings, worker=LAMBDA
        )
        helix = Helix(settings["TWITCH_CLIENT_ID"], settings["TWITCH_CLIENT_SECRET"], twitch.url)
        helix.subscribe(viktor.id, function.url, settings["TWITCH_EVENTSUB_SECRET"], bot.id)
        twitch.wait_for(bot, viktor)
        assert [each["status"] for each in helix.subscriptions()] == ["enabled"]
        assert viktor.ask("!hello") == "hello Viktor!"


@pytest.mark.parametrize("unzipped", ["library"], indirect=True)
def test_a_bundle_without_its_packages_does_not_find_them_elsewhere(unzipped, tmp_path):
    """The proof above proves something: take the library away, and the bot does not start."""
    without = shutil.copytree(
        unzipped, tmp_path / "task", ignore=shutil.ignore_patterns("telegram")
    )
    shutil.copytree(unzipped / "botlib", without / "botlib", dirs_exist_ok=True)
    code = f"import sys; sys.path.append({str(without)!r}); import main"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", code], capture_output=True, text=True
    )
    assert "ModuleNotFoundError: No module named 'telegram'" in done.stderr


def test_a_changed_package_is_not_copied():
    assert files_of(distribution("httpx"))
    with pytest.raises(ValueError, match="was changed after it was installed"):
        files_of(Changed(distribution("httpx")))


class Changed:
    """A package whose files are not what its RECORD says."""

    def __init__(self, found):
        other = distribution("h11").files[0]
        self.name, self.files = found.name, found.files
        for file in self.files:
            file.locate = other.locate


def test_packages_for_another_machine_come_from_the_registry(tmp_path):
    folder = folder_of(tmp_path, ECHO + "import aiohttp\n")
    try:
        made = bundle(folder, target=Target(platform="linux-arm64"))
    except RuntimeError as error:
        pytest.skip(f"THE PACKAGE REGISTRY COULD NOT BE REACHED: {error}")
    compiled = [name for name in names_in(made.path) if name.endswith(".so")]
    assert compiled
    assert all("aarch64" in name for name in compiled)
