"""Files that are written alone: the check says what came back, and names the nearest trap."""

import json
import re

import pytest
from notebook_runs import NOTEBOOKS

from bot_sandbox import Twitch
from lessons.alone.check import check_alone, start_alone, write_solution
from lessons.alone.open_sandbox import find_open_sandbox
from lessons.alone.sections import SECTIONS
from lessons.alone.traps import FUNCTION_TRAPS, TRAPS, TWITCHIO_TRAPS, advice_on
from lessons.commands import solution
from lessons.learner_bot import keep_name
from lessons.progress.course_map import EXERCISE_TAGS, was_passed

CODE = SECTIONS["phone.py"].solution
SHOWN = [
    *(("phone.py", trap) for trap in TRAPS if trap.old and trap not in FUNCTION_TRAPS),
    *(("stream.py", trap) for trap in TWITCHIO_TRAPS if trap.old),
    *((file, trap) for file, section in SECTIONS.items() for trap in section.traps),
]


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """The folder of the files that are written alone, with the sections begun."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path / "own"))
    for file in SECTIONS:
        start_alone(file)
    return tmp_path / "workshop/alone"


@pytest.fixture
def check(alone, capsys):
    """Save this text as a file, and return what the check says of it."""

    def check(text=None, file="phone.py", part=0):
        if text is not None:
            (alone / file).write_text(text)
        if file == "test_webhook.py":
            (alone / "webhook.py").write_text(SECTIONS["webhook.py"].solution)
        capsys.readouterr()
        check_alone(file, part)
        return capsys.readouterr().out

    return check


def test_the_place_is_looked_at_first(alone, check):
    assert "there is no phone.py in workshop/alone\n" in check()
    (alone / ".ipynb_checkpoints").mkdir()
    (alone / "untitled.py").write_text(CODE)
    assert "There is untitled.py. Has yours another name?" in check()
    (alone / "untitled.py").unlink()
    (alone.parent / "phone.py").write_text(CODE)
    assert "There is one in workshop: move it" in check()
    token = f"1234567890:{'A' * 35}"
    said = check(CODE.replace('os.environ["TELEGRAM_TOKEN"]', repr(token)))
    assert "\nphone.py:14: application = Application.builder().token('<secret>').build()\n" in said
    assert "A token must never be in a file." in said and token not in said
    assert "phone.py:1: def f()\nSyntaxError: expected ':'" in check("def f()\n    pass\n")
    said = check("if x:\nprint(x)\n")
    assert "begin four spaces further right." in said and "phone.py:2: print(x)" in said
    assert "phone.py is empty. Have you saved it? Ctrl+S" in check("")
    (alone / "telegram.py").write_text(CODE)
    assert "workshop/alone has a file telegram.py. Python takes it for the library" in check(CODE)


@pytest.mark.slow("bots that are started")
@pytest.mark.parametrize(("file", "trap"), SHOWN, ids=[trap.words[:40] for _, trap in SHOWN])
def test_each_trap_is_named(check, file, trap):
    code = SECTIONS[file].solution
    assert code.count(trap.old) == 1
    said = check(code.replace(trap.old, trap.new), file)
    assert said.startswith("… not yet: ")
    assert trap.words[1:] in said
    assert "site-packages" not in said


@pytest.mark.slow("bots that are started")
def test_it_says_who_wrote_what_and_what_came_back(check):
    said = check(CODE.replace("update.effective_user.first_name", "update.message.text"))
    assert 'Viktor wrote /hello. "hello /hello!" came back. Expected the name Viktor' in said
    for answer in ('f"you said {update.message.text}"', "update.message"):  # has it, and more
        said = check(CODE.replace("reply_text(update.message.text)", f"reply_text({answer})"))
        assert "see you at eight" in said and "Expected exactly the same text" in said
    said = check(CODE.replace("await update.message.reply_text(f", "await update.message.answer(f"))
    assert (
        "Viktor wrote /hello. Nothing came back, and phone.py printed:\nphone.py:7: await" in said
    )
    said = check(CODE.replace('application.add_handler(CommandHandler("hello", hello))\n', ""))
    only = "MessageHandler(filters.TEXT & ~filters.COMMAND, echo)"
    assert f"came back. Above run_polling, phone.py adds {only}. Does one of them fit?" in said
    above, below = CODE.split("application.add_handler", 1)
    below = f"application.run_polling()\napplication.add_handler{below}"
    assert "Above run_polling, phone.py adds no handler." in check(above + below)
    silent = CODE.replace("await update.message.reply_text(f", "return (f")
    assert "It has to send its answer: what it returns or prints goes nowhere" in check(silent)
    said = check("from botlib import Bot\n\nbot = Bot()\n")
    assert "phone.py imports botlib, which is this course's own." in said
    assert "begin with what python_telegram_bot.md shows" in said
    said = check(CODE.replace("await update.message.reply_text(f", "os._exit(0)  # ("))
    assert "Viktor wrote /hello. Nothing came back, and phone.py has ended\n" in said
    said = check(CODE.replace("application.run_polling()", ""))
    assert "phone.py ended before it asked Telegram anything." in said
    said = check(CODE.replace("\napplication", "\n    application"))  # inside a function
    assert "What is indented belongs to the function above it" in said
    assert "is as it was" not in said
    said = check(CODE.replace('["TELEGRAM_TOKEN"]', '["TELEGRAM_TOKEN"][1:]'))
    assert "\nphone.py:17: application.run_polling()\n" in said and "self.__run" not in said
    assert "phone.py is as it was at the last check. If you have changed it, save it" in check()


def handler_file(text, *, before="", after="", inside=""):
    """Return a file whose handler sends a text, with lines before, inside and after it."""
    head = SECTIONS["weather.py"].solution.partition("def handler")[0]
    send_it = 'urlopen(TELEGRAM + "/sendMessage", form.encode(), timeout=2).close()'
    form = f'form = urlencode({{"chat_id": os.environ["CHAT_ID"], "text": {text}}})'
    body = "\n    ".join(filter(None, [inside, form, send_it]))
    return f"{head}{before}\ndef handler(event, context):\n    {body}\n{after}"


ASK = "\n    ".join(
    [
        'address = os.environ["WEATHER_API"] + "?" + urlencode(PLACE)',
        "with urlopen(address, timeout=2) as response:",
        "    degrees = json.load(response)['current']['temperature_2m']",
    ]
)
ASK_OR_KEEP = """try:
        with urlopen(os.environ["WEATHER_API"] + "?" + urlencode(PLACE), timeout=2) as response:
            KEPT.append(json.load(response)["current"]["temperature_2m"])
    except OSError:
        pass"""


PLAIN_HTTP = """url = urlsplit(os.environ["WEATHER_API"])
    try:
        wire = HTTPConnection(url.netloc, timeout=2)
        wire.request("GET", url.path + "?" + urlencode(PLACE))
        response = wire.getresponse()
        text = str(json.load(response)["current"]["temperature_2m"])
    except OSError:
        text = "no weather\""""
