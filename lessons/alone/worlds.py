"""Where people write to a learner's bot: on Telegram, to a program or a function, or on Twitch.

An exam's conversation, or a file's tester, asks and judges. A world knows how to start a bot, and
how people write to it there.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from functools import cached_property
from pathlib import Path
from typing import ClassVar, NamedTuple

from bot_sandbox import (
    Group,
    ManagedProcess,
    Message,
    NoReply,
    Person,
    Program,
    Telegram,
    Twitch,
    TwitchAccount,
)
from bot_sandbox.cloud.errors import FunctionError
from bot_sandbox.command.hello_bot import authorize_bot
from bot_sandbox.twitch.connection import ConnectionRecord
from bot_sandbox.world.randomness import Randomness
from lessons.alone.program_output import ProgramOutput, shorten_line
from lessons.cloud import Cloud

START_S = 30.0  # for the start of the program, or its first reply after a power cut
REPLY_S = 10.0
CHECK_INTERVAL_S = 0.5  # how often to check whether it has ended while it starts
LATE_RESPONSE_S = 1.0  # until a program knows that its reply was sent, if its power is cut
RECONNECT_S = 30.0  # until a program is back, after its connection was cut
HANG_UP_S = 1.0  # until Twitch has ended a line without a PONG
OUTPUT_END_S = 2.0
MOST_MESSAGES = 400  # of a reply, that are read
FUNCTION_TIMEOUT_S = 10.0
FUNCTION_NOISE = re.compile(r"(START|END|REPORT|INIT_REPORT) (RequestId: )?\S+")
WEBHOOK_SECRET = "a-secret-of-this-exam"  # noqa: S105 - of a sandbox that ends with the point
RESPONSE_ADVICE = "Its body is JSON, with a method: json.dumps({'method': 'sendMessage', "
RESPONSE_ADVICE += "'chat_id': …, 'text': …}). Its headers have 'Content-Type': 'application/json'."


class Setup(NamedTuple):
    """What a world needs to know: the bot's names, its folder, and the command that starts it."""

    title: str
    username: str
    folder: Path
    command: tuple[str, ...]
    channel: str = "Viktor"  # whose channel it is, on Twitch


class BotWorld:
    """A platform with people on it, and the learner's bot."""

    files: ClassVar[tuple[str, ...]] = ("bot.py", "bot.mjs")  # one of these is the bot
    place: ClassVar[str] = ""  # what to say of a message that wasn't in the usual place
    keeps_messages: ClassVar[bool] = True  # until the bot is there again
    platform: Telegram | Twitch  # on which people are
    advice_if_ended: ClassVar[str]  # what to do if a program ends, though nothing was wrong

    def __init__(self, stack: ExitStack, setup: Setup) -> None:
        """Make the world; what must be closed goes onto the stack."""
        raise NotImplementedError

    def start(self) -> None:
        """Start the bot, which has what it has stored."""
        raise NotImplementedError

    def wait_ready(self, seconds: float) -> bool:
        """Wait until the bot is ready; False if it has ended, or if it is not in time."""
        raise NotImplementedError

    def send(self, who: str, *texts: str, in_group: bool = False) -> Callable[[], list[str]]:
        """Let somebody write; return a function that returns what the bot has written since."""
        raise NotImplementedError

    def wait_until(self, condition: Callable[[], object], seconds: float) -> bool:
        """Wait until a condition holds; False if it doesn't in time."""
        return self.platform.wait_until(condition, seconds)

    def output(self) -> ProgramOutput:
        """Return what the bot has printed so far."""
        raise NotImplementedError

    def kill(self) -> None:
        """Let the bot lose all that it hasn't stored."""
        raise NotImplementedError

    def has_ended(self) -> bool:
        """Return whether the program has ended, so that no reply will come."""
        return False

    def late_responses(self) -> AbstractContextManager[None]:
        """Let people see a reply before the program learns that it was sent, where that can be.

        A program that has replied before it saved hasn't saved then.
        """
        return nullcontext()

    def last_refusal(self) -> str:
        """Return what the platform has refused last, and why."""
        return ""

    def silence_advice(self) -> str:
        """Return what to do if a bot that runs hears nobody, or isn't heard; "" if it is."""
        return ""


