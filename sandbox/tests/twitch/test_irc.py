"""The sandbox Twitch's chat by IRC, heard through a raw socket and a WebSocket."""

import asyncio
import socket
import ssl
import threading

import aiohttp
import pytest
from twitch_tools import CHAT, Irc, World, helix

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.twitch import Twitch
from bot_sandbox.twitch.irc_grammar import parse_line

WELCOME = [
    ":tmi.twitch.tv 001 hello_bot :Welcome, GLHF!",
    ":tmi.twitch.tv 002 hello_bot :Your host is tmi.twitch.tv",
    ":tmi.twitch.tv 003 hello_bot :This server is rather new",
    ":tmi.twitch.tv 004 hello_bot :-",
    ":tmi.twitch.tv 375 hello_bot :-",
    ":tmi.twitch.tv 372 hello_bot :You are in a maze of twisty passages, all alike.",
    ":tmi.twitch.tv 376 hello_bot :>",
]


@pytest.fixture
def world():
    with Twitch() as twitch:
        yield World(twitch)


def login(client, password, nick="hello_bot"):
    client.send(f"PASS {password}", f"NICK {nick}")
    return client


def test_login_word_for_word(world):
    with Irc(world.twitch) as client:
        client.send("CAP REQ :twitch.tv/membership twitch.tv/tags twitch.tv/commands")
        assert client.line() == (
            ":tmi.twitch.tv CAP * ACK :twitch.tv/membership twitch.tv/tags twitch.tv/commands"
        )
        login(client, f"oauth:{world.token.access_token}")
        assert [client.line() for _ in WELCOME] == WELCOME
        assert client.line() == (
            "@badge-info=;badges=;color=#008000;display-name=Hello_Bot;emote-sets=0;"
            "user-id=100000002;user-type= :tmi.twitch.tv GLOBALUSERSTATE"
        )
        client.send("JOIN #viktor")
        assert client.line() == ":hello_bot!hello_bot@hello_bot.tmi.twitch.tv JOIN #viktor"
        assert client.line() == ":hello_bot.tmi.twitch.tv 353 hello_bot = #viktor :hello_bot"
        assert client.line() == ":hello_bot.tmi.twitch.tv 366 hello_bot #viktor :End of /NAMES list"
        assert client.line().endswith("user-type= :tmi.twitch.tv USERSTATE #viktor")
        assert client.line() == (
            "@emote-only=0;followers-only=-1;r9k=0;rituals=0;room-id=100000001;slow=0;subs-only=0"
            " :tmi.twitch.tv ROOMSTATE #viktor"
        )


@pytest.mark.parametrize(
    ("password", "words", "why"),
    [
        ("{token}", "Improperly formatted auth", "oauth: was missing"),
        ("oauth:oauth:{token}", "Login authentication failed", "oauth: is doubled"),
        ("oauth:{secret}", "Login authentication failed", "never issued"),
        ("oauth:{app_token}", "Login authentication failed", "needs a user token"),
        ("oauth:{viktors}", "Login authentication failed", "the token is viktor's"),
        ("oauth:{other_scopes}", "Login authentication failed", "neither chat:read nor chat:edit"),
    ],
)
def test_login_refused(world, password, words, why):
    twitch, app = world.twitch, world.app
    known = {
        "token": world.token.access_token,
        "secret": app.client_secret,
        "app_token": twitch.app_token(app).access_token,
        "viktors": twitch.authorize(world.viktor, app, CHAT).access_token,
        "other_scopes": twitch.authorize(world.bot, app, ["user:read:chat"]).access_token,
    }
    with login(Irc(twitch), password.format(**known)) as client:
        assert client.rest_of_it() == [f":tmi.twitch.tv NOTICE * :{words}"]
    assert why in twitch.connections("hello_bot")[-1].closed


def test_nick_before_pass(world):
    with Irc(world.twitch) as client:
        client.send("NICK hello_bot", "PASS oauth:x")
        assert client.rest_of_it() == [":tmi.twitch.tv NOTICE * :Improperly formatted auth"]


