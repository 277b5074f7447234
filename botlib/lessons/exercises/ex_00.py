"""Check of notebook 00: the learner's first own command, asked through the sandbox Telegram."""

from botlib.lessons.exercises.verdict import exercise, expect, show


@exercise('put viktor.ask("!goodbye") in place of the dots.')
def exercise_1(answer: str) -> str:
    """The bot's answer to `!goodbye`, as Viktor saw it."""
    expect(
        isinstance(answer, str), f'expected what viktor.ask("!goodbye") gives, found {show(answer)}'
    )
    unknown = "the bot does not know !goodbye: run the %%save cell and the one below it once more"
    expect("do not know" not in answer, unknown)
    expect("message.user" not in answer, "write f before the quotes: f'goodbye {message.user}!'")
    expect(answer != "hello Viktor!", "that is the answer to !hello; ask for !goodbye")
    expect(answer == "goodbye Viktor!", f"expected 'goodbye Viktor!', found {show(answer)}")
    return "your bot knows a second word"
