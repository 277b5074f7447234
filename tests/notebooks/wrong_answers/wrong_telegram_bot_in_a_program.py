"""Wrong answers to the exercises on a Telegram bot in a program, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

WRONG = {
    2: {
        """
from lessons.exercises.telegram_bot_in_a_program import exercise_2

def move_back(telegram, account):
    telegram.call(account, "deleteWebhook", drop_pending_updates=True)
    return [update["message"]["text"] for update in telegram.call(account, "getUpdates")]

exercise_2(move_back)
""": "they were dropped, or not asked for",
        """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook")
    return telegram.call(account, "getUpdates")


exercise_2(move_back)
""": "these are whole updates",
        """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook")
    updates = telegram.call(account, "getUpdates")
    telegram.call(account, "getUpdates", offset=updates[-1]["update_id"] + 1)
    return [update["message"]["text"] for update in updates]


exercise_2(move_back)
""": "with no message waiting",
        """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook")
    return [update["message"]["text"] for update in telegram.call(account, "getUpdates")]

exercise_2(move_back)
""": "tell Telegram that you have them",
        """
def move_back(telegram, account):
    return [update["message"]["text"] for update in telegram.call(account, "getUpdates")]

exercise_2(move_back)
""": "while webhook is active",
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
""": "the last message again",
        """
def move_back(telegram, account):
    telegram.call(account, "deleteWebhook")
    texts = []
    for update in telegram.call(account, "getUpdates"):
        texts.append(update["text"])
    return texts

exercise_2(move_back)
""": "one step deeper",
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
""": "write offset = 0 above the loop",
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
""": "needs its name",
    },
}
