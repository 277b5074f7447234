"""One bot for all tests of this module; each test begins in the same world, by a snapshot."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiogram import Dispatcher
from aiogram.fsm.storage.memory import MemoryStorage
from bot_sandbox import BotAccount, aio

from conftest import SOON, running_quiz

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class World:
    telegram: aio.Telegram
    account: BotAccount
    dispatcher: Dispatcher
    viktor: aio.Person
    family: aio.Group


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared() -> AsyncIterator[World]:
    async with aio.Telegram() as telegram:
        account = await telegram.new_bot("Quiz bot", "quiz_bot")
        async with running_quiz(account, telegram.url) as dispatcher:
            await telegram.wait_ready(account)
            viktor = await telegram.person("Viktor")
            family = await telegram.group("Family", [viktor, account])
            yield World(telegram, account, dispatcher, viktor, family)


@pytest_asyncio.fixture(loop_scope="module")
async def world(shared: World) -> AsyncIterator[World]:
    start = await shared.telegram.snapshot()
    yield shared
    await shared.telegram.restore(start)
    storage = shared.dispatcher.storage
    assert isinstance(storage, MemoryStorage)
    storage.storage.clear()  # what the bot itself remembers is ours to reset


@pytest.mark.parametrize("time", [1, 2])
async def test_each_time_the_world_is_new(world: World, time: int) -> None:
    assert await world.viktor.ask("/score", to=world.account, timeout=SOON) == "Your score: 0"
    await world.telegram.person("Anna")
    await world.viktor.send("/game@quiz_bot", to=world.family)
    question = await world.family.wait_for(lambda message: message.reply_markup, timeout=SOON)
    await (await world.viktor.press(question, "Paris")).answer(timeout=SOON)
    transcript = await world.telegram.transcript(world.family)
    assert len(transcript.lines) == 3
    await world.telegram.faults.status(503, forever=True)


async def test_the_fault_before_has_gone(world: World) -> None:
    assert world.telegram.faults.active == []
    assert await world.viktor.ask("/score", to=world.account, timeout=SOON) == "Your score: 0"
