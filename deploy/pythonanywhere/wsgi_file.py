"""What PythonAnywhere runs when it starts the web app: it unpacks your bot and loads it.

`start.py deploy pythonanywhere` wrote this file. Change nothing here, because each upload writes it
again. Your bot's own entry is wsgi.py in its folder.
"""

import importlib
import json
import os
import shutil
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

APP = ""  # the version to run, such as app-20261127-133600-c0ffee00; the upload writes it here
FOLDER = "deployed_bot"  # in your home folder
SETTINGS = "settings.json"  # the bot's token and secret; no web address leads to this folder


def load(folder: Path, app: str) -> Any:
    """Return the bot's web application, unpacked into a folder of its own."""
    code = folder / app
    if not code.is_dir():
        part = folder / f"{app}.part-{os.getpid()}"
        try:
            with zipfile.ZipFile(folder / f"{app}.zip") as archive:
                archive.extractall(part)
            part.rename(code)
        except OSError:  # another worker was faster, and has deleted what it no longer needs
            if not code.is_dir():
                raise
    os.environ.update(json.loads((folder / SETTINGS).read_text(encoding="utf-8")))
    store = folder / "store"  # an update keeps it
    store.mkdir(exist_ok=True)
    os.environ["STORE_FOLDER"] = str(store)
    os.chdir(code)
    sys.path.insert(0, str(code))
    application = importlib.import_module("wsgi").application
    for old in folder.glob("app-*"):  # only now, because this version has loaded
        if old == code or old.name[: len(app)] > app:  # a newer one is being uploaded
            continue
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            with suppress(OSError):  # such as another worker's deletion
                old.unlink()
    return application


if APP:
    application = load(Path.home() / FOLDER, APP)
