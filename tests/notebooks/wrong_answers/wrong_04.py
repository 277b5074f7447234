"""Wrong answers to the exercises of notebook 04, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

IMPORT = """
from pathlib import Path

from lessons.exercises.ex_04 import exercise_1, exercise_2, exercise_3

file = str(Path("workshop/04_scores.sqlite3").resolve())
"""


def settings(value):
    return f"{IMPORT}settings = {value}\n\nexercise_1(settings)"


def own_store(name):
    """A bot that opens a store of its own, whatever the setting says; the cell puts ours back."""
    path = f'Path("workshop/my_bot/commands/{name}.py")'
    own = f'{path}.write_text(ours.replace("open_store()", "open_store(\'memory://\')"))'
    good = settings('{"STORE_URL": f"sqlite:///{file}"}')
    return good.replace(
        "exercise_1(settings)",
        f"ours = {path}.read_text()\n{own}\nexercise_1(settings)\n_ = {path}.write_text(ours)",
    )


def unmade(name):
    """A bot whose file makes no command any more; the cell puts the old one back."""
    path = f'Path("workshop/my_bot/commands/{name}.py")'
    other = f"{path}.write_text(ours.replace('@bot', '# @bot'))"
    good = settings('{"STORE_URL": f"sqlite:///{file}"}')
    return good.replace(
        "exercise_1(settings)",
        f"ours = {path}.read_text()\n{other}\nexercise_1(settings)\n_ = {path}.write_text(ours)",
    )


OWN_FILE = """
from pathlib import Path

from botlib import Bot

bot, file = Bot(), Path(__file__).with_name("own.txt")


@bot.command("{name}")
def {name}(message):
    {body}
"""
BODIES = {
    "roll": 'file.open("a").write("x")',
    "score": 'return "score: " + (file.read_text() if file.exists() else "")',
}


def own_file():
    """A bot that keeps its scores in a file next to its code; the cell puts ours back."""
    lines = ['folder = Path("workshop/my_bot/commands")']
    for name, body in BODIES.items():
        lines.append(f'{name} = (folder / "{name}.py").read_text()')
        lines.append(
            f'(folder / "{name}.py").write_text({OWN_FILE.format(name=name, body=body)!r})'
        )
    lines.append("exercise_1(settings)")
    lines += [f'_ = (folder / "{name}.py").write_text({name})' for name in BODIES]
    good = settings('{"STORE_URL": f"sqlite:///{file}"}')
    return good.replace("exercise_1(settings)", "\n".join(lines))


def counter(*lines):
    body = "\n    ".join(lines)
    return f"class Counter:\n    {body}\n\nexercise_2(Counter)"


def olga(*lines):
    body = "\n    ".join(lines)
    return (
        f"import time\n\ndef call_until_served(call):\n    {body}\n\nexercise_3(call_until_served)"
    )


INIT = ("def __init__(self):", "    self.calls = 0")
COUNT = ("def handle(self):", "    self.calls = self.calls + 1", "    return self.calls")

WRONG = {
    1: {
        settings('{"STORE_URL": "memory://"}'): "memory:// is where the scores got lost",
        settings('f"sqlite:///{file}"'): "Write the name of the setting, too",
        settings('{"STORE_URL", f"sqlite:///{file}"}'): "a dictionary has a colon",
        settings('{"store_url": f"sqlite:///{file}"}'): "in capitals, with quotes",
        settings('{"STORE_URL": file}'): "that is only the path",
        settings('{"STORE_URL": "sqlite:///{file}"}'): "write f before the quotes",
        settings('{"STORE_URL": f"sqlite://{file}"}'): "which is not the whole path",
        settings('{"STORE_URL": "sqlite:///scores.sqlite3"}'): "which is not the whole path",
        settings('{"STORE_URL": Path(file)}'): "that is only the path",
        settings('{"STORE_URL": "sqlite:" + file}'): "Expected sqlite:/// with three slashes",
        settings('{"STORE_URL": ...}'): "instead of the dots",
        settings('{"STORE_URL": f"sqlite:///{file}", "NUMBER": 3}'): "each setting is a text",
        settings('{"STORE_URL": f"sqlite:///{file}"}').replace(
            "settings =", "environment ="
        ): "this cell defines environment, and settings is from an earlier run. Write settings =",
        own_store("roll"): "!score still says",
        unmade("roll"): "your bot has no !roll, and this page uses it",
        unmade("score"): "your bot has no !score, and this page uses it",
        own_file(): "A function can't keep a file next to its code",
    },
    2: {
        counter(*INIT, *COUNT).replace("class Counter:", "def Counter():"): "expected a class, "
        "found",
        counter(*INIT, *COUNT).replace("(Counter)", "(Counter())"): "without brackets",
        counter(*INIT, *COUNT[:2]): "Does it end with return self.calls?",
        counter(*INIT, *COUNT).replace("handle(self)", "handle()"): "Write self in the brackets",
        counter(*INIT, *COUNT).replace("init__(self)", "init__(self, name)"): "only self",
        counter(*INIT, *COUNT).replace("__init__", "_init_"): "two underscores",
        counter("def __init__(self):", "    calls = 0", *COUNT): "the same name follows self.",
        counter(*INIT, COUNT[0], "    return calls + 1"): "with self and a point before it",
        counter(*INIT, COUNT[0], "    calls = calls + 1"): "with self and a point before it",
        counter(*INIT, COUNT[0], *INIT[1:], *COUNT[1:]): "it forgets. self.calls = 0 belongs",
        counter(*INIT, COUNT[0], "    return self.calls + 1"): "it forgets",
        counter(
            "calls = 0", COUNT[0], "    Counter.calls += 1", "    return Counter.calls"
        ): "all counters share one number",
        counter(
            *INIT, COUNT[0], "    self.calls = self.calls + 1", "    return self.calls - 1"
        ): "count the call first",
        counter(*INIT, COUNT[0], "    return 7"): "Expected 1, 1, 1, and then 2 and 3",
        counter(*INIT, *COUNT).replace("class Counter", "class Conuter"): "this cell defines "
        "Conuter, and Counter is from an earlier run. Write class Counter:",
        counter(*INIT, "def call(self):", *COUNT[1:]): "a counter has no handle",
    },
    3: {
        olga(
            "refused = 0", "while call() == 429:", "    refused += 1", "return refused"
        ): "let Olga wait inside the loop",
        olga(
            "refused = 0", "while call() == 429:", "    refused += 1", "print(refused)"
        ): "Write return instead of print",
        olga("while True:", "    time.sleep(0.1)"): "it repeats the same lines",
        olga(
            "refused = 0", "while call() == 429:", "    refused += 1", "    sleep(0.1)"
        ): "sleep is in the module time: write time.sleep(…)",
    },
}
