"""The exam "lost property": right bots pass each point, wrong ones fail where they are wrong.

The mutants were written from the brief alone, before the points existed.
"""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import pytest
from pip_packages import installed_packages

from lessons.commands import exam
from lessons.exams.record import exam_record

SOLUTIONS = Path(__file__).parents[1] / "peers/lost_property"
NAME = "lost_property"


class Mutant(NamedTuple):
    """A right solution with one mistake, and the point that notices it."""

    point: int
    mistake: str
    old: str
    new: str
    solution: str = "functions/bot.py"
    advice: str = ""  # that its author reads


MUTANTS = [
    Mutant(1, "no sign before the number", "It is #{row.lastrowid}", "It is {row.lastrowid}"),
    Mutant(1, "every thing is number 1", "#{row.lastrowid}", "#1"),
    Mutant(2, "only the first word is kept", '" ".join(context.args)', '"".join(context.args[:1])'),
    Mutant(2, "another word for empty", "The box is empty.", "There are no things."),
    Mutant(2, "a list without numbers", "#{number} {words}\\n", "{words}\\n"),
    Mutant(2, "only the last thing is listed", "await send_list(update, things)",
           "await send_list(update, things[-1:])"),
    Mutant(3, "capital letters matter", "word in thing[1].lower()", "word in thing[1]"),
    Mutant(3, "the asked word is not made small", "context.args[0].lower()", "context.args[0]"),
    Mutant(3, "all things are listed", "if word in thing[1].lower()", "if word"),
    Mutant(3, "another word for nothing", "There is nothing like that.", "No such thing."),
    Mutant(4, "the thing stays in the box", 'box.execute("delete from things where number = ?", '
           '(number,))\n    await send(update, f"Here', 'await send(update, f"Here'),
    Mutant(4, "the answer lacks the words", "Here is your {row[0]}.", "Here you are."),
    Mutant(4, "a number is used twice", "primary key autoincrement", "primary key"),
    Mutant(4, "no answer for what is gone", 'f"#{number} is gone."', 'f"#{number} is not here."'),
    Mutant(5, "people are known by name", "update.effective_user.id",
           "update.effective_user.first_name"),
    Mutant(5, "everybody may take it out", "if row[1] != update.effective_user.id:", "if False:"),
    Mutant(5, "the thing stays in the box", 'box.execute("delete from things where number = ?", '
           '(number,))\n    await send(update, f"Removed', 'await send(update, f"Removed'),
    Mutant(5, "a thing that isn't there", "    if number not in box:\n        await update.message."
           'reply_text("It is gone.")\n        return\n    if box', "    if box", "json/bot.py",
           "/oops says that it is gone"),
    Mutant(6, "a private answer to a group", "update.effective_chat.send",
           "update.effective_user.send"),
    # Telegram tells the bot that it is in a group now: an update without a message, and a message
    # without a text.
    Mutant(6, "every update has a message", "message?.text", "message.text", "node/bot.mjs"),
    Mutant(6, "every message has a text", "message?.text", "message", "node/bot.mjs"),
    Mutant(6, "a command with the bot's name is unknown", "(?:@\\w+)?", "", "node/bot.mjs"),
    Mutant(6, "only a private chat is answered", "if (!message?.text) continue;",
           'if (message?.chat.type !== "private" || !message.text) continue;', "node/bot.mjs"),
    Mutant(7, "a word is taken for a number", "    if len(args) == 1 and args[0].isascii() and "
           "args[0].isdigit() and len(args[0]) < 18:\n        return int(args[0])\n    return None",
           "    return int(args[0]) if args else None"),
    Mutant(7, "² is taken for a number", "args[0].isascii() and args[0].isdigit()",
           "args[0].isdigit()", advice="Use isdecimal()"),
    Mutant(7, "nothing is a thing, too", "if not words:", "if False:"),
    Mutant(7, "lost without a word", "if not context.args:", "if False:"),
    Mutant(7, "the advice lacks the command", "Write /oops and a number: /oops 1",
           "Write a number, too."),
    Mutant(8, "the box is only in memory", "box.sqlite3", ":memory:"),
    Mutant(8, "nothing is committed", ', isolation_level=None', ""),
    Mutant(8, "each start begins anew", "box.execute(\n", 'box.execute("drop table if exists '
           'things")\nbox.execute(\n'),
    Mutant(8, "/found answers before it saves", 'save()\n    await update.message.reply_text(f"It '
           'is #{last}.")', 'await update.message.reply_text(f"It is #{last}.")\n    save()',
           "json/bot.py"),
    Mutant(8, "/mine answers before it saves", 'save()\n    await update.message.reply_text(f"Take '
           'your {thing[0]}.")', 'await update.message.reply_text(thing[0])\n    save()',
           "json/bot.py"),
    Mutant(8, "/oops answers before it saves", 'save()\n    await update.message.reply_text("It is '
           'out.")', 'await update.message.reply_text("It is out.")\n    save()', "json/bot.py"),
    Mutant(8, "/oops doesn't save", 'save()\n    await update.message.reply_text("It is out.")',
           'await update.message.reply_text("It is out.")', "json/bot.py"),
    Mutant(8, "numbers become strings", "int(number): thing", "number: thing", "json/bot.py",
           "JSON makes every key a string. Use int(…) when you load."),
    Mutant(9, "one long message", "if len(text + line) > LIMIT:", "if False:"),
    Mutant(9, "the list is cut off", "await send_list(update, things)",
           "await send_list(update, things[:50])"),
    Mutant(9, "/lost has one long message", "await send_list(update, fitting)",
           'await send(update, "\\n".join(f"#{number} {words}" for number, words in fitting))'),
    Mutant(9, "a long message is cut off", "await send(update, text)\n            text",
           "text"),
    Mutant(10, "a changed message is a new thing", "found, filters.UpdateType.MESSAGE", "found",
           advice="A changed message is not a new thing."),
    Mutant(10, "formatting is switched on", "send_message(text)",
           'send_message(text, parse_mode="HTML")'),
    Mutant(10, "a message must be small", "LIMIT = 4096", "LIMIT = 3000"),
    Mutant(10, "long words are cut off", "(words, finder))", "(words[:1000], finder))"),
    Mutant(10, "English letters are expected", '" ".join(context.args)',
           '" ".join(context.args).encode("ascii").decode()'),
]  # fmt: skip


