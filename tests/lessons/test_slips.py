"""Each slip of an exercise is recognized in its own wrong code, by the exercise's real check."""

import importlib
import re
import time
from pathlib import Path
from textwrap import dedent
from time import sleep
from types import SimpleNamespace

import pytest

import lessons.exercises
from botlib.bot import Bot
from botlib.details.bot_files import load_bot_file
from lessons.exercises.slips import BotTask, Slip, Task, Values, contains, number_problem
from lessons.exercises.verdict import Exercise, exercise

GUIDE = Path(lessons.__file__).parents[1] / "CONTRIBUTING.md"


def guide():
    """The tasks and the exercise that CONTRIBUTING.md shows."""
    blocks = re.findall(r"^( *)```python\n(.*?)\n\1```$", GUIDE.read_text("utf-8"), re.M | re.S)
    names = {"__name__": "ex_guide"}
    for _, text in blocks:
        if "lessons.exercises.slips" in text:
            exec(dedent(text), names)
    shown = {"exercise_4": names["TWICE_TASK"], "exercise_5": names["HOMES_TASK"]}
    shown = {name: exercise("answer", "a hint", task=task)(accept) for name, task in shown.items()}
    return SimpleNamespace(**names, **shown)


def accept(answer):
    """Pass what a task has found right."""
    return "right"


FOLDER = Path(lessons.exercises.__file__).parent
MACHINERY = ("__init__", "slips", "verdict")
FILES = sorted(file for file in FOLDER.glob("*.py") if file.stem not in MACHINERY)
MODULES = [importlib.import_module(f"lessons.exercises.{file.stem}") for file in FILES]


def chapter(number):
    (module,) = (module for module in MODULES if module.__name__.endswith(f"ex_{number}"))
    return module


@pytest.fixture
def answer(capsys, tmp_path, monkeypatch):
    """Hand an answer in; returns what the exercise says."""
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))
    monkeypatch.setenv("STORE_FOLDER", str(tmp_path))

    def answer(each, function):
        each(function)
        return capsys.readouterr().out.strip()

    return answer


def handed_in(task, slip, folder):
    """What a learner hands in who has written the wrong code."""
    written = task.written(slip)
    if not isinstance(task, BotTask):
        return written
    file = folder / f"{task.command}.py"
    file.write_text(written, encoding="utf-8")
    return str(file) if task.file else load_bot_file(file, Bot)


def test_the_guides_exercise_says_what_the_guide_says(answer):
    tip, text = guide().exercise_3, GUIDE.read_text("utf-8")
    assert answer(tip, lambda price, percent: price * percent / 100).startswith("✔ passed: ")
    said = answer(tip, lambda price, percent: percent * price).removeprefix("… not yet: ")
    assert f'"{said}"' in text
    todo = "write def tip(price, percent): instead of the line with the dots"
    assert answer(tip, ...) == f"… not yet: {todo}"


TASK = Task(
    "last(words)",
    [((["a", "b"],), "b"), ((["a", "b", "c"],), "c"), ((["b"],), "b")],
    {
        "return words[1]": "that is the second word",
        "return words[len(words)]": "Python counts from 0: words[len(words) - 1]",
        "return words[0]": "that is the first word",
        "return words.pop(0)": "nobody can hear this, since it is the same as the first word",
    },
)


@exercise("write def last(words)", task=TASK)
def exercise_1(last):
    """The last word."""
    return "the last word"


def the_second_or_the_first(words):
    return words[1] if len(words) > 1 else words[0]


def out_of_range(words):
    raise IndexError("list index out of range")


def takes_all(words):
    last = words.pop()
    words.clear()
    return last


def prints(words):
    print(words[-1])


def unpacks(words):
    _first, _second, last, _more = words
    return last


def sleeps(words):
    time.sleep(100)
    return words[-1]


async def waits(words):
    return words[-1]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda words: words[-1], "✔ passed: the last word"),
        (takes_all, "✔ passed: the last word"),
        (lambda words: "x", "gave the same. Does it use words, the values that it gets?"),
        (lambda words: None, "returned nothing"),
        (the_second_or_the_first, "last(['a', 'b', 'c']) gave 'b', expected 'c': that is the sec"),
        (lambda words: words[0], "last(['a', 'b']) gave 'a', expected 'b': that is the first word"),
        (out_of_range, "raised IndexError: list index out of range, expected 'b': Python counts"),
        (lambda words: "x", "… not yet: last(['a', 'b']) gave 'x', expected 'b'"),
        (prints, "Write return instead of print, because print itself returns nothing"),
        (lambda words: None, "Does it end with return?"),
        (lambda: "b", "The brackets after def need a name for each value in the call"),
        (lambda words: word[-1], "A text needs quotes"),  # noqa: F821
        (lambda words: math.nan, "write import math above the function"),  # noqa: F821
        (unpacks, "There must be as many names"),
        (waits, "write def without async"),
        (sleeps, "✔ passed: the last word"),
        ("b", "… not yet: expected a function, found 'b'. A function begins with def. Hand over"),
        (lambda words: words(0), "Square brackets take one part: [0]"),
    ],
)
def test_what_a_task_says(function, said, answer):
    assert said in answer(exercise_1, function)


