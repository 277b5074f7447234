"""The loop that runs in the caller's thread, inside of whatever runs there."""

import asyncio
import logging
import threading

import pytest

from bot_sandbox.event_loop.same_thread_loop import SameThreadLoop


@pytest.fixture
def loop():
    return SameThreadLoop()


def test_timers_run_in_their_order_and_canceled_ones_do_not(loop):
    order = []

    async def all_of_them():
        loop.call_later(0.001, order.append, "canceled").cancel()
        now = loop.time()
        for name, seconds in (("last", 0.02), ("middle", 0.01), ("first", 0)):
            loop.call_at(now + seconds, order.append, name)
        await asyncio.sleep(0.03)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()

    loop.run_until_complete(all_of_them())
    assert order == ["first", "middle", "last"]


def test_a_task_may_run_another_one_to_its_end(loop):
    here = threading.current_thread()

    async def answer():
        await asyncio.sleep(0.001)
        return asyncio.current_task().get_name(), threading.current_thread()

    async def outer():
        task = asyncio.current_task()
        name, thread = await asyncio.to_thread(loop.run_until_complete, answer())
        assert asyncio.current_task() is task and asyncio.get_running_loop() is loop
        assert name != task.get_name() and thread is here
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)
        return "done"

    async def around():
        return loop.run_until_complete(outer())

    assert asyncio.run(around()) == "done"
    assert not loop.is_running()


def test_a_task_may_run_another_one_while_many_others_are_ready(loop):
    order = []

    async def note(name):
        order.append(name)

    async def run_another():
        loop.run_until_complete(asyncio.sleep(0.001))
        order.append("outer")

    async def all_of_them():
        await asyncio.gather(run_another(), *map(note, range(6)))

    loop.run_until_complete(all_of_them())
    assert order == [0, 1, 2, 3, 4, 5, "outer"]


def test_what_cannot_end_is_refused_and_an_interrupt_leaves_no_task(loop):
    canceled = []

    async def wait():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            canceled.append(True)
            raise

    with pytest.raises(RuntimeError, match="waiting has no end"):
        loop.run_until_complete(wait())

    async def interrupt():
        raise KeyboardInterrupt

    waiting = loop.create_task(wait())
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(interrupt())
    waiting.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(asyncio.sleep(0))
    assert canceled == [True, True]


def test_an_error_that_nobody_receives_is_logged(loop, caplog):
    async def fail():
        loop.call_soon(lambda: 1 / 0)
        await asyncio.sleep(0)

    with caplog.at_level(logging.ERROR, "asyncio"):
        loop.run_until_complete(fail())
    assert "ZeroDivisionError" in caplog.text
