"""webhook.py: a Telegram webhook's function, written by hand in three saves.

Each save is tried in a cloud of its own, by the calls that Telegram makes, and by some that only a
stranger makes. A trap is known by what came back: an error's last line, or the response in words.
"""

import json
import linecache
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx

from bot_sandbox import NoReply, Telegram
from bot_sandbox.cloud.function import Function
from bot_sandbox.programs.program import own_line
from bot_sandbox.telegram import Message
from lessons.alone.section import Section
from lessons.alone.traps import Trap, find_advice
from lessons.alone.webhook_traps import (
    ALL_TRAPS,
    ASK_FIRST_TRAP,
    COMPARE_TRAP,
    FIRST_TRAPS,
    FORGED_NUMBER_TRAP,
    FORGETFUL_TRAP,
    GROUP_TRAPS,
    LAST_ONLY_TRAP,
    NO_SECRET_TRAP,
    ONCE_TRAPS,
    REPLY_TRAPS,
    SAME_TEXT_TRAP,
    SECRET_TRAPS,
    SILENCE_TRAPS,
    SPELLING_TRAP,
    STATUS_TRAP,
)
from lessons.cloud import Cloud
from lessons.exercises.verdict import NotYet, expect
from lessons.learner_bot import bot_name

TELEGRAM_HEADER = "X-Telegram-Bot-Api-Secret-Token"
# Before what went wrong, in a function's log.
ERROR_PREFIX = re.compile(r"^(\[ERROR\] |[\da-f-]{36} )")
FILE_CHECK = re.compile(r"\b(exists|is_file|listdir|iterdir)\(")  # and then makes the file
CATCHES = re.compile(r"\b(except|suppress)\b")  # the error of a file that is there
WRONG_GUESS = "a guess"  # Mallory's secret
REPLY_S = 5.0  # of a warm call
CALL_TIMEOUT_S = 10.0  # of a call, cold and on a busy machine
SHOWN_CHARACTERS = 160  # of a response
Json = dict[str, Any]


class CallResult(NamedTuple):
    """What came back from a call."""

    status: int
    reply: Json  # the Bot API call in the body; empty if there is none
    words: str  # the response, or the error in its place; for people and for traps


class WebhookWorld:
    """A Telegram with people, and a cloud in which the learner's function is."""

    def __init__(self, path: Path, telegram: Telegram, cloud: Cloud, seen: str) -> None:
        self._path, self._cloud, self._seen = path, cloud, seen
        self.telegram, self.account = telegram, telegram.new_bot(bot_name(), "hello_bot")
        self.viktor, self.ada = telegram.person("Viktor"), telegram.person("Ada")
        self.group = telegram.group("Friends", [self.viktor, self.ada, self.account])
        self.group.promote(self.account)  # then it sees what they write
        self.secret = secrets.token_urlsafe(32)
        self.function = self.deploy()

    def deploy(self, events: str = "aws", **changed: str) -> Function:
        """Deploy the file as it is, with a new instance; `changed` are variables."""
        environment = {"TELEGRAM_TOKEN": self.account.token, "TELEGRAM_SECRET": self.secret}
        environment |= {"TELEGRAM_API": self.telegram.url, "SEEN_FOLDER": self._seen} | changed
        self.function = self._cloud.deploy(
            "webhook",
            self._path.parent,
            handler=f"{self._path.stem}.handler",
            environment={name: value for name, value in environment.items() if value},
            events=events,
            timeout_s=CALL_TIMEOUT_S,
        )
        return self.function

    @property
    def source(self) -> str:
        """Return the learner's code."""
        return self._path.read_text(encoding="utf-8")

    def call(self, body: str, secret: str = "", kind: str = "application/json") -> CallResult:
        """Call the function over HTTP, as Telegram does; without a secret there is no header."""
        headers = {"Content-Type": kind} | ({TELEGRAM_HEADER: secret} if secret else {})
        before = len(self.function.logs)
        response = httpx.post(
            self.function.url, content=body.encode(), headers=headers, timeout=2 * CALL_TIMEOUT_S
        )
        log = self.function.logs[before:]
        error = next((line for line in log if ERROR_PREFIX.match(line)), "")
        if error:
            linecache.checkcache()  # the file may have been saved since
            lines = [own_line(log, self._path.parent), ERROR_PREFIX.sub("", error)]
            words = "\n".join(["Your function failed:", *filter(None, lines)])
            return CallResult(response.status_code, {}, words)
        try:
            reply = response.json()
        except ValueError:
            reply = {}
        words = f"body {response.text[:SHOWN_CHARACTERS]!r}"
        words = f"Your function returned status {response.status_code}, {words}"
        return CallResult(response.status_code, reply if isinstance(reply, dict) else {}, words)

    def deliver(self, message: Message, kind: str = "application/json") -> CallResult:
        """Call the function with the newest update about a message, and with the right secret."""
        return self.call(json.dumps(message.updates[-1].to_json()), self.secret, kind)


