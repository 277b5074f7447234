"""Her commands have her names and her language; pages find them by what they do."""

from pathlib import Path

import pytest

from botlib import Bot
from botlib.run import load_bot
from lessons import my_bot
from lessons.workshop import write_file

START = "import random\n\nfrom botlib import Bot\nfrom botlib.store import open_store\n\n"
START += "bot, store = Bot(), open_store()\n\n\n"
HERS = {
    "moin": 'return f"Moin {message.user} 🐙"',
    "wurf": """
        number = random.randint(1, 6)
        punkte = store.get("punkte") or {}
        punkte[message.user] = punkte.get(message.user, 0) + number
        store.set("punkte", punkte)
        return [f"{message.user} würfelt …", "… und zwar " + "⚀⚁⚂⚃⚄⚅"[number - 1]]
        """,
    "stand": """
        punkte = store.get("punkte") or {}
        return f"{message.user} hat {punkte.get(message.user, 'keine')} Punkte"
        """,
    "witz": 'return f"{message.user}, was ist grün und klopft an die Tür?\\nEin Klopfsalat."',
    # What looks alike, and isn't what a page needs:
    "laune": 'return random.choice(["müde", "munter", "hungrig"])',
    "besuch": """return f"Besuch Nummer {store.increment('besuche')}: {message.user}" """,
    "jubel": """return f"{message.user} jubelt zum {store.increment('!' + message.user)}. Mal" """,
    "echo": "return message.arguments",
    "kaputt": "return 1 / 0",
    "laut": 'print("nur im Log")',
}
NAMES = {"hello": "moin", "roll": "wurf", "score": "stand", "joke": "witz"}
COURSE_NAMES = ["hello", "roll", "score", "joke"]


def write_commands(commands, stem="{}"):
    """Write commands into her bot, each into a file of its own; a cell of the course did it."""
    for name, body in commands.items():
        head = f'@bot.command("{name}")\ndef {name}(message):\n'
        lines = [line.strip() for line in body.strip().splitlines()]
        code = START + head + "".join(f"    {line}\n" for line in lines)
        write_file(f"my_bot/commands/{stem.format(name)}.py", code)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The folder of her bot, in a course where she has run the cells that save its files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STORE_URL", raising=False)
    write_file("my_bot/main.py", "from botlib import Bot\n\nbot = Bot()\nbot.include_folder()\n")
    return Path("workshop/my_bot")


def test_commands_in_another_language_are_found_by_what_they_do(folder, capsys):
    write_commands(HERS)
    bot = my_bot(needs=COURSE_NAMES)
    said = capsys.readouterr().out
    assert bot.other_names == NAMES
    assert said == (
        "on this page, !hello is your !moin, !roll is your !wurf, !score is your !stand, !joke is "
        'your !witz. If one is wrong, write: my_bot(hello="…")\n'
    )
    assert bot.ask("!hello", "Ada") == "Moin Ada 🐙"
    before = bot.ask("!score", "Ada")
    bot.ask("!roll", "Ada")
    assert bot.ask("!score", "Ada") != before == "Ada hat keine Punkte"
    assert "klopft" in bot.ask("!joke", "Ada")
    assert sorted(bot.own_commands()) == sorted(HERS)
    assert not any(f"!{name}" in bot.ask("!help") for name in COURSE_NAMES)
    assert not (folder / "commands/hello.py").exists()


def test_they_answer_in_later_notebooks_and_in_all_homes_without_a_word(folder, capsys):
    write_commands(HERS)
    my_bot(needs=COURSE_NAMES)
    capsys.readouterr()
    assert my_bot(needs=COURSE_NAMES).ask("!hello", "Ada") == "Moin Ada 🐙"
    assert capsys.readouterr().out == ""
    assert load_bot(folder / "main.py").ask("/HELLO", "Ada") == "Moin Ada 🐙"  # as a home does


def test_her_scores_are_left_alone_while_commands_are_tried(folder):
    write_commands(HERS)
    my_bot().ask("!wurf", "Viktor")
    before = my_bot().ask("!stand", "Viktor")
    files = sorted(folder.rglob("*.py"))
    bot = my_bot(needs=["score"])
    assert bot.ask("!score", "Viktor") == before
    assert bot.ask("!besuch", "Viktor") == "Besuch Nummer 1: Viktor"
    assert sorted({*files, folder / "commands/other_names.py"}) == sorted(folder.rglob("*.py"))