@pytest.fixture(autouse=True)
def course(tmp_path, monkeypatch):
    """A learner's own folder, in which nothing was passed yet."""
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path))
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path / "my_course"))
    return tmp_path / "my_course"


@pytest.fixture
def take(capsys):
    """Take the exam; returns the exit status and what was printed."""

    def take(folder, *options):
        status = exam.main([NAME, str(folder), *options])
        return status, capsys.readouterr().out

    return take


@pytest.fixture
def write(tmp_path):
    """Write a bot.py, or another file, into a folder of the learner's."""
    folder = tmp_path / "workshop/exam"
    folder.mkdir(parents=True)

    def write(text, name="bot.py"):
        (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


def digests(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize(
    "solution",
    [
        "functions",
        "node",
        pytest.param("classes", marks=pytest.mark.full("one right bot of each kind")),
        pytest.param("json", marks=pytest.mark.full("what beginners write")),
        pytest.param("slow", marks=pytest.mark.full("it thinks for a second")),
        pytest.param("aiogram", marks=pytest.mark.full("clients from pip")),
    ],
)
@pytest.mark.timeout(600)
def test_a_right_bot_passes_all_points(solution, take, monkeypatch):
    if solution == "aiogram":
        monkeypatch.setenv("PYTHONPATH", installed_packages("aiogram==3.31.0"))
    status, printed = take(SOLUTIONS / solution, "--sitting", "2")
    assert status == 0, printed
    assert [line.split()[1] for line in printed.splitlines() if line.startswith("✔")] == [
        str(number) for number in range(1, 11)
    ]


@pytest.mark.full("every way to be wrong")
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.point} {mutant.mistake}")
@pytest.mark.timeout(300)
def test_a_wrong_bot_fails_at_the_right_point(mutant, take, write):
    file = SOLUTIONS / mutant.solution
    right = file.read_text(encoding="utf-8")
    assert mutant.old in right
    folder = write(right.replace(mutant.old, mutant.new), file.name)
    status, printed = take(folder, "--sitting", "2")
    assert status == 1
    assert f"Point {mutant.point} is not passed yet." in printed, printed
    assert mutant.advice in printed, printed


def test_a_mediocre_bot_reads_what_to_do_and_its_points_are_kept(take, write, course):
    text = (SOLUTIONS / "functions/bot.py").read_text(encoding="utf-8")
    folder = write(text.replace("The box is empty.", "No things."))
    (folder / "box.sqlite3").write_bytes(b"hers")
    before = digests(folder)
    status, printed = take(folder)
    assert status == 1
    assert printed.splitlines() == [
        "Lost property, exam 1, try 1",
        "✔  1 /found puts a thing into the box and says its number",
        "…  2 /box lists all things in the box",
        "○  3 /lost lists the things with a word in them",
        "○  4 /mine takes a thing out of the box",
        "○  7 it says how to write what is missing or wrong",
        "",
        "Point 2 is not passed yet.",
        "Viktor wrote  /box",
        "   and saw  No things.",
        '  expected  "empty"',
        "",
        "If nothing is in the box, /box says that it is empty.",
    ]
    assert digests(folder) == before, "nothing of hers was changed"
    names = sorted(path.name for path in (course / "progress").iterdir())
    assert names == ["lost_property-1", "lost_property-tries"]
    assert repr(exam_record(NAME)).splitlines() == [
        "exam 1  ●○○○○       1 of 5 points passed",
        "exam 2  ●○○○○○○○○○  1 of 10 points passed",
        "tries   1",
    ]


def test_after_exam_1_the_same_command_begins_exam_2(take, write):
    folder = write((SOLUTIONS / "node/bot.mjs").read_text(encoding="utf-8"), "bot.mjs")
    status, printed = take(folder)
    assert status == 0, printed
    assert "You have passed exam 1: 5 of 5 points." in printed
    write("process.exit(1)", "bot.mjs")
    status, printed = take(folder)
    assert status == 1
    assert printed.startswith("Lost property, exam 2, try 2\n…  1")


BEGINNING = """
import os
from telegram import Update
from telegram.ext import ApplicationBuilder, CommandHandler

async def found(update, context):
    HANDLER

app = ApplicationBuilder().token(os.environ["TELEGRAM_TOKEN"]).build()
app.add_handler(CommandHandler("found", found))
app.run_polling()
"""
ANSWER = 'await update.message.reply_text("#1")'
GOOD_START = BEGINNING.replace("HANDLER", ANSWER)
READS_TOKEN = 'Does the file read it from the environment, by os.environ["TELEGRAM_TOKEN"]?'
# What a beginner writes, and what she reads.
START_ERRORS = {
    "a colon is missing": (
        GOOD_START.replace("context):", "context)"),
        ["SyntaxError: expected ':'", "bot.py:6: async def found(update, context)"],
    ),
    "a library that is not here": (
        f"import discord\n{GOOD_START}",
        ["No module named 'discord'", "bot.py:1: import discord", "python-telegram-bot"],
    ),
    "another variable": (
        GOOD_START.replace("TELEGRAM_TOKEN", "TOKEN"),
        ["KeyError: 'TOKEN'", "bot.py:9: app =", "name is TELEGRAM_TOKEN"],
    ),
    "another variable, and get": (
        GOOD_START.replace('environ["TELEGRAM_TOKEN"]', 'environ.get("TOKEN")'),
        ["InvalidToken", "bot.py:9: app =", READS_TOKEN],
    ),
    "a token in the file": (
        GOOD_START.replace('os.environ["TELEGRAM_TOKEN"]', '"123456789:hers"'),
        ["InvalidToken", READS_TOKEN],
    ),
    "it ends at once": (
        GOOD_START.replace("app.run_polling()", "print('done')"),
        ["    done", "has ended, with status 0", "Nothing kept it running"],
    ),
    "it needs tornado": (
        'import sys; sys.modules["tornado"] = None'
        + GOOD_START.replace("run_polling()", 'run_webhook(webhook_url="https://a.example")'),
        ["bot.py:11: app.run_webhook", "needs the package tornado", "application.run_polling()"],
    ),
    "a webhook that Telegram can't call": (
        GOOD_START.replace("run_polling()", 'run_webhook(webhook_url="https://a.example")'),
        ["bot.py:11: app.run_webhook", "Bad webhook", "application.run_polling()"],
    ),
    "a forgotten await": (
        GOOD_START.replace("await ", ""),
        [
            "Viktor wrote  /found red scarf",
            "   and saw  no answer",
            "coroutine 'Message.reply_text' was never awaited",
            'bot.py:7: update.message.reply_text("#1")',
            "nothing happens until you write await before it.",
        ],
    ),
    "a handler fails": (
        BEGINNING.replace("HANDLER", "box = None; box.append(context.args)"),
        ["AttributeError: 'NoneType'", "bot.py:7: box = None"],
    ),
    "a variable of the file": (
        f"last = 0\n{BEGINNING.replace('HANDLER', f'last += 1; {ANSWER}')}",
        ["UnboundLocalError", "bot.py:8: last += 1", "in its first line: global last"],
    ),
    "it counts from 0": (
        GOOD_START.replace("#1", "#0"),
        ["   and saw  #0", '  expected  "#1"\n\nPython counts from 0, and people from 1'],
    ),
    "an empty file": ("", ["has ended, with status 0", "Nothing kept it running"]),
}


@pytest.mark.parametrize("name", START_ERRORS)
def test_a_bot_that_does_not_start_reads_why(name, take, write):
    text, wanted = START_ERRORS[name]
    status, printed = take(write(text))
    assert status == 1
    for words in wanted:
        assert words in printed, printed
    assert "Traceback" not in printed
    assert "site-packages" not in printed
    assert str(Path.home()) not in printed
    assert "AA" not in printed, "no part of a token"


def test_a_file_that_hides_the_library_is_named(take, write):
    write("", "telegram.py")
    status, printed = take(write(GOOD_START))
    assert status == 1
    assert "Your file telegram.py hides the library" in printed
    assert "bot.py:3: from telegram import Update" in printed


def test_a_package_that_node_lacks_is_named(take, write):
    status, printed = take(write('import { Bot } from "grammy";', "bot.mjs"))
    assert status == 1
    assert "Cannot find package 'grammy'" in printed
    assert "npm install" in printed


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ([], ["is empty", "bot.py"]),
        (["main.py", "notes.txt"], ["has no bot.py, only main.py, notes.txt", "as bot.py"]),
        (["bot.py.txt"], ["only bot.py.txt"]),
    ],
)
def test_a_folder_without_a_bot(names, wanted, take, tmp_path):
    for name in names:
        (tmp_path / name).touch()
    status, printed = take(tmp_path)
    assert status == 2
    for words in wanted:
        assert words in printed


