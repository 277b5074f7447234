"""Measure which branches the tests take, in every process they start: start.py test --all

No environment variable reaches all of them, because the cloud's functions start with an environment
of their own. A .pth file does, since every Python of .venv reads it when it starts. It is there
only while the tests run. pyproject.toml says what is measured, and how much must be covered.
"""

import contextlib
import io
import os
import sysconfig
import tempfile
import tomllib
import warnings
from pathlib import Path

import coverage

HERE = Path(__file__).resolve().parents[1]
SETTINGS = HERE / "pyproject.toml"
DATA = HERE / ".coverage"
PAGES = HERE / "htmlcov"
# The last of its folder, because another .pth file may say where coverage is.
PTH = Path(sysconfig.get_path("purelib"), "zz_measure_branches.pth")
# The variables are gone before anything else runs: a test may compare its whole environment. If a
# power cut leaves the file behind, nothing is measured, because the process that wants it is gone.
START = """
import os
told = {told!r}
try:
    os.kill({pid}, 0)
except OSError:
    pass
else:
    import coverage
    os.environ.update(told)
    coverage.process_startup()
    for name in told:
        del os.environ[name]
"""


@contextlib.contextmanager
def measured():
    """Measure all that starts inside the `with` block, and put what was found into .coverage."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # A process may be in any folder, and those that it forks read this file again there.
        settings = Path(folder, SETTINGS.name)
        text = SETTINGS.read_text(encoding="utf-8")
        settings.write_text(text.replace("${COURSE-.}", HERE.as_posix()), encoding="utf-8")
        told = {
            "COVERAGE_FILE": str(Path(folder, DATA.name)),
            "COVERAGE_PROCESS_START": str(settings),
        }
        code = START.format(told=told, pid=os.getpid())
        PTH.write_text(f"import sys; exec({code!r})\n", encoding="utf-8")
        try:
            yield
        finally:
            PTH.unlink(missing_ok=True)
        found = coverage.Coverage(data_file=str(DATA), config_file=str(SETTINGS))
        found.erase()
        with warnings.catch_warnings():  # about files that a killed process left unfinished
            warnings.simplefilter("ignore", coverage.exceptions.CoverageWarning)
            found.combine([folder])
        found.save()


def report():
    """Print the share of lines and branches, write the pages; return the packages below a floor."""
    found = coverage.Coverage(data_file=str(DATA), config_file=str(SETTINGS))
    found.load()
    settings = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))
    floors = settings["tool"]["such-different-chatbots"]["coverage"]
    below = []
    for name, floor in floors.items():
        share = share_of(found, HERE / name / "*" if (HERE / name).is_dir() else HERE / name)
        print(f"{share:6.1f} % of {name}; at least {floor} % are expected")
        if share < floor:
            below.append(name)
    print(f"{share_of(found, HERE / '*'):6.1f} % of all")
    with contextlib.suppress(coverage.exceptions.NoDataError):
        found.html_report(directory=str(PAGES), include=str(HERE / "*"))
        print(f"Line by line: {PAGES.name}/index.html")
    return below


def share_of(found, pattern):
    """Return the percentage of lines and branches that ran in the files of this pattern."""
    try:
        return found.report(include=str(pattern), file=io.StringIO())
    except coverage.exceptions.NoDataError:
        return 0.0
