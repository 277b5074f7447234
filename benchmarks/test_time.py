"""Where the time of `python3 start.py test` goes, and what the notebooks' share ought to be.

    python benchmarks/test_time.py [--quick]

The floor of the notebooks is a bare start of each kernel, measured here, plus the time each cell
runs when nbclient executes it. The rest is what pytest and nbval add.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from jupyter_client.manager import start_new_kernel
from measuring import HERE, median, start, table, target
from nbclient import NotebookClient

HOME = HERE.parent
NOTEBOOKS = sorted((HOME / "notebooks").glob("*.ipynb"))
REPETITIONS = 3
SHOWN = 8  # of the slowest test files
NO_CACHE = ("-p", "no:cacheprovider")


def main() -> None:
    """Run every check once, the notebooks alone several times, then print."""
    options = start("where the time of every check goes.", REPETITIONS, needs_wrk=False)
    smallest = min(NOTEBOOKS, key=lambda path: path.stat().st_size)
    notebooks = [smallest] if options.quick else NOTEBOOKS
    chosen = ["-n0", "tests/botlib/test_bot.py"] if options.quick else []
    print_phases(*run_checks(chosen))
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(options.repetitions):
        times["kernels' start-up, bare"].append(sum(kernel_start() for _ in notebooks))
        times["cells, by nbclient"].append(sum(cells_time(path) for path in notebooks))
        share, whole = pytest_times(notebooks)
        times["pytest --nbval, one process"].append(share)
        times["the same with pytest's own start"].append(whole)
    seconds = {name: median(values) for name, values in times.items()}
    floor = seconds["kernels' start-up, bare"] + seconds["cells, by nbclient"]
    rows: list[list[str | float]] = [[name, each, each / floor] for name, each in seconds.items()]
    table([f"notebooks: {len(notebooks)}", "s", "/ floor"], rows)
    ratio = seconds["pytest --nbval, one process"] / floor
    target("notebooks: pytest / (kernels' start-up + cells)", ratio, 1.5)


def run_checks(chosen: list[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Run `start.py test`; seconds of each phase, and of each test file while it worked."""
    phases: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        words = [sys.executable, "start.py", "test", f"--junitxml={report}", *NO_CACHE, *chosen]
        environment = {"COURSE_PYTHON": sys.executable} | os.environ
        began, phase = time.perf_counter(), "set-up"
        with subprocess.Popen(
            words, cwd=HOME, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            for line in process.stdout or ():
                if line.startswith("--- "):
                    phases[phase] = time.perf_counter() - began
                    began, phase = time.perf_counter(), line.removeprefix("--- ").split(":")[0]
                last = line
        phases[phase] = time.perf_counter() - began
        print(f"start.py test: exit status {process.returncode}, {last.strip()}")
        return phases, file_times(report)


def file_times(report: Path) -> dict[str, float]:
    """Seconds that workers spent on each test file: set-up, test and tear-down."""
    times: dict[str, float] = defaultdict(float)
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.get("classname", "")
        kind = "doctests" if name.startswith(("botlib", "sandbox", "lessons")) else name
        times[kind] += float(case.get("time", 0))
    return dict(times)


def print_phases(phases: dict[str, float], files: dict[str, float]) -> None:
    """Print both, the slowest files first and all notebooks."""
    whole = sum(phases.values())
    rows: list[list[str | float]] = [[name, each, each / whole] for name, each in phases.items()]
    table(["python3 start.py test", "s", "share"], [*rows, ["altogether", whole, 1.0]])
    by_time = sorted(files.items(), key=lambda pair: -pair[1])
    notebooks = {name: each for name, each in by_time if "notebooks" in name}
    others = {name: each for name, each in by_time if name not in notebooks}
    work = sum(files.values())
    shown = list(others.items())[:SHOWN] + list(notebooks.items())
    rows = [["all notebooks", sum(notebooks.values()), sum(notebooks.values()) / work]]
    rows += [["all test files", sum(others.values()), sum(others.values()) / work]]
    rows += [[f"- {name}", each, each / work] for name, each in shown]
    table(["in the tests' phase, all workers", "s", "share"], rows)


def kernel_start() -> float:
    """Seconds until a kernel with nothing to do is ready."""
    began = time.perf_counter()
    manager, client = start_new_kernel(kernel_name="python3", extra_arguments=["--log-level=ERROR"])
    seconds = time.perf_counter() - began
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return seconds


def cells_time(path: Path) -> float:
    """Seconds that the cells of a notebook run, its kernel's start-up left out."""
    notebook = nbformat.read(path, as_version=4)
    times: list[float] = []
    began = 0.0

    def on_start(**_: object) -> None:
        nonlocal began
        began = time.perf_counter()

    with TemporaryDirectory() as folder:  # for its workshop
        NotebookClient(
            notebook,
            kernel_name="python3",
            allow_errors=True,  # a notebook that fails is the tests' business
            resources={"metadata": {"path": folder}},
            extra_arguments=["--log-level=ERROR"],
            on_cell_execute=on_start,
            on_cell_executed=lambda **_: times.append(time.perf_counter() - began),
        ).execute()
    return sum(times)


def pytest_times(notebooks: list[Path]) -> tuple[float, float]:
    """Seconds that pytest spends on notebooks, and those from its start to its end."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        words = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *NO_CACHE]
        began = time.perf_counter()
        done = subprocess.run(
            [*words, *map(str, notebooks)], cwd=HOME, stdout=subprocess.PIPE, text=True
        )
        whole = time.perf_counter() - began
        if done.returncode:
            print(f"pytest alone: exit status {done.returncode}, {done.stdout.splitlines()[-1]}")
        return sum(file_times(report).values()), whole


if __name__ == "__main__":
    main()
