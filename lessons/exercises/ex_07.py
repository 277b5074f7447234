"""Check of notebook 07: one bot in two channels."""

from typing import Any

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.twitch import Twitch
from botlib.twitch.details.texts import INVISIBLE
from lessons.exercises.verdict import NotYet, exercise, expect, show
from lessons.worlds.program import RunningProgram

CHANNELS = ("viktor", "anna")


@exercise(
    'call enter with the token, the client id and the channels: program = enter(pair["…"], …)',
    "Begin with the line that let your bot into Viktor's channel, and add a third value.",
    'The third value is "viktor,anna": two names in one text.',
    because="Nobody new has to agree. The token opens every channel, because it belongs to the "
    "bot's own account, not to a channel. Anna can ban the bot, as she can ban anybody.",
)
def exercise_1(program: Any, twitch: Twitch) -> str:
    """One program is in both channels and speaks there as the bot's own account."""
    if callable(program) and not isinstance(program, RunningProgram):
        raise NotYet("enter is only named here. Call it: enter(…, …, …)")
    if isinstance(program, str | list | dict):
        raise NotYet(f"this is {show(program)}. Put what enter returns here: program = enter(…)")
    expect(isinstance(program, RunningProgram), f"expected what enter gives, found {show(program)}")
    expect(program.status is None, "this program has stopped, because enter stops the one before. "
           "Call it again, with both channels at once, and write program = in front")  # fmt: skip
    login = program.wait_line("in #").split()[-1]  # in #viktor as hello_bot
    expect(login not in CHANNELS, f"it would speak as {login}. Take the bot's own token: "
           'pair["access_token"]')  # fmt: skip
    outside = [name for name in CHANNELS if not twitch.hears(login, name)]
    if outside:
        raise NotYet(f"your bot isn't in the channel {' and '.join(outside)}. Name both channels "
                     'in one text: "viktor,anna"')  # fmt: skip
    viktor = twitch.find("viktor")
    try:
        answers = [viktor.ask("!hello", channel=name, timeout=10) for name in CHANNELS]
    except NoReply as error:
        raise NotYet(f"your bot is there but doesn't answer !hello: {error}") from None
    shown = answers[1].rstrip(INVISIBLE).rstrip()  # the sign that makes a repeat differ
    return f"your bot answers in both channels: {show(shown)} in Anna's"
