"""Twitch through the window's HTTP interface, as a program in any language would use it."""

import contextlib
import json
import re
import shlex
import threading

import pytest
from cloud_tools import wait_until
from documents import PAGES
from hypothesis import given, settings
from hypothesis import strategies as st
from twitch_tools import Irc, call
from window_http import Http, RefusalError

from bot_sandbox import Cloud, Twitch, Window
from bot_sandbox.window.routes import routes_of
from bot_sandbox.window.twitch import SHOWN_MESSAGES, TwitchView
from bot_sandbox.window.twitch_faults import FAULTS

CHAT = "chat:read chat:edit"


@pytest.fixture
def twitch():
    with Twitch(channel_gap_s=0) as made:
        yield made


@pytest.fixture
def http(twitch):
    with Window(twitch=twitch) as window:
        yield Http(window)


@pytest.fixture
def world(http, twitch):
    """viktor's channel, a bot's account, its application and its token: all made over HTTP."""
    http.post("twitch/accounts", login="viktor", name="Viktor")
    http.post("twitch/accounts", login="hello_bot", name="Hello_Bot")
    http.post("twitch/applications", name="Hello bot")
    return http


def token(http, login="hello_bot", scopes=CHAT, application="Hello bot"):
    told = http.post("twitch/authorize", login=login, application=application, scopes=scopes)
    return told["access_token"]


def bot(http, twitch, access_token=None):
    """A program of few lines, connected and in viktor's channel."""
    client = Irc(twitch)
    client.send("CAP REQ :twitch.tv/tags twitch.tv/commands")
    client.send(f"PASS oauth:{access_token or token(http)}", "NICK hello_bot", "JOIN #viktor")
    http.get("twitch/wait", login="hello_bot", channel="viktor")["connections"]
    return client


def say(http, text, **more):
    return http.post("twitch/say", **({"from": "viktor", "text": text} | more))


def fault(http, name, **values):
    fields = [field.name for field in FAULTS.get(name, ())[1:]]
    of_login = {"login": "hello_bot"} if "login" in fields else {}
    return http.post("twitch/faults", **({"fault": name} | of_login | values))["done"]


def records(twitch):
    """What a page would be shown now."""
    return twitch._runner.do(lambda: dict(TwitchView(twitch).records()))


def test_addresses_are_told(http, twitch):
    told = http.get("twitch")
    assert told["url"] == twitch.url and told["irc_url"] == twitch.irc_url
    assert (told["irc_host"], told["irc_port"]) == twitch.irc_address
    assert told["eventsub_url"] == twitch.eventsub_url


def test_accounts_are_made_and_listed(world):
    assert [one["login"] for one in world.get("twitch/accounts")["accounts"]] == [
        "viktor",
        "hello_bot",
    ]
    with pytest.raises(RefusalError, match="400: the login 'viktor' is taken"):
        world.post("twitch/accounts", login="viktor")
    with pytest.raises(RefusalError, match="400: 'login' is missing"):
        world.post("twitch/accounts")
    assert world.post("twitch/accounts", login="anna", id=12345)["id"] == "12345"
    with pytest.raises(RefusalError, match="400: the id 12345 is taken by 'anna'"):
        world.post("twitch/accounts", login="peter", id="12345")


def test_a_refusal_of_a_huge_text_is_shorter(http, twitch):
    huge = "1" * 500_000
    for path, values in (
        ("twitch/accounts", {"login": huge}),
        ("twitch/app-token", {"application": huge}),
        ("twitch/say", {"from": "viktor", "text": [huge]}),
    ):
        with pytest.raises(RefusalError) as problem:
            http.post(path, **values)
        assert problem.value.status in (400, 404) and len(problem.value.said) < 30_000
        assert any(
            words in problem.value.said for words in ("there are: none", "must be", "cannot")
        )
    with pytest.raises(ValueError, match="cannot be a login") as problem:
        twitch.account(huge)
    assert len(str(problem.value)) < 30_000


def test_an_application_has_its_redirects_and_tells_its_secret_once(http):
    redirects = ["http://localhost:3000", "https://bots.example/callback"]
    made = http.post("twitch/applications", name="Mine", redirects=redirects)
    assert made["redirects"] == redirects and made["client_secret"]
    (listed,) = http.get("twitch/applications")["applications"]
    assert listed["client_id"] == made["client_id"] and "client_secret" not in listed
    with pytest.raises(RefusalError, match="400: Twitch takes no redirect 'ftp://x'"):
        http.post("twitch/applications", name="Other", redirects=["ftp://x"])


