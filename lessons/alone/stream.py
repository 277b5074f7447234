"""stream.py: a Twitch bot with TwitchIO, a command of the learner's, and a second event.

The check starts it in a Twitch of its own, where people write and follow. Traps are known by what
came back, or by an error: see traps.py.
"""

import re
import subprocess
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from lessons.alone.section import Section
from lessons.alone.traps import Trap, advice_on
from lessons.alone.turns import READY_S, REPLY_S, ProgramTester, Turn, describe_errors, open_world
from lessons.alone.worlds import ProgramOnTwitch
from lessons.exercises.verdict import NotYet, expect

END_S = 10.0  # for the bot to end after Ctrl+C: TwitchIO writes its file last
REST_S = 0.5  # for the rest of an error
SAVED_FILE = ".tio.tokens.json"
FOLLOWS = "follows"
NAME_CODE = "ctx.chatter.display_name"
DISPLAY_NAME_ADVICE = (
    "that is the name in a channel's address. display_name is the name that people see"
)
NO_GREETING_ADVICE = "Is Greetings() added to the bot, by await self.add_component(…)?"
NO_COMMAND_ADVICE = (
    "Is its method in Greetings, with the line @commands.command() above it and both brackets?"
)
NO_FOLLOW_TRAP = Trap(
    "",
    "TwitchIO calls a method of the bot by its name. Is it written event_follow(self, payload), "
    "and is it in StreamBot?",
    "async def event_follow",
    "async def event_channel_follow",
)
follow_turn = partial(Turn, text="the channel", verb=FOLLOWS, if_silent=NO_FOLLOW_TRAP.words)
TURNS = (
    Turn(
        "Ada",
        "!hello",
        ("Ada",),
        if_silent=NO_GREETING_ADVICE,
        traps=(
            Trap(
                r"\{",
                "Python fills the braces if you write f before the quotes",
                'f"hello',
                '"hello',
            ),
            Trap(
                r"\bada\b",
                DISPLAY_NAME_ADVICE,
                f"hello {{{NAME_CODE}}}",
                "hello {ctx.chatter.name}",
            ),
        ),
    ),
    Turn(
        "Viktor",
        "!hello",
        ("Viktor",),
        if_silent=NO_GREETING_ADVICE,
        traps=(
            Trap(
                "Ada",
                f"everybody is called Ada. The name has to come from {NAME_CODE}",
                f"hello {{{NAME_CODE}}}",
                "hello Ada",
            ),
        ),
    ),
    Turn(
        "Ada",
        "!hug Bob",
        ("Ada", "Bob"),
        if_silent=NO_COMMAND_ADVICE,
        traps=(
            Trap(
                r"\{(ctx|name)",
                "write f before the quotes here, too",
                f'f"{{{NAME_CODE}}}',
                f'"{{{NAME_CODE}}}',
            ),
            Trap(
                r"^(?!.*Bob)",
                "who is hugged? The word after the command goes to the parameter after ctx",
                "hugs {name}",
                "hugs you all",
            ),
            Trap(
                r"^(?!.*Ada)",
                f"who hugs? The person who wrote it is in {NAME_CODE}",
                f'f"{{{NAME_CODE}}} hugs',
                'f"somebody hugs',
            ),
        ),
    ),
    Turn("Viktor", "!hug Ada", ("Viktor", "Ada"), if_silent=NO_COMMAND_ADVICE),
    follow_turn(
        "Ada",
        words=("Ada",),
        traps=(
            Trap(r"\bada\b", DISPLAY_NAME_ADVICE, "payload.user.display_name", "payload.user"),
            Trap(
                "(?i)viktor",
                "that is whose channel it is. The reference says where the follower is",
                "payload.user",
                "payload.broadcaster",
            ),
        ),
    ),
    follow_turn(
        "Bob",
        words=("Bob",),
        traps=(
            Trap(
                "Ada",
                "everybody is called Ada. The name has to come from the payload",
                "{payload.user.display_name}",
                "Ada",
            ),
        ),
    ),
)
NOT_SUBSCRIBED_TRAP = Trap(
    "",
    "Your bot has no subscription to followers, so Twitch doesn't tell it. Subscribe in "
    "setup_hook, as for the chat",
    "        await self.subscribe_websocket(eventsub.ChannelFollowSubscription(**follows))\n",
)
NOT_IN_CHAT_TRAP = Trap(
    "",
    "stream.py runs, but it has no subscription to the chat. Subscribe in setup_hook, with await",
    "        await self.subscribe_websocket(eventsub.ChatMessageSubscription(**chat))\n",
)
SAVED_TOKENS_TRAP = Trap(
    "",
    f"TwitchIO wrote your bot's tokens into {SAVED_FILE}, beside your file. The file is deleted "
    "now. Write load_tokens=False, save_tokens=False in the last line, and it doesn't come back",
    ", load_tokens=False, save_tokens=False",
)
ERROR_WORDS = re.compile("(?i)error|exception|400")
SWALLOWED_TRAP = Trap(
    "",
    "nothing was printed about it. Your event_command_error hides the errors of your own code, "
    "too. Pass all but CommandNotFound on: await super().event_command_error(payload)",
    "            await super().event_command_error(payload)\n",
    "            pass\n",
)
COMPARED_TRAP = Trap(
    "",
    "Your event_command_error compares payload.exception with ==, and they are never equal. Write "
    "isinstance(payload.exception, commands.CommandNotFound)",
    "if not isinstance(payload.exception, commands.CommandNotFound):\n"
    "            await super().event_command_error(payload)\n",
    "if payload.exception == commands.CommandNotFound:\n            return\n"
    "        print(payload.exception)\n",
)
UNKNOWN_COMMAND = "Ada wrote !sesame. Your bot has no such command, and "


