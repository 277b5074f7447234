"""The rules for notebooks: each takes a notebook and its path and returns what it complains of."""

import re

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
SOLUTION = "<details><summary>Solution</summary>"
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


def beginning(notebook, path):
    first = notebook["cells"][0] if notebook["cells"] else {"cell_type": "", "source": ""}
    if first["cell_type"] != "markdown" or not first["source"].startswith("# "):
        yield "does not begin with a heading of the first level"


def sections(notebook, path):
    text = "\n".join(prose(notebook))
    wanted = {
        "What you need": r"\*\*What you need",
        "minutes": r"\d+ minutes",
        "Recap": r"^## Recap$",
        "Next": r"^## Next$",
    }
    for name, pattern in wanted.items():
        if not re.search(pattern, text, re.MULTILINE):
            yield f"has no {name!r}"


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
        if not (kinds & PICTURES or widget or window):
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
    if not places:
        yield "has no exercise"
    for n in places:
        if n == 0 or not cells[n - 1]["source"].startswith("### Exercise"):
            yield f"the answer cell {n + 1} is not right under '### Exercise'"
        after = cells[n + 1]["source"] if n + 1 < len(cells) else ""
        if SOLUTION not in after or after.count("```python") != 1:
            yield f"no solution with one Python block right under the answer cell {n + 1}"


def links(notebook, path):
    for target in re.findall(r"\]\(([^)#\s]+)", "\n".join(prose(notebook))):
        if not re.match(r"\w+:", target) and not (path.parent / target).exists():
            yield f"a link to {target}, which does not exist"


def workshop(notebook, path):
    for cell in code(notebook):
        saved = re.match(r"%%save\s+(\S+)", cell["source"])
        if saved and not re.match(rf"{path.name[:2]}\w*/", saved[1]):
            yield f"%%save {saved[1]}: the folder does not begin with {path.name[:2]}"


RULES = [
    beginning,
    sections,
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
