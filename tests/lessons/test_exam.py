"""Exams: right bots pass each point, wrong ones fail where they are wrong.

The mutants were written from the brief alone, before the points existed.
"""

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from pip_packages import installed_packages

from lessons.commands import exam
from lessons.exams.points import rehearse
from lessons.exams.record import BRIEFS, exam_record
from lessons.progress.contents import EXAMS
from lessons.progress.tries import TRIES_FILE

PEERS = Path(__file__).parents[1] / "peers"
SOLUTIONS = PEERS / "lost_property"
NAME = "lost_property"


class Mutant(NamedTuple):
    """A right solution with one mistake, and the point that notices it."""

    point: int
    mistake: str
    old: str
    new: str
    solution: str = "lost_property/functions/bot.py"
    advice: str = ""  # that its author reads


JSON_BOT, NODE_BOT = "lost_property/json/bot.py", "lost_property/node/bot.mjs"
MUTANTS = [
    Mutant(1, "no sign before the number", "It is #{row.lastrowid}", "It is {row.lastrowid}"),
    Mutant(1, "every thing is number 1", "#{row.lastrowid}", "#1"),
    Mutant(2, "only the first word is kept", '" ".join(context.args)', '"".join(context.args[:1])'),
    Mutant(2, "another word for empty", "The box is empty.", "There are no things."),
    Mutant(2, "a list without numbers", "#{number} {words}\\n", "{words}\\n"),
    Mutant(2, "only the last thing is listed", "await send_list(update, things)",
           "await send_list(update, things[-1:])"),
    Mutant(2, "empty, though it isn't", 'text = ""\n    for',
           'text = "The box isn\'t empty:"\n    for', advice="no longer empty"),
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
           'reply_text("It is gone.")\n        return\n    if box', "    if box", JSON_BOT,
           "/oops says that it is gone"),
    Mutant(6, "a private answer to a group", "update.effective_chat.send",
           "update.effective_user.send"),
    Mutant(6, "a group owns a thing", "update.effective_user.id", "update.effective_chat.id",
           advice="Only the person who put a thing in"),
    # Telegram tells the bot that it is in a group now: an update without a message, and a message
    # without a text.
    Mutant(6, "every update has a message", "message?.text", "message.text", NODE_BOT),
    Mutant(6, "every message has a text", "message?.text", "message", NODE_BOT),
    Mutant(6, "a command with the bot's name is unknown", "(?:@\\w+)?", "", NODE_BOT),
    Mutant(6, "only a private chat is answered", "if (!message?.text) continue;",
           'if (message?.chat.type !== "private" || !message.text) continue;', NODE_BOT),
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
           JSON_BOT),
    Mutant(8, "/mine answers before it saves", 'save()\n    await update.message.reply_text(f"Take '
           'your {thing[0]}.")', 'await update.message.reply_text(thing[0])\n    save()',
           JSON_BOT),
    Mutant(8, "/oops answers before it saves", 'save()\n    await update.message.reply_text("It is '
           'out.")', 'await update.message.reply_text("It is out.")\n    save()', JSON_BOT),
    Mutant(8, "/oops doesn't save", 'save()\n    await update.message.reply_text("It is out.")',
           'await update.message.reply_text("It is out.")', JSON_BOT),
    Mutant(8, "numbers become strings", "int(number): thing", "number: thing", JSON_BOT,
           "JSON makes every key a string: use int(…) when you load"),
    Mutant(9, "one long message", "if len(text + line) > LIMIT:", "if False:"),
    Mutant(9, "the list is cut off", "await send_list(update, things)",
           "await send_list(update, things[:50])"),
    Mutant(9, "/lost has one long message", "await send_list(update, fitting)",
           'await send(update, "\\n".join(f"#{number} {words}" for number, words in fitting))'),
    Mutant(9, "a message for each thing", "if len(text + line) > LIMIT:", "if text:",
           advice="and not for each thing"),
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
QUIZ = "quiz/json/bot.py"
MUTANTS += [
    Mutant(1, "numbers begin with 0", "{len(questions)}.", "{len(questions) - 1}.", QUIZ,
           "Python counts from 0"),
    Mutant(1, "every question is number 1", "#{len(questions)}", "#1", QUIZ),
    Mutant(1, "the = needs spaces", 'rpartition("=")', 'rpartition(" = ")', QUIZ,
           "with or without spaces"),
    Mutant(2, "it tells the answer", '(questions[me["done"]][0])', '(str(questions[me["done"]]))',
           QUIZ, "The answer is a secret"),
    Mutant(2, "another word for no more", "There are no more questions.", "That was all.", QUIZ),
    Mutant(2, "it asks the newest question", 'questions[me["done"]][0])', "questions[-1][0])",
           QUIZ),
    Mutant(3, "capital letters matter", 'text.strip().lower() == answer.lower()',
           'text.strip() == answer', QUIZ, "mars, MARS and Mars are the same"),
    Mutant(3, "a right word among others is enough",
           "update.message.text.strip().lower() == answer.lower()",
           "answer.lower() in update.message.text.lower()", QUIZ, "Compare the whole text"),
    Mutant(3, "a part of the answer is enough", "text.strip().lower() == answer.lower()",
           "text.strip().lower() in answer.lower()", QUIZ, "Compare the whole text"),
    Mutant(3, "the right answer is not told", "It is {answer}.", "", QUIZ),
    Mutant(3, "a question stays open", 'me["done"] += 1\n', 'me["done"] += 0\n', QUIZ),
    Mutant(4, "wrong answers don't count", "of {me['done']}", "of {me['right']}", QUIZ),
    Mutant(4, "all answers are right", 'me["right"] += 1', 'me["right"] += 2', QUIZ),
    Mutant(4, "a new question closes the open one", "questions.append(",
           'player(update)["open"] = False\n    questions.append(', QUIZ, "A question stays open"),
    Mutant(5, "an empty answer is one", "not question.strip() or not answer.strip()",
           "not question.strip()", QUIZ),
    Mutant(5, "an empty question is one", "not question.strip() or not answer.strip()",
           "not answer.strip()", QUIZ),
    Mutant(5, "the first = counts", "rpartition", "partition", QUIZ, "rpartition"),
    Mutant(5, "an answer without a question", 'if not me["open"]:',
           'if me["done"] == len(questions):', QUIZ),
    Mutant(6, "one question for everybody", "str(update.effective_user.id)", '"all"', QUIZ,
           "a question of their own"),
    Mutant(6, "people are known by name", "str(update.effective_user.id)",
           "update.effective_user.first_name", QUIZ, "Only the id tells"),
    Mutant(7, "nothing is saved", "FILE.write_text(", "str(", QUIZ),
    Mutant(7, "the open question isn't saved", 'me["open"] = True\n    save()\n',
           'me["open"] = True\n', QUIZ),
    Mutant(7, "a wrong answer isn't saved", '{answer}."\n    save()',
           '{answer}."\n    if "right" in reply:\n        save()', QUIZ,
           "A wrong answer must survive"),
    Mutant(7, "it answers before it saves", 'save()\n    await update.message.reply_text(reply)',
           'await update.message.reply_text(reply)\n    save()', QUIZ),
    Mutant(7, "ids become strings", "str(update.effective_user.id)", "update.effective_user.id",
           QUIZ, "JSON makes every key a string"),
    Mutant(8, "a sticker is an answer", "news & filters.TEXT & ~filters.COMMAND",
           "news & ~filters.COMMAND", QUIZ),
    Mutant(8, "a sticker is a wrong answer", "const text = message?.text &&",
           'if (message?.sticker) reply("", message.from.id);\n    const text = message?.text &&',
           "quiz/node/bot.mjs", "A sticker is no answer"),
    Mutant(8, "a changed message is an answer", "{ update_id, message }",
           "{ update_id, message: sent, edited_message: message = sent }", "quiz/node/bot.mjs",
           "A changed message is not another question"),
    Mutant(8, "a changed message is a new question", '"new", new, news', '"new", new', QUIZ,
           "update.message is None if an older message was edited"),
    Mutant(8, "formatting is switched on", "reply_text(questions[me[\"done\"]][0])",
           'reply_text(questions[me["done"]][0], parse_mode="HTML")', QUIZ),
    Mutant(8, "another formatting is switched on", "reply_text(questions[me[\"done\"]][0])",
           'reply_text(questions[me["done"]][0], parse_mode="Markdown")', QUIZ,
           "Leave out parse_mode"),
    Mutant(8, "a long question has more words", "reply_text(questions", 'reply_text("Now think "'
           ' "hard! " * 20 + questions', QUIZ),
    Mutant(8, "an unknown command is an answer", 'if (command) return "";', "", "quiz/node/bot.mjs",
           "commands that you don't know"),
]  # fmt: skip
LIBRARY = "library/irc/bot.py"
MUTANTS += [
    Mutant(1, "every book is number 1", "It is #{len(books)}.", "It is #1.", LIBRARY),
    Mutant(1, "the token without oauth:", "PASS oauth:", "PASS ", LIBRARY,
           "Your program is not in the channel"),
    Mutant(1, "it joins without #", "JOIN #", "JOIN ", LIBRARY,
           "Your program is not in the channel"),
    Mutant(2, "a title ends at a colon", "who, text = found.groups()",
           'who, text = found[1], line.split(":")[2]', LIBRARY, "A title may have a colon"),
    Mutant(2, "another word for empty", "The library is empty.", "There is nothing.", LIBRARY),
    Mutant(3, "a book for two people", "            if has:\n", "            if False:\n", LIBRARY,
           "One book is for one person"),
    Mutant(3, "what isn't there is the last one", "if index < 0:", "if index < -1:", LIBRARY,
           "there is no such book"),
    Mutant(3, "a reader may borrow it again", "            if has:\n",
           '            if has not in ("", who):\n', LIBRARY, "One book is for one person"),
    Mutant(3, "who asks for a lent book gets it", 'return [f"{has} has it."]',
           'books[index][1] = who\n                return [f"{has} has it."]', LIBRARY,
           "One book is for one person"),
    Mutant(3, "a lent book leaves the list", "for number, (title, _) in enumerate(books, 1)]",
           "for number, (title, has) in enumerate(books, 1) if not has]", LIBRARY,
           "A book that somebody has belongs to the library"),
    Mutant(4, "only one book of a person", "return pages(lines) or [f",
           "return pages(lines[:1]) or [f", LIBRARY, "List the books that this person has"),
    Mutant(4, "a person's books are counted again",
           "for n, (title, has) in enumerate(books, 1) if has == name]",
           "for n, title in enumerate([title for title, has in books if has == name], 1)]", LIBRARY,
           "its own number"),
    Mutant(4, "a part of a login is enough", "if has == name]", "if has and name in has]", LIBRARY,
           "Compare the whole login"),
    Mutant(4, "capital letters matter", '.removeprefix("@").lower()', '.removeprefix("@")', LIBRARY,
           "Viktor, viktor and @viktor are one person"),
    Mutant(4, "the @ belongs to the name", 'words.removeprefix("@")', "words", LIBRARY,
           "Viktor, viktor and @viktor are one person"),
    Mutant(5, "anybody returns a book", "if has != who:", "if False:", LIBRARY,
           "Only the person who has a book"),
    Mutant(5, "a book that nobody has comes back", "if has != who:", 'if has not in ("", who):',
           LIBRARY, "Only the person who has a book"),
    Mutant(5, "a returned book stays away", 'books[index][1] = ""', "pass", LIBRARY,
           "the book is in the library again"),
    Mutant(6, "a word is taken for a number", "if not words.isdecimal():", "if not words:", LIBRARY,
           "!borrow 1"),
    Mutant(6, "nothing is a title, too", 'if not words:\n            return ["Write it like this: '
           '!add', 'if False:\n            return ["', LIBRARY),
    Mutant(6, "² is taken for a number", "words.isdecimal()", "words.isdigit()", LIBRARY,
           "Use isdecimal()"),
    Mutant(7, "it answers whatever people say", "    return []", '    return ["What?"]', LIBRARY,
           "Answer your own commands and nothing else"),
    Mutant(7, "a command may be anywhere", 'command, _, words = text.partition(" ")',
           'command, _, words = text[max(text.find("!"), 0):].partition(" ")', LIBRARY),
    Mutant(7, "a command may be longer", 'if command == "!books":',
           'if command.startswith("!books"):', LIBRARY),
    Mutant(7, "PING may be anywhere", 'if line.startswith("PING"):\n', 'if "PING" in line:\n'
           '            wire.sendall(f"PRIVMSG #{CHANNEL} :pong\\r\\n".encode())\n', LIBRARY,
           "Only a line that begins with PING is Twitch's"),
    Mutant(7, "a message for each book", "pages(lines) or [\"The", "lines or [\"The", LIBRARY,
           "into one message"),
    Mutant(7, "a word before the title", 'return [f"Here is', 'return ["Yes!", f"Here is', LIBRARY,
           "into one message"),
    Mutant(8, "one long message", "if texts and len", "if texts and 0 * len", LIBRARY,
           "500 characters at most"),
    Mutant(8, "a page is too long", "LIMIT = 500", "LIMIT = 600", LIBRARY,
           "500 characters at most"),
    Mutant(8, "what a person has is one long message", "return pages(lines) or [f",
           'return ([" ".join(lines)] if lines else []) or [f', LIBRARY, "500 characters at most"),
    Mutant(9, "nothing is saved", "FILE.write_text(", "str(", LIBRARY),
    Mutant(9, "the reader isn't saved", "books[index][1] = who\n            save()",
           "books[index][1] = who", LIBRARY, "Who has a book must survive"),
    Mutant(10, "PING has no PONG", 'if line.startswith("PING"):', "if False:", LIBRARY,
           "Answer each line that begins with PING"),
    Mutant(10, "PING is too short for it", 'if line.startswith("PING"):',
           '_, _, _ = line.split(" ", 2)\n        if line.startswith("PING"):', LIBRARY,
           "first look which command it is"),
    Mutant(10, "it joins only once",
           'wire.sendall(f"NICK {NAME}\\r\\nJOIN #{CHANNEL}\\r\\n".encode())',
           'join = "" if vars(listen) else f"JOIN #{CHANNEL}\\r\\n"\n    listen.has_joined = 1\n'
           '    wire.sendall(f"NICK {NAME}\\r\\n{join}".encode())', LIBRARY,
           "join the channel each"),
    Mutant(10, "it tries only once", "while True:\n    try:", "for _ in range(1):\n    try:",
           LIBRARY, "call it in a loop"),
]  # fmt: skip
FUNCTION = "lost_property_function/by_hand/main.py"
MUTANTS += [
    Mutant(1, "no sign before the number", "It is #{row.lastrowid}", "It is {row.lastrowid}",
           FUNCTION),
    Mutant(1, "the handler has another name", "def handler(", "def handle(", FUNCTION),
    Mutant(1, "a colon is missing", "def handler(event, context):", "def handler(event, context)",
           FUNCTION, "Python can't read your file"),
    Mutant(1, "the body stays a string", 'json.loads(event["body"])', 'event["body"]', FUNCTION,
           "Your line:  main.py:"),
    Mutant(1, "the method is missing", '"method": "sendMessage", ', "", FUNCTION,
           "Telegram has found no message in your response"),
    Mutant(4, "a number is used twice", "primary key autoincrement", "primary key", FUNCTION),
    Mutant(5, "people are known by name", '["from"]["id"]', '["from"]["first_name"]', FUNCTION),
    Mutant(7, "the secret is ignored", "if not hmac.compare_digest(given.encode(), "
           "SECRET.encode()):", "if False:", FUNCTION, "x-telegram-bot-api-secret-token"),
    Mutant(7, "no secret is a secret", "if not hmac.compare_digest(given.encode(), "
           "SECRET.encode()):", "if given and given != SECRET:", FUNCTION),
    Mutant(7, "the beginning of the secret will do", "if not hmac.compare_digest(given.encode(), "
           "SECRET.encode()):", "if not given or not SECRET.startswith(given):", FUNCTION,
           "Compare the whole secret"),
    Mutant(7, "another status", '"statusCode": 403', '"statusCode": 200', FUNCTION),
    Mutant(7, "it refuses too late", "    if not hmac",
           '    answer(json.loads(event["body"])["message"]["text"], '
           '{"from": {"id": 0}}) if given != SECRET else None\n    if not hmac', FUNCTION,
           "Compare the secret first"),
    Mutant(9, "an update counts twice", "insert or ignore into updates values (?)",
           "insert or replace into updates values (?)", FUNCTION, "Keep the update_id"),
    Mutant(9, "only the last update is kept", '        if box.execute("insert or',
           '        last = "(select max(id) from updates)"\n'
           '        box.execute(f"delete from updates where id < {last}")\n'
           '        if box.execute("insert or', FUNCTION, "the last update_id isn't enough"),
    Mutant(9, "updates are in a variable", 'if box.execute("insert or ignore into updates values '
           '(?)", (update["update_id"],)).rowcount:', 'seen = vars(handler).setdefault("s", [])\n'
           '        seen.append(update["update_id"])\n        if seen.count(seen[-1]) == 1:',
           FUNCTION, "may reach another instance"),
    Mutant(2, "equal words count once", '(update["update_id"],)', '(hash(message["text"]) % 9**9,)',
           FUNCTION),
    Mutant(8, "the box is in memory", 'Path(os.environ["STORE_FOLDER"], "box.sqlite3")',
           '":memory:"', FUNCTION),
    Mutant(10, "formatting is switched on", '"text": text}', '"text": text, "parse_mode": "HTML"}',
           FUNCTION, "Send people's words without parse_mode"),
    Mutant(10, "another formatting is switched on", '"text": text}',
           '"text": text, "parse_mode": "Markdown"}', FUNCTION,
           "Send people's words without parse_mode"),
    Mutant(10, "every update has a text", 'message.get("text", "")', 'message["text"]', FUNCTION,
           "A sticker has no text"),
    Mutant(10, "a changed message is a thing", 'update.get("message") or {}',
           'update.get("message") or update["edited_message"]', FUNCTION),
    Mutant(11, "one long message", "if len(text + line + more) > LIMIT:", "if False:", FUNCTION,
           "say that there are more"),
    Mutant(11, "twenty things at most", "if len(text + line + more) > LIMIT:",
           'if text.count("\\n") == 20:', FUNCTION, "Things that fit are listed whole"),
    Mutant(11, "what is more is kept secret", "return text + more", "return text", FUNCTION),
]  # fmt: skip


