"""The brain: a message comes in, replies go out.

It does not know where the message came from. Telegram, Twitch, a test or a notebook
cell hand it a `Message`; the answer is a list of texts. Nothing here opens a connection.
"""

import re
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from typing import NamedTuple

Reply = str | Iterable[str] | None
Command = Callable[["Message"], Reply | Awaitable[Reply]]

LONGEST_NAME = 32  # also Telegram's limit for a command
APOLOGY = "Sorry, {command} did not work. Whoever made me finds the reason in my log."
APOLOGISE_EVERY_S = 60.0  # to one chat: a bot that fails at each message must not flood it
JOINER = "\u200d"  # makes one emoji of two
EXTENDS = (("\u0300", "\u036f"), ("\ufe00", "\ufe0f"), ("🏻", "🏿"))  # accents, forms, skins


class TryAgain(Exception):  # noqa: N818 - a name one reads as a sentence
    """A command's way to say: not now, but the same message may be answered later.

    A platform that sends again what was not taken is then asked to; others see a failed command.
    """


class Message(NamedTuple):  # a dataclass would cost each cold start 13 ms: it loads `inspect`
    """One text that someone wrote in a chat."""

    text: str
    user: str = "someone"
    chat: str = ""
    user_id: str = ""

    @property
    def arguments(self) -> str:
        """What follows the command.

        >>> Message("!say good morning").arguments
        'good morning'
        """
        first_and_rest = self.text.split(maxsplit=1)
        return first_and_rest[1].strip() if len(first_and_rest) == 2 else ""

    @property
    def words(self) -> list[str]:
        """The arguments, word by word.

        >>> Message("!add 2 3").words
        ['2', '3']
        """
        return self.arguments.split()


class Bot:
    """Commands by name, and what to say when one is called."""

    def __init__(self, prefixes: str = "!/") -> None:
        if not isinstance(prefixes, str) or not re.fullmatch(r"[^\w\s]+", prefixes):
            raise ValueError(
                "prefixes must be a text of the signs a command may begin with, such as "
                f'Bot("!/"); found {prefixes!r}'
            )
        self.prefixes = prefixes
        self._commands: dict[str, tuple[Command, str]] = {}
        self._apologised: dict[str, float] = {}  # a chat, and when (time.monotonic)
        self.command("help", help="what I can do")(self._help)

    def command(self, name: str, help: str = "") -> Callable[[Command], Command]:
        """Register the function below as the command `name`; it may be `def` or `async def`."""
        if not isinstance(name, str):
            raise TypeError('write @bot.command("hello"), with the name in quotes and brackets')
        name = name.lstrip(self.prefixes).casefold()
        if not re.fullmatch(rf"\w{{1,{LONGEST_NAME}}}", name):
            raise ValueError(
                f"{name!r} cannot be a command: expected one word of letters, digits and _, "
                f'at most {LONGEST_NAME} long. Write, for example, @bot.command("hello").'
            )

        def register(function: Command) -> Command:
            check_parameters(function)
            described = (function.__doc__ or "").strip().partition("\n")[0]
            self._commands[name] = (function, help or described)
            return function

        return register

    @property
    def commands(self) -> list[str]:
        """The names of all commands, in the order in which they were made."""
        return list(self._commands)

    def called(self, text: str) -> str | None:
        """Name the command that a text calls, known or not; None for ordinary talk.

        >>> Bot().called("!Hello there"), Bot().called("hello there"), Bot().called("!!!")
        ('hello', None, None)
        """
        prefix = re.escape(self.prefixes)
        match = re.match(rf"\s*[{prefix}](\w{{1,{LONGEST_NAME}}})(?!\S)", text)
        return match[1].casefold() if match else None

    async def answer(self, message: Message) -> list[str]:
        """All replies to a message, in order; an error in a command is the caller's to handle."""
        reply = self._call(message)
        return as_list(await reply if isinstance(reply, Awaitable) else reply)

    def replies(self, message: Message) -> list[str]:
        """The same for a caller that is not async; an `async def` command is waited for."""
        reply = self._call(message)
        return as_list(finish(reply) if isinstance(reply, Awaitable) else reply)

    async def respond(self, message: Message) -> list[str]:
        """What a door sends: `answer`'s replies, or the apology of a command that failed.

        A message that breaks a command would break it again, so it counts as answered: sent
        again and again, it would jam the chat. Only TryAgain goes on to the caller.
        """
        try:
            return await self.answer(message)
        except TryAgain:
            raise
        except Exception as error:
            return self.failed(message, error)

    def respond_now(self, message: Message) -> list[str]:
        """The same for a caller that is not async."""
        try:
            return self.replies(message)
        except TryAgain:
            raise
        except Exception as error:
            return self.failed(message, error)

    def failed(self, message: Message, error: BaseException) -> list[str]:
        """Log a command's error with its line; give an apology, once a minute for each chat."""
        import logging  # here, because few commands fail, and each import is paid at a cold start
        import time

        name = self.called(message.text) or ""
        function, _ = self._commands.get(name, (None, ""))
        code = getattr(function, "__code__", None)  # where a command was written, if in Python
        line = line_of(error, code.co_filename, code.co_firstlineno) if code else ""
        command = f"{self.prefixes[0]}{name}"
        logging.getLogger(__name__).error(
            "%s failed: %s: %s%s", command, type(error).__name__, error, line
        )
        now = time.monotonic()
        recent = {chat: at for chat, at in self._apologised.items() if now - at < APOLOGISE_EVERY_S}
        self._apologised = recent
        if message.chat in recent:
            return []
        recent[message.chat] = now
        return [APOLOGY.format(command=command)]

    def _call(self, message: Message) -> Reply | Awaitable[Reply]:
        """Call the command that a message names; an `async def` one is still to be awaited."""
        name = self.called(message.text)
        if name is None:
            return None
        if name not in self._commands:
            return self._unknown(name)
        function, _ = self._commands[name]
        return function(message)

    def ask(self, text: str, user: str = "someone") -> str:
        """Ask the brain directly, with no platform in between; several replies come as lines."""
        return "\n".join(self.replies(Message(text, user)))

    def _help(self, _: Message) -> str:
        lines = [f"{self.prefixes[0]}{name} {help}" for name, (_, help) in self._commands.items()]
        return "\n".join(line.strip() for line in lines)

    def _unknown(self, name: str) -> str:
        from difflib import get_close_matches  # here, because few messages need it

        prefix = self.prefixes[0]
        near = get_close_matches(name, self._commands, n=1)
        hint = f"Did you mean {prefix}{near[0]}?" if near else f"Try {prefix}help."
        return f"I do not know {prefix}{name}. {hint}"


