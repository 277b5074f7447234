"""Jupyter's settings for the course on a server: JupyterHub, Binder, Codespaces, an image.

Each start of a user's server makes the copies of the notebooks that are missing, and opens the one
where the user stopped. On a learner's own machine, lab.py does it.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

os.environ.setdefault("BOTS_FOLDER", str(Path.home()))  # of the user, whoever may write the course

from lessons import COURSE
from lessons.commands.copies import FOLDER, Copies

copies = Copies()
copies.update_and_list_outdated()
root = copies.folder.parent
with suppress(OSError):  # it is there, as in the course's own folder
    (root / "start.py").symlink_to(COURSE / "start.py")  # for `python3 start.py …` in a terminal
os.environ["COURSE_FOLDER"] = str(copies.folder)  # where the notebooks keep what was passed
os.environ["COURSE_PYTHON"] = sys.executable  # so that start.py installs nothing
paths = [str(COURSE / "lessons/jupyter"), os.environ.get("JUPYTER_PATH")]  # how a kernel starts
os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))
# Windows go through jupyter-server-proxy. JupyterHub names the path before it.
os.environ.setdefault(
    "BOT_SANDBOX_PROXY", os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/") + "proxy"
)

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - Jupyter runs this file with it
c.ServerApp.root_dir = str(root)
c.ServerApp.default_url = c.LabApp.default_url = f"/lab/tree/{FOLDER}/{copies.latest()}"
