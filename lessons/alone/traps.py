"""Traps that beginners fall into, known by an error: what to say, and code that shows the error.

A trap is found in a line of a program's error output: in the terminal, in a check and in an exam.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Trap(NamedTuple):
    """An error, what to do about it, and how a right file turns into one that has it."""

    sign: str  # a regular expression for one line, or for the error and the author's line below it
    words: str  # may have a group of the sign, as in \\1
    old: str = ""  # what is replaced in the solution
    new: str = ""  # by this, and the error appears


# In a file whose function is called by a cloud, and whose requests urllib makes.
FUNCTION_TRAPS = (
    Trap(
        r"TypeError: handler\(\) takes \d+ positional arguments? but|Handler 'handler' missing",
        "a cloud calls a function named handler, and hands it two arguments, event and context",
        "def handler(event, context)",
        "def handler(event)",
    ),
    Trap(
        r"handler\(\) missing \d required",
        "call it as a cloud does, with two arguments: handler({}, None)",
    ),
    Trap(
        "Object of type coroutine is not JSON serializable",
        "a cloud awaits nothing. Write def handler without async",
        "def handler",
        "async def handler",
    ),
    Trap(
        "Unable to import module .*No module named '(requests|httpx|telegram|botlib)",
        "this function has Python's own library alone, and no packages. urllib asks the service, "
        "and Telegram, too",
        "import json\n",
        "import json\nimport requests\n",
    ),
    Trap(
        "KeyError: '(CHAT_ID|WEATHER_API)'",
        "notebook 05 sets CHAT_ID and WEATHER_API while it is open. If you have run its cell with "
        "start_alone, and have a real token, write both into the file .env",
    ),
    Trap(
        "KeyError: 'TELEGRAM_API'",
        "write the real address, https://api.telegram.org. The sandbox leads your function to it",
        '"https://api.telegram.org/bot"',
        'os.environ["TELEGRAM_API"] + "/bot"',
    ),
    Trap(
        "KeyError: '(temperature_2m|temperature)'",
        'the number is one level deeper, under "current". Look at the response in the extracts',
        "weather['current']['temperature_2m']",
        "weather['temperature_2m']",
    ),
    Trap(
        "KeyError: '(current|latitude)'",
        'an error of the service has no "current". It has "error" and "reason"',
    ),
    Trap(
        "TypeError: (string|byte) indices must be integers",
        "that is the response's text, and json.load(response) turns it into a dictionary",
        "json.load(response)",
        "response.read()",
    ),
    Trap(
        "TypeError: the JSON object must be str, bytes or bytearray, not HTTPResponse",
        "a response is read by json.load, and a text by json.loads",
        "json.load(",
        "json.loads(",
    ),
    Trap(
        "TypeError: 'HTTPResponse' object is not subscriptable",
        "that is the response, and json.load(response) turns its body into a dictionary",
        "json.load(response)",
        "response",
    ),
    Trap(
        "TypeError: POST data should be bytes",
        "a request carries bytes. urlencode turns a dictionary into a text, and .encode() turns "
        "the text into bytes",
        "form.encode()",
        "form",
    ),
    Trap(
        "ValueError: unknown url type",
        "the address must begin with http:// or https://",
        'os.environ["WEATHER_API"] + "?"',
        '"api.open-meteo.com/v1/forecast" + "?"',
    ),
    Trap(
        "HTTPError: HTTP Error (401|404)",
        "nobody is at this address. A question to the weather service has a ? before it. "
        "Telegram's address is https://api.telegram.org, then /bot with the token right behind it, "
        "then /sendMessage",
        ".org/bot",
        ".org/",
    ),
    Trap(
        "URLError: ",
        "nobody is there. The address of the weather service is in WEATHER_API, and it is another "
        "one when the notebook starts again",
    ),
    Trap(
        "HTTPError: HTTP Error 400",
        "the body of the response says what is wrong. To see it, put the request under try, and "
        "write except HTTPError as error: print(error.read().decode())",
    ),
    Trap(
        "HTTPError: HTTP Error (429|5..)",
        "if a service answers with an error, urlopen raises an HTTPError. Put the request under "
        "try, and a text that says so under except OSError",
        "except OSError",
        "except TimeoutError",
    ),
    Trap(
        "^TimeoutError",
        "nothing came for as long as the timeout says. Write except OSError, which catches this "
        "and all other errors of a network",
        "except OSError",
        "except __import__('urllib').error.HTTPError",
    ),
    Trap(
        "Task timed out",
        "the cloud ended your function, because it waited too long. Give urlopen a time limit that "
        "is shorter than the function's: timeout=2",
        "urlopen(address, timeout=2)",
        "urlopen(address)",
    ),
)
HELLO = "await update.message.reply_text(f"
APPLICATION_ERROR = "'(Application|ExtBot|Bot)' object has no attribute "
TRAPS = (
    *FUNCTION_TRAPS,
    Trap(
        "Conflict: terminated by other getUpdates",
        "a second program asks Telegram with the same token. Is the file running in another "
        "terminal, or is a bot of your notebook still running? Stop one of them: Ctrl+C there, or "
        "home.stop() in the notebook",
    ),
    Trap(
        r"(cannot import name|partially initialized module).*[\\/](telegram|twitchio)\.py|"
        "'(telegram|twitchio)' is not a package",
        "your folder has a file with the library's own name, and Python takes that one. Rename it",
    ),
    Trap(
        "No module named '(telebot|aiogram|pyrogram|telethon)'",
        "that is another library, and it isn't installed. In an exam, write its name into "
        "requirements.txt. Elsewhere, write with python-telegram-bot, whose module is telegram",
        "import os\n",
        "import os\nimport telebot\n",
    ),
    Trap(
        f"{APPLICATION_ERROR}'(message_handler|infinity_polling|polling|reply_to)'",
        "that is telebot's. In python-telegram-bot, a handler is added with "
        "application.add_handler(…), and application.run_polling() asks",
        "application.add_handler(CommandHandler",
        "application.message_handler(CommandHandler",
    ),
    Trap(
        "name 'bot' is not defined",
        "there is no @bot in this library. With python-telegram-bot, add a handler by "
        "application.add_handler(…). With TwitchIO, write @commands.command() in a component",
        "async def echo",
        "@bot.message_handler()\nasync def echo",
    ),
    Trap(
        r"\(\) missing \d required positional arguments?: '(update|context)",
        "with brackets () you call the function. Give add_handler its name alone, and the library "
        "calls it",
        'CommandHandler("hello", hello)',
        'CommandHandler("hello", hello())',
    ),
    Trap(
        "'Message' object has no attribute '(answer|reply|answer_text)'",
        "that is aiogram's. In python-telegram-bot a message has reply_text",
        HELLO,
        "await update.message.answer(f",
    ),
    Trap(
        "'Update' object has no attribute '(text|user|from_user|chat|reply_text|answer)'",
        "the first argument is an update. The message is in it, update.message, and the person who "
        "wrote it, update.effective_user",
        HELLO,
        "await update.reply_text(f",
    ),
    Trap(
        "cannot import name '(Filters|Dispatcher|Updater)'",
        "that is from before 2023, when python-telegram-bot was different. Use Application and "
        "filters, as in the extracts",
        "filters\n",
        "Filters\n",
    ),
    Trap(
        "coroutine '.*' was never awaited",
        "a call of the library is a coroutine, and nothing happens until you write await before it",
        HELLO,
        "update.message.reply_text(f",
    ),
    Trap(
        "(NoneType|str)\\b.* can't be (used in 'await' expression|awaited)",
        "a handler begins with async def. It doesn't return its answer but sends it, with await "
        "before the call",
        'async def hello(update, context):\n    await update.message.reply_text(f"hello',
        'def hello(update, context):\n    return (f"hello',
    ),
    Trap(
        r"SyntaxError: 'await' outside async function",
        "a handler begins with async def, because it has an await inside",
        "async def echo",
        "def echo",
    ),
    Trap(
        "Command `.*` is not a valid bot command",
        'CommandHandler takes the name alone, as in "hello", and answers to /hello. If people '
        'should also write !hello, use PrefixHandler(["!", "/"], "hello", hello)',
        'CommandHandler("hello"',
        'CommandHandler("!hello"',
    ),
    Trap(
        "InvalidToken|rejected by the server|You must pass the token|Unauthorized|Token is invalid",
        "Telegram doesn't know this token. Does the file read it from the environment, by "
        'os.environ["TELEGRAM_TOKEN"]? If it does, log in again: python3 start.py login telegram',
        'os.environ["TELEGRAM_TOKEN"]',
        '"TOKEN"',
    ),
    Trap(
        "KeyError: 'TELEGRAM_TOKEN'",
        "the token is there if you start the file with start.py: python3 start.py run telegram",
    ),
    Trap(
        r"NameError: name '(?!create_)\w+' is not defined",
        "Python doesn't know this name. Is it spelled right? Does a line above it, or an import, "
        "bring it? A handler gets update and context, and nothing else",
        "CommandHandler, ",
        "",
    ),
    Trap(
        "takes [01] positional arguments? but 2 were given",
        "the library calls a handler with two arguments: update and context",
        "def hello(update, context)",
        "def hello(update)",
    ),
    Trap(
        r"KeyError: ('(?!TWITCH_)\w*TOKEN\w*'|.*\n.*environ)",
        "the environment has no variable of this name. The token's name is TELEGRAM_TOKEN: "
        'os.environ["TELEGRAM_TOKEN"] in Python, process.env.TELEGRAM_TOKEN in JavaScript',
    ),
    Trap(
        "'NoneType' object has no attribute",
        "something is None here. update.message is None if an older message was edited. "
        "message.text is None in a sticker, and if the bot joins a group. Then return at once",
    ),
    Trap(
        "reading '(text|chat|from|match|split|startsWith)'",
        "something is undefined here. An update has no message if an older one was edited. A "
        "sticker has no text, nor has the message that the bot has joined a group",
    ),
    Trap(
        "(Syntax|Indentation|Tab)Error",
        "Python can't read your file. Look at this line, and at the end of the line above it",
    ),
    Trap(
        "No module named|Cannot find (package|module)",
        "your computer doesn't have this. Is its name right? The course has python-telegram-bot, "
        "and you import it as telegram. For JavaScript, type npm install NAME in your folder",
    ),
    Trap(
        r"UnboundLocalError: .*variable '(\w+)'",
        r"a function that changes a variable of the file says so in its first line: global \1",
    ),
    Trap(
        r"IndexError: .*\n.*context\.args",
        "nothing follows the command, so context.args is empty. Ask for that first: "
        "if not context.args",
    ),
    Trap(
        r"(?i)bad webhook|\[webhooks\]",
        "run_webhook needs the package tornado, and an address that Telegram can call. Here your "
        "bot asks Telegram: end with application.run_polling()",
    ),
    Trap(
        "(?i)parse entities",
        "Telegram has read < as the beginning of a tag. Leave out parse_mode",
    ),
    Trap(
        "(?i)message is too long",
        "a message on Telegram has 4096 characters at most. Send several",
    ),
    Trap(
        "no running event loop|never retrieved",
        "let the library start your functions: handlers first, then application.run_polling() as "
        "the last line",
    ),
    Trap(
        "NetworkError|ConnectError",
        "the platform can't be reached. Is the internet there? If your bot lives in a notebook's "
        "sandbox, was its kernel restarted?",
    ),
)
TWITCHIO_TRAPS = (
    Trap(
        r"Bot\.__init__\(\) missing .* required keyword-only",
        "TwitchIO 3 wants client_id, client_secret, bot_id and prefix. A bot with a token and "
        "initial_channels here is for TwitchIO 2",
        '            client_id=os.environ["TWITCH_CLIENT_ID"],\n',
        "",
    ),
    Trap(
        "'StreamBot' object has no attribute '_(Bot__modules|login_called|has_closed)",
        "your __init__ takes the place of TwitchIO's. So it has to call it: super().__init__(…), "
        "with what TwitchIO needs",
        "super().__init__(",
        "dict(",
    ),
    Trap(
        "'__all_commands__'",
        "a component is a class that inherits: class Greetings(commands.Component)",
        "class Greetings(commands.Component):",
        "class Greetings:",
    ),
    Trap(
        r"Command signature for '.*' is missing",
        "a command is a method, so it has two parameters before all others: self and ctx",
        "async def hug(self, ctx, name",
        "async def hug(name",
    ),
    Trap(
        "must be passed",
        "to read who follows, a subscription needs two numbers: whose channel it is, and a "
        "moderator of it, who is your bot: self.bot_id",
        ', "moderator_user_id": self.bot_id',
        "",
    ),
    Trap(
        "subscription missing proper authorization",
        "Twitch asks for a consent that is missing. For followers, the moderator must be your bot, "
        "self.bot_id. On the real Twitch it must be a moderator, and its token needs the scope "
        "moderator:read:followers: python3 start.py login twitch --for eventsub",
        '"moderator_user_id": self.bot_id',
        '"moderator_user_id": channel.id',
    ),
    Trap(
        "invalid transport and auth combination",
        "TwitchIO has no token of your bot's account. Call await self.add_token(…) first",
        '        await self.add_token(os.environ["TWITCH_TOKEN"], '
        'os.environ["TWITCH_REFRESH_TOKEN"])\n',
        "",
    ),
    Trap(
        "'ChatMessage' object has no attribute '(content|author|echo|channel)'",
        "that is TwitchIO 2. In TwitchIO 3 a message has text, chatter and broadcaster. And "
        "commands.Bot has an event_message that looks for commands: leave yours out",
        "    async def event_follow",
        "    async def event_message(self, message):\n        print(message.content)\n\n"
        "    async def event_follow",
    ),
    Trap(
        "'Context' object has no attribute",
        "ctx has chatter and send. The words after the command are parameters: async def hug(self, "
        "ctx, name)",
        "hugs {name}",
        "hugs {ctx.words[0]}",
    ),
    Trap(
        "has no attribute '(handle_commands|join_channels|connected_channels|nick|add_cog)'",
        "that is TwitchIO 2. In TwitchIO 3 you subscribe to a channel's chat in setup_hook, and "
        "commands are in a component",
        "await self.add_component",
        'await self.join_channels(["viktor"])\n        await self.add_component',
    ),
    Trap(
        "'ChannelFollow' object has no attribute",
        "in this payload, user is the person who follows, and respond says something",
        "payload.user.display_name",
        "payload.chatter.display_name",
    ),
    Trap(
        "CommandNotFound: ",
        "your bot doesn't have this command. If it should, look at the line above its method: "
        "@commands.command(), with both brackets. If people may write anything, write "
        "event_command_error, as the extracts say. There, isinstance(payload.exception, "
        "commands.CommandNotFound) recognizes this error, and == never does",
        "async def event_command_error",
        "async def event_error_in_a_command",
    ),
    Trap(
        "MissingRequiredArgument: ",
        "the command was written without the word that it needs. A parameter with a value, such as "
        'name="you all", may be left out',
    ),
    Trap(
        "KeyError: 'TWITCH_CLIENT_SECRET'",
        "this bot needs an application with a secret, which a bot on IRC doesn't. Log in for it: "
        "python3 start.py login twitch --for eventsub",
    ),
    Trap(
        "KeyError: 'TWITCH_",
        "the settings are there if you start the file with start.py: python3 start.py run twitch",
        'os.environ["TWITCH_BOT_ID"]',
        'os.environ["TWITCH_BOT"]',
    ),
)

# In files that hold a line by a socket. What is replaced is in the solution of line.py.
SOCKET_TRAPS = (
    Trap(
        r"name '(create_connection|create_default_context)'|module 'socket' has no attribute",
        "that is socket.create_connection(…), after import socket. If the import is there, your "
        "folder may have a file socket.py or ssl.py: rename it",
        "socket.create_connection",
        "create_connection",
    ),
    Trap(
        "bytes-like object is required, not 'str'",
        "a socket carries bytes. encode() turns a text into bytes, and decode() turns it back",
        ".encode()",
        "",
    ),
    Trap(
        r"can only concatenate str \(not \"bytes\"\)|can't concat str to bytes",
        "first put the texts together, then turn the whole into bytes: (… + …).encode()",
        '(line + "\\r\\n").encode()',
        'line + "\\r\\n".encode()',
    ),
    Trap(
        "startswith first arg must be bytes|argument should be .* bytes-like",
        "what recv returns are bytes. Turn a whole line into a text first: .decode()",
    ),
    Trap(
        "UnicodeDecodeError",
        "this piece ends inside a character. First collect the bytes of a whole line, then decode",
        'ear = wire.makefile(encoding="utf-8", newline="\\r\\n")\n',
        """