PLAIN_IMPORTS = "from http.client import HTTPConnection\nfrom urllib.parse import urlsplit\n"
NOT_RAISED = "The service did answer, with an error, so nothing went to except. Ask whether"


@pytest.mark.slow("functions that are called")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (handler_file("text", before=PLAIN_IMPORTS, inside=PLAIN_HTTP), NOT_RAISED),
        (
            handler_file(
                "text",
                before=PLAIN_IMPORTS,
                inside=PLAIN_HTTP.replace(
                    "        text = str(",
                    "        if response.status == 200:\n            text = str(",
                ),
            ),
            "This time no line gave text a value. Above try, give it the text that says",
        ),
        (
            handler_file("degrees", inside=ASK).replace(
                "urlopen(TELEGRAM", "return degrees\n    urlopen(T"
            ),
            "with 8.7 °C. It returned 8.7, and nothing came to the chat. A timer throws away what",
        ),
        (
            handler_file("degrees", inside=ASK)
            .replace("urlopen(TELEGRAM", "print(degrees); (TELEGRAM")
            .replace(", form.encode(), timeout=2).close()", ")"),
            "with 8.7 °C. Nothing came to the chat. A timer throws away what a function returns",
        ),
        (
            handler_file("degrees", inside=ASK, after="handler({}, None)"),
            "weather.py sent a message when the cloud only loaded it",
        ),
        (
            handler_file("degrees", inside=ASK.replace("address,", "'http://127.0.0.1:9',")),
            "Nobody is there. The address of the weather service is in WEATHER_API",
        ),
        (
            handler_file("degrees", inside=ASK.replace(' + "?"', "")),
            "A question to the weather service has a ? before it",
        ),
        (handler_file("'sunny'"), '"sunny" came to the chat, but nobody asked the weather service'),
        (handler_file("'sunny'", inside=ASK), "Expected a text with the temperature, 8.7"),
        (
            handler_file("KEPT[-1]", before="KEPT = []\n", inside=ASK_OR_KEEP),
            'answered with an error. "21.4" came to the chat, but it can\'t know that',
        ),
        (
            SECTIONS["weather.py"].solution.replace("no weather today", "it was 18.2 °C"),
            '"Oslo: it was 18.2 °C." came to the chat, but it can\'t know that',
        ),
        (
            SECTIONS["weather.py"].solution.replace("['current']", "").replace(" OSError", ""),
            "Expected a text with the temperature, 8.7. An except that isn't except OSError may",
        ),
        (
            handler_file("degrees", inside=ASK).replace('os.environ["CHAT_ID"]', "4711"),
            'refused: "Bad Request: chat not found". Take the chat from outside: os.environ["CHAT',
        ),
        (
            handler_file("degrees", inside=ASK)
            .replace(".close()", ".close()\n    " + "X")
            .replace("X", 'urlopen(TELEGRAM + "/sendMessage", form.encode(), timeout=2).close()'),
            "2 messages came to the chat. Expected one",
        ),
        (
            SECTIONS["weather.py"].solution.replace('temperature_2m"}', 'temperature"}'),
            "The weather service refused the question: 400: Cannot initialize WeatherVariable",
        ),
        (
            SECTIONS["weather.py"].solution.replace('WEATHER_API"] + "?"', 'WEATHER_API"] + "/?"'),
            "The weather service refused the question: 404: Not Found",
        ),
        (
            SECTIONS["weather.py"].solution.replace("    text =", "   text =", 1),
            "Python can't read your file:\nweather.py:15: ",
        ),
        (
            SECTIONS["weather.py"].solution.replace("context):", "context)"),
            "Python can't read your file:\nweather.py:10: def handler(event, context)\n"
            "SyntaxError: expected ':'\n",
        ),
        (
            SECTIONS["weather.py"].solution.replace("def handler", "def send_weather"),
            "A cloud calls a function named handler",
        ),
    ],
)
def test_it_says_what_a_timer_met(check, code, words):
    assert words in check(code, "weather.py")


