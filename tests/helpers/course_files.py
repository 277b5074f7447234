"""The course's own files: what git keeps, and nothing that a learner or a tool puts beside them."""

import shutil
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = (
    ".binder",
    ".ci",
    ".devcontainer",
    ".github",
    "benchmarks",
    "botlib",
    "deploy",
    "docs",
    "lessons",
    "notebooks",
    "sandbox",
    "tests",
)
FILES = (
    ".dockerignore",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "conftest.py",
    "environment.yml",
    "pyproject.toml",
    "requirements-all.lock",
    "requirements-book.lock",
    "requirements-node.lock",
    "requirements-server.lock",
    "requirements-test.lock",
    "requirements.lock",
    "start.py",
)
PACKAGES = tuple(name for name in FOLDERS if (ROOT / name / "__init__.py").exists())
NOT_OURS = [  # also within these folders, such as a workshop beside the notebooks
    line.strip("/")
    for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    if line and line[0] not in "#!"
]


def course_files(*names):
    """Yield the files of these folders and files of the course, or of all."""
    for name in names or FOLDERS + FILES:
        for path in (ROOT / name, *(ROOT / name).rglob("*")):
            parts = path.relative_to(ROOT).parts
            if path.is_file() and not any(fnmatch(part, no) for part in parts for no in NOT_OURS):
                yield path


def copy_course(folder, without=()):
    """Copy the course into a new folder, without these folders of it; returns that folder."""
    for path in course_files(*(name for name in FOLDERS + FILES if name not in without)):
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    return folder


def copy_compiled(folder):
    """Copy what Python has compiled of the packages, for a test that starts it often in a copy."""
    for path in (path for name in (*PACKAGES, "sandbox") for path in (ROOT / name).rglob("*.pyc")):
        copy = folder / path.relative_to(ROOT)
        if copy.parents[1].is_dir():
            copy.parent.mkdir(exist_ok=True)
            shutil.copy2(path, copy)