def test_there_is_no_such_folder(take, tmp_path):
    status, printed = take(tmp_path / "exam")
    assert status == 2
    assert f"There is no folder {tmp_path / 'exam'}" in printed


# Each of these bots answers, and does something else besides.
HOSTILE = {
    "it prints without end": """
import threading
def shout():
    while True:
        print("x" * 1000, end="")
threading.Thread(target=shout, daemon=True).start()
""",
    "it never ends": """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
""",
    "it starts others": """
import subprocess, sys
for _ in range(3):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
""",
    "it prints its token and an escape sequence": """
import os
print(os.environ["TELEGRAM_TOKEN"], "\x1b[2J")
""",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bot_that_does_something_else_besides(name, take, write):
    status, printed = take(write(HOSTILE[name] + GOOD_START))
    assert status == 1
    assert "Viktor wrote  /found blue hat" in printed
    assert '  expected  "#2"' in printed
    assert "\x1b" not in printed
    assert ":AA" not in printed
    assert len(printed) < 5000


def test_a_bot_that_never_stops_writing(take, write):
    flood = BEGINNING.replace(
        "HANDLER", "while True: await update.message.reply_text('#' + 'x' * 99)"
    )
    status, printed = take(write(flood))
    assert status == 1
    assert "Point 1 is not passed yet." in printed
    assert "   and 398 more" in printed
    assert len(printed) < 5000


def test_a_bot_that_writes_to_everybody(take, write):
    loop = """from contextlib import suppress
    for person in range(update.effective_user.id - 100, update.effective_user.id + 100):
        with suppress(Exception):
            await context.bot.send_message(person, "#1 is here, " * 300)"""
    status, printed = take(write(BEGINNING.replace("HANDLER", loop)))
    assert status == 1
    assert "Viktor wrote  /found blue hat" in printed
    assert len(printed) < 5000


def test_a_bot_with_a_box_of_another_day_is_told(take, write):
    status, printed = take(write(GOOD_START.replace("#1", "#8")))
    assert status == 1
    assert "   and saw  #8" in printed
    assert "it keeps its file in another folder" in printed


def test_files_with_strange_names_and_links(take, write, tmp_path):
    folder = write(GOOD_START)
    for name in ("-rf.py", "a\nb.py", "\x1b[2J.py", "ü ' \".py"):
        write("raise SystemExit", name)
    (folder / "away").symlink_to(tmp_path)
    (folder / "gone.py").symlink_to(folder / "nothing.py")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.py")
    status, printed = take(folder)
    assert status == 1
    assert "Viktor wrote  /found blue hat" in printed
    assert "\x1b" not in printed


def test_a_folder_with_far_too_much_in_it(take, write):
    folder = write(GOOD_START)
    for number in range(501):
        write("", f"part_{number}.py")
    status, printed = take(folder)
    assert status == 2
    assert "a folder of its own" in printed
