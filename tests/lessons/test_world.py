"""The switch of some notebooks: the sandbox, or the real bot if its owner says so."""

import pytest

from bot_sandbox import Telegram
from botlib.details.settings import Settings
from lessons.worlds.world import World, telegram_world


@pytest.fixture
def sandbox():
    with Telegram() as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        yield telegram, account, "sandbox-secret"


@pytest.fixture
def real(monkeypatch):
    """A second Telegram that plays the real one: (it, a bot there, settings that lead to it)."""
    monkeypatch.setattr("botlib.details.settings.THIS_MACHINE", set())
    with Telegram() as telegram:
        mine = telegram.new_bot("My bot", "my_real_bot")
        values = {"TELEGRAM_TOKEN": mine.token, "TELEGRAM_API": telegram.url}
        values["TELEGRAM_SECRET"] = "my-very-own-secret"
        yield telegram, mine, Settings("telegram", values)


def test_in_a_test_it_is_the_sandbox_even_with_a_token(sandbox, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("TELEGRAM_TOKEN=42:real\n")
    monkeypatch.setenv("TELEGRAM_TOKEN", "42:real")
    world = telegram_world(*sandbox, real=True)
    assert "SANDBOX" in str(world)
    assert world.token == sandbox[1].token
    assert world.call("getMe")["username"] == "hello_bot"


def test_in_the_sandbox_the_cells_reach_its_bot(sandbox):
    world = World(Settings("telegram", {}), *sandbox)
    assert world.call("setWebhook", url="http://127.0.0.1:9/") is True
    with pytest.raises(RuntimeError, match="400"):
        world.call("sendMessage", chat_id=1, text="")


def test_in_the_sandbox_a_revoked_token_is_followed(sandbox):
    telegram, account, *_ = sandbox
    world = World(Settings("telegram", {}), *sandbox)
    telegram.new_token(account)
    assert world.call("getMe")["username"] == "hello_bot"


def test_a_real_bot_is_left_alone_unless_its_owner_says_so(sandbox, real):
    telegram, mine, found = real
    telegram.call(mine, "setWebhook", url="http://127.0.0.1:9/")
    world = World(found, *sandbox)
    assert "SANDBOX" in str(world)
    world.call("deleteWebhook")
    assert telegram.call(mine, "getWebhookInfo")["url"] == "http://127.0.0.1:9/"
    assert mine.token not in f"{world} {world!r}"


def test_the_real_world_without_a_token_is_the_sandbox_and_says_so(sandbox):
    world = World(Settings("telegram", {}), *sandbox, real=True)
    assert "SANDBOX" in str(world)
    assert "python3 start.py login telegram" in str(world)
    assert world.call("getMe")["username"] == "hello_bot"


def test_the_same_cells_reach_the_real_bot(sandbox, real):
    _, mine, found = real
    world = World(found, *sandbox, real=True)
    assert "REAL WORLD" in str(world)
    assert world.call("getMe")["username"] == "my_real_bot"
    assert world.call("setWebhook", url="http://127.0.0.1:9/", secret_token=world.secret) is True
    assert mine._webhook.secret_token == "my-very-own-secret"
    assert mine.token not in f"{world} {world!r}"


def test_a_sick_token_is_explained_and_not_shown(sandbox):
    world = World(Settings("telegram", {"TELEGRAM_TOKEN": "42:very secret"}), *sandbox, real=True)
    with pytest.raises(ValueError, match="TELEGRAM_TOKEN: The token is not whole") as caught:
        world.call("getMe")
    assert "very" not in str(caught.value)


def test_without_api_the_real_world_is_telegrams_own(sandbox):
    world = World(Settings("telegram", {"TELEGRAM_TOKEN": "42:real"}), *sandbox, real=True)
    assert (world.is_real, world.api) == (True, "https://api.telegram.org")
    with pytest.raises(ValueError, match=r"TELEGRAM_SECRET is not set\. Set it where"):
        _ = world.secret
