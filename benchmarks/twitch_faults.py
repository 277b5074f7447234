"""The IRC bot under fire: hundreds of faults in a stream of messages, a burst, an idle hour.

    python benchmarks/twitch_faults.py --faults 300 --seed 1

It runs against the sandbox Twitch and prints what was lost and where. It fails (exit code 1) if
a reply was said twice or out of order, if the bot is not back at the end, or if a message that
the bot heard got no reply although no connection broke under it.
"""

import argparse
import asyncio
import logging
import random
import sys
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from bot_sandbox.twitch import Twitch
from botlib import Bot
from botlib.twitch.details.connection import Timing
from botlib.twitch.details.credentials import LoginRefused
from botlib.twitch.details.limits import Limits
from botlib.twitch.details.texts import INVISIBLE
from botlib.twitch.irc_bot import IrcBot

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/helpers"))
from threaded_irc_bot import ThreadedIrcBot

SCOPES = ["chat:read", "chat:edit"]
IMPATIENT = Timing(quiet_s=0.05, answer_s=0.25, confirm_s=5, refused_s=0.01, stale_s=3600)
NO_LIMITS = {"message_window_s": 0, "channel_gap_s": 0, "join_window_s": 0, "login_gap_s": 0}
PAUSE_S = 0.001  # between two messages of the stream
STEP_S = 9.0  # of simulated idling; below the time that an answer to a PING may take


class MovableLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be moved forward."""

    moved = 0.0

    def time(self) -> float:
        """Seconds on the moved clock."""
        return super().time() + self.moved


class Stage:
    """A sandbox with a viewer, and a bot that repeats what it is told to say."""

    def __init__(self, twitch: Twitch) -> None:
        self.twitch = twitch
        self.viktor = twitch.account("viktor", "Viktor")
        self.account = twitch.account("hellobot", "HelloBot")
        app = twitch.application("Hello bot")
        token = twitch.authorize(self.account, app, SCOPES)
        self.credentials = {
            "token": token.access_token,
            "refresh_token": token.refresh_token,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
        }

    def bot(self, **options: object) -> IrcBot:
        """Make a bot without limits."""
        brain = Bot()
        brain.command("say")(lambda message: message.arguments)
        given = {
            "api": self.twitch.url,
            "limits": Limits(**NO_LIMITS),
            "backlog": 50_000,
            **self.credentials,
            **options,
        }
        return IrcBot(brain, ["viktor"], **given)

    def replies(self) -> list[int]:
        """The numbers the bot repeated, in the order in which they were said."""
        said = self.twitch.messages("viktor")
        return [int(each.text.replace(INVISIBLE, "")) for each in said if each.user == "HelloBot"]


class Stream(threading.Thread):
    """A viewer who never stops talking."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(daemon=True)
        self.stage, self.said, self.over = stage, 0, threading.Event()

    def run(self) -> None:
        """Say number after number."""
        while not self.over.wait(PAUSE_S):
            self.stage.viktor.say(f"!say {self.said}")
            self.said += 1


def inject(kind: str, stage: Stage, size: float) -> None:
    """Let one thing go wrong; `size` is 0 to 1, for the faults that last."""
    faults, login = stage.twitch.faults, "hellobot"
    if kind == "restart":
        faults.restart()
    elif kind == "away for a while":
        faults.stop()
        time.sleep(size / 10)
        faults.start()
    elif kind == "delay":
        faults.delay(login, size / 20)
    elif kind == "refuse_login":
        faults.refuse_login(login, 1)
        faults.drop(login)
    elif kind == "token expires":
        stage.twitch.clock.advance(4 * 3600 + 1)
        faults.drop(login)  # only the next login needs a good token
    else:
        getattr(faults, kind)(login)


KINDS = [
    *("drop", "close_frame", "reconnect", "silence", "stop_pong", "half_line", "split_lines"),
    *("delay", "refuse_login", "token expires", "restart", "away for a while"),
]


def under_faults(faults: int, seed: int) -> dict[str, object]:
    """Inject faults during a stream of messages; give the account of every message."""
    chance = random.Random(seed)
    plan = [(chance.choice(KINDS), chance.random(), chance.random()) for _ in range(faults)]
    with Twitch(limits=False) as twitch:
        stage = Stage(twitch)
        bot = stage.bot(backoff=lambda failures: chance.uniform(0, 0.01), timing=IMPATIENT)
        loop = asyncio.new_event_loop()
        with ThreadedIrcBot(bot, loop=loop) as held:
            tasks = len(asyncio.all_tasks(loop))
            stream = Stream(stage)
            stream.start()
            for kind, pause, size in plan:
                time.sleep(pause / 10)
                when_connected(stage, kind, size)
            stream.over.set()
            stream.join()
            back = until_answered(stage, stream)
            left_over = len(asyncio.all_tasks(loop)) - tasks
            twitch.faults.revoke(bot.credentials.token)
            stopped = held.wait(20) and isinstance(held.error, LoginRefused)
        replies, counts = stage.replies(), bot.counts
        missed = len(twitch.missed("hellobot"))
    return {
        "faults injected": len(plan),
        "of them": ", ".join(
            f"{kind} {n}" for kind, n in Counter(each[0] for each in plan).items()
        ),
        "times the bot came back": counts.reconnects,
        "messages said": stream.said,
        "  said while it was away": missed,
        "  lost on the way to it, in a connection that broke": stream.said - missed - counts.heard,
        "  heard by the bot": counts.heard,
        "    answered": len(set(replies)),
        "    reply lost in a connection that broke": counts.heard - len(set(replies)),
        "replies never confirmed (arrived or not)": counts.lost,
        "replies said twice": len(replies) - len(set(replies)),
        "replies out of order": sum(late <= early for early, late in pairwise(replies)),
        "tasks left over": left_over,
        "back at the end": back,
        "stopped with the reason when its token was revoked": stopped,
    }


