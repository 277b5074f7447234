"""Where the learner's work is, and how to take it along: your_work(), in notebook 00."""

import base64
import os
import shutil
from contextlib import suppress
from html import escape
from pathlib import Path

from lessons.in_a_tab import IN_A_TAB
from lessons.learner_bot import NOTEBOOKS
from lessons.pack import PACK, pack
from lessons.workshop import ORIGINALS

ON_A_MACHINE = {
    "Your pages": "in the folder my_course",
    "Your bot": "in my_course/workshop/my_bot",
    "To take all of it to another computer": "choose File, New, Terminal, and type "
    "python3 start.py pack",
    "To get this page's original back": "type python3 start.py reset 00 there. It waits until you "
    "close the tab of this page, and keeps yours next to it",
    "On Windows": "py instead of python3",
}
IN_THIS_TAB = {
    "Your pages": "in this browser, for this website. Clearing its data removes them",
    "Your bot": "there, too, in workshop/my_bot",
    "To get this page's original back": "close its tab. In the list at the left, right-click "
    "00_start_here.ipynb and choose Delete. Then open it again",
    "On a phone": "first choose Desktop site in the browser's menu, and the list is there",
}


class KeptWork:
    """Lines about the learner's work; in a browser's tab also a link that downloads it."""

    def __init__(self, lines: dict[str, str], zipped: bytes = b"") -> None:
        self._lines, self._zipped = lines, zipped

    def __repr__(self) -> str:
        return "\n".join(f"{what}: {where}." for what, where in self._lines.items())

    def _repr_html_(self) -> str:
        lines = [f"<b>{what}</b>: {escape(where)}." for what, where in self._lines.items()]
        if self._zipped:
            data = base64.b64encode(self._zipped).decode()
            lines.append(
                f'<a download="{PACK}" href="data:application/zip;base64,{data}">'
                f"Download {PACK}</a>: all of it, as it is now. To take later work along, save "
                "your pages and run this cell again. In an installed course, type "
                f"<code>python3 start.py unpack {PACK}</code>"
            )
        return "<br>".join(lines)


def your_work() -> KeptWork:
    """Say where your pages and your bot are, and how to take them along."""
    if not IN_A_TAB:
        return KeptWork(ON_A_MACHINE)
    folder = Path(os.environ["COURSE_FOLDER"])
    with suppress(FileNotFoundError):  # docs/tab/build.py writes it, so that untouched pages stay
        shutil.copy(NOTEBOOKS / ORIGINALS, folder / ORIGINALS)
    return KeptWork(IN_THIS_TAB, pack(folder).content)
