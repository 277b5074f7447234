"""The sandbox alone: what git has of its folder is a repository whose own CI passes."""

import os
import shlex
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

HOME = Path(__file__).parents[2]
# To bound the time, these are left out: tests/repo runs beside sandbox/tests, which has them.
LEFT_OUT = ["--ignore-glob=*_browser.py"]
FRESH = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTHONPATH", "PYTEST_", "COURSE_", "COV", "GIT_"))
}
COMMITTER = ["-c", "user.name=a test", "-c", "user.email=test@example.com"]


def run(folder, *words):
    done = subprocess.run(
        words, cwd=folder, env=FRESH, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode and "No matching distribution" in done.stderr:
        pytest.skip(f"NO PACKAGE INDEX: {done.stderr.strip().splitlines()[-1]}")
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


@pytest.mark.slow("the sandbox alone")
@pytest.mark.timeout(3600)  # seconds; a download, and all of the sandbox's tests but those above
def test_it_passes_its_own_ci_where_there_is_no_course(repository):
    own = repository / ".venv"
    run(repository, sys.executable, "-m", "venv", str(own))
    scripts = own / ("Scripts" if os.name == "nt" else "bin")
    workflow = yaml.safe_load(
        (repository / ".github/workflows/test.yml").read_text(encoding="utf-8")
    )
    (job,) = workflow["jobs"].values()
    *install, test = [shlex.split(step["run"]) for step in job["steps"] if "run" in step]
    assert install and test[:3] == ["python", "-m", "pytest"]
    for words in install:
        run(repository, str(scripts / words[0]), *words[1:])
    no_course = "from importlib.util import find_spec; print(find_spec('botlib'))"
    assert run(repository, str(scripts / "python"), "-c", no_course) == "None\n"
    said = run(repository, str(scripts / "python"), *test[1:], *LEFT_OUT, "-q").splitlines()[-1]
    assert " passed" in said and "failed" not in said
    assert run(repository, "git", "status", "--porcelain") == ""  # its rules cover what tests leave
