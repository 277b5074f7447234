"""What a bot's requirements.txt may ask for, and what installers are told of it."""

import re
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from course_files import PACKAGES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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
    (tmp_path / "one.txt").write_text(f"roman\n{option}\n")
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
        "six==1.*",
        "six ~= 1.17, !=1.17.1rc1",
        "six (>=1,<2)",
        "httpx[http2, socks]>=0.28",
        'six; python_version < "3.13" and (sys_platform != \'win32\' or extra == "a")',
        f"six==1.17.0 --hash=sha256:{'0' * 64} --hash=sha512:{'a' * 128}",
        f"six==1.17.0; os_name == 'nt' --hash=sha384:{'f' * 96}",
    ],
)
def test_names_versions_extras_conditions_and_hashes_are_taken(tmp_path, line):
    (tmp_path / "requirements.txt").write_text(f"{line}\n")
    assert lines_in(tmp_path / "requirements.txt") == [line.partition("  #")[0]]
    Requirement(line.partition(" --hash")[0].partition("  #")[0])  # so installers read it as well


REFUSED = [
    "--no-binary :all:",
    "--no-binary=six",
    "--index-url https://example.org/simple",
    "-i https://example.org/simple",
    "--find-links .",
    "-f.",
    "-c more.txt",
    "--constraint more.txt",
    "--pre",
    "--trusted-host example.org",
    "--use-feature=fast-deps",
    "-e .",
    "--editable ./package",
    ".",
    "./package",
    "package/",
    "../package",
    "package.zip",
    "package.TAR.GZ[a]>=1",
    "six-1.17.0-py2.py3-none-any.whl",
    "six==1.zip",
    "six[a]>=1,==2.TAR.GZ",
    "six===1.whl; os_name == 'nt'",
    f"{'a' * 101}",
    "/etc/package.whl",
    "C:\\package.whl",
    "file:///package.zip",
    "https://example.org/package.zip",
    "git+https://example.org/package.git#egg=bot_sandbox",
    "six @ https://example.org/six.zip",
    "six@file:///six.zip",
    "six --no-binary :all:",
    "six --config-settings=a=b",
    "six --global-option=-x",
    "six==1.17.0 --hash=sha256:00 --no-binary :all:",
    "six== --pre",
    "six; python_version > '3 --config-settings=a=b'",
    "six; python_version > '3' --global-option=-x",
    "six==${VERSION}",
    "$PACKAGE",
    "six[a",
    "six >= 1 <",
    "-r missing.txt",
    "-r ../outside.txt",
    "-r /etc/hostname",
    "-r link.txt",
    "-r https://example.org/more.txt",
    "-r ..",
    "-r",
    "s\u0456x",
    "six\u00a0--pre",
    "six \\\n--pre",
]


@pytest.mark.parametrize("line", REFUSED)
@pytest.mark.parametrize("taken_in", [False, True])
def test_options_addresses_and_folders_are_refused(tmp_path, monkeypatch, line, taken_in):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / ("more.txt" if taken_in else "requirements.txt")
    (tmp_path / "package").mkdir()
    (tmp_path.parent / "outside.txt").write_text("six\n")
    (tmp_path / "link.txt").symlink_to("../outside.txt")
    (tmp_path / "requirements.txt").write_text("-r more.txt\n")
    path.write_text(f"roman\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2, is no package of a registry") as told:
        lines_in(tmp_path / "requirements.txt")
    assert str(path) in str(told.value) and "Delete an option" in str(told.value)


@pytest.mark.parametrize(
    "line", ["six", "six>=1.16", "six==1.16.*", "six~=1.17", "six[a]!=1", "six (==1.17.0)"]
)
def test_a_hash_needs_an_exact_version(tmp_path, line):
    """Without one, uv checks nothing, and pip refuses it."""
    (tmp_path / "requirements.txt").write_text(f"{line} --hash=sha256:{'0' * 64}\n")
    with pytest.raises(ValueError, match="has a hash without an exact version"):
        lines_in(tmp_path / "requirements.txt")


def test_blanks_and_long_chains_take_no_time(tmp_path):
    (tmp_path / "requirements.txt").write_text(f"a{' ' * 100_000}!\n")
    with pytest.raises(ValueError, match="is no package of a registry"):
        lines_in(tmp_path / "requirements.txt")
    for number in range(1100):
        (tmp_path / f"{number}.txt").write_text(f"-r {number + 1}.txt\n")
    with pytest.raises(ValueError, match=r"99\.txt, line 1, is no package of a registry"):
        lines_in(tmp_path / "0.txt")


def test_a_files_name_sends_nothing_to_a_terminal(tmp_path):
    (tmp_path / "requirements.txt").write_text("-r '\x1b[31m.txt'\n")
    (tmp_path / "\x1b[31m.txt").write_text("-e .\n")
    with pytest.raises(ValueError, match=r"\?\[31m\.txt, line 1, is no package") as told:
        lines_in(tmp_path / "requirements.txt")
    assert "\x1b" not in str(told.value)


@given(text=st.text(alphabet=st.sampled_from("six-r= ;'\"[](),<>!~$@:/\\#.*1é\x0c\u2028\n")))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_taken_begins_no_option_and_names_no_place(tmp_path, text):
    path = tmp_path / "requirements.txt"
    path.write_text(text, encoding="utf-8")
    with suppress(ValueError):
        for line in lines_in(path):
            assert not re.search(r"(^|\s)-|[/\\$@:]|[^\x20-\x7e]", line)


@pytest.mark.parametrize("text", ["", "\n", "# botlib is there already\n   # so is its rest\n"])
def test_a_file_that_asks_for_nothing_has_no_lines(tmp_path, text):
    assert lines_in(tmp_path / "requirements.txt") == []
    (tmp_path / "requirements.txt").write_text(text)
    assert lines_in(tmp_path / "requirements.txt") == []


@pytest.mark.parametrize("line", ["Six", "ruamel.yaml_x>=1", "a[b]", "a (==2)", "a;extra=='b'"])
def test_a_name_is_read_as_packaging_reads_it(line):
    assert name_in(line) == canonicalize_name(Requirement(line).name)
