"""Checks of the side room IRC's fine print: a tag, a wait for the limits, lines from pieces."""

from typing import Any

from lessons.exercises.slips import Task, number_problem
from lessons.exercises.verdict import exercise

VIKTOR = ":viktor!viktor@viktor.tmi.twitch.tv PRIVMSG #viktor :"
TAGGED = f"@badges=broadcaster/1;display-name=Viktor;mod=0;room-id=7;id=b7ff;user-id=42 {VIKTOR}"
RESUB = r"@login=anna;system-msg=Anna\shas\ssubscribed! :tmi.twitch.tv USERNOTICE #viktor"


TAG_OF_TASK = Task(
    "tag_of(line, name)",
    [
        ((f"{TAGGED}!hello", "display-name"), "Viktor"),
        ((f"{TAGGED}!hello", "badges"), "broadcaster/1"),
        ((f"{TAGGED}!hello", "user-id"), "42"),
        ((f"{TAGGED}!hello", "id"), "b7ff"),
        ((RESUB, "system-msg"), "Anna has subscribed!"),
        ((f"@client-nonce=a=b;color= {VIKTOR}!hello", "client-nonce"), "a=b"),
        ((f"@client-nonce=a=b;color= {VIKTOR}!hello", "color"), ""),
        ((f"{TAGGED}!hello", "user"), None),
        ((f"{TAGGED}!hello", "vip"), None),
        ((f"{TAGGED}please ;vip=1; make me one", "vip"), None),
        ((f"{VIKTOR}@mod=1;mod=1 I am a moderator", "mod"), None),
        (("PING :tmi.twitch.tv", "mod"), None),
    ],
    {
        (
            '[1:].split(" ", 1)[0] if line.startswith("@") else ""',
            '.split(" ", 1)[0]',
        ): "the first tag begins after the @. Leave it out with line[1:]",
        ('[1:].split(" ", 1)[0] if line.startswith("@") else ""', "[1:]"): "the tags end at the "
        "first space. Cut there, or the rest of the line counts, too",
        ("key == name", "name in key"): "room-id has id in it, too. Compare the whole name with ==",
        ("key == name", "tag.startswith(name)"): "user-id begins with user, and is another tag. "
        "Compare the whole name with ==",
        ("key ==", "key in"): "id is in user-id, too. Compare the whole name with ==",
        ('value.replace("\\\\s", " ")', "value"): "there are still \\s in it. "
        'value.replace("\\\\s", " ") puts spaces there',
        ("= line", '= line.replace("\\\\s", " ")'): "the line was cut at a space that belongs to "
        "the value. First cut, then replace",
        """
        tags = line[1:].split(" ", 1)[0]
        for tag in tags.split(";"):
            parts = tag.split("=")
            if parts[0] == name:
                return parts[1].replace("\\\\s", " ")
        return None
        """: 'a value may have = in it. tag.partition("=") cuts only at the first one',
        ("return None", 'return ""'): "a tag that isn't there gives None. An empty text is a tag "
        "with an empty value",
        ("return None", 'return "None"'): "that is a text of four letters. Write None without "
        "quotes",
        """
        tags = line[1:].split(" ", 1)[0]
        found = {}
        for tag in tags.split(";"):
            key, sign, value = tag.partition("=")
            found[key] = value.replace("\\\\s", " ")
        return found[name]
        """: "found[name] is an error if the tag isn't there. found.get(name) gives None",
        'return line.split(name + "=")[1].split(";")[0].split(" ")[0].replace("\\\\s", " ")': (
            "room-id=… ends in id=, too. Cut the tags at each ; and compare whole names"
        ),
        """
        tags = line[1:].split(" ", 1)[0]
        for tag in tags.split(";"):
            key, sign, value = tag.partition("=")
            if key == name:
                return value.replace("\\\\s", " ")
            return None
        """: "the loop ended at the first tag. return None belongs after the loop, not inside it",
    },
    solution="""
        tags = line[1:].split(" ", 1)[0] if line.startswith("@") else ""
        for tag in tags.split(";"):
            key, sign, value = tag.partition("=")
            if key == name:
                return value.replace("\\\\s", " ")
        return None
    """,
)


