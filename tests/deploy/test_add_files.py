"""The learner's bot goes out as the notebooks leave it: a home's missing files are added."""

import zipfile

import pytest
from full_disk import files_of_at_most
from her_bot import EARLY, HER_BOT, write_her_bot

from bot_sandbox import Cloud, Telegram, Twitch
from bot_sandbox.command.hello_bot import authorize_bot
from bot_sandbox.world.randomness import Randomness
from botlib.twitch.details.helix import Helix
from deploy.add_files import CLOUD, FILES, add_files, missing_files
from deploy.bundle.__main__ import main as bundle
from deploy.pythonanywhere.__main__ import pack_folder

SECRET = "correct-horse-battery"
FUNCTIONS = FILES[CLOUD]


@pytest.fixture(params=[EARLY, "99"], ids=["early", "at the end"])
def bot(request, tmp_path, monkeypatch):
    """Her bot, in the course's folder where she types her commands."""
    monkeypatch.chdir(tmp_path)
    return write_her_bot(tmp_path, request.param)


@pytest.mark.slow("bundles, guides and machines")
def test_her_bot_becomes_a_zip_that_answers_telegram_twitch_and_a_timer(bot, tmp_path, capsys):
    missing = [name for name in FUNCTIONS if not (bot / name).exists()]
    assert bundle([HER_BOT, "--out", "bot.zip"]) == 0
    shown = capsys.readouterr().out
    added = f"Added to {HER_BOT}: {', '.join(missing)}. {CLOUD} calls your bot there.\n"
    assert shown.startswith(added) if missing else "Added" not in shown
    with zipfile.ZipFile("bot.zip") as archive:
        archive.extractall("task")
    with Telegram() as telegram, Twitch() as twitch, Cloud() as cloud:
        viktor, account = telegram.person("Viktor"), telegram.new_bot("Hello bot", "hello_bot")
        streamer, speaker = twitch.account("viktor", "Viktor"), twitch.account("hello_bot")
        settings = authorize_bot(twitch, speaker, streamer, Randomness()) | {
            "TELEGRAM_TOKEN": account.token,
            "TELEGRAM_SECRET": SECRET,
            "TELEGRAM_API": telegram.url,
            "STORE_URL": "memory://",
        }
        url = {
            caller: cloud.deploy(
                caller, "task", handler=f"{caller}_function.handler", environment=settings
            ).url
            for caller in ("telegram", "twitch", "timer")
        }
        telegram.call(account, "setWebhook", url=url["telegram"], secret_token=SECRET)
        assert viktor.ask("!hello", timeout=30) == "hello Viktor!"
        assert "rolls a" in viktor.ask("!roll", timeout=30)
        helix = Helix(settings["TWITCH_CLIENT_ID"], settings["TWITCH_CLIENT_SECRET"], twitch.url)
        secret = settings["TWITCH_EVENTSUB_SECRET"]
        helix.subscribe(streamer.id, url["twitch"], secret, speaker.id)
        twitch.wait_for(speaker, streamer, timeout=30)
        assert streamer.ask("!hello", timeout=30) == "hello Viktor!"
        cloud.timer("morning", "timer", "rate(1 hour)", payload=f"{viktor.id} Good morning!")
        cloud.clock.advance(3600)
        assert viktor.wait(timeout=30)[0].text == "Good morning!"


@pytest.mark.parametrize("home", FILES)
def test_what_is_there_is_never_overwritten(home, tmp_path, capsys):
    bot = write_her_bot(tmp_path, EARLY)
    mine, link, *_ = FILES[home]
    (bot / mine).write_text("# mine\n")
    (bot / link).symlink_to(tmp_path / "elsewhere.py")  # where there is nothing yet
    before = {path: path.read_bytes() for path in bot.rglob("*.py") if path.is_file()}
    for _ in range(2):
        add_files(bot, missing_files(bot, home), home)
    assert {path: path.read_bytes() for path in before} == before
    assert not (tmp_path / "elsewhere.py").exists()
    assert capsys.readouterr().out.count("Added to") == (len(FILES[home]) > 2)


