"""What GitHub and pre-commit read: it parses, it is pinned, and what it names is there."""

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

HOME = Path(__file__).parents[2]
WORKFLOWS = sorted([*HOME.glob(".github/workflows/*.yml"), *HOME.glob("sandbox/.github/*/*.yml")])
FORMS = [
    path
    for path in sorted((HOME / ".github/ISSUE_TEMPLATE").glob("*.yml"))
    if path.name != "config.yml"  # says only what else there is
]
PRE_COMMIT = HOME / ".pre-commit-config.yaml"
TOOLS = HOME / ".ci/requirements.txt"
ENDED_BY_NEWER = [path for path in WORKFLOWS if path.stem in ("pages", "test")]
MANIFESTS = {  # what dependabot reads in a folder
    "pip": ("pyproject.toml", "requirements.txt"),
    "npm": ("package.json",),
    "github-actions": (".github/workflows", "test.yml"),
}


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def hooks():
    return [hook for repository in read(PRE_COMMIT)["repos"] for hook in repository["hooks"]]


def triggers(path):
    return read(path)[True]  # what YAML reads for `on`


def names(path):
    return path.relative_to(HOME).as_posix()


@pytest.mark.parametrize("path", WORKFLOWS, ids=names)
def test_an_action_is_pinned_to_a_commit_and_says_its_version(path):
    uses = re.findall(r"uses: ([^.].*)", path.read_text(encoding="utf-8"))
    assert uses
    loose = [
        one for one in uses if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", one)
    ]
    assert loose == []


def test_one_action_has_one_version():
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    pins = set(re.findall(r"uses: *([\w./-]+)@(.*)", text))
    assert len(pins) == len({action for action, _ in pins})


@pytest.mark.parametrize("path", WORKFLOWS, ids=names)
def test_a_workflow_may_only_read_and_only_publishing_jobs_may_more(path):
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    wider = {name for name, job in workflow["jobs"].items() if "permissions" in job}
    assert wider <= ({"publish", "image"} if path.stem in ("pages", "release") else set())


@pytest.mark.parametrize("path", WORKFLOWS, ids=names)
def test_a_checkout_leaves_no_credentials_to_later_steps(path):
    steps = [step for job in read(path)["jobs"].values() for step in job.get("steps", [])]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert [one for one in checkouts if one["with"]["persist-credentials"] is not False] == []


def test_the_book_is_published_from_main_alone():
    text = (HOME / ".github/workflows/pages.yml").read_text(encoding="utf-8")
    assert "    branches: [main]\n" in text and "pull_request" not in text
    assert read(HOME / ".github/workflows/pages.yml")["jobs"]["build"]["if"].endswith("/main'")


@pytest.mark.parametrize("path", WORKFLOWS, ids=names)
def test_a_newer_commit_ends_what_is_tested_and_never_a_release(path):
    started_by_commits = {"push", "pull_request"} & triggers(path).keys()
    limits = read(path).get("concurrency", {})
    assert bool(started_by_commits) == bool(limits)
    assert limits.get("cancel-in-progress", False) == (path in ENDED_BY_NEWER)
    if "pull_request" in triggers(path):  # those of another branch go on
        assert limits["group"] == f"{path.stem}-${{{{ github.ref }}}}"


@pytest.mark.parametrize("path", WORKFLOWS, ids=names)
def test_a_branch_is_tested_once(path):
    push = triggers(path).get("push") or {}
    assert "push" not in triggers(path) or push.keys() & {"branches", "tags"}
    if "pull_request" in triggers(path):
        assert (triggers(path)["pull_request"] or {}).get("paths") == push.get("paths")


def left_out_of(path):
    """The files for which a workflow doesn't start; its `paths` begin with all of them."""
    patterns = triggers(path)["push"]["paths"]
    assert patterns[0] == "**"
    left_out = set()
    for pattern in patterns[1:]:
        found = set(HOME.glob(pattern.removeprefix("!")))
        assert found, f"{pattern} finds nothing"
        left_out = left_out | found if pattern.startswith("!") else left_out - found
    return left_out


def test_what_builds_no_new_website_is_in_none():
    left_out = left_out_of(HOME / ".github/workflows/pages.yml")
    assert not left_out & {HOME / "docs", HOME / "notebooks", HOME / "sandbox/bot_sandbox"}


CHANGES = {  # a file that changes: the parts of .ci/changed that have changed then
    "README.md": set(),
    "sandbox/README.md": {"sandbox"},
    "botlib/bot.py": {"code"},
    "notebooks/00_start_here.ipynb": {"code"},
    "sandbox/bot_sandbox/aio.py": {"code", "sandbox"},
    "docs/class/Caddyfile": {"code", "machine"},
}


@pytest.mark.skipif(os.name == "nt", reason="a script for bash, which POSIX has")
@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
@pytest.mark.parametrize("file", CHANGES)
def test_a_change_is_tried_by_what_it_changes(tmp_path, file):
    """The first commit is unknown to the script, as on a new branch: all parts have changed."""

    def git(*words):
        options = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        done = subprocess.run(["git", *options, *words], cwd=tmp_path, capture_output=True)
        assert done.returncode == 0, done.stderr

    def changed(before):
        script = [HOME / ".ci/changed", before]
        done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, check=True)
        return {part for part in ("code", "sandbox", "machine") if f"{part}=true\n" in done.stdout}

    git("init", "-q")
    for name in CHANGES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    git("add", ".")
    git("commit", "-qm", "Begin")
    assert changed("0" * 40) == {"code", "sandbox", "machine"}
    (tmp_path / file).write_text("changed")
    git("commit", "-qam", "Change")
    assert changed("HEAD~1") == CHANGES[file]