class ProgramWorld(BotWorld):
    """The bot is a program that runs."""

    variables: dict[str, str]  # what the program finds in its environment, of its platform

    def __init__(self, stack: ExitStack, setup: Setup) -> None:
        self.setup = setup
        self._programs = Program(grace_s=0.0)
        stack.callback(self._programs.close)

    def start(self) -> None:
        """Start the program in its folder."""
        self.process: ManagedProcess = self._programs(
            *self.setup.command,
            folder=self.setup.folder,
            timeout=START_S,
            PYTHONUNBUFFERED="1",  # its prints are seen at once
            **self.variables,
        )

    def has_ended(self) -> bool:
        """Return whether the program has ended."""
        return self.process.status is not None

    def kill(self) -> None:
        """Kill the program."""
        self.process.kill()

    def output(self) -> ProgramOutput:
        """Return what it has printed so far, all of it if it has ended."""
        process, status = self.process, self.process.status
        if status is not None:
            process.output.wait_end(OUTPUT_END_S)
            process.errors.wait_end(OUTPUT_END_S)
        lines = [*process.output.all(), *process.errors.all()]
        return ProgramOutput(lines, status, self.setup.folder, self.advice_if_ended)


class TelegramWorld(BotWorld):
    """People on Telegram, who write to the bot or in a group."""

    place = "in a group"

    def __init__(self, stack: ExitStack, setup: Setup) -> None:
        self.platform = self.telegram = stack.enter_context(Telegram(limits=None))
        self._bot = self.telegram.new_bot(setup.title, setup.username)
        self.people: dict[str, Person] = {}
        self._last: dict[str, Message] = {}

    def find_person(self, who: str) -> Person:
        """Return a person, who is new here when she writes first."""
        if who not in self.people:
            self.people[who] = self.telegram.person(who.split()[-1])  # another Anna is an Anna
        return self.people[who]

    def send(self, who: str, *texts: str, in_group: bool = False) -> Callable[[], list[str]]:
        """Write to the bot, or in the group."""
        to = self._group if in_group else self._bot
        messages = [self.find_person(who).send(text, to) for text in texts]
        first, self._last[who] = messages[0], messages[-1]

        def replies() -> list[str]:
            later = first.chat.messages[first.message_id :][:MOST_MESSAGES]
            ours = [one for one in later if one.sender.is_bot and not (one.event or one.deleted)]
            return [one.shown for one in ours]

        return replies

    def last_refusal(self) -> str:
        """Return what Telegram has refused last."""
        refused = [call for call in list(self._bot.calls) if call.error]
        if not refused:
            return ""
        return f"Telegram refused {refused[-1].method}: {shorten_line(refused[-1].error)}"

    def send_sticker(self, who: str) -> None:
        """Send a sticker."""
        self.find_person(who).sticker(self._bot)

    def edit_last_message(self, who: str, text: str) -> None:
        """Change the last message of somebody."""
        self.find_person(who).edit(self._last[who], text)

    @cached_property
    def _group(self) -> Group:
        """Make the group when it is needed, because the bot hears that it was added."""
        members = [self.find_person("Viktor"), self.find_person("Anna"), self._bot]
        return self.telegram.group("School", members)


class ProgramOnTelegram(ProgramWorld, TelegramWorld):
    """A program asks Telegram for what people write."""

    not_asking = "didn't start to ask Telegram"
    advice_if_ended = "The last line is app.run_polling(), without indentation."

    def __init__(self, stack: ExitStack, setup: Setup) -> None:
        TelegramWorld.__init__(self, stack, setup)
        ProgramWorld.__init__(self, stack, setup)  # so the program ends before its Telegram
        self.variables = {"TELEGRAM_TOKEN": self._bot.token}

    def wait_ready(self, seconds: float) -> bool:
        """Wait until the program asks for updates."""
        end = time.monotonic() + seconds
        while not self.has_ended() and time.monotonic() < end:
            with suppress(NoReply):
                self.telegram.wait_ready(self._bot, CHECK_INTERVAL_S)
                return True
        return False

    def silence_advice(self) -> str:
        """Say what to do if the program has never asked for updates."""
        if any(call.method == "getUpdates" for call in list(self._bot.calls)):
            return ""
        return f"Your program {self.not_asking}. {self.advice_if_ended}"

    @contextmanager
    def late_responses(self) -> Iterator[None]:
        """Answer sendMessage late."""
        fault = self.telegram.faults.delay(
            LATE_RESPONSE_S, "sendMessage", forever=True, executed=True
        )
        yield
        fault.clear()

    def kill(self) -> None:
        """Kill the program, as soon as Telegram knows what it has read."""
        self.telegram.wait_until(lambda: not self.telegram.pending_updates(self._bot), REPLY_S)
        super().kill()


