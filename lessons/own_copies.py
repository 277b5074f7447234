"""Jupyter's server opens the learner's own copies of the notebooks, and spares the originals.

This is an extension of Jupyter's server, which calls the functions with the names that begin with
an underscore:
https://jupyter-server.readthedocs.io/en/latest/developers/extensions.html
`jupyter_server_config.d/` in `lessons/jupyter/` enables it, however JupyterLab is started: `pip
install -e`, start.py and the images put its file into their environment. It changes a server only
in the course's folder, or in the one with the learner's copies.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jupyter_server.serverapp import ServerApp
from tornado.web import HTTPError
from traitlets.config import Config

from lessons import COURSE, FOR_BOTLIB
from lessons.commands.copies import NOTEBOOKS, Copies, outdated_notice
from lessons.terminal import shell_command, user_shell

NAME = "lessons.own_copies"  # what enables it, and what an editor of the originals disables
COURSE_VENV = (COURSE / ".venv").resolve()  # start.py's
COPIES = Copies()  # now, because a server for something else forgets BOTS_FOLDER


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Say which module has the next two functions."""
    return [{"module": NAME}]


def _link_jupyter_server_extension(server: ServerApp) -> None:
    """Set the server's folder, first page and environment, before it opens any of them."""
    own, originals = COPIES.folder, COURSE / NOTEBOOKS
    start = Path(server.root_dir, server.file_to_run).resolve()
    if start not in (COURSE, own.parent) and not {originals, own} & {start, *start.parents}:
        for name in FOR_BOTLIB:  # this is a server for something else, without the course's .env
            if os.environ.get(name) == FOR_BOTLIB[name]:
                del os.environ[name]
        return
    try:
        outdated = COPIES.update_and_list_outdated()
    except OSError as error:
        sys.exit(f"{error}\n{own} cannot be written. Is the disk full?")
    if news := outdated_notice(outdated):
        print(news, flush=True)
    set_environment(own)
    named = [own / start.relative_to(top) for top in (originals, own) if start.is_relative_to(top)]
    page = next(filter(Path.is_file, named), own / COPIES.latest())
    url = f"/lab/tree/{quote(page.relative_to(own.parent).as_posix())}"
    settings: dict[str, Any] = {"root_dir": str(own.parent), "file_to_run": "", "default_url": url}
    # In its terminals, python and pytest are the course's, unless somebody has chosen a shell.
    shell = {"shell_command": shell_command(user_shell())}
    settings["terminado_settings"] = shell | server.terminado_settings
    server.update_config(Config(ServerApp=settings))
    # Whichever of them has started the server, its first page wins.
    for point in server.extension_manager.extension_points.values():
        if point.app:
            point.app.default_url = url


def set_environment(own: Path) -> None:
    """Tell kernels and terminals where the learner's things are, and which Python to use."""
    os.environ["COURSE_FOLDER"] = str(own)  # where the notebooks keep what was passed
    paths = [str(COURSE / "lessons/jupyter"), os.environ.get("JUPYTER_PATH")]  # how a kernel starts
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))
    # Elsewhere start.py installs nothing.
    if own.parent != COURSE or Path(sys.prefix).resolve() != COURSE_VENV:
        os.environ.setdefault("COURSE_PYTHON", sys.executable)
    with suppress(OSError):  # it is there, as in the course's own folder
        (own.parent / "start.py").symlink_to(COURSE / "start.py")  # for a terminal


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Let no save replace an original, wherever the server was started."""
    server.contents_manager.register_pre_save_hook(refuse_original)


def refuse_original(path: str, contents_manager: Any, **_: Any) -> None:
    """Refuse to save a file of the course's `notebooks/`; JupyterLab shows the sentence."""
    root = Path(contents_manager.root_dir).resolve()
    original = Path(root, path).resolve()
    if original.is_file() and original.is_relative_to(COURSE / NOTEBOOKS):
        with suppress(OSError):  # in any case, the original stays
            COPIES.update_and_list_outdated()
        own = COPIES.folder / original.relative_to(COURSE / NOTEBOOKS)
        shown = own.relative_to(root) if own.is_relative_to(root) else own
        raise HTTPError(
            403,
            f"{NOTEBOOKS}/{original.name} is the course's original, and it stays as it is. "
            f"Your own copy is {shown}: open it, and write there.",
        )
