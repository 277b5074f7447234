"""The IRC bot against Twitches that do what they should not: a server for each, on real sockets."""

import asyncio
import contextlib
import json
import logging
import tracemalloc
from itertools import pairwise

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from botlib import Bot
from botlib.twitch.channel import Channel, State
from botlib.twitch.details.connection import ChatConnection, Timing
from botlib.twitch.details.counts import Counts
from botlib.twitch.details.credentials import LoginRefused
from botlib.twitch.details.limits import Limits
from botlib.twitch.irc import IrcMessage, format_line, parse
from botlib.twitch.irc_bot import BACKLOG, IrcBot

SCOPES = ["chat:read", "chat:edit"]
GOOD = {"client_id": "app", "login": "hellobot", "user_id": "7", "scopes": SCOPES, "expires_in": 0}
UNKNOWN = {"status": 401, "message": "invalid access token"}
HASTY = Timing(quiet_s=0.2, answer_s=0.2, confirm_s=5, refused_s=0.01)
PATIENT = Timing(quiet_s=3600, answer_s=3600, confirm_s=3600, stale_s=3600, command_s=3600)
NO_LIMITS = {"message_window_s": 0, "channel_gap_s": 0, "join_window_s": 0, "login_gap_s": 0}


class Peer:
    """A Twitch of a few lines, in the bot's own loop; each test makes one that misbehaves."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self.attempts: list[float] = []  # when the bot asked for a connection
        self.sockets: list[web.WebSocketResponse] = []
        self.lines: list[str] = []
        self.happened = asyncio.Condition()

    async def __aenter__(self):
        app = web.Application()
        app.router.add_get("/oauth2/validate", self.validate)
        app.router.add_post("/oauth2/token", self.renew)
        app.router.add_get("/irc", self.irc)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_):
        self.over.set()
        await self.runner.cleanup()

    async def validate(self, request):
        return web.json_response(GOOD)

    async def renew(self, request):
        refusal = {"status": 400, "message": "Invalid refresh token"}
        return web.json_response(refusal, status=400)

    async def irc(self, request):
        self.attempts.append(asyncio.get_running_loop().time())
        await self.opening()
        socket = web.WebSocketResponse(protocols=("irc",))
        await socket.prepare(request)
        self.sockets.append(socket)
        with contextlib.suppress(ConnectionError):
            async for frame in socket:
                for line in frame.data.splitlines():
                    await self.hear(socket, line)
        return socket

    async def opening(self):
        """Before the upgrade is answered."""

    async def hear(self, socket, line):
        async with self.happened:
            self.lines.append(line)
            self.happened.notify_all()
        command, _, rest = line.partition(" ")
        await getattr(self, f"on_{command.lower()}", self.ignore)(socket, rest)

    async def ignore(self, socket, rest):
        pass

    async def on_nick(self, socket, nick):
        await socket.send_str(f":tmi.twitch.tv 001 {nick} :Welcome, GLHF!\r\n")

    async def on_join(self, socket, channel):
        await socket.send_str(f"@room-id=1 :tmi.twitch.tv ROOMSTATE {channel}\r\n")

    async def on_ping(self, socket, rest):
        await socket.send_str(f":tmi.twitch.tv PONG tmi.twitch.tv {rest}\r\n")

    async def on_privmsg(self, socket, rest):
        await socket.send_str(":tmi.twitch.tv USERSTATE #viktor\r\n")

    async def say(self, *texts, tags="", channel="viktor"):
        """A viewer writes, over the latest connection."""
        viewer = f"@room-id=1;display-name=Viktor{tags} :viktor!v@v PRIVMSG #{channel} :"
        await self.sockets[-1].send_str("".join(f"{viewer}{text}\r\n" for text in texts))

    async def until(self, condition, seconds=60):
        async with asyncio.timeout(seconds), self.happened:
            await self.happened.wait_for(condition)

    def said(self):
        return [line.partition(" :")[2] for line in self.lines if line.startswith("PRIVMSG")]

    def asked(self, command="JOIN"):
        return sum(line.startswith(command) for line in self.lines)


def brain():
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")
    return bot


def make_bot(peer, **options):
    given = {"token": "t", "client_id": "app", "api": peer.url, "limits": Limits(**NO_LIMITS)}
    given |= {"backoff": lambda failures: 0.01, "timing": HASTY}
    channels = options.pop("channels", ["viktor"])
    return IrcBot(options.pop("brain", None) or brain(), channels, **given | options)


@contextlib.asynccontextmanager
async def running(peer, **options):
    bot = make_bot(peer, **options)
    task = asyncio.create_task(bot.start())
    try:
        yield bot
    finally:
        bot.stop()
        await task


async def answers(peer, bot):
    """The bot is there, and answers."""
    async with asyncio.timeout(20):
        await bot.wait_until_ready()
    before = len(peer.said())
    await peer.say("!hello")
    await peer.until(lambda: len(peer.said()) > before)
    assert "hello Viktor!" in peer.said()[-1]


def test_an_upgrade_that_is_never_answered_is_given_up(caplog):
    class Hanging(Peer):
        async def opening(self):
            if len(self.attempts) <= 2:
                await self.over.wait()

    async def main():
        async with Hanging() as peer, running(peer) as bot:
            await answers(peer, bot)

    asyncio.run(main())
    assert "Twitch did not open a connection within 0.2 s" in caplog.text


def test_a_login_that_is_never_answered_is_given_up(caplog):
    class Mute(Peer):
        async def on_nick(self, socket, nick):
            if len(self.sockets) > 2:
                await super().on_nick(socket, nick)

    async def main():
        async with Mute() as peer, running(peer) as bot:
            await answers(peer, bot)

    asyncio.run(main())
    assert "Twitch did not let the bot in within 0.2 s" in caplog.text


def test_a_token_check_that_hangs_is_given_up(caplog):
    class Hanging(Peer):
        checks = 0

        async def validate(self, request):
            self.checks += 1
            if self.checks <= 2:
                await self.over.wait()
            return await super().validate(request)

    async def main():
        async with Hanging() as peer, running(peer) as bot:
            await answers(peer, bot)

    asyncio.run(main())
    assert "gave no usable answer: no whole answer within 0.2 s" in caplog.text


@pytest.mark.parametrize("status", [401, 404])
def test_a_page_of_a_captive_portal_does_not_end_the_bot(status):
    class Portal(Peer):
        checks = 0

        async def validate(self, request):
            self.checks += 1
            if self.checks <= 5:
                return web.Response(status=status, text="<html>Log in to the Wi-Fi")
            return await super().validate(request)

    async def main():
        async with Portal() as peer, running(peer) as bot:
            await answers(peer, bot)

    asyncio.run(main())


def test_a_chat_that_is_there_is_held_although_the_token_check_is_not():
    class Away(Peer):
        checks = 0

        async def validate(self, request):
            self.checks += 1
            return await super().validate(request) if self.checks == 1 else web.Response(status=503)

    async def main():
        async with Away() as peer, running(peer) as bot:
            await answers(peer, bot)
            await peer.sockets[-1].close()
            await peer.until(lambda: peer.asked() == 2)
            await answers_when_in(peer, bot)

    asyncio.run(main())


ODD = [
    {"scopes": 7},
    {"scopes": [1, None]},
    {"login": ["hellobot"]},
    {"user_id": {"id": 7}},
    {"expires_in": "soon"},
    {"expires_in": 1e400},
    {"client_id": None},
]


@pytest.mark.parametrize("odd", ODD, ids=map(str, ODD))
def test_a_strange_answer_about_the_token_is_asked_for_again(odd, caplog):
    class Odd(Peer):
        checks = 0

        async def validate(self, request):
            self.checks += 1
            return web.Response(
                text=json.dumps(GOOD | (odd if self.checks <= 2 else {})),
                content_type="application/json",
            )

    async def main():
        async with Odd() as peer, running(peer) as bot:
            await answers(peer, bot)

    asyncio.run(main())
    assert "sensible answer" in caplog.text or "strange answer" in caplog.text


def test_a_join_without_an_answer_is_asked_again_until_there_is_one(caplog):
    class Deaf(Peer):
        async def on_join(self, socket, channel):
            if self.asked() >= 5:
                await super().on_join(socket, channel)

    async def main():
        async with Deaf() as peer, running(peer) as bot:
            await answers(peer, bot)
            assert bot.counts.connections == 1

    asyncio.run(main())
    assert caplog.text.count("not let into #viktor, and not told why") == 1


def test_a_bot_that_was_put_out_asks_to_be_let_in_again(caplog):
    async def main():
        async with Peer() as peer, running(peer) as bot:
            await answers(peer, bot)
            await peer.sockets[-1].send_str(":hellobot!h@h PART #viktor\r\n")
            await peer.until(lambda: peer.asked() == 2)
            await answers(peer, bot)
            assert (bot.counts.connections, bot.counts.lost) == (1, 0)

    asyncio.run(main())
    assert "Twitch put the bot out of #viktor" in caplog.text


@pytest.mark.parametrize("strange", [{"access_token": 7}, {"refresh_token": None}])
def test_new_tokens_that_are_none_are_asked_for_again(strange):
    new = {"access_token": "new", "refresh_token": "next"}
    new |= {"expires_in": 0, "scope": SCOPES, "token_type": "bearer"}

    class Renewing(Peer):
        def __init__(self):
            super().__init__()
            self.answers = iter([new | strange, new])

        async def validate(self, request):
            is_new = request.headers["Authorization"] == "OAuth new"
            if is_new:
                return await super().validate(request)
            return web.json_response(UNKNOWN, status=401)

        async def renew(self, request):
            form = await request.post()
            assert (form["refresh_token"], form["grant_type"]) == ("first", "refresh_token")
            assert not request.query  # a server may log the address
            return web.json_response(next(self.answers))

    async def main():
        options = {"refresh_token": "first", "client_secret": "s"}
        async with Renewing() as peer, running(peer, **options) as bot:
            await answers(peer, bot)
            assert bot.credentials.refresh_token == "next"

    asyncio.run(main())


def test_after_a_reconnect_no_join_goes_out_over_the_old_connection(caplog):
    async def main():
        timing = Timing(answer_s=0.2)  # so long Twitch may take to close: this one never does
        async with Peer() as peer, running(peer, timing=timing) as bot:
            await answers(peer, bot)
            await peer.sockets[-1].send_str(":tmi.twitch.tv RECONNECT\r\n")
            await peer.until(lambda: len(peer.sockets) == 2)
            await answers_when_in(peer, bot)
            after_quit = peer.lines[peer.lines.index("QUIT") + 1 :]
            assert after_quit[0].startswith("CAP")  # the first line of the new connection
            assert (peer.asked(), bot.counts.lost) == (2, 0)

    asyncio.run(main())
    assert "Twitch asked the bot to connect again; connecting again in 0.0 s" in caplog.text


def test_a_text_that_was_not_sent_does_not_count_as_the_last_one():
    async def main():
        async with Peer() as peer, aiohttp.ClientSession() as session:
            limits, timing = Limits(**NO_LIMITS), Timing()
            channel = Channel("viktor", BACKLOG, limits, timing, lambda failures: 0.0, Counts())
            let_in = parse(":tmi.twitch.tv ROOMSTATE #viktor")
            saying = asyncio.create_task(channel.say("hello"))
            for _ in range(2):
                gone = await ChatConnection.open(session, f"{peer.url}/irc", timing)
                await gone.close()
                channel.handle_line(let_in, gone, "hellobot")
                await channel.wait_for(State.OUT)
            connection = await ChatConnection.open(session, f"{peer.url}/irc", timing)
            channel.handle_line(let_in, connection, "hellobot")
            channel.handle_line(await connection.receive(), connection, "hellobot")
            await saying
            assert peer.said() == ["hello"]
            await connection.close()

    asyncio.run(main())


class Banning(Peer):
    """Lets the bot in until it is banned."""

    banned = False

    async def ban(self):
        self.banned = True
        await self.sockets[-1].send_str(":hellobot!h@h PART #viktor\r\n")

    async def on_join(self, socket, channel):
        if not self.banned:
            await super().on_join(socket, channel)
        else:
            refusal = "You are permanently banned from talking in viktor."
            await socket.send_str(
                f"@msg-id=msg_banned :tmi.twitch.tv NOTICE {channel} :{refusal}\r\n"
            )


def test_a_bot_that_is_banned_while_a_command_works_goes_on():
    async def main():
        loop = asyncio.get_running_loop()
        slow, free = brain(), asyncio.Event()

        @slow.command("slow")
        async def reply_late(message):
            await free.wait()
            return ["one", "two"]

        async with Banning() as peer, running(peer, brain=slow) as bot:
            await bot.wait_until_ready()
            await peer.say("!slow")
            await peer.ban()
            await peer.until(lambda: peer.asked() == 2)
            await until_pause_is_over(loop, peer, 2)  # so its refusal was heard
            free.set()
            peer.banned = False
            await until_pause_is_over(loop, peer, peer.asked())
            await answers_when_in(peer, bot)
            assert (bot.counts.connections, bot.counts.unanswered) == (1, 1)

    run_with_moved_clock(main())


def test_a_bot_that_was_banned_says_so_once_and_comes_back_when_it_may(caplog):
    async def main():
        loop = asyncio.get_running_loop()
        async with Banning() as peer, running(peer) as bot:
            await answers(peer, bot)
            await peer.ban()
            for asked in (2, 3, 4):
                await peer.until(lambda n=asked: peer.asked() == n)
                await until_pause_is_over(loop, peer, asked)
            with pytest.raises(ValueError, match="unban the bot"):
                await bot.say("viktor", "tea?")
            peer.banned = False
            await until_pause_is_over(loop, peer, peer.asked())
            await answers_when_in(peer, bot)
            assert bot.counts.connections == 1

    run_with_moved_clock(main())
    assert caplog.text.count("unban the bot") == 1


class MovedLoop(asyncio.SelectorEventLoop):
    """A loop whose clock a test moves on."""

    moved = 0.0

    def time(self):
        return super().time() + self.moved


def run_with_moved_clock(main):
    with asyncio.Runner(loop_factory=MovedLoop) as runner:
        runner.run(main)


async def until_pause_is_over(loop, peer, asked):
    """Move the clock on, in steps below those that an answer may take, until a JOIN comes."""
    while peer.asked() == asked:
        loop.moved += 0.1
        await peer.sockets[-1].send_str(":tmi.twitch.tv 372 hellobot :still here\r\n")
        await asyncio.sleep(0.001)


async def answers_when_in(peer, bot):
    async with asyncio.timeout(20):
        while bot.missing_channels:  # noqa: ASYNC110  (the bot has no event for it)
            await asyncio.sleep(0)
    await answers(peer, bot)


def refusing(times):
    class Refusing(Peer):
        async def on_nick(self, socket, nick):
            if len(self.sockets) > times:
                await super().on_nick(socket, nick)
            else:
                await socket.send_str(":tmi.twitch.tv NOTICE * :Login authentication failed\r\n")
                await socket.close()

    return Refusing()


def test_refused_logins_with_a_good_token_are_tried_again():
    async def main():
        waits = []
        async with (
            refusing(6) as peer,
            running(peer, backoff=lambda failures: waits.append(failures) or 0.01) as bot,
        ):
            await answers(peer, bot)
        assert waits == [1, 2, 3, 4, 5, 6]

    asyncio.run(main())


def test_a_bad_token_ends_the_bot_after_several_tries():
    class Unknown(Peer):
        checks = 0

        async def validate(self, request):
            self.checks += 1
            return web.json_response(UNKNOWN, status=401)

    async def main():
        async with Unknown() as peer:
            with pytest.raises(LoginRefused, match="Twitch does not know this token"):
                await make_bot(peer).start()
            assert (peer.attempts, peer.checks) == ([], 3)

    asyncio.run(main())


@pytest.mark.parametrize("sign", ["a byte", "a ping", "half a line for ever"])
def test_a_connection_without_a_whole_line_is_dead_whatever_trickles_in(sign, caplog):
    class Trickling(Peer):
        async def on_ping(self, socket, rest):
            if socket is not self.sockets[0]:
                await super().on_ping(socket, rest)

        async def on_join(self, socket, channel):
            await super().on_join(socket, channel)
            if socket is self.sockets[0]:
                self.trickle = asyncio.create_task(self.drip(socket))

        async def drip(self, socket):
            with contextlib.suppress(ConnectionError):
                while not socket.closed:
                    if sign == "a ping":
                        await socket.ping()
                    else:
                        await socket.send_str("x" * (1 if sign == "a byte" else 10_000))
                    await asyncio.sleep(0.01)

    async def main():
        async with Trickling() as peer, running(peer) as bot:
            await peer.until(lambda: peer.asked() == 2)
            await answers_when_in(peer, bot)

    asyncio.run(main())
    assert "no answer to a PING within 0.2 s" in caplog.text


def brain_that_waits(gate):
    """A brain with a command that is not done before the gate opens."""
    bot_brain = brain()

    @bot_brain.command("wait")
    async def wait(message):
        await gate.wait()
        return "done"

    return bot_brain


def test_a_flood_of_plain_talk_leaves_room_for_commands():
    gate = asyncio.Event()
    bot_brain = brain_that_waits(gate)

    async def main():
        async with Peer() as peer, running(peer, brain=bot_brain, timing=PATIENT) as bot:
            await bot.wait_until_ready()
            await peer.say("!wait")
            for _ in range(20):
                await peer.say(*["good morning"] * 1000)
            await peer.say("!hello")
            await peer.sockets[-1].send_str("PING :all is heard\r\n")
            await peer.until(lambda: peer.asked("PONG :all is heard") == 1, 250)
            gate.set()
            await peer.until(lambda: len(peer.said()) == 2)
            assert peer.said() == ["done", "hello Viktor!"]
            assert (bot.counts.heard, bot.counts.unanswered) == (20_002, 0)

    asyncio.run(main())


@pytest.mark.parametrize("count", [6_000, pytest.param(60_000, marks=pytest.mark.slow("27 MB"))])
def test_of_many_commands_the_newest_are_answered_and_the_rest_is_counted(caplog, count):
    gate = asyncio.Event()
    bot_brain = brain_that_waits(gate)
    bot_brain.command("say")(lambda message: message.arguments[:5])
    long = "x" * 450

    async def main():
        async with Peer() as peer, running(peer, brain=bot_brain, timing=PATIENT) as bot:
            await bot.wait_until_ready()
            await peer.say("!wait")
            await heard_by_bot(peer)
            tracemalloc.start()
            for start in range(0, count, 1000):
                await peer.say(*[f"!say {start + n:05} {long}" for n in range(1000)])
            await heard_by_bot(peer)
            held, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert held < 1_000_000 < count * len(long)
            assert bot.counts.unanswered == count - BACKLOG
            gate.set()
            await peer.until(lambda: len(peer.said()) == 1 + BACKLOG)
            newest = [f"{number:05}" for number in range(count - BACKLOG, count)]
            assert peer.said() == ["done", *newest]
            assert bot.counts.unanswered == count - BACKLOG

    asyncio.run(main())
    assert caplog.text.count("more commands than the bot may answer") == 1


async def heard_by_bot(peer):
    """Wait until all that was sent to the bot has arrived."""
    before = peer.asked("PONG :all is heard")
    await peer.sockets[-1].send_str("PING :all is heard\r\n")
    await peer.until(lambda: peer.asked("PONG :all is heard") > before, 250)


def test_a_command_that_waited_for_more_than_a_minute_gets_no_answer(caplog):
    gate = asyncio.Event()
    bot_brain = brain_that_waits(gate)
    timing = Timing(command_s=3600, quiet_s=3600, confirm_s=3600, answer_s=3600)

    async def main():
        loop = asyncio.get_running_loop()
        async with Peer() as peer, running(peer, brain=bot_brain, timing=timing) as bot:
            await bot.wait_until_ready()
            await peer.say("!wait")
            await peer.say("!hello")
            await heard_by_bot(peer)
            loop.moved += 61
            await peer.say("!unknown")
            await heard_by_bot(peer)
            gate.set()
            await peer.until(lambda: len(peer.said()) == 2)
            assert [text[:13] for text in peer.said()] == ["done", "I do not know"]
            assert bot.counts.unanswered == 1

    run_with_moved_clock(main())
    assert caplog.text.count("more commands than the bot may answer") == 1


def test_what_a_viewer_writes_is_cut_at_twitchs_own_limit():
    lengths = []
    bot_brain = brain()
    bot_brain.command("count")(lambda message: lengths.append(len(message.text)) or "ok")

    async def main():
        async with Peer() as peer, running(peer, brain=bot_brain) as bot:
            await bot.wait_until_ready()
            await peer.say("!count " + "x" * 50_000)
            await peer.until(lambda: len(peer.said()) == 1)

    asyncio.run(main())
    assert lengths == [500]


class Swallowing(Peer):
    """Takes texts without a word while `swallows`, and a JOIN of who is in already."""

    def __init__(self):
        super().__init__()
        self.swallows, self.answers_second_joins = True, True
        self.inside, self.joins = set(), {}

    async def on_part(self, socket, channel):
        self.inside.discard(socket)
        await socket.send_str(f":hellobot!h@h PART {channel}\r\n")

    async def on_join(self, socket, channel):
        is_first = socket not in self.joins
        self.joins[socket] = True
        if socket not in self.inside and (is_first or self.answers_second_joins):
            self.inside.add(socket)
            await super().on_join(socket, channel)

    async def on_privmsg(self, socket, rest):
        if not self.swallows:
            await super().on_privmsg(socket, rest)


IMPATIENT = Timing(quiet_s=20, answer_s=0.2, confirm_s=0.05)


def test_a_bot_whose_texts_are_swallowed_joins_again(caplog):
    async def main():
        async with Swallowing() as peer, running(peer, timing=IMPATIENT) as bot:
            await bot.wait_until_ready()
            for _ in range(3):
                await bot.say("viktor", "tea?")
            peer.swallows = False
            await bot.say("viktor", "coffee?")
            assert (bot.counts.sent, bot.counts.lost) == (1, 3)
            assert (peer.asked("PART"), peer.asked(), bot.counts.connections) == (1, 2, 1)

    asyncio.run(main())
    assert caplog.text.count("3 messages unconfirmed; joining again") == 1


def test_a_bot_whose_texts_are_swallowed_all_the_time_connects_again(caplog):
    async def main():
        async with Swallowing() as peer, running(peer, timing=IMPATIENT) as bot:
            await bot.wait_until_ready()
            for _ in range(12):
                await bot.say("viktor", "tea?")
            await peer.until(lambda: len(peer.sockets) == 3)
            peer.swallows = False
            await answers_when_in(peer, bot)
            assert bot.counts.lost == 12

    asyncio.run(main())
    assert "Twitch confirmed none of 6 messages" in caplog.text


def test_a_bot_whose_texts_and_joins_are_swallowed_connects_again(caplog):
    async def main():
        async with Swallowing() as peer, running(peer, timing=IMPATIENT) as bot:
            peer.answers_second_joins = False
            await bot.wait_until_ready()
            for _ in range(3):
                await bot.say("viktor", "tea?")
            peer.swallows = False
            await peer.until(lambda: peer.asked() == 3)
            await answers_when_in(peer, bot)
            assert bot.counts.connections == 2

    asyncio.run(main())
    assert "Twitch answers no message and no JOIN in #viktor" in caplog.text


def test_a_bot_that_is_suspended_while_it_is_in_asks_to_be_let_in_again():
    class Suspending(Peer):
        suspended = False

        async def on_privmsg(self, socket, rest):
            if self.suspended:
                refusal = "@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #viktor :no"
                await socket.send_str(f"{refusal}\r\n")
            else:
                await super().on_privmsg(socket, rest)

    async def main():
        async with Suspending() as peer, running(peer) as bot:
            await answers(peer, bot)
            peer.suspended = True
            await bot.say("viktor", "tea?")
            peer.suspended = False
            await peer.until(lambda: peer.asked() == 2)
            await answers_when_in(peer, bot)
            assert (bot.counts.refused, bot.counts.connections) == (1, 1)

    asyncio.run(main())


class TwoChannels(Peer):
    """Confirms what is said in #viktor, and swallows what is said in #olga."""

    async def on_privmsg(self, socket, rest):
        if rest.startswith("#viktor "):
            await super().on_privmsg(socket, rest)

    def said_in(self, channel):
        return sum(line.startswith(f"PRIVMSG #{channel} ") for line in self.lines)


