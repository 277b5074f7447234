"""What the benchmarks share: load from wrk, processes of their own, medians, a table.

It judges nothing but a figure against its target. What is measured is each script's own business.
"""

import argparse
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot_sandbox.cloud.function import Function

HERE = Path(__file__).parent
FUNCTIONS, PEERS = HERE / "functions", HERE / "peers"  # what is deployed, what to compare with
LAST = HERE / "last.json"  # each target's figure when it was last stored
MARGIN = 1.25  # between two runs on one machine, which may differ by so much
median = statistics.median
PATIENCE_S = 20.0  # for a first answer, on a busy machine
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Load:
    """What wrk saw: a rate in requests per second, round trips in milliseconds, answers."""

    per_second: float
    p50_ms: float
    p99_ms: float
    answered: int  # with a status 2xx or 3xx
    replies: int = 0  # what the Lua script counted


def start(description: str, repetitions: int, needs_wrk: bool = True) -> argparse.Namespace:
    """Read the command line and print what the figures depend on; `repetitions` where not quick."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="a smoke run: figures mean nothing")
    parser.add_argument("--store", action="store_true", help="keep the figures, to compare with")
    options = parser.parse_args()
    if needs_wrk and not shutil.which("wrk"):
        sys.exit("wrk is missing. Install it: sudo apt install wrk  (or: brew install wrk)")
    options.repetitions = 1 if options.quick else repetitions
    load = ", ".join(f"{each:.2f}" for each in os.getloadavg())
    print(f"{Path(sys.argv[0]).stem}: {description.rstrip('.')}")
    print(
        f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}; load average at start: {load}"
    )
    print(f"medians of {options.repetitions}, taken in turn", "(QUICK)" * options.quick)
    return options


def wrk(url: str, connections: int, seconds: float, script: str = "") -> Load:
    """Send requests over kept connections as fast as they are answered; `script` is Lua.

    If a busy machine answers none, it tries again for twice as long; RuntimeError in the end.
    """
    with tempfile.TemporaryDirectory() as folder:
        lua = Path(folder) / "load.lua"
        lua.write_text(script, encoding="utf-8")
        words = ["wrk", "-t1", f"-c{connections}", "-d60s", "--latency", "-s", str(lua), url]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)  # wrk itself knows whole seconds only
            output = process.stdout.read() if process.stdout else ""
    requests = int(found(output, r"(\d+) requests in"))
    if requests == 0:
        if seconds > PATIENCE_S:
            raise RuntimeError(f"{url} answered nothing in {seconds:.0f} s; wrk printed:\n{output}")
        return wrk(url, connections, 2 * seconds, script)
    refused = int(found(output, r"Non-2xx or 3xx responses: (\d+)", "0"))
    return Load(
        float(found(output, r"Requests/sec:\s+([\d.]+)")),
        milliseconds(found(output, r" 50% +([\d.]+\w+)")),
        milliseconds(found(output, r" 99% +([\d.]+\w+)")),
        requests - refused,
        int(found(output, r"replies (\d+)", "0")),
    )


def found(text: str, pattern: str, default: str = "") -> str:
    """What a pattern's group matches; RuntimeError with the whole text where it does not."""
    if match := re.search(pattern, text):
        return match[1]
    if not default:
        raise RuntimeError(f"expected {pattern!r} in what wrk printed; found:\n{text}")
    return default


def milliseconds(text: str) -> float:
    """Read a time as wrk writes it.

    >>> milliseconds("116.00us"), milliseconds("1.50ms")
    (0.116, 1.5)
    """
    match = re.fullmatch(r"([\d.]+)([a-z]+)", text)
    if not match:
        raise ValueError(f"no time: {text!r}")
    return float(match[1]) * MILLISECONDS[match[2]]


@contextmanager
def peer(name: str, **environment: str) -> Iterator[str]:
    """Run a program of `peers` for as long as the block takes; the first line it prints."""
    words, mine = [sys.executable, str(PEERS / name)], os.environ | environment
    with subprocess.Popen(words, env=mine, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


def warm_up(function: Function, events: Sequence[Any]) -> None:
    """Call a new function with all events at once, so that it has as many instances."""
    with ThreadPoolExecutor(len(events)) as threads:
        list(threads.map(function.invoke, events))


def number(value: float) -> str:
    """A figure with three digits that count, thousands whole.

    >>> number(1234.5), number(12.345), number(0.01234)
    ('1234', '12.3', '0.0123')
    """
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    return f"{value:.{max(0, 3 - whole)}f}" if abs(value) >= 0.1 or value == 0 else f"{value:.3g}"


def table(titles: Sequence[str], rows: Sequence[Sequence[str | float]]) -> None:
    """Print rows under their titles, figures to the right."""
    texts = [[cell if isinstance(cell, str) else number(cell) for cell in row] for row in rows]
    widths = [max(len(line[at]) for line in [titles, *texts]) for at in range(len(titles))]
    figures = [isinstance(cell, float) for cell in rows[0]]
    print()
    for line in [list(titles), ["-" * width for width in widths], *texts]:
        pairs = zip(line, widths, figures, strict=True)
        print("  ".join(text.rjust(n) if right else text.ljust(n) for text, n, right in pairs))


def target(what: str, figure: float, limit: float, at_least: bool = False) -> None:
    """Print whether a figure keeps within its target, and whether it is worse than the last one.

    With --store it is the last one from now on.
    """
    last = json.loads(LAST.read_text(encoding="utf-8"))
    met = figure >= limit if at_least else figure <= limit
    wanted = f"at {'least' if at_least else 'most'} {number(limit)}"
    line = f"target {'met' if met else 'MISSED'}: {what}: {number(figure)} ({wanted})"
    if before := last.get(what):
        worse = before / figure if at_least else figure / before
        line += f"; last time {number(before)}" + " WORSE" * (worse > MARGIN)
    print(line)
    if "--store" in sys.argv:
        last[what] = float(f"{figure:.3g}")
        LAST.write_text(json.dumps(last, indent=2, sort_keys=True) + "\n", encoding="utf-8")
