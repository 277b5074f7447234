"""What a bot says: a message comes in, replies go out.

A bot does not know where a message comes from. Telegram, Twitch, a test or a notebook cell gives
it a `Message` and gets a list of texts. Nothing here opens a connection.
"""

import re
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from botlib.details.command_thread import CommandThread

Reply = str | Iterable[str] | None
Command = Callable[["Message"], Reply | Awaitable[Reply]]

HELP = "what I can do"
LONGEST_NAME = 32  # also Telegram's limit for a command
APOLOGY = "Sorry, {command} did not work. Whoever made me finds the reason in my log."
APOLOGIZE_EVERY_S = 60.0  # to one chat: a bot that fails at each message must not flood it


class TryAgain(Exception):  # noqa: N818 - it reads as a sentence
    """A command raises it if it cannot answer now, but may answer the same message later.

    A webhook then asks its platform to send the message again. For a program, which gets each
    message only once, the command has failed.
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
        self.other_names: dict[str, str] = {}  # {"dice": "roll"}: !dice calls !roll, unlisted
        self._apologized: dict[str, float] = {}  # a chat, and when (time.monotonic)
        self._included: dict[str, dict[str, tuple[Command, str] | None]] = {}  # see include_folder
        self.command_thread: CommandThread | None = None  # of a program's plain `def` commands
        self.command("help", help=HELP)(self._help)

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
            docstring = (function.__doc__ or "").strip().partition("\n")[0]
            self._commands[name] = (function, help or docstring)
            return function

        return register

    def command_in(self, text: str) -> str | None:
        """Return the name of the command in a text, known or not; None for ordinary talk.

        >>> [Bot().command_in(text) for text in ("!Hello there", "hello there", "!!!")]
        ['hello', None, None]
        """
        prefix = re.escape(self.prefixes)
        match = re.match(rf"\s*[{prefix}](\w{{1,{LONGEST_NAME}}})(?!\S)", text)
        name = match[1].casefold() if match else None
        return name if name in self._commands else self.other_names.get(name or "", name)

    def ask(self, text: str, user: str = "someone") -> str:
        """Ask the bot directly, with no platform in between; several replies come as lines."""
        return "\n".join(self.replies(Message(text, user)))

    def replies(self, message: Message) -> list[str]:
        """Return all replies to a message, in order; raises whatever its command raises."""
        reply = self._call(message)
        return reply_texts(run_coroutine(reply) if isinstance(reply, Awaitable) else reply)

    def _call(self, message: Message) -> Reply | Awaitable[Reply]:
        """Call the command that a message names; you await the result of an `async def` one."""
        name = self.command_in(message.text)
        if name is None:
            return None
        if name not in self._commands:
            return self._unknown(name)
        function, _ = self._commands[name]
        return function(message)

    def _is_plain(self, message: Message) -> bool:
        """Whether a message calls a `def` command of the bot's maker, which may think for long."""
        from inspect import iscoroutinefunction

        function, _ = self._commands.get(self.command_in(message.text) or "", (None, ""))
        return function not in (None, self._help) and not iscoroutinefunction(function)

    def _help(self, _: Message) -> str:
        lines = [f"{self.prefixes[0]}{name} {help}" for name, (_, help) in self._commands.items()]
        return "\n".join(line.strip() for line in lines)

    def _unknown(self, name: str) -> str:
        from difflib import get_close_matches  # here, because few messages need it

        prefix = self.prefixes[0]
        near = get_close_matches(name, list(self._commands), n=1)
        hint = f"Did you mean {prefix}{near[0]}?" if near else f"Try {prefix}help."
        return f"I do not know {prefix}{name}. {hint}"

    def safe_replies(self, message: Message) -> list[str]:
        """Return what a platform should send: the replies, or an apology if the command failed.

        A message that breaks a command would break it again, so it counts as answered. If the
        platform sent it again and again, nobody else would be answered. Only TryAgain reaches the
        caller.
        """
        try:
            return self.replies(message)
        except TryAgain:
            raise
        except (Exception, SystemExit) as error:
            return self._report_failure(message, error)

    async def safe_replies_async(
        self, message: Message, within_s: float | None = None
    ) -> list[str]:
        """Do the same from async code, on the running loop.

        `within_s` is for a program, which gets each message only once: a command has failed, too,
        if it raises TryAgain, or if an `async def` one takes longer than so many seconds. A plain
        `def` one runs in a thread of its own (details/command_thread.py) and nothing can stop it.
        """
        import asyncio

        def call() -> list[str] | Awaitable[Reply]:
            reply = self._call(message)
            return reply if isinstance(reply, Awaitable) else reply_texts(reply)

        limit = asyncio.timeout(within_s)
        try:
            if within_s is not None and self._is_plain(message):
                from botlib.details.command_thread import CommandThread, result_of

                self.command_thread = self.command_thread or CommandThread()
                reply = result_of(await self.command_thread.run(call, message.text.split()[0]))
            else:
                reply = call()
            if isinstance(reply, list):
                return reply
            async with limit:
                return reply_texts(await reply)
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            task = asyncio.current_task()
            if task and task.cancelling():  # the caller stops; otherwise the command raised it
                raise
            if within_s is None and isinstance(error, TryAgain):
                raise
            if limit.expired():
                error = TimeoutError(f"no reply within {within_s:g} s")
            return self._report_failure(message, error)

    def _report_failure(self, message: Message, error: BaseException) -> list[str]:
        """Log a command's error with its line; return an apology, one a minute for each chat."""
        import time  # here, because few commands fail, and each import is paid at a cold start

        from botlib.details.failures import log_failure

        name = self.command_in(message.text) or ""
        function, _ = self._commands.get(name, (None, ""))
        command = f"{self.prefixes[0]}{name}"
        log_failure(command, function, error)
        now = time.monotonic()
        recent = {chat: at for chat, at in self._apologized.items() if now - at < APOLOGIZE_EVERY_S}
        self._apologized = recent
        if message.chat in recent:
            return []
        recent[message.chat] = now
        return [APOLOGY.format(command=command)]

    @property
    def commands(self) -> list[str]:
        """The names of all commands, in the order in which they were made."""
        return list(self._commands)

    def include_folder(self, folder: str = "commands") -> None:
        """Add the commands of each .py file in a folder beside the file that calls this.

        Each file makes its own small `bot = Bot()` with commands. If a file cannot be used, its
        error is logged and the other files still work. ValueError if the folder is not there.
        """
        from botlib.details.bot_files import beside_caller, include_folder  # few bots need it

        include_folder(beside_caller(folder), self, self._commands, self._included)

    def own_commands(self) -> dict[str, tuple[Command, str]]:
        """Each command by its name, with its description; without the built-in help."""
        return {
            name: command for name, command in self._commands.items() if command[0] != self._help
        }


