"""The wheel in clean environments, beside frameworks: pip resolves, as it does for anybody.

Only pip and a package index are needed, and the wheel goes by its path: the index must never be
asked for our own name, which a stranger could own there.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bot_sandbox

pytestmark = [
    pytest.mark.slow("the wheel beside each framework"),
    pytest.mark.timeout(900),
]  # seconds; mostly downloads
SANDBOX = Path(__file__).parents[1]
GIVEN = {
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "Containerfile",
    "requirements.lock",
}
GIVEN |= {"bot_sandbox", "docs", "tests", "tools"}
# A fresh Python knows nothing of this one's sources, of its pytest or of what measures it.
FRESH = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTHONPATH", "PYTEST_", "COV"))
}
TOKEN = re.compile(r"\d{10}:AA[\w-]{33}")
INSTALLERS = {"pip", "setuptools", "wheel"}  # what a fresh environment has

WITH_URLLIB = """
import json, os, urllib.request

def call(method, **arguments):
    address = f"{os.environ['BOT_API']}/bot{os.environ['BOT_TOKEN']}/{method}"
    body, headers = json.dumps(arguments).encode(), {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(address, body, headers)) as answer:
        return json.load(answer)["result"]

offset = 0
while True:
    for update in call("getUpdates", offset=offset, timeout=30):
        offset = update["update_id"] + 1
        message = update["message"]
        call("sendMessage", chat_id=message["chat"]["id"], text=f"you said {message['text']}")
"""
WITH_PTB = """
import os
from telegram.ext import Application, MessageHandler, filters

async def echo(update, context):
    await update.message.reply_text(f"you said {update.message.text}")

builder = Application.builder().token(os.environ["BOT_TOKEN"])
application = builder.base_url(os.environ["BOT_API"] + "/bot").build()
application.add_handler(MessageHandler(filters.TEXT, echo))
application.run_polling()
"""
WITH_AIOGRAM = """
import asyncio, os
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

dispatcher = Dispatcher()

@dispatcher.message()
async def echo(message):
    await message.answer(f"you said {message.text}")

async def main():
    api = TelegramAPIServer.from_base(os.environ["BOT_API"])
    await dispatcher.start_polling(Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=api)))

asyncio.run(main())
"""
TALK = """
import os, subprocess, sys
from bot_sandbox import Telegram

with Telegram() as telegram:
    account = telegram.new_bot("Echo bot", "echo_bot")
    settings = {"BOT_TOKEN": account.token, "BOT_API": telegram.url}
    bot = subprocess.Popen([sys.executable, "bot.py"], env={**os.environ, **settings})
    try:
        for name, words in (("Viktor", "moin"), ("Anna", "hei"), ("Viktor", "once more")):
            print(telegram.person(name).ask(words, timeout=60))
    finally:
        bot.kill()
        bot.wait()
"""
IN_ONE_LOOP = """
import asyncio
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import ChatMemberRestricted, ChatPermissions
from bot_sandbox import NoReply
from telegram.ext import Application, MessageHandler, filters


@asynccontextmanager
async def with_aiogram(token, url):
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message):
        await message.answer(f"you said {message.text}")

    api = TelegramAPIServer.from_base(url)
    bot = Bot(token, session=AiohttpSession(api=api))
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    yield
    await dispatcher.stop_polling()
    await polling


