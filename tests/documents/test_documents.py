"""What the documents for engineers name is there: files, folders, links."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
PATH = re.compile(r"`([\w.-]*(?:/[\w.-]*)+|[\w-]+\.(?:py|md|toml|yml|lock))`")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
UNREAD = re.compile(r"!\[.*?\]\(.*?\)|<!--.*?-->|```\w*|\]\([^)]*\)")  # pictures, addresses
NAMING = ["docs/architecture.md", "docs/terms.md", "CONTRIBUTING.md", "SECURITY.md"]
LINKING = [
    *NAMING,
    "README.md",
    "docs/first_start.md",
    "docs/yours.md",
    "docs/commands.md",
    "docs/notebook_checks.md",
    "docs/class/README.md",
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "botlib/README.md",
]


def missing_paths(text, folder):
    """The paths in `code` of a text that are not there, seen from the folder."""
    return [name for name in PATH.findall(text) if not (folder / name).exists()]


@pytest.mark.parametrize("name", NAMING)
def test_every_path_in_a_document_is_there(name):
    text = (HOME / name).read_text(encoding="utf-8")
    assert PATH.search(text)
    assert missing_paths(text, HOME) == []


@pytest.mark.parametrize("name", LINKING)
def test_every_link_in_a_document_leads_somewhere(name):
    text = (HOME / name).read_text(encoding="utf-8")
    folder = (HOME / name).parent
    assert [to for to in LINK.findall(text) if not (folder / to).exists()] == []


def test_a_path_that_is_not_there_is_seen(tmp_path):
    (tmp_path / "botlib").mkdir()
    (tmp_path / "botlib/bot.py").touch()
    text = "`botlib/`, `botlib/bot.py`, `botlib/gone.py`, `gone.md`, `bot.ask` and `git add x/y`"
    assert missing_paths(text, tmp_path) == ["botlib/gone.py", "gone.md"]


def test_the_architecture_page_is_found():
    for name in ("README.md", "CONTRIBUTING.md"):
        assert "(docs/architecture.md)" in (HOME / name).read_text(encoding="utf-8")


def test_the_readme_leads_to_the_website():
    address = (HOME / "docs/website.txt").read_text(encoding="utf-8").strip()
    if not address:
        pytest.skip("docs/website.txt is empty: once the website is published, name its address")
    sentence = f"**Try it now.** Notebooks 00 and 01 run in [a browser tab]({address}/tab)"
    before_the_doors = (HOME / "README.md").read_text(encoding="utf-8").partition("How much")[0]
    assert sentence in before_the_doors


def test_the_readme_is_short_and_its_first_screen_says_what_this_is():
    text = (HOME / "README.md").read_text(encoding="utf-8")
    assert len(text.split()) <= 1_150
    first = UNREAD.sub(" ", text.partition("\n## ")[0])
    assert len(first.split()) <= 120
    for door in ("An evening", "Two weeks", "A term", "python-telegram-bot", "TwitchIO", "nbval"):
        assert door in first


def test_the_readme_of_botlib_names_each_of_its_files_once():
    """Of an `__init__.py`, only the store's has code."""
    folder = HOME / "botlib"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}
    expected = {name for name in files if not name.endswith("__init__.py")}
    named = LINK.findall((folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(named) == sorted({*expected, "store/__init__.py"})


def test_the_readme_of_botlib_is_found():
    page = (HOME / "docs/architecture.md").read_text(encoding="utf-8")
    assert "(../botlib/README.md)" in page