def test_a_user_token_is_given_used_and_revoked(world, twitch):
    access = token(world)
    told = call(
        "GET", f"{twitch.url}/oauth2/validate", headers={"Authorization": f"OAuth {access}"}
    )
    assert told.json["login"] == "hello_bot" and told.json["scopes"] == CHAT.split()
    assert "revoked" in world.post("twitch/revoke", token=access)["done"]
    told = call(
        "GET", f"{twitch.url}/oauth2/validate", headers={"Authorization": f"OAuth {access}"}
    )
    assert told.status == 401


def test_an_app_token_is_nobodys(world, twitch):
    access = world.post("twitch/app-token", application="Hello bot")["access_token"]
    headers = {"Authorization": f"OAuth {access}"}
    told = call("GET", f"{twitch.url}/oauth2/validate", headers=headers)
    assert told.status == 200 and "login" not in told.json


def test_what_an_application_was_allowed_is_taken_back(world, twitch):
    with bot(world, twitch) as client:
        world.post("twitch/disconnect", login="hello_bot", application="Hello bot")
        client.rest_of_it()
    with pytest.raises(
        RefusalError, match="404: there is no application 'Other'; there are: Hello bot"
    ):
        world.post("twitch/disconnect", login="hello_bot", application="Other")


def test_somebody_writes_and_a_program_answers(world, twitch):
    with bot(world, twitch) as client:
        asked = say(world, "!hello")
        assert asked["from"] == "viktor" and asked["badge"] == "broadcaster"
        assert "!hello" in client.until("PRIVMSG")
        waiting = []
        reading = threading.Thread(
            target=lambda: waiting.extend(
                world.get("twitch/messages", channel="viktor", after=asked["id"], timeout=30)[
                    "messages"
                ]
            )
        )
        reading.start()
        client.send(f"@reply-parent-msg-id={asked['id']} PRIVMSG #viktor :hello Viktor!")
        reading.join(30)
    (answer,) = waiting
    assert answer["text"] == "@Viktor hello Viktor!" and answer["is_bot"]
    assert answer["reply_to"] == {"id": asked["id"], "name": "Viktor", "text": "!hello"}


def test_asking_gives_the_answer_or_says_why_there_is_none(world, twitch):
    with bot(world, twitch) as client:
        answering = threading.Thread(
            target=lambda: client.until("PRIVMSG") and client.send("PRIVMSG #viktor :hello!")
        )
        answering.start()
        told = world.post("twitch/ask", **{"from": "viktor", "text": "!hello", "timeout": 30})
        answering.join(30)
    assert (told["text"], told["from"]) == ("hello!", "hello_bot")
    with pytest.raises(RefusalError, match="hello_bot is not connected") as refused:
        world.post("twitch/ask", **{"from": "viktor", "text": "!hello", "timeout": 0})
    assert refused.value.status == 504


def test_messages_are_read_from_a_place_on(world):
    first, second = say(world, "one"), say(world, "two")
    read = world.get("twitch/messages", channel="viktor")["messages"]
    assert [one["text"] for one in read] == ["one", "two"]
    (read,) = world.get("twitch/messages", channel="viktor", after=first["id"])["messages"]
    assert read["id"] == second["id"]
    assert world.get("twitch/messages", channel="viktor", after=second["id"])["messages"] == []
    with pytest.raises(RefusalError, match="404: no message has the id 'x'"):
        world.get("twitch/messages", channel="viktor", after="x")["messages"]
    with pytest.raises(RefusalError, match="said in #viktor, not in #hello_bot"):
        world.get("twitch/messages", channel="hello_bot", after=first["id"])["messages"]


