"""bot_sandbox.aio: each call of the plain classes as a coroutine, for bots in the test's loop."""

import __future__

import asyncio
import inspect
import itertools
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

import bot_sandbox
from bot_sandbox import Telegram, aio
from bot_sandbox.aio.twin import ServerTwin, Twin
from bot_sandbox.cloud.in_process import InProcessCloud
from bot_sandbox.telegram import Limits, NoReply
from bot_sandbox.telegram.in_memory import InMemoryTelegram

SANDBOX = Path(__file__).parents[1]
sys.path.insert(0, str(SANDBOX))
from tools.public_api import CLASSES, members  # noqa: E402

OWN = set(dir(ServerTwin))


def names_in(annotation):
    """The names in an annotation: those of a plain base class count as what a test has."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    words = set(re.findall(r"\w+", re.sub(r"\b(?:\w+\.)+", "", text)))
    if "User" in words:
        words = words - {"User"} | {"Person", "BotAccount"}
    return words - {"Chat"} | ({"Group"} if "Chat" in words else set())


@pytest.fixture(scope="module")
def stub():
    """What editors and mypy read, run as Python."""
    path = Path(aio.__file__).with_suffix(".pyi")
    module = ModuleType(path.name)
    code = path.read_text(encoding="utf-8")
    exec(compile(code, path, "exec", __future__.annotations.compiler_flag), vars(module))
    return module


@pytest.mark.parametrize("name", aio.__all__)
def test_the_stub_has_each_public_name_with_the_parameters_and_result_of_the_plain_one(name, stub):
    twin, seen, plain = getattr(aio, name), getattr(stub, name), getattr(bot_sandbox, name)
    wanted = members(plain)
    assert {each for each in dir(seen) if not each.startswith("_")} - OWN == wanted.keys() - OWN
    assert inspect.getdoc(twin) == inspect.getdoc(seen)
    made = {each for each in dir(twin) if not each.startswith("_")} - OWN
    assert made <= wanted.keys()  # the others are attributes of its object
    for each, member in wanted.items():
        shown = inspect.getattr_static(seen, each)
        if member.is_property:
            assert isinstance(shown, property), each
            continue
        ours, theirs = getattr(twin, each), getattr(plain, each)
        assert inspect.iscoroutinefunction(ours) and inspect.iscoroutinefunction(shown), each
        assert inspect.getdoc(ours) == inspect.getdoc(theirs) or each == "close"
        assert inspect.getdoc(shown) == inspect.getdoc(ours), each
        assert inspect.signature(ours) == inspect.signature(theirs), each
        this, that = inspect.signature(shown), inspect.signature(theirs)
        assert names_in(this.return_annotation) == names_in(that.return_annotation), each
        assert [(p.name, p.kind, p.default) for p in this.parameters.values()] == [
            (p.name, p.kind, p.default) for p in that.parameters.values()
        ], each
        for parameter in this.parameters.values():
            given = that.parameters[parameter.name].annotation
            assert names_in(parameter.annotation) == names_in(given), (each, parameter.name)


def test_the_file_is_what_the_tool_writes():
    words = [sys.executable, SANDBOX / "tools/aio.py", "--check"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_all_classes_can_be_imported_from_the_package():
    assert {getattr(bot_sandbox, name) for name in aio.__all__} == {one.type for one in CLASSES}
    assert all(issubclass(getattr(aio, name), Twin) for name in aio.__all__)
    assert set(aio.__all__) <= set(dir(aio))
    assert {"Telegram", "ApiCall", "aio", "__version__"} <= set(dir(bot_sandbox))
    with pytest.raises(AttributeError, match="it has Clock, Cloud"):
        aio.Nothing  # noqa: B018


def test_a_twin_shows_the_names_of_its_plain_object_and_lets_nothing_be_set():
    clock = aio.Clock()
    assert {"advance", "ahead", "of", "sync"} <= set(dir(clock))
    assert repr(clock) == f"aio.{clock.sync!r}" and clock == aio.Clock.of(clock.sync)
    for name in ("nothing", "_nothing"):
        with pytest.raises(AttributeError, match=f"^'Clock' object has no attribute '{name}'$"):
            getattr(clock, name)
        with pytest.raises(AttributeError):
            setattr(clock, name, 1)
    with pytest.raises(AttributeError):
        clock.ahead = 1
    with pytest.raises(TypeError, match="unexpected keyword argument 'prt'"):
        aio.Telegram(prt=1)
    with pytest.raises(AttributeError, match="'Clock' object has no attribute 'sync'"):
        aio.Clock.__new__(aio.Clock).sync  # noqa: B018


def test_telegram_in_a_loop():
    async def talk():
        async with aio.Telegram() as telegram:
            account = await telegram.new_bot("Hello bot", "hello_bot")
            viktor, anna = await telegram.person("Viktor"), await telegram.person("Anna")
            assert await telegram.account("hello_bot") is account
            asked = asyncio.create_task(viktor.ask("/hello", to=account))
            (update,) = await updates(telegram, account, 0)
            chat = update["message"]["chat"]["id"]
            await telegram.call(account, "sendMessage", chat_id=chat, text="hello Viktor!")
            assert await asked == "hello Viktor!"
            family = await telegram.group("Family", [viktor, account])
            await family.add(anna)
            markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
            await telegram.call(
                account, "sendMessage", chat_id=family.id, text="Tea?", reply_markup=markup
            )
            (question,) = await anna.wait()
            press = await anna.press(question, "Yes")
            pressed = (await updates(telegram, account, update["update_id"] + 1))[-1]
            query = pressed["callback_query"]["id"]
            answer = asyncio.create_task(press.answer())
            await telegram.call(account, "answerCallbackQuery", callback_query_id=query, text="OK")
            assert await answer == "OK"
            found = await family.wait_for(lambda message: message.text == "Tea?")
            assert found is question
            assert str(await telegram.transcript(family)) == str(family.transcript)
            return telegram.sync

    closed = asyncio.run(talk())
    with pytest.raises(RuntimeError, match="is closed"):
        closed.new_bot("Late bot", "late_bot")


async def updates(telegram, account, offset):
    """Wait for a bot's updates as a bot does, but without a framework."""
    return await telegram.call(account, "getUpdates", offset=offset, timeout=20)


