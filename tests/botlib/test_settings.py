"""The settings: from where they come, which world they mean, and that no secret shows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botlib.details.env_file import read_env
from botlib.details.settings import (
    NAMES,
    addresses,
    is_this_machine,
    read_settings,
    secrets_of,
    telegram_api,
)
from botlib.twitch.details.helix import checked_id
from botlib.twitch.irc import channel_name

ROOT = Path(__file__).parents[2]
TOKEN = "42:very-secret"


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    """No settings of this machine; what a test reads from a file is gone after it."""
    for names in NAMES.values():
        for name in names:
            monkeypatch.setenv(name, "")
    monkeypatch.delenv("BOT_WORLD")  # which every test has, see the course's conftest.py
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path / "course"))


def env(folder, *lines):
    folder.mkdir(exist_ok=True)
    (folder / ".env").write_text("\n".join(lines), encoding="utf-8")


def test_without_a_token_the_bot_is_in_the_sandbox(tmp_path):
    found = read_settings("telegram", tmp_path)
    assert (found.world, found.token, found.missing("TELEGRAM_TOKEN")) == (
        "sandbox",
        "",
        ["TELEGRAM_TOKEN"],
    )


def test_a_token_in_the_file_beside_the_notebook_means_the_real_world(tmp_path):
    env(tmp_path, f"TELEGRAM_TOKEN={TOKEN}")
    found = read_settings("telegram", tmp_path)
    assert (found.world, found.token, found["TELEGRAM_TOKEN"]) == ("real", TOKEN, TOKEN)


def test_an_address_on_this_machine_means_the_sandbox(tmp_path):
    env(tmp_path, f"TELEGRAM_TOKEN={TOKEN}", "TELEGRAM_API=http://127.0.0.1:8081")
    assert read_settings("telegram", tmp_path).world == "sandbox"


def test_the_environment_wins_then_the_notebooks_folder_then_the_courses(tmp_path, monkeypatch):
    env(tmp_path, "TELEGRAM_TOKEN=2:near", "TELEGRAM_SECRET=near")
    env(tmp_path / "course", "TELEGRAM_TOKEN=3:far", "TELEGRAM_SECRET=far", "TELEGRAM_API=http://a")
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:environment")
    found = read_settings("telegram", tmp_path)
    assert dict(found.values) == {
        "TELEGRAM_TOKEN": "1:environment",
        "TELEGRAM_SECRET": "near",
        "TELEGRAM_API": "http://a",
    }


STRANGERS = [  # lines of a .env, and the platform whose secret they would take along
    ("TELEGRAM_API=http://evil.example", "telegram"),
    ("TWITCH_API=https://evil.example", "telegram"),
    ("TWITCH_API=https://evil.example\nTWITCH_TOKEN=theirs", "twitch"),
    ("PYTHONANYWHERE_SITE=https://evil.example", "pythonanywhere"),
    ("HTTPS_PROXY=http://evil.example\nTELEGRAM_TOKEN=1:theirs", "telegram"),
    ("https_proxy=http://evil.example", "telegram"),
    ("SSL_CERT_FILE=evil.pem", "telegram"),
    ("STORE_URL=redis://evil.example", "telegram"),
    ("STORE_URL=dynamodb://bot?endpoint=https://evil.example", "twitch"),
]


@pytest.mark.parametrize("where", ["environment", "course"])
@pytest.mark.parametrize(("lines", "platform"), STRANGERS)
def test_the_file_of_a_folder_that_nobody_named_sends_no_secret_elsewhere(
    tmp_path, monkeypatch, where, lines, platform
):
    env(tmp_path / "downloads", lines)
    monkeypatch.chdir(tmp_path / "downloads")
    routes = ("HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE", "STORE_URL")
    for name in routes:
        monkeypatch.setenv(name, "")
    secrets = {"TELEGRAM_TOKEN": TOKEN, "TWITCH_CLIENT_SECRET": "s", "PYTHONANYWHERE_TOKEN": "p"}
    env(tmp_path / "course", *(f"{name}={value}" for name, value in secrets.items()))
    for name, value in secrets.items():
        monkeypatch.setenv(name, value if where == "environment" else "")
    with pytest.raises(ValueError, match=r"downloads.*\.env sets .* would go there") as error:
        read_settings(platform)
    assert TOKEN not in str(error.value)
    assert not [name for name in (*routes, *ADDRESSES) if "evil" in os.environ.get(name, "")]


ADDRESSES = ("TELEGRAM_API", "TWITCH_API", "PYTHONANYWHERE_API", "PYTHONANYWHERE_SITE")


def test_a_link_in_a_folder_that_nobody_named_sends_no_secret_elsewhere(tmp_path, monkeypatch):
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "settings.txt").write_text("TELEGRAM_API=http://evil.example")
    try:
        (folder / ".env").symlink_to("settings.txt")
    except OSError:
        pytest.skip("links cannot be made here")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    with pytest.raises(ValueError, match=r"\.env sets TELEGRAM_API"):
        read_settings("telegram")
    assert not os.environ.get("TELEGRAM_API")


def test_the_file_of_a_folder_that_nobody_named_sets_only_what_botlib_knows(tmp_path, monkeypatch):
    lines = ("TELEGRAM_SECRET=theirs", "SSLKEYLOGFILE=keys.log", "BOTS_FOLDER=.", "MY_KEY=1")
    token = f"TELEGRAM_TOKEN={TOKEN}"
    local = "STORE_URL=sqlite:///mine.sqlite3"  # it sends nothing anywhere
    env(tmp_path / "downloads", *lines, local, token)
    for name in ("SSLKEYLOGFILE", "MY_KEY", "BOTS_FOLDER", "STORE_URL"):
        monkeypatch.setenv(name, "")
    monkeypatch.chdir(tmp_path / "downloads")
    assert read_settings("telegram")["TELEGRAM_SECRET"] == "theirs"
    assert os.environ["STORE_URL"] == "sqlite:///mine.sqlite3"
    assert not any(os.environ.get(name) for name in ("SSLKEYLOGFILE", "MY_KEY", "BOTS_FOLDER"))
    read_settings("telegram", tmp_path / "downloads")  # a bot's own names, in a folder you named
    assert os.environ["MY_KEY"] == "1"


@pytest.mark.parametrize("where", ["environment", "course"])
@pytest.mark.parametrize(
    ("platform", "signing", "token"),
    [
        ("telegram", "TELEGRAM_SECRET", "TELEGRAM_TOKEN"),
        ("twitch", "TWITCH_EVENTSUB_SECRET", "TWITCH_CLIENT_SECRET"),
    ],
)
def test_the_file_of_a_folder_that_nobody_named_cannot_say_who_may_write_to_your_bot(
    tmp_path, monkeypatch, where, platform, signing, token
):
    env(tmp_path / "downloads", f"{signing}=attacker-knows")
    env(tmp_path / "course", f"{signing}=mine-alone", f"{token}={TOKEN}")
    monkeypatch.chdir(tmp_path / "downloads")
    monkeypatch.setenv(token, TOKEN if where == "environment" else "")
    for _ in range(2):  # as somebody runs the cell again
        with pytest.raises(ValueError, match=rf"downloads.*\.env sets {signing}, but") as caught:
            read_settings(platform)
        assert TOKEN not in str(caught.value) and "attacker" not in str(caught.value)
        assert not os.environ.get(signing)
        monkeypatch.setenv(token, TOKEN if where == "environment" else "")
    env(tmp_path / "downloads", f"{signing}=theirs", f"{token}=1:theirs")  # a bot of its own
    monkeypatch.setenv(token, "")
    assert read_settings(platform)[signing] == "theirs"
    monkeypatch.setenv(signing, "")
    monkeypatch.setenv(token, TOKEN)
    assert read_settings(platform, tmp_path / "downloads")[signing] == "theirs"  # named


def test_an_address_without_a_token_does_not_wait_for_one(tmp_path, monkeypatch):
    env(tmp_path / "downloads", "TELEGRAM_API=http://evil.example")
    monkeypatch.chdir(tmp_path / "downloads")
    assert "TELEGRAM_API" not in read_settings("telegram").values
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)  # as a login in a notebook does it
    assert telegram_api() == "https://api.telegram.org"


def test_an_address_counts_beside_its_token_or_in_a_folder_that_was_named(tmp_path, monkeypatch):
    env(tmp_path / "my_bot", f"TELEGRAM_TOKEN={TOKEN}", "TELEGRAM_API=http://a")
    monkeypatch.chdir(tmp_path / "my_bot")
    assert read_settings("telegram")["TELEGRAM_API"] == "http://a"
    monkeypatch.setenv("TELEGRAM_API", "")
    assert read_settings("telegram", tmp_path / "my_bot")["TELEGRAM_API"] == "http://a"
    monkeypatch.setenv("TELEGRAM_API", "")
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path / "my_bot"))  # this names it, too
    assert read_settings("telegram")["TELEGRAM_API"] == "http://a"


def test_what_the_file_says_is_in_the_environment_for_the_doors_to_read(tmp_path):
    env(tmp_path, f"TELEGRAM_TOKEN={TOKEN}")
    read_settings("telegram", tmp_path)
    assert os.environ["TELEGRAM_TOKEN"] == TOKEN


def test_no_secret_is_shown(tmp_path):
    env(tmp_path, "TWITCH_TOKEN=secret1", "TWITCH_CLIENT_SECRET=secret2", "TWITCH_CHANNEL=viktor")
    found = read_settings("twitch", tmp_path)
    shown = f"{found} {found!r}"
    assert "secret1" not in shown and "secret2" not in shown
    assert "TWITCH_TOKEN: set" in shown
    assert "TWITCH_CHANNEL: viktor" in shown
    assert "TWITCH_CLIENT_ID: not set" in shown


def test_a_missing_setting_is_named_with_its_fix(tmp_path):
    with pytest.raises(ValueError, match=r"TELEGRAM_TOKEN is not set\. Set it where the bot runs"):
        read_settings("telegram", tmp_path)["TELEGRAM_TOKEN"]


def test_an_unknown_platform_is_refused():
    with pytest.raises(ValueError, match="telegram, twitch, pythonanywhere, not for 'irc'"):
        read_settings("irc")


@pytest.mark.parametrize(
    "line",
    [
        b"A=b",
        b"\xef\xbb\xbfA=b",
        b"A=b\r\n",
        b"export A=b",
        b'A="b"',
        b"A = 'b' # no comment",
        "A=“b”".encode(),
        "A= ‘b’ ".encode(),
    ],
)
def test_a_file_is_read_however_people_write_it(tmp_path, line):
    (tmp_path / ".env").write_bytes(line)
    assert read_env(tmp_path / ".env") == {"A": "b"}


def test_a_dollar_means_itself_and_other_bytes_are_explained(tmp_path):
    env(tmp_path, "A=x${HOME}y$z")
    assert read_env(tmp_path / ".env") == {"A": "x${HOME}y$z"}
    (tmp_path / ".env").write_bytes("A=ключ".encode("cp1251"))
    with pytest.raises(ValueError, match="not UTF-8"):
        read_env(tmp_path / ".env")


def test_a_file_that_cannot_be_read_is_explained(tmp_path):
    (tmp_path / ".env").mkdir()
    with pytest.raises(ValueError, match=r"\.env cannot be read: \S"):
        read_env(tmp_path / ".env")  # a folder, in place of a file that is somebody else's


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_what_powershell_writes_is_read(tmp_path, mark):
    (tmp_path / ".env").write_bytes("\ufeffA=ключ\r\nB=“c”\r\n".encode(mark))
    assert read_env(tmp_path / ".env") == {"A": "ключ", "B": "c"}


def test_what_powershell_appends_in_another_encoding_is_explained(tmp_path):
    (tmp_path / ".env").write_bytes(b"A=b\r\n" + "TELEGRAM_SECRET=hunter2\r\n".encode("utf-16-le"))
    with pytest.raises(
        ValueError, match=r"\.env has two encodings, the second from line 2"
    ) as caught:
        read_env(tmp_path / ".env")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('TELEGRAM_TOKEN="1:hunter2', 1),
        ('A=b\nTELEGRAM_TOKEN="1:hunter2\nTWITCH_TOKEN="hunter2"', 2),
        ("# mine\n\nTWITCH_TOKEN: hunter2\nA=b", 3),
        ("TWITCH_TOKEN:hunter2", 1),
        ("A=b\r\n\r\nTWITCH_TOKEN hunter2", 3),
        ("TWITCH_TOKEN='hunter2' hunter2", 1),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_never_lost(tmp_path, text, line):
    (tmp_path / ".env").write_bytes(text.encode())
    with pytest.raises(ValueError, match=rf"\.env, line {line}: expected NAME=value") as caught:
        read_settings("telegram", tmp_path)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "read"), [("TELEGRAM_API", telegram_api), ("TWITCH_API", addresses)]
)
def test_a_token_that_everyone_can_read_on_its_way_is_warned_about_once(
    name, read, monkeypatch, caplog
):
    for address in ("https://example.org", "http://127.0.0.1:8081", "http://localhost", ""):
        monkeypatch.setenv(name, address)
        read()
    assert caplog.messages == []
    monkeypatch.setenv(name, f"http://me:hunter2@{name.replace('_', '-')}.example")
    read()
    read()
    (message,) = caplog.messages
    assert message.startswith(f"{name} begins with http://") and "https://" in message
    assert "hunter2" not in message


@pytest.mark.parametrize("platform", ["telegram", "twitch"])
def test_an_address_without_its_beginning_is_no_real_world(tmp_path, platform):
    name = platform.upper()
    env(tmp_path, f"{name}_TOKEN={TOKEN}", f"{name}_API=127.0.0.1:8081")
    with pytest.raises(ValueError, match=rf"{name}_API is no .* as http://127\.0\.0\.1:8081"):
        read_settings(platform, tmp_path)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("TELEGRAM_API", lambda: read_settings("telegram")),
        ("TWITCH_API", lambda: read_settings("twitch")),
        ("TWITCH_API", addresses),
        ("PYTHONANYWHERE_API", lambda: read_settings("pythonanywhere")),
        ("TWITCH_BOT_ID", lambda: checked_id(None)),
        ("this", lambda: channel_name(os.environ["TWITCH_CHANNEL"])),
    ],
)
@pytest.mark.parametrize("token", [f"123456789:AA{'h' * 33}", f"oauth:{'h' * 30}", "h" * 30])
def test_a_token_on_the_line_of_another_setting_is_not_shown(monkeypatch, name, read, token):
    for misplaced in (*ADDRESSES, "TWITCH_BOT_ID", "TWITCH_CHANNEL"):
        monkeypatch.setenv(misplaced, token)
    with pytest.raises(ValueError, match=rf"^{name} is .*[Ee]xpected ") as caught:
        read()
    assert "hhh" not in str(caught.value)


def test_the_longest_secret_comes_first_so_that_none_is_hidden_in_part():
    found = secrets_of({"TWITCH_TOKEN": "ab", "TELEGRAM_TOKEN": "abc", "TWITCH_CHANNEL": "a"})
    assert found == ["abc", "ab"]


def test_the_password_in_a_stores_url_is_a_secret_however_it_is_spelled():
    found = secrets_of({"STORE_URL": "rediss://user:pass%2Fword@host:6379/0"})
    assert found == ["pass%2Fword", "pass/word"]
    for url in ("redis://host:6379/0", "sqlite:///store.sqlite3", "memory://", ""):
        assert secrets_of({"STORE_URL": url}) == []
    aws = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "abc", "AWS_SESSION_TOKEN": "abcd"}
    assert secrets_of(aws) == ["abcd", "abc"]


def test_the_course_world_keeps_a_learners_tokens_out(tmp_path, monkeypatch):
    env(tmp_path, f"TELEGRAM_TOKEN={TOKEN}", "TWITCH_TOKEN=secret")
    monkeypatch.setenv("BOT_WORLD", "sandbox")
    assert dict(read_settings("telegram", tmp_path).values) == {}
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    assert read_settings("telegram", tmp_path).world == "sandbox"
    assert not {"TELEGRAM_TOKEN", "TWITCH_TOKEN"} & {key for key in os.environ if os.environ[key]}
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_API", "http://127.0.0.1:8081")
    assert read_settings("telegram", tmp_path).token == TOKEN


PROBE = """
import os

def pytest_sessionstart():
    print("world", os.environ.get("BOT_WORLD"), "token", "TELEGRAM_TOKEN" in os.environ)
"""


@pytest.mark.slow("commands from start to end")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["notebooks/00_start_here.ipynb"], "world sandbox token False"),
        (["tests/test_bot.py", "-m", "live"], "world None token True"),
    ],
)
def test_no_test_sees_a_learners_token_unless_it_is_asked_to(tmp_path, options, said):
    (tmp_path / "probe.py").write_text(PROBE)
    outside = {key: value for key, value in os.environ.items() if key != "BOT_WORLD"}
    mine = {"TELEGRAM_TOKEN": TOKEN, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "probe", *options]
    done = subprocess.run(command, cwd=ROOT, env=outside | mine, capture_output=True, text=True)
    assert said in done.stdout, done.stdout + done.stderr


@given(st.text())
def test_any_address_can_be_asked_about(address):
    assert is_this_machine(address) in (True, False)
