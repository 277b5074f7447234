"""What can be wrong with a bot's token, each with its fix.

It only compares texts: what Telegram says about a token is asked for elsewhere.
"""

import re

from botlib.problem import Problem

ASK = "Ask BotFather: /mybots, your bot, API Token"
ALONE = "Give the token alone"
SECRET_LENGTH = 35  # characters after the colon, in every token that BotFather makes today
TOKEN = re.compile(rf"\d{{6,}}:[A-Za-z0-9_-]{{{SECRET_LENGTH}}}(?![A-Za-z0-9_-])")
AROUND = r"[\s\"'`‘’“”\u200b\ufeff]"


def clean(text: str) -> str:
    """Find the token in what was pasted; empty if no whole token is in it.

    >>> clean(f'TELEGRAM_TOKEN="1234567:{"A" * 35}" ') == "1234567:" + "A" * 35, clean("1234567:AA")
    (True, '')
    """
    found = TOKEN.search(text)
    return found[0] if found else ""


def look_at(text: str) -> list[Problem]:
    """Find what can be seen without asking Telegram; nothing if the text is a token alone."""
    return pasted_with(text) if clean(text) else [unlike_a_token(text)]


def pasted_with(text: str) -> list[Problem]:
    """Find what stands around a token and does not belong to it."""
    found = []
    before, _, after = text.partition(clean(text))
    if re.search(r"\w\s*=", before):
        found.append(Problem("The name of the setting was copied with the token", ALONE))
    if before.lower().endswith("bot"):
        what = "The word bot stands before the token, as it does in addresses only"
        found.append(Problem(what, ALONE))
    if re.search(AROUND, before + after):
        found.append(Problem("There are quotes, spaces or line ends around the token", ALONE))
    if before + after and not found:
        found.append(Problem("There are other characters around the token", ALONE))
    return found


def unlike_a_token(text: str) -> Problem:
    """Say what a text may be that holds no whole token."""
    bare = re.sub(AROUND, "", text)
    number, colon, rest = bare.rpartition("=")[2].partition(":")
    if not bare:
        return Problem("There is no token", ASK)
    if clean(bare):
        return Problem("A space or a line end stands inside the token", "Copy it again, in one go")
    if bare.lstrip("-").isdecimal():
        return Problem("This is a number only: a bot's, a person's or a chat's", ASK)
    if colon and number.removeprefix("bot").isdecimal() and len(rest) < SECRET_LENGTH:
        what = f"The token is not whole: {len(rest)} of {SECRET_LENGTH} characters after the colon"
        return Problem(what, "Copy it again, to its end")
    return Problem(
        f"This is no bot token: expected digits, a colon and {SECRET_LENGTH} letters", ASK
    )


def unknown() -> Problem:
    """Say what it can mean that Telegram answers 401 to a token of the right shape."""
    return Problem(
        "Telegram does not know this token: a newer one was made by /revoke, the bot was deleted, "
        "or a character is wrong",
        ASK,
    )


def misfits(whose: str, username: str | None) -> list[Problem]:
    """Find why a token that Telegram knows is not the one that is needed."""
    wanted = (username or "").removeprefix("@")
    if not wanted or whose.lower() == wanted.lower():
        return []
    return [Problem(f"This is the token of @{whose}, and it should be @{wanted}'s", ASK)]
