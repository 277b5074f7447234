"""Check of notebook 00: the learner's first own command, asked through the sandbox Telegram."""

from lessons.exercises.verdict import exercise, expect, show


@exercise('put ada.ask("!goodbye") in place of the dots.')
def exercise_1(answer: str) -> str:
    """The bot's answer to `!goodbye`, as Ada saw it."""
    expect(
        isinstance(answer, str), f'expected what ada.ask("!goodbye") gives, found {show(answer)}'
    )
    unknown = (
        'the bot does not know !goodbye: write @bot.command("goodbye") and its function, then '
        "run the %%save cell and the one below it once more"
    )
    expect("do not know" not in answer, unknown)
    expect("message.user" not in answer, "write f before the quotes: f'goodbye {message.user}!'")
    expect("hello" not in answer, "that is the answer to !hello; ask for !goodbye")
    expect(
        answer != "goodbye Viktor!",
        "Ada was called Viktor: ask with ada.ask, answer with f'goodbye {message.user}!'",
    )
    expect(answer == "goodbye Ada!", f"expected 'goodbye Ada!', found {show(answer)}")
    return "your bot knows a second word"
