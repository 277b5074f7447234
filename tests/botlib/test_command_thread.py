"""In a program, plain `def` commands run one after the other, beside the event loop."""

import asyncio
import sqlite3
import threading

import pytest

from botlib.bot import Bot, Message, TryAgain
from botlib.details import command_thread
from botlib.details.command_thread import CommandThread
from botlib.run import load_bot

LONG_S = 60  # for an `async def` command, and none takes so long


def ask(bot, text):
    return bot.safe_replies_async(Message(text, chat="viktor"), LONG_S)


def test_the_loop_goes_on_while_a_def_command_thinks():
    bot, go = Bot(), threading.Event()
    bot.command("think")(lambda message: str(go.wait(30)))

    @bot.command("hello")
    async def hello(message):
        return "hello!"

    async def both():
        thinking = asyncio.create_task(ask(bot, "!think"))
        assert await ask(bot, "!hello") == ["hello!"]
        go.set()
        return await thinking

    assert asyncio.run(both()) == ["True"]


def test_def_commands_run_in_their_order_and_never_two_at_once():
    bot, order, inside = Bot(), [], threading.Lock()

    @bot.command("count")
    def count(message):
        assert inside.acquire(blocking=False)
        order.append(int(message.arguments))
        yield f"{len(order)}"  # what a generator does belongs to the command
        inside.release()

    async def many():
        return await asyncio.gather(*(ask(bot, f"!count {number}") for number in range(100)))

    assert asyncio.run(many()) == [[str(number)] for number in range(1, 101)]
    assert order == list(range(100))


@pytest.mark.parametrize(
    "error",
    [ValueError("no"), TryAgain("later"), SystemExit(3), StopIteration(), asyncio.CancelledError()],
    ids=repr,
)
def test_an_error_is_reported_and_the_next_command_works(error, caplog):
    bot = Bot()

    @bot.command("fail")
    def fail(message):
        raise error

    bot.command("hello")(lambda message: "hello!")

    async def both():
        return await ask(bot, "!fail"), await ask(bot, "!hello")

    (apology,), replies = asyncio.run(both())
    assert apology.startswith("Sorry, !fail did not work.")
    assert replies == ["hello!"]
    line = fail.__code__.co_firstlineno + 2
    assert f"(test_command_thread.py, line {line})" in caplog.text


def test_who_only_talks_or_mistypes_does_not_wait_for_a_def_command():
    bot, go = Bot(), threading.Event()
    bot.command("think")(lambda message: str(go.wait(30)))

    async def talk():
        thinking = asyncio.create_task(ask(bot, "!think"))
        await asyncio.sleep(0)
        replies = [await ask(bot, "good morning"), await ask(bot, "!thimk")]
        go.set()
        return replies, await thinking

    (talk_replies, (hint,)), answer = asyncio.run(talk())
    assert talk_replies == []
    assert "Did you mean !think?" in hint
    assert answer == ["True"]


def test_the_log_names_a_def_command_that_does_not_end(caplog, monkeypatch):
    monkeypatch.setattr(command_thread, "LONG_S", 0)
    bot, begun, go = Bot(), threading.Event(), threading.Event()

    @bot.command("think")
    def think(message):
        begun.set()
        go.wait(30)

    bot.command("hello")(lambda message: "hello!")

    async def hang():
        thinking = asyncio.create_task(ask(bot, "!think hard"))
        await asyncio.to_thread(begun.wait, 30)
        waiting = asyncio.create_task(ask(bot, "!hello"))
        while "no answer to !hello" not in caplog.text:  # noqa: ASYNC110  (a log sets no event)
            await asyncio.sleep(0)
        go.set()
        await thinking
        return await waiting

    assert asyncio.run(hang()) == ["hello!"]
    assert "no answer to !hello after 0 s: !think is still at work" in caplog.text


def test_a_command_that_nobody_waits_for_any_more_is_not_begun():
    bot, begun, go = Bot(), [], threading.Event()
    bot.command("think")(lambda message: str(go.wait(30)))
    bot.command("note")(lambda message: begun.append(message))

    async def cancel():
        thinking = asyncio.create_task(ask(bot, "!think"))
        noting = asyncio.create_task(ask(bot, "!note"))
        await asyncio.sleep(0)
        noting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await noting
        go.set()
        await thinking
        return await ask(bot, "!nothing")

    asyncio.run(cancel())
    assert begun == []


def test_a_connection_of_the_bots_file_works_in_its_commands(tmp_path):
    (tmp_path / "main.py").write_text(
        "import sqlite3\n"
        "from botlib import Bot\n"
        "bot, notes = Bot(), sqlite3.connect(':memory:')\n"
        "bot.command('sum')(lambda message: str(notes.execute('select 1 + 1').fetchone()[0]))\n"
    )
    commands = CommandThread()
    bot = commands.wait(lambda: load_bot(tmp_path / "main.py"))
    bot.command_thread = commands
    assert asyncio.run(ask(bot, "!sum")) == ["2"]
    with pytest.raises(sqlite3.ProgrammingError):  # so it isn't this thread's
        bot.ask("!sum")


def test_waiting_raises_what_the_function_raised():
    with pytest.raises(ValueError, match="no bot"):
        CommandThread().wait(lambda: (_ for _ in ()).throw(ValueError("no bot")))


def test_the_thread_ends_with_its_bot():
    bot, threads = Bot(), []
    bot.command("thread")(lambda message: threads.append(threading.current_thread()))
    asyncio.run(ask(bot, "!thread"))
    assert threads[0].is_alive()
    bot.command_thread = None
    threads[0].join(30)
    assert not threads[0].is_alive()
