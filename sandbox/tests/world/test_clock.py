"""One clock for Telegram, Twitch and the cloud."""

import asyncio
import threading
import time

import pytest

from bot_sandbox import Cloud, Limits, Telegram, Twitch, aio
from bot_sandbox.world.clock import Clock

DAY_S = 24 * 3600.0


def test_one_clock_moves_every_server():
    clock = Clock()
    with Telegram(clock=clock) as telegram, Twitch(clock=clock) as twitch, Cloud(clock=clock) as c:
        before = time.time()
        assert telegram.clock is twitch.clock is c.clock is clock
        viktor, account = telegram.person("Viktor"), telegram.new_bot("Hello bot", "hello_bot")
        anna = twitch.account("anna")
        telegram.clock.advance(DAY_S)
        assert viktor.send("!hello", to=account).date >= before + DAY_S - 1
        assert anna.say("!hello").at >= before + DAY_S - 1
        assert c.uptime() >= DAY_S


def test_servers_without_a_common_clock_keep_their_own_time():
    with Telegram() as telegram, Twitch() as twitch:
        telegram.clock.advance(DAY_S)
        assert telegram.clock.ahead == DAY_S
        assert twitch.clock.ahead == 0


def test_time_passes_where_one_of_the_servers_is_closed(recwarn):
    clock = Clock()
    with Telegram(clock=clock):
        Twitch(clock=clock).close()
        clock.advance(60)
    clock.advance(60)
    assert clock.ahead == 120
    # Only of this: what other tests have left may be collected meanwhile.
    assert not [one for one in recwarn if "never awaited" in str(one.message)]


def test_time_passes_while_a_server_is_closed():
    clock, failed, over = Clock(), [], threading.Event()

    def move():
        try:
            while not over.is_set():
                clock.advance(1)
        except BaseException as error:  # a canceled call, too
            failed.append(error)

    movers = [threading.Thread(target=move) for _ in range(4)]
    for mover in movers:
        mover.start()
    for _ in range(10):
        Telegram(clock=clock).close()
    over.set()
    for mover in movers:
        mover.join()
    assert not failed


@pytest.mark.parametrize("wrong", [-1, float("nan"), 1e12, 10**400])
def test_the_clock_refuses_what_no_clock_can_do(wrong):
    clock = Clock()
    with pytest.raises(ValueError, match=r"cannot go back|no further than the year 3000"):
        clock.advance(wrong)
    assert clock.ahead == 0


def test_updates_of_telegram_are_gone_after_a_day_on_the_clock():
    with Telegram() as telegram:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        viktor.send("old")
        telegram.clock.advance(DAY_S - 60)
        viktor.send("new")
        assert len(telegram.call(account, "getUpdates")) == 2
        telegram.clock.advance(120)
        [update] = telegram.call(account, "getUpdates")
        assert update["message"]["text"] == "new"


def test_a_limit_of_telegram_ends_on_the_clock():
    with Telegram(limits=Limits(chat_per_second=0.01)) as telegram:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        viktor.send("/start")

        def send(n):
            for _ in range(n):
                telegram.call(account, "sendMessage", chat_id=viktor.id, text="hi")

        send(20)
        with pytest.raises(Exception, match="Too Many Requests"):
            send(1)
        telegram.clock.advance(2000)
        send(20)


def test_a_webhook_is_retried_when_the_clock_says_so():
    """With the real pauses, the fourth attempt comes after 0, 2 and 4 seconds."""
    with Telegram(retry_scale=1.0) as telegram:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        telegram.call(account, "setWebhook", url="http://127.0.0.1:9/nobody")
        message = viktor.send("!hello")
        telegram.wait_deliveries(account, 2, message)
        for n in (3, 4):
            telegram.clock.advance(5)
            telegram.wait_deliveries(account, n, message)


def test_somebody_who_sleeps_on_the_clock_wakes_when_it_is_moved():
    with Telegram() as telegram:
        sleeping = telegram._runner.submit(telegram.clock.sleep(DAY_S))
        telegram._runner.run(asyncio.sleep(0))  # it sleeps by now
        telegram.clock.advance(DAY_S)
        assert sleeping.result(timeout=30) is None


def test_a_bot_in_any_loop_may_have_its_timers_on_the_clock():
    clock = Clock()
    due = []

    async def remind(sleep, now):
        begin = now()
        await sleep(DAY_S)
        due.append(now() - begin >= DAY_S)

    async def test():
        with Telegram(clock=clock):
            reminders = [
                asyncio.create_task(remind(clock.sleep, clock.now)),
                asyncio.create_task(remind(aio.Clock.of(clock).sleep, clock.now)),
            ]
            await asyncio.sleep(0)
            await aio.Clock.of(clock).advance(DAY_S - 60)
            assert not any(reminder.done() for reminder in reminders)
            await asyncio.to_thread(clock.advance, 60)  # from another thread, too
            await asyncio.wait_for(asyncio.gather(*reminders), 10)

    asyncio.run(test())
    assert due == [True, True]


def test_the_clock_moves_although_a_loop_with_a_sleeper_is_closed():
    clock = Clock()
    loop = asyncio.new_event_loop()
    sleeping = loop.create_task(clock.sleep(DAY_S))
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    clock.advance(DAY_S)
    assert not sleeping.done()
    assert clock.ahead == DAY_S


def test_servers_of_aio_take_either_clock():
    async def test():
        clock = Clock()
        async with (
            aio.Telegram(clock=clock) as telegram,
            aio.Twitch(clock=aio.Clock.of(clock)) as twitch,
            aio.Cloud(clock=twitch.clock) as cloud,
        ):
            assert {telegram.sync.clock, twitch.sync.clock, cloud.sync.clock} == {clock}

    asyncio.run(test())


def test_a_plain_server_says_which_clock_it_takes():
    with pytest.raises(TypeError, match=r"aio_clock is aio_clock\.sync, or the fixture"):
        Telegram(clock=aio.Clock())
    with pytest.raises(TypeError):
        aio.Twitch(colour="blue")
    assert repr(aio.Twitch.__new__(aio.Twitch)) == "aio.Twitch()"
