"""The rules for notebooks: each takes a notebook and its path and returns what it complains of.

A core notebook is notebooks/NN_name.ipynb, a side room notebooks/deeper/name.ipynb, an exam
notebooks/exams/name.ipynb, and the evening's is notebooks/in_one_evening.ipynb.
"""

import re
import runpy
from pathlib import Path

from lessons.progress.contents import CORE, DEEPER, EVENING

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
PICTURES = {"image/png", "image/jpeg", "image/svg+xml", WIDGET_VIEW}
TOKENS = {
    "a Telegram token": r"\d{6,}:[\w-]{30,}",
    "a Twitch token": r"oauth:\w{20,}",
    "an AWS key": r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
}
MACHINE_PATH = re.compile(r"(?<![\w.])/(home|root|Users|tmp)/|\bC:\\[A-Z]")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
METADATA = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
TAGS = {"alone", "exercise", "nbval-ignore-output", "raises-exception"}
SOLUTION = "<details><summary>Solution</summary>"
LONGEST_PART = 35  # minutes between two places to stop
BEGIN_HERE = "You can begin here: missing files are added."
ADDED = re.compile(r"^added to workshop/my_bot: main\.py", re.MULTILINE)  # in an empty course
STOP = "*A good place to stop: your work is kept.*"  # the first line after a break
READ = runpy.run_path(str(Path(__file__).parents[1] / "reading_time.py"))["read"]
ANSI = re.compile(r"\x1b\[[\d;]*m")


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def prose(notebook):
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown"]


def tags(cell):
    return cell["metadata"].get("tags", [])