class FunctionOnTelegram(TelegramWorld):
    """Telegram calls a function, which answers in its response. Its folder outlives an instance."""

    files = ("main.py",)
    advice_if_ended = ""

    def __init__(self, stack: ExitStack, setup: Setup) -> None:
        super().__init__(stack, setup)
        self._folder = setup.folder
        self._stored = setup.folder.with_name("stored")
        self._stored.mkdir()
        self._cloud = stack.enter_context(Cloud())
        self._failure: list[str] = []  # of the last deployment

    def start(self) -> None:
        """Deploy the function, so that the next call starts an instance that knows nothing."""
        try:
            self._function = self._cloud.deploy(
                "box",
                self._folder,
                timeout_s=FUNCTION_TIMEOUT_S,
                environment={
                    "TELEGRAM_TOKEN": self._bot.token,
                    "TELEGRAM_SECRET": WEBHOOK_SECRET,
                    "TELEGRAM_API": self.telegram.url,
                    "STORE_FOLDER": str(self._stored),
                },
                must_load=True,
            )
        except FunctionError as error:
            self._failure = str(error).splitlines()
            return
        url = self._function.url
        self.telegram.call(self._bot, "setWebhook", url=url, secret_token=WEBHOOK_SECRET)

    def wait_ready(self, seconds: float) -> bool:
        """Return at once: a function is called when somebody writes."""
        return not self._failure

    def has_ended(self) -> bool:
        """Return whether the function could not be loaded."""
        return bool(self._failure)

    def kill(self) -> None:
        """Do nothing: `start` replaces all instances."""

    def output(self) -> ProgramOutput:
        """Return what the function has logged, without what the cloud adds."""
        logs = self._failure or self._function.logs
        lines = [line.removeprefix("[ERROR] ") for line in logs if not FUNCTION_NOISE.match(line)]
        return ProgramOutput(lines, None, self._folder, self.advice_if_ended)

    def silence_advice(self) -> str:
        """Say how a response carries a message, if the last one has something, but no message."""
        answers = [one.answer for one in self.telegram.deliveries(self._bot) if not one.error]
        if not answers or not answers[-1] or '"method"' in answers[-1]:  # Telegram has said why
            return ""
        shown = shorten_line(answers[-1])
        return f"Telegram has found no message in your response  {shown}\n{RESPONSE_ADVICE}"

    def call_as_stranger(self, who: str, text: str, secret: str) -> int | None:
        """Call the function as a stranger would, with a message of somebody; return the status."""
        message = {**self._last[who].to_json(), "text": text}
        forged = self.telegram.forge(self._bot, {"update_id": 1, "message": message}, secret)
        return forged.status

    def repeat_update(self, who: str) -> int | None:
        """Deliver somebody's last message again, as the same update; return the status."""
        message = self._last[who]
        # A function that calls sendMessage is heard before it returns.
        ends_s = FUNCTION_TIMEOUT_S + REPLY_S
        delivery = self.telegram.wait_deliveries(self._bot, message=message, timeout=ends_s)[-1]
        update = {"update_id": delivery.update_id, "message": message.to_json()}
        return self.telegram.forge(self._bot, update).status