def test_expired_and_revoked_tokens_are_refused_with_the_reason_kept(world):
    world.twitch.faults.revoke(world.token)
    with login(Irc(world.twitch), f"oauth:{world.token.access_token}") as client:
        assert client.rest_of_it()
    assert "the token was revoked" in world.twitch.connections("hello_bot")[-1].closed
    token = world.twitch.authorize(world.bot, world.app, CHAT)
    world.twitch.clock.advance(5 * 3600)
    with login(Irc(world.twitch), f"oauth:{token.access_token}") as client:
        assert client.rest_of_it()
    assert "the token expired" in world.twitch.connections("hello_bot")[-1].closed


def test_a_revoked_token_takes_its_connection_with_it(world):
    with world.irc() as client:
        world.twitch.faults.revoke(world.token)
        client.rest_of_it()
        assert world.twitch.connections(world.bot)[-1].closed == "its token was revoked"


def test_a_connection_outlives_its_token_until_the_next_login(world):
    with world.irc() as client:
        for _ in range(3):
            world.twitch.clock.advance(5 * 3600)  # with a PING each time
            client.send(client.until("PING").replace("PING", "PONG"))
            client.send("PRIVMSG #viktor :still here")
            assert world.viktor.wait()[0].text == "still here"
        assert helix(world, "GET", "/users").status == 401  # everywhere else it is dead at once
        world.twitch.faults.drop(world.bot)
        client.rest_of_it()
    with login(Irc(world.twitch), f"oauth:{world.token.access_token}") as client:
        assert client.rest_of_it() == [":tmi.twitch.tv NOTICE * :Login authentication failed"]
    with pytest.raises(NoReply, match="login refused: the token expired"):
        world.viktor.ask("!hello", timeout=0.01)


def test_an_impatient_clock_leaves_time_to_answer_a_ping(world):
    with world.irc() as client:
        client.heard()
        world.twitch.clock.advance(5 * 3600)
        world.twitch.clock.advance(60)  # more than the 10 seconds that a PONG may take
        client.send("PONG :tmi.twitch.tv")
        world.viktor.say("late?")
        assert client.until("PRIVMSG").endswith(":late?")
        assert world.twitch.connections(world.bot)[-1].open


def test_capabilities(world):
    with Irc(world.twitch) as client:
        client.send("CAP LS 302", "CAP REQ :twitch.tv/tags twitch.tv/magic", "CAP END")
        offered = ":tmi.twitch.tv CAP * LS :twitch.tv/commands twitch.tv/membership twitch.tv/tags"
        assert client.line() == offered
        assert client.line() == ":tmi.twitch.tv CAP * NAK :twitch.tv/tags twitch.tv/magic"


def test_tags_and_commands_only_for_those_who_asked(world):
    with world.irc(capabilities="") as plain, world.irc("tags") as tagged:
        plain.heard()
        tagged.heard()
        world.viktor.say("hi; there")
        assert plain.heard() == [":viktor!viktor@viktor.tmi.twitch.tv PRIVMSG #viktor :hi; there"]
        (line,) = tagged.heard()
        assert line.startswith("@badge-info=;badges=broadcaster/1;color=#0000FF;")
        plain.send("PRIVMSG #viktor :hello")
        assert plain.heard() == []  # no USERSTATE without twitch.tv/commands, and no echo ever
        (line,) = tagged.heard()  # another connection of the same account does hear it
        assert "PRIVMSG #viktor :hello" in line


def test_every_tag_of_a_message(world):
    with world.irc() as client:
        message = world.viktor.say("hi")
        tags = client.until("PRIVMSG").split(" ")[0]
        names = [tag.partition("=")[0] for tag in tags[1:].split(";")]
        assert names == [
            "badge-info",
            "badges",
            "color",
            "display-name",
            "emotes",
            "first-msg",
            "flags",
            "id",
            "mod",
            "returning-chatter",
            "room-id",
            "subscriber",
            "tmi-sent-ts",
            "turbo",
            "user-id",
            "user-type",
        ]
        assert f"id={message.id};" in tags and f"user-id={world.viktor.id};" in tags