SLOW = {
    "its command takes long": ("!wait", {}, 0),
    "Twitch swallows what is said there": ("!hello", {}, 1),
    "its own limit holds it up": ("!hello", {"channel_gap_s": 1000}, 1),
}


@pytest.mark.parametrize(("text", "limits", "said"), SLOW.values(), ids=SLOW)
def test_one_channel_never_holds_up_another(text, limits, said):
    gate = asyncio.Event()

    async def main():
        async with TwoChannels() as peer:
            made = Limits(**NO_LIMITS | limits)
            options = {"brain": brain_that_waits(gate), "limits": made}
            options["timing"] = Timing(goodbye_s=0.1)
            bot = make_bot(peer, channels=["olga", "viktor"], **options)
            task = asyncio.create_task(bot.start())
            await bot.wait_until_ready()
            await peer.say(*[text] * 20, channel="olga")
            await heard_by_bot(peer)
            times = 1 if limits else 5  # #viktor has the same limit
            for number in range(times):
                await peer.say("!hello")
                await peer.until(lambda n=number: peer.said_in("viktor") > n)
            assert peer.said_in("olga") == said
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())


def test_a_repeated_message_and_a_mirrored_one_are_left_alone():
    async def main():
        async with Peer() as peer, running(peer) as bot:
            await bot.wait_until_ready()
            await peer.say("!hello", tags=";id=a")
            await peer.say("!hello", tags=";id=a")
            await peer.say("!hello", tags=";id=b;source-room-id=2")
            await peer.say("@hellobot !unknown", tags=";id=c;reply-parent-msg-id=x")
            await peer.until(lambda: len(peer.said()) == 2)
            assert [text[:13] for text in peer.said()] == ["hello Viktor!", "I do not know"]

    asyncio.run(main())


