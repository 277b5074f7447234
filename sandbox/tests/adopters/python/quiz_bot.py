"""A quiz bot for Telegram: a quiz with buttons, a game for groups, pictures."""

import asyncio
import logging
from typing import Any

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.filters import Command, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import GetUpdates, TelegramMethod
from aiogram.types import (
    BufferedInputFile, CallbackQuery, ErrorEvent, InlineKeyboardButton, InlineKeyboardMarkup,
    InputMediaPhoto, Message,
)

QUESTIONS = [("Capital of France?", ["Paris", "Rome"]), ("2 + 2?", ["4", "5"])]  # first is right


class Quiz(StatesGroup):
    name = State()
    asking = State()


class Retry(BaseRequestMiddleware):
    """Repeats a call that Telegram refused for a while; not one whose fate is unknown."""

    async def __call__(self, make_request: NextRequestMiddlewareType[Any], bot: Bot,
                       method: TelegramMethod[Any]) -> Any:
        for attempt in range(5):
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
            except (TelegramServerError, TelegramNetworkError):
                if isinstance(method, GetUpdates) or attempt == 4:
                    raise
                await asyncio.sleep(0.2 * 2**attempt)
        raise RuntimeError("gave up")


def buttons(number: int, prefix: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text=text, callback_data=f"{prefix}:{number}:{index}")
           for index, text in enumerate(QUESTIONS[number][1])]
    return InlineKeyboardMarkup(inline_keyboard=[row])


def router() -> Router:
    r = Router()
    private, group = F.chat.type == "private", F.chat.type.in_({"group", "supergroup"})

    @r.message(private, CommandStart())
    async def start(message: Message, state: FSMContext) -> None:
        await state.set_state(Quiz.name)
        await message.answer("What is your name?")

    @r.message(Command("score"))
    async def score(message: Message, state: FSMContext) -> None:
        await message.answer(f"Your score: <b>{await state.get_value('score', 0)}</b>", parse_mode="HTML")

    @r.message(private, Quiz.name, F.text)
    async def named(message: Message, state: FSMContext) -> None:
        await state.set_state(Quiz.asking)
        await state.update_data(score=0, number=0)
        await message.answer(f"Let's go, {message.text}!")
        await message.answer(QUESTIONS[0][0], reply_markup=buttons(0, "q"))

    @r.callback_query(Quiz.asking, F.data.startswith("q:"))
    async def answered(query: CallbackQuery, state: FSMContext, bot: Bot) -> None:
        number, index = map(int, (query.data or "").split(":")[1:])
        score, at = await state.get_value("score", 0), await state.get_value("number", 0)
        if number != at:
            await query.answer("Too late", show_alert=True)
            return
        await state.update_data(score=score + (index == 0), number=number + 1)
        await query.answer("Right!" if index == 0 else "Wrong!")
        if isinstance(query.message, Message):
            await query.message.edit_reply_markup(reply_markup=None)
        if number + 1 < len(QUESTIONS):
            await bot.send_message(query.from_user.id, QUESTIONS[number + 1][0],
                                   reply_markup=buttons(number + 1, "q"))
        else:
            await state.set_state(None)
            await bot.send_message(query.from_user.id, f"Done: {score + (index == 0)} of {len(QUESTIONS)}")

    @r.message(group, Command("game"))
    async def game(message: Message) -> None:
        await message.answer(QUESTIONS[0][0], reply_markup=buttons(0, "g"))

    @r.callback_query(F.data.startswith("g:"))
    async def group_answer(query: CallbackQuery, bot: Bot) -> None:
        assert isinstance(query.message, Message)
        member = await bot.get_chat_member(query.message.chat.id, query.from_user.id)
        if member.status in ("left", "kicked"):
            await query.answer("Only members play", show_alert=True)
        elif (query.data or "").endswith(":0"):
            await query.answer("Right!")
            await query.message.edit_text(f"{query.from_user.first_name} wins")
        else:
            await query.answer("Wrong!")

    @r.message(F.photo)
    async def picture(message: Message, bot: Bot) -> None:
        assert message.photo
        biggest = message.photo[-1]
        data = await bot.download(biggest)
        assert data
        await message.answer_photo(BufferedInputFile(data.read(), "copy.jpg"), parse_mode="HTML",
                                   caption=f"<b>{biggest.width}×{biggest.height}</b> {message.caption or ''}")

    @r.message(Command("album"))
    async def album(message: Message, pictures: list[bytes]) -> None:
        media: list[Any] = [InputMediaPhoto(media=BufferedInputFile(data, f"{n}.png"),
                                            caption="Two <i>cats</i>" if n == 0 else None, parse_mode="HTML")
                            for n, data in enumerate(pictures)]
        await message.answer_media_group(media)

    @r.message(Command("crash"))
    async def crash(message: Message) -> None:
        raise ZeroDivisionError("a bug")

    @r.error()
    async def broken(event: ErrorEvent) -> None:
        logging.exception("broken", exc_info=event.exception)
        if event.update.message:
            await event.update.message.answer("Sorry, something broke.")

    return r


def make_bot(token: str, api: str) -> Bot:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    bot.session.middleware(Retry())
    return bot
