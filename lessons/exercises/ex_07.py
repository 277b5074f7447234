"""Checks of notebook 07: what a token allows, and one bot in two channels."""

from typing import Any

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.twitch import Twitch
from botlib.twitch.details.texts import INVISIBLE
from lessons.exercises.slips import Slip, Task
from lessons.exercises.verdict import NotYet, exercise, expect, show
from lessons.worlds.program import RunningProgram

READ, EDIT = "chat:read", "chat:edit"


def token_facts(scopes: list[str], login: str = "") -> dict[str, Any]:
    """Return what the desk says about a token; one without a login belongs to an application."""
    return ({"login": login} if login else {}) | {"scopes": scopes, "expires_in": 14400}


NEVER_HINT = (
    'it is False for every token. The account is the value under "login": compare '
    'facts.get("login") == login, the second one without quotes'
)
MAY_SPEAK_TASK = Task(
    "may_speak(facts, login)",
    [
        ((token_facts([READ, EDIT], "hello_bot"), "hello_bot"), True),
        ((token_facts([READ, EDIT], "robo"), "robo"), True),
        ((token_facts([EDIT, "user:bot", READ], "hello_bot"), "hello_bot"), True),
        ((token_facts([EDIT], "hello_bot"), "hello_bot"), True),
        ((token_facts([READ], "hello_bot"), "hello_bot"), False),
        ((token_facts(["channel:edit:commercial", READ], "hello_bot"), "hello_bot"), False),
        ((token_facts([READ, EDIT], "viktor"), "hello_bot"), False),
        ((token_facts([READ, EDIT], "hello_bot"), "hello_bot_2"), False),
        ((token_facts([READ], "viktor"), "hello_bot"), False),
        ((token_facts([]), "hello_bot"), False),
        ((token_facts([READ, EDIT]), "hello_bot"), False),
    ],
    [
        Slip("return True", "it lets every token speak. Look at its login and at its scopes"),
        Slip(
            'return facts["login"] == login and "chat:edit" in facts["scopes"]',
            'this token belongs to an application and has no login. facts.get("login") gives None '
            "for it",
        ),
        Slip(
            'return facts.get("login") == login',
            "this token may listen, but not speak. Look for chat:edit in its scopes, too",
        ),
        Slip(
            'return facts["login"] == login',
            "this token may listen, but not speak. Look for chat:edit in its scopes, too",
        ),
        Slip('return "chat:edit" in facts["scopes"]', "the token belongs to somebody else"),
        Slip(
            'return facts.get("login") == "hello_bot" and "chat:edit" in facts["scopes"]',
            "compare the login in the facts with the second value that your function gets, "
            "without quotes: login",
        ),
        Slip(
            'return facts.get("login") == "login" and "chat:edit" in facts["scopes"]',
            NEVER_HINT,
        ),
        Slip('return facts.get("login") is login and "chat:edit" in facts["scopes"]', NEVER_HINT),
        Slip('return login in facts and "chat:edit" in facts["scopes"]', NEVER_HINT),
        Slip(
            'return facts.get("login") == login or "chat:edit" in facts["scopes"]',
            "both must be true: write and instead of or",
        ),
        Slip(
            'return facts.get("login") == login and facts["scopes"] == ["chat:read", "chat:edit"]',
            'a token may have other scopes, in any order: "chat:edit" in facts["scopes"]',
        ),
        Slip(
            'return facts.get("login") == login and facts["scopes"][1] == "chat:edit"',
            'the scopes can come in any order: "chat:edit" in facts["scopes"]',
        ),
        Slip(
            'return facts.get("login") == login and "chat:read" in facts["scopes"] '
            'and "chat:edit" in facts["scopes"]',
            "chat:edit is enough to speak. This token doesn't have to listen",
        ),
        Slip(
            'return facts.get("login") == login and "chat:read" in facts["scopes"]',
            "chat:read is for listening. To speak, a token needs chat:edit",
        ),
        Slip(
            'return facts.get("login") == login and "edit" in str(facts["scopes"])',
            "channel:edit:commercial is another scope. Look for the whole word chat:edit",
        ),
        Slip(
            'return facts.get("login", "") in login and "chat:edit" in facts["scopes"]',
            "compare the whole login with ==, because hello_bot is in hello_bot_2, too",
        ),
        Slip(
            """
            if facts.get("login") == login and "chat:edit" in facts["scopes"]:
                return True
            """,
            "it returned nothing. Add return False for all other tokens",
        ),
        Slip(
            """
            if facts.get("login") == login and "chat:edit" in facts["scopes"]:
                return "True"
            return "False"
            """,
            "that is a text. True and False are written without quotes",
        ),
    ],
)


@exercise(
    "define may_speak(facts, login); it returns True or False.",
    'Two things must be true: the login is right, and "chat:edit" is among the scopes.',
    'facts.get("login") gives the login, or None if there is none. facts["login"] would fail.',
    'Write return … == login and "chat:edit" in facts["scopes"].',
    task=MAY_SPEAK_TASK,
    because="The chat server does the same for every line: whose token is it, and does its scope "
    "allow this? The less a token may do, the less a thief can do with it.",
)
def exercise_1(may_speak: Any) -> str:
    """The right account and the right scope, nothing more and nothing less."""
    return f"{len(MAY_SPEAK_TASK.cases)} tokens, and only the right ones may speak"


CHANNELS = ("viktor", "anna")


@exercise(
    'call enter with the token, the client id and the channels: program = enter(pair["…"], …)',
    "Begin with the line that let your bot into Viktor's channel, and add a third value.",
    'The third value is "viktor,anna": two names in one text.',
    because="Nobody new has to agree. The token opens every channel, because it belongs to the "
    "bot's own account, not to a channel. Anna can ban the bot, as she can ban anybody.",
)
def exercise_2(program: Any, twitch: Twitch) -> str:
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
