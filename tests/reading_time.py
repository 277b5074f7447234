"""How long a notebook is, and how it reads: python tests/reading_time.py [NOTEBOOK …]

All notebooks, or those named by path or by beginning, such as 04 or deeper/two. For each: words,
code cells, exercises, sections that are written alone, minutes, words in a sentence on average,
sentences of more than 25 words. Below: sentences in brackets, and words that we replace by plainer
ones, with the number of their cell. It judges nothing; people do.

Minutes are an estimate: words / 90 + 0.9 a code cell + 10 an exercise + 20 a section that is
written alone. The first three are from the clocks of two newcomers in November 2026. One took 405
minutes for notebooks 00 to 06, the other 370 for 07 to 12, of an edition with 11,670 and 10,550
words, 158 and 140 cells, 14 and 12 exercises. The estimate says 412 and 363 of these, 775 in all.
Two people can't tell how long words, cells and exercises take apart, so their shares are a guess
from before, made longer by a quarter. Nobody has timed a section that is written alone.
"""

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

import nbformat

from lessons.commands.refresh import NOTEBOOKS, RefreshError, find_notebooks

WORDS_A_MINUTE, MINUTES_A_CELL, MINUTES_AN_EXERCISE, MINUTES_ALONE = 90, 0.9, 10, 20
LONG = 25  # words in a sentence
FEW = 4  # words in brackets that nobody stumbles over
PLAINER = (  # what to look at twice, since plainer English has another word
    r"st[ao][on]ds?|standing|shall|anew|mend(s|ed|ing)?|(go|goes|went) on|inside of|once more",
    r"tak(e|es|en|ing) away|took away|one's|in the place of|became of|(is|are|was|were) told",
    r"dearest|reckon(s|ed)?|rumou?rs?|carr(y|ies|ied) out|clock on the wall|more or less",
    r"by chance|for ever|other way round|put aside|look(s|ed)? whether|whoever|all the same",
    r"(is|are) none|made of it|makes? [a-z ]+ of (it|a|the)|therefore|thus|hence|upon",
)
REPLACED = re.compile(rf"\b(?:{'|'.join(PLAINER)})\b", re.IGNORECASE)


class Reading(NamedTuple):
    """A notebook in numbers."""

    words: int
    code_cells: int
    exercises: int
    alone: int
    sentences: list[int]  # words of each

    @property
    def minutes(self) -> float:
        """How long a beginner takes, roughly."""
        written = MINUTES_AN_EXERCISE * self.exercises + MINUTES_ALONE * self.alone
        return self.words / WORDS_A_MINUTE + MINUTES_A_CELL * self.code_cells + written

    def row(self, name: str) -> str:
        """Write it as one line of the table."""
        mean = sum(self.sentences) / (len(self.sentences) or 1)
        long = 100 * sum(n > LONG for n in self.sentences) / (len(self.sentences) or 1)
        written = f"{self.exercises:6}{self.alone:6}"
        numbers = f"{self.words:6}{self.code_cells:6}{written}{self.minutes:8.0f}"
        return f"{name:34}{numbers}{mean:10.1f}{long:7.0f} %"


HEAD = f"{'notebook':34} words cells   ex. alone minutes  sentence     long"


def prose(notebook: nbformat.NotebookNode) -> Iterator[tuple[int, str]]:
    """Yield the number and text of each cell to read, without code, solutions and addresses."""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown" and not cell.source.startswith("<details>"):
            text = re.sub(r"^```.*?^```$", "", cell.source, flags=re.M | re.S)
            text = re.sub(r"!\[[^\]]*\]\([^)]*\)|<[^>]+>", "", text)  # pictures
            yield number, re.sub(r"\]\([^()]*(?:\([^()]*\)[^()]*)*\)", "]", text)


def sentences(text: str) -> list[str]:
    """Split prose into sentences; headings and tables have none.

    >>> sentences("# A title\\n\\nOne. Is `a.b` two?\\n\\n- three\\n\\n| a | b |")
    ['One.', 'Is `a.b` two?', 'three']
    """
    blocks = re.split(r"\n\s*\n|\n(?=[-*\d|])", text)
    blocks = [re.sub(r"^(?:[-*>]|\d+\.)\s+", "", block.strip()) for block in blocks]
    found = [
        sentence
        for block in blocks
        if block and block[0] not in "#|"
        for sentence in re.split(r"(?<=[.!?])[\"*_”)]*\s+(?=\W*[A-Z0-9`])", " ".join(block.split()))
    ]
    return [sentence for sentence in found if re.search(r"\w", sentence)]


def bracketed(text: str) -> list[str]:
    """Find brackets with more than a few words.

    >>> bracketed("It waits (2 s). It ends (nobody knows why it does). `f(a, b, c, d, e)`")
    ['(nobody knows why it does)']
    """
    plain = re.sub(r"`[^`]*`", "code", text)
    return [one for one in re.findall(r"\([^()]*\)", plain) if len(one.split()) > FEW]


def read(notebook: nbformat.NotebookNode) -> Reading:
    """Count what a notebook has."""
    texts = [text for _, text in prose(notebook)]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    tags = [tag for cell in code for tag in cell.metadata.get("tags", [])]
    return Reading(
        sum(len(re.findall(r"\w[\w'’.-]*", text)) for text in texts),
        len(code),
        tags.count("exercise"),
        tags.count("alone"),
        [len(sentence.split()) for text in texts for sentence in sentences(text)],
    )


def main(names: list[str]) -> int:
    """Print the table and what to look at; returns the exit status."""
    try:
        paths = find_notebooks(names)
    except RefreshError as error:
        print(error, file=sys.stderr)
        return 1
    notebooks = {path.resolve(): nbformat.read(path, as_version=4) for path in paths}
    readings = {
        path.relative_to(NOTEBOOKS).with_suffix("").as_posix()
        if path.is_relative_to(NOTEBOOKS)
        else path.stem: read(notebook)
        for path, notebook in notebooks.items()
    }
    print(HEAD, *(each.row(name) for name, each in readings.items()), sep="\n")
    minutes = {
        kind: sum(each.minutes for name, each in readings.items() if name[:2].isdigit() == core)
        for kind, core in (("core", True), ("side rooms", False))
    }
    print("\n" + ", ".join(f"{kind}: {total / 60:.1f} hours" for kind, total in minutes.items()))
    for name, notebook in zip(readings, notebooks.values(), strict=True):
        for number, text in prose(notebook):
            for found in bracketed(text):
                print(f"{name}, cell {number}: in brackets: {found}")
            for word in REPLACED.finditer(text):
                around = " ".join(text[max(word.start() - 30, 0) : word.end() + 30].split())
                print(f"{name}, cell {number}: {word[0]!r} in … {around} …")
            for sentence in sentences(text):
                if len(sentence.split()) > LONG:
                    print(f"{name}, cell {number}: {len(sentence.split())} words: {sentence}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
