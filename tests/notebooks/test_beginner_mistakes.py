"""The mistakes that beginners make in notebook 00, each in a real kernel: what they see is short.

A few lines, which name the mistake and show the learner's own line. The cells are the notebook's.
"""

import nbformat
import pytest
from notebook_runs import ROOT, start_kernel

pytestmark = pytest.mark.slow("exercises and cells of all notebooks")

NOTEBOOK = nbformat.read(ROOT / "notebooks/00_start_here.ipynb", as_version=4)
CHAT, SAVE, ASK = [cell.source for cell in NOTEBOOK.cells if cell.cell_type == "code"][:3]
RETURN = '    return f"hello {message.user}!"'
LONGEST = 14  # lines: five of the cell around the arrow, and what happened


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """One kernel for all mistakes, with the chat."""
    with start_kernel(tmp_path_factory.mktemp("notebooks")) as kernel:
        assert kernel.sees(CHAT) == ""
        yield kernel


@pytest.fixture
def fresh(tmp_path):
    """A kernel in which nothing has run yet."""
    with start_kernel(tmp_path) as kernel:
        yield kernel


def spoilt(before, after):
    """The notebook's bot with a mistake."""
    assert before in SAVE
    return SAVE.replace(before, after)


UNREADABLE = {
    "a colon is missing": (spoilt("(message):", "(message)"), "def hello(message)", "line 7"),
    "a brace is missing": (spoilt("user}", "user"), 'return f"hello {message.user!"', "line 8"),
    "a bracket is missing": (spoilt('"hello")', '"hello"'), '@bot.command("hello"', "line 6"),
    "it is not indented": (spoilt(RETURN, RETURN.strip()), RETURN.strip(), "line 8"),
    "its quotes are a letter's": (spoilt('"hello"', "“hello”"), "@bot.command(“hello”)", "line 6"),
}


@pytest.mark.parametrize("mistake", UNREADABLE)
def test_what_python_cannot_read_is_not_saved(kernel, mistake):
    cell, line, place = UNREADABLE[mistake]
    first, second, third, *more, last = kernel.sees(cell).splitlines()
    assert first.startswith(f"UsageError: Python cannot read {place} of this cell: ")
    assert second.strip() == line
    assert third.strip() == "^"
    assert len(more) <= 1
    assert last == "Nothing was saved. Fix that line, then run this cell again."


MEANT = {
    "a name before def": ("answer = def answer(message):\n    return 1", "remove what is before"),
    "no def below @": ('@bot.command("hello")\n\nanswer = 1', "a line that begins with def"),
    "a colon after @": ('@bot.command("hello"):\ndef hello(message):\n    pass', "has no colon"),
    "a capital letter": ("Def hello(message):\n    return 1", "def in small letters"),
    "values in def": ("def part(1, 4):\n    return 1 / 4", "of def are names"),
    "no try above": ("for n in [1]:\n    print(n)\nexcept ValueError:\n    pass", "try, above"),
    "no if above": ("x = 1\nelse:\n    x = 2", "the same column as its if"),
    "no quotes": ("def hello(m):\n    return hello {m.user}!", "a text needs quotes"),
    "words without quotes": ("print(good morning to you)", "If these words are a text"),
    "not indented": ("def hello(m):\nreturn 1", "four spaces further right"),
    "indented too far": ("x = 1\n    y = 2", "which does not end with a colon"),
    "two columns": ("if 1:\n        x = 1\n    y = 2", "begin in the same column"),
    "one quote": ("x = 'good", "one of the two is missing"),
    "one quote for three lines": ("x = 'good\nday\n'", "it needs three at each end"),
    "three quotes once": ('x = """it\'s a good\nday', "ends with three"),
    "a times sign": ("x = 24 × 2", "Python writes * for times"),
    "an x for times": ("x = (1 + 2) x (3 + 4)", "Python writes * for times"),
    "an x in brackets": ("gap_s = 2\nx = round(24 x gap_s)", "Python writes * for times"),
    "a division sign": ("x = 24 ÷ 2", "/ for divided by"),
    "an apostrophe": ("x = 'how's that?'", "needs double quotes"),
    "a decimal comma": ("x = 3 * 0,0000166667", "decimal with a point: 0.0000166667"),
    "a short form": ("print(f'hello {name}, I'm a bot')", "needs double quotes"),
}


@pytest.mark.parametrize("mistake", MEANT)
def test_what_python_cannot_read_is_explained_in_every_cell(kernel, mistake):
    cell, words = MEANT[mistake]
    run, saved = kernel.sees(cell), kernel.sees(f"%%save 00_broken/main.py\n{cell}")
    assert words.lower() in run.lower()
    assert words.lower() in saved.lower()
    assert "Nothing was saved" in saved