def test_what_was_sent_is_shown_without_tokens(world, twitch):
    access = token(world)
    with bot(world, twitch, access) as client:
        asked = say(world, "!hello")
        client.until("PRIVMSG")
        client.send("PRIVMSG #viktor :hello!")
        (answer,) = world.get("twitch/messages", channel="viktor", after=asked["id"], timeout=30)[
            "messages"
        ]
        (heard,) = world.get("twitch/trace", message=asked["id"])["trace"]
        sent = world.get("twitch/trace", message=answer["id"])["trace"]
    assert (heard["direction"], heard["kind"], heard["program"]) == ("to", "IRC", "hello_bot")
    assert heard["text"].startswith("@badge-info") and asked["id"] in heard["text"]
    assert sent[0]["text"] == "PRIVMSG #viktor :hello!"
    with pytest.raises(RefusalError, match="400: 'message' is missing"):
        world.get("twitch/trace")["trace"]


def test_moderators_and_banned_people(world):
    assert "is a moderator" in world.post("twitch/mod", channel="viktor", login="hello_bot")["done"]
    assert world.get("twitch/accounts")["accounts"][0]["mods"] == ["hello_bot"]
    world.post("twitch/unmod", channel="viktor", login="hello_bot")
    world.post("twitch/ban", channel="viktor", login="hello_bot")
    viktor = world.get("twitch/accounts")["accounts"][0]
    assert (viktor["mods"], viktor["banned"]) == ([], ["hello_bot"])
    with pytest.raises(RefusalError, match="400: Hello_Bot may not write in #viktor"):
        say(world, "let me in", **{"from": "hello_bot", "channel": "viktor"})
    world.post("twitch/unban", channel="viktor", login="hello_bot")
    assert world.get("twitch/accounts")["accounts"][0]["banned"] == []
    world.post("twitch/timeout", channel="viktor", login="hello_bot", seconds=60)
    assert world.get("twitch/accounts")["accounts"][0]["banned"] == ["hello_bot"]
    world.post("twitch/clock", advance=61)
    assert world.get("twitch/accounts")["accounts"][0]["banned"] == []
    with pytest.raises(RefusalError, match="400: Twitch has no account or channel 'nobody'"):
        world.post("twitch/mod", channel="viktor", login="nobody")


def test_a_channel_goes_live_is_followed_and_announces(world):
    world.post("twitch/live", channel="viktor", title="Tea")
    with pytest.raises(RefusalError, match="live already"):
        world.post("twitch/live", channel="viktor")
    world.post("twitch/follow", login="hello_bot", channel="viktor")
    viktor = world.get("twitch/accounts")["accounts"][0]
    assert (viktor["live"], viktor["title"], viktor["followers"]) == (True, "Tea", ["hello_bot"])
    said = world.post("twitch/announce", **{"from": "viktor", "text": "Tea is ready"})
    assert said["announcement"] == "PRIMARY" and said["text"] == "Tea is ready"
    world.post("twitch/live", channel="viktor", live=False)
    world.post("twitch/follow", login="hello_bot", channel="viktor", follows=False)
    viktor = world.get("twitch/accounts")["accounts"][0]
    assert (viktor["live"], viktor["followers"]) == (False, [])


def test_what_a_banned_person_said_is_deleted(world, twitch):
    gone = say(world, "buy my things", **{"from": "hello_bot", "channel": "viktor"})
    say(world, "no")
    world.post("twitch/timeout", channel="viktor", login="hello_bot", seconds=60)
    world.post("twitch/clock", advance=61)
    say(world, "sorry", **{"from": "hello_bot", "channel": "viktor"})
    read = world.get("twitch/messages", channel="viktor")["messages"]
    assert [one["deleted"] for one in read] == [True, False, False]
    assert records(twitch)[f"twitch/message/viktor/{gone['id']}"]["deleted"]


def test_connections_tell_how_they_are(world, twitch):
    with bot(world, twitch):
        (line,) = world.get("twitch/connections", login="hello_bot")["connections"]
        assert (line["number"], line["kind"], line["state"]) == (1, "IRC over TCP", "open")
        assert line["hears"] == ["viktor"]
        fault(world, "delay", seconds=0.5)
        fault(world, "stop_pong")
        (line,) = world.get("twitch/connections")["connections"]
        assert line["state"] == "open, everything arrives 0.5 s late, its PINGs are not answered"
        fault(world, "silence")
        (line,) = world.get("twitch/connections")["connections"]
        assert line["state"] == "open, but nothing goes through" and line["open"]
        assert line["hears"] == []
    for seconds in (0, 0.1):
        words = f"504: anna did not come to #viktor within {seconds} s"
        with pytest.raises(RefusalError, match=words):
            world.get("twitch/wait", login="anna", channel="viktor", timeout=seconds)["connections"]


