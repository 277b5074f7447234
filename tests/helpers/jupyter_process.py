"""How a test uses and ends a JupyterLab that it has started itself."""

import subprocess
from contextlib import suppress

from aiohttp import ClientSession


def end(server):
    """End a JupyterLab, also one whose Python waits for a thread after all is closed."""
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.wait(timeout=60)
    server.kill()


async def run_cell(server, token, code):
    """Run a cell of a notebook in my_course, as JupyterLab does; returns what it printed."""
    header = {"msg_id": "1", "msg_type": "execute_request", "session": "a", "username": ""}
    content = {"code": code, "silent": False}
    cell = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    said = {"msg_type": ""}
    async with ClientSession(server, headers={"Authorization": f"token {token}"}) as session:
        where = {"name": "python3", "path": "my_course/00_start_here.ipynb"}
        async with session.post("/api/kernels", json=where) as kernel:
            address = f"/api/kernels/{(await kernel.json())['id']}/channels"
        async with session.ws_connect(address) as socket:
            await socket.send_json(cell | {"channel": "shell"})
            while said["msg_type"] not in ("stream", "error"):
                said = (await socket.receive()).json()
    return said["content"].get("text") or said["content"]["evalue"]
