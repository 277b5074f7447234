"""Checks of notebook 01: a bot that adds, counts and remembers."""

from botlib.bot import Bot, Message
from lessons.exercises.verdict import NotYet, describe, exercise, expect, show


def replies(bot: object, text: str, user: str = "Viktor") -> list[str]:
    """Ask the learner's bot; an error in its command becomes the hint."""
    expect(isinstance(bot, Bot), f"expected a Bot, found {show(bot)}. Begin with … = Bot().")
    assert isinstance(bot, Bot)
    name = bot.called(text)
    expect(name in bot.commands, f"there is no command {name} yet; there are {bot.commands}")
    try:
        return bot.replies(Message(text, user))
    except Exception as error:
        raise NotYet(f"{text!r} made your command raise {describe(error)}") from None


@exercise('make a Bot() and give it @adder.command("add").')
def exercise_1(bot: Bot) -> str:
    """`!add 2 3` is 5; words that are no numbers get a friendly text."""
    for text, total in {"!add 2 3": 5, "!add 10 -4 1": 7, "!add 8": 8}.items():
        found = replies(bot, text)
        joined = "".join(text.split()[1:])
        if found == [joined] and joined != str(total):
            raise NotYet(f"{text!r} gave {found}: the words were joined. int(word) makes numbers.")
        expect(found != [], f"{text!r} gave no reply. Does the command end with return?")
        expect(found == [str(total)], f"{text!r} gave {found}; expected ['{total}']")
    for text in ["!add two", "!add 1 2 cakes"]:
        found = replies(bot, text)
        friendly = len(found) == 1 and "numbers" in found[0]
        expect(friendly, f"{text!r} gave {found}; expected a text with the word 'numbers' in it")
    return "it adds, and is friendly to words"


@exercise('make a Bot() and give it @counter.command("count").')
def exercise_2(bot: Bot) -> str:
    """`!count 3` is three messages; never more than five."""
    three = replies(bot, "!count 3")
    one_text = three in (["1 2 3"], ["1\n2\n3"], ["123"], ["1, 2, 3"])
    expect(not one_text, "that is one message with all numbers; return a list of three texts")
    expect(three == ["1", "2", "3"], f"'!count 3' gave {three}; expected ['1', '2', '3']")
    expect(replies(bot, "!count 1") == ["1"], "'!count 1' should give one message")
    for many in ["!count 6", "!count 1000000"]:
        found = len(replies(bot, many))
        expect(found <= 5, f"{many!r} gave {found} messages; min(…, 5) keeps it at five")
        expect(found == 5, f"{many!r} gave {found} of the five messages it may give")
    return "it counts, and knows when to stop"


@exercise('make a Bot(), a dictionary for the counts, and @doorman.command("hi").')
def exercise_3(bot: Bot) -> str:
    """Each user has a count of their own; the check's users are new each time it runs."""
    exercise_3_runs[0] += 1
    ann, bob = f"Ann{exercise_3_runs[0]}", f"Bob{exercise_3_runs[0]}"
    said = [(ann, 1), (ann, 2), (bob, 1), (ann, 3), (bob, 2)]
    for user, times in said:
        found = replies(bot, "!hi", user)
        if found == [f"{user}: 1"] and times > 1:
            raise NotYet(f"{user} came again and is still at 1: keep the counts outside of hi")
        if user == bob and times == 1 and found == [f"{user}: 3"]:
            raise NotYet("Bob got Ann's count: use a dictionary, one number for each user")
        expect(found == [f"{user}: {times}"], f"found {found}; expected ['{user}: {times}']")
    return "it remembers each user"


exercise_3_runs = [0]  # so that a learner's dictionary, kept from the last run, does no harm