def sleeping_import(failures):
    import time

    time.sleep(3600 * failures)


def sleeping_name(failures):
    sleep(3600 * failures)
    return failures


def prints_more(words):
    print(words)


@exercise(
    "write def tell(words)",
    task=Task("tell(words)", [((["a"],), "a")], {"print(words[0])": "print gives nothing"}),
)
def exercise_8(tell):
    """The first word."""
    return "the first word"


def test_a_slip_that_prints_is_not_told_to_somebody_who_printed_nothing(answer):
    assert answer(exercise_8, prints_more).endswith("print gives nothing")
    assert answer(exercise_8, lambda words: None).endswith("Does it end with return?")


def test_nobody_waits_for_a_function_that_sleeps(answer):
    task = Task("wait(failures)", [((1,), 1), ((500,), 500)])
    waits = exercise("answer", task=task)(accept)
    assert "returned nothing" in answer(waits, sleeping_import)
    assert "passed" in answer(waits, sleeping_name)
    assert sleep is time.sleep


def test_a_slip_that_fails_earlier_explains_nothing(answer):
    said = answer(exercise_1, lambda words: words[0] if len(words) == 3 else words[-1])
    assert "last(['a', 'b', 'c']) gave 'a', expected 'c'" in said
    assert "that is the first word" not in said


def test_two_numbers_that_look_the_same_are_shown_in_full(answer):
    lost = exercise("answer", task=Task("lost(rate)", [((1,), 1.000004)]))(accept)
    assert answer(lost, lambda rate: 1.0).endswith("gave 1.0, expected 1.000004")
    assert answer(lost, lambda rate: 2).endswith("gave 2, expected 1")


def test_an_exercise_without_its_brackets_says_how_to_call_it():
    assert repr(exercise_1) == "exercise_1(last) checks your answer; exercise_1.hint() helps"


@pytest.mark.parametrize(
    ("found", "complaint"),
    [
        (1, ""),
        (0.5, ""),
        ("1", "a text. Return the number itself, without str() or quotes"),
        ((24, 5), "expected one number. A decimal has a point, as in 24.5"),
        (True, "expected a number"),
        (float("nan"), "expected a number"),
    ],
)
def test_what_is_wrong_with_a_number(found, complaint):
    assert number_problem(found) == complaint


ADDER = BotTask(
    "add",
    [
        [("!add 2 3", "5"), ("!add 10 -4 1", "7"), ("!add 8", "8")],
        [("!add two", contains("numbers"))],
    ],
    {
        'return "".join(message.words)': "the words were joined: int(word) makes a number",
        "return message.words[0]": "that is the first word alone: add all in a loop",
        """
        total = 0
        for word in message.words:
            total = total + int(word)
        return str(total)
        """: "words that are no numbers need try: and except ValueError:",
        """
        @bot.command("add")
        def add(message):
            return "5"
        """: "that is one sum: the words are in message.words",
    },
)


@exercise("write the command add", "a loop", task=ADDER, because="A loop goes through all words.")
def exercise_2(bot):
    """A bot that adds."""
    return "it adds"


VISITS = BotTask(
    "hi",
    [[("!hi", "Ann", "{user}: 1"), ("!hi", "Bob", "{user}: 1"), ("!hi", "Ann", "{user}: 2")]],
    {
        'return f"{message.user}: 1"': "the count must last: keep it in a dictionary",
        """
        visits["all"] = visits.get("all", 0) + 1
        return f"{message.user}: {visits['all']}"
        """: "one count for everybody: the key is message.user",
        """
        visits[message.user] = visits[message.user] + 1
        return f"{message.user}: {visits[message.user]}"
        """: "somebody new has no count yet: visits.get(message.user, 0)",
    },
    before="visits = {}",
    file=True,
)


