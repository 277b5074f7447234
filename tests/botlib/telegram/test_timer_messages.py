"""Good morning: a timer of the sandbox's cloud calls a function, which writes to a chat."""

import json
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from scripted_telegram import ScriptedTelegram, refused, sent

from bot_sandbox import Telegram
from bot_sandbox.world.clock import Clock
from botlib import Bot
from botlib.bot import TryAgain
from botlib.telegram.timer_messages import timer_messages
from botlib.timer import YANDEX_EVENT_TYPE
from lessons.cloud import Cloud

DAY = 86400
TOKEN = "42:not-a-real-token"
BERLIN = ZoneInfo("Europe/Berlin")
MAIN = """
from botlib import Bot
from botlib.telegram.timer_messages import timer_messages

bot = Bot()
bot.command("morning")(lambda message: ["Good morning!", f"{message.user} has a nice day."])
handler = timer_messages(bot)
"""


class Context:
    def __init__(self, seconds=10.0):
        self.aws_request_id, self.seconds = "one", seconds

    def get_remaining_time_in_millis(self):
        return self.seconds * 1000


def telegram_that(*answers):
    """A Telegram whose sendMessage answers with these in turn, then as it should."""
    left = iter(answers)

    def script(method, call, path):
        answer = next(left, sent)
        return answer(call) if callable(answer) else answer

    return ScriptedTelegram(script)


def handler_for(telegram, bot=None, **options):
    return timer_messages(bot or Bot(), TOKEN, telegram.url, **options)


@pytest.mark.parametrize("payload", [{"chat": 42, "text": "Good morning!"}, "42 Good morning!"])
def test_a_text_is_sent_to_the_chat_that_the_payload_names(payload):
    with telegram_that() as telegram:
        assert handler_for(telegram)(payload, Context())["statusCode"] == 200
        assert telegram.texts() == ["Good morning!"]


def test_a_command_is_answered_by_the_bot_and_a_long_text_is_split():
    bot = Bot()
    bot.command("morning")(lambda message: [f"{message.user} in {message.chat}", "word " * 1000])
    with telegram_that() as telegram:
        handler_for(telegram, bot)({"chat": "-42", "text": "/morning"}, Context())
        assert telegram.texts()[0] == "everyone in -42"
        assert len(telegram.texts()) == 3 and max(map(len, telegram.texts())) <= 4096


@pytest.mark.parametrize(
    "payload",
    [None, "", "Good morning!", "42", "42 ", {"chat": 42}, {"chat": 42, "text": 7}, {"text": "hi"},
     {"chat": "@viktor", "text": "hi"}, {"chat": 1.5, "text": "hi"}, {"chat": True, "text": "hi"},
     [42, "hi"], 42, ["hi"] * 9999],
)  # fmt: skip
def test_a_payload_without_chat_or_text_is_logged_and_not_tried_again(payload, caplog):
    with telegram_that() as telegram:
        assert handler_for(telegram)(payload, Context())["statusCode"] == 200
        assert telegram.texts() == []
    assert "nothing was sent: the timer's payload is" in caplog.text
    assert len(caplog.text) < 1000


def test_what_telegram_refuses_for_a_moment_is_sent_within_the_time_limit():
    refusals = [refused(429, "Too Many Requests: retry after 1", retry_after=1), refused(500, "no")]
    with telegram_that(*refusals) as telegram:
        handler_for(telegram)("42 Good morning!", Context())
        assert telegram.texts() == ["Good morning!"] * 3


def test_without_time_the_call_fails_is_repeated_and_the_text_is_sent_once():
    with telegram_that(refused(429, "Too Many Requests", retry_after=30)) as telegram:
        handler = handler_for(telegram)
        with pytest.raises(RuntimeError, match="Too Many Requests") as raised:
            handler("42 Good morning!", Context())
        assert TOKEN not in str(raised.value)
        for _ in range(2):
            assert handler("42 Good morning!", Context())["statusCode"] == 200
        assert telegram.texts() == ["Good morning!"] * 2  # the first one was refused


