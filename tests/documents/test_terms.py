"""docs/terms.md holds: the order of its terms, their notebooks, and the words we replace."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs/terms.md").read_text(encoding="utf-8")
PLACES = ("botlib/", "sandbox/", "lessons/", "deploy/", "start.py")
KINDS = ("*.py", "*.js", "*.mjs", "*.html", "*.css", "*.md")
NO_PART = {"tests", "CHANGELOG.md"}  # a changelog quotes old names


def rows(heading):
    """Return the cells of each line in the table that begins with this heading."""
    table = PAGE.partition(f"\n| {heading} |")[2].partition("\n\n")[0]
    lines = table.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


TERMS = {term: where for term, _, where, _ in rows("term")}
FORBIDDEN = {
    word: PLACES if where == "everywhere" else re.findall(r"`([^`]+)`", where)
    for word, _, where in rows("word")
}


def plain(source):
    """Return only the words of a text or a program, also those inside a name.

    >>> plain("# not\\n# once\\n_a_twoWords")
    'not once a two words'
    """
    source = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", source)
    return " ".join(re.findall(r"[\w']+|[^\w\s#]", source.replace("_", " "))).lower()


@cache
def sources(place):
    """Return the words of each file in a folder, or of the one file."""
    root = HOME / place
    paths = [path for kind in KINDS for path in root.rglob(kind)] if root.is_dir() else [root]
    parts = {path: path.relative_to(HOME).parts for path in paths}
    return {
        "/".join(parts[path]): plain(path.read_text(encoding="utf-8"))
        for path in paths
        if NO_PART.isdisjoint(parts[path]) and not any(p.startswith(".") for p in parts[path])
    }


def test_each_term_is_listed_once_and_in_alphabetical_order():
    terms = [term.lower() for term, *_ in rows("term")]
    assert len(terms) > 80
    assert terms == sorted(set(terms))


@pytest.mark.parametrize(("term", "where"), TERMS.items())
def test_the_notebook_that_introduces_a_term_uses_it(term, where):
    if where == "code":
        assert any(term in source for place in PLACES for source in sources(place).values())
        return
    text, name = re.fullmatch(r"\[(.+)\]\(\.\./notebooks/(.+)\.ipynb\)", where).groups()
    assert text == (name[7:].replace("_", " ") if name.startswith("deeper/") else name[:2])
    file = HOME / f"notebooks/{name}.ipynb"
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    prose = " ".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert re.search(rf"\b{re.escape(term)}", prose, re.IGNORECASE)


@pytest.mark.parametrize(("word", "places"), FORBIDDEN.items())
def test_a_word_that_we_replaced_has_not_come_back(word, places):
    assert set(places) <= set(PLACES)
    found = re.compile(rf"(?<![\w']){word}(?![\w'])").search
    assert [name for place in places for name, text in sources(place).items() if found(text)] == []
