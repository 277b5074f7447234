"""The course has the notebooks that its contents name, and each claim has its source."""

import json
import re
import tomllib
import warnings
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from lessons.commands.copies import Copies
from lessons.progress.contents import CORE, DEEPER, EVENING, EXAMS, PART_NAMES

HOME = Path(__file__).parents[2]
NOTEBOOKS = HOME / "notebooks"
ROOMS = {f"deeper/{name}": title for rooms in DEEPER.values() for name, title in rooms.items()}
TITLES = EVENING | CORE | ROOMS | {f"exams/{name}": title for name, title in EXAMS.items()}
THERE = {
    path.relative_to(NOTEBOOKS).with_suffix("").as_posix()
    for pattern in ("*.ipynb", "deeper/*.ipynb", "exams/*.ipynb")
    for path in NOTEBOOKS.glob(pattern)
}
SOURCES = tomllib.loads((HOME / "docs/sources.toml").read_text(encoding="utf-8"))
A_YEAR = timedelta(days=365)


@cache
def prose(stem):
    cells = json.loads((NOTEBOOKS / f"{stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def test_the_contents_name_every_notebook():
    assert set(TITLES) == THERE
    assert list(CORE) == sorted(CORE)
    assert {*PART_NAMES, *DEEPER} <= {stem[:2] for stem in CORE}


@pytest.mark.parametrize("stem", sorted(THERE))
def test_a_learner_gets_a_copy_of_each_notebook(stem):
    assert Copies(HOME).find(stem) == f"{stem}.ipynb"


@pytest.mark.parametrize("stem", sorted(THERE))
def test_a_notebook_has_the_title_that_the_contents_say(stem):
    number = f"{stem[:2]} " if stem in CORE else ""
    assert prose(stem)[0].splitlines()[0] == f"# {number}{TITLES[stem]}"


def minutes(stem):
    """What the first cell of a notebook promises."""
    return int(re.search(r"^\*\*Time:\*\* about (\d+) minutes", prose(stem)[0], re.M)[1])


def test_the_readme_leads_to_each_notebook_and_says_how_long_the_core_takes():
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    for stem in TITLES:
        number = f"{stem[:2]} " if stem in CORE else ""
        assert f"[{number}{TITLES[stem]}](notebooks/{stem}.ipynb)" in readme
    (hours,) = re.findall(r"The core takes about (\d+) hours", readme)
    assert round(sum(map(minutes, CORE)) / 60) == int(hours)
    longest, shortest = (pick(map(minutes, ROOMS)) for pick in (max, min))
    assert f"{shortest} to {longest} minutes each" in readme


# --- docs/sources.toml: what notebooks claim about the world outside --------------------------


@pytest.mark.parametrize(
    ("notebook", "number"), [(n, i) for n in SOURCES for i in range(len(SOURCES[n]))]
)
def test_each_claim_has_its_source(notebook, number):
    claim = SOURCES[notebook][number]
    assert notebook in TITLES
    assert claim.keys() == {"claim", "source", "date"}
    assert claim["claim"].strip()
    assert re.match(r"https://\S+$|measured\b", claim["source"])
    assert isinstance(claim["date"], date)
    if date.today() - claim["date"] > A_YEAR:
        warnings.warn(f"{notebook}: look up again: {claim['claim']}", stacklevel=1)


def test_an_old_claim_is_a_warning_and_no_failure(monkeypatch):
    old = {"claim": "it costs 3", "source": "https://example.org", "date": date(2020, 1, 1)}
    monkeypatch.setitem(SOURCES, "00_start_here", [old])
    with pytest.warns(UserWarning, match="look up again: it costs 3"):
        test_each_claim_has_its_source("00_start_here", 0)
