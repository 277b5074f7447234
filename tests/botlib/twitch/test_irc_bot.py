"""The IRC bot against the sandbox Twitch: it answers, and it survives what a network does."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from threaded_irc_bot import ThreadedIrcBot

from bot_sandbox.twitch import Twitch
from botlib import Bot
from botlib.bot import TryAgain
from botlib.store import StoreError
from botlib.store.memory import MemoryStore
from botlib.twitch import channel
from botlib.twitch.details.connection import Timing
from botlib.twitch.details.credentials import LoginRefused
from botlib.twitch.details.limits import SLACK_S, Limits
from botlib.twitch.details.texts import INVISIBLE, escape_command, split_reply
from botlib.twitch.irc_bot import IrcBot

SCOPES = ["chat:read", "chat:edit"]
HOUR = 3600.0
NO_LIMITS = {"message_window_s": 0, "channel_gap_s": 0, "join_window_s": 0, "login_gap_s": 0}
# A moved clock runs ahead of the sockets: what is under way may take long by it.
PATIENT = Timing(quiet_s=HOUR, answer_s=HOUR, confirm_s=HOUR, stale_s=HOUR, refused_s=0.01)


class MovableLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock a test moves forward."""

    moved = 0.0

    def __init__(self) -> None:
        super().__init__()
        self._hourly_waits = threading.Semaphore(0)

    def time(self) -> float:
        return super().time() + self.moved

    def call_at(self, when: float, *arguments: Any, **more: Any) -> asyncio.TimerHandle:
        if when > self.time() + HOUR / 2:
            self._hourly_waits.release()
        return super().call_at(when, *arguments, **more)

    def wait_for_hour(self) -> None:
        """Wait until the bot has validated its token, and waits for the next hour."""
        assert self._hourly_waits.acquire(timeout=10)

    def advance(self, seconds: float) -> None:
        done = threading.Event()

        def move() -> None:
            self.moved += seconds
            done.set()

        self.call_soon_threadsafe(move)
        assert done.wait(5)


class World:
    """A sandbox, the people in it, and what a bot needs to log in."""

    def __init__(self, twitch: Twitch, confidential: bool = True) -> None:
        self.twitch = twitch
        self.viktor = twitch.account("viktor", "Viktor")
        self.bot_account = twitch.account("hellobot", "HelloBot")
        self.app = twitch.application("Hello bot", confidential=confidential)
        self.token = twitch.authorize(self.bot_account, self.app, SCOPES)

    def bot(self, channels=("viktor",), brain=None, **options) -> IrcBot:
        given = {
            "token": self.token.access_token,
            "refresh_token": self.token.refresh_token,
            "client_id": self.app.client_id,
            "client_secret": self.app.client_secret,
            "api": self.twitch.url,
            "limits": Limits(**NO_LIMITS),
            "backoff": lambda failures: 0.01,
            "timing": Timing(refused_s=0.01),
        }
        return IrcBot(brain or make_brain(), channels, **given | options)

    def seen(self, condition, seconds: float) -> bool:
        return self.twitch.wait_until(condition, seconds)

    def until(self, condition) -> None:
        """Wait until something that the sandbox sees has happened."""
        assert self.seen(condition, 10)

    @property
    def connection(self):
        return self.twitch.connections("hellobot")[-1]


def make_brain() -> Bot:
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")
    bot.command("say")(lambda message: message.arguments)
    bot.command("long")(lambda message: "word " * 250)
    bot.command("twice")(lambda message: ["one", "two"])
    bot.command("fail")(lambda message: 1 / 0)
    return bot


@pytest.fixture
def twitch():
    with Twitch(limits=False) as twitch:
        yield twitch


@pytest.fixture
def world(twitch):
    return World(twitch)


def until_bot(loop: asyncio.AbstractEventLoop, condition) -> None:
    """Wait until something that the bot counts has happened: look after each turn of its loop."""

    async def look() -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110  (the bot has no event for each count)
                await asyncio.sleep(0)

    asyncio.run_coroutine_threadsafe(look(), loop).result(15)