@contextmanager
def open_webhook_world(path: Path) -> Iterator[WebhookWorld]:
    """Open a Telegram and a cloud with the learner's function in it."""
    with Telegram(limits=None) as telegram, Cloud() as cloud, TemporaryDirectory() as folder:
        seen = Path(folder, "seen")
        seen.mkdir()
        yield WebhookWorld(path, telegram, cloud, str(seen))


def wrong_result(
    what: str, result: CallResult, expected: str, traps: Sequence[Trap] = ()
) -> NotYet:
    """Say what somebody did, what came back, and the nearest trap or what was expected."""
    known = (*traps, *REPLY_TRAPS, SPELLING_TRAP)
    advice = find_advice(known, result.words) or f"Expected {expected}"
    return NotYet(f"{what}. {result.words}\n{advice}")


def expect_reply(
    what: str, result: CallResult, name: str, chat: int, traps: Sequence[Trap] = ()
) -> None:
    """Raise NotYet unless the response says to send this chat a text with this name."""
    reply = result.reply
    is_right = (
        result.status == 200
        and str(reply.get("method")).lower() == "sendmessage"
        and str(reply.get("chat_id")) == str(chat)
        and name in str(reply.get("text"))
        and "{" not in str(reply.get("text"))
    )
    expected = f'status 200, and a body with "sendMessage", chat_id {chat} and a text with {name}'
    if not is_right:
        raise wrong_result(what, result, expected, traps)


def expect_silence(what: str, result: CallResult, traps: Sequence[Trap]) -> None:
    """Raise NotYet unless the response acknowledges an update and says nothing."""
    if not 200 <= result.status < 300 or result.reply.get("method"):
        raise wrong_result(what, result, "status 200 and no reply", traps)


def expect_refusal(what: str, result: CallResult, traps: Sequence[Trap]) -> None:
    """Raise NotYet unless the response is 403."""
    if result.status != 403:
        raise wrong_result(what, result, "status 403", traps)


def try_reply(path: Path) -> None:
    """Try the first save: it replies to a text, and to nothing else."""
    with open_webhook_world(path) as world:
        check_replies(world)
        chat_on_telegram(world)


def check_replies(world: WebhookWorld) -> None:
    """Send a text, one in a group, a sticker, an edited message and a body in base64."""
    viktor, ada = world.viktor, world.ada
    first = viktor.send("good morning", to=world.account)
    what = "Viktor wrote good morning"
    result = world.deliver(first)
    expect_reply(what, result, "Viktor", viktor.id, FIRST_TRAPS)
    event = {"headers": {TELEGRAM_HEADER.lower(): world.secret}, "isBase64Encoded": False}
    response = world.function.invoke(event | {"body": json.dumps(with_new_number(first))})
    has_status = isinstance(response, dict) and "statusCode" in response
    if not has_status:
        raise wrong_result(what, result, "a statusCode", [STATUS_TRAP])
    in_group = ada.send("hello all", to=world.group)
    what = "Ada wrote hello all in a group"
    expect_reply(what, world.deliver(in_group), "Ada", world.group.id, GROUP_TRAPS)
    sticker = viktor.sticker(to=world.account)
    expect_silence("Viktor sent a sticker", world.deliver(sticker), SILENCE_TRAPS)
    edited = viktor.edit(first, "good evening")
    expect_silence("Viktor edited his message", world.deliver(edited), SILENCE_TRAPS)
    second = viktor.send("good night", to=world.account)
    what = "Viktor wrote good night, and the cloud passed the body on as base64"
    result = world.deliver(second, "application/octet-stream")
    expect_reply(what, result, "Viktor", viktor.id)