@exercise(
    "define tag_of(line, name); it returns the value of a tag, or None.",
    'The tags are in the first word of the line: line[1:].split(" ", 1)[0]. A line without an @ '
    "at its beginning has none.",
    'Go through tags.split(";"). For each of them, key, sign, value = tag.partition("=").',
    'If key == name, return value.replace("\\\\s", " "). After the loop, return None.',
    task=TAG_OF_TASK,
    because="The tags are Twitch's word, and the text is the viewer's. A bot that mixes them up "
    "obeys anybody.",
)
def exercise_1(tag_of: Any) -> str:
    """The right tag of the right part of the line."""
    return f"{len(TAG_OF_TASK.cases)} tags, and nobody became a moderator by writing it"


NOW = 1000

WAIT_S_TASK = Task(
    "wait_s(sent, now, most)",
    [
        (([], NOW, 3), 0),
        (([998, 999], NOW, 3), 0),
        (([990, 990, 990], NOW, 3), 20),
        (([972, 985, 999], NOW, 3), 2),
        (([900, 900, 996, 996, 996], NOW, 3), 26),
        (([900, 900, 900, 996, 996], NOW, 3), 0),
        (([969, 998, 998], NOW, 3), 0),
        (([975, 980, 985, 990], NOW, 3), 10),
        (([990] * 20, NOW, 20), 20),
    ],
    {
        "return max(0, sent[-most] + 30 - now)": "there may be fewer messages. Ask first how "
        "many: if len(sent) < most",
        ("max(0, sent[-most] + 30 - now)", "sent[-most] + 30 - now"): "nobody waits less than 0 "
        "seconds: max(0, …)",
        ("[-most] +", "[0] +"): "you count from the first of all messages. Count from the end: "
        "sent[-most]",
        ("[-most]", "[-1]"): "you count from the last message. It is sent[-most] that must be 30 "
        "seconds old",
        ("[-most]", "[most]"): "the list doesn't go that far. From the end it is sent[-most]",
        ("max(0, sent[-most] + 30 - now)", "30"): "some of the 30 seconds have passed already",
        ("max(0, sent[-most] + 30 - now)", "30 - now - sent[-most]"): "the next message may go at "
        "sent[-most] + 30. Subtract now from that",
        ("sent[-most] + 30 - now", "now - sent[-most]"): "that is how old the message is. Wait "
        "until it is 30 seconds old",
        """
        recent = [at for at in sent if at > now - 30]
        return max(0, recent[0] + 30 - now) if len(recent) >= most else 0
        """: "more than that went lately, and then recent[0] is too old. Take recent[-most]",
        "return max(0, sent[-most] + 30 - now) if len(sent) > most else 0": "if exactly that many "
        "went, the next one has to wait, too: <, not <=",
    },
    kind=number_problem,
    solution="""
        if len(sent) < most:
            return 0
        return max(0, sent[-most] + 30 - now)
    """,
)


@exercise(
    "define wait_s(sent, now, most); it returns seconds.",
    "With fewer than `most` messages in the list there is nothing to wait for.",
    "Otherwise look at sent[-most]. When that one is 30 seconds old, there is room for the next.",
    "That is at sent[-most] + 30. How long from now? And max(0, …) keeps it from being negative.",
    task=WAIT_S_TASK,
    because="A bot that waits is never ignored. `Limits` in botlib/twitch/details/limits.py does "
    "the same for messages, logins and joins.",
)
def exercise_2(wait_s: Any) -> str:
    """So many messages in thirty seconds, never one more."""
    return "this bot is never silenced"


CRAB = "a crab: 🦀".encode()


def take_lines_problem(found: Any) -> str:
    """Say what is wrong with the kind of what take_lines gives; "" if nothing is."""
    if not isinstance(found, tuple | list) or len(found) != 2:
        return "expected two things, the lines and the rest: return lines, rest"
    lines, rest = found
    if not isinstance(lines, list):
        return "expected a list of lines first, and then the rest"
    return "" if isinstance(rest, bytes) else "the rest stays bytes, as it came"


