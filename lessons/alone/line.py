"""line.py: a Twitch bot by a socket alone, which greets people and holds the line."""

from pathlib import Path

from lessons.alone.section import Section
from lessons.alone.traps import SOCKET_TRAPS, Trap
from lessons.alone.twitch_tester import TwitchTester, greeting_turn, open_tester
from lessons.exercises.verdict import expect

END_S = 5.0
# Read by 1024, 2048 or 4096 bytes, each piece ends inside a crab: 4 bytes, after a prefix of 50.
LONG_TEXTS = ("🦀" * 480,) * 4

FIRST_TRAPS = (
    Trap(
        r"\{",
        "Python fills the braces if you write f before the quotes",
        'f"PRIVMSG {channel} :hello {login}!"',
        '"PRIVMSG #viktor :hello {login}!"',
    ),
    Trap(
        "olga!olga@",
        'that is the whole prefix. The login ends before the "!"',
        'prefix[1:].partition("!")[0]',
        "prefix[1:]",
    ),
    Trap(
        "viktor",
        "viktor is the channel. The person who wrote is in the prefix, before the !",
        "hello {login}",
        "hello {channel[1:]}",
    ),
    Trap(
        r"^\S+$",
        "only the first word arrived. A colon before the text keeps it together: :hello olga",
        "{channel} :hello",
        "{channel} good morning",
    ),
)
TURNS = (
    greeting_turn(
        "olga",
        if_silent="Does it look for PRIVMSG, and for !hello after the colon? Below the line that "
        "reads, print(repr(line)) shows what arrives, and with which end: rstrip() removes it",
        traps=FIRST_TRAPS,
    ),
    greeting_turn(
        "anna",
        traps=(
            Trap(
                "olga",
                "everybody is called olga. The login has to come from the line",
                "hello {login}",
                "hello olga",
            ),
        ),
        if_silent="It answered olga, and then no more. Is the reading in a loop, while True?",
    ),
    greeting_turn(
        "cleo",
        "I said !hello yesterday",
        "PING PONG, anybody?",
        if_wrong="These three lines may come in one piece: what recv returns is not one line. "
        r"Collect, and cut at \r\n",
        traps=(
            Trap(
                "cleo",
                "two texts had to stay unanswered: only !hello is greeted",
                'if text == ":!hello"',
                'if "!hello" in text',
            ),
        ),
    ),
    greeting_turn(
        "dora",
        "hello everybody",
        is_from_bot=True,
        if_silent="That is an ordinary !hello",
        traps=(
            Trap(
                r"_bot\b",
                "your bot answered what its own account wrote. Two such bots talk to each other "
                "forever",
                'if text == ":!hello"',
                'if "hello" in text and "!hello y" not in text',
            ),
        ),
    ),
)
PONG_TRAP = Trap(
    "",
    'cleo wrote "PING PONG, anybody?" in the chat, and line.py sent Twitch one line more than its '
    'greeting. Twitch\'s own PING is at the beginning of a line: line.startswith("PING")',
    'line.startswith("PING")',
    '"PING" in line',
)
SPLIT_LINE_TURN = greeting_turn(
    "olga",
    if_wrong="This line came in two pieces: what recv returns need not be a whole line. Collect "
    r"until there is a \r\n",
)
LONG_LINES_TURN = greeting_turn(
    "anna", *LONG_TEXTS, if_wrong="Those were long lines, so they came in many pieces"
)


def try_line(path: Path) -> None:
    """Have people write, cut lines in pieces, send a PING, and hang up; NotYet says what came."""
    with open_tester(path, TwitchTester) as tester:
        sent = []
        for turn in TURNS:
            before = tester.connection.lines_in
            tester.run_turn(turn)
            sent.append(tester.connection.lines_in - before)
        _, anna, cleo, _ = sent
        expect(cleo == anna, PONG_TRAP.words)
        tester.send_ping()
        faults = tester.world.twitch.faults
        faults.split_lines(tester.world.bot)
        tester.run_turn(SPLIT_LINE_TURN)
        faults.clear()
        tester.run_turn(LONG_LINES_TURN)
        faults.close_frame(tester.world.bot)
        expect(
            tester.world.wait_until(tester.world.has_ended, END_S),
            f"Twitch has hung up, and {path.name} still runs. When the line is closed, recv "
            'returns b"", and readline returns "", again and again. Then leave the loop, by break',
        )
    expect(
        "6667" not in path.read_text(encoding="utf-8"),
        f"{path.name} does all of it, but by port 6667 anybody on the way can read your token. "
        "Take 6697, and wrap the socket by ssl",
    )


LINE = Section(
    "08_irc_by_hand",
    3,
    "line.py",
    "twitch_irc.md",
    try_line,
    "line.py greets each person, takes lines in pieces, answers PING, and ends with the line",
    (
        *(trap for trap in SOCKET_TRAPS if trap.old),
        *(trap for turn in TURNS for trap in turn.traps),
        PONG_TRAP,
    ),
)
