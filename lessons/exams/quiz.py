"""The exam "quiz": questions and right and wrong answers, as a Telegram bot.

notebooks/exams/quiz.ipynb has the brief that learners read.
"""

from lessons.exams import advice
from lessons.exams.brief import Ask, Brief, CutPower, EditMessage, Point, SayToOthers, SendSticker

PLANET, RIVER = "/new Which planet is red? = Mars", "/new Where is the Nile? = in Africa"
LONG_QUESTION = " ".join(["Which"] * 660)
NEW_ADVICE = "Answer /new with the question's number, and write # before it: #1."
NEXT_NUMBER_ADVICE = "Count the questions: the next one has the next number."
ASK_ADVICE = "Answer /quiz with the words of the first question that this person hasn't answered."
HIDDEN_ADVICE = (
    "The answer is a secret until somebody has answered. Send only what is before the =."
)
NO_MORE_ADVICE = "If there is no question that this person hasn't answered, say: no more."
RIGHT_ADVICE = "A text without / is the answer to the last question that you asked this person. "
RIGHT_ADVICE += "Compare it with what is after the =, without the spaces around it: strip()."
SAME_ADVICE = "mars, MARS and Mars are the same answer. Use lower() and strip() on both sides."
WRONG_ADVICE = "If it is another answer, say that it is wrong, and what it should have been."
ONCE_ADVICE = (
    "A question is over as soon as it is answered, right or wrong. /quiz asks the next one."
)
WHOLE_ADVICE = "Compare the whole text with ==. If you compare with in, a part is right, too."
STAYS_OPEN_ADVICE = "A question stays open until its person answers it, even if they add one first."
SCORE_ADVICE = "Say how many were right, and of how many answers: 1 of 2."
NO_QUESTION_ADVICE = "Without an open question, say how to get one, as in: Write /quiz first."
USAGE_ADVICE = "If the =, the question or the answer is missing, say how to write it, as in: "
USAGE_ADVICE += "/new Which planet is red? = Mars"
NOT_ADDED_ADVICE = "What is written wrong is no question. Check it first, and add it then."
SPACES_ADVICE = "The = separates the question from its answer, with or without spaces around it."
EQUALS_ADVICE = "The answer is after the last =, because a question may have one, too: rpartition."
OTHERS_ADVICE = (
    "Each person has a question of their own. Keep it in a dictionary, by the person's id."
)
OWN_SCORE_ADVICE = (
    "Each person has a score of their own. Keep it in a dictionary, by the person's id."
)
SHARED_ADVICE = "The questions are for all people, whoever added them."
OPEN_ADVICE = "The question that is open for a person must survive, too." + advice.JSON
SAVED_WRONG_ADVICE = "A wrong answer must survive, too: the question is over, and it counts."
SAVED_SCORE_ADVICE = "The scores must survive, too." + advice.JSON
STICKER_ADVICE = "A sticker is no answer, and has no text. The question stays open."
EDITED_ANSWER_ADVICE = f"A changed message is not another answer.{advice.EDIT}"
EDITED_NEW_ADVICE = f"A changed message is not another question.{advice.EDIT}"
LONG_ADVICE = (
    "A message has 4096 characters at most. Send a long question without other words, or in "
)
LONG_ADVICE += "two messages."
UNKNOWN_ADVICE = (
    "Only a text without / is an answer. With filters.TEXT & ~filters.COMMAND, commands "
)
UNKNOWN_ADVICE += "that you don't know are no answers."
ADD_TWO_QUESTIONS = (
    Ask(PLANET, ("#1",), NEW_ADVICE),
    Ask(RIVER, ("#2",), NEXT_NUMBER_ADVICE),
)
ADD_TWO_MORE_QUESTIONS = (
    Ask(PLANET, ("#5",), NEXT_NUMBER_ADVICE),
    Ask(RIVER, ("#6",), NEXT_NUMBER_ADVICE),
)