def test_a_line_is_cut_what_is_missed_is_counted_and_it_is_waited_for(world, twitch):
    with bot(world, twitch) as client:
        assert fault(world, "drop") == "hello_bot's line was cut, without a word."
        client.rest_of_it()
    say(world, "into the void")
    (lost,) = world.get("twitch/missed", login="hello_bot")["messages"]
    assert lost["text"] == "into the void" and lost["missed_by"] == ["hello_bot"]
    with pytest.raises(RefusalError, match="did not come"):
        world.get("twitch/wait", login="hello_bot", channel="viktor", after=1, timeout=0)[
            "connections"
        ]
    with bot(world, twitch):
        told = world.get("twitch/wait", login="hello_bot", channel="viktor", after=1)["connections"]
        assert [line["number"] for line in told] == [2]
    shown = records(twitch)
    assert shown["twitch/program/hello_bot"]["missed"] == {"viktor": 1}
    assert shown["twitch/connection/1"]["state"] == "the line was cut"


def test_a_line_is_closed_with_a_code_or_asked_to_reconnect(world, twitch):
    with bot(world, twitch) as client:
        fault(world, "reconnect", close_after=0)
        assert client.until("RECONNECT") == ":tmi.twitch.tv RECONNECT"
        assert client.rest_of_it() == []
    with bot(world, twitch) as client:
        client.heard()
        assert fault(world, "close_frame", code=4000).endswith("with code 4000.")
        assert client.rest_of_it() == []
    with pytest.raises(RefusalError, match="cannot be closed with 1006"):
        fault(world, "close_frame", code=1006)


def test_half_a_line_and_lines_in_two_pieces(world, twitch):
    with bot(world, twitch) as client:
        fault(world, "split_lines")
        say(world, "whole again")
        assert "whole again" in client.until("PRIVMSG")
        fault(world, "half_line")
        say(world, "this one breaks off")
        wait_until(
            lambda: "nothing goes through" in records(twitch)["twitch/connection/1"]["state"]
        )


def test_a_login_is_refused_and_a_token_revoked_by_its_account(world, twitch):
    fault(world, "refuse_login")
    assert records(twitch)["twitch/servers"]["refused_logins"] == {"hello_bot": 1}
    access = token(world)
    with Irc(twitch) as client:
        client.send(f"PASS oauth:{access}", "NICK hello_bot")
        assert "Login authentication failed" in client.line()
    assert records(twitch)["twitch/servers"]["refused_logins"] == {}
    with bot(world, twitch, access) as client:
        fault(world, "revoke")
        client.rest_of_it()
    assert world.get("twitch/connections")["connections"][-1]["state"] == "its token was revoked"
    with pytest.raises(RefusalError, match="400: hello_bot has no token"):
        fault(world, "revoke")


def test_the_api_fails_as_often_as_asked(world, twitch):
    fault(world, "fail_api", status=500, n=2)
    assert records(twitch)["twitch/servers"]["api_failures"] == 2
    assert [call("GET", f"{twitch.url}/helix/users").status for _ in range(3)] == [500, 500, 401]
    for wrong in ({"status": 200}, {"n": 0}, {"n": 10**9}, {"n": "many"}):
        with pytest.raises(RefusalError, match="400"):
            fault(world, "fail_api", **wrong)


def test_faults_are_listed_and_cleared(world, twitch):
    with bot(world, twitch):
        fault(world, "silence")
        fault(world, "fail_api", status=500, n=2)
        call("GET", f"{twitch.url}/helix/users")
        listed = world.get("twitch/faults")
        assert [(one["fault"], one["login"], one["left"]) for one in listed["active"]] == [
            ("silence", "hello_bot", None),
            ("fail_api", "", 1),
        ]
        assert [one["text"] for one in listed["hits"]] == ["GET /helix/users was answered with 500"]
        assert fault(world, "clear") == "All faults have ended."
        assert world.get("twitch/faults")["active"] == []


def test_oauth_fails_as_often_as_asked(world, twitch):
    fault(world, "fail_oauth", status=500, path="validate")
    assert records(twitch)["twitch/servers"]["oauth_failures"] == 1
    found = [call("GET", f"{twitch.url}/oauth2/validate").status for _ in range(2)]
    assert found == [500, 401]
    with pytest.raises(RefusalError, match="400"):
        fault(world, "fail_oauth", path="authorize")