def test_replies_both_ways(world):
    with world.irc() as client:
        asked = world.viktor.say("who; are \\you?")
        client.send(f"@reply-parent-msg-id={asked.id};client-nonce=n1 PRIVMSG #viktor :a bot")
        (answer,) = world.viktor.wait()
        assert answer.text == "@Viktor a bot" and answer.reply_to == asked
        assert client.until("client-nonce=n1").endswith("USERSTATE #viktor")
        world.viktor.say("thanks", reply_to=answer)
        line = client.until("PRIVMSG")
        assert (
            "reply-parent-display-name=Hello_Bot;reply-parent-msg-body=@Viktor\\sa\\sbot;" in line
        )
        assert (
            f"reply-thread-parent-msg-id={asked.id};reply-thread-parent-user-login=viktor" in line
        )
        assert line.endswith("PRIVMSG #viktor :@Hello_Bot thanks")
        again = world.viktor.say("a;b \\c")
        world.viktor.say("x", reply_to=again)
        assert "reply-parent-msg-body=a\\:b\\s\\\\c;" in client.until("reply-parent-msg-id")


def test_a_tag_comes_back_as_it_was_meant(world):
    with world.irc() as client:
        client.send(r"@client-nonce=a\:b\sc\\d\x PRIVMSG #viktor :hello")
        assert r";client-nonce=a\:b\sc\\dx;color" in client.until("client-nonce")


def test_actions(world):
    with world.irc() as client:
        world.viktor.say("/me waves")
        assert client.until("PRIVMSG").endswith(":\x01ACTION waves\x01")
        world.twitch.clock.advance(2)
        client.send("PRIVMSG #viktor :\x01ACTION bows\x01")
        (answer,) = world.viktor.wait()
        assert (answer.text, answer.action) == ("bows", True)


def test_text_is_cut_to_500_and_loses_its_line_breaks(world):
    with world.irc() as client:
        world.viktor.say("a\r\nQUIT\n" + "x" * 600)
        text = client.until("PRIVMSG").partition(" :")[2].partition(" :")[2]
        assert text.startswith("a QUIT x") and len(text) == 500
        client.send("PRIVMSG #viktor :" + "y" * 600)
        assert world.viktor.wait()[0].text == "y" * 500


def test_part_ping_quit_and_unknown_commands(world):
    with world.irc() as client:
        client.heard()
        client.send("PING :a b", "PING", "FROB x")
        assert client.line() == ":tmi.twitch.tv PONG tmi.twitch.tv :a b"
        assert client.line() == "PONG :tmi.twitch.tv"  # the form that tmi.js knows
        assert client.line() == ":tmi.twitch.tv 421 hello_bot FROB :Unknown command"
        client.send("PART #viktor")
        assert client.line() == ":hello_bot!hello_bot@hello_bot.tmi.twitch.tv PART #viktor"
        world.viktor.say("gone?")
        assert client.heard() == []
        client.send("QUIT")
        assert client.rest_of_it() == []
    assert world.twitch.connections("hello_bot")[-1].closed == "the client said QUIT"
    assert world.twitch.missed("hello_bot") == []  # it parted: the channel is no home any more


def test_several_channels_in_one_join_and_a_channel_that_is_not(world):
    with world.irc(channel="") as client:
        client.send("JOIN viktor")  # without # nothing happens
        client.send("JOIN #viktor,#hello_bot,#nobody")
        line = client.until("suspended")
        assert line == (
            "@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #nobody"
            " :This channel does not exist or has been suspended."
        )
        assert world.twitch.connections("hello_bot")[-1].joined == ["viktor", "hello_bot"]


def test_members_see_who_comes_and_goes(world):
    token = world.twitch.authorize(world.viktor, world.app, CHAT)
    with world.irc("membership") as client:
        with login(Irc(world.twitch), f"oauth:{token.access_token}", "Viktor") as other:
            other.send("JOIN #viktor")
            line = client.until("viktor!viktor@viktor.tmi.twitch.tv JOIN")
            assert line == ":viktor!viktor@viktor.tmi.twitch.tv JOIN #viktor"
        assert client.until("PART") == ":viktor!viktor@viktor.tmi.twitch.tv PART #viktor"


def test_somebody_with_two_connections_comes_once_and_leaves_once(world):
    token = world.twitch.authorize(world.viktor, world.app, CHAT)
    with world.irc("membership") as client:
        with login(Irc(world.twitch), f"oauth:{token.access_token}", "Viktor") as first:
            first.send("JOIN #viktor")
            client.until("viktor!viktor@viktor.tmi.twitch.tv JOIN")
            with login(Irc(world.twitch), f"oauth:{token.access_token}", "Viktor") as second:
                second.send("JOIN #viktor")
                second.until("366")
                assert client.heard() == []
                second.send("PART #viktor")
                second.until("PART")
                assert client.heard() == []
        client.until("viktor!viktor@viktor.tmi.twitch.tv PART")


