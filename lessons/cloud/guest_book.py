"""The guest book of the side room about two writers: the learner's function, in a cloud."""

import inspect
import tempfile
import textwrap
from pathlib import Path
from typing import Any

from bot_sandbox.cloud import Cloud
from bot_sandbox.cloud.function import Function

MAIN_CODE = """
import os
from urllib.parse import unquote, urlencode
from urllib.request import urlopen

from botlib.function import http_function
from botlib.store import open_store
from guest import {name} as guest

API = os.environ["TELEGRAM_API"] + "/bot" + os.environ["TELEGRAM_TOKEN"]
store = open_store()


def tell(text):
    form = urlencode({{"chat_id": os.environ["CHAT_ID"], "text": text}})
    urlopen(f"{{API}}/sendMessage", form.encode(), timeout=2).close()


@http_function
def handler(request):
    return guest(unquote(request.path.strip("/")), store, tell)
"""


def deploy_guest_book(cloud: Cloud, guest: Any, environment: dict[str, str]) -> Function:
    """Deploy a guest book around the function `guest`; OSError if its source is not found."""
    source = textwrap.dedent(inspect.getsource(guest))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "guest.py").write_text(source, encoding="utf-8")
        Path(folder, "main.py").write_text(MAIN_CODE.format(name=guest.__name__), encoding="utf-8")
        return cloud.deploy("guests", folder, environment=environment)


def publish(cloud: Cloud, guest: Any, environment: dict[str, str]) -> None:
    """Deploy the learner's guest book and print its address, once there is one."""
    if not inspect.isfunction(guest):
        print("Write guest(name, store, tell) above first, then run this cell again.")
        return
    print(deploy_guest_book(cloud, guest, environment).url + "Ada")
