"""A small exam that is solved in front of the learner: a jar of coins, as a Telegram bot.

notebooks/exams/coin_jar.ipynb has the brief, and one attempt after the other.
"""

from lessons.exams import advice
from lessons.exams.brief import Ask, Brief, Point

PUT_ADVICE = "Answer /put with how many coins are in the jar now."
SUM_ADVICE = "Add to what is in the jar already. What a person writes is a string: use int(…)."
TAKE_ADVICE = "Answer /take with how many coins are left."
NOT_ENOUGH_ADVICE = "If the jar has fewer coins, say that there are not enough."
KEPT_ADVICE = "If there are not enough coins, none is taken: the jar has as many as before."

BRIEF = Brief(
    "Coin jar",
    "coin_jar_bot",
    (
        Point(
            1,
            "/put puts coins into the jar",
            (
                Ask("/put 5", ("5",), PUT_ADVICE),
                Ask("/put 2", ("7",), SUM_ADVICE),
                Ask("/put 10", ("17",), SUM_ADVICE, who="Anna"),
            ),
        ),
        Point(
            2,
            "/take takes coins out",
            (
                Ask("/put 7", ("7",), PUT_ADVICE),
                Ask("/take 3", ("4",), TAKE_ADVICE),
                Ask("/take 99", ("not enough",), NOT_ENOUGH_ADVICE),
                Ask("/take 1", ("3",), KEPT_ADVICE),
                Ask("/take 3", ("0",), "All coins may be taken. Then 0 are left."),
            ),
        ),
        Point(
            3,
            "it says how to write what is missing or wrong",
            (
                Ask("/put", ("/put",), advice.describe_usage("/put", "5")),
                Ask("/take", ("/take",), advice.describe_usage("/take", "5")),
                Ask("/put five", ("/put",), advice.describe_usage("/put", "5")),
                Ask("/take five", ("/take",), advice.describe_usage("/take", "5")),
                Ask("/put 2", ("2",), PUT_ADVICE),
            ),
        ),
    ),
)
