"""Twitch by webhook, end to end: the sandbox Twitch calls, the reply is in the chat."""

import asyncio

import pytest
from aiohttp import web
from events import event
from waiting import wait_until

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.http.local_server import LocalServer
from bot_sandbox.twitch import Twitch
from botlib import Bot
from botlib.store import open_store
from botlib.twitch.details.helix import ApiRefused, Helix
from botlib.twitch.eventsub import webhook
from lessons.cloud import Cloud

SECRET = "correct-horse"


class Gateway(LocalServer):
    """HTTP becomes events for handlers, one after the other: as if they were instances."""

    def __init__(self, *handlers):
        super().__init__("gateway")
        self._handlers = list(handlers)
        app = web.Application()
        app.router.add_post("/bot", self._call)
        self.url = f"http://127.0.0.1:{self._runner.run(self._serve(web.AppRunner(app)))}/bot"

    async def _call(self, request):
        handler = self._handlers.pop(0)
        self._handlers.append(handler)
        body = await request.read()
        http = event("yandex", headers=dict(request.headers), body=body)
        answer = await asyncio.to_thread(handler, http, None)
        headers = {"Content-Type": answer["headers"]["content-type"]}
        return web.Response(status=answer["statusCode"], text=answer["body"], headers=headers)


class Scene:
    """A Twitch, a channel, a bot that was allowed everything, and its settings."""

    def __init__(self, twitch):
        self.twitch = twitch
        self.viktor = twitch.account("viktor", display_name="Viktor")
        self.bot = twitch.account("hello_bot", display_name="Hello_Bot")
        self.app = twitch.application("Hello bot")
        twitch.authorize(self.bot, self.app, ["user:read:chat", "user:write:chat", "user:bot"])
        self.twitch.authorize(self.viktor, self.app, ["channel:bot"])
        self.helix = Helix(self.app.client_id, self.app.client_secret, twitch.url)

    def handler(self, **more):
        bot = Bot()
        bot.command("hello")(lambda message: f"hello {message.user}!")
        bot.command("two")(lambda message: ["one", "two"])
        bot.command("long")(lambda message: "word " * 180)
        return webhook(bot, SECRET, self.app.client_id, self.app.client_secret, self.bot.id,
                       self.twitch.url, **more)  # fmt: skip

    def subscribe(self, url):
        made = self.helix.subscribe(self.viktor.id, url, SECRET, self.bot.id)
        self.twitch.wait_for(self.bot, self.viktor)
        return made


@pytest.fixture
def scene():
    with Twitch(webhook_retry_s=0.01) as twitch:
        yield Scene(twitch)


def test_a_viewer_is_answered_by_a_function_and_nobody_holds_a_connection(scene):
    with Gateway(scene.handler()) as gateway:
        made = scene.subscribe(gateway.url)
        assert made["status"] == "webhook_callback_verification_pending"
        assert scene.viktor.ask("!hello") == "hello Viktor!"
        assert scene.twitch.connections(scene.bot) == []
        assert [each["status"] for each in scene.helix.subscriptions()] == ["enabled"]


def test_replies_come_in_order_though_twitch_wants_a_second_between_them(scene):
    with Gateway(scene.handler()) as gateway:
        scene.subscribe(gateway.url)
        scene.viktor.say("!two")
        assert [said.text for said in scene.viktor.wait(2)] == ["one", "two"]
        scene.viktor.say("!hello")
        scene.viktor.say("!hello")
        greetings = [said.text for said in scene.viktor.wait(2)]
        assert [text.strip(" \U000e0000") for text in greetings] == ["hello Viktor!"] * 2


def test_a_long_reply_comes_in_pieces_that_twitch_takes(scene):
    scene.twitch.settings.limits = False
    with Gateway(scene.handler()) as gateway:
        scene.subscribe(gateway.url)
        scene.viktor.say("!long")
        pieces = [said.text for said in scene.viktor.wait(2)]
        assert max(len(piece) for piece in pieces) <= 500
        words = " ".join(pieces).split()
        assert words == ["word"] * 180


