"""What git keeps and what it ignores: no secret, no zip, Unix line ends."""

import shutil
import subprocess
from pathlib import Path

import pytest

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
