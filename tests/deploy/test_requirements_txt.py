"""What a bot's requirements.txt asks for, and the names that it must not ask for."""

import tomllib
from pathlib import Path

import pytest
from course_files import PACKAGES
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.requirements_txt import REFUSED_NAMES, lines_in, name_in

HOME = Path(__file__).parents[2]


def project(folder):
    return tomllib.loads((HOME / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_courses_own_packages_are_refused_and_what_they_are_distributed_as():
    names = {project(folder)["name"] for folder in (".", "sandbox")}
    packages = {*PACKAGES, "bot_sandbox"}
    assert {canonicalize_name(name) for name in names | packages} == set(REFUSED_NAMES)


@pytest.mark.parametrize(
    "line",
    [
        "bot-sandbox",
        "Bot_Sandbox",
        "bot.sandbox[all]",
        "BOT--SANDBOX [all,mail] >= 0.3, < 1",
        "bot_sandbox==0.3.0 --hash=sha256:00",
        "bot-sandbox~=0.3; python_version > '3'",
        "bot-sandbox;python_version>'3'",
        "bot-sandbox @ https://example.org/bot.zip",
        "bot-sandbox@https://example.org/bot.zip",
        "-e git+https://example.org/bot.git#egg=bot_sandbox",
        "git+https://example.org/bot.git#subdirectory=sandbox&egg=bot-sandbox[all]",
        "  bot-sandbox   # mine",
        "bot-sandbox \\\n  --hash=sha256:00",
        "bot-sandbox (>=0.3)",
        "bot-\\\nsandbox",
    ],
)
def test_a_name_is_refused_in_every_spelling(tmp_path, line):
    path = tmp_path / "requirements.txt"
    path.write_text(f"# mine\n\nroman\n{line}\nother\n", encoding="utf-8")
    with pytest.raises(ValueError, match="asks for bot-sandbox") as told:
        lines_in(path)
    assert f"{path}, line 4, " in str(told.value)
    assert "is already there" in str(told.value) and "Delete the line" in str(told.value)


@pytest.mark.parametrize("name", REFUSED_NAMES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_each_name_is_refused_however_the_file_is_written(tmp_path, name, encoding):
    path = tmp_path / "requirements.txt"
    path.write_bytes(f"roman\r\n{name.title().replace('-', '_')}\r\n".encode(encoding))
    with pytest.raises(ValueError, match=rf"line 2, asks for {name}\. "):
        lines_in(path)


@pytest.mark.parametrize("end", ["\r", "\x0b", "\x0c", "\x1e", "\x85", "\u2028"])
def test_a_line_ends_where_pip_ends_it(tmp_path, end):
    path = tmp_path / "requirements.txt"
    path.write_bytes(f"roman{end}botlib{end}".encode())
    with pytest.raises(ValueError, match="asks for botlib"):
        lines_in(path)


@pytest.mark.parametrize(
    "comment", ["# a backslash here joins nothing: \\", "roman  # nor here \\"]
)
def test_a_comment_hides_no_line(tmp_path, comment):
    path = tmp_path / "requirements.txt"
    path.write_text(f"{comment}\nbotlib\n")
    with pytest.raises(ValueError, match="line 2, asks for botlib"):
        lines_in(path)


@pytest.mark.parametrize(
    "option", ["-r more/two.txt", "-rmore/two.txt", "--requirement=more/two.txt"]
)
def test_the_files_that_a_file_takes_in_count_too(tmp_path, option):
    (tmp_path / "more").mkdir()
    (tmp_path / "one.txt").write_text(f"roman\n{option}\n-r missing.txt\n")
    (tmp_path / "more/two.txt").write_text("six\n-r ../one.txt\n-r three.txt")  # in a circle
    (tmp_path / "more/three.txt").write_text("idna")
    assert lines_in(tmp_path / "one.txt") == ["roman", "six", "idna"]
    (tmp_path / "more/three.txt").write_text("idna\nbotlib\n")
    with pytest.raises(ValueError, match=r"three\.txt, line 2, asks for botlib"):
        lines_in(tmp_path / "one.txt")


@pytest.mark.parametrize(
    "line",
    [
        "botlib-redis",
        "my-lessons>=1",
        "deployer",
        "roman  # not botlib",
        "./botlib",
        "lessons/",
        "--find-links deploy",
        "six @ https://example.org/botlib.zip",
        "-c deploy",
    ],
)
def test_what_only_looks_like_it_is_taken(tmp_path, line):
    (tmp_path / "requirements.txt").write_text(f"{line}\n")
    assert lines_in(tmp_path / "requirements.txt") == [line.partition("  #")[0]]


@pytest.mark.parametrize("text", ["", "\n", "# botlib is there already\n   # so is its rest\n"])
def test_a_file_that_asks_for_nothing_has_no_lines(tmp_path, text):
    assert lines_in(tmp_path / "requirements.txt") == []
    (tmp_path / "requirements.txt").write_text(text)
    assert lines_in(tmp_path / "requirements.txt") == []


@pytest.mark.parametrize(
    "line", ["Six", "ruamel.yaml_x>=1", "a[b]", "a @ file:///x", "a;extra=='b'"]
)
def test_a_name_is_read_as_packaging_reads_it(line):
    assert name_in(line) == canonicalize_name(Requirement(line).name)
