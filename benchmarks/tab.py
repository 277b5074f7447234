"""From an empty browser to her bot's first reply, in a browser's tab: seconds and megabytes.

    python benchmarks/tab.py [--quick]

The site comes from a plain server of files on this machine. The megabytes are those of a server
that compresses its files with gzip, as those of websites do.
"""

import sys
import tempfile
import time
from pathlib import Path

HOME = Path(__file__).parents[1]
for folder in ("tests/helpers", "sandbox", "."):
    sys.path.insert(0, str(HOME / folder))

from measuring import median, start, table, target  # noqa: E402
from tab_site import (  # noqa: E402
    build_site,
    compressed_megabytes,
    new_page,
    open_notebook,
    run_cell,
    served,
    text_of,
)

REPETITIONS = 5
FIRST_CELLS = (3, 6, 9)  # of notebook 00; the last one asks the bot
REPLY = "'hello Viktor!'"


def first_reply(folder: Path) -> tuple[float, float, float]:
    """Return the seconds until Python is there and until the reply, and the megabytes."""
    with served(folder) as (server, address), new_page() as page:
        began = time.perf_counter()
        open_notebook(page, address, "00_start_here.ipynb")
        ready = time.perf_counter() - began
        said = [text_of(run_cell(page, number)) for number in FIRST_CELLS]
        if not said[-1].endswith(REPLY):
            sys.exit(f"no reply: {said}")
        reply = time.perf_counter() - began
        return ready, reply, compressed_megabytes(server.sent)


def main() -> None:
    """Measure, and print a table."""
    options = start("from an empty browser to the first reply.", REPETITIONS, needs_wrk=False)
    with tempfile.TemporaryDirectory() as place:
        build_site(Path(place))
        found = [first_reply(Path(place)) for _ in range(options.repetitions)]
    ready, reply, megabytes = (median(column) for column in zip(*found, strict=True))
    table(
        ["from an empty browser", "s"],
        [["until Python is there", ready], ["until the first reply", reply]],
    )
    target("seconds until the first reply", reply, 12.0)
    target("megabytes, compressed", megabytes, 14.0)


if __name__ == "__main__":
    main()
