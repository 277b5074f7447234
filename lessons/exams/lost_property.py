"""The exam "lost property": the box of a school, as a Telegram bot.

notebooks/exams/lost_property.ipynb has the brief that learners read.
"""

from lessons.exams.brief import Ask, Brief, Change, Fill, Point, PowerCut, Sticker

USERNAME = "lost_property_bot"
SCARF, HAT, GLOVE = "/found red scarf", "/found blue hat", "/found Green GLOVE"
LONG_THINGS = tuple(
    f"an umbrella, left in room {room} on a rainy morning, with a wooden handle, two small holes "
    "and a name inside that nobody can read"
    for room in range(101, 161)
)
LETTERS = " ".join(["wool"] * 800)

NUMBER = "Answer /found with the thing's number, and write # before it: #1."
NEXT_NUMBER = "Count the things: the next one has the next number."
LISTED = "List each thing with its number and all its words, as in: #1 red scarf."
EMPTY = "If nothing is in the box, /box says that it is empty."
BY_WORD = "List the things with this word in them. scarf, Scarf and SCARF are the same word: use "
BY_WORD += "lower() on both sides."
NOTHING = "If no thing has the word, say so, with the word nothing."
WORDS = "Answer /mine with the thing's words, so that people see what they take."
TAKEN = "After /mine, the thing is out of the box, and all others keep their numbers."
GONE = "Two people can't take one thing. The second one reads that it is gone."
TWICE = "A number is never used again, also when its thing has left the box. Keep the last number, "
TWICE += "or don't count the things that are there."
SAME_PERSON = (
    "The person who put a thing in may take it out by /oops. Keep that person's id with it."
)
NOT_YOURS = "This is another person with the same name. Only the id tells two people apart."
OTHERS = (
    "Only the person who put a thing in may take it out by /oops. For all others it stays, and "
)
OTHERS += "they read that it is not theirs: not yours."
IN_GROUP = "Answer in the chat in which somebody wrote. In a group, a command may have the bot's "
IN_GROUP += f"name behind it: /box@{USERNAME}."
ONE_BOX = "There is one box for everybody: a thing from a group is also there in a private chat."
KEPT = "Store each change in a file before you answer. After a power cut it is too late."
LAST_KEPT = "The last number must survive, too, or a number is used twice."
KEPT_PERSON = "The id of the person who put a thing in must survive, too."
FULL = "Each of sixty things gets a number. The box may hold 300."
PAGES = (
    "On Telegram, a message has 4096 characters at most. Send several messages: begin a new one "
)
PAGES += "before a thing that would be too much."
AFTER_STICKER = "A sticker has no text. Then message.text is None in Python, and undefined in "
AFTER_STICKER += "JavaScript."
AFTER_CHANGE = "If somebody changes a message, the update has an edited_message and no message. "
AFTER_CHANGE += "Leave it alone, or use update.effective_message."
PLAIN = "Send people's words without parse_mode. With it, Telegram reads < as the start of a tag."
EMOJI = "An emoji is text like any other. If you write a file, open it with encoding='utf-8'."
LONG = (
    "A thing may be nearly as long as a message. Then it needs a message of its own. Send no empty "
)
LONG += "message before it."


def usage(command: str, example: str) -> str:
    """Say what to answer if a word or a number is missing or wrong."""
    return f"If it is missing or wrong, say how to write it, as in: {command} {example}"