def test_servers_go_down_and_up(world, twitch):
    with bot(world, twitch) as client:
        fault(world, "stop")
        client.rest_of_it()
    assert records(twitch)["twitch/servers"]["up"] is False
    with pytest.raises(ConnectionRefusedError):
        Irc(twitch)
    fault(world, "start")
    with bot(world, twitch):
        assert "up again" in fault(world, "restart")
    assert records(twitch)["twitch/servers"]["up"] is True


def test_a_fault_that_cannot_be_says_what_can(world):
    with pytest.raises(
        RefusalError, match=r"400: 'fault' must be one of drop, close_frame, .*; found 'fire'"
    ):
        fault(world, "fire")
    with pytest.raises(
        RefusalError, match="400: hello_bot has no open connection; start the bot first"
    ):
        fault(world, "drop")
    with pytest.raises(RefusalError, match="400: 'login' is missing"):
        world.post("twitch/faults", fault="drop")


def test_the_clock_moves_on_and_never_back(world, twitch):
    with bot(world, twitch) as client:
        before = world.get("twitch/clock")
        after = world.post("twitch/clock", advance=4 * 3600)
        assert after["ahead"] == 4 * 3600 and after["seconds"] - before["seconds"] >= 4 * 3600
        assert client.until("PING")  # due by then, and its line outlives its token
    for wrong in (-1, float("nan"), float("inf"), 1e300, "soon"):
        with pytest.raises(
            RefusalError, match=r"400: (the clock|'advance' must be a number|expected JSON)"
        ):
            world.post("twitch/clock", advance=wrong)
    assert world.get("twitch/clock")["ahead"] == 4 * 3600


PATHS = [route.path for route in routes_of(TwitchView.__new__(TwitchView))]
WORDS = "login name channel from text reply_to after message n connections application type"
MORE = "redirects scopes confidential token seconds fault code close_after status down advance"
NAMES = [*WORDS.split(), *MORE.split(), "live", "follows", "title"]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["viktor", "hello_bot", "Hello bot", *FAULTS]),
    st.lists(st.text(max_size=5), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=1),
)


@pytest.fixture(scope="module")
def one_world():
    """A world that a whole property test throws things at."""
    with Twitch(channel_gap_s=0) as twitch, Window(twitch=twitch) as window:
        http = Http(window)
        http.post("twitch/accounts", login="viktor")
        http.post("twitch/accounts", login="hello_bot")
        http.post("twitch/applications", name="Hello bot")
        yield twitch, http