class Ear:
    rest = ""

    def readline(self):
        while "\\r\\n" not in self.rest:
            self.rest += wire.recv(1024).decode()
        line, _, self.rest = self.rest.partition("\\r\\n")
        return line


ear = Ear()
""",
    ),
    Trap(
        "gaierror",
        "there is no such machine. Is it spelled irc.chat.twitch.tv? Without the sandbox: is the "
        "internet there?",
        "irc.chat.twitch.tv",
        "irc.twitch.tv",
    ),
    Trap(
        r"not enough values to unpack|list index out of range",
        "the list is shorter than this line needs, or empty. Ask for its length first, by len(…). "
        "In IRC, some lines have fewer parts: first look which command it is, then take it apart",
        'elif " PRIVMSG " in line',
        "else",
    ),
    Trap(
        "WRONG_VERSION_NUMBER|UNEXPECTED_EOF|EOF occurred in violation",
        "this port has no TLS. With TLS, take 6697",
    ),
    Trap(
        "BrokenPipeError|ConnectionResetError",
        "the line was closed. Port 6697 wants TLS. Otherwise Twitch has hung up, or the line broke",
    ),
)

ERROR_TRAPS = (*TRAPS, *SOCKET_TRAPS, *TWITCHIO_TRAPS)


def advice_on(error: str) -> str:
    """Return what to do about an error's line, as a line of its own; "" if no trap is known.

    >>> advice_on("RuntimeWarning: coroutine 'Message.reply_text' was never awaited")[:36]
    '→ A call of the library is a corouti'
    >>> advice_on("all is well")
    ''
    """
    return find_advice(ERROR_TRAPS, error)


def find_words(traps: Iterable[Trap], found: str) -> str:
    """Return what to say about what was found; "" if no trap fits."""
    matches = ((re.search(trap.sign, found), trap.words) for trap in traps)
    return next((match.expand(words) for match, words in matches if match), "")


def find_advice(traps: Iterable[Trap], found: str) -> str:
    """Return what to do about what was found, as a line of its own; "" if no trap fits."""
    words = find_words(traps, found)
    end = "" if words.endswith(("?", ":")) else "."
    return f"→ {words[0].upper()}{words[1:]}{end}" if words else ""
