"""The lines of docs/http.md in a real shell, and a client generated from the OpenAPI document."""

import json
import os
import re
import shutil
import subprocess

import pytest
from documents import PAGES
from http_page import FILES
from npm import installed
from pictures import png
from window_http import ask

from bot_sandbox import Cloud, Mail, Telegram, Twitch, Window
from bot_sandbox.cloud.deployment import find_node

WRONG = re.compile(
    r"there is no /api|/api/\S+ has no|takes n|is missing|has no field|expected JSON"
)


@pytest.fixture
def window():
    with (
        Telegram() as telegram,
        Twitch() as twitch,
        Cloud() as cloud,
        Mail() as mail,
        Window(telegram, twitch, cloud, mail) as made,
    ):
        yield made


@pytest.mark.slow("a second of work or more")
@pytest.mark.skipif(os.name == "nt", reason="POSIX: the lines are for a POSIX shell")
@pytest.mark.skipif(not shutil.which("curl"), reason="NO CURL: the lines are not tried")
def test_every_line_runs_in_a_shell_as_it_is_written(window, tmp_path):
    page = PAGES["http.md"]
    (helper,) = re.findall(r"^ask\(\) .*$", page, re.MULTILINE)
    lines = re.findall(r"^\| `(ask .+?)` \|", page, re.MULTILINE)
    assert len(lines) > 50
    for name in FILES.values():
        (tmp_path / name).write_bytes(png())
    quick = [re.sub(r"(timeout(=|\": ))\d+", r"\g<1>0", line) for line in lines]
    script = "\n".join(["set -e", helper, *(f"{line}; printf '\\n'" for line in quick)])
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "KEY": window.key, "WINDOW": window.url},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answers = done.stdout.splitlines()
    assert len(answers) == len(lines)
    for line, answer in zip(lines, answers, strict=True):
        if "-o cat.png" in line:
            continue
        error = json.loads(answer).get("error", "")
        assert not WRONG.search(error if isinstance(error, str) else ""), f"{line}: {error}"


@pytest.mark.slow("clients from npm")
def test_a_client_is_generated_from_the_document(window, tmp_path):
    packages = installed("openapi")
    shutil.copy(packages / "client.ts", tmp_path)
    (tmp_path / "openapi.json").write_text(ask(window, "/api/openapi.json", key="")[1])
    types = [packages / "node_modules/openapi-typescript/bin/cli.js", "openapi.json"]
    run(tmp_path, *types, "--default-non-nullable=false", "-o", "types.d.ts")
    options = ["--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom"]
    checks = [packages / "node_modules/typescript/bin/tsc", "--noEmit", "--strict"]
    run(tmp_path, *checks, *options, "client.ts")


def run(folder, *command):
    words = [find_node(), *map(str, command)]
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
