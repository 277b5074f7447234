"""Lost property: each wrong bot fails at the point that should notice it."""

from exam_mutants import (  # noqa: F401 - pytest runs it here
    Mutant,
    test_a_wrong_bot_fails_at_its_point,
    wrong_bots,
)

JSON_BOT, NODE_BOT = "lost_property/json/bot.py", "lost_property/node/bot.mjs"
MUTANTS = [
    Mutant(1, "no sign before the number", "It is #{row.lastrowid}", "It is {row.lastrowid}"),
    Mutant(1, "every thing is number 1", "#{row.lastrowid}", "#1"),
    Mutant(2, "only the first word is kept", '" ".join(context.args)', '"".join(context.args[:1])'),
    Mutant(2, "another word for empty", "The box is empty.", "There are no things."),
    Mutant(2, "a list without numbers", "#{number} {words}\\n", "{words}\\n"),
    Mutant(2, "only the last thing is listed", "await send_list(update, things)",
           "await send_list(update, things[-1:])"),
    Mutant(2, "empty, though it isn't", 'text = ""\n    for',
           'text = "The box isn\'t empty:"\n    for', advice="no longer empty"),
    Mutant(3, "capital letters matter", "word in thing[1].lower()", "word in thing[1]"),
    Mutant(3, "the asked word is not made small", "context.args[0].lower()", "context.args[0]"),
    Mutant(3, "all things are listed", "if word in thing[1].lower()", "if word"),
    Mutant(3, "another word for nothing", "There is nothing like that.", "No such thing."),
    Mutant(4, "the thing stays in the box", 'box.execute("delete from things where number = ?", '
           '(number,))\n    await send(update, f"Here', 'await send(update, f"Here'),
    Mutant(4, "the answer lacks the words", "Here is your {row[0]}.", "Here you are."),
    Mutant(4, "a number is used twice", "primary key autoincrement", "primary key"),
    Mutant(4, "no answer for what is gone", 'f"#{number} is gone."', 'f"#{number} is not here."'),
    Mutant(5, "people are known by name", "update.effective_user.id",
           "update.effective_user.first_name"),
    Mutant(5, "everybody may take it out", "if row[1] != update.effective_user.id:", "if False:"),
    Mutant(5, "the thing stays in the box", 'box.execute("delete from things where number = ?", '
           '(number,))\n    await send(update, f"Removed', 'await send(update, f"Removed'),
    Mutant(5, "a thing that isn't there", "    if number not in box:\n        await update.message."
           'reply_text("It is gone.")\n        return\n    if box', "    if box", JSON_BOT,
           "/oops says that it is gone"),
    Mutant(6, "a private answer to a group", "update.effective_chat.send",
           "update.effective_user.send"),
    Mutant(6, "a group owns a thing", "update.effective_user.id", "update.effective_chat.id",
           advice="Only the person who put a thing in"),
    # Telegram tells the bot that it is in a group now: an update without a message, and a message
    # without a text.
    Mutant(6, "every update has a message", "message?.text", "message.text", NODE_BOT),
    Mutant(6, "every message has a text", "message?.text", "message", NODE_BOT),
    Mutant(6, "a command with the bot's name is unknown", "(?:@\\w+)?", "", NODE_BOT),
    Mutant(6, "only a private chat is answered", "if (!message?.text) continue;",
           'if (message?.chat.type !== "private" || !message.text) continue;', NODE_BOT),
    Mutant(7, "a word is taken for a number", "    if len(args) == 1 and args[0].isascii() and "
           "args[0].isdigit() and len(args[0]) < 18:\n        return int(args[0])\n    return None",
           "    return int(args[0]) if args else None"),
    Mutant(7, "² is taken for a number", "args[0].isascii() and args[0].isdigit()",
           "args[0].isdigit()", advice="Use isdecimal()"),
    Mutant(7, "nothing is a thing, too", "if not words:", "if False:"),
    Mutant(7, "lost without a word", "if not context.args:", "if False:"),
    Mutant(7, "the advice lacks the command", "Write /oops and a number: /oops 1",
           "Write a number, too."),
    Mutant(8, "the box is only in memory", "box.sqlite3", ":memory:"),
    Mutant(8, "nothing is committed", ', isolation_level=None', ""),
    Mutant(8, "each start begins anew", "box.execute(\n", 'box.execute("drop table if exists '
           'things")\nbox.execute(\n'),
    Mutant(8, "/found answers before it saves", 'save()\n    await update.message.reply_text(f"It '
           'is #{last}.")', 'await update.message.reply_text(f"It is #{last}.")\n    save()',
           JSON_BOT),
    Mutant(8, "/mine answers before it saves", 'save()\n    await update.message.reply_text(f"Take '
           'your {thing[0]}.")', 'await update.message.reply_text(thing[0])\n    save()',
           JSON_BOT),
    Mutant(8, "/oops answers before it saves", 'save()\n    await update.message.reply_text("It is '
           'out.")', 'await update.message.reply_text("It is out.")\n    save()', JSON_BOT),
    Mutant(8, "/oops doesn't save", 'save()\n    await update.message.reply_text("It is out.")',
           'await update.message.reply_text("It is out.")', JSON_BOT),
    Mutant(8, "numbers become strings", "int(number): thing", "number: thing", JSON_BOT,
           "JSON makes every key a string: use int(…) when you load"),
    Mutant(9, "one long message", "if len(text + line) > LIMIT:", "if False:"),
    Mutant(9, "the list is cut off", "await send_list(update, things)",
           "await send_list(update, things[:50])"),
    Mutant(9, "/lost has one long message", "await send_list(update, fitting)",
           'await send(update, "\\n".join(f"#{number} {words}" for number, words in fitting))'),
    Mutant(9, "a message for each thing", "if len(text + line) > LIMIT:", "if text:",
           advice="and not for each thing"),
    Mutant(9, "a long message is cut off", "await send(update, text)\n            text",
           "text"),
    Mutant(10, "a changed message is a new thing", "found, filters.UpdateType.MESSAGE", "found",
           advice="A changed message is not a new thing."),
    Mutant(10, "formatting is switched on", "send_message(text)",
           'send_message(text, parse_mode="HTML")'),
    Mutant(10, "a message must be small", "LIMIT = 4096", "LIMIT = 3000"),
    Mutant(10, "long words are cut off", "(words, finder))", "(words[:1000], finder))"),
    Mutant(10, "English letters are expected", '" ".join(context.args)',
           '" ".join(context.args).encode("ascii").decode()'),
]  # fmt: skip

pytestmark = wrong_bots(MUTANTS)