SAVED = "saved workshop/my_bot/commands/hello.py"
LEFT_OUT = "left out: workshop/my_bot/commands/hello.py "
DOES_NOT_LOAD = {
    "a method is misspelt": (
        spoilt("bot.command", "bot.comand"),
        "does not run: AttributeError: 'Bot' object has no attribute 'comand' in hello.py, line 5.",
    ),
    "the command has no name": (
        spoilt('.command("hello")', ".command"),
        'TypeError: write @bot.command("hello"), with the name in quotes and brackets',
    ),
    "the function gets no message": (
        spoilt("hello(message)", "hello()"),
        "found hello(). Write def hello(message): in hello.py, line 5.",
    ),
    "an import is misspelt": (
        spoilt("import Bot", "import bot"),
        "NameError: name 'Bot' is not defined in hello.py, line 3.",
    ),
    "a module is misspelt": (
        spoilt("from botlib", "from botlb"),
        "ModuleNotFoundError: No module named 'botlb' in hello.py, line 1.",
    ),
    "the bot has another name": (
        SAVE.replace("bot = Bot()", "kiki = Bot()").replace("@bot", "@kiki"),
        "has no `bot`. Expected bot = Bot(); found Bot, kiki, hello.",
    ),
}


@pytest.mark.parametrize("mistake", DOES_NOT_LOAD)
def test_a_file_that_does_not_load_is_left_out_and_named(kernel, mistake):
    cell, words = DOES_NOT_LOAD[mistake]
    assert kernel.sees(cell) == SAVED
    named, answer = kernel.sees(ASK).splitlines()[-2:]
    assert named.startswith(LEFT_OUT)
    assert words in named
    assert answer == "'I do not know !hello. Did you mean !help?'"


ANSWERS_BADLY = {
    "it prints in place of returning": (
        spoilt("return f", "print(f").replace('user}!"', 'user}!")'),
        ["NoReply: ", "It printed 'hello Viktor!'", "print itself returns nothing"],
    ),
    "it forgets to return": (
        spoilt("return f", "f"),
        ["NoReply: ", "whether its function ends with return"],
    ),
    "it misspells a name": (
        spoilt("message.user", "mesage.user"),
        [
            "'Sorry, !hello did not work.",
            "In its log: !hello failed: NameError: name 'mesage' is not defined (hello.py, line 7)",
            '    return f"hello {mesage.user}!"',
        ],
    ),
    "it returns a number": (
        spoilt('f"hello {message.user}!"', "42"),
        ["'Sorry, !hello did not work.", "found 42. str(…) turns it into a text."],
    ),
}


@pytest.mark.parametrize("mistake", ANSWERS_BADLY)
def test_what_answers_badly_is_told_why(kernel, mistake):
    cell, words = ANSWERS_BADLY[mistake]
    assert kernel.sees(cell) == SAVED
    seen = kernel.sees(ASK)
    assert len(seen.splitlines()) <= 6
    assert all(each in seen for each in words), seen


def test_slips_in_a_cell_itself(kernel):
    kernel.sees(SAVE)
    assert kernel.sees(ASK) == "'hello Viktor!'"
    slips = {
        "chat.ask(!hello)": "SyntaxError: invalid syntax",
        'caht.ask("!hello")': "NameError: name 'caht' is not defined",
        'chat.aks("!hello")': "AttributeError: 'Chat' object has no attribute 'aks'",
        'if chat = "Viktor":': "== asks whether two values are equal",
        "chat.ask() = 1": "Left of one = is a name, or a drawer",
        'chat.ask("hello")': "most begin with ! or /",
        "chat.connect(my_bot)": "connect takes a bot: chat.connect(my_bot())",
        'my_bot(needs=["dance"])': "the course has no commands/dance.py for my_bot",
        'Chat("")': "BotFather: ",
    }
    for line, words in slips.items():
        seen = kernel.sees(line)
        assert len(seen.splitlines()) <= LONGEST, seen
        assert line in seen and words in seen
    kernel.sees(CHAT)


MAIN = "workshop/my_bot/main.py"
BREAK_MAIN = f"""from pathlib import Path
Path("{MAIN}").write_text("from botlib import Bot\\n\\nbot = Bot(\\n")"""


def test_a_broken_main_is_named_with_its_line_and_what_to_do(fresh):
    fresh.sees(CHAT)
    fresh.sees(SAVE)
    assert fresh.sees(ASK).splitlines() == ["added to workshop/my_bot: main.py", "'hello Viktor!'"]
    fresh.sees(BREAK_MAIN)
    seen = fresh.sees(ASK).splitlines()
    assert seen[0].startswith("line 1 of this cell: ")
    why = "does not run: SyntaxError: '(' was never closed (main.py, line 3)."
    assert seen[1] == f"BotFileError: {MAIN} {why}"
    assert seen[2].startswith("Open that file, fix the line, and run this cell again.")
    assert len(seen) == 3


# A .venv of start.py's has both from the start; other Pythons, as conda's, have them from a cell.
BARE = """
shell = get_ipython()
shell.magics_manager.magics["cell"].pop("save", None)
shell.set_custom_exc((), None)"""