@pytest.mark.slow("bots that are started")
def test_after_three_failed_saves_it_says_where_a_solution_is_and_the_solution_passes(alone, check):
    for number in (1, 1, 2):
        assert "solution" not in check(f"# {number}\nprint('hi')\n")
    said = check("print('hi')\n")
    assert "Are you stuck? In the terminal, python3 start.py solution 02 shows one way." in said
    assert "Application" not in said
    (alone / "phone.py").unlink()
    assert "solution" not in check()
    assert not was_passed("02_on_your_phone", 2)
    write_solution("phone.py")
    (alone / "phone.py").write_text(CODE)
    assert check().startswith("✔ passed: phone.py greets Viktor and Ada by name")
    assert was_passed("02_on_your_phone", 2)


@pytest.mark.slow("bots that are started")
@pytest.mark.parametrize("file", SECTIONS)
def test_each_solution_passes(check, file):
    assert check(SECTIONS[file].solution, file) == f"✔ passed: {SECTIONS[file].shown}\n"


@pytest.mark.slow("bots that are started")
@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            "phone.py",
            "Viktor wrote /hello. Nothing came back. Above run_polling, phone.py adds Com",
        ),
        (
            "stream.py",
            "Ada wrote !hug Bob. Nothing came back, and stream.py printed:\nIgnoring exc",
        ),
    ],
)
def test_the_program_in_the_extracts_runs_and_is_not_the_solution(check, file, words):
    extracts = SECTIONS[file].extracts_text
    (code,) = re.findall(r"```python\n(.*?)```", extracts, re.DOTALL)
    assert words in check(code, file)


