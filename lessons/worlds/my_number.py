"""Your own number on Telegram, which no name can imitate: my_number(viktor), in notebook 06."""

from bot_sandbox.telegram import Person
from botlib.details.settings import read_settings, telegram_api
from botlib.telegram.details.bot_api import BotApi, BotApiError
from deploy.tokens.telegram import visible_problems

CONFLICT = "getUpdates: 409 "  # a webhook is set, or another program asks


def my_number(person: Person) -> str:
    """Return the number of whoever wrote to your real bot last; without one, this person's.

    It only looks at the messages that wait, so your bot still gets them. ValueError for what is
    no token, RuntimeError with what to do if no message waits.
    """
    settings = read_settings("telegram")
    if settings.world != "real":
        return str(person.id)
    for problem in visible_problems(settings.token):
        raise ValueError(f"TELEGRAM_TOKEN: {problem}")
    bot = BotApi(settings.token, telegram_api(settings.values.get("TELEGRAM_API")))
    name = f"@{bot.username()}"
    try:
        updates = bot.call("getUpdates", {})  # without an offset, which would confirm them
    except BotApiError as error:
        if CONFLICT not in str(error):
            raise
        raise RuntimeError(
            f"{name} is at work already, so no message waits here. Stop its program, or type: "
            "python3 start.py webhook --delete"
        ) from None
    writers = [update["message"]["from"] for update in updates if "message" in update]
    if not writers:
        raise RuntimeError(f"no message waits. Write to {name} on your phone, and run this again")
    print(f"{writers[-1]['first_name']} wrote to {name} last.")
    return str(writers[-1]["id"])