@asynccontextmanager
async def with_ptb(token, url):
    async def echo(update, context):
        await update.message.reply_text(f"you said {update.message.text}")

    application = Application.builder().token(token).base_url(url + "/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    async with application:
        await application.start()
        await application.updater.start_polling()
        yield
        await application.updater.stop()
        await application.stop()


@pytest.fixture
def account(telegram_sandbox):
    return telegram_sandbox.new_bot("Echo bot", "echo_bot")


@pytest.fixture
def anyio_backend():
    return "asyncio"


both = pytest.mark.parametrize("bot", [with_aiogram, with_ptb])


async def talk(telegram, account, bot):
    async with bot(account.token, telegram.url):
        await telegram.wait_ready(account)
        viktor, anna = await telegram.person("Viktor"), await telegram.person("Anna")
        answers = await asyncio.gather(viktor.ask("moin"), anna.ask("hei"))
        assert answers == ["you said moin", "you said hei"]
        with pytest.raises(NoReply, match="held the event loop of this thread"):
            viktor.sync.ask("once more", timeout=0.2)
        assert (await viktor.wait())[0].text == "you said once more"


@both
@pytest.mark.asyncio
async def test_newest_asyncio(aio_telegram, account, bot):
    await talk(aio_telegram, account, bot)


@both
@pytest.mark.anyio
async def test_with_anyio(aio_telegram, account, bot):
    await talk(aio_telegram, account, bot)


@pytest.mark.anyio
async def test_aiogram_moderates(aio_telegram, account):
    viktor, anna = await aio_telegram.person("Viktor"), await aio_telegram.person("Anna")
    group = await aio_telegram.group("Club", [viktor, anna, account], kind="supergroup")
    await group.promote(account, can_promote_members=True)
    api, place = TelegramAPIServer.from_base(aio_telegram.url), (group.id, anna.id)
    async with Bot(account.token, session=AiohttpSession(api=api)) as bot:
        await bot.restrict_chat_member(*place, ChatPermissions(can_send_photos=True))
        restricted = await bot.get_chat_member(*place)
        assert isinstance(restricted, ChatMemberRestricted) and restricted.can_send_photos
        await bot.promote_chat_member(*place, can_delete_messages=True)
        await bot.set_chat_administrator_custom_title(*place, "Gardener")
        admin = await bot.get_chat_member(*place)
        assert (admin.custom_title, admin.can_be_edited) == ("Gardener", True)
        await bot.set_chat_permissions(group.id, ChatPermissions())
        assert (await bot.get_chat(group.id)).permissions.can_send_messages is False
"""
OLDEST = "python-telegram-bot==20.*"  # the oldest that we try
PYTHONS = {"oldest": ("3.11", "3.12"), "newest": ("3.12", "3.13", "3.11")}  # the best first


def run(*words, folder):
    done = subprocess.run(words, cwd=folder, env=FRESH, capture_output=True, text=True, timeout=600)
    if done.returncode and "No matching distribution found for aiohttp" in done.stderr:
        pytest.skip(f"NO PACKAGE INDEX: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files_in(folder):
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}


def find_python(*versions):
    """The first of these that is here and can make an environment; skip if there is none."""
    for version in versions:
        is_this = sys.version_info[:2] == tuple(map(int, version.split(".")))
        python = sys.executable if is_this else shutil.which(f"python{version}")
        words = [python, "-c", "import ensurepip"]
        if python and subprocess.run(words, env=FRESH, capture_output=True).returncode == 0:
            return python
    pytest.skip(f"NO PYTHON {' OR '.join(versions)} HERE that can make an environment")


class Environment:
    """A fresh Python, and what pip installs there."""

    def __init__(self, folder, *what, python=sys.executable):
        run(python, "-m", "venv", str(folder), folder=folder.parent)
        self.scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = str(self.scripts / "python")
        words = ["install", "-q", "--no-compile", *map(str, what)]  # few of its files are loaded
        run(self.python, "-m", "pip", *words, folder=folder)
        where = "import sysconfig; print(sysconfig.get_path('purelib'))"
        self.site = Path(run(self.python, "-c", where, folder=folder).strip())

    def packages(self):
        """{name: what importlib.metadata knows}, without what every fresh environment has."""
        found = {canonicalize_name(one.name): one for one in distributions(path=[str(self.site)])}
        return {name: one for name, one in found.items() if name not in INSTALLERS}

    def talk(self, bot, folder):
        """What a bot, in a process of its own, answers Viktor and Anna."""
        (folder / "bot.py").write_text(bot, encoding="utf-8")
        (folder / "talk.py").write_text(TALK, encoding="utf-8")
        return run(self.python, "talk.py", folder=folder).splitlines()


ANSWERS = ["you said moin", "you said hei", "you said once more"]


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """What a fresh clone has in this folder."""
    folder = tmp_path_factory.mktemp("clone") / "sandbox"
    own = shutil.ignore_patterns("__pycache__", ".*", "node_modules", "dist")
    shutil.copytree(SANDBOX, folder, ignore=own)
    return folder


@pytest.fixture(scope="session")
def built(source, tmp_path_factory):
    """A folder with the wheel and the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", str(folder), folder=source)
    return folder


@pytest.fixture(scope="session")
def wheel(built):
    """The wheel's path."""
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def bare(wheel, tmp_path_factory):
    """The wheel alone; without a package index, this skips, and so do the next two."""
    return Environment(tmp_path_factory.mktemp("bare") / "env", wheel)


@pytest.fixture(scope="session")
def oldest(bare, wheel, tmp_path_factory):
    """The wheel beside the oldest framework."""
    python = find_python(*PYTHONS["oldest"])
    return Environment(tmp_path_factory.mktemp("oldest") / "env", wheel, OLDEST, python=python)


@pytest.fixture(scope="session")
def newest(bare, wheel, tmp_path_factory):
    """What somebody has who tests a bot as the README says, and more: the newest of everything."""
    what = ["aiogram", "python-telegram-bot", "pytest", "pytest-asyncio", "anyio"]
    folder, python = tmp_path_factory.mktemp("newest") / "env", find_python(*PYTHONS["newest"])
    return Environment(folder, f"{wheel}[all]", *what, python=python)


def test_the_wheel_has_all_files_and_building_leaves_nothing_behind(source, wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {f"bot_sandbox/{name}" for name in files_in(source / "bot_sandbox")}
    for name in ("py.typed", "cloud/prices.toml", "cloud/worker.mjs", "window/page/index.html"):
        assert f"bot_sandbox/{name}" in names
    assert {path.name for path in source.iterdir()} == GIVEN
    assert wheel.name == f"bot_sandbox-{bot_sandbox.__version__}-py3-none-any.whl"


def test_the_version_and_its_changes_are_written_down():
    assert re.fullmatch(r"\d+\.\d+\.\d+", bot_sandbox.__version__)
    first = re.findall(r"^## (\S+)", (SANDBOX / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert first[0] == bot_sandbox.__version__


def test_alone_it_brings_only_what_aiohttp_needs(bare):
    packages = bare.packages()
    wanted = {"bot-sandbox", "aiohttp"}
    todo = [*packages["aiohttp"].requires]
    for line in todo:  # which grows
        needs = Requirement(line)
        name = canonicalize_name(needs.name)
        if name not in wanted and (not needs.marker or needs.marker.evaluate({"extra": ""})):
            wanted.add(name)
            todo += packages[name].requires or []
    assert packages.keys() == wanted


def test_alone_a_bot_without_any_framework_is_answered(bare, tmp_path):
    assert bare.talk(WITH_URLLIB, tmp_path) == ANSWERS


def test_alone_its_command_runs(bare, tmp_path):
    said = run(str(bare.scripts / "bot-sandbox"), "--help", folder=tmp_path)
    assert said == run(bare.python, "-m", "bot_sandbox", "--help", folder=tmp_path)
    assert "--fixed" in said


@pytest.mark.parametrize(
    ("name", "bot"),
    [("oldest", WITH_PTB), ("newest", WITH_PTB), ("newest", WITH_AIOGRAM)],
    ids=["oldest", "newest", "aiogram"],
)
def test_beside_a_framework_its_bot_is_answered(request, tmp_path, name, bot):
    assert request.getfixturevalue(name).talk(bot, tmp_path) == ANSWERS


@pytest.mark.parametrize("name", ["oldest", "newest"])
def test_beside_frameworks_no_requirement_is_broken(request, tmp_path, name):
    made = request.getfixturevalue(name)
    assert "No broken requirements" in run(made.python, "-m", "pip", "check", folder=tmp_path)
    if name == "oldest":
        wanted = Requirement(OLDEST)
        assert wanted.specifier.contains(made.packages()[wanted.name].version)


def test_bots_of_both_frameworks_run_in_the_loop_of_a_test(newest, tmp_path):
    (tmp_path / "test_it.py").write_text(IN_ONE_LOOP, encoding="utf-8")
    assert "5 passed" in run(newest.python, "-m", "pytest", "-q", "test_it.py", folder=tmp_path)
    page = (SANDBOX / "docs/python.md").read_text(encoding="utf-8")
    recipe = page.partition("### With pytest-asyncio")[2]
    (tmp_path / "pytest.ini").write_text(re.search(r"```ini\n(.*?)```", recipe, re.DOTALL)[1])
    (tmp_path / "test_it.py").write_text(re.search(r"```python\n(.*?)```", recipe, re.DOTALL)[1])
    assert "2 passed" in run(newest.python, "-m", "pytest", "-q", "test_it.py", folder=tmp_path)


def test_the_sdist_builds_the_same_wheel(built, wheel, tmp_path):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", folder=folder)
    (again,) = (folder / "dist").iterdir()
    with zipfile.ZipFile(again) as archive, zipfile.ZipFile(wheel) as first:
        assert archive.namelist() == first.namelist()


def test_the_plugin_costs_nothing_until_it_is_used(newest, tmp_path):
    loaded = "import bot_sandbox.pytest_plugin, sys; print(*sys.modules)"
    modules = run(newest.python, "-c", loaded, folder=tmp_path).split()
    assert {name for name in modules if name.startswith(("bot_sandbox", "aiohttp"))} == {
        *("bot_sandbox", "bot_sandbox.pytest_plugin"),
        *("bot_sandbox.http", "bot_sandbox.http.window_hook"),
    }


def test_the_ten_lines_in_the_readme_test_a_bot(newest, tmp_path):
    readme = (SANDBOX / "README.md").read_text(encoding="utf-8")
    bot, test = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[:2]
    (tmp_path / "bot.py").write_text(bot, encoding="utf-8")
    (tmp_path / "test_bot.py").write_text(test, encoding="utf-8")
    assert "1 passed" in run(newest.python, "-m", "pytest", "-q", folder=tmp_path)
    # It can fail, too; and then the bot's own words stand in the report.
    (tmp_path / "bot.py").write_text("print('no bot yet')\n", encoding="utf-8")
    (tmp_path / "test_bot.py").write_text(test.replace("30", "0.1"), encoding="utf-8")
    words = [newest.python, "-m", "pytest", "-q"]
    failed = subprocess.run(
        words, cwd=tmp_path, env=FRESH, capture_output=True, text=True, timeout=120
    )
    assert failed.returncode == 1
    assert "nobody calls getUpdates" in failed.stdout
    assert "no bot yet" in failed.stdout
    assert not TOKEN.search(failed.stdout)