BRIEF = Brief(
    "Quiz",
    "quiz_bot",
    (
        Point(
            1,
            "/new adds a question and says its number",
            (
                *ADD_TWO_QUESTIONS,
                Ask("/new How many legs? = 8", ("#3",), NEXT_NUMBER_ADVICE, who="Anna"),
                Ask("/new How many eyes?=2", ("#4",), SPACES_ADVICE),
            ),
        ),
        Point(
            2,
            "/quiz asks a question",
            (
                Ask("/quiz", ("no more",), NO_MORE_ADVICE),
                Ask(PLANET, ("#1",), NEW_ADVICE),
                Ask("/quiz", ("Which planet is red?",), HIDDEN_ADVICE, absent=("Mars", "no more")),
                Ask(
                    "/quiz",
                    ("Which planet is red?",),
                    OTHERS_ADVICE,
                    who="Anna",
                    absent=("Mars", "no more"),
                ),
                Ask(RIVER, ("#2",), NEXT_NUMBER_ADVICE),
                Ask("/quiz", ("Which planet is red?",), ASK_ADVICE, absent=("Nile",)),
            ),
        ),
        Point(
            3,
            "an answer is right or wrong",
            (
                *ADD_TWO_QUESTIONS,
                Ask("/quiz", ("Which planet is red?",), ASK_ADVICE),
                Ask("Mars", ("right",), RIGHT_ADVICE, absent=("wrong",)),
                Ask("/quiz", ("Where is the Nile?",), ONCE_ADVICE, absent=("planet",)),
                Ask("in Asia", ("wrong", "in Africa"), WRONG_ADVICE),
                Ask("/quiz", ("no more",), ONCE_ADVICE, absent=("planet", "Nile")),
                Ask(PLANET, ("#3",), NEXT_NUMBER_ADVICE),
                Ask("/quiz", ("Which planet is red?",), ASK_ADVICE, absent=("no more",)),
                Ask("  MARS ", ("right",), SAME_ADVICE, absent=("wrong",)),
                Ask(RIVER, ("#4",), NEXT_NUMBER_ADVICE),
                Ask("/quiz", ("Where is the Nile?",), ASK_ADVICE, absent=("no more",)),
                Ask("In AFRICA", ("right",), SAME_ADVICE, absent=("wrong",)),
                *ADD_TWO_MORE_QUESTIONS,
                Ask("/quiz", ("Which planet is red?",), ASK_ADVICE, absent=("no more",)),
                Ask("Mars or Venus", ("wrong",), WHOLE_ADVICE),
                Ask("/quiz", ("Where is the Nile?",), ASK_ADVICE, absent=("no more",)),
                Ask("Africa", ("wrong", "in Africa"), WHOLE_ADVICE),
            ),
        ),
        Point(
            4,
            "/score says how many were right",
            (
                Ask("/score", ("0 of 0",), SCORE_ADVICE),
                *ADD_TWO_QUESTIONS,
                Ask("/quiz", ("Which planet is red?",), ASK_ADVICE),
                Ask("/score", ("0 of 0",), "A question without an answer doesn't count yet."),
                Ask("Mars", ("right",), RIGHT_ADVICE),
                Ask("/score", ("1 of 1",), SCORE_ADVICE),
                Ask("/quiz", ("Where is the Nile?",), ASK_ADVICE),
                Ask("/new How many legs? = 8", ("#3",), NEXT_NUMBER_ADVICE),
                Ask("in Asia", ("wrong",), STAYS_OPEN_ADVICE),
                Ask("/score", ("1 of 2",), SCORE_ADVICE),
            ),
        ),
        Point(
            5,
            "it says how to write what is missing or wrong",
            (
                Ask("/new", ("/new",), USAGE_ADVICE),
                Ask("/new Which planet is red?", ("/new",), USAGE_ADVICE),
                Ask("/new Which planet is red? =", ("/new",), USAGE_ADVICE),
                Ask("/new = Mars", ("/new",), USAGE_ADVICE),
                Ask("/quiz", ("no more",), NOT_ADDED_ADVICE),
                Ask("Mars", ("/quiz",), NO_QUESTION_ADVICE, absent=("wrong", "right")),
                Ask("/new What is x in x = 1 + 2? = 3", ("#1",), EQUALS_ADVICE),
                Ask("3", ("/quiz",), NO_QUESTION_ADVICE, absent=("wrong", "right")),
                Ask("/quiz", ("What is x in x = 1 + 2?",), EQUALS_ADVICE),
                Ask("3", ("right",), EQUALS_ADVICE, absent=("wrong",)),
                Ask("3", ("/quiz",), ONCE_ADVICE, absent=("wrong", "right")),
            ),
        ),
        Point(
            6,
            "several people play at once",
            (
                *ADD_TWO_QUESTIONS,
                Ask("/quiz", ("planet",), ASK_ADVICE),
                Ask("/quiz", ("planet",), SHARED_ADVICE, who="Anna"),
                Ask("Mars", ("right",), OTHERS_ADVICE, who="Anna"),
                Ask("/quiz", ("Nile",), OTHERS_ADVICE, who="Anna"),
                Ask("Venus", ("wrong", "Mars"), OTHERS_ADVICE),
                Ask("in Africa", ("right",), OTHERS_ADVICE, who="Anna"),
                Ask("/score", ("2 of 2",), OWN_SCORE_ADVICE, who="Anna"),
                Ask("/score", ("0 of 1",), OWN_SCORE_ADVICE),
                Ask("/score", ("0 of 0",), advice.NAMESAKE, who="another Anna"),
                Ask("/quiz", ("planet",), advice.NAMESAKE, who="another Anna"),
            ),
        ),
        Point(
            7,
            "the quiz survives a power cut",
            (
                Ask(PLANET, ("#1",), NEW_ADVICE),
                CutPower(Ask(RIVER, ("#2",), NEXT_NUMBER_ADVICE)),
                CutPower(Ask("/quiz", ("planet",), advice.SAVING)),
                CutPower(Ask("Mars", ("right",), OPEN_ADVICE)),
                Ask("/score", ("1 of 1",), SAVED_SCORE_ADVICE),
                Ask("/quiz", ("Nile",), advice.SAVING, absent=("planet",)),
                Ask("/new How many legs? = 8", ("#3",), "The numbers must survive, too."),
                CutPower(Ask("in Asia", ("wrong",), WRONG_ADVICE)),
                Ask("/score", ("1 of 2",), SAVED_WRONG_ADVICE),
                Ask("/quiz", ("legs",), SAVED_WRONG_ADVICE, absent=("Nile",)),
            ),
        ),
        Point(
            8,
            "nothing makes it fall silent",
            (
                Ask("/new What is <b>? = bold", ("#1",), advice.PARSE_MODE),
                EditMessage("/new What is <b>? = fat"),
                Ask("/new What is 🧦? = a 🧦", ("#2",), EDITED_NEW_ADVICE, absent=("#3",)),
                Ask(f"/new {LONG_QUESTION}? = 1", ("#3",), LONG_ADVICE),
                Ask("/new What is <i> or a_b? = <b>", ("#4",), advice.PARSE_MODE),
                Ask("/quiz", ("What is <b>?",), advice.PARSE_MODE),
                SendSticker(),
                Ask("bold", ("right",), STICKER_ADVICE),
                Ask("/score", ("1 of 1",), STICKER_ADVICE),
                Ask("/quiz", ("What is 🧦?",), advice.EMOJI),
                EditMessage("7"),
                Ask("a 🧦", ("right",), EDITED_ANSWER_ADVICE),
                Ask("/score", ("2 of 2",), EDITED_ANSWER_ADVICE),
                Ask("/quiz", (LONG_QUESTION,), LONG_ADVICE),
                SayToOthers("/help"),
                Ask("1", ("right",), UNKNOWN_ADVICE),
                Ask("/score", ("3 of 3",), UNKNOWN_ADVICE),
                Ask("/quiz", ("What is <i> or a_b?",), advice.PARSE_MODE),
                Ask("<u> 🎩", ("wrong", "<b>"), advice.PARSE_MODE),
            ),
        ),
    ),
)
