"""A bot whose commands are files of their own: bot.include_folder("commands")."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from botlib.run import load_bot

ROOT = Path(__file__).parents[2]
MAIN = "from botlib import Bot\nbot = Bot()\nbot.include_folder('commands')\n"
GREET = "from botlib import Bot\nbot = Bot()\n\n@bot.command('{0}', help='says {0}')\n"
GREET += "def say(message):\n    return '{0} ' + message.user\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path[:])
    (tmp_path / "main.py").write_text(MAIN)
    (tmp_path / "commands").mkdir()
    yield tmp_path
    for name, module in list(sys.modules.items()):  # others have the same names
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


def write(folder, **files):
    for name, text in files.items():
        (folder / "commands" / f"{name}.py").write_text(text)


def load(folder):
    return load_bot(folder / "main.py")


def test_the_commands_of_all_files_join_in_the_order_of_their_names(folder):
    write(folder, hello=GREET.format("hello"), bye=GREET.format("bye"))
    bot = load(folder)
    assert bot.ask("!hello", user="Viktor") == "hello Viktor"
    assert bot.ask("!help").splitlines() == [
        "!help what I can do",
        "!bye says bye",
        "!hello says hello",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def", "bad.py does not run: SyntaxError: invalid syntax (bad.py, line 1)."),
        ("\n1 / 0", "bad.py does not run: ZeroDivisionError: division by zero in bad.py, line 2."),
        (
            'from botlib import Bot\nbot = Bot()\n@bot.comand("hello")\ndef hello(message): ...',
            "'Bot' object has no attribute 'comand' in bad.py, line 3. Did you mean command?",
        ),
        ("text = ''\ntext.uper_case_it()", "'uper_case_it' in bad.py, line 2."),
        ("import sys\nsys.exit(3)", "bad.py does not run: SystemExit: 3 in bad.py, line 2."),
        ("import pytest\npytest.skip()", "bad.py does not run: Skipped: "),
        ("robot = 1", "bad.py has no `bot`. Expected bot = Bot(); found robot."),
        ("bot = 1", "bad.py has no `bot`. Expected bot = Bot(); found bot."),
        (GREET.format("aha"), "bad.py makes !aha in line 4, which aha.py has already. "),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line_and_the_rest_works(
    folder, caplog, text, words
):
    write(folder, aha=GREET.format("aha"), bad=text, hello=GREET.format("hello"))
    bot = load(folder)
    assert bot.commands == ["help", "aha", "hello"]
    (message,) = caplog.messages
    assert message.startswith("a file of commands is left out: ")
    assert words in message


def test_a_command_stays_with_the_file_of_its_name(folder, caplog):
    bye = GREET.format("bye").replace("def say", "def bye")
    write(folder, bye=bye + GREET.format("hello").split("\n", 3)[3], hello=GREET.format("hello"))
    assert load(folder).commands == ["help", "hello"]
    assert "bye.py makes !hello in line 7, which hello.py has already." in caplog.text


def test_a_file_of_commands_gets_no_advice_for_a_main_file(folder, caplog):
    write(folder, bad="from botlib import Bot\nbot = Bot()\nopen('gone')")
    load(folder)
    assert "in bad.py, line 3" in caplog.text and "for the cloud" not in caplog.text


def test_a_file_may_be_a_link_to_one_of_another_name(folder):
    (folder / "words").write_text(GREET.format("hello"))
    try:
        (folder / "commands/hello.py").symlink_to(folder / "words")
    except OSError as error:  # Windows wants a right for it
        pytest.skip(f"links cannot be made here: {error}")
    assert load(folder).ask("!hello", user="Viktor") == "hello Viktor"


def test_no_file_writes_escape_sequences_into_the_log(folder, caplog):
    write(folder, bad="raise OSError('\\x1b[2J' + chr(7))")
    if os.name == "posix":  # Windows takes no such name
        write(folder, **{"worse\x1b[2J": "def"})
    load(folder)
    assert "OSError: \\x1b[2J\\x07 in bad.py, line 1" in caplog.text
    assert len(caplog.messages) == 1 + (os.name == "posix")
    assert "\x1b" not in caplog.text and "\x07" not in caplog.text


def test_a_copy_that_keeps_the_command_of_its_original_does_not_push_it_out(folder, caplog):
    write(folder, aha=GREET.format("hello"), hello=GREET.format("hello"), zoo=GREET.format("zoo"))
    bot = load(folder)
    assert bot.commands == ["help", "hello", "zoo"]
    (message,) = caplog.messages
    assert "aha.py makes !hello in line 4, which hello.py has already. Change the word" in message


def test_a_command_that_the_bot_has_itself_is_left_as_it_is(folder, caplog):
    own = "bot.command('hello')(lambda message: 'mine')\n"
    (folder / "main.py").write_text(MAIN.replace("bot.incl", f"{own}bot.incl"))
    write(folder, hello=GREET.format("hello"))
    assert load(folder).ask("!hello") == "mine"
    assert "which the bot that includes this folder has already" in caplog.text


def test_a_help_of_ones_own_replaces_the_built_in_one(folder):
    write(folder, help=GREET.format("help"))
    assert load(folder).ask("!help", user="Viktor") == "help Viktor"


def test_files_import_helpers_and_each_other_and_none_runs_twice(folder):
    write(folder, _words="JOKE = 'knock knock'\n")
    joke = "from _words import JOKE\nfrom points import points\n"
    joke += "from botlib import Bot\nbot = Bot()\n"
    write(folder, joke=joke + "bot.command('joke')(lambda m: points.append(1) or JOKE)\n")
    points = "from botlib import Bot\nbot = Bot()\npoints = []\n"
    write(folder, points=points + "bot.command('points')(lambda m: str(len(points)))\n")
    bot = load(folder)
    assert (bot.ask("!joke"), bot.ask("!points")) == ("knock knock", "1")


NAMES = ["time", "random", "calendar", "html", "telegram", "aiohttp", "botlib", "main", "my-word"]


LOAD_ALL = """
import sys
from pathlib import Path
from botlib.run import load_bot
bot = load_bot(Path(sys.argv[1]))
for word in sys.argv[2:]:
    print(bot.ask(f"!{word}", user="Viktor"))
