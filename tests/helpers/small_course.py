"""A small course: the real start.py, what it reads, and packages with next to nothing in them.

Its pyproject.toml asks for a package that nobody has, so that start.py makes a .venv of its own:
the Python that runs the tests has the others, and start.py would use that one.
"""

import importlib.util
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
LACKING = "a-package-that-nobody-has>=1"
NOTHING = '"""Nothing."""\n'
LOCKS = [f"requirements{name}.lock" for name in ("", "-test", "-all", "-node", "-server", "-book")]
EXTENSION = "lessons/jupyter/jupyter_server_config.d/such-different-chatbots.json"
READ = ("start.py", "pyproject.toml", "sandbox/pyproject.toml", "tests/report.py", EXTENSION)
READ += tuple(f"deploy/{name}.py" for name in ("installer", "own_packages", "requirements_txt"))
READ += ("botlib/details/file_lock.py",)


def want_more(course):
    """Let the copy's pyproject.toml ask for one package more."""
    path = course / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    asks = "\ncourse = [  #"
    assert text.count(asks) == 1
    path.write_text(text.replace(asks, f'\ncourse = [\n    "{LACKING}",  #'), encoding="utf-8")


def make_small_course(folder):
    """Make it; returns the folder."""
    for name in READ:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    want_more(folder)
    for name in LOCKS:
        (folder / name).write_text("nothing==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    for name in ("botlib", "botlib/details", "sandbox/bot_sandbox", "lessons", "deploy"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "__init__.py").write_text(NOTHING)
    return folder


def load(file):
    """Load a file of the course, such as start.py, as a module of its own."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