@exercise("write the command hi", "a dictionary", task=VISITS)
def exercise_3(bot):
    """A bot that counts visits."""
    return "it counts"


def expect_roll(said):
    """Expect a name and a number from 1 to 6."""
    return "" if re.fullmatch("Viktor: [1-6]", "".join(said)) else "expected a roll"


ROLL = BotTask(
    "roll",
    [
        [("!roll", expect_roll)] * 12,
        [("!roll", expect_roll), ("!count", "1")],
    ],
    {
        "return 'Viktor: ' + str(random.randint(0, 5))": "randint(1, 6) has both its ends",
        """
        from random import randint
        from botlib import Bot
        from botlib.store import open_store
        bot = Bot()
        store = open_store()

        @bot.command("roll")
        def roll(message):
            return f"{message.user}: {randint(1, 6)}"

        @bot.command("count")
        def count(message):
            return str(store.get("rolls", 0))
        """: "nobody has added the roll to the store",
    },
    before="""import random
from botlib.store import open_store
store = open_store()
@bot.command("count")
def count(message):
    return str(store.get("rolls", 0))
""",
    file=True,
)


@exercise("write the command roll", "a dice", task=ROLL)
def exercise_4(file):
    """A file of a bot."""
    return "it rolls"


HOMES = Values(
    '"function" or "program"',
    {"shop": "function", "game": "program", "chat": "program"},
    {
        "shop": {"program": "Telegram calls it"},
        "game": "it speaks by itself",
        "chat": {"function": "it must hold the line"},
    },
    choices=("function", "program"),
)


@exercise("write a home instead of each three dots", "who begins?", task=HOMES)
def exercise_5(homes):
    """A home for each bot."""
    return "three homes"


LOST = Values(
    "a number",
    {"Telegram": 0, "Twitch": 3},
    {"Telegram": {3: "it keeps them"}, "Twitch": {0: "nobody keeps them"}},
    kind=number_problem,
)


@exercise("write a number instead of each three dots", "who keeps them?", task=LOST)
def exercise_6(lost):
    """Lost messages."""
    return "counted"


SLIPS = [
    pytest.param(each, slip, id=f"{slip.says}: {slip.code}")
    for module in (*MODULES, guide(), SimpleNamespace(**globals()))
    for each in vars(module).values()
    if isinstance(each, Exercise) and each.task
    for slip in each.task.slips
    if "nobody can hear this" not in slip.says
]


@pytest.mark.parametrize(("each", "slip"), SLIPS)
def test_a_slip_is_recognized_in_its_own_wrong_code(each, slip, answer, tmp_path):
    words = answer(each, handed_in(each.task, slip, tmp_path))
    meant = "spell" in slip.says or "NameError" in slip.says or isinstance(each.task, BotTask)
    assert meant or "NameError" not in words, "the code of a slip imports all that it uses"
    assert words.startswith("… not yet: ")
    assert words.endswith(f": {slip.says}"), "another slip, or none, gives this result, too"


SOLUTIONS = {
    f"{module.__name__}: {each.name}": each
    for module in MODULES
    for each in vars(module).values()
    if isinstance(each, Exercise) and getattr(each.task, "solution", "")
}


@pytest.mark.parametrize("each", SOLUTIONS.values(), ids=SOLUTIONS)
def test_a_solution_that_slips_are_made_of_is_right(each, tmp_path):
    each.task.check(handed_in(each.task, Slip(each.task.solution, ""), tmp_path))


def test_an_argument_that_is_too_long_to_read_is_told_in_words(answer):
    exercise_1 = chapter("06").exercise_1
    words = answer(exercise_1, lambda update: "hello Viktor!")
    assert words.startswith("… not yet: reply(update) with '!hello' from Viktor in chat 7 gave")
    words = answer(exercise_1, lambda update: update["form"])
    assert words.endswith(
        "raised KeyError: 'form' in reply(update) with '!hello' from Viktor in chat 7"
    )


def bot_with(command, function):
    bot = Bot()
    bot.command(command)(function)
    return bot


def adds(message):
    try:
        return str(sum(map(int, message.words)))
    except ValueError:
        return "I can only add numbers."


def adds_args(context, *words):
    return str(sum(map(int, words)))


def still_open(message):
    return ...


def test_a_wrong_file_leaves_no_store(answer, tmp_path):
    file = tmp_path / "roll.py"
    file.write_text(ROLLS.replace('increment("rolls")', 'get("rolls")'))
    assert answer(exercise_4, str(file)).endswith("nobody has added the roll to the store")
    assert not [*tmp_path.glob("*.sqlite3")]