def test_cells_left_out(fresh):
    fresh.sees(BARE)
    seen = fresh.sees(SAVE)
    assert seen.startswith("UsageError: Cell magic `%%save` not found")
    seen = fresh.sees('chat.ask("!hello")')
    assert seen.splitlines()[-1] == "NameError: name 'chat' is not defined"
    fresh.sees(CHAT)
    seen = fresh.sees('chat.ask("!hello")')
    assert "NotConnectedError: no bot is in this chat yet. Run: chat.connect(my_bot())" in seen
    assert len(seen.splitlines()) == 2
    assert fresh.sees(ASK).splitlines()[-1] == "'I do not know !hello. Did you mean !help?'"


ONE, TWO = (
    next(cell.source for cell in NOTEBOOK.cells if f"exercise_{number}(" in cell.source)
    for number in (1, 2)
)
COPIED = '@bot.command("hello")\ndef goodbye(message):\n    return f"goodbye {message.user}!"'
IN_EXERCISES = {
    "she copies hello and changes only its text": (
        ONE.replace("...", COPIED, 1),
        [
            "goodbye.py makes !hello in line 5, which hello.py has already. Change the word in "
            '@bot.command("hello").',
            'right above def, with exactly this word? @bot.command("goodbye")',
        ],
    ),
    "only the return": (
        ONE.replace("...", 'return f"goodbye {message.user}!"', 1),
        ["Above return, a command has two lines: @bot.command(", "Nothing was saved"],
    ),
    "only the words": (
        ONE.replace("...", "goodbye {message.user}!", 1),
        ["A text needs quotes, and an f before them", "Nothing was saved"],
    ),
    "no braces": (
        TWO.replace('"hello {message.user}!"', 'f"hello message.user!"'),
        ["expected 'hello Viktor!': the gap needs braces"],
    ),
    "no dots": (
        TWO.replace('"hello {', 'f"hello {')
        .replace('print(f"', 'return ("')
        .replace("good night {message.user}...", "good night Viktor"),
        ["expected 'good night Viktor...': the words are right. Compare the dots"],
    ),
    "no %%save": (
        TWO.partition("\n")[2],
        ["saved nothing, so your file is older. Its first line must be %%save 00_broken/main.py"],
    ),
    "a guess in her own words": (
        'from lessons.display import compare, guess\ncompare(guess("Yes?", "I think no"), "yes")',
        ['Yes? Write only "yes" or "no". It was yes.'],
    ),
}


@pytest.mark.parametrize("mistake", IN_EXERCISES)
def test_the_first_mistakes_in_exercises_are_named(fresh, mistake):
    cell, words = IN_EXERCISES[mistake]
    for before in (CHAT, SAVE, ASK):
        fresh.sees(before)
    seen = fresh.sees(cell)
    assert all(each in seen for each in words), seen
    assert fresh.sees(ASK) == "'hello Viktor!'" or mistake.startswith("she copies")
    assert fresh.sees('chat.ask("!hello")') == "'hello Viktor!'"  # what was right stays


# --- a function in a cloud, as notebooks write them from 03 on ----------------------------------

CLOUD = "from lessons.cloud import Cloud\n\ncloud = Cloud()"
FUNCTION = """%%save 03_hello/main.py
from botlib import Bot
from botlib.telegram.webhook import webhook

bot = Bot()

@bot.command("hello")
def hello(message):
    return f"hello {message.user}!"

handler = webhook(bot, "1:token", "only-we-two-know")"""
DEPLOY = 'function = cloud.deploy("hello", "workshop/03_hello", must_load=True)'


def function(before, after):
    """The function with a mistake."""
    assert before in FUNCTION
    return FUNCTION.replace(before, after)


NOT_DEPLOYED = {
    "the last name is misspelt": (
        function("handler =", "handlr ="),
        ["Handler 'handler' missing", "functions found: Bot, webhook, hello, handlr"],
    ),
    "a method is misspelt": (
        function("bot.command", "bot.comand"),
        ["has no attribute 'comand' (main.py, line 6)", '    @bot.comand("hello")'],
    ),
    "the command has no name": (
        function('.command("hello")', ".command"),
        ['write @bot.command("hello"), with the name in quotes and brackets', "    @bot.command"],
    ),
    "the function gets no message": (
        function("hello(message)", "hello()"),
        ["found hello(). Write def hello(message):", '    @bot.command("hello")'],
    ),
    "an import is misspelt": (
        function("import Bot", "import bot"),
        ["name 'Bot' is not defined (main.py, line 4)", "    bot = Bot()"],
    ),
    "a module is misspelt": (
        function("webhook import", "webhok import"),
        ["No module named 'botlib.telegram.webhok'"],
    ),
}


@pytest.mark.parametrize("mistake", NOT_DEPLOYED)
def test_what_does_not_load_is_not_deployed(kernel, mistake):
    cell, words = NOT_DEPLOYED[mistake]
    kernel.sees(CLOUD)
    assert kernel.sees(cell) == "saved workshop/03_hello/main.py"
    seen = kernel.sees(DEPLOY)
    assert len(seen.splitlines()) <= 4
    assert f"of this cell: {DEPLOY}" in seen
    assert "FunctionError: " in seen
    assert all(each in seen for each in words), seen
