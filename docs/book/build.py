"""Build the course as a website to read: python3 start.py book [TARGET] [--repository ADDRESS]

It holds README.md and all that it leads to: notebooks, guides, lessons for teachers, the sandbox's
reference. The outputs are those that are stored in the notebooks; nothing is run.

TARGET is a folder, build/book if you name none. A complete build is written over an earlier one. If
TARGET has files of anything else, nothing is changed, except that TARGET/tab may have the notebooks
in a browser tab: then their pages link to them. Links to code lead to ADDRESS, such as
https://github.com/NAME/REPOSITORY/blob/main. Without it, the website has copies of those files.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from deploy.own_folder import check_own_folder

COURSE = Path(__file__).resolve().parents[2]
BOOK = Path(__file__).parent
PAGES = (".md", ".ipynb")
PICTURES = (".svg", ".png")
WIDE = 600  # pixels: a picture that a phone would make too small to read
# Code is left alone: `handlers[name](message)` is no link.
CODE = re.compile(r"(^ *```.*?^ *```$|`[^`\n]*`)", re.MULTILINE | re.DOTALL)
# An anchor may have brackets, as in #Start-it-(5-minutes).
LINK = re.compile(r"\]\((?!\w+:)([^()#\s]*)(#(?:[^()\s]|\([^()\s]*\))+)?\)")
CAPTION = re.compile(r"^(?:## |(?:\| |The )\*\*)([^*:]+)")
WINDOW = re.compile(r"<object\b[^>]*>(.*)</object>.*", re.DOTALL)

PAGEFIND_OPTIONS = ("--root-selector", "article", "--exclude-selectors", ".headerlink")
README = COURSE / "README.md"
TERMS = COURSE / "docs/terms.md"
TERM = re.compile(r"^\| ([^|]+) \| [^|]+ \| \[[^]]+\]\(([^)]+)\)", re.MULTILINE)
DOORS = "How much time do you have?"  # in README.md; what it may say before leads to the website
ON_GITHUB = re.compile(r"^\*\*Try it now\.\*\* .+\n\n", re.MULTILINE)
TRY_IT = """\
**Try it now.** Notebooks 00 and 01 run in a browser tab, and you install nothing. \
<a href="tab/index.html">Try it</a>.

"""
STILL = """\
<div class="still">{still}</div>
<div class="still-note">A window, as it was when we ran this page. In your copy it is alive.</div>
"""


def slug(heading: str) -> str:
    """Return the anchor of a heading as GitHub makes it; JupyterLab's anchor may stand for it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def tag(cell: dict[str, Any], name: str) -> None:
    """Add a tag that myst-nb obeys to a cell."""
    cell["metadata"].setdefault("tags", []).append(name)


class Book:
    """The pages that README.md leads to, prepared for Sphinx in a folder."""

    def __init__(self, folder: Path, target: Path, repository: str) -> None:
        self.folder = folder
        self.target = target
        self.repository = repository.rstrip("/")
        self.pages: dict[Path, str] = {}  # the file of the course: its text
        self.children: dict[Path, dict[Path, str]] = {}  # a page: those below it, with a caption

    def collect(self) -> None:
        """Read README.md, what it links to, what that links to, and so on.

        A page belongs to the contents of the document that links to it first.
        """
        queue = [README]
        seen = set(queue)
        for page in queue:
            text = page.read_text(encoding="utf-8")
            self.pages[page], self.children[page] = text, {}
            if page.suffix == ".ipynb":
                continue
            for caption, link in links(text):
                for found in pages_at(page.parent / link):
                    if found not in seen:
                        seen.add(found)
                        queue.append(found)
                        self.children[page][found] = caption if len(self.pages) == 1 else ""

    def write(self) -> None:
        """Write all pages into the folder, and beside them the files that they show or offer."""
        for page, text in self.pages.items():
            if page.suffix == ".ipynb":
                text = self.notebook(page, text)
            else:
                text = self.linked(page, text) + self.contents(page)
            if page == README and (self.target / "tab/index.html").exists():
                text = ON_GITHUB.sub("", text).replace(DOORS, TRY_IT + DOORS)
            self.place(page).parent.mkdir(parents=True, exist_ok=True)
            self.place(page).write_text(text, encoding="utf-8")

    def place(self, page: Path) -> Path:
        """Return where a file of the course is in the folder; README.md is the first page."""
        name = "index.md" if page == README else page.relative_to(COURSE)
        return self.folder / name

    def contents(self, page: Path) -> str:
        """Return the contents that Sphinx takes from a page: those below it."""
        captions: dict[str, list[Path]] = {}
        for child, caption in self.children[page].items():
            captions.setdefault(caption, []).append(child)
        parts = []
        for caption, children in captions.items():
            names = [
                f"/{self.place(child).relative_to(self.folder).as_posix()}" for child in children
            ]
            lines = ["```{toctree}", ":hidden:", *([f":caption: {caption}"] if caption else [])]
            parts.append("\n".join([*lines, "", *names, "```"]))
        return "\n\n".join(["", *parts, ""]) if parts else ""

    def linked(self, page: Path, text: str) -> str:
        """Make the links of a page's text right for the website."""
        parts = CODE.split(text)
        parts[::2] = [LINK.sub(lambda found: self.link(page, found), part) for part in parts[::2]]
        return "".join(parts)

    def link(self, page: Path, found: re.Match[str]) -> str:
        """Return one link as the website has it, for `](…)`."""
        path, anchor = found[1], found[2] or ""
        file = Path(os.path.normpath(page.parent / path)) if path else page
        if file.suffix == ".ipynb":
            anchor = f"#{slug(anchor)}" if anchor else ""
        if not path:
            return f"]({anchor})"
        if file.is_dir() and (inside := pages_at(file)):
            file = inside[0]
        if file not in self.pages:
            if self.repository and file.suffix not in PICTURES:
                return f"]({self.repository}/{file.relative_to(COURSE).as_posix()})"
            self.place(file).parent.mkdir(parents=True, exist_ok=True)
            self.place(file).write_bytes(file.read_bytes())
        to = os.path.relpath(self.place(file), self.place(page).parent)
        return f"]({Path(to).as_posix()}{anchor})" + ("{.wide}" if is_wide(file) else "")

    def notebook(self, page: Path, text: str) -> str:
        """Return a notebook as a page to read."""
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                cell["source"] = self.linked(page, source)
                continue
            if {"exercise", "alone"} & {*cell["metadata"].get("tags", [])}:
                tag(cell, "remove-output")  # it says that nobody has solved it yet
            elif re.search(r"^ *compare\(", source, re.MULTILINE):
                tag(cell, "hide-output")  # the guess is right above it
            for output in cell["outputs"]:
                if shown := "".join(output.get("data", {}).get("text/html", "")):
                    output["data"]["text/html"] = WINDOW.sub(still, shown)
        title, _, rest = notebook["cells"][0]["source"].partition("\n")
        notebook["cells"][0]["source"] = f"{title}\n\n{self.terms_of(page)}{rest}"
        return json.dumps(notebook)

    def terms_of(self, page: Path) -> str:
        """Name the terms that a notebook introduces: a search for one of them finds it first."""
        place = f"../{page.relative_to(COURSE).as_posix()}"
        terms = [term for term, link in TERM.findall(self.pages[TERMS]) if link == place]
        names = html.escape(" ".join(terms).replace(",", ""))
        return f'<span data-pagefind-meta="terms:{names}"></span>\n\n' if terms else ""

    def runs_in_a_tab(self, page: Path) -> bool:
        """Return whether the tab has this notebook; of others it has only a word where they run."""
        copy = self.target / "tab/files" / page.name
        cells = json.loads(copy.read_text(encoding="utf-8"))["cells"] if copy.exists() else []
        return any(cell["cell_type"] == "code" for cell in cells)