import random, time, calendar, html, botlib.telegram.polling, botlib.twitch.irc_bot
"""


@pytest.fixture(scope="module")
def said_by_files(tmp_path_factory):
    """{a file's name: what its command says} in a new Python, which imports the modules later."""
    folder = tmp_path_factory.mktemp("bot")
    (folder / "main.py").write_text(MAIN)
    (folder / "commands").mkdir()
    words = [f"word{number}" for number in range(len(NAMES))]
    texts = (GREET.format(word) for word in words)
    write(folder, **dict(zip(NAMES, texts, strict=True)))
    done = subprocess.run(
        [sys.executable, "-c", LOAD_ALL, str(folder / "main.py"), *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
    )
    assert done.stderr == ""
    return dict(zip(NAMES, done.stdout.splitlines(), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_may_have_the_name_of_a_module_that_others_import(said_by_files, name):
    assert said_by_files[name] == f"word{NAMES.index(name)} Viktor"


def test_a_file_gives_commands_of_other_files_other_names(folder):
    write(folder, greet=GREET.format("moin"), hello=GREET.format("hello"))
    names = {"hi": "moin", "hello": "moin"}
    write(folder, names=f"from botlib import Bot\nbot = Bot()\nbot.other_names = {names}\n")
    bot = load(folder)
    assert bot.ask("!hi", user="Viktor") == "moin Viktor"
    assert bot.ask("/HI", user="Viktor") == "moin Viktor"
    assert bot.ask("!hello", user="Viktor") == "hello Viktor"  # a command comes first
    assert bot.commands == ["help", "moin", "hello"]
    assert "!hi" not in bot.ask("!help")


def test_a_command_imports_the_module_whose_name_it_has(folder):
    write(folder, random="import random\nrandom.random()\n" + GREET.format("random"))
    assert load(folder).ask("!random", user="Viktor") == "random Viktor"


def test_two_bots_of_one_process_may_have_files_of_the_same_names(folder, tmp_path):
    other = tmp_path / "other"
    (other / "commands").mkdir(parents=True)
    (other / "main.py").write_text(MAIN)
    for each, word in ((folder, "mine"), (other, "theirs")):
        write(each, _words=f"WORD = '{word}'\n")
        joke = "from _words import WORD\nfrom botlib import Bot\nbot = Bot()\n"
        write(each, joke=joke + "bot.command('joke')(lambda message: WORD)\n")
    bots = [load(folder), load(other), load(folder)]
    assert [bot.ask("!joke") for bot in bots] == ["mine", "theirs", "mine"]


def test_loaded_again_it_has_what_the_files_say_now(folder):
    write(folder, hello=GREET.format("hello"), bye=GREET.format("bye"))
    bot = load(folder)
    write(folder, hello=GREET.format("hallo"))  # as long as before, and within the same second
    (folder / "commands/bye.py").unlink()
    assert load(folder).commands == ["help", "hallo"]
    bot.include_folder(str(folder / "commands"))
    assert bot.commands == ["help", "hallo"]


def test_loaded_again_without_its_own_help_it_has_the_built_in_one(folder):
    write(folder, help=GREET.format("help"), hello=GREET.format("hello"))
    bot = load(folder)
    (folder / "commands/help.py").unlink()
    bot.include_folder(str(folder / "commands"))
    assert bot.ask("!help") == "!help what I can do\n!hello says hello"


def test_without_the_folder_the_error_says_what_to_make(folder):
    (folder / "commands").rmdir()
    with pytest.raises(ValueError, match=r"there is no folder .*commands\. Make it"):
        load(folder)


def test_a_bot_without_a_folder_does_not_load_what_includes_one():
    code = "import sys, botlib; botlib.Bot().ask('!help'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True)
    assert done.stderr == "" and "botlib.details.bot_files" not in done.stdout.split()
