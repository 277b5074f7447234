"""What the notebooks show of deploy/, and that what they ask for is there."""

import re
from pathlib import Path

import pytest

from lessons.display.excerpts import commands, excerpt

UNIT = "machine/chatbot@.service"


def test_an_excerpt_goes_from_line_to_line():
    lines = excerpt(UNIT, "[Unit]", "After").splitlines()
    assert (lines[0], lines[-1]) == ("[Unit]", "After=network-online.target")
    assert excerpt(UNIT, "[Install]", "[Install]") == "[Install]"


@pytest.mark.parametrize(
    ("first", "last"), [("[Nothing]", "After"), ("[Unit]", "Nothing"), ("[Install]", "[Unit]")]
)
def test_lines_that_are_not_there_are_named(first, last):
    with pytest.raises(ValueError, match=re.escape(f"no lines from {first!r} to {last!r}")):
        excerpt(UNIT, first, last)


@pytest.mark.parametrize(
    ("cloud", "heading"), [("aws", "## 3. The function"), ("yandex", "## 3. Secret, log, function")]
)
def test_each_clouds_commands_are_shown_whole(cloud, heading):
    shown = commands(f"{cloud}/README.md", heading)
    assert "start.py secrets" in shown
    assert "```" not in shown and "webhook" not in shown
    assert shown.splitlines()[-1].startswith(("aws lambda get", "yc serverless function get"))


def test_commands_in_a_numbered_list_lose_its_indent():
    assert commands("aws/README.md", "## 1. The account").splitlines()[0] == "aws login"


def test_a_file_without_commands_is_named():
    with pytest.raises(ValueError, match=r"README\.md has no commands under '## What it costs'"):
        commands("aws/README.md", "## What it costs")
    with pytest.raises(FileNotFoundError):
        commands(str(Path("moon/README.md")), "## 3.")
