"""Return to a snapshot: everything is as it was, and what was connected still is."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twitch_tools import Irc, call
from window_http import Http, RefusalError

from bot_sandbox import Cloud, Mail, Telegram, Twitch, Window
from bot_sandbox.telegram import TelegramError
from bot_sandbox.window.telegram import TelegramView
from bot_sandbox.window.twitch import TwitchView


def seen(view):
    """What a window shows of a server, but for connections, which are real."""
    records = view.server._runner.do(lambda: dict(view.records()))
    kept = {key: record for key, record in records.items() if "/connection/" not in key}
    return json.dumps(kept, sort_keys=True)


@pytest.fixture
def telegram():
    with Telegram(limits=None) as made:
        yield made


@pytest.fixture
def twitch():
    with Twitch(channel_gap_s=0) as made:
        yield made


def test_telegram_returns_and_what_a_test_holds_stays_valid(telegram):
    account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
    group = telegram.group("Family", [viktor, account])
    first = viktor.send("one", account)
    start, before = telegram.snapshot(), seen(TelegramView(telegram))
    for _ in range(2):
        viktor.edit(first, "uno")
        viktor.send("two", group)
        group.add(telegram.person("Anna"))
        telegram.call(account, "setMyCommands", commands=[{"command": "a", "description": "b"}])
        telegram.faults.status(500)
        telegram.faults.stop()
        telegram.restore(start)
        assert seen(TelegramView(telegram)) == before
        assert first.text == "one" and len(telegram._world.people) == 1
    assert viktor.send("two", account).message_id == first.message_id + 1
    assert telegram.call(account, "getMe")["username"] == "hello_bot"


def test_a_polling_bot_gets_what_waited_and_what_comes_and_no_id_twice(telegram):
    account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
    viktor.send("waits", account)
    start = telegram.snapshot()
    viktor.send("later", account)
    ids = [one["update_id"] for one in telegram.call(account, "getUpdates")]
    assert telegram.call(account, "getUpdates", offset=ids[-1] + 1) == []
    telegram.restore(start)
    (update,) = telegram.call(account, "getUpdates", offset=ids[-1] + 1)
    assert update["message"]["text"] == "waits" and update["update_id"] > ids[-1]
    got = []
    offset = update["update_id"] + 1
    polling = threading.Thread(
        target=lambda: got.extend(telegram.call(account, "getUpdates", offset=offset, timeout=30))
    )
    polling.start()
    assert telegram.wait_until(lambda: account.is_polled, 20)
    telegram.restore(telegram.snapshot())
    viktor.send("new", account)
    polling.join(30)
    if not got:  # a restore may end a poll early, and the client asks again
        got = telegram.call(account, "getUpdates", offset=offset)
    assert [one["message"]["text"] for one in got][-1:] == ["new"]


ECHO = """import json


