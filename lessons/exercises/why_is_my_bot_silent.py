"""Checks of the side room about silent bots: eight reasons, a check of the secret, a rescue."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bot_sandbox import Telegram
from bot_sandbox.telegram import NoReply, TelegramError
from lessons.cloud import Cloud
from lessons.exercises.slips import Task, Values
from lessons.exercises.verdict import (
    NotYet,
    call_silently,
    exercise,
    expect,
    function_problem,
    names_used,
    replace_hints,
)

SECRET = "only-we-two-know-" * 3
REASONS = (
    "no webhook",
    "wrong address",
    "wrong secret",
    "does not load",
    "too slow",
    "reply refused",
    "not told of messages",
    "privacy mode",
)
SILENT_TASK = Values(
    "one of the eight reasons",
    {
        "red_bot": "wrong secret",
        "orange_bot": "does not load",
        "yellow_bot": "not told of messages",
        "green_bot": "reply refused",
        "blue_bot": "wrong address",
        "violet_bot": "too slow",
        "white_bot": "no webhook",
        "black_bot": "privacy mode",
    },
    {
        "red_bot": "somebody has answered Telegram's calls. Which status did it give?",
        "orange_bot": "Telegram says 502, so the function failed. Its log has the reason",
        "yellow_bot": "compare what getWebhookInfo says about it with the others. One part is new",
        "green_bot": "Telegram sees no error. Open What was sent: what did it do with the answer?",
        "blue_bot": "read its address letter by letter",
        "violet_bot": "Telegram says 502, so the function failed. Its log has the reason",
        "white_bot": "something is very empty in what getWebhookInfo says",
        "black_bot": "nothing is wrong with the webhook. Look at its window: where is this chat?",
    },
    choices=REASONS,
)


@exercise(
    "write the eight reasons instead of the dots.",
    "Begin with bots.info: is there an address? Is something waiting? Which status came back?",
    "At 502, read bots.log. If nothing is waiting, open bots.window and What was sent.",
    task=SILENT_TASK,
    because="Three questions found them all: what does Telegram know, what does the log say, and "
    "what was sent?",
)
def exercise_1(found: dict[str, str]) -> str:
    """Eight bots and the reason of each."""
    return "eight silent bots, eight reasons"


HEADER = "X-Telegram-Bot-Api-Secret-Token"
RIGHT = "sesame-42"


def arguments_of_case(*pairs: tuple[str, str]) -> tuple[dict[str, str], str]:
    """The arguments of a case: the headers of a call, and the right secret."""
    return dict(pairs), RIGHT


ALLOWED_TASK = Task(
    "allowed(headers, secret)",
    [
        (arguments_of_case((HEADER, RIGHT)), True),
        (arguments_of_case(("Host", "example.org"), (HEADER, RIGHT)), True),
        (arguments_of_case((HEADER.lower(), RIGHT), ("Host", "example.org")), True),
        (arguments_of_case((HEADER.upper(), RIGHT)), True),
        (arguments_of_case(("Host", "example.org")), False),
        (arguments_of_case(("X-Other", RIGHT)), False),
        (arguments_of_case((HEADER, "")), False),
        (arguments_of_case((HEADER, "sesame")), False),
        (arguments_of_case((HEADER, "sesame-421")), False),
        (arguments_of_case((HEADER, "SESAME-42")), False),
        (arguments_of_case((HEADER, "ключ")), False),
    ],
    {
        "return True": "it lets everybody in. Look for the header, and compare its value",
        f'return headers["{HEADER}"] == secret': "headers[…] finds a name only in exactly this "
        "spelling. Go through all headers, and compare each name in small letters",
        f'return headers.get("{HEADER}", "") == secret': "get finds a name only in exactly this "
        "spelling. Go through all headers, and compare each name in small letters",
        f"""
        for name, value in headers.items():
            if name.lower() == "{HEADER}":
                return value == secret
        return False
        """: "name.lower() is in small letters, so compare it with a name in small letters",
        """
        for value in headers.values():
            if value == secret:
                return True
        return False
        """: "the secret in another header was let in. Look at the header's name, too",
        f"""
        for name, value in headers.items():
            if name.lower() == "{HEADER.lower()}":
                return value == secret
            return False
        """: "the secret was in the second header. Return False only after the loop",
        ('given = ""\nfor', "for"): "without the header there is nothing to compare. Begin with "
        'given = ""',
        ("given == secret", "secret in given"): "`in` also finds the secret inside a longer text",
        ("given == secret", "given.lower() == secret.lower()"): "in a name, capital letters make "
        "no difference. In a secret, they do",
        ("given == secret", "secret.startswith(given)"): "startswith is content with the "
        "beginning. The whole secret must be the same",
        f"""
        from hmac import compare_digest
        given = ""
        for name, value in headers.items():
            if name.lower() == "{HEADER.lower()}":
                given = value
        return compare_digest(given, secret)
        """: "compare_digest takes only plain letters as text. Compare bytes: given.encode(), "
        "secret.encode()",
        f"""
        from hmac import compare_digest
        given = ""
        for name, value in headers.items():
            if name.lower() == "{HEADER.lower()}":
                given = value
        return compare_digest(given.encode(), secret)
        """: "one is bytes and the other a text. Write .encode() behind both",
        ("given == secret", "str(given == secret)"): "that is a text, and every text counts as "
        "true. Return True and False without quotes",
    },
    solution="""
        given = ""
        for name, value in headers.items():
            if name.lower() == "x-telegram-bot-api-secret-token":
                given = value
        return given == secret
    """,
)


@exercise(
    "write def allowed(headers, secret): instead of the line with the dots.",
    "Look for the header first: for name, value in headers.items(): goes through all of them.",
    'Is it the one? if name.lower() == "x-telegram-bot-api-secret-token": then keep its value. '
    'Before the loop, begin with given = "", for a call without it.',
    "At the end: return compare_digest(given.encode(), secret.encode())",
    task=ALLOWED_TASK,
    because="Now a 403 holds no mystery: it is this function saying False.",
)
def exercise_2(allowed: Callable[[dict[str, str], str], Any]) -> str:
    """The right secret under any spelling of the header; nothing else."""
    expect(
        "compare_digest" in names_used(allowed),
        "every answer is right, but == takes longer for better guesses: compare with "
        "compare_digest",
    )
    return "only Telegram comes in"


BOT_CODE = """
from botlib import Bot
from botlib.telegram.webhook import webhook

