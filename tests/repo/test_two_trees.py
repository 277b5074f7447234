"""The course's tests use nothing of the sandbox's own tests, so sandbox/ can leave."""

import ast
from pathlib import Path

HOME = Path(__file__).parents[2]
THEIRS = {path.stem for path in (HOME / "sandbox/tests/helpers").glob("*.py")}
OURS = sorted(
    [*(HOME / "tests").rglob("*.py"), *(HOME / "benchmarks").rglob("*.py"), HOME / "conftest.py"]
)


def imported(source):
    """Return the first name of each module that a source imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_no_file_of_the_course_uses_a_helper_of_the_sandboxs_tests():
    wrong = []
    for path in OURS:
        source = path.read_text(encoding="utf-8")
        names = {f"imports {name}" for name in imported(source) & THEIRS}
        if "sandbox/tests/helpers" in source and path != Path(__file__):
            names.add("names sandbox/tests/helpers")
        wrong += [f"{path.relative_to(HOME)} {name}" for name in sorted(names)]
    assert not wrong


def test_no_helper_of_one_tree_hides_one_of_the_other():
    """In one run of pytest, the helpers of both are found by their names alone."""
    assert not THEIRS & {path.stem for path in (HOME / "tests/helpers").glob("*.py")}


def test_such_an_import_is_seen():
    assert imported("def f():\n    from cloud_tools import wait_until") & THEIRS
