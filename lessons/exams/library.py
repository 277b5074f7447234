"""The exam "library": books that people borrow in a chat, as a bot on Twitch.

notebooks/exams/library.ipynb has the brief that learners read.
"""

from lessons.alone.worlds import TwitchExamWorld
from lessons.exams import advice
from lessons.exams.brief import (
    AddMany,
    Ask,
    Brief,
    CutConnection,
    CutPower,
    Point,
    SayToOthers,
    SendPing,
)

MOMO, EMIL = "!add Momo", "!add Emil and the Detectives"
YEARS = range(1901, 1961)
TITLES = tuple(
    f"The year {year}, a history in many volumes, with very few pictures" for year in YEARS
)

NUMBER_ADVICE = "Answer !add with the book's number, and write # before it: #1."
NEXT_NUMBER_ADVICE = "Count the books: the next one has the next number."
LIST_ADVICE = "List each book with its number and its whole title, as in: #1 Momo."
EMPTY_ADVICE = "If the library has no book, !books says that it is empty."
COLON_ADVICE = (
    "A title may have a colon. In a line of IRC, the text begins after the second colon, "
)
COLON_ADVICE += "and all the rest belongs to it: split(':', 2)."
BORROW_ADVICE = "Answer !borrow with the book's title, so that people see what they get."
TAKEN_ADVICE = (
    "One book is for one person. The next one reads who has it: Viktor's login is viktor."
)
LENT_ADVICE = "A book that somebody has belongs to the library, so !books lists it, too."
NO_BOOK_ADVICE = "If no book has this number, say that there is no such book."
WHO_ADVICE = "List the books that this person has, each with its number and its title."
CASE_ADVICE = (
    "Viktor, viktor and @viktor are one person. Twitch's logins have small letters only: use "
)
CASE_ADVICE += "lower(), and remove the @."
OWN_NUMBER_ADVICE = "Each book keeps its own number in every list: don't count again in !who."
WHOLE_LOGIN_ADVICE = "Compare the whole login: a part of it is another person."
NO_LOANS_ADVICE = "If a person has no book, say so, with the word nothing."
OWNER_ADVICE = (
    "Only the person who has a book may return it. All others read that it is not theirs: "
)
OWNER_ADVICE += "not yours."
RETURN_ADVICE = "After !return, the book is in the library again, and others may borrow it."
QUIET_ADVICE = (
    "People chat here. Answer your own commands and nothing else, in one message if it fits."
)
PING_ADVICE = "Viktor may write PING, too. Only a line that begins with PING is Twitch's."
ONE_MESSAGE_ADVICE = "Put the whole reply into one message if it fits: all books, or the title and "
ONE_MESSAGE_ADVICE += "what you say about it."
MANY_ADVICE = "Each of sixty books gets a number."
LONG_LIST_ADVICE = (
    "In a chat of Twitch, a message has 500 characters at most, and the rest is cut. Send "
)
LONG_LIST_ADVICE += "several messages: begin a new one before a book that would be too much."
SAVED_READER_ADVICE = "Who has a book must survive, too."
RECONNECT_ADVICE = (
    "Your program didn't come back. A line can break at any time: put the connection into a "
)
RECONNECT_ADVICE += (
    "function, and call it in a loop, with try around it. Wait for a second before each try, "
)
RECONNECT_ADVICE += "and join the channel each time."
PONG_ADVICE = "Twitch sends PING :tmi.twitch.tv every five minutes, and cuts the line of a program "
PONG_ADVICE += "that is silent. Answer each line that begins with PING: PONG :tmi.twitch.tv"
REJOIN_ADVICE = "After a new connection, your program has to join the channel again."