bot = Bot()
bot.command("both")(lambda message: ["one", "two"])
handler = webhook(bot)
"""


SET_WEBHOOK = 'telegram.call(account, "setWebhook", url=url, secret_token=secret)'
WORDS = {  # words of an error → what is said
    "name 'setWebhook' is not defined": f"setWebhook is a method of Telegram's: {SET_WEBHOOK}",
    "missing 1 required positional argument: 'method'": "telegram.call wants the account first, "
    f"then the method's name: {SET_WEBHOOK}",
    "missing 1 required positional argument: 'token'": "deploy wants the new token: deploy(token)",
    "must be text; found": "deploy wants the token, which is a text. telegram.new_token(account), "
    "with its brackets, gives it",
    "secret token contains unallowed characters": "setWebhook got the token as its secret: "
    f"{SET_WEBHOOK}",
    "Object of type function is not JSON": "setWebhook got the function deploy itself. Call it: "
    "url = deploy(token)",
    "UnboundLocalError": "a name is used before the line that makes it. The order is: new_token, "
    "deploy, setWebhook",
    "'str' object has no attribute 'url'": "deploy gives the address itself: url = deploy(token)",
    "positional arguments but 4 were given": "four things are handed over: "
    "def rescue(telegram, account, deploy, secret):",
}
NAMES_ELSE = "your function did not make itself is taken from an earlier cell"


@exercise(
    "write def rescue(telegram, account, deploy, secret): instead of the line with the dots.",
    "The order is that of the text: first the new token, then the function, then the webhook.",
    "token = telegram.new_token(account), and url = deploy(token).",
    'The third step: telegram.call(account, "setWebhook", url=url, secret_token=secret).',
    because="Only Telegram can make a token worthless. So the first step is /revoke, and "
    "everything else can wait for a minute.",
)
def exercise_3(rescue: Callable[..., Any]) -> str:
    """A token leaks: afterwards the old one is worthless, and the bot answers what waited."""
    with ExitStack() as stack:
        telegram, cloud = stack.enter_context(Telegram()), stack.enter_context(Cloud())
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "main.py").write_text(BOT_CODE, encoding="utf-8")
        deployed: list[str] = []
        addresses: list[str] = []

        def deploy(token: str) -> str:
            """Upload the bot with this token; its address."""
            deployed.append(token)
            function = cloud.deploy("bot", folder, environment=environment_of_bot(telegram, token))
            addresses.append(function.url)
            return function.url

        old = account.token
        viktor.send("!both")  # it waits, since there is no webhook yet
        expect(callable(rescue), function_problem(rescue))
        check_rescue(rescue, telegram, account, deploy)
        expect(is_refused(telegram, old), "the old token still opens the bot: new_token ends it")
        expect(bool(deployed), "the function was not deployed with the new token")
        expect(deployed[-1] != old, "the function was deployed with the old token")
        if deployed[-1] != account.token:
            raise NotYet(
                f"the function was deployed with a token of another bot. A name that {NAMES_ELSE}: "
                "write token = telegram.new_token(account), then deploy(token)"
            )
        info = telegram.call(account, "getWebhookInfo")
        expect(bool(info["url"]), "a new token begins without a webhook: call setWebhook as well")
        if info["url"] != addresses[-1]:
            raise NotYet(
                f"Telegram got an address that is not this function's. A name that {NAMES_ELSE}: "
                "write url = deploy(token), then setWebhook with url=url"
            )
        try:
            found = [message.text for message in viktor.wait(2)]
        except NoReply:
            said = str(telegram.call(account, "getWebhookInfo").get("last_error_message"))
            if "403" in said:
                raise NotYet(
                    "Telegram calls, and the function answers 403: setWebhook was called without "
                    "secret_token=secret, or with another secret"
                ) from None
            raise NotYet(f"the bot is silent; getWebhookInfo says: {said}") from None
        expect(found == ["one", "two"], f"Viktor got {found}")
    return "the thief is out, and nothing was lost"


def check_rescue(rescue: Callable[..., Any], *arguments: Any) -> None:
    """Call the learner's function; NotYet says what the usual slips mean."""
    with replace_hints(WORDS):
        call_silently(rescue, *arguments, SECRET, call="rescue(telegram, account, deploy, secret)")


def environment_of_bot(telegram: Telegram, token: str) -> dict[str, str]:
    """The environment of a bot's function in a check."""
    keys = {"TELEGRAM_TOKEN": token, "TELEGRAM_SECRET": SECRET}
    return keys | {"TELEGRAM_API": telegram.url}


def is_refused(telegram: Telegram, token: str) -> bool:
    """Return whether Telegram no longer knows this token."""
    try:
        telegram.call(token, "getMe")
    except TelegramError as error:
        return error.code == 401
    return False