def let_time_pass(loop: MovableLoop, twitch: Twitch, until) -> None:
    """Move both clocks on together, in steps that the limits' slack forgives."""
    end = time.monotonic() + 60
    while not until():
        assert time.monotonic() < end, "however late it is, it does not become so"
        loop.advance(SLACK_S / 2)
        twitch.clock.advance(SLACK_S / 2)


def plain(text: str) -> str:
    return text.replace(INVISIBLE, "").strip()


def test_hello(world):
    with ThreadedIrcBot(world.bot()) as held:
        assert world.viktor.ask("!hello") == "hello Viktor!"
        assert held.bot.credentials.login == "hellobot"
    world.until(lambda: world.connection.closed == "the client closed the connection")


def test_a_cell_run_twice_leaves_one_bot(world):
    first = ThreadedIrcBot(world.bot())
    with ThreadedIrcBot(world.bot()):
        assert not first.alive
        assert world.viktor.ask("!hello") == "hello Viktor!"
        assert sum(one.open for one in world.twitch.connections("hellobot")) == 1


@pytest.mark.parametrize("fault", ["drop", "close_frame", "reconnect", "restart"])
def test_it_comes_back_after(fault, world):
    with ThreadedIrcBot(world.bot(channels=["viktor", "hellobot"])) as held:
        for round in range(3):
            break_it = getattr(world.twitch.faults, fault)
            break_it() if fault == "restart" else break_it("hellobot")
            world.until(lambda n=round + 2: len(world.twitch.connections("hellobot")) == n)
            world.until(lambda: sum(one.open for one in world.twitch.connections("hellobot")) == 1)
            world.twitch.wait_for("hellobot", "hellobot")
            world.twitch.wait_for("hellobot", "viktor")
            assert plain(world.viktor.ask(f"!say {round}")) == str(round)
        assert held.bot.counts.reconnects == 3
    world.until(lambda: not any(one.open for one in world.twitch.connections("hellobot")))


def test_a_ban_keeps_it_out_until_it_is_over(world, caplog, monkeypatch):
    monkeypatch.setattr(channel, "REJOIN_S", 0.05)
    caplog.set_level(logging.WARNING)
    with ThreadedIrcBot(world.bot(channels=["viktor", "hellobot"])) as held:
        assert world.viktor.ask("!hello") == "hello Viktor!"
        world.viktor.ban("hellobot")
        world.until(lambda: world.connection.lines_in > 8)  # it asks to be let in, again and again
        assert world.twitch.missed("hellobot") == []
        world.viktor.say("!hello")
        world.viktor.unban("hellobot")
        world.twitch.wait_for("hellobot", "viktor")
        assert plain(world.viktor.ask("!say back")) == "back"
        assert held.bot.counts.reconnects == 0
        assert [m.text for m in world.twitch.missed("hellobot")] == ["!hello"]
    assert caplog.text.count("Ask the channel's owner to unban the bot") == 1


def test_it_starts_however_long_twitch_cannot_check_its_token(world):
    world.twitch.faults.fail_oauth(503, n=20)
    often = Timing(refused_s=0.01, validate_s=0.01)  # the hour passes while it is still trying
    with ThreadedIrcBot(world.bot(timing=often)):
        assert world.viktor.ask("!hello") == "hello Viktor!"


def test_it_comes_back_when_twitch_was_away_for_long(world):
    waits = []
    back = threading.Event()

    def backoff(failures: int) -> float:
        waits.append(failures)
        if failures == 5:
            back.set()
        return 0.01

    with ThreadedIrcBot(world.bot(backoff=backoff)):
        world.twitch.faults.stop()
        assert back.wait(10)
        world.twitch.faults.start()
        world.twitch.wait_for("hellobot", "viktor")
        assert world.viktor.ask("!hello") == "hello Viktor!"
    assert waits[:5] == [1, 2, 3, 4, 5]


def test_it_starts_when_twitch_does(world):
    world.twitch.faults.stop()
    tried = threading.Event()
    bot = world.bot(backoff=lambda failures: tried.set() or 0.01)

    def start_twitch() -> None:
        assert tried.wait(10)
        world.twitch.faults.start()

    helper = threading.Thread(target=start_twitch)
    helper.start()
    with ThreadedIrcBot(bot):
        helper.join()
        assert world.viktor.ask("!hello") == "hello Viktor!"


