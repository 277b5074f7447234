"""pyproject.toml, environment.yml and requirements.lock name the same dependencies."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOME = Path(__file__).parents[1]
PYPROJECT = (HOME / "pyproject.toml").read_text(encoding="utf-8")
LOCK = (HOME / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)
NEEDED = PROJECT["project"]["dependencies"]
TEST_ONLY = PROJECT["dependency-groups"]["test"]
BROUGHT = {  # an import: the dependency that brings it
    "IPython": "jupyterlab",
    "multidict": "aiohttp",
    "numpy": "matplotlib",
}
CPYTHON = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
MACHINES = [  # what learners have
    {**CPYTHON, "python_version": python, "python_full_version": f"{python}.9", **machine}
    for python in ("3.11", "3.12", "3.13")
    for machine in (
        {"sys_platform": "linux", "os_name": "posix", "platform_machine": "x86_64"},
        {"sys_platform": "linux", "os_name": "posix", "platform_machine": "aarch64"},
        {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "x86_64"},
        {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "arm64"},
        {"sys_platform": "win32", "os_name": "nt", "platform_machine": "AMD64"},
    )
]


def locked():
    """The lock's entries: (requirement, number of its hashes)."""
    for entry in re.split(r"\n(?=\S)", LOCK):
        if not entry.startswith("#"):
            yield Requirement(entry.split(" \\")[0]), entry.count("--hash=sha256:")


def by_name(lines):
    """{name: the whole requirement, in one spelling}, whatever the order of its ranges."""
    found = [Requirement(line) for line in lines]
    return {
        canonicalize_name(one.name): (sorted(map(str, one.specifier)), str(one.marker))
        for one in found
    }


def test_environment_yml_is_pyproject():
    lines = (HOME / "environment.yml").read_text(encoding="utf-8").splitlines()
    listed = [line.strip().removeprefix("- ").strip('"') for line in lines if "      - " in line]
    assert listed[0] == "-e ."
    assert by_name(listed[1:]) == by_name(NEEDED + TEST_ONLY)


@pytest.mark.parametrize("line", NEEDED + TEST_ONLY)
def test_the_lock_satisfies_every_range(line):
    wanted = Requirement(line)
    entries = [one for one, _ in locked() if canonicalize_name(one.name) == wanted.name]
    for machine in MACHINES:
        if wanted.marker and not wanted.marker.evaluate(machine):
            continue
        pins = [one for one in entries if not one.marker or one.marker.evaluate(machine)]
        assert len(pins) == 1, machine
        (pin,) = pins[0].specifier
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version)


def test_every_locked_package_has_hashes():
    entries = list(locked())
    assert len(entries) > len(NEEDED + TEST_ONLY)
    assert [str(one) for one, hashes in entries if not hashes] == []


def test_the_lock_names_no_index_and_no_machine():
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:|/\w+/", LOCK)


@pytest.mark.parametrize("line", NEEDED + TEST_ONLY)
def test_every_dependency_says_what_it_is_for(line):
    assert re.search(rf'^    "{re.escape(line)}",\s+# \S+', PYPROJECT, re.MULTILINE)


@pytest.mark.parametrize("line", NEEDED + TEST_ONLY)
def test_every_dependency_has_a_range(line):
    assert Requirement(line).specifier


ROOMS = ("botlib", "sandbox", "lessons", "deploy/bundle")


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_room_imports_is_a_dependency(room):
    distributions = packages_distributions()
    names = {canonicalize_name(Requirement(line).name) for line in NEEDED}
    for path in sorted((HOME / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module]
            tops = {module.split(".")[0] for module in modules} - {
                "botlib",
                "sandbox",
                "lessons",
                "deploy",
            }
            neighbours = {each.stem for each in path.parent.glob("*.py")}  # of a program
            for top in tops - neighbours:
                if top not in sys.stdlib_module_names and BROUGHT.get(top) not in names:
                    owners = {canonicalize_name(name) for name in distributions.get(top, [])}
                    assert owners & names, f"{path.name} imports {top}, which pyproject lacks"