BRIEF = Brief(
    "Library",
    "library_bot",
    (
        Point(
            1,
            "!add puts a book into the library and says its number",
            (
                Ask(MOMO, ("#1",), NUMBER_ADVICE),
                Ask(EMIL, ("#2",), NEXT_NUMBER_ADVICE),
                Ask("!add Matilda", ("#3",), NEXT_NUMBER_ADVICE, who="Anna"),
            ),
        ),
        Point(
            2,
            "!books lists all books",
            (
                Ask("!books", ("empty",), EMPTY_ADVICE),
                Ask(MOMO, ("#1",), NUMBER_ADVICE),
                Ask("!books", ("#1", "Momo"), LIST_ADVICE),
                Ask(EMIL, ("#2",), NEXT_NUMBER_ADVICE),
                Ask("!books", ("#1", "Momo", "#2", "Emil and the Detectives"), LIST_ADVICE),
                Ask("!add Asterix 1: the Gaul :)", ("#3",), NEXT_NUMBER_ADVICE),
                Ask("!books", ("#3", "Asterix 1: the Gaul :)"), COLON_ADVICE, who="Anna"),
            ),
        ),
        Point(
            3,
            "!borrow lends a book to one person",
            (
                Ask(MOMO, ("#1",), NUMBER_ADVICE),
                Ask(EMIL, ("#2",), NEXT_NUMBER_ADVICE),
                Ask("!borrow 1", ("Momo",), BORROW_ADVICE),
                Ask("!borrow 1", ("viktor",), TAKEN_ADVICE, who="Anna"),
                Ask("!borrow 1", ("viktor",), TAKEN_ADVICE),
                Ask("!books", ("#1", "Momo", "#2"), LENT_ADVICE),
                Ask("!borrow 2", ("Emil and the Detectives",), BORROW_ADVICE, who="Anna"),
                Ask("!borrow 2", ("anna",), TAKEN_ADVICE),
                Ask("!borrow 99", ("no such book",), NO_BOOK_ADVICE),
                Ask(
                    "!borrow 0", ("no such book",), "Books are counted from 1. There is no book 0."
                ),
            ),
        ),
        Point(
            4,
            "!who says what a person has",
            (
                Ask(MOMO, ("#1",), NUMBER_ADVICE),
                Ask(EMIL, ("#2",), NEXT_NUMBER_ADVICE),
                Ask("!add Matilda", ("#3",), NEXT_NUMBER_ADVICE),
                Ask("!who viktor", ("nothing",), NO_LOANS_ADVICE),
                Ask("!borrow 3", ("Matilda",), BORROW_ADVICE, who="Anna"),
                Ask("!who anna", ("#3", "Matilda"), OWN_NUMBER_ADVICE, absent=("nothing",)),
                Ask("!who ann", ("nothing",), WHOLE_LOGIN_ADVICE, absent=("Matilda",)),
                Ask("!borrow 1", ("Momo",), BORROW_ADVICE),
                Ask("!who viktor", ("#1", "Momo"), WHO_ADVICE, who="Anna", absent=("#2",)),
                Ask("!who Viktor", ("#1", "Momo"), CASE_ADVICE, who="Anna"),
                Ask("!who @viktor", ("#1", "Momo"), CASE_ADVICE),
                Ask("!who anna", ("Matilda",), WHO_ADVICE, absent=("Momo",)),
                Ask("!borrow 2", ("Emil",), BORROW_ADVICE),
                Ask("!who viktor", ("#1", "Momo", "#2", "Emil and the Detectives"), WHO_ADVICE),
            ),
        ),
        Point(
            5,
            "!return brings a book back",
            (
                Ask(MOMO, ("#1",), NUMBER_ADVICE),
                Ask("!borrow 1", ("Momo",), BORROW_ADVICE),
                Ask("!return 1", ("not yours",), OWNER_ADVICE, who="Anna"),
                Ask("!who viktor", ("Momo",), OWNER_ADVICE),
                Ask("!return 1", (), RETURN_ADVICE, absent=("not yours",)),
                Ask("!who viktor", ("nothing",), RETURN_ADVICE, absent=("Momo",)),
                Ask("!return 1", ("not yours",), OWNER_ADVICE),
                Ask("!borrow 1", ("Momo",), RETURN_ADVICE, who="Anna"),
                Ask("!return 1", ("not yours",), OWNER_ADVICE),
                Ask("!return 99", ("no such book",), NO_BOOK_ADVICE),
            ),
        ),
        Point(
            6,
            "it says how to write what is missing or wrong",
            (
                Ask("!add", ("!add",), advice.describe_usage("!add", "Momo")),
                Ask("!borrow", ("!borrow",), advice.describe_usage("!borrow", "1")),
                Ask("!borrow Momo", ("!borrow",), advice.describe_usage("!borrow", "1")),
                Ask("!return", ("!return",), advice.describe_usage("!return", "1")),
                Ask("!return Momo", ("!return",), advice.describe_usage("!return", "1")),
                Ask("!borrow ²", ("!borrow",), advice.NOT_A_NUMBER),
                Ask("!who", ("!who",), advice.describe_usage("!who", "viktor")),
                Ask("!books", ("empty",), "!add without a title adds no book."),
            ),
        ),
        Point(
            7,
            "it says nothing to what is not for it",
            (
                SayToOthers("good morning"),
                SayToOthers("!hello", who="Anna"),
                SayToOthers("I love !books"),
                Ask("!books", ("empty",), QUIET_ADVICE, most=1),
                SayToOthers("PING :tmi.twitch.tv"),
                Ask(MOMO, ("#1",), PING_ADVICE, most=1),
                SayToOthers("!bookshelf", who="Anna"),
                Ask("!books", ("Momo",), QUIET_ADVICE, most=1),
                Ask(EMIL, ("#2",), ONE_MESSAGE_ADVICE, most=1),
                Ask("!books", ("Momo", "Emil"), ONE_MESSAGE_ADVICE, most=1),
                Ask("!borrow 1", ("Momo",), ONE_MESSAGE_ADVICE, most=1),
            ),
        ),
        Point(
            8,
            "the library may have many books",
            (
                AddMany(tuple(f"!add {title}" for title in TITLES), MANY_ADVICE),
                Ask("!books", (*TITLES, "#1", "#60"), LONG_LIST_ADVICE),
                *(
                    Ask(f"!borrow {number}", (title,), BORROW_ADVICE)
                    for number, title in enumerate(TITLES[:8], 1)
                ),
                Ask("!who viktor", (*TITLES[:8], "#1", "#8"), LONG_LIST_ADVICE),
            ),
        ),
        Point(
            9,
            "the library survives a power cut",
            (
                Ask(MOMO, ("#1",), NUMBER_ADVICE),
                CutPower(Ask(EMIL, ("#2",), NEXT_NUMBER_ADVICE)),
                Ask("!books", ("#1", "Momo", "#2", "Emil"), advice.SAVING),
                CutPower(Ask("!borrow 1", ("Momo",), BORROW_ADVICE)),
                Ask("!borrow 1", ("viktor",), SAVED_READER_ADVICE, who="Anna"),
                CutPower(Ask("!return 1", (), RETURN_ADVICE, absent=("not yours",))),
                Ask("!borrow 1", ("Momo",), SAVED_READER_ADVICE, who="Anna"),
            ),
        ),
        Point(
            10,
            "it comes back when its line was cut",
            (
                Ask(MOMO, ("#1",), NUMBER_ADVICE),
                SendPing(PONG_ADVICE),
                CutConnection(RECONNECT_ADVICE),
                Ask("!books", ("Momo",), REJOIN_ADVICE, most=1),
                CutConnection(RECONNECT_ADVICE),
                Ask("!add Matilda", ("#2",), REJOIN_ADVICE, most=1),
            ),
        ),
    ),
    TwitchExamWorld,
)
