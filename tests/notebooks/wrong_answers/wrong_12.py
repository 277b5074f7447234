"""Wrong answers to the exercises of notebook 12, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

IMPORT = "from lessons.exercises.ex_12 import exercise_1, exercise_2, exercise_3\n"
BOT = """
%%save 12_memory/main.py
from botlib import Bot
from botlib.store import open_store

bot = Bot()
store = open_store()
"""
CHECK = """
# ---- saved up to here; from here on it is run ----
from lessons.exercises.ex_12 import exercise_4

exercise_4("workshop/12_memory/main.py")
"""

WRONG = {
    1: [
        (
            IMPORT
            + """
def lost_a_day(limit_s, gap_s, messages_an_hour):
    return 24 * messages_an_hour * gap_s / limit_s

exercise_1(lost_a_day)
""",
            "a round lasts as long as the limit and the gap together",
        ),
        (
            IMPORT
            + """
def lost_a_day(limit_s, gap_s, messages_an_hour):
    return 24 * messages_an_hour * gap_s // (limit_s + gap_s)

exercise_1(lost_a_day)
""",
            "divide with /, not with //",
        ),
        (
            IMPORT
            + """
def lost_a_day(limit_s, gap_s, messages_an_hour):
    return round(24 * messages_an_hour * gap_s / (limit_s + gap_s))


exercise_1(lost_a_day)
""",
            "leave round() and int() out",
        ),
        (
            IMPORT
            + """
def lost_a_day(limit_s, gap_s, messages_an_hour):
    return messages_an_hour * gap_s / (limit_s + gap_s)

exercise_1(lost_a_day)
""",
            "a day has 24 hours",
        ),
        (
            IMPORT
            + """
def lost_a_day(limit_s, gap_s, messages_an_hour):
    return gap_s / (limit_s + gap_s)


exercise_1(lost_a_day)
""",
            "that is the share of the time",
        ),
        (
            IMPORT
            + """
def lost_a_day(limit_s, gap_s, messages_an_hour):
    rounds = 24 * 3600 / (limit_s + gap_s)
    return rounds * gap_s


exercise_1(lost_a_day)
""",
            "so many seconds it is away",
        ),
        (
            IMPORT
            + """
def lost_a_day(limit_s, gap_s, messages_an_hour):
    return 24 * messages_an_hour * gap_s / limit_s + gap_s

exercise_1(lost_a_day)
""",
            "/ comes before +",
        ),
        (
            IMPORT
            + """
def lost_a_day(limit_s, gap_s, messages_an_hour):
    rounds = 24 * 60 * 60 / (limit_s + gap_s)
    return rounds * gap_s * messages_an_hour

exercise_1(lost_a_day)
""",
            "An hour has 3600 seconds",
        ),
    ],
    2: [
        (
            """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook", drop_pending_updates=True)
    return [update["message"]["text"] for update in telegram.call(account, "getUpdates")]

exercise_2(move_back)
""",
            "they were dropped, or not asked for",
        ),
        (
            """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook")
    return telegram.call(account, "getUpdates")


exercise_2(move_back)
""",
            "these are whole updates",
        ),
        (
            """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook")
    updates = telegram.call(account, "getUpdates")
    telegram.call(account, "getUpdates", offset=updates[-1]["update_id"] + 1)
    return [update["message"]["text"] for update in updates]


exercise_2(move_back)
""",
            "with no message waiting",
        ),
        (
            """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook")
    return [update["message"]["text"] for update in telegram.call(account, "getUpdates")]

exercise_2(move_back)
""",
            "tell Telegram that you have them",
        ),
        (
            """
def move_back(telegram, account):
    return [update["message"]["text"] for update in telegram.call(account, "getUpdates")]

exercise_2(move_back)
""",
            "while webhook is active",
        ),
        (
            """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook")
    texts, offset = [], 0
    for update in telegram.call(account, "getUpdates"):
        texts.append(update["message"]["text"])
        offset = update["update_id"]
    telegram.call(account, "getUpdates", offset=offset)
    return texts

exercise_2(move_back)
""",
            "the last message once more",
        ),
        (
            """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook")
    texts = []
    for update in telegram.call(account, "getUpdates"):
        texts.append(update["text"])
    return texts