def check_parameters(function: Command) -> None:
    """TypeError unless it can be called with a message; what shows no parameters is let through.

    >>> def hello(): ...
    >>> check_parameters(hello)
    Traceback (most recent call last):
    TypeError: a command gets one argument, the message; found hello(). Write def hello(message):
    """
    code = getattr(function, "__code__", None)  # `inspect` would see more, and takes 13 ms to load
    if code is None:
        return
    is_method = hasattr(function, "__self__")  # then its object is given, too
    has_args = code.co_flags & 0x04  # inspect.CO_VARARGS: *args takes any number
    least = code.co_argcount - len(getattr(function, "__defaults__", None) or ())
    named = code.co_kwonlyargcount - len(getattr(function, "__kwdefaults__", None) or ())
    too_many = 1 + is_method > code.co_argcount and not has_args
    if named or least > 1 + is_method or too_many:
        found = ", ".join(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        name, wanted = code.co_name, "self, message" if is_method else "message"
        write = f"lambda {wanted}: …" if name == "<lambda>" else f"def {name}({wanted}):"
        raise TypeError(
            f"a command gets one argument, the message; found {name}({found}). Write {write}"
        )


def as_list(reply: Reply) -> list[str]:
    """Turn what a command returned into texts; blank ones are left out. TypeError for others.

    >>> as_list("one"), as_list(["one", "two"]), as_list(None), as_list("  ")
    (['one'], ['one', 'two'], [], [])
    """
    if reply is None:
        return []
    texts = list(reply) if isinstance(reply, Iterable) and not isinstance(reply, str) else [reply]
    for text in texts:
        if not isinstance(text, str):
            if isinstance(text, AsyncIterable):
                raise TypeError("an async def command cannot yield: return a list of texts instead")
            raise TypeError(
                f"a command returns a text, a list of texts or None; found {text!r}. "
                "str(…) makes a text of it."
            )
    return [text for text in texts if text.strip()]


def finish(reply: Awaitable[Reply]) -> Reply:
    """Wait for an `async def` command; on a thread, since a notebook's own already runs a loop."""
    import asyncio  # here, because few commands need it, and it takes 25 ms to load
    from concurrent.futures import ThreadPoolExecutor

    async def wait() -> Reply:
        return await reply

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, wait()).result()


def line_of(error: BaseException, file: str, line: int) -> str:
    """Say where in a file an error arose, as " (main.py, line 7)"; at `line`, if elsewhere."""
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" ({file.replace(chr(92), '/').rpartition('/')[2]}, line {line})"


def split(text: str, limit: int) -> list[str]:
    """Cut a long text into messages, at a line's end or a space where there is one.

    >>> split("one two three", 8)
    ['one two', 'three']
    >>> split("abcdef", 4)
    ['abcd', 'ef']

    Half a character (a lone surrogate) becomes "?": no network can carry it.
    """
    parts, text = [], text.encode("utf-8", "replace").decode()
    while len(text) > limit:
        head = text[: limit + 1]
        at = max(head.rfind("\n"), head.rfind(" "))
        at = at if at > 0 else before_sign(text, limit)
        parts.append(text[:at])
        text = text[at:].lstrip("\n ")
    return [part for part in [*parts, text] if part.strip()]


def before_sign(text: str, limit: int) -> int:
    """Find where to cut so that no emoji or accented letter of several characters is cut.

    >>> before_sign("ab👍🏽", 3), before_sign("abcd", 3)
    (2, 3)
    """
    at = limit
    while at and (JOINER in text[at - 1 : at + 1] or any(a <= text[at] <= b for a, b in EXTENDS)):
        at -= 1
    return at or limit