def when_connected(stage: Stage, kind: str, size: float) -> None:
    """Wait for the bot and inject the fault; the bot may be gone again in between."""
    while True:
        stage.twitch.wait_for("hellobot", "viktor", timeout=20)
        try:
            return inject(kind, stage, size)
        except ValueError:
            continue


def until_answered(stage: Stage, stream: Stream) -> bool:
    """Go on talking until the bot answers the latest message; False if it never does."""
    for _ in range(50):
        number, stream.said = stream.said, stream.said + 1
        stage.viktor.say(f"!say {number}")
        if stage.twitch.wait_until(lambda: stage.replies()[-1:] == [number], 1):  # noqa: B023
            return True
    return False


def in_a_burst(messages: int) -> dict[str, object]:
    """Answer many messages that come at once."""
    with Twitch(limits=False) as twitch:
        stage = Stage(twitch)
        with ThreadedIrcBot(stage.bot()) as held:
            began = time.perf_counter()
            stage.viktor.say_all([f"!say {number}" for number in range(messages)])
            stage.viktor.wait(messages, timeout=300)
            seconds = time.perf_counter() - began
        return {
            "messages at once": messages,
            "answered in order": stage.replies() == list(range(messages)),
            "lost": held.bot.counts.lost,
            "messages a second": round(messages / seconds),
        }


def idle(hours: float) -> dict[str, object]:
    """Let time pass on the bot's clock and on Twitch's, and nothing else."""
    with Twitch(limits=False) as twitch:
        stage, loop = Stage(twitch), MovableLoop()
        bot = stage.bot()
        with ThreadedIrcBot(bot, loop=loop):
            let_pass(loop, twitch, 600)
            tasks = len(asyncio.all_tasks(loop))
            let_pass(loop, twitch, hours * 3600)
            left_over = len(asyncio.all_tasks(loop)) - tasks
            record = twitch.connections("hellobot")[-1]
            answers = stage.viktor.ask("!say 1") == "1"
        return {
            "hours of idling": hours,
            "lines from Twitch, lines to it": f"{record.lines_out}, {record.lines_in}",
            "times the bot came back (its line outlives its token)": bot.counts.reconnects,
            "tasks left over": left_over,
            "answers at the end": answers,
        }


def let_pass(loop: MovableLoop, twitch: Twitch, seconds: float) -> None:
    """Move both clocks, step by step, and let both sides act between the steps."""
    for _ in range(int(seconds / STEP_S)):
        loop.moved += STEP_S
        twitch.clock.advance(STEP_S)
        for _ in range(5):
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result()
            twitch.clock.advance(0)


def wrong(
    faults: dict[str, object], burst: dict[str, object], hour: dict[str, object]
) -> list[str]:
    """Name what must not be."""
    lost = faults["    reply lost in a connection that broke"]
    unconfirmed = faults["replies never confirmed (arrived or not)"]
    conditions = {
        "a reply was said twice": faults["replies said twice"],
        "replies are out of order": faults["replies out of order"],
        "a heard message was not answered": int(str(lost)) > int(str(unconfirmed)),
        "the bot did not come back": not faults["back at the end"],
        "the bot did not stop": not faults["stopped with the reason when its token was revoked"],
        "tasks are left over": faults["tasks left over"] or hour["tasks left over"],
        "the burst was not answered in order": not burst["answered in order"] or burst["lost"],
        "the bot fell asleep": not hour["answers at the end"],
    }
    return [what for what, is_so in conditions.items() if is_so]


def main() -> int:
    """Run all three and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faults", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--burst", type=int, default=10_000)
    parser.add_argument("--hours", type=float, default=1.0)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    results = (
        under_faults(options.faults, options.seed),
        in_a_burst(options.burst),
        idle(options.hours),
    )
    for result in results:
        print(*(f"{what:<55} {value}" for what, value in result.items()), "", sep="\n")
    problems = wrong(*results)
    print(f"wrong: {', '.join(problems)}" if problems else "all is as it should be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