@pytest.mark.parametrize("fault", ["stop_pong", "silence", "half_line"])
def test_a_dead_connection_is_noticed(fault, world, caplog):
    noticed = threading.Event()
    bot = world.bot(backoff=lambda failures: noticed.set() or 0.01)
    with ThreadedIrcBot(bot, loop=(loop := MovableLoop())):
        getattr(world.twitch.faults, fault)("hellobot")
        if fault == "half_line":
            world.viktor.say("half of this")
        loop.advance(61)
        while not noticed.wait(0.05):
            loop.advance(11)
        world.until(lambda: len(world.twitch.connections("hellobot")) >= 2)
        world.until(lambda: world.connection.open and world.connection.joined)
        assert world.viktor.ask("!hello") == "hello Viktor!"
        assert "no answer to a PING within 10 s" in caplog.text


def test_a_quiet_connection_is_kept(world):
    with ThreadedIrcBot(world.bot(), loop=(loop := MovableLoop())) as held:
        asked = world.connection.lines_in
        for _ in range(900):  # half an hour
            loop.advance(2)
            for _ in range(3):  # a question goes there, an answer comes back
                asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(5)
                world.twitch.clock.advance(0)
        assert world.connection.lines_in - asked > 20
        assert world.viktor.ask("!hello") == "hello Viktor!"
        assert held.bot.counts.reconnects == 0


def test_lines_in_pieces_are_put_together(world):
    with ThreadedIrcBot(world.bot()):
        world.twitch.faults.split_lines("hellobot")
        for number in range(5):
            assert world.viktor.ask(f"!say {number} ö 😀") == f"{number} ö 😀"


def test_a_refused_login_with_a_good_token_is_tried_again_and_explained(world, caplog):
    world.twitch.faults.refuse_login("hellobot", 3)
    with ThreadedIrcBot(world.bot(refresh_token=None)):
        assert world.viktor.ask("!hello") == "hello Viktor!"
    assert len(world.twitch.connections("hellobot")) == 4
    assert caplog.text.count("Login authentication failed") == 1
    assert "log in to Twitch as hellobot and look" in caplog.text


def test_a_revoked_token_stops_the_bot_with_the_reason(world):
    with ThreadedIrcBot(world.bot()) as held:
        world.twitch.faults.revoke(world.token)
        assert held.wait(10)
        assert isinstance(held.error, LoginRefused)
        assert "Twitch does not know this token" in str(held.error)
        assert "authorize the application again" in str(held.error)
        assert not held.alive or held.wait(5)
    assert len(world.twitch.connections("hellobot")) == 1


@pytest.mark.parametrize("confidential", [True, False])
def test_an_expired_token_is_refreshed(confidential, twitch):
    world = World(twitch, confidential)
    with ThreadedIrcBot(world.bot()) as held:
        for _ in range(3):
            connected = held.bot.counts.connections
            twitch.clock.advance(5 * HOUR)
            twitch.faults.drop("hellobot")  # only a new login needs a token that is still good
            world.until(lambda n=connected: len(twitch.connections("hellobot")) > n)
            twitch.wait_for("hellobot", "viktor")
            assert plain(world.viktor.ask("!hello")) == "hello Viktor!"


def test_the_token_is_validated_every_hour_and_refreshed_in_time(world):
    kept, refreshed = [], threading.Event()

    def keep(account):
        kept.append((account.token, account.refresh_token))
        refreshed.set()

    with ThreadedIrcBot(world.bot(on_renewed=keep), loop=(loop := MovableLoop())) as held:
        world.twitch.clock.advance(2.5 * HOUR)  # an hour and a half is left
        loop.wait_for_hour()
        loop.advance(HOUR + 1)
        assert refreshed.wait(10)
        new = held.bot.credentials
        assert kept == [(new.token, new.refresh_token)]
        assert world.viktor.ask("!hello") == "hello Viktor!"


def test_it_starts_with_an_expired_token_and_gives_the_new_one_away(world):
    kept = []
    world.twitch.clock.advance(5 * HOUR)
    with ThreadedIrcBot(world.bot(on_renewed=lambda new: kept.append(new.token))) as held:
        assert world.viktor.ask("!hello") == "hello Viktor!"
        assert kept == [held.bot.credentials.token] != [world.token.access_token]