exercise_2(move_back)
""",
            "one step deeper",
        ),
        (
            """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook")
    texts = []
    for update in telegram.call(account, "getUpdates"):
        texts.append(update["message"]["text"])
        offset = update["update_id"] + 1
    telegram.call(account, "getUpdates", offset=offset)
    return texts

exercise_2(move_back)
""",
            "write offset = 0 above the loop",
        ),
        (
            """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook")
    texts = []
    updates = telegram.call(account, "getUpdates")
    for update in updates:
        texts.append(update["message"]["text"])
    telegram.call(account, "getUpdates", update["update_id"] + 1)
    return texts

exercise_2(move_back)
""",
            "has its name before it",
        ),
    ],
    3: [
        (
            """
def home(bot, limit_s):
    if bot["called"] and bot["answer_s"] < limit_s:
        return True
    return False

exercise_3(home)
""",
            "with the quotes",
        ),
        (
            """
def home(bot, limit_s):
    return "function" if bot["called"] else "program"

exercise_3(home)
""",
            "its answer would be killed",
        ),
        (
            """
def home(bot, limit_s):
    if bot["called"] and bot["answer_s"] <= limit_s:
        return "function"
    return "program"

exercise_3(home)
""",
            "take <, not <=",
        ),
        (
            """
def home(bot, limit_s):
    return "function" if bot["answer_s"] < limit_s else "program"

exercise_3(home)
""",
            "it must hold a line itself",
        ),
    ],
    4: [
        (
            BOT
            + """
numbers = {}

@bot.command("hello")
def hello(message):
    numbers[message.user] = numbers.get(message.user, 0) + 1
    return f"hello {message.user}! This is greeting number {numbers[message.user]}."
"""
            + CHECK,
            "keep it in the store, not in a variable",
        ),
        (
            BOT
            + """
@bot.command("hello")
def hello(message):
    return f"hello {message.user}! This is greeting number {store.increment('hello')}."
"""
            + CHECK,
            "everybody needs a number of their own",
        ),
        (
            BOT
            + """
@bot.command("hello")
def hello(message):
    number = store.increment(message.user)
    return f"hello {message.user}! This is greeting number {number}."
"""
            + CHECK,
            "there is no command !greetings yet",
        ),
        (
            BOT
            + """

@bot.command("hello")
def hello(message):
    store.increment("greetings")
    return store.increment(message.user)
"""
            + CHECK,
            "!hello did not work. The bot's log says",
        ),
        (
            BOT
            + """

@bot.command("hello")
def hello(message):
    store.increment("greetings")
    return f"hello {message.user}! This is number {store.increment(message.user)}."

@bot.command("greetings")
def greetings(message):
    return f"{store.increment('greetings')} greetings so far."
"""
            + CHECK,
            "to ask is no greeting",
        ),
        (
            BOT
            + """
@bot.command("hello")
def hello(message):
    store.set("greetings", store.get("greetings", 0) + 1)
    number = store.increment(message.user)
    return f"hello {message.user}! This is greeting number {number}."

@bot.command("greetings")
def greetings(message):
    return f"{store.get('greetings', 0)} greetings so far."
"""
            + CHECK,
            "what you get may be old before you set it",
        ),
        (
            BOT
            + """
@bot.command("hello")
def hello(message):
    store.increment("greetings")
    number = store.get(message.user, 0) + 1
    store.set(message.user, number)
    return f"hello {message.user}! This is greeting number {number}."

@bot.command("greetings")
def greetings(message):
    return f"{store.get('greetings', 0)} greetings so far."
"""
            + CHECK,
            "of 3 greetings it counted 2",
        ),
        (
            BOT
            + """
@bot.command("hello")
def hello(message):
    number = 0
    number = number + 1
    return f"hello {message.user}! This is greeting number {number}."
"""
            + CHECK,
            "gone when it ends",
        ),
        (
            BOT
            + """
@bot.command("hello")
def hello(message):
    number = store.increment(message.user)
    return f"hello {message.user}! This is greeting number {number}."

@bot.command("greetings")
def greetings(message):
    return f"{store.get('Viktor', 0) + store.get('Anna', 0)} greetings so far."
"""
            + CHECK,
            "a counter for all",
        ),
        (
            BOT
            + """
@bot.command("hello")
def hello(message):
    number = store.increment(message.user)
    print(f"hello {message.user}! This is greeting number {number}.")
"""
            + CHECK,
            "Does the command end with return",
        ),
    ],
}
