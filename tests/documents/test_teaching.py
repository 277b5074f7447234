"""The book of lessons: one page for each part of a core notebook, and an index that names them all.

A part of a notebook is what is between two of the breaks that its head names. An exam that has
sittings has a page for each.
"""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lessons.exams.record import BRIEFS
from lessons.progress.contents import CORE

HOME = Path(__file__).parents[2]
TEACHING = HOME / "docs/teaching"
PAGES = sorted(TEACHING.glob("lesson_*.md"))
NAMES = [page.name for page in PAGES]
EXAMS = [page.name for page in sorted(TEACHING.glob("exam_*.md"))]
SHEETS = NAMES + EXAMS
BOARDS = sorted(TEACHING.glob("board/*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
OPTIONAL = {"On the board", "Play it"}
HEADINGS = [
    "Start with a question",
    "On the board",
    "Minutes",
    "Play it",
    "What goes wrong",
    "Exit ticket",
    "Homework",
    "Fast and slow",
    "How to mark",
]
LESSON, WORDS = 45, 330  # minutes; as much as one sheet of A4 holds
NOTEBOOK = re.compile(r"^Notebook \[(.+?)\]\(\.\./\.\./notebooks/(\w+)\.ipynb\), part (\d)\.", re.M)
ROW = re.compile(r"^\| (?!section)([^|]+?) \| (\d+) \|", re.M)
IN_INDEX = re.compile(
    r"^\| \[(\d+) ([^]]+)\]\((\w+\.md)\) \| "
    r"\[(\d\d)\]\(\.\./\.\./notebooks/(\w+)\.ipynb\), part (\d) \| (.+) \| (\d+) \|$",
    re.M,
)
EXAM = re.compile(r"^The exam \[(.+?)\]\(\.\./\.\./notebooks/exams/(\w+)\.ipynb\), ", re.M)
EXAM_IN_INDEX = re.compile(
    r"^\| \[Exam (\d): ([^]]+)\]\((\w+\.md)\) \| (\d+) \| (.+) \| (\d+) \|$", re.M
)
SHORT = re.compile(r"^\| \[(\d+) ([^]]+)\]\((\w+\.md)\) \| (?!\[\d\d\])", re.M)
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#]+)")


@cache
def text(name):
    return (TEACHING / name).read_text(encoding="utf-8")


def rows(name):
    """(section, minutes) of a lesson; what the notebook doesn't have is in *italics*."""
    return [(section, int(minutes)) for section, minutes in ROW.findall(text(name))]


def sections(name):
    return [row for row in rows(name) if not row[0].startswith("*")]


@cache
def parts(stem):
    """(section, minutes) of each part of a notebook."""
    cells = json.loads((HOME / f"notebooks/{stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    timed = re.findall(r"^## (.+) \((\d+) minutes?\)$", "\n".join(prose), re.M)
    breaks = re.findall(r"\*([^*]+)\*", re.search(r"^\*\*Time:\*\* (.+)", prose[0], re.M)[1])
    found = [[]]
    for section, minutes in timed:
        if any(re.match(rf"{re.escape(name)}(?!\w)", section) for name in breaks):
            found.append([])
        found[-1].append((section, int(minutes)))
    assert len(found) == len(breaks) + 1, "each break is before a section"
    return found


def test_each_part_of_each_core_notebook_has_one_lesson_in_order():
    taught = [
        (stem, int(part), sections(name))
        for name in NAMES
        for _, stem, part in NOTEBOOK.findall(text(name))
    ]
    wanted = [(stem, i, part) for stem in CORE for i, part in enumerate(parts(stem), 1)]
    assert taught == wanted


def test_the_index_has_each_lesson_with_its_goal_and_minutes():
    listed = IN_INDEX.findall(text("README.md"))
    wanted = []
    for number, name in enumerate(NAMES, 1):
        ((title, stem, part),) = NOTEBOOK.findall(text(name))
        assert title == f"{stem[:2]} {CORE[stem]}"
        heading = re.match(rf"# Lesson {number}: (.+)\n", text(name))[1]
        goal = re.search(r"^\*\*Goal:\*\* (.+)$", text(name), re.M)[1]
        minutes = str(sum(minutes for _, minutes in rows(name)))
        wanted.append((str(number), heading, name, stem[:2], stem, part, goal, minutes))
    assert listed == wanted


def test_each_sitting_of_an_exam_has_a_page_and_a_row_in_the_index():
    taught, wanted = [], []
    for name in EXAMS:
        ((title, brief),) = EXAM.findall(text(name))
        assert title == BRIEFS[brief].title
        taught.append(brief)
        number, heading = re.match(r"# Exam (\d): (.+)\n", text(name)).groups()
        after = re.search(r"It comes after lesson (\d+)", text(name))[1]
        goal = re.search(r"^\*\*Goal:\*\* (.+)$", text(name), re.M)[1]
        minutes = str(sum(minutes for _, minutes in rows(name)))
        wanted.append((number, heading, name, after, goal, minutes))
    sittings = [
        brief for brief, it in BRIEFS.items() if it.sittings > 1 for _ in range(it.sittings)
    ]
    assert taught == sittings
    assert EXAM_IN_INDEX.findall(text("README.md")) == wanted


def test_the_short_course_is_five_lessons_of_the_term():
    short = SHORT.findall(text("README.md"))
    assert len(short) == 5
    assert short == sorted(short, key=lambda one: int(one[0]))
    for number, heading, name in short:
        assert text(name).startswith(f"# Lesson {number}: {heading}\n")


@pytest.mark.parametrize("name", SHEETS)
def test_a_lesson_fits_its_minutes_and_its_sheet(name):
    read = re.sub(r"!\[[^]]*\]\([^)]*\)|(?<=\])\([^)]*\)", "", text(name))
    words = [word for word in read.split() if re.search(r"\w", word)]
    assert len(words) <= WORDS
    assert sum(minutes for _, minutes in rows(name)) <= LESSON


@pytest.mark.parametrize("name", SHEETS)
def test_a_lesson_has_all_that_a_teacher_looks_for(name):
    there = re.findall(r"^#{2,} ?(.+)$", text(name), re.M)
    assert there == [one for one in HEADINGS if one in there]
    assert {*HEADINGS} - {*there} <= OPTIONAL
    assert ("On the board" in there) == ("](board/" in text(name))
    ticket = text(name).partition("## Exit ticket\n")[2].partition("\n## ")[0].strip()
    answered = re.findall(r"^\d\. .+\? \*[^*]+\*$", ticket, re.M)
    assert 2 <= len(answered) <= 3
    assert answered == ticket.splitlines()
    assert "```" not in text(name), "no solutions"


@pytest.mark.parametrize("name", [name for name in NAMES if "## Play it\n" in text(name)])
def test_a_play_has_its_minutes(name):
    """It is called by a name, as in *An exhibition:*, or simply the play."""
    play = text(name).partition("## Play it\n")[2].strip()
    named = re.match(r"(?:For )?\*(.+?):?\*", play)
    called = named[1].lower() if named else "play"
    assert any(called in section.lower() for section, _ in rows(name))


def test_no_page_repeats_what_another_one_says():
    said = Counter()
    for name in SHEETS:
        page = re.sub(r"^(Notebook|!\[|\|).*", "", text(name), flags=re.M)
        sentences = {one.strip(" *-") for one in re.split(r"(?<=[.?!:*]) |\n", page)}
        said.update(one for one in sentences if len(one.split()) >= 6)
    assert [one for one, times in said.items() if times > 1] == []


@pytest.mark.parametrize("page", sorted(TEACHING.glob("*.md")), ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.stem)
def test_a_board_is_a_small_drawing_with_few_words(board):
    picture = ElementTree.parse(board).getroot()
    assert picture.tag == f"{SVG}svg"
    assert picture.get("role") == "img"
    assert picture.findtext(f"{SVG}title") == picture.get("aria-label")
    assert float(picture.get("viewBox").split()[2]) <= 600  # a phone shows it whole
    words = " ".join(found.text for found in picture.iter(f"{SVG}text")).split()
    assert 0 < len(words) <= 30
    shown = f"{picture.get('aria-label')}.](board/{board.name})"
    assert any(shown in text(name) for name in SHEETS)
