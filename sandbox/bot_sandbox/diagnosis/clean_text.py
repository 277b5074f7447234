"""Make text from bots and programs fit to be shown: no control characters, no secrets."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

SECRET_NAME = re.compile(r"TOKEN|SECRET|KEY|PASS", re.IGNORECASE)
SHORT = 6  # characters; a shorter value is hidden only where it is a whole word
LONGEST_ERROR = 20_000  # characters; a text of megabytes would take seconds to search
TWITCH_PASS = re.compile(r"\boauth:\w+")

# Foreign text must not move a terminal's cursor or change its colors, so ESC becomes ␛.
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"}
_CONTROL_SIGNS = _CONTROLS | {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


def escape_control_characters(text: str) -> str:
    """Replace each control character by a visible sign.

    >>> escape_control_characters("a\\x1b[2Jb")
    'a␛[2Jb'
    """
    return text.translate(_CONTROL_SIGNS)


# A bot's token, or only the part after the colon, in any case. Each character may be escaped, as in
# %41, %2541 or \u0041. Amid other letters, the part must begin with capitals or follow "bot".
_ESCAPE = r"(?:%(?:25){0,9}|\\{1,9}u00)"
_LETTER = rf"(?:[\w-]|{_ESCAPE}(?:3\d|[46][1-9A-F]|[57][\dA]|5F|2D))"
_TOKEN = re.compile(
    rf"(?:\d|{_ESCAPE}3\d){{6,20}}(?::|{_ESCAPE}3A){_LETTER}{{30,}}"
    r"|(?:(?<![^\W_])|(?<=bot)|(?<=%[\dA-F]{2})|(?<=\\u00[\dA-F]{2})|(?=[%\\]|(?-i:AA)))"
    rf"(?:A|{_ESCAPE}[46]1){{2}}{_LETTER}{{33}}(?![^\W_])",
    re.ASCII | re.IGNORECASE,
)


def hide_tokens(text: str) -> str:
    """Replace all tokens of Telegram bots: whole, encoded, in part, old and new ones.

    >>> hide_tokens("http://127.0.0.1/bot7000000001:AA" + "x" * 33)
    'http://127.0.0.1/bot<secret>'
    """
    return _TOKEN.sub("<secret>", text)


def hide_secrets(text: str, environment: Mapping[str, str]) -> str:
    """Replace tokens, and the values of variables that are named like secrets.

    >>> hide_secrets("PASS oauth:abc123, key 77", {"API_KEY": "77", "PORT": "1"})
    'PASS <secret>, key <secret>'
    >>> hide_secrets("exit text x", {"API_KEY": "x"})
    'exit text <secret>'
    >>> hide_secrets(f"token 7000000001:{34 * 'A'}-", {})  # its last character may be a -
    'token <secret>'
    """
    for name, value in environment.items():
        if value and SECRET_NAME.search(name):
            part = re.escape(value)  # a short value may be a part of any word
            part = rf"(?<!\w){part}(?!\w)" if len(value) < SHORT else part
            text = re.sub(part, "<secret>", text)
    return hide_tokens(TWITCH_PASS.sub("<secret>", text))


def clean_error(text: str) -> str:
    """Hide all tokens in the text of an error, and leave out the middle of a huge one."""
    if len(text) > LONGEST_ERROR:
        text = f"{text[: LONGEST_ERROR // 2]} … {text[-LONGEST_ERROR // 2 :]}"
    return hide_secrets(text, {})


def quote_safely(text: str, longest: int = 60) -> str:
    """Return a text for an error: in quotes, without tokens, and only then shortened.

    >>> print(quote_safely("Let's start!", 9))
    "Let's …"
    """
    quoted = repr(clean_error(text))
    return quoted if len(quoted) <= longest else f"{quoted[: longest - 2]}…{quoted[-1]}"


@contextmanager
def without_secrets_in_errors() -> Iterator[None]:
    """Hide all tokens in the text of an error that is raised inside, such as a wrong argument."""
    try:
        yield
    except Exception as error:
        error.args = tuple(clean_error(one) if isinstance(one, str) else one for one in error.args)
        raise
