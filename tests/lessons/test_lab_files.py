"""JupyterLab's list of files shows a folder, also while a file in it gets its name."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import jupyter_process
import pytest
from aiohttp import ClientSession
from redis_server import free_port

ROOT = Path(__file__).parents[2]
TOKEN = "only-a-test"
NAMES = ("phone.py", "untitled.py")
RENAMES = 40


async def list_while_renaming(address):
    """Rename a file and list its folder at the same moment; returns each listing's status."""
    url = "/api/contents/alone"
    statuses = []

    async def list_folder(session):
        async with session.get(url, params={"content": "1"}) as listing:
            statuses.append(listing.status)

    async def rename_file(session, old, new):
        async with session.patch(f"{url}/{old}", json={"path": f"alone/{new}"}) as renamed:
            assert renamed.status == 200

    async with ClientSession(address, headers={"Authorization": f"token {TOKEN}"}) as session:
        for number in range(RENAMES):
            old, new = NAMES[number % 2], NAMES[1 - number % 2]
            both = rename_file(session, old, new), list_folder(session)
            await asyncio.gather(list_folder(session), *both, list_folder(session))
    return statuses


@pytest.mark.slow("a JupyterLab")
def test_a_folder_is_found_while_a_file_in_it_gets_its_name(tmp_path):
    (tmp_path / "alone").mkdir()
    for name in [NAMES[0], *(f"file_{number}.py" for number in range(40))]:
        (tmp_path / "alone" / name).write_text("")
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "lessons.commands.lab", "--no-browser", f"--port={port}"],
        cwd=ROOT,
        env=os.environ | {"JUPYTER_TOKEN": TOKEN, "BOTS_FOLDER": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert any("The course is open at" in line for line in server.stdout)
            statuses = asyncio.run(list_while_renaming(f"http://127.0.0.1:{port}"))
        finally:
            jupyter_process.end(server)
    assert statuses == [200] * (3 * RENAMES)
