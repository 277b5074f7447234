"""The thesis of the course in the learner's own words: kept for the card, and read kindly.

`judge` looks for three ideas by words that people use for them. It can't understand a text, so
it says which idea it hasn't found. It asks for another look at two things only: the course's own
sentences, unchanged, and platforms that have changed places. A text that isn't English is kept and
passes, because these words can't judge it.
"""

import re
from pathlib import Path

from lessons.exercises.verdict import NotYet, Untouched, expect
from lessons.progress.course_map import progress_folder

EXPLANATION_FILE = "explanation.txt"  # beside the learner's progress
FEWEST, MOST = 2, 5  # sentences: about three
FEWEST_WORDS = 12  # all together; some languages have no spaces between words
IDEAS = {  # what a sentence is about → the beginnings of words for it, in small letters
    "who begins, the platform or the bot": (
        r"call|phone|ring|ask|poll|listen|hear|connect|hold|wait|wake|woken|knock|notif|webhook"
        r"|begin|start|push|sends? (it|the|each|every|messages)|goes? to|request|hang|line"
    ),
    "what a function does between two calls": (
        r"sleep|asleep|stop|between|no\b|none|gone|away|nothing|off\b|does ?n.t|do ?n.t"
        r"|not (run|exist|there|alive)|is ?n.t|dies|dead|die\b|kill|end|unload|vanish"
        r"|disappear|shut|forget|nap|rest|cease"
        r"|exist|alive|awake|only (run|work|live)|while|remov|idle|close|finish|stays|pause|cold"
    ),
    "what is lost, or answered late": (
        r"los[te]|lose|losing|miss|late|never|nobody|no ?one|no-one|unanswered|unheard|vanish"
        r"|disappear|gone|keep|kept|stor|remember|forget|again|retry|retries|later|safe|drop"
        r"|not? (answer|message|heard)|ca ?n.t hear|does ?n.t (hear|know|see|notice)|without"
    ),
}
COURSE_SENTENCES = (  # the thesis, and the Recap of notebook 10
    "a bot that gets called can sleep",
    "a bot that asks may be late",
    "a bot that listens has to stay awake",
    "a function is killed at its limit",
    "what is said until the next one is on the line is lost: a gap",
    "if two instances overlap, each answers",
    "a store can stop that, but then two bots are awake",
    "leaving early, staying warm and calling itself don't close the gap",
    "it may even be cheap",
    "it is the wrong home because it lets go of the line",
)
CALL_VERBS = r"(?:calls?|phones?|rings?|wakes?)"
EXCHANGED = (  # a text that has both
    re.compile(rf"\btwitch {CALL_VERBS} (?:up )?(?:my|the|your|our|a) bot", re.IGNORECASE),
    re.compile(rf"\btelegram (?:does not|doesn.t|never) {CALL_VERBS}", re.IGNORECASE),
)
# English words alone: "in", "an", "is" and "bot" are words of other languages, too.
ENGLISH = re.compile(
    r"\b(the|it|and|that|this|because|when|does|not|my|your|with|can|calls)\b", re.IGNORECASE
)
SENTENCE_END = re.compile(r"[.!?…]+(?:\s|$)")


def judge(text: object) -> str:
    """Keep an explanation and return what it shows; NotYet names the first idea not found."""
    expect(isinstance(text, str), "write your sentences in quotes")
    words = str(text).strip()
    if not words.strip(".… "):
        raise Untouched
    keep_explanation(words)
    count = len(split_sentences(words))
    expect(
        not all(
            each.lstrip("- ").casefold() in COURSE_SENTENCES for each in split_sentences(words)
        ),
        "kept. Those are the course's words. What do you say to a friend who has not read them?",
    )
    expect(count >= FEWEST, "that is one sentence so far. Tell it in about three")
    expect(count <= MOST, f"these are {count} sentences. What is the shortest way to say it?")
    if not ENGLISH.search(words):
        expect(
            len(words.split()) >= FEWEST_WORDS or not words.isascii(),
            "kept. That is very short. Would a friend know why?",
        )
        return "your words are kept, in your own language."
    expect(
        not all(each.search(words) for each in EXCHANGED),
        "kept. Look again at who calls your bot. Have Telegram and Twitch changed places?",
    )
    for idea, signs in IDEAS.items():
        if not re.search(rf"\b(?:{signs})", words, re.IGNORECASE):
            missing = f"kept. I haven't found this yet: {idea}. Add it, or say it in other words"
            raise NotYet(missing)
    return "who begins, what a function does meanwhile, and what is lost: all there."


def split_sentences(text: str) -> list[str]:
    r"""Split a text into its sentences, or without full stops into its lines.

    >>> split_sentences("A function sleeps\nuntil it is called! Then it works.")
    ['A function sleeps\nuntil it is called', 'Then it works']
    >>> split_sentences("it is called\nso it sleeps")
    ['it is called', 'so it sleeps']
    """
    sentences = SENTENCE_END.split(text)
    if not any(each.strip() for each in sentences[1:]):
        sentences = text.splitlines()
    return [each.strip() for each in sentences if each.strip()]


def keep_explanation(text: str) -> None:
    """Write the explanation down; a later one replaces it."""
    progress_folder().parent.mkdir(parents=True, exist_ok=True)
    explanation_file().write_text(f"{text}\n", encoding="utf-8")


def kept_explanation() -> str:
    """Return the explanation, or "" if there is none yet."""
    try:
        return explanation_file().read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def explanation_file() -> Path:
    """Return the file with the explanation."""
    return progress_folder().parent / EXPLANATION_FILE
