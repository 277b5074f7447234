"""What GitHub and pre-commit read: it parses, it is pinned, and what it names is there."""

import re
import runpy
import shlex
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
ENDED_BY_NEWER = [path for path in WORKFLOWS if path.stem in ("pages", "systems", "test")]
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
    uses = re.findall(r"uses: *(.*)", path.read_text(encoding="utf-8"))
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
    steps = [step for job in read(path)["jobs"].values() for step in job["steps"]]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert [one for one in checkouts if one.get("with") != {"persist-credentials": False}] == []


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


def test_a_text_that_starts_no_tests_on_other_systems_has_no_commands():
    left_out = left_out_of(HOME / ".github/workflows/systems.yml")
    assert {path.suffix for path in left_out} == {".md"}
    assert [path.name for path in left_out if "```sh\n" in path.read_text(encoding="utf-8")] == []


def test_everything_runs_on_one_python_and_the_usual_tests_on_each_other():
    runs = {
        path.stem: [step.get("run") for job in read(path)["jobs"].values() for step in job["steps"]]
        for path in WORKFLOWS
        if path.is_relative_to(HOME / ".github")  # the sandbox's own counts where that is alone
    }
    ways = {name: [one for one in each if " test" in (one or "")] for name, each in runs.items()}
    assert ways.pop("test") == ["python start.py test --lint", "python start.py test --all"]
    assert ways.pop("systems") == ["python start.py test"]
    assert not any("start.py test" in one for each in ways.values() for one in each)
    one = read(HOME / ".github/workflows/test.yml")["jobs"]["all"]
    (other,) = read(HOME / ".github/workflows/systems.yml")["jobs"].values()
    pythons = {step.get("with", {}).get("python-version") for step in one["steps"]}
    assert not pythons & set(other["strategy"]["matrix"]["python"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=names)
def test_a_workflow_names_commands_and_files_that_are_there(path):
    text = path.read_text(encoding="utf-8")
    commands = set(re.findall(r"python start\.py (\w+)", text))
    assert commands <= set(runpy.run_path(str(HOME / "start.py"))["COMMANDS"])
    for file in re.findall(r"\S+/Containerfile", text):
        assert (HOME / file.rpartition("=")[2]).is_file()


def test_the_tools_for_aws_are_pinned_in_one_place():
    lines = [line for line in TOOLS.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert [line for line in lines if not re.match(r"[\w-]+(\[\w+\])?==\d+(\.\d+)+ ", line)] == []
    users = [HOME / ".ci/run", HOME / ".ci/linux_tools"]
    for text in (path.read_text(encoding="utf-8") for path in users):
        assert "-r .ci/requirements.txt" in text
        assert not re.search(r"install .*(cfn-lint|moto)", text)


def test_ci_starts_the_course_as_a_learner_does_before_it_tests():
    text = (HOME / ".ci/run").read_text(encoding="utf-8")
    assert re.findall(r"python3 start\.py ([^)\n]+)", text) == ["--no-browser", "test --all"]


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


def test_ci_runs_what_the_hooks_run():
    text = (HOME / ".github/workflows/test.yml").read_text(encoding="utf-8")
    assert [hook for hook in hooks() if hook["entry"].removeprefix("python3") not in text] == []