@pytest.mark.parametrize("need", COURSE_NAMES)
def test_of_several_it_is_the_one_in_the_file_that_the_course_has_for_it(folder, need, capsys):
    write_commands(HERS)
    write_commands({f"{NAMES[need]}2": HERS[NAMES[need]]}, stem=need)
    assert my_bot(needs=[need]).other_names == {need: f"{NAMES[need]}2"}


def test_dice_are_found_before_there_is_a_score():
    write_commands({name: HERS[name] for name in ("moin", "wurf", "besuch", "echo")})
    assert my_bot(needs=["roll"]).other_names == {"roll": "wurf"}


def test_if_two_fit_it_asks_once_and_keeps_the_answer(folder, capsys):
    write_commands(HERS)
    write_commands({"servus": 'return f"Servus, {message.user}!"'})
    for _ in range(2):
        bot = my_bot(needs=["hello", "roll"])
        assert bot.other_names == {"roll": "wurf"}
        said = capsys.readouterr().out
        assert "this page uses !hello, which greets a person by name. Which of your" in said
        assert "You have !moin, !servus." in said
        assert '\n    bot = my_bot(needs=["hello", "roll"], hello="")\n' in said
    assert my_bot(needs=["hello", "roll"], hello="!Servus").ask("!hello", "Ada") == "Servus, Ada!"
    assert capsys.readouterr().out == ""
    assert my_bot(needs=["hello", "roll"]).ask("!hello", "Ada") == "Servus, Ada!"
    assert capsys.readouterr().out == ""


def test_if_none_fits_it_asks_and_names_the_cell(capsys):
    write_commands({"roll": HERS["wurf"], "hello": HERS["moin"]})
    write_commands({"moin": 'return "Moin!"'}, stem="hello")  # it names nobody any more
    bot = my_bot(needs=["hello"])
    said = capsys.readouterr().out
    assert "You have !moin." in said
    assert "If none does, run the cell of notebook 00 that saves commands/hello.py" in said
    assert bot.other_names == {}
    assert my_bot(needs=["hello"], hello="moin").ask("!hello", "Ada") == "Moin!"


def test_an_answer_that_is_no_command_of_hers_is_named(capsys):
    write_commands({"moin": 'return "Moin!"'}, stem="hello")
    my_bot(needs=["hello"], hello="mion")
    said = capsys.readouterr().out
    assert said.startswith("your bot has no !mion, only !moin. Is it spelled right?\n")
    assert "You have !moin." in said


def test_a_command_that_she_has_skipped_comes_from_the_course_unless_hers_does_it(capsys):
    write_commands({"moin": HERS["moin"], "laune": HERS["laune"]})
    bot = my_bot(needs=["hello", "score"])
    assert bot.other_names == {"hello": "moin"}
    assert "added to workshop/my_bot: commands/score.py" in capsys.readouterr().out


def test_a_command_that_is_renamed_again_is_found_again(folder):
    write_commands({"moin": HERS["moin"]}, stem="hello")
    assert my_bot(needs=["hello"]).ask("!hello", "Ada") == "Moin Ada 🐙"
    write_commands({"hallo": HERS["moin"]}, stem="hello")
    assert my_bot(needs=["hello"]).ask("!hello", "Ada") == "Moin Ada 🐙"


def test_a_command_that_hangs_or_ends_the_process_makes_it_ask(folder, capsys, monkeypatch):
    monkeypatch.setattr("lessons.needed_commands.ALL_COMMANDS_S", 3.0)
    write_commands({"moin": HERS["moin"], "ewig": "while True: pass"})
    write_commands({"gruss": HERS["moin"]}, stem="hello")
    my_bot(needs=["hello"])
    assert "Which of your commands does the same? You have" in capsys.readouterr().out


def test_slow_commands_and_those_of_the_course_are_not_tried(folder):
    write_commands({"moin": HERS["moin"], "roll": HERS["wurf"], "stand": HERS["stand"]})
    slow = "import time\ntime.sleep(1.5)\nreturn f'{message.user}, langsam'"
    network = "import os\nos._exit(1)\nreturn 'no request may leave'"
    write_commands({"langsam": slow, "open": network})
    names = my_bot(needs=["hello", "roll", "score"]).other_names
    assert names == {"hello": "moin", "score": "stand"}


def test_other_names_are_never_a_command_of_the_bot():
    bot = Bot()
    bot.other_names = {"hello": "moin"}
    assert bot.commands == ["help"]
    assert bot.ask("!hello") == "I do not know !moin. Try !help."
