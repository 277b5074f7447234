"""Twitch's limits hold whatever the network does to a message on its way."""

import asyncio
import random
import selectors
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from botlib.twitch.details.limits import Limits


class Jumping(selectors.SelectSelector):
    """Waits for nothing: time jumps on to what falls due next."""

    now = 0.0

    def select(self, timeout=None):
        self.now += timeout or 0.0
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        self.jumping = Jumping()
        super().__init__(self.jumping)

    def time(self):
        return self.jumping.now


def run(coroutine):
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(coroutine)


async def arrivals(place, count, journeys):
    """When each of so many messages gets there; it is under way for as long as `journeys` says."""
    loop, times = asyncio.get_running_loop(), []

    async def send():
        async with place():
            await asyncio.sleep(journeys.uniform(0, 9))
            times.append(loop.time())
            await asyncio.sleep(journeys.uniform(0, 9))

    async with asyncio.TaskGroup() as sending:
        for _ in range(count):
            sending.create_task(send())
    return times


@given(st.randoms(use_true_random=False))
def test_no_delay_brings_too_many_messages_into_one_window(journeys):
    limits = Limits()
    names = iter(range(10_000))
    times = run(arrivals(lambda: limits.saying(f"channel{next(names)}"), 70, journeys))
    assert len(times) == 70
    assert all(late - early > 30 for early, late in zip(times, times[20:], strict=False))


@given(st.randoms(use_true_random=False))
def test_no_delay_brings_two_messages_of_one_channel_too_close(journeys):
    limits = Limits()
    times = run(arrivals(lambda: limits.saying("viktor"), 30, journeys))
    assert all(late - early > 1 for early, late in pairwise(times))


def test_joins_are_limited():
    times = run(arrivals(Limits().joining.slot, 70, random.Random(1)))
    assert all(late - early > 10 for early, late in zip(times, times[20:], strict=False))


def test_there_is_never_more_than_one_login_in_a_second():
    times = run(arrivals(Limits().logging_in.slot, 30, random.Random(1)))
    assert all(late - early > 1 for early, late in pairwise(times))


def test_a_window_of_no_time_is_no_limit():
    limits = Limits(message_window_s=0, channel_gap_s=0, join_window_s=0, login_gap_s=0)

    async def main():
        for _ in range(100):
            async with limits.saying("viktor"), limits.joining.slot(), limits.logging_in.slot():
                pass
        return asyncio.get_running_loop().time()

    assert run(main()) == 0


def test_a_place_is_not_lost_when_its_user_is_cancelled():
    async def main():
        limits, loop = Limits(messages=1), asyncio.get_running_loop()
        async with limits.saying("viktor"):
            waiting = asyncio.create_task(
                arrivals(lambda: limits.saying("olga"), 1, random.Random(1))
            )
            await asyncio.sleep(0)
            waiting.cancel()
        began = loop.time()
        async with limits.saying("nina"):
            return loop.time() - began

    assert 30 < run(main()) < 31


def test_a_channel_with_much_to_say_leaves_others_their_turn():
    async def main():
        limits, said = Limits(), []

        async def say(channel, count):
            for _ in range(count):
                async with limits.saying(channel):
                    said.append(channel)

        async with asyncio.TaskGroup() as saying:
            saying.create_task(say("busy", 60))
            await asyncio.sleep(25)  # it has used up the account's 20 messages
            for quiet in ("anna", "olga"):
                saying.create_task(say(quiet, 1))
        return said

    said = run(main())
    assert said[:20] == ["busy"] * 20
    assert sorted(said[20:23]) == ["anna", "busy", "olga"]
