"""Every notebook keeps the rules, and every rule can fail."""

import copy
import importlib
import re
from collections import Counter
from pathlib import Path

import nbformat
import notebook_rules as rules
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = [*sorted(FOLDER.glob("*.ipynb")), *sorted(FOLDER.glob("deeper/*.ipynb"))]
EXAMS = sorted(FOLDER.glob("exams/*.ipynb"))


def complaints(notebook, path):
    chosen = rules.EXAM_RULES if path in EXAMS else rules.RULES
    chosen = rules.EVENING_RULES if rules.is_evening(path) else chosen
    return [f"{rule.__name__}: {text}" for rule in chosen for text in rule(notebook, path)]


@pytest.mark.parametrize("path", NOTEBOOKS + EXAMS, ids=lambda path: path.stem)
def test_notebook_keeps_the_rules(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    found = complaints(notebook, path)
    assert not found, "\n".join(["", *found])


def test_one_cell_of_the_course_owns_each_file_of_the_bot():
    cells = [cell for path in NOTEBOOKS for cell in rules.code(nbformat.read(path, as_version=4))]
    saved = [re.match(r"%%save\s+(my_bot/\S+)", cell["source"]) for cell in cells]
    owned = Counter(found[1] for found in saved if found)
    assert [name for name, times in owned.items() if times > 1] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_an_exercise_names_its_answers_as_the_notebook_does(path):
    """What it says of a misspelt or missing answer has these names."""
    for cell in rules.code(nbformat.read(path, as_version=4)):
        module = re.search(r"^from (lessons\.exercises\.\w+) import", cell["source"], re.M)
        for name, given in re.findall(r"^(exercise_\d)\(([\w, ]+)\)$", cell["source"], re.M):
            wanted = repr(getattr(importlib.import_module(module[1]), name))
            assert wanted.startswith(f"{name}({given}) checks")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_bot_has_time_to_come_on_a_busy_machine(path):
    for cell in rules.code(nbformat.read(path, as_version=4)):
        assert re.findall(r"\.wait_for\((?!.*timeout=).*", cell["source"]) == []


def test_at_most_one_output_in_ten_is_ignored():
    cells = [c for path in NOTEBOOKS for c in rules.code(nbformat.read(path, as_version=4))]
    ignored = [cell for cell in cells if "nbval-ignore-output" in rules.tags(cell)]
    assert len(ignored) <= len(cells) / 10


def test_sanitize_file_is_all_read():
    text = (Path(__file__).parents[1] / "nbval_sanitize.cfg").read_text(encoding="utf-8")
    assert list(rules.sanitizer(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "regex: a+b\n\nreplace: X\n",
        "regex = a+b\nreplace = X\n",
        "replace: X\nregex: a+b\n",
        "regex: a+b\n",
        "regex: .*\nreplace: X\n",
        "regex: \\d+\nreplace: N\n",
    ],
)
def test_sanitize_rule_can_fail(text):
    assert list(rules.sanitizer(text))


def markdown(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source, count, *outputs, tags=()):
    cell = {"cell_type": "code", "source": source, "execution_count": count}
    return {**cell, "metadata": {"tags": list(tags)}, "outputs": list(outputs)}


def printed(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def picture(mime="image/svg+xml"):
    return {"output_type": "display_data", "data": {mime: "<svg/>"}, "metadata": {}}


def error(text):
    return {"output_type": "error", "ename": "E", "evalue": text, "traceback": [text]}


EXERCISE = [
    markdown("### Exercise 1: add (8 minutes)\n\nAdd."),
    code("answer = ...", 3, printed("not yet"), tags=["exercise"]),
    markdown("<details><summary>Solution</summary>\n\n```python\nanswer = 5\n```\n\n</details>"),
]
NEEDS = "**What you need:** nothing.\n\n**Time:** about 10 minutes"
CORE = {
    "metadata": rules.METADATA,
    "cells": [
        markdown(f"# 01 Good\n\n**Your bot will** run.\n\n{NEEDS}"),
        code("draw()", 1, picture()),
        code("print(1)", 2, printed("1\n")),
        *EXERCISE,
        *EXERCISE,
        markdown("## Run it (12 minutes)\n\n[More](deeper/many_pots_one_cook.ipynb)."),
        markdown("> **Python here.** `1` is a number."),
        markdown("## What goes wrong\n\n| what you see | why |\n|---|---|\n| 2 | it was 2 |"),
        markdown("## Recap\n\nIt [runs](good.md)."),
        markdown(
            "## Next\n\n[02](02_on_your_phone.ipynb), or [more](deeper/many_pots_one_cook.ipynb)."
        ),
    ],
}
CORE["cells"][7] = {**CORE["cells"][7], "execution_count": 4}
SIDE = {
    "metadata": rules.METADATA,
    "cells": [
        markdown(f"# Many pots\n\n{NEEDS}"),
        code("%%save many_pots_one_cook_soup/main.py\nx = 1", 1, printed("saved")),
        *EXERCISE,
        markdown("## Cook (8 minutes)\n\nYou cook."),
        markdown("## Recap\n\nIt runs."),
        markdown("## Back\n\n[01](../01_what_a_bot_is_made_of.ipynb)."),
    ],
}
SIDE["cells"][3] = {**SIDE["cells"][3], "execution_count": 2}


@pytest.fixture
def core(tmp_path):
    (tmp_path / "good.md").touch()
    return tmp_path / "01_what_a_bot_is_made_of.ipynb"


@pytest.fixture
def side(tmp_path):
    return tmp_path / "deeper/many_pots_one_cook.ipynb"


def test_good_notebooks_have_no_complaint(core, side):
    assert complaints(CORE, core) == []
    assert complaints(SIDE, side) == []


def cell(number, **changes):
    return lambda notebook: notebook["cells"][number].update(changes)


def insert(new, at=2):
    return lambda notebook: notebook["cells"].insert(at, new)


def remove(number):
    return lambda notebook: notebook["cells"].pop(number)


def tag(number, *names):
    return lambda notebook: notebook["cells"][number]["metadata"].update(tags=list(names))


def add_a_break(notebook, sentence=f"{rules.STOP}\n\n"):
    notebook["cells"][0]["source"] += ", with a break before *Run it*"
    run = notebook["cells"][9]
    run["source"] = run["source"].replace("\n\n", f"\n\n{sentence}")


def too_long_after_a_break(notebook):
    add_a_break(notebook)
    notebook["cells"][10]["source"] = "## Rest (24 minutes)"


def a_break_that_its_section_does_not_name(notebook):
    add_a_break(notebook, sentence="")


def a_break_that_the_first_cell_does_not_name(notebook):
    first, *_ = notebook["cells"]
    add_a_break(notebook)
    first["source"] = first["source"].partition(", with")[0]


def test_a_break_is_named_twice(core):
    notebook = copy.deepcopy(CORE)
    add_a_break(notebook)
    assert complaints(notebook, core) == []


BAD = [
    ("beginning", cell(0, source=f"# Good\n\n**Your bot will** run.\n\n{NEEDS}")),
    ("beginning", cell(0, source=f"# 01 Good\n\n{NEEDS}")),
    ("beginning", cell(0, source="# 01 Good\n\n**Your bot will** run.\n\n**What you need:** it.")),
    ("beginning", cell(0, source=f"{CORE['cells'][0]['source']}\n\n{rules.BEGIN_HERE}")),
    ("beginning", insert(code("1", 1), at=0)),
    ("beginning", lambda notebook: notebook["cells"].clear()),
    ("sections", remove(-1)),
    ("sections", remove(-2)),
    ("sections", remove(-3)),
    ("minutes", cell(9, source="## Run it")),
    ("minutes", cell(9, source="## Run it (30 minutes)")),
    ("breaks", cell(0, source=f"# 01 Good\n\n{NEEDS}, with a break before *Walk it*")),
    ("breaks", cell(10, source="## Rest (24 minutes)")),
    ("breaks", too_long_after_a_break),
    ("breaks", a_break_that_its_section_does_not_name),
    ("breaks", a_break_that_the_first_cell_does_not_name),
    ("troubles", cell(11, source="## What goes wrong\n\nNothing.")),
    ("troubles", cell(11, source="## What goes wrong\n\n" + "| a | b | c | d |\n" * 4)),
    ("troubles", cell(11, source="## What goes wrong\n\n" + "| a | b |\n" * 9)),
    ("troubles", cell(11, source="## What goes wrong\n\n" + f"| a | {'b' * 161} |\n" * 4)),
    ("python_here", cell(10, source="**Python here**: `1` is a number.")),
    ("ways", cell(-1, source="## Next\n\n[more](deeper/many_pots_one_cook.ipynb).")),
    ("ways", cell(-1, source="## Next\n\n[02](02_on_your_phone.ipynb).")),
    ("ways", cell(9, source="## Run it (12 minutes)\n\nMore.")),
    ("headings", insert(markdown("## One\n\nText.\n\n## Two"))),
    ("headings", insert(markdown("Text.\n\n## Late"))),
    ("images", insert(markdown("![](good.md)"))),
    ("emptiness", insert(markdown(" \n"))),
    ("emptiness", cell(2, source="")),
    ("clean_run", cell(2, execution_count=None)),
    ("clean_run", cell(2, execution_count=7)),
    ("clean_run", cell(1, execution_count=2)),
    ("quietness", cell(2, outputs=[printed("oh\n", "stderr")])),
    ("quietness", cell(2, outputs=[printed("DeprecationWarning: old\n")])),
    ("errors", cell(2, outputs=[error("boom")])),
    ("errors", tag(2, "raises-exception")),
    ("ignored_outputs", tag(2, "nbval-ignore-output")),
    ("secrets", cell(2, source="token = '1234567:" + "a" * 35 + "'")),
    ("secrets", cell(2, outputs=[printed("PASS oauth:" + "a" * 30)])),
    ("secrets", insert(markdown("the key " + "AKIA" + "A" * 16))),
    ("machine_paths", cell(2, outputs=[printed("/home/ann/course\n")])),
    ("machine_paths", cell(2, outputs=[printed("C:\\Users\\Ann\n")])),
    ("machine_paths", cell(2, outputs=[error("\x1b[32m/root/x.py:3\x1b[0m")])),
    ("machine_paths", cell(2, source="open('/tmp/x')")),
    ("metadata", lambda notebook: notebook["metadata"].update(widgets={})),
    ("metadata", lambda notebook: notebook["metadata"].pop("kernelspec")),
    ("metadata", cell(2, metadata={"execution": {"iopub.status.idle": "2026"}})),
    ("metadata", cell(2, outputs=[picture(rules.WIDGET_VIEW)])),
    ("exercises", lambda notebook: notebook["cells"].__setitem__(slice(3, 9), EXERCISE * 4)),
    ("exercises", cell(3, source="### Exercise 1: add")),
    ("exercises", remove(3)),
    ("exercises", remove(5)),
    ("exercises", insert(markdown("a word between"), at=4)),
    ("exercises", insert(markdown("a word between"), at=5)),
    ("exercises", cell(5, source="<details><summary>Solution</summary>\n\nfive\n\n</details>")),
    ("exercises", lambda notebook: notebook["cells"].__delitem__(slice(3, 9))),
    ("exercises", tag(4)),
    ("links", insert(markdown("[gone](gone.md)"))),
    ("workshop", cell(2, source="%%save 02_bot/main.py\nx = 1")),
    ("workshop", cell(2, source="%%save main.py\nx = 1")),
    ("known_tags", tag(2, "remove-output")),
]
BAD_SIDE_ROOMS = [
    ("ways", cell(-1, source="## Back\n\n[02](../02_on_your_phone.ipynb).")),
    ("workshop", cell(1, source="%%save my_bot/commands/soup.py\nx = 1")),
    ("exercises", lambda notebook: notebook["cells"].__delitem__(slice(2, 5))),
]


def ids(table):
    return [f"{rule}-{number}" for number, (rule, _) in enumerate(table)]


@pytest.mark.parametrize(("rule", "spoil"), BAD, ids=ids(BAD))
def test_rule_can_fail(core, rule, spoil):
    notebook = copy.deepcopy(CORE)
    spoil(notebook)
    assert any(text.startswith(rule) for text in complaints(notebook, core))


@pytest.mark.parametrize(("rule", "spoil"), BAD_SIDE_ROOMS, ids=ids(BAD_SIDE_ROOMS))
def test_rule_can_fail_in_a_side_room(side, rule, spoil):
    notebook = copy.deepcopy(SIDE)
    spoil(notebook)
    assert any(text.startswith(rule) for text in complaints(notebook, side))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ([markdown("One more.")] * 40, "cells, at most 40"),
        ([markdown("word " * 1150)], "words, at most 1150"),
        ([code("\n".join(["print(1)"] * 150), 1)], "lines of code, at most 150"),
    ],
)
def test_an_evening_that_grows_fails(more, words):
    path = FOLDER / "in_one_evening.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += map(nbformat.from_dict, more)
    assert any(words in text for text in complaints(notebook, path))


def test_every_rule_is_shown_to_fail():
    assert {rule.__name__ for rule in rules.RULES} == {name for name, _ in BAD}