class StreamTester(ProgramTester[ProgramOnTwitch]):
    """A learner's bot in the channel of Viktor, in which Ada and Bob are, too."""

    not_ready = "didn't come to the chat"
    ended_early = "ended at once. Is StreamBot().run(…) its last line?"

    def start(self) -> None:
        """Start it, and wait until it is in the chat, or has printed an error that is known."""
        world = self.world
        world.start()
        has_come = world.wait_until(
            lambda: (
                world.hears_channel() or world.has_ended() or any(map(advice_on, self.errors()))
            ),
            READY_S,
        )
        if not world.hears_channel():
            if has_come:  # and has left again, so its error will be there in a moment
                world.wait_until(lambda: world.has_ended() or self.errors(), END_S)
            raise NotYet(self.explain_not_ready())

    def start_turn(self, turn: Turn) -> Callable[[], list[str]]:
        """Let a person write, or follow the channel as soon as the bot would hear of it."""
        if turn.verb != FOLLOWS:
            return super().start_turn(turn)
        twitch = self.world.twitch

        def hears_of_followers() -> bool:
            return any(each.type == "channel.follow" for each in twitch.subscriptions())

        if not self.world.wait_until(hears_of_followers, REPLY_S):
            raise NotYet(
                self.describe_wrong_reply(turn._replace(if_silent=NOT_SUBSCRIBED_TRAP.words))
            )
        return self.world.follow(turn.person)

    def explain_not_ready(self) -> str:
        """Say why the bot isn't in the chat."""
        return super().explain_not_ready() or NOT_IN_CHAT_TRAP.words

    def try_unknown_command(self) -> None:
        """Have somebody write a command that no bot has; NotYet if an error is printed."""
        replies = self.world.send("Ada", "!sesame")
        self.world.send("Viktor", "!hello")  # when it has answered this, it has heard that, too
        self.world.wait_until(lambda: any("Viktor" in text for text in replies()), REPLY_S)
        if printed := self.describe_program_state():
            raise NotYet(f"{UNKNOWN_COMMAND}{printed}")

    def try_failing_command(self) -> None:
        """Let a command fail, because Twitch refuses its text; NotYet if no error is printed."""
        process = self.world.process
        before = len(process.output.all()), len(process.errors.all())

        def has_said_so() -> bool:
            later = process.output.all()[before[0] :] + process.errors.all()[before[1] :]
            return any(ERROR_WORDS.search(line) for line in later)

        self.world.twitch.faults.fail_api(400)  # TwitchIO tries again after a 5xx
        self.world.send("Ada", "!hello")
        is_shown = self.world.wait_until(has_said_so, REPLY_S)
        expect(is_shown, f"Ada wrote !hello, Twitch refused the reply, and {SWALLOWED_TRAP.words}")

    def end(self) -> None:
        """Press Ctrl+C; NotYet if tokens are in a file then, or a late error was printed."""
        process = self.world.process
        process.interrupt()
        with suppress(subprocess.TimeoutExpired):
            process.wait(END_S)
            process.errors.wait_end(REST_S)
        file = self.path.with_name(SAVED_FILE)
        was_written = file.exists()
        file.unlink(missing_ok=True)
        expect(not was_written, SAVED_TOKENS_TRAP.words)
        if unknown := [line for line in self.errors() if "CommandNotFound" in line]:
            raise NotYet(f"{UNKNOWN_COMMAND}{self.path.name} printed:\n{describe_errors(unknown)}")


def try_stream(path: Path) -> None:
    """Start the bot, and have people write and follow; NotYet says what came."""
    with open_world(ProgramOnTwitch, path, "hello_bot") as world:
        tester = StreamTester(path, world)
        tester.start()
        for turn in TURNS:
            tester.run_turn(turn)
        tester.try_unknown_command()
        tester.try_failing_command()
        tester.end()
    code = path.read_text(encoding="utf-8")
    expect(not re.search(r"payload\.exception\s*[!=]=", code), COMPARED_TRAP.words)


STREAM = Section(
    "11_four_corners",
    1,
    "stream.py",
    "twitchio.md",
    try_stream,
    "stream.py greets, hugs, thanks those who follow, and keeps calm about unknown commands",
    (
        *(trap for turn in TURNS for trap in turn.traps),
        *(NO_FOLLOW_TRAP, NOT_SUBSCRIBED_TRAP, NOT_IN_CHAT_TRAP, SWALLOWED_TRAP),
        *(SAVED_TOKENS_TRAP, COMPARED_TRAP),
    ),
)
