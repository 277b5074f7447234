"""An engineer's own environment: what environment.yml and README.md say, in a fresh one.

conda itself is not run: a virtual environment stands for conda's, and pip installs the same list.
"""

import os
import shutil
import subprocess
import sys
import sysconfig

import pytest
import yaml
from course_files import copy_course

FILES = ["tests/botlib/test_bot.py", "tests/repo/test_dependencies.py"]
FILES += ["sandbox/tests/telegram/test_in_memory.py", "notebooks/00_start_here.ipynb"]
INSIDE = ("PYTHONPATH", "PYTEST_", "COURSE_", "COV", "CONDA_", "VIRTUAL_ENV", "JUPYTER_", "BOT")


class OwnEnvironment:
    """A new virtual environment that is active, and a new copy of the course beside it."""

    def __init__(self, folder):
        self.course, self.folder = copy_course(folder / "course"), folder / "env"
        scripts = sysconfig.get_path("scripts", "venv", {"base": str(self.folder)})
        self.variables = {
            name: value for name, value in os.environ.items() if not name.startswith(INSIDE)
        }
        self.variables |= {
            "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
            "VIRTUAL_ENV": str(self.folder),
        }
        self.run(sys.executable, "-m", "venv", self.folder)

    def run(self, *words):
        """Type a command in the course's folder; returns what it printed."""
        program = shutil.which(words[0], path=self.variables["PATH"])  # Windows looks in our PATH
        done = subprocess.run(
            [program, *words[1:]],
            cwd=self.course,
            env=self.variables,
            capture_output=True,
            text=True,
        )
        if done.returncode and "No matching distribution" in done.stderr:
            pytest.skip(f"NO PACKAGE INDEX: {done.stderr.strip().splitlines()[-1]}")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self, *words):
        """Type a command of start.py's, which uses this environment; returns what it printed."""
        said = self.run("python", "start.py", *words)
        assert f"start.py uses the environment that is active: {self.folder}\n" in said
        assert not (self.course / ".venv").exists()
        return said


@pytest.mark.slow("an environment of your own")
@pytest.mark.timeout(3600)  # seconds; a download of 180 MB
def test_a_fresh_environment_from_environment_yml_runs_notebooks_start_py_and_pytest(tmp_path):
    own = OwnEnvironment(tmp_path)
    text = (own.course / "environment.yml").read_text(encoding="utf-8")
    _, pip, packages = yaml.safe_load(text)["dependencies"]
    own.run("python", "-m", "pip", "install", "-q", pip)
    listed = tmp_path / "packages.txt"
    listed.write_text("\n".join(packages["pip"]), encoding="utf-8")
    install = ("python", "-m", "pip", "install", "-q", "--no-compile")  # few files are loaded
    own.run(*install, "-r", str(listed))

    assert "The packages are in " in own.start("install")
    assert "refreshed 00_start_here.ipynb" in own.start("refresh", "00")
    said = own.run("python", "start.py", "report")
    assert "not as locked" in said and not (own.course / ".venv").exists()

    own.run(*install, "--group", "test")
    said = own.run("pytest", "-q", *FILES)
    assert " passed" in said and " failed" not in said
    own.start("new", "my_bot")
    assert " passed" in own.start("test", "my_bot")