def test_a_full_disk_leaves_no_file_in_part(tmp_path, capsys):
    bot = write_her_bot(tmp_path, EARLY)
    before = sorted(bot.iterdir())
    missing = missing_files(bot, CLOUD)
    with files_of_at_most(max(map(len, missing.values())) - 1), pytest.raises(OSError, match="too"):
        add_files(bot, missing, CLOUD)
    whole = {path.name: path.read_bytes() for path in sorted(bot.iterdir()) if path not in before}
    assert whole.items() < missing.items() and not capsys.readouterr().out
    add_files(bot, missing_files(bot, CLOUD), CLOUD)
    assert not missing_files(bot, CLOUD)


def test_a_folder_that_cannot_be_packed_stays_as_it_is(tmp_path, capsys):
    bot = write_her_bot(tmp_path, EARLY)
    (bot / ".env").write_text("TELEGRAM_TOKEN=1:a\n")
    before = sorted(bot.iterdir())
    assert bundle([str(bot)]) == 1
    shown = capsys.readouterr()
    assert "nothing was packed" in shown.err and not shown.out
    with pytest.raises(ValueError, match="nothing was packed"):
        pack_folder(bot)  # for PythonAnywhere
    assert sorted(bot.iterdir()) == before and not capsys.readouterr().out


@pytest.mark.parametrize(
    "source",
    ["import words as bot", "bot, store = Bot(), None", "if True:\n    bot: Bot = Bot()"],
)
def test_every_way_to_make_bot_counts(source, tmp_path, capsys):
    (tmp_path / "main.py").write_text(source)
    add_files(tmp_path, missing_files(tmp_path, "PythonAnywhere"), "PythonAnywhere")
    assert (tmp_path / "wsgi.py").exists() and (tmp_path / "telegram_function.py").exists()


def test_a_main_without_bot_is_named_and_nothing_is_added(tmp_path, capsys):
    (tmp_path / "main.py").write_text("from botlib import Bot\n\nrobot = Bot()\nprint(bot)\n")
    assert bundle([str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert f"{tmp_path / 'main.py'} makes no `bot`" in shown.err and not shown.out
    assert [path.name for path in tmp_path.iterdir()] == ["main.py"]
    (tmp_path / "main.py").write_text("bot = Bot(\n")
    assert bundle([str(tmp_path)]) == 1
    assert "not valid Python" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["main.py"]


def test_a_main_in_another_encoding_is_read_as_python_reads_it(tmp_path, capsys):
    text = "from botlib import Bot\n\nbot = Bot()\ngreeting = 'Grüß dich'\n"
    (tmp_path / "main.py").write_bytes(f"# coding: latin-1\n{text}".encode("latin-1"))
    add_files(tmp_path, missing_files(tmp_path, CLOUD), CLOUD)
    assert "Added to" in capsys.readouterr().out
    for broken in (text.encode("latin-1"), b"bot = 1\0"):
        (tmp_path / "main.py").write_bytes(broken)
        (tmp_path / FUNCTIONS[0]).unlink(missing_ok=True)
        assert bundle([str(tmp_path)]) == 1
        assert f"{tmp_path / 'main.py'} is not valid Python" in capsys.readouterr().err


@pytest.mark.parametrize("bot", ["", "from botlib import Bot\n\nbot = Bot()\n"])
def test_a_function_of_ones_own_is_packed_as_it_is(tmp_path, bot):
    folder = tmp_path / "echo"
    folder.mkdir()
    (folder / "main.py").write_text(f"{bot}def handler(event, context):\n    return event\n")
    assert bundle([str(folder)]) == 0
    assert [path.name for path in folder.iterdir()] == ["main.py"]
