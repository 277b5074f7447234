"""The exam "lost property": the box of a school, as a Telegram bot.

notebooks/exams/lost_property.ipynb has the brief that learners read.
"""

from lessons.exams import advice
from lessons.exams.brief import AddMany, Ask, Brief, CutPower, EditMessage, Point, SendSticker, Step

USERNAME = "lost_property_bot"
SCARF, HAT, GLOVE = "/found red scarf", "/found blue hat", "/found Green GLOVE"
LONG_THINGS = tuple(
    f"an umbrella, left in room {room} on a rainy morning, with a wooden handle, two small holes "
    "and a name inside that nobody can read"
    for room in range(101, 161)
)
LONGEST_THING = " ".join(["wool"] * 800)

NUMBER_ADVICE = "Answer /found with the thing's number, and write # before it: #1."
NEXT_NUMBER_ADVICE = "Count the things: the next one has the next number."
LIST_ADVICE = "List each thing with its number and all its words, as in: #1 red scarf."
EMPTY_BOX_ADVICE = "If nothing is in the box, /box says that it is empty."
NOT_EMPTY_ADVICE = "Now the box is no longer empty. Say that only if there is nothing to list."
SEARCH_ADVICE = "List the things with this word in them, each with its number, as /box does. "
SEARCH_ADVICE += "scarf, Scarf and SCARF are the same word: use lower() on both sides."
NO_MATCH_ADVICE = "If no thing has the word, say so, with the word nothing."
TAKE_ADVICE = "Answer /mine with the thing's words, so that people see what they take. What they "
TAKE_ADVICE += 'write is a text, and "1" is not equal to 1: int(…) makes it a number. In a list, '
TAKE_ADVICE += "the first place is 0."
TAKEN_ADVICE = "After /mine, the thing is out of the box, and all others keep their numbers."
GONE_ADVICE = "Two people can't take one thing. The second one reads that it is gone."
REUSED_NUMBER_ADVICE = "A number is never used again, also when its thing has left the box. "
REUSED_NUMBER_ADVICE += "Keep the last number, or don't count the things that are there."
OWNER_ADVICE = (
    "The person who put a thing in may take it out by /oops. Keep that person's id with it."
)
OOPS_GONE_ADVICE = "If a thing isn't in the box, /oops says that it is gone, as /mine does."
STRANGER_ADVICE = (
    "Only the person who put a thing in may take it out by /oops. For all others it stays, and "
)
STRANGER_ADVICE += "they read that it is not theirs: not yours."
GROUP_ADVICE = (
    "Answer in the chat in which somebody wrote. In a group, a command may have the bot's "
)
GROUP_ADVICE += f"name behind it: /box@{USERNAME}."
SHARED_BOX_ADVICE = "There is one box for everybody: a thing from a group is also there in a "
SHARED_BOX_ADVICE += "private chat."
SAVED_NUMBER_ADVICE = "The last number must survive, too, or a number is used twice." + advice.JSON
SAVED_OWNER_ADVICE = "A thing's number and its person's id must survive, too." + advice.JSON
MANY_THINGS_ADVICE = "Each of sixty things gets a number. The box may hold 300."
LONG_LIST_ADVICE = (
    "On Telegram, a message has 4096 characters at most. Send several messages: begin a new one "
)
LONG_LIST_ADVICE += "before a thing that would be too much, and not for each thing."
MOST_LISTS = 20  # messages; four are enough
STICKER_ADVICE = "A sticker has no text. Then message.text is None in Python, undefined in "
STICKER_ADVICE += "JavaScript, and an update as a dictionary has no 'text': message.get('text')."
EDITED_THING_ADVICE = f"A changed message is not a new thing.{advice.EDIT}"
LONG_THING_ADVICE = (
    "A thing may be nearly as long as a message. Then it needs a message of its own. Send no empty "
)
LONG_THING_ADVICE += "message before it."