def test_it_starts_although_the_api_stumbles(world):
    world.twitch.faults.fail_api(500, 2)
    with ThreadedIrcBot(world.bot()) as held:
        assert world.viktor.ask("!hello") == "hello Viktor!"
        assert held.bot.credentials.login == "hellobot"


def test_a_token_without_a_refresh_token_works_until_it_ends(world):
    with ThreadedIrcBot(world.bot(refresh_token=None), loop=(loop := MovableLoop())) as held:
        world.twitch.clock.advance(3.5 * HOUR)
        loop.wait_for_hour()
        loop.advance(HOUR + 1)
        assert plain(world.viktor.ask("!hello")) == "hello Viktor!"
        loop.wait_for_hour()
        world.twitch.clock.advance(HOUR)
        assert plain(world.viktor.ask("!hello")) == "hello Viktor!"
        loop.advance(HOUR + 1)
        assert held.wait(10)
        assert isinstance(held.error, LoginRefused)


HOSTILE = [
    "you may RECONNECT x",
    ":tmi.twitch.tv RECONNECT",
    " PING ",
    "PING :tmi.twitch.tv",
    "😀" * 500,
    "\x01\x02\x1b[31m\x7f",
    "a\r\nRECONNECT\r\n",
    "\0",
    "@a=b;c :x!y@z PRIVMSG #viktor :!hello",
    "\u202e\u200b\ufeff",
    "!",
    "!" * 500,
    "!say " + "\U000e0000" * 100,
]


def test_what_viewers_write_does_no_harm(world, caplog):
    with ThreadedIrcBot(world.bot()) as held:
        world.viktor.say_all(HOSTILE)
        assert world.viktor.ask("!hello") == "hello Viktor!"
        world.viktor.say_all([f"!say {text}" for text in HOSTILE])
        answers = [world.viktor.ask("!hello")]
        while plain(answers[-1]) != "hello Viktor!":
            answers += [message.text for message in world.viktor.wait()]
        assert all(len(answer) <= 500 for answer in answers)
        assert held.bot.counts.connections == 1
        assert "failed" not in caplog.text


def test_the_brain_cannot_be_made_to_run_a_chat_command(world):
    with ThreadedIrcBot(world.bot()) as held:
        assert world.viktor.ask("!say /ban viktor").endswith(" /ban viktor")
        assert held.bot.counts.refused == 0


def test_replies_are_in_order(world):
    with ThreadedIrcBot(world.bot(backlog=1000)) as held:
        world.viktor.say_all([f"!say {number}" for number in range(1000)])
        answers = [message.text for message in world.viktor.wait(1000, timeout=30)]
        assert answers == [str(number) for number in range(1000)]
        assert held.bot.counts.lost == 0


def test_a_long_reply_comes_in_parts_and_several_replies_one_by_one(world):
    with ThreadedIrcBot(world.bot()):
        world.viktor.say_all(["!long", "!twice"])
        texts = [message.text for message in world.viktor.wait(5)]
        assert [len(text) <= 500 for text in texts] == [True] * 5
        assert " ".join(map(plain, texts[:3])).split() == ["word"] * 250
        assert texts[3:] == ["one", "two"]


def test_twitch_s_limits_are_kept_by_waiting(world):
    world.twitch.settings.limits = True
    bot = world.bot(limits=Limits(), channels=["viktor", "hellobot"], timing=PATIENT)
    world.twitch.settings.ping_interval_s = HOUR
    with ThreadedIrcBot(bot, loop=(loop := MovableLoop())) as held:
        world.viktor.say_all(["!hello"] * 45)
        world.viktor.say_all(["!hello"] * 5, channel="hellobot")
        let_time_pass(loop, world.twitch, lambda: held.bot.counts.sent == 50)
        assert held.bot.counts.refused == held.bot.counts.lost == 0
    sent = [
        message
        for channel in ("viktor", "hellobot")
        for message in world.twitch.messages(channel)
        if message.user == "HelloBot"
    ]
    times = sorted(message.at for message in sent)
    assert len(times) == 50
    assert all(late - early > 30 for early, late in zip(times, times[20:], strict=False))
    in_one = [message for message in sent if message.channel == "viktor"]
    assert all(b.at - a.at >= 1 and b.text != a.text for a, b in pairwise(in_one))
    assert {plain(message.text) for message in sent} == {"hello Viktor!"}


