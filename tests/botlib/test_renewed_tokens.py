"""A token renewed while a bot runs is there at the next start, wherever the old one came from."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox.processes.supervisor import ProcessSupervisor
from botlib.details.env_file import CURLY_QUOTES, read_env, write_env
from botlib.details.file_lock import hold_lock
from botlib.details.renewed_tokens import (
    RENEWED_FROM,
    STATE_FILE,
    fingerprint,
    read_renewed,
    save_renewed,
)
from botlib.details.settings import read_settings

ROOT = Path(__file__).parents[2]
HOUR = 3600.0
BOT = "from botlib import Bot\nbot = Bot()\nbot.command('hello')(lambda m: f'hello {m.user}!')\n"
TOKENS = ("TWITCH_TOKEN", "TWITCH_REFRESH_TOKEN")
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes, and no SIGTERM to send")
printable = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "))
values = printable.map(lambda text: text.strip().strip(CURLY_QUOTES).strip())


@pytest.fixture
def supervisor():
    with_all = ProcessSupervisor()
    yield with_all
    with_all.close()


class Home:
    """A folder with a bot; `start` runs it there."""

    def __init__(self, supervisor, folder, twitch):
        self.supervisor, self.twitch, self.folder = supervisor, twitch, folder / "bot"
        self.folder.mkdir()
        (self.folder / "main.py").write_text(BOT)
        self.viktor = twitch.account("viktor", display_name="Viktor")
        self.bot = twitch.account("hello_bot")
        self.app = twitch.application("Hello bot", confidential=False)
        self.settings = self.login() | {
            "TWITCH_CLIENT_ID": self.app.client_id,
            "TWITCH_CHANNEL": "viktor",
            "TWITCH_API": twitch.url,
        }

    def login(self):
        token = self.twitch.authorize(self.bot, self.app, ["chat:read", "chat:edit"])
        return dict(zip(TOKENS, (token.access_token, token.refresh_token), strict=True))

    def start(self, **environment):
        mine = {name: value for name, value in os.environ.items() if name != "BOT_WORLD"}
        mine |= {"PYTHONPATH": str(ROOT)} | environment
        command = [sys.executable, "-m", "botlib.run", "twitch", str(self.folder / "main.py")]
        return self.supervisor.start(command, self.folder, mine)

    def answers(self, program):
        """Whether the program comes, answers, and ends when it is told."""
        self.twitch.wait_for("hello_bot", "viktor", timeout=30)
        said = self.viktor.ask("!hello")
        program.terminate()
        status = program.wait(30)
        program.errors.wait_end()
        assert status == 0, program.errors.all()
        self.twitch.wait_gone("hello_bot")
        return said.startswith("hello Viktor!")


@pytest.fixture
def home(supervisor, tmp_path, twitch):
    return Home(supervisor, tmp_path, twitch)


def tokens_in(path):
    found = read_env(path)
    return [found[name] for name in TOKENS]


@posix
def test_from_env_it_returns_to_env_and_other_lines_stay(home):
    env = home.folder / ".env"
    lines = [f"{name}={value}" for name, value in home.settings.items()]
    env.write_text("\n".join(["# mine", *lines, "OTHER='a b'"]))
    old = tokens_in(env)
    for _ in range(2):  # each refresh token works only once
        home.twitch.clock.advance(5 * HOUR)
        assert home.answers(home.start())
    assert set(old).isdisjoint(tokens_in(env))
    assert env.read_text().startswith("# mine\n") and read_env(env)["OTHER"] == "a b"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600


@posix
def test_from_the_environment_it_goes_to_the_state_directory_until_that_changes(home, tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    environment = home.settings | {"STATE_DIRECTORY": f"{state}:/elsewhere"}
    for _ in range(3):  # the environment's refresh token is used up by the first renewal
        home.twitch.clock.advance(5 * HOUR)
        assert home.answers(home.start(**environment))
    (kept,) = state.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    newest = home.login()
    home.twitch.faults.revoke(tokens_in(kept)[0])
    assert home.answers(home.start(**environment | newest))


@posix
def test_where_there_is_no_place_the_start_says_so(home):
    home.twitch.clock.advance(5 * HOUR)
    program = home.start(**home.settings)
    assert home.answers(program)
    said = program.errors.all()
    assert [line for line in said if "kept nowhere" in line and "login twitch" in line]
    assert not any(home.settings[name] in line for name in TOKENS for line in said)
    again = home.start(**home.settings)
    assert again.wait(30) == 78  # used up, as was said


@posix
def test_a_place_that_cannot_be_written_does_not_end_the_bot(home, tmp_path):
    home.twitch.clock.advance(5 * HOUR)
    program = home.start(**home.settings, STATE_DIRECTORY=str(tmp_path / "gone"))
    assert home.answers(program)
    assert [line for line in program.errors.all() if "could not be written down" in line]


@given(
    st.dictionaries(st.sampled_from(["A", "B_1", "TWITCH_TOKEN"]), values, min_size=1), printable
)
def test_what_is_written_is_read_again(tmp_path_factory, settings, comment):
    path = tmp_path_factory.mktemp("env") / ".env"
    path.write_text(f"# {comment}\nexport A='old'\nKEPT=1\n", encoding="utf-8")
    write_env(path, settings)
    assert read_env(path) == {"A": "old", "KEPT": "1"} | settings
    assert path.read_text(encoding="utf-8").startswith(f"# {comment}\n")


def test_a_value_that_no_line_can_hold_changes_nothing(tmp_path):
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    with pytest.raises(ValueError, match="B holds a line end") as caught:
        write_env(path, {"B": "secret\nC=2"})
    assert "secret" not in str(caught.value) and path.read_text() == "A=1\n"
    assert [one.name for one in tmp_path.iterdir()] == [".env"]


WRITER = """
import sys
from pathlib import Path
from botlib.details.env_file import write_env
for number in range(20):
    write_env(Path(sys.argv[1]), {sys.argv[2]: str(number)})