@pytest.mark.parametrize("answer", [lambda _: None, refused(403, "Forbidden: bot was blocked")])
def test_what_may_have_been_sent_or_never_will_be_is_not_repeated(answer, caplog):
    with telegram_that(answer, sent) as telegram:
        handler = handler_for(telegram)
        for _ in range(2):
            assert handler("42 Good morning!", Context())["statusCode"] == 200
        assert telegram.texts() == ["Good morning!"]
    assert "a message is lost" in caplog.text and TOKEN not in caplog.text


def test_a_command_that_fails_apologizes_and_one_that_may_work_later_is_tried_again():
    bot, tries = Bot(), []
    bot.command("broken")(lambda message: 1 / 0)

    @bot.command("later")
    def later(message):
        tries.append(message)
        if len(tries) == 1:
            raise TryAgain("the store is away")
        return "now"

    with telegram_that() as telegram:
        handler = handler_for(telegram, bot)
        handler({"chat": 42, "text": "!broken"}, Context())
        assert telegram.texts() == [
            "Sorry, !broken did not work. Whoever made me finds the reason in my log."
        ]
        context = Context()
        context.aws_request_id = "two"
        with pytest.raises(TryAgain):
            handler({"chat": 42, "text": "!later"}, context)
        handler({"chat": 42, "text": "!later"}, context)
        assert telegram.texts()[1:] == ["now"]


def test_it_needs_a_bot_and_a_token(monkeypatch):
    monkeypatch.delenv("TELEGRAM_TOKEN", raising=False)
    with pytest.raises(ValueError, match="TELEGRAM_TOKEN is not set"):
        timer_messages(Bot())
    with pytest.raises(TypeError, match="needs a Bot, found str"):
        timer_messages("bot", TOKEN)


# In the sandbox


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cloud(clock):
    with Cloud(clock=clock) as cloud:
        yield cloud


@pytest.fixture
def telegram(clock):
    with Telegram(clock=clock) as telegram:
        yield telegram


class Scene:
    """Viktor's chat with a bot, whose function a timer calls."""

    def __init__(self, telegram, cloud, clock, folder):
        self.telegram, self.cloud, self.clock, self.folder = telegram, cloud, clock, folder
        self.account = telegram.new_bot("Hello bot", "hello_bot")
        self.viktor = telegram.person("Viktor")
        self.viktor.send("/start", to=self.account)  # a bot may not write first

    def deploy(self, code=MAIN, **settings):
        (self.folder / "main.py").write_text(code)
        known = {"TELEGRAM_TOKEN": self.account.token, "TELEGRAM_API": self.telegram.url}
        known |= settings.pop("environment", {})
        return self.cloud.deploy("morning", self.folder, environment=known, **settings)

    def said(self, texts):
        """The next so many texts that come to viktor."""
        return [message.text for message in self.viktor.wait(texts, timeout=30)]

    def wait_second_call(self, function, seconds):
        """Let time pass until the cloud calls again; it plans that just after the first call."""
        assert self.cloud.wait_until(lambda: function.invocations, 60)
        for _ in range(60):
            self.clock.advance(seconds)
            if self.cloud.wait_until(lambda: len(function.invocations) >= 2, 1):
                return
        raise TimeoutError("the cloud has not called the function again")

    def go_to(self, *date):
        self.clock.advance(datetime(*date, tzinfo=BERLIN).timestamp() - self.clock.now())


@pytest.fixture
def scene(telegram, cloud, clock, tmp_path):
    return Scene(telegram, cloud, clock, tmp_path)


def next_spring(clock):
    """The day before the clocks change in Europe's next spring: the last Saturday of March."""
    year = datetime.fromtimestamp(clock.now(), BERLIN).year + 1
    return year, 3, 30 - (datetime(year, 3, 31).weekday() + 1) % 7


def test_good_morning_comes_at_seven_in_berlin_when_the_clocks_change_too(scene):
    function = scene.deploy()
    year, month, day = next_spring(scene.clock)
    scene.go_to(year, month, day, 0)
    text = {"chat": scene.viktor.id, "text": "Good morning!"}
    due = text | {"time": "<aws.scheduler.scheduled-time>"}
    timer = scene.cloud.timer(
        "good-morning", function, "cron(0 7 * * ? *)", timezone="Europe/Berlin", payload=due
    )
    for hours, utc in ((7, 6), (23, 5), (24, 5)):  # the night between has 23 hours
        scene.clock.advance(hours * 3600)
        assert scene.said(1) == ["Good morning!"]
        fired = datetime.fromtimestamp(timer.fired[-1], BERLIN)
        assert (fired.hour, fired.astimezone(UTC).hour) == (7, utc)
    assert len(timer.fired) == 3
    assert scene.cloud.wait_until(lambda: len(function.invocations) == 3, 30)


