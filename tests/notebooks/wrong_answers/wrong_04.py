"""Wrong answers to the exercises of notebook 04, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

IMPORT = """
from pathlib import Path

from lessons.exercises.ex_04 import exercise_1, exercise_2

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


def price(*lines):
    body = "\n    ".join(lines)
    return f"import math\n\ndef price(used_ms, memory_mb):\n    {body}\n\nexercise_2(price)"


TIME = "gigabytes, seconds = memory_mb / 1024, math.ceil(used_ms) / 1000"

WRONG = {
    1: [
        (settings('{"STORE_URL": "memory://"}'), "memory:// is where the scores got lost"),
        (settings('f"sqlite:///{file}"'), "Write the name of the setting, too"),
        (settings('{"STORE_URL", f"sqlite:///{file}"}'), "a dictionary has a colon"),
        (settings('{"store_url": f"sqlite:///{file}"}'), "in capitals, with quotes"),
        (settings('{"STORE_URL": file}'), "that is only the path"),
        (settings('{"STORE_URL": "sqlite:///{file}"}'), "write f before the quotes"),
        (settings('{"STORE_URL": f"sqlite://{file}"}'), "which is not the whole path"),
        (settings('{"STORE_URL": "sqlite:///scores.sqlite3"}'), "which is not the whole path"),
        (settings('{"STORE_URL": Path(file)}'), "that is only the path"),
        (settings('{"STORE_URL": "sqlite:" + file}'), "Expected sqlite:/// with three slashes"),
        (settings('{"STORE_URL": ...}'), "instead of the dots"),
        (
            settings('{"STORE_URL": f"sqlite:///{file}", "NUMBER": 3}'),
            "each setting is a text",
        ),
        (
            settings('{"STORE_URL": f"sqlite:///{file}"}').replace("settings =", "environment ="),
            "this cell defines environment, and settings is from an earlier run. Write settings =",
        ),
        (own_store("roll"), "!score still says"),
        (unmade("roll"), "your bot has no !roll, and this page uses it"),
        (unmade("score"), "your bot has no !score, and this page uses it"),
        (own_file(), "A function can't keep a file next to its code"),
    ],
    2: [
        (
            price(TIME, "return gigabytes * seconds * 0.0000166667 * 1_000_000 + 0.20").replace(
                "exercise_2", "    exercise_2"
            ),
            "the line exercise_2(price) begins too far to the right",
        ),
        (
            price(TIME, "print(gigabytes * seconds * 0.0000166667 * 1_000_000 + 0.20)"),
            "Write return instead of print",
        ),
    ],
}