TAGS = ["badges", "display-name", "id", "room-id", "source-room-id", "user-id", "msg-id"]
COMMANDS = ["PRIVMSG", "NOTICE", "USERSTATE", "ROOMSTATE", "CLEARCHAT", "PING", "XYZ"]
odd_lines = st.builds(
    lambda command, channel, text, tags: format_line(
        IrcMessage(command, (channel, text), "viktor!v@v", tags, colon=True)
    ),
    st.sampled_from(COMMANDS),
    st.sampled_from(["#viktor", "#", "viktor", "#elsewhere", ""]),
    st.text() | st.text().map("!hello {}".format),
    st.dictionaries(st.sampled_from(TAGS), st.text() | st.just("9" * 5000)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(odd_lines | st.text(), max_size=20))
def test_whatever_twitch_sends_the_bot_goes_on(lines):
    async def main():
        async with Peer() as peer, running(peer, timing=Timing()) as bot:
            await bot.wait_until_ready()
            text = "".join(f"{line}\r\n" for line in lines)
            await peer.sockets[-1].send_str(text.encode("utf-8", "replace").decode())
            await peer.say("!still_there")
            await peer.until(lambda: any("!still_there" in said for said in peer.said()))
            assert bot.counts.connections == 1

    asyncio.run(main())


def test_a_flood_of_notices_leaves_the_log_short(caplog):
    caplog.set_level(logging.INFO)

    async def main():
        async with Peer() as peer, running(peer, timing=Timing()) as bot:
            await bot.wait_until_ready()
            for start in range(0, 20_000, 1000):
                numbers = range(start, start + 1000)
                flood = (f":tmi.twitch.tv NOTICE #viktor :{n} {'x' * 999}\r\n" for n in numbers)
                await peer.sockets[-1].send_str("".join(flood))
            await heard_by_bot(peer)

    asyncio.run(main())
    notices = [text for text in caplog.messages if text.endswith("x")]
    assert notices[0].startswith("#viktor: 0 xxx") and len(notices) < 1000
    assert max(map(len, notices)) <= 520


def test_a_message_that_stays_refused_is_given_up_and_counted():
    class Refusing(Peer):
        async def on_privmsg(self, socket, rest):
            refusal = "@msg-id=msg_rejected_mandatory :tmi.twitch.tv NOTICE #viktor :no"
            await socket.send_str(f"{refusal}\r\n")

    async def main():
        async with Refusing() as peer, running(peer) as bot:
            await bot.wait_until_ready()
            await bot.say("viktor", "tea?")
            assert (bot.counts.refused, bot.counts.sent) == (1, 0)
            assert "msg_rejected_mandatory" in bot.counts.last_error

    asyncio.run(main())


def test_there_is_never_more_than_one_attempt_in_a_second():
    async def main():
        async with refusing(3) as peer:
            async with running(peer, limits=Limits(), backoff=lambda failures: 0.0) as bot:
                await answers(peer, bot)
            assert all(late - early >= 1 for early, late in pairwise(peer.attempts))

    asyncio.run(main())


def test_what_goes_on_being_wrong_is_said_once(caplog):
    caplog.set_level(logging.INFO)

    async def main():
        async with refusing(20) as peer, running(peer) as bot:
            await answers(peer, bot)

    asyncio.run(main())
    assert caplog.text.count("connecting again") == 1
