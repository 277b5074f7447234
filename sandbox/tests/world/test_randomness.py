"""With a seed a sandbox gives the same tokens and ids at every start; without, never the same."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from twitch_tools import CHAT

from bot_sandbox import Telegram, Twitch
from bot_sandbox.command.machine_seed import LENGTH, machine_seed


def telegram_texts(**seed):
    """Two bots' tokens and the numbers of their first updates."""
    with Telegram(**seed) as telegram:
        bot = telegram.new_bot("Hello bot", "hello_bot")
        other = telegram.new_bot("Another bot", "another_bot")
        viktor = telegram.person("Viktor")
        numbers = [viktor.send("hi", to=account).updates[0].id for account in (bot, other)]
        return [bot.token, other.token, telegram.new_token(bot), *numbers]


def twitch_texts(chatter=0, **seed):
    """Everything that a client of Twitch is told and that is random."""
    with Twitch(**seed) as twitch:
        viktor, bot = twitch.account("viktor"), twitch.account("hello_bot")
        for n in range(chatter):
            bot.say(f"{n}", channel=bot)
        app, public = twitch.application("Hello"), twitch.application("Phone", confidential=False)
        first = twitch.authorize(bot, app, CHAT)
        again = twitch.authorize(bot, app, CHAT)
        other = twitch.authorize(viktor, public, CHAT)
        own = twitch.app_token(app)
        said = [viktor.say("one").id, viktor.say("two").id]
        return [
            *(app.client_id, app.client_secret, public.client_id),
            *(token.access_token for token in (first, again, other, own)),
            *(token.refresh_token for token in (first, again, other)),
            *said,
        ]


def test_the_same_seed_gives_the_same_and_nothing_else_does():
    for texts in (telegram_texts, twitch_texts):
        seeded = texts(seed="a text")
        assert texts(seed="a text") == seeded
        every = [*seeded, *texts(seed="another"), *texts(), *texts()]
        assert len(set(every)) == 4 * len(seeded)


def test_what_others_do_meanwhile_changes_no_token():
    assert twitch_texts(chatter=3, seed=7) == twitch_texts(seed=7)


def test_a_seed_that_another_process_writes_just_now_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setenv("BOT_SANDBOX_STATE", str(tmp_path))
    file = tmp_path / "seed"
    file.touch()  # the other process has made it, and has not written it yet
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(machine_seed)
        wait([asked], timeout=0.1)
        file.write_text("5" * LENGTH)
        assert asked.result() == "5" * LENGTH
    file.write_text("")  # the other process has died
    with pytest.raises(OSError, match="holds no seed"):
        machine_seed()