STRANGE_MESSAGES: tuple[Step, ...] = (
    Ask(SCARF, ("#1",), NUMBER_ADVICE),
    SendSticker(),
    Ask("/box", ("red scarf",), STICKER_ADVICE),
    Ask("/found a cup", ("#2",), NEXT_NUMBER_ADVICE),
    EditMessage("/found a tea cup"),
    Ask("/box", ("red scarf", "#2", "cup"), EDITED_THING_ADVICE, absent=("#3",)),
    Ask("/found <b>", ("#",), advice.PARSE_MODE),
    Ask("/box", ("red scarf", "<b>"), advice.PARSE_MODE),
    Ask("/found 🧦 & 🎩", ("#",), advice.EMOJI),
    Ask("/box", ("🧦 & 🎩",), advice.EMOJI),
)

BRIEF = Brief(
    "Lost property",
    USERNAME,
    (
        Point(
            1,
            "/found puts a thing into the box and says its number",
            (
                Ask(SCARF, ("#1",), NUMBER_ADVICE),
                Ask(HAT, ("#2",), NEXT_NUMBER_ADVICE),
                Ask(GLOVE, ("#3",), NEXT_NUMBER_ADVICE, who="Anna"),
            ),
        ),
        Point(
            2,
            "/box lists all things in the box",
            (
                Ask("/box", ("empty",), EMPTY_BOX_ADVICE),
                Ask(SCARF, ("#1",), NUMBER_ADVICE),
                Ask("/box", ("#1", "red scarf"), LIST_ADVICE),
                Ask("/box", ("#1",), NOT_EMPTY_ADVICE, absent=("empty",)),
                Ask(HAT, ("#2",), NEXT_NUMBER_ADVICE),
                Ask("/box", ("#1", "red scarf", "#2", "blue hat"), LIST_ADVICE, who="Anna"),
            ),
        ),
        Point(
            3,
            "/lost lists the things with a word in them",
            (
                Ask(SCARF, ("#1",), NUMBER_ADVICE),
                Ask(HAT, ("#2",), NEXT_NUMBER_ADVICE),
                Ask("/found Green SCARF", ("#3",), NEXT_NUMBER_ADVICE),
                Ask("/lost hat", ("#2", "blue hat"), SEARCH_ADVICE, absent=("scarf", "#1")),
                Ask("/lost scarf", ("#1", "red", "#3", "Green"), SEARCH_ADVICE, absent=("hat",)),
                Ask("/lost SCARF", ("#1", "red", "#3", "Green"), SEARCH_ADVICE, absent=("hat",)),
                Ask("/lost umbrella", ("nothing",), NO_MATCH_ADVICE, absent=("#1", "#2", "#3")),
            ),
        ),
        Point(
            4,
            "/mine takes a thing out of the box",
            (
                Ask(SCARF, ("#1",), NUMBER_ADVICE),
                Ask(HAT, ("#2",), NEXT_NUMBER_ADVICE),
                Ask(GLOVE, ("#3",), NEXT_NUMBER_ADVICE),
                Ask("/mine 1", ("red scarf",), TAKE_ADVICE, who="Anna"),
                Ask(
                    "/box", ("#2", "blue hat", "#3", "glove"), TAKEN_ADVICE, absent=("#1", "scarf")
                ),
                Ask("/mine 1", ("gone",), GONE_ADVICE),
                Ask("/mine 99", ("gone",), "A thing that was never there is gone, too."),
                Ask("/mine 3", ("glove",), TAKE_ADVICE),
                Ask("/found yellow sock", ("#4",), REUSED_NUMBER_ADVICE),
            ),
        ),
        Point(
            5,
            "/oops takes a thing out, for the person who put it in",
            (
                Ask(SCARF, ("#1",), NUMBER_ADVICE, who="Anna"),
                Ask(HAT, ("#2",), NEXT_NUMBER_ADVICE, who="Anna"),
                Ask("/oops 1", ("not yours",), STRANGER_ADVICE),
                Ask("/oops 1", ("not yours",), advice.NAMESAKE, who="another Anna"),
                Ask("/box", ("#1", "red scarf", "#2"), STRANGER_ADVICE),
                Ask("/oops 1", (), OWNER_ADVICE, absent=("not yours",), who="Anna"),
                Ask("/box", ("#2", "blue hat"), OWNER_ADVICE, absent=("#1", "scarf")),
                Ask("/oops 1", ("gone",), OOPS_GONE_ADVICE, who="Anna"),
                Ask("/oops 99", ("gone",), OOPS_GONE_ADVICE),
            ),
            sitting=2,
        ),
        Point(
            6,
            "it works in a group, with one box for everybody",
            (
                Ask(SCARF, ("#1",), GROUP_ADVICE, who="Anna", in_group=True),
                Ask("/box", ("#1", "red scarf"), SHARED_BOX_ADVICE),
                Ask(HAT, ("#2",), NEXT_NUMBER_ADVICE),
                Ask(f"/lost@{USERNAME} hat", ("#2",), GROUP_ADVICE, who="Anna", in_group=True),
                Ask("/oops 1", ("not yours",), STRANGER_ADVICE, in_group=True),
                Ask("/mine 1", ("red scarf",), SHARED_BOX_ADVICE),
                Ask(f"/box@{USERNAME}", ("#2",), SHARED_BOX_ADVICE, absent=("#1",), in_group=True),
            ),
            sitting=2,
        ),
        Point(
            7,
            "it says how to write what is missing or wrong",
            (
                Ask("/found", ("/found",), advice.describe_usage("/found", "red scarf")),
                Ask("/lost", ("/lost",), advice.describe_usage("/lost", "scarf")),
                Ask("/mine", ("/mine",), advice.describe_usage("/mine", "1")),
                Ask("/mine scarf", ("/mine",), advice.describe_usage("/mine", "1")),
                Ask("/box", ("empty",), "A /found without words puts nothing into the box."),
            ),
            later=(
                Ask("/oops", ("/oops",), advice.describe_usage("/oops", "1")),
                Ask("/oops scarf", ("/oops",), advice.describe_usage("/oops", "1")),
                Ask("/mine ²", ("/mine",), advice.NOT_A_NUMBER),
            ),
        ),
        Point(
            8,
            "the box survives a power cut",
            (
                Ask(SCARF, ("#1",), NUMBER_ADVICE),
                Ask(HAT, ("#2",), NEXT_NUMBER_ADVICE, who="Anna"),
                Ask(GLOVE, ("#3",), NEXT_NUMBER_ADVICE),
                CutPower(Ask("/mine 3", ("glove",), TAKE_ADVICE)),
                Ask(
                    "/box", ("#1", "red scarf", "#2", "blue hat"), advice.SAVING, absent=("glove",)
                ),
                CutPower(Ask("/found yellow sock", ("#4",), SAVED_NUMBER_ADVICE)),
                Ask("/box", ("#1", "red scarf", "#4", "yellow sock"), advice.SAVING),
                Ask("/oops 2", ("not yours",), SAVED_OWNER_ADVICE),
                CutPower(Ask("/oops 2", (), SAVED_OWNER_ADVICE, absent=("not yours",), who="Anna")),
                Ask("/box", ("#1", "red scarf", "#4"), advice.SAVING, absent=("blue hat",)),
            ),
            sitting=2,
        ),
        Point(
            9,
            "the box may hold many things",
            (
                AddMany(tuple(f"/found {thing}" for thing in LONG_THINGS), MANY_THINGS_ADVICE),
                Ask("/box", (*LONG_THINGS, "#1", "#60"), LONG_LIST_ADVICE, most=MOST_LISTS),
                Ask("/lost umbrella", (*LONG_THINGS, "#60"), LONG_LIST_ADVICE, most=MOST_LISTS),
            ),
            sitting=2,
        ),
        Point(
            10,
            "nothing makes it fall silent",
            (
                *STRANGE_MESSAGES,
                Ask(f"/found {LONGEST_THING}", ("#",), LONG_THING_ADVICE),
                Ask("/box", ("red scarf", LONGEST_THING), LONG_THING_ADVICE),
                Ask("/lost wool", (LONGEST_THING,), LONG_THING_ADVICE, absent=("red scarf",)),
            ),
            sitting=2,
        ),
    ),
)