CLOUDS = {"aws": ("cron(0 7 * * ? *)", 60), "yandex": ("0 7 * * ? *", 10)}
BOTH = pytest.mark.parametrize("cloud_name", CLOUDS)


def start_timer(scene, function, cloud_name, text):
    """Let a timer call at 7, and go there."""
    payload = f"{scene.viktor.id} {text}"
    scene.cloud.timer("morning", function, CLOUDS[cloud_name][0], payload=payload)
    scene.clock.advance(DAY)


@BOTH
def test_a_command_says_it_in_both_clouds(scene, cloud_name):
    function = scene.deploy(events=cloud_name)
    start_timer(scene, function, cloud_name, "!morning")
    assert scene.said(2) == ["Good morning!", "everyone has a nice day."]
    assert scene.cloud.wait_until(lambda: len(function.invocations) == 1, 30)
    assert function.invocations[0].error is None


PATIENT = f"""{MAIN}
from botlib.telegram.details import bot_api
bot_api.RETRY_S = 60.0  # so there is no time for a second try in the same call
"""


@BOTH
@pytest.mark.parametrize("status", [429, 500])
def test_what_telegram_refuses_is_said_once_when_the_cloud_calls_again(scene, cloud_name, status):
    function = scene.deploy(PATIENT, events=cloud_name, timeout_s=30)
    scene.telegram.faults.status(status, "sendMessage")
    start_timer(scene, function, cloud_name, "Good morning!")
    scene.wait_second_call(function, CLOUDS[cloud_name][1])
    assert scene.said(1) == ["Good morning!"]
    assert [call.error for call in function.invocations] == ["BotApiError", None]
    assert scene.account.token not in "\n".join(function.logs)


LOST = """
from main import handler as say

def handler(event, context):
    say(event, context)
    {ends}
"""
STORE = MAIN.replace("timer_messages(bot)", "timer_messages(bot, store=open_store())").replace(
    "import Bot\n", "import Bot\nfrom botlib.store import open_store\n"
)


@BOTH
@pytest.mark.parametrize("ends", ["raise ConnectionError('lost')", "__import__('os')._exit(1)"])
def test_a_call_whose_response_is_lost_is_repeated_and_says_it_once(scene, cloud_name, ends):
    """An exception leaves its instance alive; if the instance dies, a store has to remember."""
    (scene.folder / "lost.py").write_text(LOST.format(ends=ends))
    store = {"STORE_URL": f"sqlite:///{scene.folder.parent.as_posix()}/store.sqlite3"}
    function = scene.deploy(
        STORE if "_exit" in ends else MAIN,
        events=cloud_name, handler="lost.handler", environment=store,
    )  # fmt: skip
    start_timer(scene, function, cloud_name, "Good morning!")
    assert scene.said(1) == ["Good morning!"]
    scene.wait_second_call(function, CLOUDS[cloud_name][1])
    assert not scene.viktor.inbox
    assert len(function.instances) == (2 if "_exit" in ends else 1)


@BOTH
def test_mallory_says_nothing_through_an_address_that_should_not_be_there(scene, cloud_name):
    function = scene.deploy(events=cloud_name)
    forged = {"messages": [{"event_metadata": {"event_type": YANDEX_EVENT_TYPE}, "details": {
        "payload": f"{scene.viktor.id} I am Mallory"}}]}  # fmt: skip
    for body in (forged, f"{scene.viktor.id} I am Mallory"):
        for query in ("", "?messages=1"):
            with pytest.raises(HTTPError) as refused:
                urlopen(Request(function.url + query, json.dumps(body).encode()))
            assert refused.value.code == 400
            assert "is an HTTP request" in refused.value.read().decode()
    assert not scene.viktor.inbox
