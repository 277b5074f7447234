"""From an empty browser to her bot's first reply, in a browser's tab: seconds and megabytes.

    python benchmarks/tab.py [--quick]

The site comes from a plain server of files on this machine, without compression.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

HOME = Path(__file__).parents[1]
for folder in ("tests/helpers", "sandbox/tests/helpers", "sandbox", "."):
    sys.path.insert(0, str(HOME / folder))

from tab_site import build_site, new_page, open_notebook, run_cell, served, text_of  # noqa: E402

FIRST_CELLS = (3, 6, 9)  # of notebook 00; the last one asks the bot
REPLY = "'hello Viktor!'"


def first_reply(folder: Path) -> tuple[float, float, float]:
    """Return the seconds until Python is there and until the reply, and the megabytes sent."""
    with served(folder) as (server, address), new_page() as page:
        began = time.perf_counter()
        open_notebook(page, address, "00_start_here.ipynb")
        ready = time.perf_counter() - began
        said = [text_of(run_cell(page, number)) for number in FIRST_CELLS]
        if not said[-1].endswith(REPLY):
            sys.exit(f"no reply: {said}")
        return ready, time.perf_counter() - began, server.sent / 1e6


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one run instead of five")
    runs = 1 if parser.parse_args().quick else 5
    print(f"load average at start: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as place:
        build_site(Path(place))
        found = [first_reply(Path(place)) for _ in range(runs)]
    ready, reply, megabytes = (statistics.median(column) for column in zip(*found, strict=True))
    print(f"\n{'from an empty browser':30}{'seconds':>10}{'MB':>8}\n{'-' * 48}")
    print(f"{'until Python is there':30}{ready:10.1f}")
    print(f"{'until the first reply':30}{reply:10.1f}{megabytes:8.1f}")
    print(f"medians of {runs}")


if __name__ == "__main__":
    main()