@pytest.mark.parametrize(
    ("bot", "said"),
    [
        (bot_with("add", adds), "✔ passed: it adds\nA loop goes through all words."),
        (bot_with("add", lambda message: "6"), "for !add 2 3 it says '6'; expected '5'"),
        (bot_with("add", lambda message: print("5")), "the function printed '5'"),
        (bot_with("add", lambda message: None), "Does the command end with return?"),
        (bot_with("add", adds_args), "expected '5': *args is from another library"),
        (bot_with("add", lambda message: ""), "for !add 2 3 it says nothing"),
        (bot_with("add", lambda message: sum(message.words)), "becomes a number with int(…)"),
        (bot_with("add", lambda message: "2" / 3), "in quotes is a text: remove the quotes"),
        (
            bot_with("sum", adds),
            "no command add yet; it has: help, sum. Is this line right above def",
        ),
        (bot_with("add", still_open), "… not yet: write the command add"),
        (Bot(), "… not yet: write the command add"),
        (..., "… not yet: write the command add"),
        (Bot, "Bot needs brackets"),
        (adds, "found a function"),
        ("add.py", "found 'add.py'"),
    ],
)
def test_what_a_task_for_a_bot_says(bot, said, answer):
    assert said in answer(exercise_2, bot)


ROLLS = """import random
from botlib import Bot
from botlib.store import open_store

bot = Bot()
store = open_store()


@bot.command("roll")
def roll(message):
    store.increment("rolls")
    return f"{message.user}: {random.randint(1, 6)}"


@bot.command("count")
def count(message):
    return str(store.get("rolls", 0))
"""


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (ROLLS, "✔ passed: it rolls"),
        (ROLLS.replace("random.randint(1, 6)", "..."), "… not yet: write the command roll"),
        (ROLLS.replace("(message):", "(message)", 1), "SyntaxError"),
        (ROLLS.replace("bot = ", "robot = ").replace("@bot", "@robot"), "has no `bot`"),
        (ROLLS.replace(".command(", ".message_handler(commands="), "belongs to another library"),
        (ROLLS.replace("random.", "chance."), "raised NameError: name 'chance' is not defined"),
    ],
)
def test_what_a_task_for_a_file_says(source, said, answer, tmp_path):
    folder = tmp_path / "my_bot"
    folder.mkdir()
    (folder / "main.py").write_text(source, encoding="utf-8")
    assert said in answer(exercise_4, str(folder / "main.py"))
    assert said in answer(exercise_4, folder)
    assert said in answer(exercise_4, folder), "the last check has left nothing in the store"


GREET = BotTask(
    "greet",
    [[("!greet", name, contains(name))] for name in ("Viktor", "Ada")],
    {
        "return 'hello'": "nobody is called by name",
        "return 'hello Ada'": "everybody is called Ada",
    },
    form=lambda said: [name in "".join(said) for name in ("Viktor", "Ada")],
)


@exercise("write the command greet", "a name", task=GREET)
def exercise_7(bot):
    """A bot that greets."""
    return "it greets"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda message: f"ahoy {message.user}", "✔ passed: it greets"),
        (
            lambda message: "what a day",
            "says 'what a day', expected a text with the word Viktor: nobody is",
        ),
        (
            lambda message: "dear Ada, tea?",
            "says 'dear Ada, tea?', expected a text with the word Viktor: every",
        ),
    ],
)
def test_a_slip_is_known_by_its_form_where_learners_choose_the_words(function, said, answer):
    assert said in answer(exercise_7, bot_with("greet", function))


def test_a_task_for_a_file_wants_the_files_name(answer):
    assert "expected the name of a file" in answer(exercise_4, Bot())
    assert "does not exist" in answer(exercise_4, "commands/none.py")


@pytest.mark.parametrize(
    ("homes", "said"),
    [
        ({"shop": "function", "game": "program", "chat": "program"}, "✔ passed: three homes"),
        ({"shop": "function", "game": "cloud", "chat": "program"}, 'game: expected "function"'),
        ({"shop": "function", "game": ..., "chat": "program"}, "instead of the three dots: game"),
        ({"shop": "function"}, "is missing for game, chat"),
        ({"function"}, "a colon"),
        ("function", "expected a dictionary"),
    ],
)
def test_what_a_task_of_values_says(homes, said, answer):
    assert said in answer(exercise_5, homes)


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ({"Telegram": 0, "Twitch": 3}, "✔ passed"),
        ({"Telegram": 0, "Twitch": 1}, "Twitch: you said 1"),
        ({"Telegram": "0", "Twitch": 3}, "Telegram: a text. Return the number itself"),
        ({"Telegram": 0.0, "Twitch": 3}, "✔ passed"),
        ({"Telegram": False, "Twitch": 3}, "Telegram: expected a number"),
    ],
)
def test_what_a_task_of_numbers_says(lost, said, answer):
    assert said in answer(exercise_6, lost)