def test_anonymous_readers_hear_and_cannot_speak(world):
    with Irc(world.twitch) as client:
        client.send("NICK justinfan123", "JOIN #viktor")
        client.until("366")
        world.viktor.say("hi")
        assert client.line().endswith("PRIVMSG #viktor :hi")
        client.send("PRIVMSG #viktor :me too")
        client.heard()
        assert [m.text for m in world.twitch.messages("viktor")] == ["hi"]


@pytest.mark.parametrize("scopes", [["chat:read"], ["chat:edit"]])
def test_scopes_are_enforced(scopes):
    with Twitch() as twitch:
        world = World(twitch, scopes)
        with world.irc() as client:
            client.send("PRIVMSG #viktor :said by the bot")
            heard = "\n".join(client.heard())
            may_speak = "chat:edit" in scopes
            assert ("no_permission" in heard) is not may_speak
            assert bool(twitch.messages("viktor")) is may_speak
            world.viktor.say("said by viktor")
            heard = "\n".join(client.heard())
            assert ("said by viktor" in heard) is ("chat:read" in scopes)


def test_duplicates_and_haste_get_a_notice(world):
    with world.irc() as client:
        client.send("PRIVMSG #viktor :same", "PRIVMSG #viktor :other")
        assert client.until("NOTICE") == (
            "@msg-id=msg_ratelimit :tmi.twitch.tv NOTICE #viktor :Your message was not sent"
            " because you are sending messages too quickly."
        )
        world.twitch.clock.advance(2)
        client.send("PRIVMSG #viktor :same")
        assert client.until("NOTICE") == (
            "@msg-id=msg_duplicate :tmi.twitch.tv NOTICE #viktor :Your message was not sent"
            " because it is identical to the previous one you sent, less than 30 seconds ago."
        )
        world.twitch.clock.advance(30)
        client.send("PRIVMSG #viktor :same")
        client.heard()
    assert [m.text for m in world.twitch.messages("viktor")] == ["same", "same"]


@pytest.mark.parametrize(("mod", "allowed"), [(False, 20), (True, 100)])
def test_over_the_limit_twitch_falls_silent_for_30_minutes(mod, allowed):
    with Twitch(channel_gap_s=0) as twitch:
        world = World(twitch)
        if mod:
            world.viktor.mod(world.bot)
        with world.irc() as client:
            client.heard()
            client.send(*(f"PRIVMSG #viktor :{n}" for n in range(allowed + 5)))
            heard = client.heard()
            assert len(heard) == allowed and all("USERSTATE" in line for line in heard)
            assert len(twitch.messages("viktor")) == allowed
            twitch.settings.ping_interval_s = 1e9
            twitch.clock.advance(1799)
            client.send("PRIVMSG #viktor :still?")
            client.heard()
            assert len(twitch.messages("viktor")) == allowed
            twitch.clock.advance(2)
            client.send("PRIVMSG #viktor :back")
            assert world.viktor.wait(allowed + 1)[-1].text == "back"


def test_join_and_login_limits():
    with Twitch(joins=3, logins=2) as twitch:
        world = World(twitch)
        for n in range(5):
            twitch.account(f"room{n}")
        with world.irc(channel="") as client:
            client.send(*(f"JOIN #room{n}" for n in range(5)))
            client.heard()
            assert twitch.connections("hello_bot")[-1].joined == ["room0", "room1", "room2"]
            world.irc(channel="").socket.close()
            with login(Irc(twitch), f"oauth:{world.token.access_token}") as third:
                assert third.rest_of_it() == [":tmi.twitch.tv NOTICE * :Login unsuccessful"]
            twitch.clock.advance(11)
            world.irc(channel="").socket.close()