def shown(output):
    """All text of one output, without colours; pictures in bytes are left out."""
    parts = [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
    data = output.get("data", {})
    parts += [str(value) for mime, value in data.items() if mime not in ("image/png", "image/jpeg")]
    return ANSI.sub("", "\n".join(parts))


def is_core(path):
    return path.stem[:2].isdigit()


def is_evening(path):
    return path.stem in EVENING


def first(notebook):
    """The first cell's text; "" if it is no prose."""
    cells = notebook["cells"]
    return cells[0]["source"] if cells and cells[0]["cell_type"] == "markdown" else ""


def core_of(path):
    """The number of the core notebook that a side room belongs to; "" if nobody knows."""
    return next((number for number, rooms in DEEPER.items() if path.stem in rooms), "")


def beginning(notebook, path):
    number = f"{path.name[:2]} " if is_core(path) else ""
    if not first(notebook).startswith(f"# {number}"):
        yield f"does not begin with a heading of the first level: # {number}…"
    wanted = {
        "**What you need:** …": r"^\*\*What you need:\*\* \S",
        "**Time:** about … minutes": r"^\*\*Time:\*\* about \d+ minutes",
    }
    if is_core(path):
        wanted["**Your bot will** …"] = r"^\*\*Your bot will\*\* \S"
    for name, pattern in wanted.items():
        if not re.search(pattern, first(notebook), re.MULTILINE):
            yield f"the first cell has no line {name}"
    outputs = [shown(output) for cell in code(notebook) for output in cell["outputs"]]
    if BEGIN_HERE in first(notebook) and not any(map(ADDED.search, outputs)):
        yield "it doesn't add main.py in an empty course, so nobody can begin here"


def sections(notebook, path):
    found = [text.splitlines()[0] for text in prose(notebook) if text.startswith("## ")]
    wanted = ["## Recap", "## Next" if is_core(path) else "## Back"]
    if is_evening(path):
        wanted = ["## What goes wrong", "## Next"]
    if found[-2:] != wanted:
        yield f"does not end in {wanted}"
    if is_core(path) and "## What goes wrong" not in found:
        yield "has no '## What goes wrong'"


def minutes(notebook, path):
    """Each section says how long it takes, and together they take what the first cell says."""
    without = ("## Recap", "## Next", "## Back", "## What goes wrong")
    found = [text.splitlines()[0] for text in prose(notebook) if text.startswith("## ")]
    timed = [line for line in found if line not in without]
    spent = [re.search(r" \((\d+) minutes\)$", line) for line in timed]
    for line, minutes in zip(timed, spent, strict=True):
        if not minutes:
            yield f"a heading does not end in its minutes: {line!r}"
    promised = re.search(r"^\*\*Time:\*\* about (\d+) minutes", first(notebook), re.MULTILINE)
    together = sum(int(one[1]) for one in spent if one)
    if promised and abs(int(promised[1]) - together) > 6:
        yield f"its sections take {together} minutes, its first cell says {promised[1]}"


def breaks(notebook, path):
    """No part takes over 35 minutes; the first cell and the sections after a break name it."""
    line = re.search(r"^\*\*Time:\*\*.*\bbreaks? before (.*)$", first(notebook), re.MULTILINE)
    named = re.findall(r"\*([^*]+)\*", line[1]) if line else []
    part = 0
    for text in prose(notebook):
        heading = re.match(r"## (.+) \((\d+) minutes\)$", text.partition("\n")[0])
        if not heading:
            continue
        title = next((name for name in named if heading[1].startswith(name)), None)
        if title:
            named.remove(title)
        if bool(title) != text.partition("\n")[2].startswith(f"\n{STOP}\n"):
            yield f"'{heading[1]}' begins with '{STOP}', or the first cell names it, but not both"
        part = int(heading[2]) + (0 if title else part)
        if part > LONGEST_PART:
            yield f"{part} minutes without a break, at '{heading[1]}'"
    yield from (f"a break before a section that isn't there: {name}" for name in named)


def troubles(notebook, path):
    """What goes wrong is a small table, also on a small screen."""
    for text in prose(notebook):
        if not text.startswith("## What goes wrong"):
            continue
        rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
        if not 3 <= len(rows) <= 8:  # with its head and the line below that
            yield f"the table of what goes wrong has {len(rows) - 2} rows, not 1 to 6"
        if any(len(row) > 3 for row in rows):
            yield "the table of what goes wrong has more than 3 columns"
        yield from (
            f"a long cell in the table of what goes wrong: {cell.strip()[:60]!r}"
            for row in rows
            for cell in row
            if len(cell.strip()) > 160
        )


def python_here(notebook, path):
    for text in prose(notebook):
        for line in text.splitlines():
            if "Python here" in line and not line.startswith("> **Python here.** "):
                yield f"not a box that begins with '> **Python here.** ': {line[:60]!r}"


def ways(notebook, path):
    """Core notebooks lead to the next one and their side rooms, side rooms lead back."""
    *_, end = prose(notebook) or [""]
    text = "\n".join(prose(notebook))
    if not is_core(path):
        stem = next((stem for stem in CORE if stem[:2] == core_of(path)), "")
        if not stem or f"](../{stem}.ipynb" not in end:
            yield f"'## Back' does not link to its core notebook: ../{stem or '…'}.ipynb"
        return
    number = path.stem[:2]
    after = [stem for stem in CORE if stem[:2] > number][:1]
    for stem in after:
        if f"]({stem}.ipynb" not in end:
            yield f"'## Next' does not link to {stem}.ipynb"
    for room in DEEPER.get(number, ()):
        link = f"](deeper/{room}.ipynb"
        if link not in end or text.count(link) < 2:
            yield f"{link[2:]} is not named where its question arises and in '## Next'"


def headings(notebook, path):
    for text in prose(notebook):
        outside = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
        found = re.findall(r"^#{1,6} .+$", outside, re.M)
        if len(found) > 1:
            yield f"more than one heading in a cell: {found}"
        if found and not outside.lstrip().startswith("#"):
            yield f"a heading that does not begin its cell: {found[0]!r}"


def images(notebook, path):
    for words, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", "\n".join(prose(notebook))):
        if len(words) < 15:
            yield f"{target} has no text that says what it shows"


def emptiness(notebook, path):
    for number, cell in enumerate(notebook["cells"], 1):
        if not cell["source"].strip():
            yield f"cell {number} is empty"


def clean_run(notebook, path):
    counts = [cell.get("execution_count") for cell in code(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"was not stored after one run from top to bottom: execution counts {counts}"


def quietness(notebook, path):
    for cell in code(notebook):
        for output in cell["outputs"]:
            if output.get("name") == "stderr":
                yield f"stderr in an output: {output['text'][:80]}"
            if warning := re.search(r"\b\w*Warning: .{,60}", shown(output)):
                yield f"a warning in an output: {warning[0]}"


def errors(notebook, path):
    for cell in code(notebook):
        raised = any(output["output_type"] == "error" for output in cell["outputs"])
        if raised and "raises-exception" not in tags(cell):
            yield f"an error that no tag announces: {cell['source'][:60]!r}"
        if not raised and "raises-exception" in tags(cell):
            yield f"the tag raises-exception without an error: {cell['source'][:60]!r}"


def ignored_outputs(notebook, path):
    ignored = [cell for cell in code(notebook) if "nbval-ignore-output" in tags(cell)]
    for cell in ignored:
        kinds = {kind for output in cell["outputs"] for kind in output.get("data", {})}
        # A widget's view holds a random id, so it is not stored: its name is.
        widget = any("Widget" in shown(output) for output in cell["outputs"])
        window = any("<object " in shown(output) for output in cell["outputs"])
        chart = any("data:image/svg+xml" in shown(output) for output in cell["outputs"])
        if not (kinds & PICTURES or widget or window or chart):
            yield f"an ignored output that is no picture and no window: {cell['source'][:60]!r}"


def secrets(notebook, path):
    texts = [cell["source"] for cell in notebook["cells"]]
    texts += [shown(output) for cell in code(notebook) for output in cell["outputs"]]
    for name, pattern in TOKENS.items():
        if any(re.search(pattern, text) for text in texts):
            yield f"what looks like {name}"


def machine_paths(notebook, path):
    for cell in code(notebook):
        for text in [cell["source"], *map(shown, cell["outputs"])]:
            if found := MACHINE_PATH.search(text):
                yield f"a path of one machine: {text[found.start() : found.start() + 60]!r}"


def metadata(notebook, path):
    if dict(notebook["metadata"]) != METADATA:
        yield f"metadata besides kernelspec and language: {sorted(notebook['metadata'])}"
    if any(set(cell["metadata"]) - {"tags"} for cell in notebook["cells"]):
        yield "metadata of cells besides tags"
    if any(
        WIDGET_VIEW in out.get("data", {}) for cell in code(notebook) for out in cell["outputs"]
    ):
        yield "the view of a widget that is gone"


def exercises(notebook, path):
    cells = notebook["cells"]
    places = [n for n, cell in enumerate(cells) if "exercise" in tags(cell)]
    headings = [text for text in prose(notebook) if text.startswith("### Exercise")]
    if len(headings) != len(places):
        yield f"{len(headings)} headings of exercises, {len(places)} answer cells"
    together = len(places) + sum("alone" in tags(cell) for cell in cells)
    if not together or (is_core(path) and len(places) > 3):
        yield f"has {len(places)} exercises, not 1 to 3"
    for text in headings:
        if not re.search(r" \(\d+ minutes\)$", text.splitlines()[0]):
            yield f"an exercise without its minutes: {text.splitlines()[0]!r}"
    for n in places:
        if n == 0 or not cells[n - 1]["source"].startswith("### Exercise"):
            yield f"the answer cell {n + 1} is not right under '### Exercise'"
        after = cells[n + 1]["source"] if n + 1 < len(cells) else ""
        if SOLUTION not in after or after.count("```python") != 1:
            yield f"no solution with one Python block right under the answer cell {n + 1}"


def links(notebook, path):
    planned = {f"{name}.ipynb" for names in (CORE, *DEEPER.values()) for name in names}
    for target in re.findall(r"\]\(([^)#\s]+)", "\n".join(prose(notebook))):
        if re.match(r"\w+:", target) or Path(target).name in planned:
            continue  # tests/documents/test_contents.py sees to it that all notebooks are there
        if not (path.parent / target).exists():
            yield f"a link to {target}, which does not exist"


def shortness(notebook, path):
    """Keep an evening an evening: a cap for cells, words and lines of code."""
    lines = [line for cell in code(notebook) for line in cell["source"].splitlines()]
    found = {
        "cells": (len(notebook["cells"]), 40),
        "words": (READ(notebook).words, 1150),
        "lines of code": (sum(bool(line.strip()) for line in lines), 150),
    }
    for name, (number, most) in found.items():
        if number > most:
            yield f"has {number} {name}, at most {most} are for an evening"


def workshop(notebook, path):
    """Her bot is written in core notebooks; all others write into folders of their own."""
    core = is_core(path)
    own = rf"{path.name[:2]}_\w+/|my_bot/" if core else rf"{path.stem}\w*/"
    for cell in code(notebook):
        saved = re.match(r"%%save\s+(\S+)", cell["source"])
        if saved and not re.match(own, saved[1]):
            wanted = f"my_bot/ or {path.name[:2]}_…/" if core else f"{path.stem}_…/"
            yield f"%%save {saved[1]}: expected {wanted}"


def known_tags(notebook, path):
    for cell in notebook["cells"]:
        if unknown := set(tags(cell)) - TAGS:
            yield f"unknown tags: {', '.join(sorted(unknown))}"


RULES = [
    beginning,
    sections,
    minutes,
    breaks,
    troubles,
    python_here,
    ways,
    headings,
    images,
    emptiness,
    clean_run,
    quietness,
    errors,
    ignored_outputs,
    secrets,
    machine_paths,
    metadata,
    exercises,
    links,
    workshop,
    known_tags,
]
EVENING_RULES = [  # it asks for guesses and two lines, so no exercise; it must stay short
    *(rule for rule in RULES if rule not in (ways, exercises)),
    shortness,
]
EXAM_RULES = [  # an exam is a brief: it has no exercises, and no sections that take minutes
    rule
    for rule in RULES
    if rule not in (beginning, sections, minutes, breaks, troubles, ways, exercises, workshop)
]


def sanitizer(text):
    """What is wrong with a sanitize file: nbval silently skips lines that make no pair."""
    pair = re.compile(r"^regex: (.*)\nreplace: .*$", re.MULTILINE)
    for line in pair.sub("", text).splitlines():
        if line.strip() and line[0] not in "[#":
            yield f"not in a pair of adjacent lines 'regex: ' and 'replace: ': {line!r}"
    for pattern in pair.findall(text):
        if re.search(pattern, "hello Viktor! 42"):
            yield f"too wide, it takes any text: {pattern!r}"