def check_parameters(function: Command) -> None:
    """Raise TypeError if a function cannot be called with a message alone.

    A callable that does not show its parameters passes.

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
    required = code.co_argcount - len(getattr(function, "__defaults__", None) or ())
    keywords = code.co_kwonlyargcount - len(getattr(function, "__kwdefaults__", None) or ())
    too_many = 1 + is_method > code.co_argcount and not has_args
    if keywords or required > 1 + is_method or too_many:
        found = ", ".join(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        name, wanted = code.co_name, "self, message" if is_method else "message"
        write = f"lambda {wanted}: …" if name == "<lambda>" else f"def {name}({wanted}):"
        raise TypeError(
            f"a command gets one argument, the message; found {name}({found}). Write {write}"
        )


def reply_texts(reply: Reply) -> list[str]:
    """Turn what a command returned into texts without blank ones; TypeError for anything else.

    >>> reply_texts("one"), reply_texts(["one", "two"]), reply_texts(None), reply_texts("  ")
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
                "str(…) turns it into a text."
            )
    return [text for text in texts if text.strip()]


def run_coroutine(reply: Awaitable[Reply]) -> Reply:
    """Run an `async def` command to its end, in a thread because a notebook already runs a loop."""
    import asyncio  # here, because few commands need it, and it takes 25 ms to load
    from concurrent.futures import ThreadPoolExecutor

    async def wait_for_reply() -> Reply:
        return await reply

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, wait_for_reply()).result()