TAKE_LINES_TASK = Task(
    "take_lines(rest, data)",
    [
        ((b"", b"PING :a\r\n"), (["PING :a"], b"")),
        ((b"", b"one\r\ntwo\r\nthree\r\n"), (["one", "two", "three"], b"")),
        ((b"", b"whole\r\nhal"), (["whole"], b"hal")),
        ((b"hal", b"f\r\n"), (["half"], b"")),
        ((b"", b"nothing whole"), ([], b"nothing whole")),
        ((b"nothing whole", b""), ([], b"nothing whole")),
        ((b"", b"cut before the end\r"), ([], b"cut before the end\r")),
        ((b"cut before the end\r", b"\nPI"), (["cut before the end"], b"PI")),
        *(((b"", CRAB[:-n]), ([], CRAB[:-n])) for n in (3, 2, 1)),
        *(((CRAB[:-n], CRAB[-n:] + b"\r\n"), (["a crab: 🦀"], b"")) for n in (3, 2, 1)),
    ],
    {
        'text = (rest + data).decode()\nparts = text.split("\\r\\n")\nrest = parts.pop()\n'
        "return parts, rest.encode()": "a 🦀 takes four bytes, and a piece may end in its "
        "middle. First split the bytes, then decode whole lines",
        ("(rest + data)", "data"): "what was left over last time is lost. Begin with rest + data",
        ("[part.decode() for part in parts]", "parts"): "the lines are still bytes. part.decode() "
        "turns each into a text",
        ("part.decode()", "str(part)"): "str() writes bytes as a program would, with b and "
        "quotes. Take part.decode()",
        'parts = (rest + data).split("\\r\\n")\nrest = parts.pop()\nreturn parts, rest': "bytes "
        'are split at bytes. Write .split(b"\\r\\n"), with a b before the quotes',
        """
        parts = (rest + data).split(b"\\r\\n")
        lines = [part.decode() for part in parts]
        rest = parts.pop()
        return lines, rest
        """: "what comes after the last line end is no whole line. parts.pop() belongs before the "
        "loop",
        ("[part.decode() for part in parts]", "parts.decode()"): "a list can't be decoded, only "
        "the bytes in it. Go through it with a loop",
        (
            "[part.decode() for part in parts], rest",
            "rest, [part.decode() for part in parts]",
        ): "the lines come first, and then the rest. Write return lines, rest",
        (", rest", ", rest.decode(errors='replace')"): "the rest stays bytes, because it may be "
        "half a character",
        ('"\\r\\n"', '"\\n"'): "there is still a \\r at the end. A line ends with both: split at "
        'b"\\r\\n"',
        'return [part.decode() for part in (rest + data).splitlines()], b""': "splitlines() "
        'doesn\'t tell a whole line from a half one. Split at b"\\r\\n", then parts.pop()',
        ("rest = parts", "parts"): "the old rest came back. Keep what pop gives: rest = "
        "parts.pop()",
    },
    kind=take_lines_problem,
    solution="""
        parts = (rest + data).split(b"\\r\\n")
        rest = parts.pop()
        return [part.decode() for part in parts], rest
    """,
)


@exercise(
    "define take_lines(rest, data); it returns the lines and the rest.",
    "First put the two together: rest + data. Then split that at the line ends.",
    "What comes after the last line end is no whole line. parts.pop() takes it out of the list. It "
    "is the new rest, even if it is empty.",
    "Only now decode: each part that is left becomes a text by part.decode().",
    task=TAKE_LINES_TASK,
    because="A connection carries bytes and knows neither lines nor letters. A bot has to put "
    "them together, and LineBuffer in botlib does just this.",
)
def exercise_3(take_lines: Any) -> str:
    """Lines whole whatever the pieces, and a crab cut in two."""
    return f"{len(TAKE_LINES_TASK.cases)} reads, every line whole, and the crab alive"