def test_joins_are_kept_within_twitch_s_limit(twitch):
    world = World(twitch)
    twitch.settings.limits, twitch.settings.ping_interval_s = True, HOUR
    channels = [twitch.account(f"channel{number}").login for number in range(45)]
    bot = world.bot(limits=Limits(), channels=channels, timing=PATIENT)
    joining = []

    def join() -> None:
        joining.append(ThreadedIrcBot(bot, loop=loop))

    loop = MovableLoop()
    starter = threading.Thread(target=join)
    starter.start()
    let_time_pass(loop, twitch, lambda: not starter.is_alive())
    joining[0].stop()
    assert sorted(world.connection.joined) == sorted(channels)


def test_a_failed_command_is_logged_and_apologised_for_and_the_next_one_is_answered(world, caplog):
    with ThreadedIrcBot(world.bot()):
        assert world.viktor.ask("!fail").startswith("Sorry, !fail did not work.")
        assert world.viktor.ask("!hello") == "hello Viktor!"
    assert "!fail failed: ZeroDivisionError: division by zero (test_irc_bot.py, line" in caplog.text


def test_a_command_to_be_tried_again_is_apologised_for_as_irc_sends_nothing_again(world, caplog):
    brain = make_brain()

    @brain.command("later")
    def later(message):
        raise TryAgain("not now")

    with ThreadedIrcBot(world.bot(brain=brain)):
        assert world.viktor.ask("!later").startswith("Sorry, !later did not work.")
        assert world.viktor.ask("!hello") == "hello Viktor!"
    assert "!later failed: TryAgain: not now" in caplog.text


def test_a_command_that_is_cancelled_does_not_stop_the_bot(world):
    brain = make_brain()

    async def cancelled(message):
        raise asyncio.CancelledError

    brain.command("cancelled")(cancelled)
    with ThreadedIrcBot(world.bot(brain=brain)):
        assert world.viktor.ask("!cancelled").startswith("Sorry, !cancelled did not work.")
        assert world.viktor.ask("!hello") == "hello Viktor!"


def test_a_command_that_hangs_is_given_up_and_apologised_for(world, caplog):
    brain, forever = make_brain(), asyncio.Event()
    brain.command("hang")(lambda message: forever.wait())
    with ThreadedIrcBot(world.bot(brain=brain, timing=Timing(command_s=0.05))):
        assert world.viktor.ask("!hang").startswith("Sorry, !hang did not work.")
        assert world.viktor.ask("!hello") == "hello Viktor!"
    assert "!hang failed: TimeoutError: no reply within 0.05 s" in caplog.text


def test_a_def_command_thinks_as_long_as_it_likes_and_the_bot_holds_the_line(world):
    brain, go, begun = make_brain(), threading.Event(), threading.Event()

    @brain.command("think")
    def think(message):
        begun.set()
        return f"thought: {go.wait(60)}"

    @brain.command("quick")
    async def quick(message):
        return "at once"

    anna = world.twitch.account("anna")
    bot = world.bot(channels=("viktor", "anna"), brain=brain, timing=Timing(command_s=0.05))
    with ThreadedIrcBot(bot):
        world.viktor.say("!think")
        assert begun.wait(30)
        for _ in range(3):
            world.twitch.clock.advance(world.twitch.settings.ping_interval_s + 1)
            assert anna.ask("!quick").startswith("at once")
        go.set()
        (reply,) = world.viktor.wait(1)
        assert reply.text == "thought: True"
        assert [one.closed for one in world.twitch.connections("hellobot")] == [""]


def test_the_same_reply_again_differs_where_nobody_sees_it(world):
    world.twitch.settings.limits = True
    with ThreadedIrcBot(world.bot(limits=Limits(channel_gap_s=1.0))):
        first, second = world.viktor.ask("!hello"), world.viktor.ask("!hello")
    assert (first, second) == ("hello Viktor!", f"hello Viktor! {INVISIBLE}")