def links(text: str) -> list[tuple[str, str]]:
    """Return the links in a text, each with the heading or the words in bold before it.

    Those below README.md's heading *The course* come first, because they are the book's contents.
    """
    caption = "Start it"
    contents: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    found = others
    for line in "".join(CODE.split(text)[::2]).splitlines():
        if heading := CAPTION.match(line):
            caption = heading[1][0].upper() + heading[1][1:]
        if line.startswith("## "):
            found = contents if line == "## The course" else others
        found += [(caption, link[1]) for link in LINK.finditer(line) if link[1]]
    return contents + others


def pages_at(path: Path) -> list[Path]:
    """Return the page at a path; of a folder its README.md, or else all of its pages."""
    path = Path(os.path.normpath(path))
    if not path.is_dir():
        return [path] if path.suffix in PAGES else []
    readme = path / "README.md"
    return [readme] if readme.exists() else sorted(path.glob("*.md"))


def is_wide(file: Path) -> bool:
    """Return whether a file is a drawing that a phone must not shrink to its own width."""
    if file.suffix != ".svg":
        return False
    width = re.search(r'viewBox="0 0 ([\d.]+)', file.read_text(encoding="utf-8"))
    return width is not None and float(width[1]) > WIDE


def still(window: re.Match[str]) -> str:
    """Return the picture of a window for a page on which it can't open."""
    return STILL.format(still=window[1])


def build_search_index(site: Path) -> int:
    """Write the index in which the book's search looks; the exit status."""
    command = [sys.executable, "-P", "-m", "pagefind", "--site", str(site)]
    done = subprocess.run([*command, *PAGEFIND_OPTIONS], stdout=subprocess.PIPE)
    if done.returncode:
        print(done.stdout.decode(errors="replace"))
    return done.returncode


def main() -> int:
    """Build the book and say where it is; the exit status."""
    parser = argparse.ArgumentParser(prog="python3 start.py book", description=__doc__)
    parser.add_argument("target", nargs="?", type=Path, default=COURSE / "build/book")
    parser.add_argument("--repository", default="", metavar="ADDRESS")
    options = parser.parse_args()
    target = options.target.resolve()
    check_own_folder(target, "notebooks/00_start_here.html", beside="tab")
    with tempfile.TemporaryDirectory() as scratch:
        folder, site = Path(scratch, "pages"), Path(scratch, "site")
        folder.mkdir()
        book = Book(folder, target, options.repository)
        book.collect()
        book.write()
        # A warning is a link to nowhere or a page that doesn't read as it should: no book then.
        command = [sys.executable, "-P", "-m", "sphinx", "-q", "-W", "--keep-going", "-j", "auto"]
        in_tab = [f"notebooks/{page.stem}" for page in book.pages if book.runs_in_a_tab(page)]
        command += ["-A", f"in_tab={' '.join(in_tab)}"]
        command += ["-c", str(BOOK), "-d", str(Path(scratch, "doctrees")), str(folder), str(site)]
        status = subprocess.call(command) or build_search_index(site)
        if not status:
            # Sphinx's own index knows no numbers, such as 401. Pagefind's replaces it.
            own_index = shutil.ignore_patterns("searchindex.js")
            shutil.copytree(site, target, ignore=own_index, dirs_exist_ok=True)
    if not status:
        print(f"The book is in {target}. To read it, open {target / 'index.html'} in a browser.")
        print(f'To search it, too: python3 -m http.server --bind 127.0.0.1 --directory "{target}"')
    return status


if __name__ == "__main__":
    sys.exit(main())