@pytest.mark.slow("bots that are started")
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('await ctx.send(f"hello', 'ctx.send(f"hello', "nothing happens until you write await"),
        (
            "await self.subscribe_websocket(eventsub.Ch",
            "self.subscribe_websocket(eventsub.Ch",
            "await",
        ),
        ("    @commands.command()\n    async def hug", "    async def hug", "and both brackets"),
        (
            "not isinstance(payload.exception, commands.CommandNotFound)",
            "payload.exception != commands.CommandNotFound",
            "isinstance(payload.exception, commands.CommandNotFound) recognizes this error, and ==",
        ),
        (
            "@commands.command()\n    async def hug",
            "@bot.command()\n    async def hug",
            "no @bot in this",
        ),
        (
            "StreamBot().run(with_adapter=False, load_tokens=False, save_tokens=False)",
            "StreamBot()",
            "stream.py ended at once. Is StreamBot().run(…) its last line?",
        ),
    ],
)
def test_it_says_what_a_bot_on_twitch_lacks(check, old, new, words):
    code = SECTIONS["stream.py"].solution
    assert old in code
    assert words in check(code.replace(old, new), "stream.py")


@pytest.mark.slow("a bot that is started")
def test_a_bot_may_answer_a_command_that_it_does_not_have(check):
    code = SECTIONS["stream.py"].solution
    own = 'await payload.context.send("I can hello and hug")\n            return\n'
    said = check(
        code.replace(
            "if not isinstance(payload.exception, commands.CommandNotFound):\n",
            f"if isinstance(payload.exception, commands.CommandNotFound):\n            {own}"
            "        else:\n",
        ),
        "stream.py",
    )
    assert said.startswith("✔ passed: stream.py")


@pytest.mark.slow("a bot that is started")
def test_a_file_with_tokens_is_named_and_deleted(alone, check):
    file = alone / ".tio.tokens.json"
    code = SECTIONS["stream.py"].solution
    said = check(code.replace(", load_tokens=False, save_tokens=False", ""), "stream.py")
    assert "wrote your bot's tokens into .tio.tokens.json" in said
    assert not file.exists()


@pytest.mark.slow("a bot that is started")
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (' + "\\r\\n"', "", r"Each line that you send ends in \r\n"),
        ("line.rstrip().split", "line.split", "and with which end: rstrip() removes it"),
        ("oauth:", "", "PASS must be oauth:<token>; the oauth: was missing"),
        ("NICK hello_bot", "NOCK hello_bot", "it didn't log in. Send PASS, then NICK, then JOIN"),
        ("JOIN #", "JOIN ", "it isn't in the channel. Send JOIN #viktor, with the #"),
        ('"PONG"', '"PING"', "Twitch sent PING :tmi.twitch.tv, and no PONG came back"),
        (
            'hello {login}!")\n',
            'hello {login}!")\n    else:\n        break\n',
            "A break belongs only below the if that asks for a closed line",
        ),
        ("        break\n", "        pass\n", "Twitch has hung up, and line.py still runs."),
        ("6697", "6667", "port 6667 has no TLS. If the socket is wrapped by ssl, the port is 6697"),
        (
            "while True",
            "for once in [1]",
            "line.py has ended. Is the reading in a loop, while True?",
        ),
        (
            'if line.startswith("PING")',
            'name, who, rest = line.split(" ", 2)\n    if line.startswith("PING")',
            "Twitch sent PING :tmi.twitch.tv, and line.py printed:\nline.py:23: name, who",
        ),
    ],
)
def test_a_line_that_does_not_hold_is_explained(check, old, new, words):
    code = SECTIONS["line.py"].solution
    assert code.count(old) == 1
    assert words in check(code.replace(old, new), "line.py")


PLAIN_RECV = """
data = b""
while True:
    piece = wire.recv(1000)
    if not piece:
        break
    data += piece
    while b"\\r\\n" in data:
        line, _, data = data.partition(b"\\r\\n")
        line = line.decode()
        if line.startswith("PING"):
            type_in("PONG :tmi.twitch.tv")
        if " PRIVMSG " in line and line.endswith(" :!hello"):
            type_in(f"PRIVMSG #anna_plays :good evening, {line[1:].partition('!')[0]}")
"""