def test_the_bot_that_stays_silent_is_explained_and_a_cancelled_wait_leaves_nothing():
    async def talk():
        async with aio.Telegram() as telegram:
            account, viktor = (
                await telegram.new_bot("Hello bot", "hello_bot"),
                await telegram.person("Viktor"),
            )
            with pytest.raises(NoReply, match="nobody calls getUpdates") as silence:
                await viktor.ask("/hello", timeout=0.05)
            assert "event loop" not in str(silence.value)
            waiting = asyncio.create_task(viktor.wait(timeout=30))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            await telegram.call(account, "sendMessage", chat_id=viktor.id, text="hi")
            assert [message.text for message in await viktor.wait()] == ["hi"]

    asyncio.run(talk())


def test_closing_ends_a_wait_and_says_so():
    async def wait_while_it_closes():
        async with aio.Telegram() as telegram:
            await telegram.new_bot("Hello bot", "hello_bot")
            viktor = await telegram.person("Viktor")
            waiting = asyncio.create_task(viktor.ask("hello?", timeout=60))
            assert await telegram.wait_until(lambda: telegram.sync._world.private)  # it is sent
        with pytest.raises(RuntimeError, match="this Telegram is closed; make a new one"):
            await waiting

    asyncio.run(wait_while_it_closes())


def test_closing_ends_a_plain_wait_and_says_so():
    telegram = Telegram()
    waiting = ThreadPoolExecutor(1).submit(telegram.wait_until, lambda: False, 60)
    while not telegram._runner.do(lambda: telegram._runner.changes._waiting):
        pass
    telegram.close()
    with pytest.raises(RuntimeError, match="this Telegram is closed; make a new one"):
        waiting.result()