UNIT = next(module for module in MODULES if module.__name__.endswith("keep_it_running"))
SETTINGS = {
    "ExecStart": UNIT.START,
    "EnvironmentFile": "/etc/bot.env",
    "Restart": "on-failure",
    "RestartPreventExitStatus": "78",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ExecStart", "python3 main.py"),
        ("ExecStart", "/usr/bin/python3 -m botlib.run telegram main.py"),
        ("EnvironmentFile", "bot.env"),
        ("EnvironmentFile", "TELEGRAM_TOKEN=…"),
        ("Restart", "on_failure"),
        ("Restart", True),
        ("RestartPreventExitStatus", "79"),
    ],
)
def test_a_setting_that_nobody_expected_is_explained_too(name, value, answer):
    words = answer(UNIT.exercise_2, SETTINGS | {name: value})
    assert words.startswith(f"… not yet: {name}: you said {value!r}: expected ")


def ask_timer_by(condition):
    return f"""from botlib import Bot

bot = Bot()


@bot.command("morning")
def morning(message):
    if {condition}:
        return "Good morning! Who wants to !roll?"
    return f"Good morning, {{message.user}}!"
"""


@pytest.mark.parametrize(
    "condition",
    [
        'message.user_id == "everyone"',
        'message.user is "everyone"',
        'message.user == "Everyone"',
        'message == "everyone"',
        'message.text == "everyone"',
        "message.user is None",
    ],
)
@pytest.mark.filterwarnings("ignore:.*is.* with .*literal:SyntaxWarning")
def test_a_timer_is_known_by_its_user_and_nothing_else(condition, answer, tmp_path):
    module = chapter("05")
    file = tmp_path / "morning.py"
    file.write_text(ask_timer_by(condition), encoding="utf-8")
    said = answer(module.exercise_1, file)
    assert 'Is it below if message.user == "everyone":, in small letters' in said
    file.write_text(ask_timer_by('message.user == "everyone"'), encoding="utf-8")
    assert answer(module.exercise_1, file).startswith("✔ passed")


@pytest.mark.parametrize("word", ["¡Nada más, {name}!", "{name}, nada."])
def test_a_spanish_word_that_has_a_name_in_it_names_nobody(word, answer, tmp_path):
    file = tmp_path / "words.py"
    text = word.format(name="{message.user}")
    for command, words, each in (
        ("goodbye", f'f"{text}"', chapter("00").exercise_1),
        ("joke", f'[f"{text}", "¡Nada!"]', chapter("01").exercise_3),
    ):
        slip = Slip(f"return {words}", "")
        file.write_text(each.task.written(slip), encoding="utf-8")
        assert f'@bot.command("{command}")' in file.read_text(encoding="utf-8")
        assert answer(each, file).startswith("✔ passed")


def test_a_joke_of_two_lines_is_told_to_be_a_list(answer, tmp_path):
    file = tmp_path / "joke.py"
    task = chapter("01").exercise_3.task
    slip = Slip('return f"{message.user}, ¿qué hace un pez?\\n¡Nada!"', "")
    file.write_text(task.written(slip), encoding="utf-8")
    assert "Return a list of two texts" in answer(chapter("01").exercise_3, file)


def test_who_catches_no_error_is_not_told_that_an_error_is_hidden(answer):
    bot = bot_with("add", lambda message: "only numbers please")
    said = answer(chapter("01").exercise_2, bot)
    assert "expected '5': these are numbers, so add them. If you catch every error," in said


def split_prefix(line):
    parts = line.split(" ", 3)
    return parts[0].split("!"), parts[2][1:], parts[3][1:]


def test_a_list_among_three_texts_is_told(answer):
    said = answer(chapter("08").exercise_1, split_prefix)
    assert "partition and split give several at once: choose one, as in [0]" in said


def pause():
    time.sleep(0.1)


def call_until_served(call):
    refused = 0
    while call() == 429:
        refused = refused + 1
        pause()
    return refused


def test_a_helper_may_do_what_an_exercise_asks_for(answer):
    assert answer(chapter("04").exercise_3, call_until_served).startswith("✔ passed")
