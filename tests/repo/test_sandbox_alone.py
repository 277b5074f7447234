"""The sandbox can leave: what git has of its folder is a repository that tests itself."""

import os
import shlex
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

HOME = Path(__file__).parents[2]
FRESH = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTHONPATH", "PYTEST_", "COURSE_", "COV", "GIT_"))
}
COMMITTER = ["-c", "user.name=a test", "-c", "user.email=test@example.com"]
# All files are collected, and of each folder one runs: the course runs all of them already.
RUN = [
    "test_chat.py",
    "test_clock.py",
    "test_in_memory.py",
    "test_program.py",
    "test_rooms.py",
    "test_same_thread_loop.py",
    "test_schedule.py and the_next",
    "test_supervisor.py and not descriptor",
    "test_switchable_server.py",
]


def run(folder, *words, **environment):
    done = subprocess.run(
        words,
        cwd=folder,
        env=FRESH | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A new repository with what the last commit has in sandbox/, and nothing else.

    It has the files that `git subtree split --prefix sandbox` gives, which not every git knows.
    """
    if not (HOME / ".git").exists():
        pytest.skip("this folder is no git clone")
    place = tmp_path_factory.mktemp("alone")
    made, archive = place / "made", place / "sandbox.tar"
    run(HOME, "git", "archive", f"--output={archive}", "HEAD:sandbox")
    with tarfile.open(archive) as content:
        content.extractall(made, filter="data")
    run(made, "git", "init", "-q")
    run(made, "git", "add", "--all")
    run(made, "git", *COMMITTER, "commit", "-q", "-m", "Leave the course")
    run(place, "git", "clone", "-q", "made", "repository")  # only what was committed
    return place / "repository"


def test_its_own_rules_ignore_none_of_its_files(repository):
    ours = run(HOME, "git", "ls-tree", "-r", "--name-only", "HEAD:sandbox").splitlines()
    assert run(repository, "git", "ls-files").splitlines() == ours


def link_packages(requirements, folder):
    """Link the installed packages that pip would install for these, and nothing else, there."""
    todo, seen = [Requirement(line) for line in requirements], set()
    for wanted in todo:  # which grows
        extras = {"", *wanted.extras}
        if (wanted.name, *sorted(extras)) in seen or (
            wanted.marker and not wanted.marker.evaluate({"extra": ""})
        ):
            continue
        seen.add((wanted.name, *sorted(extras)))
        package = distribution(wanted.name)
        assert wanted.specifier.contains(package.version), wanted
        for name in {file.parts[0] for file in package.files} - {"..", "__pycache__"}:
            if not (folder / name).exists():
                (folder / name).symlink_to(package.locate_file(name))
        for line in package.requires or []:
            needs = Requirement(line)
            if not needs.marker or any(needs.marker.evaluate({"extra": one}) for one in extras):
                needs.marker = None
                todo.append(needs)


@pytest.mark.slow("the sandbox alone")
@pytest.mark.timeout(900)  # seconds; it collects all tests, on a busy machine
@pytest.mark.skipif(os.name == "nt", reason="POSIX: links to the installed packages")
def test_it_passes_its_own_ci_where_there_is_no_course(repository, tmp_path):
    """Its wheel stands for the editable installation, and this Python's packages for pip's."""
    text = (repository / ".github/workflows/test.yml").read_text(encoding="utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()
    *install, test = [step["run"] for step in job["steps"] if "run" in step]
    assert install[1:] == ['python -m pip install -e ".[all]" --group test']
    assert shlex.split(test)[:3] == ["python", "-m", "pytest"]
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    project, packages = settings["project"], tmp_path / "packages"
    packages.mkdir()
    link_packages(
        [
            *project["dependencies"],
            *project["optional-dependencies"]["all"],
            *settings["dependency-groups"]["test"],
        ],
        packages,
    )
    alone = [sys.executable, "-S", "-m"]  # no site-packages
    run(repository, *alone, "hatchling", "build", "-d", str(tmp_path), PYTHONPATH=str(packages))
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    words = [*alone, *shlex.split(test)[2:], "-n0", "-q", "-k", " or ".join(RUN)]
    said = run(repository, *words, PYTHONPATH=str(packages)).splitlines()[-1]
    assert " passed" in said and "failed" not in said and "error" not in said
    assert run(repository, "git", "status", "--porcelain") == ""  # its rules cover what tests leave