class ProgramOnTwitch(ProgramWorld):
    """A program listens in a channel of Twitch, by IRC or by EventSub, as a moderator."""

    keeps_messages = False
    advice_if_ended = (
        "A bot that listens has to stay awake. Its last line is a loop without an end."
    )

    def __init__(self, stack: ExitStack, setup: Setup) -> None:
        self.platform = self.twitch = stack.enter_context(Twitch(limits=False))
        super().__init__(stack, setup)  # so the program ends before its Twitch
        self.people: dict[str, TwitchAccount] = {}
        self.channel = self.find_person(setup.channel)
        self.bot = self.find_person(setup.username)
        self.channel.mod(self.bot)
        self.variables = authorize_bot(self.twitch, self.bot, self.channel, Randomness())

    def find_person(self, who: str) -> TwitchAccount:
        """Return a person's account, which is new when she writes first."""
        if who not in self.people:
            self.people[who] = self.twitch.account(who.lower(), who)
        return self.people[who]

    def wait_ready(self, seconds: float, after: ConnectionRecord | None = None) -> bool:
        """Wait until the program hears the channel, by a newer connection than `after`."""
        heard = self.wait_until(lambda: self.hears_channel(after) or self.has_ended(), seconds)
        if heard and not self.hears_channel(after):  # it has left, and is about to end
            self.wait_until(self.has_ended, HANG_UP_S)
        return self.hears_channel(after)

    def hears_channel(self, after: ConnectionRecord | None = None) -> bool:
        """Return whether the program hears the channel, by a newer connection than `after`."""
        return self.twitch.hears(self.bot.login, self.channel.login, after)

    def send(self, who: str, *texts: str, in_group: bool = False) -> Callable[[], list[str]]:
        """Write in the channel, all texts at once."""
        replies = self.collect_replies()
        self.find_person(who).say_all([*texts], self.channel)
        return replies

    def follow(self, who: str) -> Callable[[], list[str]]:
        """Follow the channel."""
        replies = self.collect_replies()
        self.find_person(who).follow(self.channel)
        return replies

    def collect_replies(self) -> Callable[[], list[str]]:
        """Return a function that returns what the bot has written since."""
        before = len(self.twitch.messages(self.channel))

        def replies() -> list[str]:
            later = self.twitch.messages(self.channel)[before:][:MOST_MESSAGES]
            return [one.text for one in later if one.by_program]

        return replies

    def silence_advice(self) -> str:
        """Say what to do if the program is not in the channel."""
        channel = self.channel.login
        if self.hears_channel():
            return ""
        return (
            f"Your program is not in the channel {channel}, so it heard nothing. By IRC, it sends "
            f"PASS oauth: with the token, NICK {self.bot.login}, and JOIN #{channel}. Print each "
            "line that comes: Twitch says there what is wrong. With TwitchIO, setup_hook has "
            "await self.add_token(…) and await self.subscribe_websocket(…)."
        )

    def kill(self) -> None:
        """Kill the program, and wait until Twitch has noticed."""
        super().kill()
        self.twitch.wait_gone(self.bot, REPLY_S)

    def send_ping(self) -> bool:
        """Let five minutes pass at Twitch, which sends PING.

        Return whether a PONG came back, or the program left the line by itself and still runs.
        """
        (*_, connection) = self.twitch.connections(self.bot)
        if not connection.kind.startswith("IRC"):  # EventSub has its own PING, below the messages
            return True
        heard, settings = connection.lines_in, self.twitch.settings
        self.twitch.clock.advance(settings.ping_interval_s + 1)
        self.wait_until(lambda: connection.lines_in > heard or connection.closed, REPLY_S)
        self.twitch.clock.advance(settings.pong_timeout_s + 1)
        self.wait_until(lambda: connection.closed, HANG_UP_S)
        if connection.open:
            return True
        self.wait_until(self.has_ended, HANG_UP_S)
        return "PONG" not in connection.closed and not self.has_ended()

    def cut_connection(self) -> bool:
        """Break the program's connection; return whether it came back."""
        if not self.wait_ready(RECONNECT_S):
            return False
        (*_, connection) = self.twitch.connections(self.bot)
        self.twitch.faults.drop(self.bot)
        return self.wait_ready(RECONNECT_S, connection)


class TwitchExamWorld(ProgramOnTwitch):
    """The same, for a program that finds its login in a variable."""

    def __init__(self, stack: ExitStack, setup: Setup) -> None:
        super().__init__(stack, setup)
        self.variables["TWITCH_BOT"] = self.bot.login
