"""An instance's Runtime API serves the programs of its own account, and no others."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cloud_tools import wait_until

from bot_sandbox.cloud import Cloud

if sys.platform != "linux":
    pytest.skip("only Linux tells who has a connection", allow_module_level=True)

RUNTIME = "/2018-06-01/runtime"

# A loop that tells its address, and asks for events only when it may.
WAITING_LOOP = f"""
import os, time, urllib.request as web
from pathlib import Path
address = os.environ["AWS_LAMBDA_RUNTIME_API"]
here = Path(os.environ["MEETING_POINT"])
(here / "new").write_text(address)
(here / "new").rename(here / "address")
while not (here / "go").exists():
    time.sleep(0.01)
while True:
    event = web.urlopen(f"http://{{address}}{RUNTIME}/invocation/next")
    call = event.headers["Lambda-Runtime-Aws-Request-Id"]
    web.urlopen(f"http://{{address}}{RUNTIME}/invocation/{{call}}/response", event.read())
"""

# Tries everything as another account, with and without the words of a call.
STRANGER = f"""
import os, socket, sys
host, port = sys.argv[1].split(":")
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
for method, path in (
    ("GET", "invocation/next"),
    ("POST", "invocation/1/response"),
    ("POST", "invocation/1/error"),
    ("POST", "init/error"),
    ("GET", "restore/next"),
    ("POST", "restore/error"),
):
    with socket.socket() as api:
        api.connect((host, int(port)))
        head = f"{{method}} {RUNTIME}/{{path}} HTTP/1.1\\r\\nHost: {{sys.argv[1]}}\\r\\n"
        api.sendall(f"{{head}}Content-Length: 2\\r\\n\\r\\n{{{{}}}}".encode())
        answer = api.recv(65536).decode()
    print(path, answer.split()[1], "secret event" in answer)
"""


@pytest.fixture(scope="module")
def cloud():
    with Cloud() as cloud:
        yield cloud


def deploy_telling_address(cloud, folder):
    (folder / "main.py").write_text(
        "import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_RUNTIME_API']\n"
    )
    return cloud.deploy("patient", folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another account")
def test_another_account_gets_nothing(cloud, tmp_path):
    (tmp_path / "code").mkdir()
    loop = tmp_path / "loop.py"
    loop.write_text(WAITING_LOOP)
    fn = cloud.deploy(
        "private",
        tmp_path / "code",
        worker=str(loop),
        timeout_s=60,
        environment={"MEETING_POINT": str(tmp_path)},
    )
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(fn.invoke, "secret event")
        wait_until((tmp_path / "address").exists)
        command = [sys.executable, "-c", STRANGER, (tmp_path / "address").read_text()]
        tried = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        (tmp_path / "go").touch()
        assert call.result() == "secret event"
    assert len(tried.splitlines()) == 6
    assert all(line.endswith(" 403 False") for line in tried.splitlines()), tried
    assert len(fn.instances) == 1


def test_who_has_hung_up_is_not_heard(cloud, tmp_path):
    fn = deploy_telling_address(cloud, tmp_path)
    host, port = fn.invoke().split(":")

    def hang_up():
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(
                f"POST {RUNTIME}/init/error HTTP/1.1\r\nHost: {host}:{port}\r\n"
                "Content-Length: 2\r\n\r\n{}".encode()
            )

    # The cloud's own thread sees the connection only when it is closed.
    cloud._runner.do(hang_up)
    for _ in range(3):
        fn.invoke()
    assert len(fn.instances) == 1


# Connects as another account when told so, from an address that it told before; says that the
# instance is broken, and breaks the connection off.
HANGING_UP = f"""
import os, socket, struct, sys
host, port = sys.argv[1].split(":")
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
connection = socket.socket()
connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
connection.bind(("127.0.0.2", 0))
print(connection.getsockname()[1], flush=True)
input()
connection.connect((host, int(port)))
connection.sendall(
    b"POST {RUNTIME}/init/error HTTP/1.1\\r\\nHost: cloud\\r\\nContent-Length: 2\\r\\n\\r\\n{{}}"
)
connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
connection.close()
print(flush=True)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another account")
@pytest.mark.parametrize("own", ["a listener", "a connection"])
def test_what_this_account_has_at_a_strangers_port_lends_it_no_name(cloud, tmp_path, own):
    fn = deploy_telling_address(cloud, tmp_path)
    host, port_there = fn.invoke().split(":")
    command = [sys.executable, "-c", HANGING_UP, f"{host}:{port_there}"]
    with (
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as stranger,
        socket.socket() as reused,
    ):
        reused.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = int(stranger.stdout.readline())

        def hang_up():
            stranger.stdin.write("\n")
            stranger.stdin.flush()
            stranger.stdout.readline()
            if own == "a listener":
                reused.bind(("0.0.0.0", port))
                reused.listen()
            else:
                reused.bind(("127.0.0.2", port))
                reused.connect((host, int(port_there)))

        # The cloud's own thread sees the connection only when it is closed.
        cloud._runner.do(hang_up)
        for _ in range(3):
            fn.invoke()
    assert len(fn.instances) == 1


# As another account, connects and sends so many requests at once; prints what comes until the end.
PIPELINING = f"""
import os, socket, sys
host, port = sys.argv[1].split(":")
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
with socket.socket() as connection:
    connection.connect((host, int(port)))
    connection.sendall(int(sys.argv[2]) * b"GET {RUNTIME}/invocation/next HTTP/1.1\\r\\n\\r\\n")
    connection.settimeout(20)
    try:
        while data := connection.recv(65536):
            print(data.decode())
    except ConnectionResetError:
        print("reset")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another account")
@pytest.mark.parametrize("requests", [0, 100])
def test_another_account_gets_one_refusal_and_its_connection_ends(cloud, tmp_path, requests):
    address = deploy_telling_address(cloud, tmp_path).invoke()
    command = [sys.executable, "-c", PIPELINING, address, str(requests)]
    got = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert got.count("HTTP/1.1 403") == 1, got


# Uses all descriptors but one, which the instance's address takes; then none is left to ask whose
# socket that is.
SHORT_OF_DESCRIPTORS = """
import asyncio, os, resource
from bot_sandbox.cloud.runtime_api import RuntimeApi

async def listen():
    taken = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
    try:
        while True:
            taken.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        os.close(taken.pop())
    await RuntimeApi("arn").listen()

asyncio.run(listen())
"""


def test_an_instance_that_cannot_tell_strangers_does_not_start():
    command = [sys.executable, "-c", SHORT_OF_DESCRIPTORS]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert "Too many open files" in run.stderr
