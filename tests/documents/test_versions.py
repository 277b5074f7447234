"""The course and bot-sandbox each have one version, and their changelogs say the same."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from packaging.version import Version

HOME = Path(__file__).parents[2]
HEADING = re.compile(r"^## \[?([^\]\s]+)\]?(?: +[-–—] +(.*))?$", re.MULTILINE)
UNRELEASED = "Unreleased"


def version_of_the_course():
    text = (HOME / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["version"]


def version_of_the_sandbox():
    text = (HOME / "sandbox/bot_sandbox/__init__.py").read_text(encoding="utf-8")
    (version,) = re.findall(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    return version


VERSIONED = {  # a changelog: how the version that it is about is read
    "CHANGELOG.md": version_of_the_course,
    "sandbox/CHANGELOG.md": version_of_the_sandbox,
}


def disagreement(version, changelog):
    """What a version and a changelog do not agree about, in words; "" if they do.

    A version in the making (.dev0) is newer than the newest one that is named, and the changes so
    far are under Unreleased. Any other version is the newest one; it may have no date yet.
    """
    headings = HEADING.findall(changelog)
    named = [(Version(name), day) for name, day in headings if name != UNRELEASED]
    if any(name == UNRELEASED for name, _ in headings[1:]):
        return f"{UNRELEASED} is not the first heading"
    if [one for one, _ in named] != sorted({one for one, _ in named}, reverse=True):
        return "the newest version is not the first, or there are two of one"
    if not all(day for _, day in named[1:]):
        return "an older version has no date"
    days = [date.fromisoformat(day) for _, day in named if day]
    if days != sorted(days, reverse=True):
        return "a newer version has an older date"
    newest = named[0][0] if named else Version("0")
    if Version(version).is_devrelease:
        if not headings or headings[0][0] != UNRELEASED:
            return f"{version} is in the making, and there is no {UNRELEASED}"
        return "" if Version(version) > newest else f"{newest} was released before {version}"
    return "" if Version(version) == newest else f"the changelog ends with {newest}, not {version}"


@pytest.mark.parametrize("name", VERSIONED)
def test_a_version_and_its_changelog_agree(name):
    version = VERSIONED[name]()
    changelog = (HOME / name).read_text(encoding="utf-8")
    assert disagreement(version, changelog) == ""


RELEASED = "# Changelog\n\n## [0.2.0] - 2026-11-26\n\n### Added\n\n## [0.1.0] - 2026-11-25\n"
IN_THE_MAKING = RELEASED.replace("\n\n## [0.2.0]", "\n\n## [Unreleased]\n\n## [0.2.0]")


@pytest.mark.parametrize(
    ("version", "changelog"),
    [
        ("0.2.0", RELEASED),
        ("0.2.0", IN_THE_MAKING),
        ("0.3.0.dev0", IN_THE_MAKING),
        ("0.1.0.dev0", "# Changelog\n\n## [Unreleased]\n"),
        ("0.3.0", "# Changes\n\n## 0.3.0\n\nThe first version.\n"),
    ],
)
def test_what_agrees_is_left_alone(version, changelog):
    assert disagreement(version, changelog) == ""


@pytest.mark.parametrize(
    ("version", "changelog", "words"),
    [
        ("0.3.0", IN_THE_MAKING, "ends with 0.2.0, not 0.3.0"),
        ("0.3.0.dev0", RELEASED, "no Unreleased"),
        ("0.2.0.dev0", IN_THE_MAKING, "0.2.0 was released before 0.2.0.dev0"),
        ("0.2.0", RELEASED + "\n## [Unreleased]\n", "not the first heading"),
        ("0.2.0", RELEASED.replace("[0.1.0]", "[0.2.0]"), "two of one"),
        ("0.2.0", RELEASED.replace("11-25", "12-25"), "older date"),
        ("0.2.0", RELEASED.replace(" - 2026-11-25", ""), "has no date"),
    ],
)
def test_what_disagrees_is_named(version, changelog, words):
    assert words in disagreement(version, changelog)
