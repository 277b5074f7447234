"""A folder of one's own: as made, it is a bot for every home."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot_sandbox import Cloud, Telegram, Twitch
from bot_sandbox.command.hello_bot import authorize_bot
from bot_sandbox.world.randomness import Randomness
from botlib.run import load_bot
from deploy.bundle import bundle
from deploy.bundle.__main__ import main as bundle_command
from deploy.new import TEMPLATE, main

SECRET = "correct-horse-battery"
LAMBDA = str(Path(__file__).parents[1] / "helpers/bare_lambda.py")
FILES = {"main.py", "telegram_function.py", "twitch_function.py", "timer_function.py"}
FILES |= {"test_main.py", "requirements.txt", "wsgi.py", ".gitignore"}


@pytest.fixture
def folder(tmp_path, capsys):
    assert main([str(tmp_path / "my_bot")]) == 0
    capsys.readouterr()
    return tmp_path / "my_bot"


def test_it_holds_a_bot_its_functions_and_a_test(folder):
    assert {path.name for path in folder.iterdir()} == FILES
    assert load_bot(folder / "main.py").ask("!hello", user="Viktor") == "hello Viktor!"


def test_what_to_type_next_is_shown_and_can_be_typed(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["deep/my_bot"]) == 0
    shown = capsys.readouterr().out
    start = os.path.relpath(TEMPLATE.parents[1] / "start.py")
    for words in ("run telegram", "test", "sandbox", "bundle", "deploy pythonanywhere"):
        assert f"python3 {start} {words} deep/my_bot  " in shown.replace(os.sep, "/")
    assert str(Path("deep/my_bot/main.py")) in shown
    assert Path("deep/my_bot/main.py").is_file()


def test_a_phone_is_shown_only_what_it_can_do(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TERMUX_VERSION", "0.118.3")
    assert main([str(tmp_path / "my_bot")]) == 0
    shown = capsys.readouterr().out
    assert re.findall(r"start\.py (\w+)", shown) == ["run", "autostart"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    assert main([str(tmp_path / "empty")]) == 0
    assert {path.name for path in (tmp_path / "empty").iterdir()} == FILES


def test_what_is_there_already_is_never_touched(tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/main.py").write_text("mine")
    assert main([str(tmp_path / "mine")]) == 1
    assert "is not empty, so nothing was changed" in capsys.readouterr().err
    assert main([str(tmp_path / "mine/main.py")]) == 1
    assert "is a file" in capsys.readouterr().err
    assert [path.read_text() for path in (tmp_path / "mine").iterdir()] == ["mine"]


def test_a_name_that_no_screen_can_show_is_refused_and_not_shown(tmp_path, capsys):
    assert main([str(tmp_path / "a\x1b[2Jb")]) == 1
    printed = capsys.readouterr()
    assert "Choose another name" in printed.err and "\x1b" not in printed.err + printed.out
    assert not any(tmp_path.iterdir())


def test_nothing_that_tools_left_in_the_template_is_copied(folder):
    code = "import sys; sys.dont_write_bytecode = False; import main"
    subprocess.run([sys.executable, "-c", code], cwd=TEMPLATE, check=True)
    assert (TEMPLATE / "__pycache__").exists() or sys.flags.dont_write_bytecode
    assert main([str(folder.parent / "other")]) == 0
    assert {path.name for path in (folder.parent / "other").iterdir()} == FILES


def test_the_bundle_has_all_functions_and_says_whose_is_which(folder, capsys):
    assert bundle_command([str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "packages: none" in shown
    for caller in ("Telegram", "Twitch", "a timer"):
        handler = f"{caller.lower().removeprefix('a ')}_function.handler"
        assert f"entry point to name in the cloud for {caller}: {handler}" in shown
    with zipfile.ZipFile(folder.with_suffix(".zip")) as archive:
        own = {name for name in archive.namelist() if "/" not in name}
    assert own == {"main.py", "wsgi.py"} | {
        f"{caller}_function.py" for caller in ("telegram", "twitch", "timer")
    }


def test_a_handler_in_main_py_counts_too_and_one_that_is_named_alone(folder):
    made = ("telegram_function.handler", "twitch_function.handler", "timer_function.handler")
    assert bundle(folder).handlers == made
    with (folder / "main.py").open("a") as file:
        file.write("\n\ndef handler(event, context):\n    return event\n")
    assert bundle(folder).handlers == ("main.handler", *made)
    assert bundle(folder, handler="twitch_function.handler").handlers == made[1:2]


@pytest.fixture(scope="module")
def zipped(tmp_path_factory):
    """A folder as made, with a package from the registry in its command, packed and unpacked."""
    where = tmp_path_factory.mktemp("zip")
    assert main([str(where / "my_bot")]) == 0
    (where / "my_bot/requirements.txt").write_text("text-unidecode\n")
    source = (where / "my_bot/main.py").read_text()
    source = "from text_unidecode import unidecode\n" + source.replace(
        "{message.user}", "{unidecode(message.user)}"
    )
    (where / "my_bot/main.py").write_text(source)
    try:
        made = bundle(where / "my_bot")
    except RuntimeError as error:
        pytest.skip(f"THE PACKAGE REGISTRY COULD NOT BE REACHED: {error}")
    assert [name.partition("==")[0] for name in made.packages] == ["text-unidecode"]
    shutil.unpack_archive(made.path, where / "task")
    return where / "task"


@pytest.mark.slow("bundles, guides and machines")
@pytest.mark.parametrize("events", ["aws", "yandex"])
def test_its_zip_answers_telegram_under_awslambdaric(zipped, awslambdaric, events):
    handler = "telegram_function.handler"
    with Telegram() as telegram, Cloud() as cloud:
        account = telegram.new_bot("Hello bot", "hello_bot")
        settings = {
            "TELEGRAM_TOKEN": account.token,
            "TELEGRAM_SECRET": SECRET,
            "TELEGRAM_API": telegram.url,
            "BUNDLE": str(zipped),
            "RIC": str(awslambdaric),
        }
        function = cloud.deploy(
            "bot", zipped, handler=handler, environment=settings, events=events, worker=LAMBDA,
            timeout_s=30,
        )  # fmt: skip
        telegram.call(account, "setWebhook", url=function.url, secret_token=SECRET)
        assert telegram.person("Zoë").ask("!hello", timeout=30) == "hello Zoe!"


@pytest.mark.slow("bundles, guides and machines")
@pytest.mark.parametrize("events", ["aws", "yandex"])
def test_its_zip_answers_twitch_under_awslambdaric(zipped, awslambdaric, events):
    from botlib.twitch.details.helix import Helix

    handler = "twitch_function.handler"
    with Twitch() as twitch, Cloud() as cloud:
        viktor, bot = twitch.account("viktor", "Viktor"), twitch.account("hello_bot")
        settings = authorize_bot(twitch, bot, viktor, Randomness())
        settings |= {"BUNDLE": str(zipped), "RIC": str(awslambdaric)}
        function = cloud.deploy(
            "bot", zipped, handler=handler, environment=settings, events=events, worker=LAMBDA,
            timeout_s=30,
        )  # fmt: skip
        helix = Helix(settings["TWITCH_CLIENT_ID"], settings["TWITCH_CLIENT_SECRET"], twitch.url)
        helix.subscribe(viktor.id, function.url, settings["TWITCH_EVENTSUB_SECRET"], bot.id)
        twitch.wait_for(bot, viktor, timeout=30)
        assert viktor.ask("!hello", timeout=30) == "hello Viktor!"


@pytest.mark.slow("bundles, guides and machines")
@pytest.mark.parametrize(
    ("events", "schedule"), [("aws", "rate(1 hour)"), ("yandex", "* * * * ? *")]
)
def test_its_zip_says_good_morning_under_awslambdaric(zipped, awslambdaric, events, schedule):
    with Telegram() as telegram, Cloud() as cloud:
        account, zoe = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Zoë")
        zoe.send("/start", to=account)  # a bot may not write first
        settings = {"TELEGRAM_TOKEN": account.token, "TELEGRAM_API": telegram.url}
        settings |= {"BUNDLE": str(zipped), "RIC": str(awslambdaric)}
        function = cloud.deploy(
            "bot", zipped, handler="timer_function.handler", environment=settings, events=events,
            worker=LAMBDA, timeout_s=30,
        )  # fmt: skip
        cloud.timer("morning", function, schedule, payload=f"{zoe.id} Good morning!")
        cloud.clock.advance(60)
        assert zoe.wait(timeout=30)[0].text == "Good morning!"