def test_a_refused_message_is_said_again_when_that_helps(world):
    world.twitch.settings.limits = True
    for _ in range(2):  # the second bot does not know what the first one said
        with ThreadedIrcBot(world.bot()) as held:
            reply = world.viktor.ask("!hello")
        world.twitch.clock.advance(2)
    assert reply == f"hello Viktor! {INVISIBLE}"
    assert held.bot.counts.refused == 0


def test_its_own_messages_are_not_answered(world):
    with ThreadedIrcBot(world.bot()):
        world.bot_account.say("!hello", channel="viktor")
        assert world.viktor.ask("!say next") == "next"
    assert [m.text for m in world.twitch.messages("viktor")] == ["!hello", "!say next", "next"]


def test_an_unknown_channel_is_named(world):
    timing = Timing(answer_s=0.3)
    with ThreadedIrcBot(world.bot(channels=["viktor", "nobody_here"], timing=timing)) as held:
        assert world.viktor.ask("!hello") == "hello Viktor!"
        assert "#nobody_here" in held.bot.counts.last_error


def test_a_channel_that_twitch_refuses_is_not_waited_for_and_the_others_are_served(world):
    bot = world.bot(channels=["viktor", "nosuch"], timing=PATIENT)
    with ThreadedIrcBot(bot) as held:
        assert world.viktor.ask("!hello") == "hello Viktor!"
        assert bot.missing_channels == ["nosuch"]
        assert "#nosuch: This channel does not exist" in bot.counts.last_error
        assert "Check the spelling" in bot.counts.last_error
        with pytest.raises(ValueError, match="#nosuch: This channel does not exist"):
            held.say("nosuch", "tea?", timeout=5)


def test_a_bot_that_is_let_in_nowhere_says_where(world):
    bot = world.bot(channels=["nosuch", "nowhere"], timing=PATIENT)
    with pytest.raises(LoginRefused) as caught:
        ThreadedIrcBot(bot)
    for name in ("#nosuch", "#nowhere"):
        assert f"{name}: This channel does not exist" in str(caught.value)
    assert "Check the spelling" in str(caught.value)
    world.until(lambda: not any(one.open for one in world.twitch.connections("hellobot")))


def test_a_bot_is_not_ready_while_twitch_says_nothing_about_its_channels(world, caplog):
    world.twitch.settings.limits, world.twitch.settings.joins = True, 0

    async def main() -> None:
        bot = world.bot(timing=Timing(answer_s=0.2))
        running = asyncio.create_task(bot.start())
        ready = asyncio.create_task(bot.wait_until_ready())

        def is_asked() -> bool:  # 3 lines to log in, and 4 JOINs
            return any(each.lines_in >= 3 + 4 for each in world.twitch.connections("hellobot"))

        assert await asyncio.to_thread(world.seen, is_asked, 10)
        assert not ready.done()
        ready.cancel()
        bot.stop()
        await running

    asyncio.run(main())
    assert caplog.text.count("not let into #viktor") == 1


def test_a_bot_that_could_not_connect_names_its_channels(world):
    world.twitch.faults.stop()
    with pytest.raises(TimeoutError, match="the bot is not in #viktor after"):
        ThreadedIrcBot(world.bot(), timeout=0.01)


def test_a_channel_that_vanishes_for_a_while_does_not_end_the_bot(world):
    channels = world.twitch._world.chat.channels
    bot, loop = world.bot(timing=PATIENT), MovableLoop()
    with ThreadedIrcBot(bot, loop=loop):
        room = channels.pop("viktor")
        world.twitch.faults.drop("hellobot")
        until_bot(loop, lambda: "does not exist" in bot.counts.last_error)
        channels["viktor"] = room
        world.twitch.faults.drop("hellobot")
        world.twitch.wait_for("hellobot", "viktor")
        assert world.viktor.ask("!hello") == "hello Viktor!"


