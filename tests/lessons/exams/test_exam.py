"""Exams: right bots pass each point, and a bot that fails reads what to do."""

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from exam_mutants import PEERS
from pip_packages import installed_packages

from lessons.exams.points import rehearse
from lessons.exams.record import BRIEFS, exam_record
from lessons.progress.contents import EXAMS
from lessons.progress.tries import TRIES_FILE

SOLUTIONS = PEERS / "lost_property"
NAME = "lost_property"
POINTS = {  # of bots that take minutes for all: sixty replies of a second, a library of seconds
    "lost_property/slow": {1, 2, 3, 4, 5, 6, 7, 8, 10},
    "lost_property/aiogram": {6, 8, 10},
}


def digests(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow("commands from start to end")
@pytest.mark.parametrize(
    "solution",
    [
        "lost_property/functions",
        "lost_property/node",
        "quiz/json",
        "library/irc",
        "lost_property_function/by_hand",
        pytest.param("lost_property/classes", marks=pytest.mark.slow("one right bot of each kind")),
        pytest.param("lost_property/json", marks=pytest.mark.slow("what beginners write")),
        pytest.param("lost_property/slow", marks=pytest.mark.slow("it thinks for a second")),
        pytest.param("lost_property/aiogram", marks=pytest.mark.slow("clients from pip")),
        pytest.param("library/twitchio", marks=pytest.mark.slow("one right bot of each kind")),
        pytest.param(
            "lost_property_function/botlib", marks=pytest.mark.slow("one right bot of each kind")
        ),
        pytest.param(
            "lost_property_function/sends_itself",
            marks=pytest.mark.slow("it is heard before it returns"),
        ),
        pytest.param("quiz/node", marks=pytest.mark.slow("one right bot of each kind")),
    ],
)
@pytest.mark.timeout(600)
def test_a_right_bot_passes_all_points(solution, take, monkeypatch):
    if solution.endswith("aiogram"):
        monkeypatch.setenv("PYTHONPATH", installed_packages("aiogram==3.31.0"))
    name = solution.partition("/")[0]
    points = [
        point
        for point in BRIEFS[name].points
        if point.number in POINTS.get(solution, {point.number})
    ]
    monkeypatch.setitem(BRIEFS, name, replace(BRIEFS[name], points=tuple(points)))
    status, printed = take(PEERS / solution, "--sitting", "2", name=name)
    assert status == 0, printed
    assert "printed an error" not in printed
    assert [line.split()[1] for line in printed.splitlines() if line.startswith("✔")] == [
        str(point.number) for point in points
    ]


def test_each_exam_has_a_brief_and_wrong_bots():
    assert list(BRIEFS) == list(EXAMS)
    with_wrong_bots = {path.stem for path in Path(__file__).parent.glob("test_*.py")} - {
        "test_exam"
    }
    assert with_wrong_bots == {f"test_{name}" for name in BRIEFS} - {"test_coin_jar"}


def test_a_rehearsal_prints_the_same_and_counts_no_try(tmp_path, monkeypatch, capsys, course):
    monkeypatch.chdir(tmp_path)
    rehearse("coin_jar")
    assert "There is no folder workshop" in capsys.readouterr().out
    assert not course.exists()


@pytest.mark.slow("commands from start to end")
def test_a_mediocre_bot_reads_what_to_do_and_its_points_are_kept(take_wrong, write, course):
    text = (SOLUTIONS / "functions/bot.py").read_text(encoding="utf-8")
    folder = write(text.replace("The box is empty.", "No things."))
    (folder / "box.sqlite3").write_bytes(b"hers")
    before = digests(folder)
    status, printed = take_wrong(folder)
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
    assert names == [TRIES_FILE, "lost_property-1", "lost_property-tries"]
    lines = (course / "progress" / TRIES_FILE).read_text(encoding="utf-8").splitlines()
    tries = [json.loads(line)[1:] for line in lines]
    assert tries == [["lost_property-1", True, ""], ["lost_property-2", False, ""]]
    assert repr(exam_record(NAME)).splitlines() == [
        "exam 1  ●○○○○       1 of 5 points passed",
        "exam 2  ●○○○○○○○○○  1 of 10 points passed",
        "tries   1",
    ]


@pytest.mark.slow("commands from start to end")
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
            "   and saw  no reply",
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


@pytest.mark.slow("commands from start to end")
@pytest.mark.parametrize("name", START_ERRORS)
def test_a_bot_that_does_not_start_reads_why(name, take_wrong, write):
    text, wanted = START_ERRORS[name]
    status, printed = take_wrong(write(text))
    assert status == 1
    for words in wanted:
        assert words in printed, printed
    assert "Traceback" not in printed
    assert "site-packages" not in printed
    assert str(Path.home()) not in printed
    assert "AA" not in printed, "no part of a token"


TWITCHIO_BEGINNING = """
import os
from twitchio import eventsub
from twitchio.ext import commands

books = {}

class Library(commands.Component):
    @commands.command()
    async def add(self, ctx, *, title):
        await ctx.send(books[title])

class StreamBot(commands.Bot):
    def __init__(self):
        super().__init__(
            client_id=os.environ["TWITCH_CLIENT_ID"],
            client_secret=os.environ["TWITCH_CLIENT_SECRET"],
            bot_id=os.environ["TWITCH_BOT_ID"],
            prefix="!",
        )

    async def setup_hook(self):
        await self.add_token(os.environ["TWITCH_TOKEN"], os.environ["TWITCH_REFRESH_TOKEN"])
        await self.add_component(Library())
        (channel,) = await self.fetch_users(logins=[os.environ["TWITCH_CHANNEL"]])
        chat = {"broadcaster_user_id": channel.id, "user_id": self.bot_id}
        await self.subscribe_websocket(eventsub.ChatMessageSubscription(**chat))

StreamBot().run(with_adapter=False, load_tokens=False, save_tokens=False)
"""


def test_an_error_in_a_twitchio_command_is_the_authors_own(take_wrong, write):
    status, printed = take_wrong(write(TWITCHIO_BEGINNING), name="library")
    assert status == 1
    assert "Error:      KeyError: 'Momo'\nYour line:  bot.py:11: await" in printed, printed
    assert "Your program printed" not in printed, "nothing but what TwitchIO says"


def test_a_twitchio_bot_that_subscribes_to_nothing_is_told(take_wrong, write):
    silent = "\n".join(line for line in TWITCHIO_BEGINNING.splitlines() if "websocket" not in line)
    status, printed = take_wrong(write(silent), name="library")
    assert status == 1
    assert "With TwitchIO, setup_hook has await self.add_token" in printed, printed


def test_a_list_that_is_too_short_is_told_in_an_exam(take_wrong, write):
    status, printed = take_wrong(write(BEGINNING.replace("HANDLER", "things = []; things[0]")))
    assert status == 1
    assert "IndexError: list index out of range" in printed
    assert "The list is shorter than this line needs, or empty." in printed, printed


def test_an_error_in_a_passed_point_is_shown(take_wrong, write):
    handler = """box.append(1)
    await update.message.reply_text(f"#{len(box)}")
    await update.message.reply_text("")"""
    status, printed = take_wrong(write("box = []\n" + BEGINNING.replace("HANDLER", handler)))
    assert status == 1
    assert (
        "\n✔  1 /found puts a thing into the box and says its number\n"
        "     But your program printed an error:\n"
        "     telegram.error.BadRequest: Message text is empty\n"
        '     bot.py:10: await update.message.reply_text("")\n'
        "…  2"
    ) in printed


@pytest.mark.slow("commands from start to end")
def test_a_program_that_never_asks_telegram_is_told(take_wrong, write):
    asleep = GOOD_START.replace("app.run_polling()", "import time; time.sleep(1000)")
    assert asleep != GOOD_START
    status, printed = take_wrong(write(asleep))
    assert status == 1
    assert "   and saw  no reply" in printed
    assert "Your program didn't start to ask Telegram. The last line is app.run_p" in printed


@pytest.mark.slow("commands from start to end")
def test_what_is_above_the_bots_folder_is_the_exams_own(take_wrong, write, tmp_path):
    look = f"""
from pathlib import Path
folders = [path for path in Path(__file__).resolve().parents[1:3] for path in path.iterdir()]
Path({str(tmp_path / "seen.txt")!r}).write_text(" ".join(path.name for path in folders))
"""
    take_wrong(write(look + GOOD_START))
    assert (tmp_path / "seen.txt").read_text() == "bot exam"


@pytest.mark.slow("commands from start to end")
def test_a_file_that_hides_the_library_is_named(take_wrong, write):
    write("", "telegram.py")
    status, printed = take_wrong(write(GOOD_START))
    assert status == 1
    assert "Your file telegram.py hides the library" in printed
    assert "bot.py:3: from telegram import Update" in printed


@pytest.mark.slow("commands from start to end")
def test_a_package_that_node_lacks_is_named(take_wrong, write):
    status, printed = take_wrong(write('import { Bot } from "grammy";', "bot.mjs"))
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


@pytest.mark.slow("commands from start to end")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_bot_that_does_something_else_besides(name, take_wrong, write):
    status, printed = take_wrong(write(HOSTILE[name] + GOOD_START))
    assert status == 1
    assert "Viktor wrote  /found blue hat" in printed
    assert '  expected  "#2"' in printed
    assert "\x1b" not in printed
    assert ":AA" not in printed
    assert len(printed) < 5000


@pytest.mark.slow("commands from start to end")
def test_a_bot_that_never_stops_writing(take, write):
    flood = BEGINNING.replace(
        "HANDLER", "while True: await update.message.reply_text('#' + 'x' * 99)"
    )
    status, printed = take(write(flood))
    assert status == 1
    assert "Point 1 is not passed yet." in printed
    assert "   and 398 more" in printed
    assert len(printed) < 5000


@pytest.mark.slow("commands from start to end")
def test_a_bot_that_writes_to_everybody(take, write):
    loop = """from contextlib import suppress
    for person in range(update.effective_user.id - 100, update.effective_user.id + 100):
        with suppress(Exception):
            await context.bot.send_message(person, "#1 is here, " * 300)"""
    status, printed = take(write(BEGINNING.replace("HANDLER", loop)))
    assert status == 1
    assert "Viktor wrote  /found blue hat" in printed
    assert len(printed) < 5000


@pytest.mark.slow("commands from start to end")
def test_a_bot_with_a_box_of_another_day_is_told(take_wrong, write):
    status, printed = take_wrong(write(GOOD_START.replace("#1", "#8")))
    assert status == 1
    assert "   and saw  #8" in printed
    assert "it keeps its file in another folder" in printed


@pytest.mark.slow("commands from start to end")
def test_files_with_strange_names_and_links(take_wrong, write, tmp_path):
    folder = write(GOOD_START)
    for name in ("-rf.py", "a\nb.py", "\x1b[2J.py", "ü ' \".py"):
        write("raise SystemExit", name)
    (folder / "away").symlink_to(tmp_path)
    (folder / "gone.py").symlink_to(folder / "nothing.py")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.py")
    status, printed = take_wrong(folder)
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
