"""Wrong answers to the exercises of Buttons and pictures, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

BEGIN = """
from lessons.exercises.buttons_and_pictures import exercise_1
from telegram import InlineKeyboardButton, InlineKeyboardMarkup


def counter(number):
    button = InlineKeyboardButton("+1", callback_data=str(number))
    return InlineKeyboardMarkup([[button]])

"""


def counting(source: str) -> str:
    return f"{BEGIN}{source}\n\nexercise_1(pressed)\n"


def booking(states: str) -> str:
    words = "words = filters.TEXT & ~filters.COMMAND"
    start = f"from lessons.exercises.buttons_and_pictures import exercise_2\n{words}\n"
    return f"{start}states = {states}\n\nexercise_2(states, book)\n"


WRONG = {
    1: {
        counting("""
async def pressed(update, context):
    query = update.callback_query
    number = int(query.data) + 1
    await query.edit_message_text(f"pressed {number} times", reply_markup=counter(number))
"""): "there is no await query.answer()",
        counting("""
number = 0

async def pressed(update, context):
    global number
    query = update.callback_query
    await query.answer()
    number += 1
    await query.edit_message_text(f"pressed {number} times", reply_markup=counter(number))
"""): "Take it from query.data, not from a variable",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    number = int(query.data) + 1
    await query.edit_message_text(f"pressed {number} times")
"""): "give reply_markup=counter(number)",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    number = int(query.data) + 1
    query.edit_message_text(f"pressed {number} times", reply_markup=counter(number))
"""): "is there await before query.edit_message_text",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    return f"pressed {int(query.data) + 1} times"
"""): "Nobody reads what a handler returns",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    number = int(query.data)
    await query.edit_message_text(f"pressed {number + 1} times", reply_markup=counter(number))
"""): "belongs in the text and in counter",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    number = int(query.data) + 1
    await query.edit_message_text(f"pressed {number} times", reply_markup=counter)
"""): "counter(number) makes the keyboard",
        counting("""
async def pressed(update, context):
    await query.answer()
    number = int(query.data) + 1
    await query.edit_message_text(f"pressed {number} times", reply_markup=counter(number))
"""): "Start with query = update.callback_query",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    number = int(query.data) + 1
    await query.edit_message_text("pressed {number} times", reply_markup=counter(number))
"""): "is there an f before the quotes?",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    number = int(query.data) + 1
    await query.edit_message_text(f"pressed {number} times", counter(number))
"""): "Write reply_markup= before the keyboard",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    number = int(update.message.text) + 1
    await query.edit_message_text(f"pressed {number} times", reply_markup=counter(number))
"""): "A press has no update.message",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer
    number = int(query.data) + 1
    await query.edit_message_text(f"pressed {number} times", reply_markup=counter(number))
"""): "The brackets are missing after its name",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    number = int(query.data) + 1
    await query.message.reply_text(f"pressed {number} times", reply_markup=counter(number))
"""): "your bot wrote a new message",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    number = query.data + "1"
    await query.edit_message_text(f"pressed {number} times", reply_markup=counter(number))
"""): "query.data is a text, and int(query.data)",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    number = int(query.data) + 1
    await query.edit_message_text(f"pressed {number} times", reply_markup=counter(number + 1))
"""): "is it the number of the text that the new keyboard carries",
        counting("""
async def pressed(update, context):
    query = update.callback_query
    await query.answer()
    number = int(query.data) + 1
    keyboard = await counter(number)
    await query.edit_message_text(f"pressed {number} times", reply_markup=keyboard)
"""): "await only before calls that talk to Telegram",
        counting("""
async def pressed(update):
    query = update.callback_query
    await query.answer()
"""): "A handler gets two things",
    },
    2: {
        booking('{"day": [MessageHandler(filters.TEXT, day)]}'): "after the day, the bot is silent",
        booking(
            '{"day": [MessageHandler(filters.TEXT, day)],'
            ' "people": [MessageHandler(filters.TEXT, people)]}'
        ): "a command must not count as an answer",
        booking(
            '{"day": [MessageHandler(words, day)], "people": MessageHandler(words, people)}'
        ): "the state 'people' wants a list",
        booking(
            '{"day": [MessageHandler(words, people)], "people": [MessageHandler(words, day)]}'
        ): "wants the handler people",
        booking(
            "{day: [MessageHandler(words, day)], people: [MessageHandler(words, people)]}"
        ): 'write "day" with its quotes',
        booking(
            '{"day": [MessageHandler(filters.TEXT and not filters.COMMAND, day)],'
            ' "people": [MessageHandler(words, people)]}'
        ): "filters.TEXT & ~filters.COMMAND",
        booking(
            '{"day": [MessageHandler(filters.TEXT & filters.COMMAND, day)],'
            ' "people": [MessageHandler(words, people)]}'
        ): "is its filter filters.TEXT & ~filters.COMMAND?",
        booking(
            '{"day": [MessageHandler(words, "day")], "people": [MessageHandler(words, "people")]}'
        ): "Write its name without quotes",
        booking(
            '{"day": [MessageHandler(filters.TEXT and ~filters.COMMAND, day)],'
            ' "people": [MessageHandler(words, people)]}'
        ): "in the state 'day' a photo counts as an answer",
    },
}