def test_what_a_stopped_bot_should_say_is_an_error_that_says_so(world, recwarn):
    with ThreadedIrcBot(world.bot()) as held:
        pass
    with pytest.raises(RuntimeError, match="this bot is stopped; make a new ThreadedIrcBot"):
        held.say("viktor", "tea?")
    # Only of this: what other tests have left may be collected meanwhile.
    assert not [one for one in recwarn if "never awaited" in str(one.message)]


def test_a_text_that_twitch_does_not_get_in_time_is_given_up(world):
    with ThreadedIrcBot(world.bot()) as held:
        world.twitch.faults.stop()
        with pytest.raises(TimeoutError, match=r"not confirmed the text in #viktor within"):
            held.say("viktor", "tea?", timeout=0.05)
        world.twitch.faults.start()
        world.twitch.wait_for("hellobot", "viktor")
        assert world.viktor.ask("!hello") == "hello Viktor!"


def test_it_says_something_unasked(world):
    with ThreadedIrcBot(world.bot()) as held:
        held.say("#Viktor", "tea?", timeout=5)
        assert world.viktor.wait(1)[0].text == "tea?"
        with pytest.raises(ValueError, match="only in #viktor"):
            held.say("elsewhere", "tea?", timeout=5)


def test_nothing_is_left_after_a_stop(world, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    async def main() -> None:
        bot = world.bot()
        running = asyncio.create_task(bot.start())
        await bot.wait_until_ready()
        world.viktor.say_all(["!hello"] * 50)
        bot.stop()
        bot.stop()
        await running
        assert asyncio.all_tasks() == {asyncio.current_task()}
        with pytest.raises(RuntimeError, match="make a new IrcBot"):
            await bot.start()

    asyncio.run(main())
    assert not list(tmp_path.iterdir())  # TwitchIO would keep tokens in a file


def test_two_bots_that_share_a_store_answer_each_message_once(world):
    store = MemoryStore()
    bots = [world.bot(store=store), world.bot(store=store)]

    async def main() -> None:
        running = [asyncio.create_task(bot.start()) for bot in bots]
        for bot in bots:
            await bot.wait_until_ready()
        for number in range(5):
            said = await asyncio.to_thread(world.viktor.ask, f"!say {number}")
            assert plain(said) == str(number)
        for bot in bots:
            bot.stop()
        await asyncio.gather(*running)

    asyncio.run(main())
    assert len(world.twitch.messages("viktor")) == 10


def test_a_store_that_fails_keeps_no_bot_from_answering(world, caplog):
    class Failing(MemoryStore):
        def _add_once(self, key, seconds):
            raise StoreError("the store is out of reach")

    with ThreadedIrcBot(world.bot(store=Failing())):
        assert world.viktor.ask("!hello") == "hello Viktor!"
        assert world.viktor.ask("!say again") == "again"
    assert "may be answered twice: the store is out of reach" in caplog.text


def test_while_a_store_is_slow_the_bot_listens(world):
    asked, free = threading.Event(), threading.Event()

    class Slow(MemoryStore):
        def _add_once(self, key, seconds):
            asked.set()
            assert free.wait(60)
            return super()._add_once(key, seconds)

    bot, loop = world.bot(store=Slow()), asyncio.new_event_loop()
    with ThreadedIrcBot(bot, loop=loop):
        world.viktor.say("!hello")
        assert asked.wait(60)
        world.viktor.say("good morning")
        until_bot(loop, lambda: bot.counts.heard == 2)
        free.set()
        world.until(lambda: world.twitch.messages("viktor")[-1].text == "hello Viktor!")


def test_a_command_can_stop_the_bot(world):
    brain = make_brain()
    bot = world.bot(brain=brain)

    @brain.command("stop")
    def stop(message):
        bot.stop()
        return "bye"

    with ThreadedIrcBot(bot) as held:
        assert world.viktor.ask("!stop") == "bye"
        assert held.wait(5)
        assert held.error is None


def test_a_stop_does_not_wait_for_the_limits(world):
    timing = Timing(goodbye_s=0.1)
    bot, loop = world.bot(limits=Limits(channel_gap_s=1000), timing=timing), MovableLoop()
    with ThreadedIrcBot(bot, loop=loop) as held:
        world.viktor.say_all(["!hello"] * 10)
        until_bot(loop, lambda: bot.counts.sent == 1)
    assert not held.alive
    assert held.bot.counts.unanswered == 8


def test_cancelling_is_a_clean_stop_too(world):
    async def main() -> None:
        bot = world.bot()
        running = asyncio.create_task(bot.start())
        await bot.wait_until_ready()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    world.until(lambda: world.connection.closed == "the client closed the connection")


def test_no_secret_is_ever_shown(world, caplog, monkeypatch, capfd):
    caplog.set_level(logging.DEBUG)
    secrets = [world.token.access_token, world.token.refresh_token, world.app.client_secret]
    with ThreadedIrcBot(world.bot()) as held:
        world.viktor.ask("!hello")
        world.twitch.faults.drop("hellobot")
        world.until(lambda: len(world.twitch.connections("hellobot")) == 2)
        world.twitch.faults.revoke(world.token)
        assert held.wait(10)
        shown = [repr(held.bot), repr(held.bot.credentials), str(held.error), repr(held.bot.counts)]
    shown += [caplog.text, *capfd.readouterr()]
    assert not [secret for secret in secrets for text in shown if secret in text]


def test_what_is_not_set_is_named(monkeypatch):
    for name in ("TWITCH_TOKEN", "TWITCH_CLIENT_ID", "TWITCH_CHANNEL", "TWITCH_API"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match="TWITCH_TOKEN is not set"):
        IrcBot(make_brain())
    with pytest.raises(ValueError, match="TWITCH_CHANNEL is not set"):
        IrcBot(make_brain(), token="x", client_id="y")
    with pytest.raises(ValueError, match="TWITCH_CHANNEL is not set"):
        IrcBot(make_brain(), [], token="x", client_id="y")


def test_its_own_client_secret_in_place_of_the_token_is_named_among_the_causes(world):
    secret = world.app.client_secret
    with pytest.raises(LoginRefused, match="something else, such as a client secret") as caught:
        ThreadedIrcBot(world.bot(token=secret, refresh_token=None))
    assert secret not in str(caught.value)


def test_quotes_without_a_token_stop_the_bot_without_asking_twitch(world):
    with pytest.raises(LoginRefused, match="Twitch does not know this token"):
        ThreadedIrcBot(world.bot(token='""', refresh_token=None))


def test_a_token_object_in_place_of_its_text_is_recognised(world):
    with pytest.raises(TypeError, match=r"found Token\. Pass its text: token\.access_token"):
        world.bot(token=world.token)
    with pytest.raises(TypeError, match=r'found dict\. Pass its text: pair\["access_token"\]'):
        world.bot(token={"access_token": "x"})


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_a_program_stops_cleanly_on_sigterm(world):
    program = """
        from botlib import Bot
        from botlib.twitch.irc_bot import IrcBot
        bot = Bot()
        bot.command("hello")(lambda message: f"hello {message.user}!")
        IrcBot(bot).run()
    """
    environment = {
        "TWITCH_TOKEN": f"oauth:{world.token.access_token}",
        "TWITCH_CLIENT_ID": world.app.client_id,
        "TWITCH_CHANNEL": "viktor",
        "TWITCH_API": world.twitch.url,
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        world.twitch.wait_for("hellobot", "viktor", timeout=20)
        assert world.viktor.ask("!hello") == "hello Viktor!"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stderr.read() == b""
    world.until(lambda: world.connection.closed == "the client closed the connection")


@pytest.mark.slow("a second of work or more")
def test_every_message_is_accounted_for_under_faults():
    program = Path(__file__).parents[3] / "benchmarks" / "twitch_faults.py"
    small = ["--faults", "40", "--burst", "500", "--hours", "0.5", "--seed", "7"]
    run = subprocess.run(
        [sys.executable, program, *small],
        env=os.environ | {"PYTHONPATH": str(program.parent.parent)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith("all is as it should be\n")


@given(st.text(max_size=2000))
def test_every_part_of_a_reply_is_one_that_twitch_takes(text):
    for part in split_reply(text):
        assert 0 < len(f"{part} {INVISIBLE}") <= 500
        assert not set("\r\n\0") & set(part)
        assert not part.startswith(("/", ".")) or part.startswith("/me ")
    assert escape_command("") == ""
