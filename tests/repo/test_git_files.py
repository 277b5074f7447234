"""What git keeps and what it ignores: no secret, no zip, Unix line ends."""

import runpy
import shutil
import subprocess
from pathlib import Path

import pytest
from course_files import FILES, FOLDERS, copy_course, course_files

HOME = Path(__file__).parents[2]


def git(folder, *words):
    """Run git in a folder, whoever owns it; what it printed, one item for each line."""
    if not shutil.which("git"):
        pytest.skip("NO GIT: install git to test what it keeps and ignores")
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "-c", "core.excludesFile=", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert not done.stderr, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A new repository with the course's .gitignore: the answer depends on nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    git(folder, "-c", "init.defaultBranch=main", "init", "-q")
    shutil.copy(HOME / ".gitignore", folder)
    return folder


PRIVATE = [  # in a bot's folder, and in the folder above it
    ".env",
    ".env.new",
    ".env.local",
    "prod.env",
    "bot.zip",
    "store.sqlite3",
    "my_bot/.env",
    "my_bot/store.sqlite3",
]


HERS = [  # what README's commands make in the course's folder, and what a learner adds
    *PRIVATE,
    "my_bot/main.py",
    "my_bot/__init__.py",
    "my_course/00_start_here.ipynb",
    "my_course/workshop/my_bot/main.py",
    "my_course.zip",
    "card.html",
    "build/book/index.html",
    "workshop/my_bot/main.py",
    "notebooks/workshop/my_bot/main.py",
    "deploy/aws/parameters.json",
    ".venv/course.json",
    "main.py",
]


@pytest.fixture
def clone():
    if not (HOME / ".git").exists():
        pytest.skip("this folder is no git clone")
    return HOME


@pytest.mark.parametrize(
    "path",
    [
        *PRIVATE,
        "my_bot/.env.new",
        "my_bot/bot.zip",
        "my_bot/store.sqlite3-wal",
        "deploy/aws/parameters.json",
        ".coverage",
        ".coverage.machine.1234",
        "htmlcov/index.html",
        "my_course/00_start_here.ipynb",
        "notebooks/workshop/my_bot/main.py",
        "sandbox/tests/peers/tmi/node_modules/tmi.js/index.js",
    ],
)
def test_git_ignores_what_a_learner_or_a_tool_makes(empty, path):
    assert git(empty, "check-ignore", path) == [path]


@pytest.mark.parametrize("rules", ["deploy/new_bot/.gitignore", ".dockerignore"])
@pytest.mark.parametrize(
    "path",
    [
        *PRIVATE,
        "store.sqlite3-wal",
        "parameters.json",
    ],
)
def test_no_secret_gets_into_a_bots_own_repository_or_its_container(tmp_path, rules, path):
    git(tmp_path, "-c", "init.defaultBranch=main", "init", "-q")
    shutil.copy(HOME / rules, tmp_path / ".gitignore")  # docker reads these lines as git does
    assert git(tmp_path, "check-ignore", path) == [path]
    kept = ("main.py", "commands/roll.py", "words.sqlite3", "requirements.txt", "data.json")
    assert git(tmp_path, "check-ignore", *kept) == []


def test_a_bots_own_repository_keeps_an_example_of_settings(tmp_path):
    git(tmp_path, "-c", "init.defaultBranch=main", "init", "-q")
    shutil.copy(HOME / "deploy/new_bot/.gitignore", tmp_path)
    assert git(tmp_path, "check-ignore", ".env.example", ".env.new") == [".env.new"]


@pytest.mark.parametrize(
    "path", [".env.example", "botlib/bot.py", "deploy/aws/template.yaml", "docs/window.png"]
)
def test_git_does_not_ignore_the_rest(empty, path):
    assert git(empty, "check-ignore", path) == []


def test_git_ignores_nothing_that_it_keeps(clone):
    assert git(clone, "ls-files", "--cached", "--ignored", "--exclude-standard") == []


def test_the_tests_know_which_files_git_keeps(clone):
    """A new file counts, too, in a folder of the course; my_bot beside them doesn't."""
    tops = {path.partition("/")[0] for path in git(clone, "ls-files")}
    assert tops == {*FOLDERS, *FILES}
    kept = git(clone, "ls-files", "--cached", "--others", "--exclude-standard", "--", *tops)
    there = {path for path in kept if (clone / path).exists()}
    assert there == {path.relative_to(clone).as_posix() for path in course_files()}


def test_what_a_learner_has_made_is_in_no_fresh_course(tmp_path):
    course = copy_course(tmp_path / "course")
    before = {path.relative_to(course) for path in course.rglob("*") if path.is_file()}
    for name in HERS:
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).touch()
    copied = runpy.run_path(str(course / "tests/helpers/course_files.py"))
    copied["copy_course"](tmp_path / "copy")
    assert {
        path.relative_to(tmp_path / "copy")
        for path in (tmp_path / "copy").rglob("*")
        if path.is_file()
    } == before


def test_every_text_has_unix_line_ends(clone):
    lines = git(clone, "ls-files", "--eol")
    assert len(lines) > 300
    assert [line for line in lines if line.split()[0] in ("i/crlf", "i/mixed")] == []


@pytest.mark.parametrize(
    ("path", "attributes"),
    [
        ("notebooks/00_start_here.ipynb", {"text": "set", "eol": "lf"}),
        ("start.py", {"text": "auto", "eol": "lf"}),
        ("docs/window.png", {"binary": "set", "text": "unset"}),
        ("requirements.lock", {"linguist-generated": "set", "diff": "unspecified"}),
    ],
)
def test_git_knows_what_kind_of_file_it_is(empty, path, attributes):
    shutil.copy(HOME / ".gitattributes", empty)
    lines = git(empty, "check-attr", *attributes, "--", path)
    assert lines == [f"{path}: {name}: {value}" for name, value in attributes.items()]
