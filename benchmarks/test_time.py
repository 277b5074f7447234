"""What the tests' machinery costs: notebooks under pytest, and their kernels and cells alone.

    python benchmarks/test_time.py [--quick]

The floor is a bare start of each kernel, measured here, plus the time each cell runs when nbclient
executes it. The rest is what pytest and nbval add.
"""

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
NO_CACHE = ("-p", "no:cacheprovider")


def main() -> None:
    """Run the notebooks in each way, several times, then print."""
    options = start("notebooks, by pytest and without it.", REPETITIONS, needs_wrk=False)
    smallest = min(NOTEBOOKS, key=lambda path: path.stat().st_size)
    notebooks = [smallest] if options.quick else NOTEBOOKS
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(options.repetitions):
        times["kernels' start-up, bare"].append(sum(kernel_start() for _ in notebooks))
        times["cells, by nbclient"].append(sum(cells_time(path) for path in notebooks))
        times["pytest --nbval, one process"].append(pytest_time(notebooks))
    seconds = {name: median(values) for name, values in times.items()}
    floor = seconds["kernels' start-up, bare"] + seconds["cells, by nbclient"]
    rows: list[list[str | float]] = [[name, each, each / floor] for name, each in seconds.items()]
    table([f"notebooks: {len(notebooks)}", "s", "/ floor"], rows)
    ratio = seconds["pytest --nbval, one process"] / floor
    target("notebooks: pytest / (kernels' start-up + cells)", ratio, 1.5)


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


def pytest_time(notebooks: list[Path]) -> float:
    """Seconds that pytest spends on notebooks: set-up, cells and tear-down."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        words = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *NO_CACHE]
        done = subprocess.run(
            [*words, *map(str, notebooks)], cwd=HOME, stdout=subprocess.PIPE, text=True
        )
        if done.returncode:
            print(f"pytest: exit status {done.returncode}, {done.stdout.splitlines()[-1]}")
        cases = ElementTree.parse(report).iter("testcase")
        return sum(float(case.get("time", 0)) for case in cases)


if __name__ == "__main__":
    main()