def handler(event, context):
    message = json.loads(event["body"])["message"]
    reply = {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": message["text"]}
    headers = {"content-type": "application/json"}
    return {"statusCode": 200, "headers": headers, "body": json.dumps(reply)}
"""


def test_a_webhook_goes_on_and_one_that_was_removed_comes_back(telegram, tmp_path):
    (tmp_path / "main.py").write_text(ECHO)
    account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
    with Cloud() as cloud:
        telegram.call(account, "setWebhook", url=cloud.deploy("echo", tmp_path).url)
        assert viktor.ask("one", account, timeout=20) == "one"
        start = telegram.snapshot()
        telegram.call(account, "deleteWebhook")
        viktor.send("nobody", account)
        telegram.restore(start)
        assert viktor.ask("two", account, timeout=20) == "two"
        telegram.restore(start)
        assert viktor.ask("three", account, timeout=20) == "three"


def test_reset_forgets_everybody_and_refuses_their_tokens(telegram):
    account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
    viktor.send("one", account)
    refused = []

    def poll():
        with pytest.raises(TelegramError) as error:
            telegram.call(account.token, "getUpdates", timeout=30)
        refused.append(str(error.value)[:3])

    telegram.call(account, "getUpdates", offset=account._updates.pending()[-1].id + 1)
    polling = threading.Thread(target=poll)
    polling.start()
    assert telegram.wait_until(lambda: account.is_polled, 20)
    telegram.reset()
    polling.join(30)
    assert refused == ["401"]
    with pytest.raises(TelegramError, match="401"):
        telegram.call(account.token, "getMe")
    assert seen(TelegramView(telegram)).count('"type"') == 1  # the server alone
    with pytest.raises(ValueError, match="another Telegram"):
        viktor.send("hi", account)


def test_a_snapshot_belongs_to_its_server(telegram, twitch):
    with pytest.raises(ValueError, match="a snapshot of another server"):
        telegram.restore(twitch.snapshot())
    with pytest.raises(ValueError, match="a snapshot of another server"):
        twitch.restore(telegram.snapshot())


def test_twitch_returns_and_a_program_keeps_its_line(twitch):
    viktor, bot = twitch.account("viktor"), twitch.account("hello_bot")
    token = twitch.authorize(bot, twitch.application("My bot"), "chat:read chat:edit")
    with Irc(twitch) as client:
        client.send(f"PASS oauth:{token.access_token}", "NICK hello_bot", "JOIN #viktor")
        twitch.wait_for(bot, viktor, 20)
        start, before = twitch.snapshot(), seen(TwitchView(twitch))
        for said in ("two", "three"):
            viktor.say("one")
            viktor.ban(bot)
            twitch.account("anna").say("hi", "viktor")
            twitch.faults.fail_api()
            twitch.faults.refuse_login("hello_bot")
            twitch.restore(start)
            assert seen(TwitchView(twitch)) == before
            viktor.say(said)
            assert said in client.until(f" :{said}")
            client.send(f"PRIVMSG #viktor :{said} yourself")
            assert viktor.wait(timeout=20)[0].text == f"{said} yourself"
        twitch.reset()
        client.rest_of_it()
    assert twitch.connections() == []
    assert json.loads(seen(TwitchView(twitch))).keys() == {"twitch/servers"}


CALLBACK = """import json


def handler(event, context):
    body = json.loads(event["body"])
    return {"statusCode": 200, "body": body.get("challenge", "")}
"""


def test_a_subscription_by_webhook_continues_and_one_that_ended_comes_back(twitch, tmp_path):
    (tmp_path / "main.py").write_text(CALLBACK)
    viktor, bot = twitch.account("viktor"), twitch.account("hello_bot")
    app = twitch.application("My bot")
    twitch.authorize(bot, app, "user:read:chat user:bot")
    twitch.authorize(viktor, app, "channel:bot")
    headers = {
        "Authorization": f"Bearer {twitch.app_token(app).access_token}",
        "Client-Id": app.client_id,
    }
    path = f"{twitch.url}/helix/eventsub/subscriptions"
    with Cloud() as cloud:
        callback = cloud.deploy("hook", tmp_path).url
        body = {
            "type": "channel.chat.message",
            "version": "1",
            "condition": {"broadcaster_user_id": viktor.id, "user_id": bot.id},
            "transport": {"method": "webhook", "callback": callback, "secret": "s3cre7-s3cre7"},
        }
        assert call("POST", path, body=body, headers=headers).status == 202
        twitch.wait_for(bot, viktor, 20)
        start = twitch.snapshot()
        (subscription,) = twitch.subscriptions()
        ids = set()
        for _ in range(2):
            deleted = call("DELETE", f"{path}?id={subscription.id}", headers=headers)
            assert deleted.status == 204 and not twitch.subscriptions()
            twitch.restore(start)
            assert twitch.subscriptions() == [subscription] and subscription.enabled
            (tried,) = twitch.wait_deliveries(1, viktor.say("hello"), timeout=20)
            assert tried.status == 200
            ids.add(tried.message_id)
    assert len(ids) == 2


def test_what_a_program_missed_is_forgotten_too(twitch):
    viktor, bot = twitch.account("viktor"), twitch.account("hello_bot")
    token = twitch.authorize(bot, twitch.application("My bot"), "chat:read chat:edit")
    view = TwitchView(twitch)
    with Irc(twitch) as client:
        client.send(f"PASS oauth:{token.access_token}", "NICK hello_bot", "JOIN #viktor")
        twitch.wait_for(bot, viktor, 20)
    twitch.wait_gone(bot)
    start, before = twitch.snapshot(), seen(view)
    viktor.say("into the void")
    assert len(twitch.missed(bot)) == 1 and seen(view) != before
    twitch.restore(start)
    assert twitch.missed(bot) == [] and seen(view) == before


def test_everything_by_http(telegram, twitch):
    with Mail() as mail, Cloud() as cloud, Window(telegram, twitch, cloud, mail) as window:
        http = Http(window)
        http.post("telegram/people", name="Viktor")
        taken = http.post("snapshots")["snapshot"]
        http.post("telegram/people", name="Anna")
        http.post("twitch/accounts", login="anna")
        http.post("cloud/deploy", name="f", files={"main.py": ECHO})
        http.post("restore", snapshot=taken)
        assert [one["name"] for one in http.get("telegram/people")["people"]] == ["Viktor"]
        assert http.get("twitch/accounts")["accounts"] == []
        assert http.get("cloud/functions")["functions"] == []
        http.post("cloud/deploy", name="g", files={"main.py": ECHO})
        http.post("reset")
        assert http.get("telegram/people")["people"] == []
        assert http.get("cloud/functions")["functions"] == []
        with pytest.raises(RefusalError, match="404: there is no snapshot 'snapshot-1'"):
            http.post("restore", snapshot=taken)


def test_restores_at_once_leave_one_whole_world(telegram, twitch):
    with Window(telegram, twitch) as window:
        http = Http(window)
        empty, taken = http.post("snapshots")["snapshot"], []
        for name in ("anna", "nora"):
            http.post("restore", snapshot=empty)
            http.post("telegram/people", name=name)
            http.post("twitch/accounts", login=name)
            taken.append(http.post("snapshots")["snapshot"])
        with ThreadPoolExecutor(8) as pool:
            for _ in range(10):
                list(pool.map(lambda name: http.post("restore", snapshot=name), taken * 8))
                (person,), (account,) = (
                    telegram._world.people.values(),
                    twitch._world.users.values(),
                )
                assert person.name == account.login


CHANGES = {
    "say": lambda telegram, number: person(telegram).send(f"said {number}", bot(telegram)),
    "group": lambda telegram, number: telegram.group(f"G{number}", [person(telegram)]),
    "person": lambda telegram, number: telegram.person(f"P{number}"),
    "bot": lambda telegram, number: telegram.new_bot("B", f"another_{number}_bot"),
    "edit": lambda telegram, number: [
        person(telegram).edit(message, f"edited {number}")
        for message in telegram._world.private_chat(person(telegram), bot(telegram)).messages[:1]
    ],
    "poll": lambda telegram, number: telegram.call(bot(telegram), "getUpdates", offset=-1),
    "block": lambda telegram, number: person(telegram).block(bot(telegram)),
    "unblock": lambda telegram, number: person(telegram).unblock(bot(telegram)),
    "fault": lambda telegram, number: telegram.faults.status(500),
    "token": lambda telegram, number: telegram.new_token(bot(telegram)),
}


def person(telegram):
    return next(iter(telegram._world.people.values()))


def bot(telegram):
    return next(iter(telegram._world.accounts.values()))


OPERATIONS = st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 9)), max_size=12)


@given(OPERATIONS, OPERATIONS)
@settings(max_examples=40)
def test_whatever_happens_between_a_restore_undoes_it(one_telegram, first, second):
    telegram = one_telegram
    telegram.reset()
    telegram.new_bot("Hello bot", "hello_bot")
    telegram.person("Viktor")
    change(telegram, first)
    start, before = telegram.snapshot(), seen(TelegramView(telegram))
    for operations in (second, first):
        change(telegram, operations)
        telegram.restore(start)
        assert seen(TelegramView(telegram)) == before


@pytest.fixture(scope="module")
def one_telegram():
    with Telegram(limits=None) as made:
        yield made


def change(telegram, operations):
    for name, number in operations:
        try:
            CHANGES[name](telegram, number)
        except (ValueError, TelegramError):  # such as a message to a blocked bot
            continue