"""


def test_writers_at_the_same_time_lose_nothing(tmp_path):
    path = tmp_path / ".env"
    names = ["A", "B", "C"]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, path, name], cwd=ROOT) for name in names
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert read_env(path) == dict.fromkeys(names, "19")


FULL = """
import resource, sys
from pathlib import Path
from botlib.details.env_file import write_env
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
write_env(Path(sys.argv[1]), {"B": "x" * 100})
"""


@posix
def test_a_full_disk_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    writer = [sys.executable, "-c", FULL, path]
    done = subprocess.run(writer, cwd=ROOT, capture_output=True, text=True)
    assert "OSError" in done.stderr and path.read_text() == "A=1\n"
    assert [one.name for one in tmp_path.iterdir()] == [".env"]


KILLED = """
import os, signal, sys
from pathlib import Path
from botlib.details.env_file import write_env

def trace(frame, event, _):
    global left
    if Path(frame.f_code.co_filename).name not in ("env_file.py", "file_lock.py"):
        return None
    if event == "line":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace

left = int(sys.argv[2])
sys.settrace(trace)
write_env(Path(sys.argv[1]), {"A": "new-secret"})
"""


def written_until(folder, lines):
    """Write into a `.env`, and be killed after so many lines of Python; how the process ended."""
    code = compile(KILLED, "killed", "exec")
    child = os.fork()
    if child == 0:
        sys.argv = ["", str(folder / ".env"), str(lines)]
        try:
            exec(code, {"__name__": "killed"})
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


@pytest.mark.slow("a second of work or more")
@posix
def test_a_writer_that_is_killed_at_any_step_leaves_a_whole_file_and_no_secret(tmp_path):
    path, lines, found = tmp_path / ".env", 0, set()
    while True:
        path.write_text("A=old\nB=1\n")
        lines += 1
        if written_until(tmp_path, lines) == 0:
            break
        left = {one.name for one in tmp_path.iterdir()}
        assert all(name.startswith(".env") for name in left)  # so that git ignores it
        found |= {re.sub(r"[0-9a-f]{16}", "…", name) for name in left}
        value = read_env(path)["A"]
        assert value in ("old", "new-secret") and read_env(path)["B"] == "1"
        write_env(path, {"C": "2"})  # it raises TimeoutError if the lock is not free
        assert read_env(path) == {"A": value, "B": "1", "C": "2"}
        assert [one.name for one in tmp_path.iterdir()] == [".env"]
    assert found == {".env", ".env.….new", ".env.lock"}  # it was killed between any two of them
    assert lines > 30


@pytest.mark.parametrize("name", [".env.new", ".env.old.new"])
def test_a_file_of_hers_beside_it_stays(tmp_path, name):
    (tmp_path / name).write_text("hers")
    write_env(tmp_path / ".env", {"A": "1"})
    assert (tmp_path / name).read_text() == "hers"
    with pytest.raises(ValueError, match="line end"):
        write_env(tmp_path / ".env", {"A": "two\nlines"})
    (tmp_path / ".env").write_bytes(b"\xff")
    with pytest.raises(ValueError, match="not UTF-8"):
        write_env(tmp_path / ".env", {"A": "2"})
    assert {path.name for path in tmp_path.iterdir()} == {".env", name}
    assert (tmp_path / name).read_text() == "hers"


def test_a_lock_that_is_held_is_waited_for_and_its_holder_named(tmp_path):
    with hold_lock(tmp_path / "lock", 0):
        assert (tmp_path / "lock").read_text() == str(os.getpid())
        again = hold_lock(tmp_path / "lock", 0)
        with pytest.raises(TimeoutError, match=f"process {os.getpid()} has used it for 0 s"):
            again.__enter__()
    assert list(tmp_path.iterdir()) == []
    with hold_lock(tmp_path / "lock", 0):
        pass


def test_a_link_stays_one_and_its_file_gets_the_settings(tmp_path):
    path, link = tmp_path / "secrets", tmp_path / ".env"
    path.write_text("A=1\n")
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("links cannot be made here")
    write_env(link, {"A": "2"})
    assert link.is_symlink() and path.read_text() == "A=2\n"


def test_the_state_file_gives_no_secret_away_but_those_it_keeps(tmp_path, monkeypatch):
    monkeypatch.delenv("BOT_WORLD")
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path))
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("TWITCH_TOKEN", "old-secret")
    path = save_renewed({"TWITCH_TOKEN": "old-secret"}, {"TWITCH_TOKEN": "new"}, tmp_path)
    assert path == tmp_path / STATE_FILE
    assert "old-secret" not in path.read_text() and read_env(path)["TWITCH_TOKEN"] == "new"
    assert RENEWED_FROM in read_env(path) and os.environ["TWITCH_TOKEN"] == "new"


def test_only_tokens_are_taken_from_the_state_file(tmp_path, monkeypatch):
    monkeypatch.delenv("BOT_WORLD")
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    names = (*TOKENS, "TELEGRAM_API", "TWITCH_API", "SSLKEYLOGFILE")
    for name in names:
        monkeypatch.setenv(name, "")
    write_env(
        tmp_path / STATE_FILE,
        dict.fromkeys(names, "new") | {RENEWED_FROM: fingerprint(dict.fromkeys(names, ""))},
    )
    assert read_renewed() == dict.fromkeys(TOKENS, "new")


def test_the_file_of_a_folder_that_nobody_named_names_no_state_directory(tmp_path, monkeypatch):
    monkeypatch.delenv("BOT_WORLD")
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path / "course"))
    for name in ("STATE_DIRECTORY", *TOKENS):
        monkeypatch.setenv(name, "")
    folder = tmp_path / "downloads"
    folder.mkdir()
    write_env(folder / ".env", {"STATE_DIRECTORY": "."})
    old = dict.fromkeys(TOKENS, "")
    write_env(
        folder / STATE_FILE, dict.fromkeys(TOKENS, "theirs") | {RENEWED_FROM: fingerprint(old)}
    )
    monkeypatch.chdir(folder)
    assert dict(read_settings("twitch").values) == {}