def test_a_pull_request_runs_the_first_level_and_all_of_it_runs_each_night_on_each_python():
    runs = {
        path.stem: {
            name: step["run"].partition("start.py ")[2]
            for name, job in read(path)["jobs"].items()
            for step in job.get("steps", [])
            if " test" in step.get("run", "")
        }
        for path in WORKFLOWS
        if path.is_relative_to(HOME / ".github")  # the sandbox's own counts where that is alone
    }
    assert runs.pop("test") == {
        "documents": "test tests/documents sandbox/tests/test_readme.py",
        "fast": "test",
        "sandbox": "test --all sandbox",
        "machine": "test -m machine",
        "elsewhere": "test tests/botlib notebooks/00_start_here.ipynb "
        "notebooks/03_server_or_serverless.ipynb notebooks/08_irc_by_hand.ipynb",
    }
    nightly = runs.pop("nightly")
    assert nightly.pop("machine") == "test -m machine"
    assert nightly.pop("benchmarks").startswith("test tests/botlib/telegram/test_cold_start.py")
    assert nightly == {"all": "test ${{ runner.os == 'Linux' && '--all' || '' }}"}
    assert not any(runs.values())
    night = read(HOME / ".github/workflows/nightly.yml")["jobs"]["all"]["strategy"]["matrix"]
    assert night["python"] == ["3.11", "3.12", "3.13", "3.14", "3.15"]
    release = read(HOME / ".github/workflows/release.yml")["jobs"]
    assert release["tested"] == {"uses": "./.github/workflows/nightly.yml"}
    assert {name for name, job in release.items() if "tested" in str(job.get("needs"))} == {
        "wheel",
        "image",
    }


@pytest.mark.parametrize("path", WORKFLOWS, ids=names)
def test_a_workflow_names_commands_and_files_that_are_there(path):
    text = path.read_text(encoding="utf-8")
    commands = set(re.findall(r"python start\.py (\w+)", text))
    assert commands <= set(runpy.run_path(str(HOME / "start.py"))["COMMANDS"])
    for file in re.findall(r"\S+/Containerfile", text):
        assert (HOME / file.rpartition("=")[2]).is_file()


def test_the_tools_for_aws_are_pinned_in_one_place():
    asked = TOOLS.with_suffix(".in").read_text(encoding="utf-8").splitlines()
    assert [line for line in asked if not re.match(r"#|[\w-]+(\[\w+\])?==\d+(\.\d+)+ ", line)] == []
    lock = TOOLS.read_text(encoding="utf-8")
    locked = re.findall(r"(?m)^([\w-]+==\S+).*\\$\n    --hash=sha256:", lock)  # each has a hash
    assert len(locked) == len(re.findall(r"(?m)^[\w-]+==", lock)) > len(asked)
    assert {re.sub(r"\[\w+\]", "", line.split()[0]) for line in asked[1:]} <= {*locked}
    assert "://" not in lock
    users = [HOME / ".ci/run", HOME / ".ci/linux_tools"]
    for text in (path.read_text(encoding="utf-8") for path in users):
        assert "-r .ci/requirements.txt" in text
        assert not re.search(r"install .*(cfn-lint|moto)", text)


def test_ci_starts_the_course_as_a_learner_does_before_it_tests():
    text = (HOME / ".ci/run").read_text(encoding="utf-8")
    assert re.findall(r"python3 start\.py ([^)\n]+)", text) == [
        "--no-browser",
        "test --all",
        "test -m machine",
    ]


def updates():
    return read(HOME / ".github/dependabot.yml")["updates"]


def folders(update):
    """The folders that an entry of dependabot.yml names, * being any one."""
    patterns = update.get("directories") or [update["directory"]]
    return [
        path for one in patterns for path in (HOME.glob(one.strip("/")) if one != "/" else [HOME])
    ]


@pytest.mark.parametrize("update", updates(), ids=lambda update: update["package-ecosystem"])
def test_dependabot_finds_something_in_each_folder(update):
    found = [path for path in folders(update) if path.is_dir()]
    assert found
    for folder in found:
        manifests = MANIFESTS[update["package-ecosystem"]]
        if any((folder / name).exists() for name in manifests):
            continue
        assert "*" in str(update["directories"]), f"{folder} has none of {manifests}"


def test_dependabot_knows_every_package_json():
    watched = {folder for update in updates() for folder in folders(update)}
    top = [
        HOME / name for name in ("sandbox", "benchmarks", "botlib", "lessons", "deploy", "tests")
    ]
    there = [path for folder in top for path in folder.rglob("package.json")]
    there = [path for path in there if "node_modules" not in path.parts]
    assert there
    assert [path for path in there if path.parent not in watched] == []


@pytest.mark.parametrize("path", FORMS, ids=names)
def test_an_issue_form_is_one_that_github_takes(path):
    form = read(path)
    assert {"name", "description", "body"} <= form.keys()
    kinds = {part["type"] for part in form["body"]}
    assert kinds <= {"markdown", "textarea", "input", "dropdown", "checkboxes"}
    asked = [part for part in form["body"] if part["type"] != "markdown"]
    assert len({part["id"] for part in asked}) == len(asked)
    assert all(part["attributes"]["label"] for part in asked)


def test_the_bug_form_asks_for_the_report():
    (bug,) = [path for path in FORMS if path.name == "bug.yml"]
    assert "python3 start.py report" in bug.read_text(encoding="utf-8")


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_the_command_of_a_hook_exists(hook):
    python, *words = shlex.split(hook["entry"])
    assert (python, hook["language"]) == ("python3", "system")
    done = subprocess.run(
        [sys.executable, *words, "--help"], cwd=HOME, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout
    assert [word for word in words[1:] if word not in done.stdout] == []