@pytest.fixture(autouse=True)
def course(tmp_path, monkeypatch):
    """A learner's own folder, in which nothing was passed yet."""
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path))
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path / "my_course"))
    return tmp_path / "my_course"


@pytest.fixture
def take(capsys):
    """Take an exam; returns the exit status and what was printed."""

    def take(folder, *options, name=NAME):
        status = exam.main([name, str(folder), *options])
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
        "lost_property/functions",
        "lost_property/node",
        "quiz/json",
        "library/irc",
        "lost_property_function/by_hand",
        pytest.param("lost_property/classes", marks=pytest.mark.full("one right bot of each kind")),
        pytest.param("lost_property/json", marks=pytest.mark.full("what beginners write")),
        pytest.param("lost_property/slow", marks=pytest.mark.full("it thinks for a second")),
        pytest.param("lost_property/aiogram", marks=pytest.mark.full("clients from pip")),
        pytest.param("library/twitchio", marks=pytest.mark.full("one right bot of each kind")),
        pytest.param(
            "lost_property_function/botlib", marks=pytest.mark.full("one right bot of each kind")
        ),
        pytest.param(
            "lost_property_function/sends_itself",
            marks=pytest.mark.full("it is heard before it returns"),
        ),
        pytest.param("quiz/node", marks=pytest.mark.full("one right bot of each kind")),
    ],
)
@pytest.mark.timeout(600)
def test_a_right_bot_passes_all_points(solution, take, monkeypatch):
    if solution.endswith("aiogram"):
        monkeypatch.setenv("PYTHONPATH", installed_packages("aiogram==3.31.0"))
    name = solution.partition("/")[0]
    status, printed = take(PEERS / solution, "--sitting", "2", name=name)
    assert status == 0, printed
    assert "printed an error" not in printed
    assert [line.split()[1] for line in printed.splitlines() if line.startswith("✔")] == [
        str(point.number) for point in BRIEFS[name].points
    ]