def test_a_repeated_delivery_to_another_instance_is_answered_once(scene, tmp_path):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    instances = [scene.handler(store=open_store(url)) for _ in range(2)]
    with Gateway(*instances) as gateway:
        scene.subscribe(gateway.url)
        scene.twitch.faults.repeat_delivery()
        assert scene.viktor.ask("!hello") == "hello Viktor!"
        assert scene.viktor.ask("!two") == "one"
        said = [message.text for message in scene.twitch.messages(scene.viktor)]
        assert said[:4] == ["!hello", "hello Viktor!", "!two", "one"]
        twice = [each.message_id for each in scene.twitch.deliveries()]
        assert len(twice) > len(set(twice))


def test_a_helix_that_fails_is_asked_again_by_the_next_delivery(scene):
    with Gateway(scene.handler()) as gateway:
        scene.subscribe(gateway.url)
        scene.twitch.faults.fail_api(503)
        assert scene.viktor.ask("!hello") == "hello Viktor!"
        statuses = [each.status for each in scene.twitch.deliveries()]
        assert statuses[:2] == [200, 503]


def test_a_revocation_reaches_the_function_and_is_logged(scene, caplog):
    with Gateway(scene.handler()) as gateway:
        scene.subscribe(gateway.url)
        scene.twitch.disconnect(scene.bot, scene.app)
        assert scene.twitch.wait_until(
            lambda: scene.twitch.deliveries()[-1].message_type == "revocation"
        )
        assert scene.twitch.deliveries()[-1].status == 204
        assert "authorization_revoked" in caplog.text
        with pytest.raises(NoReply, match="authorize the application again, then subscribe again"):
            scene.viktor.ask("!hello", timeout=0.01)


def test_a_subscription_can_be_ended(scene):
    with Gateway(scene.handler()) as gateway:
        made = scene.subscribe(gateway.url)
        with pytest.raises(ApiRefused, match=r"409.*unsubscribe"):
            scene.helix.subscribe(scene.viktor.id, gateway.url, SECRET, scene.bot.id)
        scene.helix.unsubscribe(made["id"])
        assert scene.helix.subscriptions() == []
        with pytest.raises(ApiRefused, match="404"):
            scene.helix.unsubscribe(made["id"])


def test_without_the_owners_consent_the_refusal_says_whose_is_missing(scene):
    anna = scene.twitch.account("anna")
    with pytest.raises(ApiRefused, match=r"403.*channel:bot"):
        scene.helix.subscribe(anna.id, "http://127.0.0.1:9/bot", SECRET, scene.bot.id)


MAIN = """
from botlib import Bot
from botlib.twitch.eventsub import webhook

bot = Bot()

@bot.command("hello")
def hello(message):
    return f"hello {message.user}!"

@bot.command("five")
def five(message):
    return ["one", "two", "three", "four", "five"]

handler = webhook(bot)
"""


@pytest.fixture
def function(scene, tmp_path):
    """The webhook function in a cloud, with the cloud's own time limit, and subscribed."""
    (tmp_path / "main.py").write_text(MAIN)
    environment = {
        "TWITCH_EVENTSUB_SECRET": SECRET,
        "TWITCH_CLIENT_ID": scene.app.client_id,
        "TWITCH_CLIENT_SECRET": scene.app.client_secret,
        "TWITCH_BOT_ID": scene.bot.id,
        "TWITCH_API": scene.twitch.url,
    }
    with Cloud() as cloud:
        function = cloud.deploy("twitch-bot", tmp_path, environment=environment)
        scene.subscribe(function.url)
        yield function


def test_the_function_in_a_cloud_answers(scene, function):
    assert scene.viktor.ask("!hello") == "hello Viktor!"
    # The challenge, the question, and the bot's own answer, which Twitch delivers too.
    wait_until(lambda: [c.cold for c in function.invocations] == [True, False, False])


def test_more_than_the_time_limit_leaves_room_for_is_cut_and_nothing_said_twice(scene, function):
    scene.viktor.say("!five")
    wait_until(lambda: len(scene.twitch.deliveries()) >= 2, timeout=20)
    assert [each.status for each in scene.twitch.deliveries()][:2] == [200, 204]
    said = [message.text for message in scene.twitch.messages(scene.viktor)][1:]
    assert said and said == ["one", "two", "three", "four", "five"][: len(said)]
    assert f"only {len(said)} of 5 messages were sent" in "\n".join(function.logs)
    # Twitch delivers the bot's own words, too: each once, and the question no second time.
    wait_until(lambda: len(scene.twitch.deliveries()) == 2 + len(said))
    assert all(each.attempt == 0 for each in scene.twitch.deliveries())