@pytest.mark.slow("bots that are started")
def test_another_way_another_login_and_another_channel_are_right(check, monkeypatch):
    monkeypatch.setenv("TWITCH_TOKEN", "of the real bot, so NICK is its login")
    code = SECTIONS["line.py"].solution.partition("while True")[0] + PLAIN_RECV
    code = code.replace("hello_bot", "annas_bot").replace("#viktor", "#anna_plays")
    assert check(code, "line.py").startswith("✔ passed")
    pieces = code.replace("data += piece", "data = piece")
    said = check(pieces, "line.py")
    assert "This line came in two pieces: what recv returns need not be a whole line" in said
    plain = code.replace("wire = ssl.", "_ = ssl.SSLContext; # ").replace("6697", "6667")
    assert "by port 6667 anybody on the way can read your token" in check(plain, "line.py")


@pytest.mark.slow("bots that are started")
def test_a_comeback_that_ends_too_soon_is_told_when(check):
    said = check("print('ready')", "comeback.py")
    assert "comeback.py has ended. Is the reading in a loop, while True?" in said
    code = SECTIONS["comeback.py"].solution
    at_ping = code.replace('"PONG" + line[4:])', '"QUIT")\n        raise SystemExit')
    assert at_ping != code
    said = check(at_ping, "comeback.py")
    assert "Twitch sent PING :tmi.twitch.tv, and comeback.py has ended." in said
    # Its own timeout ends it, while the check moves the clock of a slow machine.
    gone = code.replace('type_in(wire, "PONG" + line[4:])', 'type_in(wire, "QUIT")')
    gone = gone.replace("    time.sleep(pause)\n", "    break\n")
    said = check(gone, "comeback.py")
    assert "Put a second while True around it" in said
    gullible = code.replace('line.startswith(":tmi.twitch.tv NOTICE * :")', '"NOTICE" in line')
    assert gullible != code
    assert "Anybody may write such words" in check(gullible, "comeback.py")


ASYNC_COMEBACK = """
import asyncio
import os
import ssl

HOST = "irc.chat.twitch.tv"


async def hold_line():
    global pause
    tls = ssl.create_default_context()
    reader, writer = await asyncio.open_connection(HOST, 6697, ssl=tls)
    writer.write(f"PASS oauth:{os.environ['TWITCH_TOKEN']}\\r\\n".encode())
    writer.write(b"NICK hello_bot\\r\\nJOIN #viktor\\r\\n")
    while line := (await asyncio.wait_for(reader.readline(), 360)).decode().rstrip():
        pause = 1
        if line.startswith("PING"):
            writer.write(f"PONG{line[4:]}\\r\\n".encode())
        elif line.startswith(":tmi.twitch.tv NOTICE * :"):
            raise SystemExit(line)
        elif line.endswith(" PRIVMSG #viktor :!hello"):
            login = line[1:].partition("!")[0]
            writer.write(f"PRIVMSG #viktor :hello {login}!\\r\\n".encode())


async def main():
    global pause
    pause = 1
    while True:
        try:
            await hold_line()
        except OSError as error:
            print("the line broke:", error)
        await asyncio.sleep(pause)
        pause = min(60, pause * 2)


asyncio.run(main())
"""
WAIT = "(await asyncio.wait_for(reader.readline(), 360))"


@pytest.mark.slow("bots that are started")
def test_a_line_may_be_held_with_the_pauses_and_timeouts_of_asyncio(check):
    assert check(ASYNC_COMEBACK, "comeback.py").startswith("✔ passed")
    block = ASYNC_COMEBACK.replace(
        f"    while line := {WAIT}.decode().rstrip():\n",
        "    while True:\n"
        "        async with asyncio.timeout(360):\n"
        "            line = (await reader.readline()).decode().rstrip()\n"
        "        if not line:\n"
        "            break\n",
    )
    assert "asyncio.timeout" in block
    assert check(block, "comeback.py").startswith("✔ passed")
    hasty = ASYNC_COMEBACK.replace("360", "30")
    assert "no line for 290 seconds" in check(hasty, "comeback.py")
    deaf = ASYNC_COMEBACK.replace(WAIT, "(await reader.readline())")
    assert "still listened after 15 minutes" in check(deaf, "comeback.py")
    steady = ASYNC_COMEBACK.replace("pause * 2", "pause")
    assert "paused 1, 1, 1, 1, 1, 1, 1, 1 seconds" in check(steady, "comeback.py")