@pytest.mark.full("every way to be wrong")
@pytest.mark.parametrize(
    "mutant", MUTANTS, ids=[f"{one.solution} {one.point} {one.mistake}" for one in MUTANTS]
)
@pytest.mark.timeout(300)
def test_a_wrong_bot_fails_at_the_right_point(mutant, take, write):
    file = PEERS / mutant.solution
    right = file.read_text(encoding="utf-8")
    assert mutant.old in right
    folder = write(right.replace(mutant.old, mutant.new), file.name)
    name = mutant.solution.partition("/")[0]
    status, printed = take(folder, "--sitting", "2", name=name)
    assert status == 1
    assert f"Point {mutant.point} is not passed yet." in printed, printed
    assert mutant.advice in printed, printed


def test_each_exam_has_a_brief_and_mistakes_that_it_notices():
    assert list(BRIEFS) == list(EXAMS)
    noticed = Counter(mutant.solution.partition("/")[0] for mutant in MUTANTS)
    assert {name for name, number in noticed.items() if number >= 12} == BRIEFS.keys() - {
        "coin_jar"
    }


def test_a_rehearsal_prints_the_same_and_counts_no_try(tmp_path, monkeypatch, capsys, course):
    monkeypatch.chdir(tmp_path)
    rehearse("coin_jar")
    assert "There is no folder workshop" in capsys.readouterr().out
    assert not course.exists()


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
    assert names == [TRIES_FILE, "lost_property-1", "lost_property-tries"]
    lines = (course / "progress" / TRIES_FILE).read_text(encoding="utf-8").splitlines()
    tries = [json.loads(line)[1:] for line in lines]
    assert tries == [["lost_property-1", True, ""], ["lost_property-2", False, ""]]
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


