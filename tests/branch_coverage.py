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
# Only a process of the course is measured, from its first import on: pip and most bots have nothing
# of it, and coverage would double the time that they need to start. The variables are gone before
# anything else runs: a test may compare its whole environment. If a power cut leaves the file
# behind, nothing is measured, because the process that wants it is gone.
START = """
import os, sys

told, course = {told!r}, {course!r}
installed = sys.path[:]

def measure():
    path, sys.path[:] = sys.path[:], installed  # a program's own random.py is no part of coverage
    import coverage
    os.environ.update(told)
    coverage.process_startup()
    for name in told:  # which a second copy of this may have removed: Python can read it twice
        os.environ.pop(name, None)
    sys.path[:] = path

class FirstImport:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in course and FirstImport in sys.meta_path:
            sys.meta_path.remove(FirstImport)
            measure()

try:
    os.kill({pid}, 0)
except OSError:
    pass
else:
    command = " ".join(sys.orig_argv).replace(os.sep, " ").replace(".", " ")
    if course & {{*command.split()}}:
        measure()
    else:
        sys.meta_path.insert(0, FirstImport)
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
        course = {Path(name).stem for name in floors()}
        code = START.format(told=told, course=course, pid=os.getpid())
        PTH.write_text(f"import sys; exec({code!r}, {{}})\n", encoding="utf-8")
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


def floors():
    """Return what is measured, and the share of it that must be covered, in percent."""
    settings = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))
    return settings["tool"]["such-different-chatbots"]["coverage"]


def report():
    """Print the share of lines and branches, write the pages; return the packages below a floor."""
    found = coverage.Coverage(data_file=str(DATA), config_file=str(SETTINGS))
    found.load()
    below = []
    for name, floor in floors().items():
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