@pytest.mark.slow("bots that are started")
def test_the_check_refuses_another_login_than_hers_as_the_page_does(check):
    keep_name("Luzie")
    code = SECTIONS["line.py"].solution
    said = check(code, "line.py")
    assert "Twitch refused the login: " in said and "luzie_bot" in said
    own = code.replace("hello_bot", "luzie_bot")
    assert check(own, "line.py").startswith("✔ passed")
    loud = own.replace('if text == ":!hello"', 'if "hello" in text and "!hello y" not in text')
    assert "your bot answered what its own account wrote" in check(loud, "line.py")


def test_a_token_of_twitch_in_the_file_is_found_and_not_shown(check):
    token = "ab12cd34ef" * 3
    code = SECTIONS["line.py"].solution.replace('os.environ["TWITCH_TOKEN"]', repr(token))
    said = check(code, "line.py")
    assert '\nline.py:15: type_in("PASS oauth:" + <secret>)\n' in said
    assert 'Write os.environ["TWITCH_TOKEN"] instead' in said and token not in said


def test_a_file_in_a_terminal_finds_the_twitch_of_the_page(alone):
    with Twitch() as twitch:
        start_alone("line.py", twitch=twitch, TWITCH_TOKEN="a token", TWITCH_CHANNEL="viktor")
        offer = find_open_sandbox("twitch")
        assert offer.settings == {"TWITCH_TOKEN": "a token", "TWITCH_CHANNEL": "viktor"}
        assert find_open_sandbox("telegram") is None


def test_errors_that_no_check_shows_are_explained():
    no_word = "IndexError: list index out of range\nbot.py:27: word = context.args[0]"
    assert "context.args is empty" in advice_on(no_word)
    assert "This port has no TLS" in advice_on("ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong")
    assert "start.py run twitch" in advice_on("KeyError: 'TWITCH_TOKEN'")
    error = "telegram.error.Conflict: Conflict: terminated by other getUpdates request; make sure"
    assert advice_on(error).startswith("→ A second program asks Telegram with the same token")
    own = "cannot import name 'Update' from 'telegram' (/home/ada/workshop/alone/telegram.py)"
    assert "library's own name" in advice_on(own)
    other = "ModuleNotFoundError: No module named 'telegram.ext'; 'telegram' is not a package"
    assert "library's own name" in advice_on(other)
    assert "Is the internet there?" in advice_on("telegram.error.NetworkError: none")
    assert "start.py run" in advice_on("KeyError: 'TELEGRAM_TOKEN'")
    assert "the file .env" in advice_on("KeyError: 'CHAT_ID'")
    missing = "TypeError: handler() missing 2 required positional arguments: 'event' and 'context'"
    assert "as a cloud does" in advice_on(missing)
    assert "print(error.read()" in advice_on("urllib.error.HTTPError: HTTP Error 400: Bad Request")
    assert "HTTPError" in advice_on("urllib.error.HTTPError: HTTP Error 429: Too Many Requests")
    assert "login twitch --for eventsub" in advice_on("KeyError: 'TWITCH_CLIENT_SECRET'")
    assert "may be left out" in advice_on('MissingRequiredArgument: "name" is a required argument')
    assert "put the texts together" in advice_on("TypeError: can't concat str to bytes")


@pytest.mark.parametrize("word", ["02", "02_on_your_phone", "phone.py"])
def test_the_command_prints_the_solution_at_any_time(capsys, word):
    assert solution.main([word]) == 0
    assert CODE in capsys.readouterr().out


def test_the_command_says_which_solutions_there_are(capsys):
    assert solution.main(["99"]) == solution.main([]) == 2
    assert "There are: 02 (phone.py), 05 (weather.py), 06 (webhook.py)" in capsys.readouterr().err


@pytest.mark.parametrize("file", SECTIONS)
def test_a_section_has_its_place_in_its_notebook(file):
    section = SECTIONS[file]
    text = (NOTEBOOKS / f"{section.notebook}.ipynb").read_text(encoding="utf-8")
    cells = json.loads(text)["cells"]
    tagged = [cell for cell in cells if EXERCISE_TAGS & {*cell["metadata"].get("tags", [])}]
    parts = {f", {number}": part for number, part in enumerate(section.parts, 1)}
    for words, part in (parts or {"": section}).items():
        source = "".join(tagged[part.exercise - 1]["source"])
        assert source.splitlines()[-1] == f'check_alone("{file}"{words})'
    assert section.extracts_text.count("https://") and re.search(
        r" 20\d\d\.", section.extracts_text
    )
    compile(section.solution, file, "exec")