def test_banned_accounts_and_slash_commands(world):
    with world.irc() as client:
        client.send("PRIVMSG #viktor :/ban viktor")
        assert "unrecognized_cmd" in client.until("NOTICE")
        with world.irc("tags commands membership") as other:
            other.heard()
            client.heard()
            world.viktor.ban(world.bot)
            cleared = "target-user-id=100000002;tmi-sent-ts="
            assert cleared in (line := client.line())
            assert line.endswith(" :tmi.twitch.tv CLEARCHAT #viktor :hello_bot")
            assert client.line() == ":hello_bot!hello_bot@hello_bot.tmi.twitch.tv PART #viktor"
            assert other.line() == line  # the same account, twice there: it has to leave twice
            refusal = (
                "@msg-id=msg_banned :tmi.twitch.tv NOTICE #viktor"
                " :You are permanently banned from talking in viktor."
            )
            client.send("PRIVMSG #viktor :let me in", "JOIN #viktor")
            assert [client.line(), client.line()] == [refusal, refusal]
            assert world.viktor.say("quiet").text not in "".join(client.heard())
        world.viktor.unban(world.bot)
        client.send("JOIN #viktor", "PRIVMSG #viktor :thank you")
        assert world.viktor.wait()[0].text == "thank you"
        assert "ROOMSTATE" in client.until("ROOMSTATE")


def test_a_me_needs_a_text(world):
    with world.irc() as client:
        client.heard()
        for text in ("/me", ".me", "/me  "):
            client.send(f"PRIVMSG #viktor :{text}")
            assert client.line() == (
                "@msg-id=usage_me :tmi.twitch.tv NOTICE #viktor"
                ' :Usage: "/me <message>" Send an "emote" message in the third person.'
            )
        client.send("PRIVMSG #viktor :\x01ACTION \x01")
        assert client.heard() == [] and not world.twitch.messages("viktor")
        answer = threading.Thread(
            target=lambda: client.until("!wave") and client.send("PRIVMSG #viktor :/me")
        )
        answer.start()
        with pytest.raises(NoReply, match=r"refused the answer \(usage_me\)(.*\n)+.*only /me"):
            world.viktor.ask("!wave", timeout=3)
        answer.join()


def test_emotes_are_found_by_the_code_point(world):
    with world.irc() as client:
        client.heard()

        def tags(text):
            world.viktor.say(text)
            return parse_line(client.until("PRIVMSG")).tags

        assert tags("Kappa Keepo Kappa")["emotes"] == "25:0-4,12-16/1902:6-10"
        assert tags("\N{THUMBS UP SIGN} grüß LUL!, LUL <3")["emotes"] == "425618:13-15/9:17-18"
        assert tags("/me Kappa waves")["emotes"] == "25:0-4"  # counted without the /me
        mixed = tags("Kappa hi")
        only = tags("Kappa  LUL")
        assert "emote-only" not in mixed and only["emote-only"] == "1"
        assert list(only) == sorted(only)
        assert tags("kappa Kappas @Kappa")["emotes"] == ""


def test_the_first_message_of_a_person_in_a_channel_is_marked(world):
    anna = world.twitch.account("anna")
    with world.irc() as client:
        client.heard()
        found = []
        for someone in (anna, anna, world.viktor, anna):
            someone.say("hi", channel="viktor")
            found.append(parse_line(client.until("PRIVMSG")).tags["first-msg"])
        assert found == ["1", "0", "1", "0"]
        client.send("JOIN #anna")
        client.until("ROOMSTATE")
        world.viktor.say("hi", channel="anna")
        assert parse_line(client.until("PRIVMSG")).tags["first-msg"] == "1"


def test_a_browser_is_hung_up_on(world):
    with Irc(world.twitch) as client:
        login = f"PASS oauth:{world.token.access_token}\r\nNICK hello_bot\r\n"
        client.raw(f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n{login}".encode())
        assert client.rest_of_it() == []
    (record,) = world.twitch.connections()
    assert record.closed == "the client speaks HTTP, not IRC"
    with world.irc() as client:  # only the first line can be HTTP
        client.send("GET /x HTTP/1.1")
        assert "Unknown command" in client.until("421")


def test_a_client_with_tls_is_hung_up_on_and_told(world):
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(world.twitch.irc_address, timeout=20) as wire,
        pytest.raises((ConnectionResetError, ssl.SSLError)),
    ):
        trusting.wrap_socket(wire)
    (record,) = world.twitch.connections()
    assert (record.closed, record.lines_in) == ("the client speaks TLS, which this port lacks", 0)
    text = world.silence()
    assert f"ended because {record.closed}." in text
    assert "What to do: let it connect without TLS" in text and "NICK" not in text


