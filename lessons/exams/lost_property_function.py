"""The exam "lost property" as a function that Telegram calls.

notebooks/exams/lost_property_function.ipynb has the brief that learners read. Its first points are
those of the program.
"""

from lessons.alone.worlds import WEBHOOK_SECRET, FunctionOnTelegram
from lessons.exams import advice, lost_property
from lessons.exams.brief import (
    AddMany,
    Ask,
    Brief,
    ForgeCall,
    Point,
    RepeatUpdate,
    ReplaceInstances,
)
from lessons.exams.lost_property import HAT, LONG_THINGS, NUMBER_ADVICE, SCARF, STRANGE_MESSAGES

SHARED_NUMBERS = (1, 2, 3, 4, 5, 7)  # of the program's points, which the function has, too
FORGED_ADVICE = "Telegram sends your TELEGRAM_SECRET in a header, and event['headers'] has it as "
FORGED_ADVICE += (
    "x-telegram-bot-api-secret-token. If it is another one, or if there is none, return the "
)
FORGED_ADVICE += "status 403 and do nothing else."
PREFIX_ADVICE = "Compare the whole secret, by hmac.compare_digest. Its beginning alone is wrong."
FORGED_THING_ADVICE = "Compare the secret first. What a forger writes must change nothing."
TWICE_ADVICE = "Telegram calls again if it has not seen your response. Keep the update_id of each "
TWICE_ADVICE += "update that you have done. If it comes again, return the status 200 and do "
TWICE_ADVICE += "nothing."
TWICE_ELSEWHERE_ADVICE = "The second call may reach another instance, which has none of your "
TWICE_ELSEWHERE_ADVICE += "variables. Keep the update_id in STORE_FOLDER."
TWICE_LATER_ADVICE = "Other people may write before Telegram calls again. So the last update_id "
TWICE_LATER_ADVICE += "isn't enough: keep all of them, or at least the last hundred."
NEW_UPDATE_ADVICE = "This is a new message with the same words. Only the update_id is another."
STORED_ADVICE = (
    "An instance may end after any response, and its variables with it. Keep the box in "
)
STORED_ADVICE += "the folder that the variable STORE_FOLDER names."
MANY_THINGS = (*LONG_THINGS[:35], *(f"a glove, number {number}" for number in range(36, 61)))
MORE_ADVICE = "A response carries one message, and a message has 4096 characters at most. List as "
MORE_ADVICE += "many things as fit, and say that there are more."
WHOLE_THINGS_ADVICE = "Things that fit are listed whole."


def shared_points() -> tuple[Point, ...]:
    """Return the points of the program that a function has, too, with numbers of their own."""
    program = {point.number: point for point in lost_property.BRIEF.points}
    shared = [program[number] for number in SHARED_NUMBERS]
    return tuple(
        Point(number, point.what, point.steps + point.later)
        for number, point in enumerate(shared, 1)
    )


BRIEF = Brief(
    "Lost property, as a function",
    lost_property.USERNAME,
    (
        *shared_points(),
        Point(
            7,
            "a forged call gets 403",
            (
                Ask(SCARF, ("#1",), NUMBER_ADVICE),
                ForgeCall("/found a trap", "guess", FORGED_ADVICE),
                ForgeCall("/mine 1", "", FORGED_ADVICE),
                ForgeCall("/mine 1", WEBHOOK_SECRET[:8], PREFIX_ADVICE),
                Ask("/box", ("#1", "red scarf"), FORGED_THING_ADVICE, absent=("trap",)),
            ),
        ),
        Point(
            8,
            "the box outlives an instance",
            (
                Ask(SCARF, ("#1",), NUMBER_ADVICE),
                Ask(HAT, ("#2",), NUMBER_ADVICE),
                ReplaceInstances(),
                Ask("/box", ("#1", "red scarf", "#2", "blue hat"), STORED_ADVICE),
                Ask("/mine 2", ("blue hat",), STORED_ADVICE),
                ReplaceInstances(),
                Ask("/box", ("#1",), STORED_ADVICE, absent=("#2",)),
                Ask("/found yellow sock", ("#3",), lost_property.SAVED_NUMBER_ADVICE),
            ),
        ),
        Point(
            9,
            "an update that comes twice counts once",
            (
                Ask(SCARF, ("#1",), NUMBER_ADVICE),
                RepeatUpdate(TWICE_ADVICE),
                Ask("/box", ("#1", "red scarf"), TWICE_ADVICE, absent=("#2",)),
                Ask(SCARF, ("#2",), NEW_UPDATE_ADVICE),
                RepeatUpdate(TWICE_ADVICE, is_new_instance=True),
                Ask(HAT, ("#3",), TWICE_ELSEWHERE_ADVICE, who="Anna"),
                RepeatUpdate(TWICE_LATER_ADVICE),
                Ask("/box", ("#3", "blue hat"), TWICE_LATER_ADVICE, absent=("#4",)),
            ),
        ),
        Point(
            10,
            "nothing makes it fall silent",
            (
                *STRANGE_MESSAGES,
                Ask("/found my_key", ("#",), advice.PARSE_MODE),
                Ask("/lost my_key", ("my_key",), advice.PARSE_MODE),
            ),
        ),
        Point(
            11,
            "one response carries one message",
            (
                AddMany(tuple(f"/found {thing}" for thing in MANY_THINGS), NUMBER_ADVICE),
                Ask("/box", ("#1", LONG_THINGS[0], "#20", "more"), MORE_ADVICE, most=1),
                Ask("/lost umbrella", ("#1", LONG_THINGS[0], "more"), MORE_ADVICE, most=1),
                Ask(
                    "/lost glove",
                    (*MANY_THINGS[35:], "#36", "#60"),
                    WHOLE_THINGS_ADVICE,
                    absent=("more",),
                ),
            ),
        ),
    ),
    FunctionOnTelegram,
)