BRIEF = Brief(
    "Lost property",
    USERNAME,
    (
        Point(
            1,
            "/found puts a thing into the box and says its number",
            (
                Ask(SCARF, ("#1",), NUMBER),
                Ask(HAT, ("#2",), NEXT_NUMBER),
                Ask(GLOVE, ("#3",), NEXT_NUMBER, who="Anna"),
            ),
        ),
        Point(
            2,
            "/box lists all things in the box",
            (
                Ask("/box", ("empty",), EMPTY),
                Ask(SCARF, ("#1",), NUMBER),
                Ask("/box", ("#1", "red scarf"), LISTED),
                Ask(HAT, ("#2",), NEXT_NUMBER),
                Ask("/box", ("#1", "red scarf", "#2", "blue hat"), LISTED, who="Anna"),
            ),
        ),
        Point(
            3,
            "/lost lists the things with a word in them",
            (
                Ask(SCARF, ("#1",), NUMBER),
                Ask(HAT, ("#2",), NEXT_NUMBER),
                Ask("/found Green SCARF", ("#3",), NEXT_NUMBER),
                Ask("/lost hat", ("#2", "blue hat"), BY_WORD, absent=("scarf", "#1")),
                Ask("/lost scarf", ("#1", "red", "#3", "Green"), BY_WORD, absent=("hat",)),
                Ask("/lost SCARF", ("#1", "red", "#3", "Green"), BY_WORD, absent=("hat",)),
                Ask("/lost umbrella", ("nothing",), NOTHING, absent=("#1", "#2", "#3")),
            ),
        ),
        Point(
            4,
            "/mine takes a thing out of the box",
            (
                Ask(SCARF, ("#1",), NUMBER),
                Ask(HAT, ("#2",), NEXT_NUMBER),
                Ask(GLOVE, ("#3",), NEXT_NUMBER),
                Ask("/mine 1", ("red scarf",), WORDS, who="Anna"),
                Ask("/box", ("#2", "blue hat", "#3", "glove"), TAKEN, absent=("#1", "scarf")),
                Ask("/mine 1", ("gone",), GONE),
                Ask("/mine 99", ("gone",), "A thing that was never there is gone, too."),
                Ask("/mine 3", ("glove",), WORDS),
                Ask("/found yellow sock", ("#4",), TWICE),
            ),
        ),
        Point(
            5,
            "/oops takes a thing out, for the person who put it in",
            (
                Ask(SCARF, ("#1",), NUMBER, who="Anna"),
                Ask(HAT, ("#2",), NEXT_NUMBER, who="Anna"),
                Ask("/oops 1", ("not yours",), OTHERS),
                Ask("/oops 1", ("not yours",), NOT_YOURS, who="another Anna"),
                Ask("/box", ("#1", "red scarf", "#2"), OTHERS),
                Ask("/oops 1", (), SAME_PERSON, absent=("not yours",), who="Anna"),
                Ask("/box", ("#2", "blue hat"), SAME_PERSON, absent=("#1", "scarf")),
            ),
            sitting=2,
        ),
        Point(
            6,
            "it works in a group, with one box for everybody",
            (
                Ask(SCARF, ("#1",), IN_GROUP, who="Anna", in_group=True),
                Ask("/box", ("#1", "red scarf"), ONE_BOX),
                Ask(HAT, ("#2",), NEXT_NUMBER),
                Ask(f"/lost@{USERNAME} hat", ("#2",), IN_GROUP, who="Anna", in_group=True),
                Ask("/mine 1", ("red scarf",), ONE_BOX),
                Ask(f"/box@{USERNAME}", ("#2",), ONE_BOX, absent=("#1",), in_group=True),
            ),
            sitting=2,
        ),
        Point(
            7,
            "it says how to write what is missing or wrong",
            (
                Ask("/found", ("/found",), usage("/found", "red scarf")),
                Ask("/lost", ("/lost",), usage("/lost", "scarf")),
                Ask("/mine", ("/mine",), usage("/mine", "1")),
                Ask("/mine scarf", ("/mine",), usage("/mine", "1")),
                Ask("/box", ("empty",), "A /found without words puts nothing into the box."),
            ),
            later=(
                Ask("/oops", ("/oops",), usage("/oops", "1")),
                Ask("/oops scarf", ("/oops",), usage("/oops", "1")),
            ),
        ),
        Point(
            8,
            "the box survives a power cut",
            (
                Ask(SCARF, ("#1",), NUMBER),
                Ask(HAT, ("#2",), NEXT_NUMBER, who="Anna"),
                Ask(GLOVE, ("#3",), NEXT_NUMBER),
                Ask("/mine 3", ("glove",), WORDS),
                PowerCut(),
                Ask("/box", ("#1", "red scarf", "#2", "blue hat"), KEPT, absent=("glove",)),
                Ask("/found yellow sock", ("#4",), LAST_KEPT),
                Ask("/oops 2", ("not yours",), KEPT_PERSON),
                Ask(
                    "/oops 2",
                    (),
                    KEPT_PERSON,
                    ("not yours",),
                    "Anna",
                ),
            ),
            sitting=2,
        ),
        Point(
            9,
            "the box may hold many things",
            (
                Fill(tuple(f"/found {thing}" for thing in LONG_THINGS), FULL),
                Ask("/box", (*LONG_THINGS, "#1", "#60"), PAGES),
            ),
            sitting=2,
        ),
        Point(
            10,
            "nothing makes it fall silent",
            (
                Ask(SCARF, ("#1",), NUMBER),
                Sticker(),
                Ask("/box", ("red scarf",), AFTER_STICKER),
                Ask("/found a cup", ("#2",), NEXT_NUMBER),
                Change("/found a tea cup"),
                Ask("/box", ("red scarf",), AFTER_CHANGE),
                Ask("/found <b>", ("#",), PLAIN),
                Ask("/box", ("red scarf", "<b>"), PLAIN),
                Ask("/found 🧦 & 🎩", ("#",), EMOJI),
                Ask("/box", ("🧦 & 🎩",), EMOJI),
                Ask(f"/found {LETTERS}", ("#",), LONG),
                Ask("/box", ("red scarf", LETTERS), LONG),
                Ask("/lost wool", (LETTERS,), LONG, absent=("red scarf",)),
            ),
            sitting=2,
        ),
    ),
)