@given(st.sampled_from(PATHS), st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
@settings(max_examples=2 * settings.default.max_examples)
def test_whatever_is_asked_is_answered_and_breaks_nothing(one_world, path, values):
    twitch, http = one_world
    with contextlib.suppress(RefusalError):
        http.post(path, timeout=0, **values)
    with contextlib.suppress(RefusalError):
        http.get(path, timeout=0, **values)
    twitch.faults.start()
    json.dumps(records(twitch))
    assert http.get("twitch/clock")["now"]


CALLBACK = """
import json


def handler(event, context):
    body = json.loads(event["body"])
    return {"statusCode": 200, "body": body.get("challenge", "")}
"""


def test_a_webhooks_deliveries_and_its_answers(world, twitch, tmp_path):
    (tmp_path / "main.py").write_text(CALLBACK)
    for login, scopes in (("hello_bot", "user:read:chat user:bot"), ("viktor", "channel:bot")):
        token(world, login, scopes)
    app = world.post("twitch/app-token", application="Hello bot")["access_token"]
    (application,) = world.get("twitch/applications")["applications"]
    ids = {one["login"]: one["id"] for one in world.get("twitch/accounts")["accounts"]}
    with Cloud() as cloud:
        function = cloud.deploy("hook", tmp_path)
        headers = {"Authorization": f"Bearer {app}", "Client-Id": application["client_id"]}
        body = {
            "type": "channel.chat.message",
            "version": "1",
            "condition": {"broadcaster_user_id": ids["viktor"], "user_id": ids["hello_bot"]},
            "transport": {"method": "webhook", "callback": function.url, "secret": "s3cre7-s3cre7"},
        }
        path = f"{twitch.url}/helix/eventsub/subscriptions"
        assert call("POST", path, body=body, headers=headers).status == 202
        world.get("twitch/wait", login="hello_bot", channel="viktor", timeout=30)["connections"]
        (subscription,) = world.get("twitch/subscriptions")["subscriptions"]
        assert (subscription["status"], subscription["method"]) == ("enabled", "webhook")
        fault(world, "repeat_delivery")
        said = say(world, "!hello")
        tried = world.get("twitch/deliveries", message=said["id"], n=2, timeout=30)["deliveries"]
        assert [one["status"] for one in tried] == [200, 200]
        assert tried[0]["id"] == tried[1]["id"]
        sent, answer, *_ = world.get("twitch/trace", message=said["id"])["trace"]
        assert "Twitch-Eventsub-Message-Signature: sha256=" in sent["text"]
        assert answer["direction"] == "from" and answer["text"].startswith("200 ")
        with pytest.raises(RefusalError, match=r"504: 2 of 3 .* within 0\.01 s"):
            world.get("twitch/deliveries", message=said["id"], n=3, timeout=0.01)["deliveries"]


def test_a_badge_is_what_somebody_was_when_they_spoke(world):
    say(world, "hi", **{"from": "hello_bot", "channel": "viktor"})
    world.post("twitch/mod", channel="viktor", login="hello_bot")
    say(world, "hi again", **{"from": "hello_bot", "channel": "viktor"})
    read = world.get("twitch/messages", channel="viktor")["messages"]
    assert [one["badge"] for one in read] == ["", "moderator"]


def test_a_page_is_shown_the_newest_and_what_was_missed(world, twitch):
    with bot(world, twitch):
        pass
    twitch.wait_gone("hello_bot")
    twitch._runner.do(
        lambda: [
            twitch._world.chat.post(
                twitch._world.channel("viktor"), twitch._world.user("viktor"), f"message {n}"
            )
            for n in range(SHOWN_MESSAGES + 50)
        ]
    )
    shown = records(twitch)
    messages = [record for key, record in shown.items() if key.startswith("twitch/message/")]
    assert (
        len(messages) == SHOWN_MESSAGES and messages[-1]["text"] == f"message {SHOWN_MESSAGES + 49}"
    )
    assert all(message["missed_by"] == ["hello_bot"] for message in messages)
    assert shown["twitch/program/hello_bot"]["missed"] == {"viktor": SHOWN_MESSAGES + 50}


def test_nothing_that_is_shown_holds_a_secret(world, twitch):
    secret = world.post("twitch/applications", name="Other")["client_secret"]
    access = token(world)
    with bot(world, twitch, access):
        asked = say(world, "hello")
        everything = f"{records(twitch)}{world.get('twitch/trace', message=asked['id'])}"
    assert access not in everything and secret not in everything


def answer_as_anna(http, after):
    http.get("twitch/messages", channel="viktor", after=after, timeout=30)["messages"]
    say(http, "hello!", **{"from": "anna", "channel": "viktor"})


def test_the_lines_of_its_page_work_in_their_order(http, twitch):
    section = PAGES["http.md"].partition("\n## Twitch\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| `ask (.+?)` \|", section, re.MULTILINE)
    http.post("twitch/accounts", login="hello_bot")
    http.post("twitch/accounts", login="anna")
    tried, said = set(), {"id": ""}
    for line in lines:
        path, *data = shlex.split(line.replace("ID", said["id"]))
        tried.add((path.partition("?")[0], bool(data)))
        if path == "twitch/ask":
            answering = threading.Thread(target=answer_as_anna, args=(http, said["id"]))
            answering.start()
        if path.startswith("twitch/wait"):
            http.post("twitch/unban", channel="viktor", login="hello_bot")
            client = bot(http, twitch, token(http, application="My bot"))
        if path.startswith("twitch/deliveries"):
            with pytest.raises(RefusalError, match="0 of 1 webhook attempts"):
                http.get(f"{path}&timeout=0")
        elif data:
            told = http.post(path, **json.loads(data[1]))
            said = told if path == "twitch/say" else said
        else:
            http.get(path)
    client.rest_of_it()
    answering.join(30)
    routes = {(route.path, route.method == "POST") for route in routes_of(TwitchView(twitch))}
    assert tried == routes