def test_a_plain_call_in_a_loop_says_that_it_held_the_loop(telegram, account, viktor):
    async def talk():
        with pytest.raises(NoReply) as silence:
            viktor.ask("/hello", timeout=0.05)
        return str(silence.value).splitlines()

    happened, why, found, *_ = asyncio.run(talk())
    assert happened == "Hello bot did not answer '/hello' within 0.05 s."
    assert "held the event loop" in why and "bot_sandbox.aio" in why
    assert found.startswith("Found: ")
    with pytest.raises(NoReply) as silence:
        viktor.ask("/hello", timeout=0.05)
    assert "event loop" not in str(silence.value)


def test_twitch_in_a_loop():
    async def talk():
        async with aio.Twitch() as twitch:
            viktor = await twitch.account("viktor", display_name="Viktor")
            bot = await twitch.account("hello_bot")
            waiting = asyncio.create_task(viktor.wait(channel="viktor"))
            await bot.say("hello Viktor!", channel=viktor)
            assert [message.text for message in await waiting] == ["hello Viktor!"]
            app = await twitch.application("Hello")
            token = await twitch.authorize(bot, app, "chat:read")
            assert token.access_token
            await twitch.faults.restart()
            before = await twitch.clock.now()
            await twitch.clock.advance(3600)
            assert await twitch.clock.now() >= before + 3600
            with pytest.raises(NoReply, match="did not come to #viktor"):
                await twitch.wait_for(bot, viktor, timeout=0.05)

    asyncio.run(talk())


def test_cloud_and_mail_in_a_loop(tmp_path):
    (tmp_path / "main.py").write_text("def handler(event, context):\n    return event['n'] + 1\n")

    async def talk():
        clock = aio.Clock()
        async with aio.Cloud(clock=clock) as cloud, aio.Mail() as mail:
            assert cloud.clock == clock
            function = await cloud.deploy("add", tmp_path)
            many = await asyncio.gather(*[function.invoke({"n": n}) for n in range(5)])
            assert many == [1, 2, 3, 4, 5]
            assert [each.name for each in await cloud.functions()] == ["add"]
            assert function.invocations
            with pytest.raises(NoReply, match="0 of 1 letters"):
                await mail.wait(timeout=0.01)

    asyncio.run(talk())


def test_a_telegram_in_memory_needs_no_thread(tmp_path):
    (tmp_path / "main.py").write_text(
        "import json\n"
        "def handler(event, context):\n"
        "    chat = json.loads(event['body'])['message']['chat']['id']\n"
        "    answer = {'method': 'sendMessage', 'chat_id': chat, 'text': 'hello!'}\n"
        "    headers = {'Content-Type': 'application/json'}\n"
        "    return {'statusCode': 200, 'headers': headers, 'body': json.dumps(answer)}\n"
    )

    async def talk(loop):
        cloud = InProcessCloud()
        plain = InMemoryTelegram(cloud, loop=loop, limits=Limits(set_webhook_s=0))
        async with aio.Telegram.of(plain) as telegram:
            account = await telegram.new_bot("Hello bot", "hello_bot")
            viktor = await telegram.person("Viktor")
            url = cloud.deploy("hello", tmp_path).url
            await telegram.call(account, "setWebhook", url=url)
            assert await viktor.ask("!hello") == "hello!"
        cloud.close()

    with asyncio.Runner() as runner:
        runner.run(talk(runner.get_loop()))
        runner.run(talk(None))


def test_a_condition_may_be_about_the_bot_of_the_test():
    """Nothing changes in the sandbox, so it has to look by itself, again and again."""

    async def test():
        async with aio.Telegram() as telegram:
            here, looks = asyncio.get_running_loop(), itertools.count()

            def looked_often():
                assert asyncio.get_running_loop() is here
                return next(looks) == 5

            assert await telegram.wait_until(looked_often, timeout=30)
            assert not await telegram.wait_until(lambda: False, timeout=0.01)

    asyncio.run(test())


def test_a_plain_condition_may_be_about_the_bot_of_the_test(telegram):
    looks = itertools.count()
    assert telegram.wait_until(lambda: next(looks) == 5, timeout=30)
