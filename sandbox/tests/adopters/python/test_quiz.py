"""The quiz bot in the test's own event loop; each test has a Telegram of its own."""

import asyncio

import pytest
from bot_sandbox import BotAccount, Clock, Message, NoReply, aio

from conftest import SOON, picture


async def start_quiz(viktor: aio.Person) -> Message:
    assert await viktor.ask("/start", timeout=SOON) == "What is your name?"
    await viktor.send("Vitya")
    greeting, question = await viktor.wait(2, timeout=SOON)
    assert greeting.text == "Let's go, Vitya!"
    return question


async def test_a_quiz_from_start_to_score(aio_telegram: aio.Telegram, quiz: BotAccount) -> None:
    viktor = await aio_telegram.person("Viktor")
    question = await start_quiz(viktor)
    assert question.text == "Capital of France?"
    assert question.buttons == ["Paris", "Rome"]
    assert question.reply_markup is not None
    assert question.reply_markup.inline_keyboard[0][0].callback_data == "q:0:0"

    press = await viktor.press(question, "Paris")
    assert await press.answer(timeout=SOON) == "Right!"
    second = await viktor.wait_for(lambda message: "2 + 2" in (message.text or ""), timeout=SOON)
    assert question.buttons == []
    assert await (await viktor.press(second, "5")).answer(timeout=SOON) == "Wrong!"
    await viktor.wait_for(lambda message: message.text == "Done: 1 of 2", timeout=SOON)

    await viktor.send("/score")
    score = await viktor.wait_for(lambda message: message.entities, timeout=SOON)
    assert score.text == "Your score: 1"
    assert score.entities is not None
    assert [(e.type, e.offset, e.length) for e in score.entities] == [("bold", 12, 1)]


async def test_two_people_have_two_quizzes(aio_telegram: aio.Telegram, quiz: BotAccount) -> None:
    viktor, anna = await aio_telegram.person("Viktor"), await aio_telegram.person("Anna")
    first, other = await asyncio.gather(start_quiz(viktor), start_quiz(anna))
    await viktor.press(first, "Paris")
    await viktor.wait_for(lambda message: "2 + 2" in (message.text or ""), timeout=SOON)
    assert await anna.ask("/score", timeout=SOON) == "Your score: 0"
    assert await viktor.ask("/score", timeout=SOON) == "Your score: 1"


async def test_only_members_play_in_a_group(aio_telegram: aio.Telegram, quiz: BotAccount) -> None:
    viktor, anna = await aio_telegram.person("Viktor"), await aio_telegram.person("Anna")
    family = await aio_telegram.group("Family", [viktor, anna, quiz])
    await viktor.send("/game@quiz_bot", to=family)
    question = await family.wait_for(lambda message: message.reply_markup, timeout=SOON)
    await anna.leave(family)
    with pytest.raises(ValueError, match="not in Family"):
        await anna.press(question, "Paris")
    assert await (await viktor.press(question, "Paris")).answer(timeout=SOON) == "Right!"
    assert await aio_telegram.wait_until(lambda: question.text == "Viktor wins", timeout=SOON)


async def test_a_photo_comes_back_with_its_caption(aio_telegram: aio.Telegram, quiz: BotAccount) -> None:
    viktor = await aio_telegram.person("Viktor")
    await viktor.photo(picture(1600, 1000), "our cat")
    copy = await viktor.wait_for(lambda message: message.photo, timeout=SOON)
    assert copy.photo is not None
    assert [max(size.width, size.height) for size in copy.photo] == [90, 320, 800, 1280]
    assert copy.caption == "1280×800 our cat"
    assert copy.caption_entities is not None
    assert copy.caption_entities[0].type == "bold"
    assert copy.text is None


async def test_an_album_is_two_photos_with_one_caption(aio_telegram: aio.Telegram, quiz: BotAccount) -> None:
    viktor = await aio_telegram.person("Viktor")
    await viktor.send("/album")
    one, two = await viktor.wait(2, timeout=SOON)
    assert one.media_group_id is not None
    assert one.media_group_id == two.media_group_id
    assert (one.caption, two.caption) == ("Two cats", None)
    assert one.caption_entities is not None
    assert one.caption_entities[0].type == "italic"


async def test_a_bug_is_told_to_the_person(aio_telegram: aio.Telegram, quiz: BotAccount) -> None:
    viktor = await aio_telegram.person("Viktor")
    assert await viktor.ask("/crash", timeout=SOON) == "Sorry, something broke."


async def test_too_many_requests(aio_telegram: aio.Telegram, quiz: BotAccount) -> None:
    viktor = await aio_telegram.person("Viktor")
    fault = await aio_telegram.faults.status(429, "sendMessage", retry_after=1)
    assert await viktor.ask("/score", timeout=SOON) == "Your score: 0"
    assert len(fault.hits) == 1


async def test_a_lost_response_sends_twice(aio_telegram: aio.Telegram, quiz: BotAccount) -> None:
    viktor = await aio_telegram.person("Viktor")
    lost = await aio_telegram.faults.drop("sendMessage", executed=True)
    await viktor.send("/score")
    await lost.wait(timeout=SOON)
    first, again = await viktor.wait(2, timeout=SOON)
    assert first.text == again.text == "Your score: 0"


async def test_telegram_is_down_for_an_hour(aio_telegram: aio.Telegram, quiz: BotAccount,
                                            sandbox_clock: Clock) -> None:
    viktor = await aio_telegram.person("Viktor")
    await aio_telegram.faults.restart(down_s=3600)
    await viktor.send("/score")
    with pytest.raises(NoReply):
        await viktor.wait(timeout=0.5)
    sandbox_clock.advance(3600)
    assert (await viktor.wait(timeout=SOON))[0].text == "Your score: 0"