def with_new_number(message: Message) -> Json:
    """Return the update about a message as if it were another one."""
    update: Json = message.updates[-1].to_json()
    return update | {"update_id": update["update_id"] + 1_000_000}


def chat_on_telegram(world: WebhookWorld) -> None:
    """Let Telegram itself call the function, and see the reply in the chat."""
    world.telegram.call(
        world.account,
        "setWebhook",
        url=world.function.url,
        secret_token=world.secret,
        drop_pending_updates=True,
    )
    try:
        world.viktor.ask("hello", to=world.account, timeout=REPLY_S)
    except NoReply as silence:
        raise NotYet(f"Viktor wrote hello on Telegram, and no reply came. {silence}") from None


def try_secret(path: Path) -> None:
    """Try the second save: who doesn't know the secret gets 403."""
    with open_webhook_world(path) as world:
        check_secret(world)


def check_secret(world: WebhookWorld) -> None:
    """Call as Mallory does, then as Telegram does, in two clouds."""
    check_replies(world)
    body = json.dumps(with_new_number(world.viktor.send("open the door", to=world.account)))
    guessed = world.call(body, WRONG_GUESS)
    expect_refusal("Mallory called with a secret that she guessed", guessed, SECRET_TRAPS)
    expect_refusal("Mallory called without the header", world.call(body), SECRET_TRAPS)
    what = "A stranger opened the address, without a header and a body"
    expect_refusal(what, world.call(""), SECRET_TRAPS)
    expect("compare_digest(" in world.source, COMPARE_TRAP.words)
    world.deploy(TELEGRAM_SECRET="")
    without = world.call(body)
    if without.status == 200:
        what = "Somebody forgot TELEGRAM_SECRET, and Mallory called without the header"
        raise wrong_result(what, without, "no status 200", [NO_SECRET_TRAP])
    world.deploy("yandex")
    text = world.viktor.send("hello again", to=world.account)
    what = "Viktor wrote hello again, and the function was in Yandex Cloud"
    expect_reply(what, world.deliver(text), "Viktor", world.viktor.id)


def try_repeated_update(path: Path) -> None:
    """Try the third save: an update that comes twice is answered once."""
    with open_webhook_world(path) as world:
        check_secret(world)
        world.deploy()
        message = world.viktor.send("roll", to=world.account)
        expect_reply("Viktor wrote roll", world.deliver(message), "Viktor", world.viktor.id)
        what = "The same update came a second time"
        expect_silence(what, world.deliver(message), ONCE_TRAPS)
        world.deploy()
        what = "The same update came a third time, to a new instance"
        expect_silence(what, world.deliver(message), [FORGETFUL_TRAP])
        again = world.deliver(world.viktor.send("roll", to=world.account))
        what = "Viktor wrote roll once more, which is another update"
        expect_reply(what, again, "Viktor", world.viktor.id, [SAME_TEXT_TRAP])
        what = "The first update came again, after another one"
        expect_silence(what, world.deliver(message), [LAST_ONLY_TRAP])
        message = world.viktor.send("stay", to=world.account)
        world.call(json.dumps(message.updates[-1].to_json()), WRONG_GUESS)
        what = "Mallory called with the number of an update, and then Telegram with the update"
        result = world.deliver(message)
        expect_reply(what, result, "Viktor", world.viktor.id, [FORGED_NUMBER_TRAP])
        asks_first = FILE_CHECK.search(world.source) and not CATCHES.search(world.source)
        expect(not asks_first, ASK_FIRST_TRAP.words)


def make_part_section(number: int, try_file: Callable[[Path], None], shown: str) -> Section:
    """Return one of the three saves."""
    return Section("06_telegram_calls", number, "webhook.py", EXTRACTS, try_file, shown)


EXTRACTS = "telegram_webhooks.md"
WEBHOOK = Section(
    "06_telegram_calls",
    6,
    "webhook.py",
    EXTRACTS,
    try_repeated_update,
    "Telegram's call is answered once, and a forged one gets 403",
    ALL_TRAPS,
    (
        make_part_section(4, try_reply, "save 1 of 3. It replies to texts, and to nothing else"),
        make_part_section(5, try_secret, "save 2 of 3. Only Telegram is believed, in two clouds"),
        make_part_section(
            6, try_repeated_update, "save 3 of 3. An update that comes twice is answered once"
        ),
    ),
)
