"""Some packages are optional: without them the rest works, and what needs them says so."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow("commands from start to end")

WITHOUT = (
    "import sys\nfor name in ('psutil', 'aiosmtpd', 'cryptography'):\n"
    "    sys.modules[name] = None  # cannot be imported\n"
)
CHAT = """
from bot_sandbox import Telegram, Twitch, Window

with Telegram() as telegram, Twitch() as twitch, Window(telegram, twitch) as window:
    bot, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
    viktor.send("hello", to=bot)
    anna = twitch.account("anna")
    anna.say("hello")
    telegram.window(viktor, bot), twitch.window(anna)
    print(telegram.transcript(viktor, bot), twitch.transcript(anna))
"""


def run(code):
    words = [sys.executable, "-c", WITHOUT + code]
    return subprocess.run(words, capture_output=True, text=True, timeout=60)


def test_chats_and_their_windows_need_neither():
    done = run(CHAT)
    assert done.stderr == ""
    assert done.stdout.count("hello") == 2


@pytest.mark.parametrize(
    ("code", "package"),
    [
        ("from bot_sandbox import Cloud\nCloud()", "psutil"),
        ("from bot_sandbox import Mail\nMail()", "aiosmtpd"),
        (
            "from bot_sandbox.processes.supervisor import ProcessSupervisor\nProcessSupervisor()",
            "psutil",
        ),
        (
            "from bot_sandbox.programs.platform_proxy import PlatformProxy\nPlatformProxy({})",
            "cryptography",
        ),
    ],
)
def test_what_needs_one_names_it_and_what_to_type(code, package):
    done = run(code)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"ImportError: {package} is not installed.")
    assert last.endswith(f"Type: pip install {package}")


def test_the_command_shows_its_help_and_names_both_before_it_starts():
    main = "from bot_sandbox.__main__ import main\nsys.exit(main({}))"
    done = run(main.format(["--help"]))
    assert (done.stderr, "--json" in done.stdout) == ("", True)
    done = run(main.format(["--json"]))
    words = "the command needs psutil and aiosmtpd. Type: pip install psutil aiosmtpd"
    assert (done.returncode, done.stderr.strip()) == (1, f"The sandbox did not start: {words}")


def test_the_fixture_for_programs_says_so_too(tmp_path):
    (tmp_path / "conftest.py").write_text(WITHOUT)
    (tmp_path / "test_it.py").write_text("def test_it(program):\n    program('true')\n")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "bot_sandbox.pytest_plugin", "test_it.py"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "ImportError: psutil is not installed." in done.stdout
