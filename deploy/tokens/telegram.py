"""Token checks for Telegram: what people paste, whose token it is, whether it still works."""

import re
from typing import NamedTuple

from botlib.details.http import NoAnswer, request
from botlib.details.settings import QUOTE_OR_SPACE, telegram_api
from botlib.function import constant_time_equal
from deploy.tokens.mistakes import ALONE, KnownMistake, find_mistakes

ASK_BOTFATHER = "Ask BotFather: /mybots, your bot, API Token"
SECRET_LENGTH = 35  # characters after the colon, in every token that BotFather makes today
TOKEN = re.compile(rf"\d{{6,}}:[A-Za-z0-9_-]{{{SECRET_LENGTH}}}(?![A-Za-z0-9_-])")
PLACE = "…"  # where the token is, in a text that is searched for mistakes
AROUND_A_TOKEN = (
    KnownMistake(rf"\w\s*=.*{PLACE}", "The name of the setting was copied with the token", ALONE),
    KnownMistake(
        rf"(?i:bot){PLACE}", "The word bot is before the token, as it is in addresses", ALONE
    ),
    KnownMistake(QUOTE_OR_SPACE, "There are quotes, spaces or line ends around the token", ALONE),
)
OTHER_AROUND = KnownMistake(rf"[^{PLACE}]", "There are other characters around the token", ALONE)
NO_TOKEN = (  # of these the first that is found counts
    KnownMistake(r"^$", "There is no token", ASK_BOTFATHER),
    KnownMistake(
        TOKEN.pattern, "There is a space or a line end inside the token", "Copy it again, in one go"
    ),
    KnownMistake(
        r"^(.*=)?-*\d+$",
        "This is only a number, the id of a bot, a person or a chat",
        ASK_BOTFATHER,
    ),
    KnownMistake(
        rf"^(.*=)?(bot)?\d+:.{{,{SECRET_LENGTH - 1}}}$",
        f"The token is not whole: expected {SECRET_LENGTH} characters after the colon",
        "Copy it again, to its end",
    ),
    KnownMistake(
        "", f"This is not a bot token: expected digits, a colon and {SECRET_LENGTH} letters",
        ASK_BOTFATHER,
    ),
)  # fmt: skip


class TelegramTokenReport(NamedTuple):
    """What Telegram says about a token; the fields are empty if it does not know the token."""

    problems: tuple[str, ...] = ()  # what is wrong, and what to do about it
    username: str = ""
    name: str = ""
    bot_id: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def __str__(self) -> str:
        lines = [*self.problems] or ["the token is good"]
        if self.username:
            lines.append(f"whose: @{self.username} ({self.name})")
        return "\n".join(lines)


def check_token(
    token: str, *, username: str | None = None, secret: str | None = None, api: str | None = None
) -> TelegramTokenReport:
    """Check a Telegram bot's token; raises ConnectionError if Telegram gives no usable answer.

    `username` is the bot that it should belong to. `secret` is the webhook's, which people mix up
    with the token.
    """
    if secret and constant_time_equal(token.strip(), secret):
        mixed_up = f"This is the webhook's secret, not the token. {ASK_BOTFATHER}."
        return TelegramTokenReport((mixed_up,))
    problems, bare = visible_problems(token), clean_token(token)
    if not bare:
        return TelegramTokenReport(tuple(problems))
    found = ask_telegram(bare, telegram_api(api))
    expected = (username or "").removeprefix("@")
    if not found.username:
        problems.append(
            "Telegram does not know this token: a newer one was made by /revoke, the bot was "
            f"deleted, or a character is wrong. {ASK_BOTFATHER}."
        )
    elif expected and found.username.lower() != expected.lower():
        what = f"This is the token of @{found.username}, and it should be @{expected}'s"
        problems.append(f"{what}. {ASK_BOTFATHER}.")
    return found._replace(problems=tuple(problems))


def ask_telegram(token: str, root: str) -> TelegramTokenReport:
    """Ask Telegram's getMe whose token it is; an empty check if Telegram does not know it.

    An error page of a proxy is not Telegram's word, whatever its status.
    """
    response = request("GET", f"{root}/bot{token}/getMe")
    answer = response.json_object()
    # 401: a token that is no longer valid. 404: a text that cannot be a token.
    if response.status in (401, 404) and answer.get("error_code") == response.status:
        return TelegramTokenReport()
    me = answer.get("result")
    username = me.get("username") if isinstance(me, dict) else None
    if not isinstance(me, dict) or not isinstance(username, str) or response.status != 200:
        raise NoAnswer(f"{root} gave no sensible answer: status {response.status}")
    return TelegramTokenReport(
        (), username, name=str(me.get("first_name", "")), bot_id=str(me.get("id", ""))
    )


def clean_token(text: str) -> str:
    """Find the token in what was pasted; empty if no whole token is in it.

    >>> whole = "1234567:" + "A" * 35
    >>> clean_token(f'TELEGRAM_TOKEN="{whole}" ') == whole, clean_token("1234567:AA")
    (True, '')
    """
    found = TOKEN.search(text)
    return found[0] if found else ""


def visible_problems(text: str) -> list[str]:
    """Find what can be seen without asking Telegram; nothing if the text is a token alone.

    >>> visible_problems("-100123")[0].partition(". ")[0]
    'This is only a number, the id of a bot, a person or a chat'
    """
    token = clean_token(text)
    if not token:
        return find_mistakes(re.sub(QUOTE_OR_SPACE, "", text), NO_TOKEN)[:1]
    around = text.replace(token, PLACE, 1)
    return find_mistakes(around, AROUND_A_TOKEN) or find_mistakes(around, [OTHER_AROUND])