def test_a_timeout_passes_by_itself(world):
    with world.irc() as client:
        client.heard()
        world.viktor.timeout(world.bot, 60)
        assert client.line().startswith("@ban-duration=60;room-id=")
        client.send("PRIVMSG #viktor :but", "PART #viktor", "JOIN #viktor")
        assert client.line() == (
            "@msg-id=msg_timedout :tmi.twitch.tv NOTICE #viktor"
            " :You are timed out for 60 more seconds."
        )
        client.until("ROOMSTATE")  # it may read
        world.twitch.clock.advance(61)
        client.send("PRIVMSG #viktor :again")
        assert world.viktor.wait()[0].text == "again"


def test_who_may_be_banned(world):
    viktor, bot = world.viktor, world.bot
    with pytest.raises(ValueError, match="You cannot ban the broadcaster"):
        viktor.ban(viktor)
    with pytest.raises(ValueError, match="1 second or more"):
        viktor.timeout(bot, 0)
    viktor.mod(bot)
    viktor.ban(bot)  # the owner may; it costs the moderator's place
    with pytest.raises(ValueError, match="You must unban this user"):
        viktor.mod(bot)
    with pytest.raises(ValueError, match="permanently banned from talking in viktor"):
        bot.say("hello?", channel=viktor)
    viktor.unban(bot)
    assert bot.say("hello", channel=viktor).text == "hello"
    assert not world.twitch._world.channel("viktor").mods


def test_ping_and_pong_by_the_clock(world):
    with world.irc() as client:
        client.heard()
        world.twitch.clock.advance(300)
        assert client.line() == "PING :tmi.twitch.tv"
        client.send("PONG :tmi.twitch.tv")
        client.heard()
        world.twitch.clock.advance(300)
        assert client.line() == "PING :tmi.twitch.tv"
        world.twitch.clock.advance(11)
        assert client.rest_of_it() == []
    assert "did not answer PING" in world.twitch.connections("hello_bot")[-1].closed


async def websocket_chat(world):
    """A WebSocket client: one frame with several lines, one line without its end."""
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(world.twitch.irc_url, protocols=["irc"]) as socket,
    ):
        token = world.token.access_token
        await socket.send_str(f"PASS oauth:{token}\r\nNICK hello_bot\r\nJOIN #viktor")
        text = ""
        while "366" not in text:
            text += await socket.receive_str(timeout=30)
        await asyncio.to_thread(world.viktor.say_all, ["one", "two", "three"])
        frames = []
        while "three" not in "".join(frames):
            frames.append(await socket.receive_str(timeout=30))
        await socket.send_bytes("PRIVMSG #viktor :grüß dich".encode())
        (answer,) = await asyncio.to_thread(world.viktor.wait)
        await asyncio.to_thread(world.twitch.faults.close_frame, "hello_bot", 1012)
        await socket.receive(timeout=30)
        return socket.protocol, frames, answer.text, socket.close_code


def test_websocket(world):
    protocol, frames, answer, code = asyncio.run(websocket_chat(world))
    assert protocol == "irc"
    assert len(frames) == 1 and frames[0].count("\r\n") == 3  # several lines in one frame
    assert answer == "grüß dich"
    assert code == 1012


@pytest.mark.slow("a second of work or more")
def test_ten_thousand_messages_go_through_in_order():
    with Twitch(limits=False) as twitch:
        world = World(twitch)
        with world.irc() as client:
            world.viktor.say_all([f"say {n}" for n in range(10_000)])
            for n in range(10_000):
                assert client.until("PRIVMSG").endswith(f":say {n}")
            client.send(*(f"PRIVMSG #viktor :answer {n}" for n in range(10_000)))
            answers = world.viktor.wait(10_000, timeout=30)
        assert [m.text for m in answers] == [f"answer {n}" for n in range(10_000)]


def test_the_welcome_comes_before_the_answer_to_a_join_that_was_sent_with_it(world):
    """TwitchIO 1 waits for that answer while it reads the welcome."""

    async def scenario():
        async with aiohttp.ClientSession() as http, http.ws_connect(world.twitch.irc_url) as socket:
            for line in (
                f"PASS oauth:{world.token.access_token}",
                "NICK hello_bot",
                "JOIN #viktor",
            ):
                await socket.send_str(line)
            return [(await socket.receive(timeout=60)).data for _ in range(2)]

    welcome, joined = asyncio.run(scenario())
    assert " 001 " in welcome and "JOIN" not in welcome
    assert " JOIN #viktor" in joined
