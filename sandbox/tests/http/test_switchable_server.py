"""A server that was stopped comes up again, or says why."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from aiohttp.web import SockSite
from cloud_tools import wait_until

from bot_sandbox import Telegram, Twitch


@pytest.fixture(params=[Telegram, Twitch])
def server(request):
    with request.param() as server:
        yield server


def answers(server):
    try:
        socket.create_connection((server.host, server.port)).close()
    except ConnectionRefusedError:
        return False
    return True


def is_up(server):
    return server._world.up if isinstance(server, Telegram) else server.up


@contextmanager
def being_started():
    """A program that has begun with copies of all our sockets, and not yet loaded its own code."""
    loading, goes_on = os.pipe(), os.pipe()

    def before_loading():
        os.write(loading[1], b"1")
        os.read(goes_on[0], 1)

    thread = threading.Thread(
        target=subprocess.run,
        args=([sys.executable, "-c", ""],),
        kwargs={"preexec_fn": before_loading},
    )
    thread.start()
    os.read(loading[0], 1)

    def let_it_load():
        os.write(goes_on[1], b"1")
        thread.join()

    try:
        yield let_it_load
    finally:
        with suppress(OSError):
            let_it_load()
        for end in (*loading, *goes_on):
            os.close(end)


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
def test_a_server_stops_and_starts_while_programs_are_being_started(server):
    with being_started() as let_it_load, ThreadPoolExecutor(1) as other:
        stopped = other.submit(server.faults.stop)
        wait_until(lambda: not is_up(server) or stopped.done())
        let_it_load()
        stopped.result()
    assert not answers(server)
    server.faults.start()
    assert answers(server)


@pytest.mark.skipif(os.name != "posix", reason="needs fork")
def test_a_server_without_its_port_says_why_it_is_down(server):
    taken = f"another program uses its port on 127.0.0.1.*{server.port}.*then start"
    with being_started():
        for act in (server.faults.stop, server.faults.start):
            with pytest.raises(RuntimeError, match=taken):
                act()
            assert not is_up(server)
    server.faults.start()
    assert answers(server) and is_up(server)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a reserved port cannot be taken")
@pytest.mark.parametrize(
    ("server", "which"),
    [(Telegram, "port"), (Twitch, "port"), (Twitch, "irc_port")],
    indirect=["server"],
)
def test_a_server_whose_port_was_taken_while_it_was_down_says_so(server, which):
    taken = f"another program uses its port on 127.0.0.1.*{getattr(server, which)}.*then start"
    server.faults.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((server.host, getattr(server, which)))
        other.listen()
        for _ in range(2):
            with pytest.raises(RuntimeError, match=taken):
                server.faults.start()
            assert not is_up(server)
            assert answers(server) == (which == "port")  # the other program does
    server.faults.start()
    assert answers(server) and is_up(server)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a reserved port cannot be taken")
def test_the_log_says_why_a_later_restart_failed(server):
    server.faults.restart(down_s=60)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((server.host, server.port))
        other.listen()
        server.clock.advance(61)
        assert server.wait_until(lambda: server._asked_faults)
    ((_, text),) = server._asked_faults
    assert "another program uses its port" in text


def test_a_start_that_was_interrupted_can_be_made_again(server, monkeypatch):
    async def interrupted(site):
        raise asyncio.CancelledError

    server.faults.stop()
    with monkeypatch.context() as during:
        during.setattr(SockSite, "start", interrupted)
        with pytest.raises(CancelledError):
            server.faults.start()
    assert not is_up(server) and not answers(server)
    server.faults.start()
    assert is_up(server) and answers(server)