def test_an_error_in_a_twitchio_command_is_the_authors_own(take, write):
    status, printed = take(write(TWITCHIO_BEGINNING), name="library")
    assert status == 1
    assert "Error:      KeyError: 'Momo'\nYour line:  bot.py:11: await" in printed, printed
    assert "Your program printed" not in printed, "nothing but what TwitchIO says"


def test_a_twitchio_bot_that_subscribes_to_nothing_is_told(take, write):
    silent = "\n".join(line for line in TWITCHIO_BEGINNING.splitlines() if "websocket" not in line)
    status, printed = take(write(silent), name="library")
    assert status == 1
    assert "With TwitchIO, setup_hook has await self.add_token" in printed, printed


def test_a_list_that_is_too_short_is_told_in_an_exam(take, write):
    status, printed = take(write(BEGINNING.replace("HANDLER", "things = []; things[0]")))
    assert status == 1
    assert "IndexError: list index out of range" in printed
    assert "The list is shorter than this line needs, or empty." in printed, printed


def test_an_error_in_a_passed_point_is_shown(take, write):
    handler = """box.append(1)
    await update.message.reply_text(f"#{len(box)}")
    await update.message.reply_text("")"""
    status, printed = take(write("box = []\n" + BEGINNING.replace("HANDLER", handler)))
    assert status == 1
    assert (
        "\n✔  1 /found puts a thing into the box and says its number\n"
        "     But your program printed an error:\n"
        "     telegram.error.BadRequest: Message text is empty\n"
        '     bot.py:10: await update.message.reply_text("")\n'
        "…  2"
    ) in printed


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
