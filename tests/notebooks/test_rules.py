"""Every notebook keeps the rules, and every rule can fail."""

import copy
from pathlib import Path

import nbformat
import notebook_rules as rules
import pytest

NOTEBOOKS = sorted(Path(__file__).parents[2].glob("notebooks/*.ipynb"))


def complaints(notebook, path):
    return [f"{rule.__name__}: {text}" for rule in rules.RULES for text in rule(notebook, path)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_keeps_the_rules(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    found = complaints(notebook, path)
    assert not found, "\n".join(["", *found])


@pytest.mark.skipif(not NOTEBOOKS, reason="there is no notebook yet")
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
    markdown("### Exercise 1: add"),
    code("answer = ...", 3, printed("not yet"), tags=["exercise"]),
    markdown("<details><summary>Solution</summary>\n\n```python\nanswer = 5\n```\n\n</details>"),
]
GOOD = {
    "metadata": rules.METADATA,
    "cells": [
        markdown("# 01 Good\n\n**What you need:** nothing. About 10 minutes."),
        code("draw()", 1, picture()),
        code("print(1)", 2, printed("1\n")),
        *EXERCISE,
        *EXERCISE,
        markdown("## Recap\n\nIt [runs](good.md)."),
        markdown("## Next\n\nNothing."),
    ],
}
GOOD["cells"][7] = {**GOOD["cells"][7], "execution_count": 4}


@pytest.fixture
def path(tmp_path):
    (tmp_path / "good.md").touch()
    return tmp_path / "01_good.ipynb"


def test_good_notebook_has_no_complaint(path):
    assert complaints(GOOD, path) == []


def cell(number, **changes):
    return lambda notebook: notebook["cells"][number].update(changes)


def insert(new, at=2):
    return lambda notebook: notebook["cells"].insert(at, new)


def remove(number):
    return lambda notebook: notebook["cells"].pop(number)


def tag(number, *names):
    return lambda notebook: notebook["cells"][number]["metadata"].update(tags=list(names))


BAD = [
    ("beginning", cell(0, source="## What you need\n\n**What you need:** 10 minutes.")),
    ("beginning", insert(code("1", 1), at=0)),
    ("beginning", lambda notebook: notebook["cells"].clear()),
    ("sections", cell(0, source="# 01 Good\n\nAbout 10 minutes.")),
    ("sections", cell(0, source="# 01 Good\n\n**What you need:** nothing.")),
    ("sections", remove(-1)),
    ("sections", remove(-2)),
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
]


@pytest.mark.parametrize(("rule", "spoil"), BAD, ids=[f"{r}-{n}" for n, (r, _) in enumerate(BAD)])
def test_rule_can_fail(path, rule, spoil):
    notebook = copy.deepcopy(GOOD)
    spoil(notebook)
    assert any(text.startswith(rule) for text in complaints(notebook, path))


def test_every_rule_is_shown_to_fail():
    assert {rule.__name__ for rule in rules.RULES} == {name for name, _ in BAD}
