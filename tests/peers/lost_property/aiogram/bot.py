"""A right solution: aiogram, and a file with a line for each change."""

import asyncio
import html
import json
import os
from pathlib import Path

from aiogram import Bot, Dispatcher
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

JOURNAL = Path("journal.jsonl")
dispatcher = Dispatcher()
box: dict[int, tuple[str, int]] = {}
last = 0


def note(change: list) -> None:
    with JOURNAL.open("a") as file:
        file.write(json.dumps(change) + "\n")
    play(change)


def play(change: list) -> None:
    global last
    number, words, finder = change
    if words:
        last = number
        box[number] = (words, finder)
    else:
        box.pop(number, None)


async def send_things(message: Message, things: dict[int, tuple[str, int]], otherwise: str) -> None:
    lines = [f"<b>#{n}</b> {html.escape(words)}" for n, (words, _) in things.items()]
    for start in range(0, len(lines), 10):
        if sum(map(len, lines[start : start + 10])) < 4000:
            await message.answer("\n".join(lines[start : start + 10]), parse_mode="HTML")
        else:
            for line in lines[start : start + 10]:
                await message.answer(line, parse_mode="HTML")
    if not lines:
        await message.answer(otherwise)


@dispatcher.message(Command("found"))
async def found(message: Message, command: CommandObject) -> None:
    if not command.args:
        await message.answer("/found what?")
        return
    note([last + 1, command.args, message.from_user.id])
    await message.answer(f"#{last} it is")


@dispatcher.message(Command("box"))
async def list_all(message: Message) -> None:
    await send_things(message, box, "empty")


@dispatcher.message(Command("lost"))
async def lost(message: Message, command: CommandObject) -> None:
    if not command.args:
        await message.answer("/lost what?")
        return
    word = command.args.lower()
    await send_things(message, {n: t for n, t in box.items() if word in t[0].lower()}, "nothing")


@dispatcher.message(Command("mine", "oops"))
async def take(message: Message, command: CommandObject) -> None:
    if not (command.args or "").isdecimal():
        await message.answer(f"/{command.command} 1")
        return
    thing = box.get(int(command.args))
    if not thing:
        await message.answer("gone")
    elif command.command == "oops" and thing[1] != message.from_user.id:
        await message.answer("not yours")
    else:
        note([int(command.args), "", 0])
        await message.answer(thing[0])


if JOURNAL.exists():
    for line in JOURNAL.read_text().splitlines():
        play(json.loads(line))
asyncio.run(dispatcher.start_polling(Bot(os.environ["TELEGRAM_TOKEN"])))
