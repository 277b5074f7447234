"""comeback.py: the same bot, which comes back when its line breaks or falls silent."""

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bot_sandbox import TwitchAccount
from bot_sandbox.twitch.connection import ConnectionRecord
from lessons.alone.hurry import SPEED
from lessons.alone.line import TURNS
from lessons.alone.section import Section
from lessons.alone.traps import Trap
from lessons.alone.turns import Turn
from lessons.alone.twitch_tester import TwitchTester, greeting_turn, open_tester
from lessons.exercises.verdict import NotYet, expect

HURRY_FILE = Path(__file__).with_name("hurry.py")
QUIET_S = 290.0  # Twitch may say nothing for so long, and the line is well
LONGEST_SILENCE_S = 900.0  # after that a silent line is dead for everybody
MEASURED_PAUSES = 8  # failed tries: 1, 2, 4, 8, 16, 32, 60, 60 seconds
LONGEST_PAUSE_S = 60.0
FIRST_PAUSE_S = 5.0
ENOUGH_LOGINS = 5
REAL_TIMEOUT_S = 10.0  # for what takes a moment

SECOND_LOOP_TRAP = Trap(
    "",
    "When the line is closed, recv and readline return nothing, and the loop that reads is over. "
    "Put a second while True around it, with the dialing in it",
    "    time.sleep(pause)\n",
    "    break\n",
)
NO_EXCEPT_TRAP = Trap(
    "", "Nothing came for as long as the timeout says", "except OSError", "except ValueError"
)
IMPATIENT_TRAP = Trap(
    "",
    "there was no line for 290 seconds, and comeback.py dialed again. That was an ordinary "
    "quiet evening: Twitch sends a PING about every 300 seconds. Wait longer than that",
    "SILENCE_S = 360",
    "SILENCE_S = 30",
)
NO_TIMEOUT_TRAP = Trap(
    "",
    "comeback.py still listened after 15 minutes. If a socket has a timeout, it raises "
    "TimeoutError then",
    ", timeout=SILENCE_S",
    "",
)
NO_PAUSE_TRAP = Trap(
    "",
    "comeback.py tried again and again without a pause. Before each try: time.sleep(pause)",
    "    time.sleep(pause)\n",
    "",
)
SAME_PAUSE_TRAP = Trap(
    "", "Each pause should be twice as long as the one before", "pause * 2", "pause"
)
LONG_PAUSE_TRAP = Trap(
    "", "No pause should be longer than 60 seconds", "min(60, pause * 2)", "pause * 2"
)
KEPT_PAUSE_TRAP = Trap(
    "",
    "Begin with a short pause again when it is in the channel",
    "                pause = 1\n",
    "",
)
STUBBORN_TRAP = Trap(
    "",
    f"Twitch refused the login, and comeback.py tried again, {ENOUGH_LOGINS} times. The token "
    "won't get better. Look for Twitch's own \"NOTICE * :\", say it, and end",
    'raise SystemExit(f"Twitch refuses the login: {line}")',
    "print(line)",
)
BARE_EXCEPT_TRAP = Trap(
    "",
    f"Twitch refused the login, and comeback.py tried again, {ENOUGH_LOGINS} times. A bare except: "
    "catches SystemExit, too, so nothing ends it. Write except OSError",
    'except OSError as error:\n        print("the line broke:", error)',
    'except:\n        print("the line broke")',
)
EARLY_RESET_TRAP = Trap(
    "",
    "A connection doesn't mean that Twitch has let it in. Begin with 1 second again when Twitch's "
    "first line has come",
    '            type_in(wire, "JOIN #viktor")\n',
    '            type_in(wire, "JOIN #viktor")\n            pause = 1\n',
)
GULLIBLE_TRAP = Trap(
    "",
    "Anybody may write such words. Only a line that begins with :tmi.twitch.tv is Twitch's own",
    'line.startswith(":tmi.twitch.tv NOTICE * :")',
    '"Login authentication failed" in line',
)
MISLEADING_TEXTS = (
    "RECONNECT",
    "Login authentication failed",
    ":tmi.twitch.tv NOTICE * :oh",
    "the line broke",
)
MISLEADING_TURN = greeting_turn("cleo", *MISLEADING_TEXTS, if_wrong=GULLIBLE_TRAP.words)


class ComebackTester(TwitchTester):
    """Breaks the line of a program in every way, and looks whether it comes back."""

    ended = f"has ended. {SECOND_LOOP_TRAP.words}"
    log: Path  # of hurry.py

    def pauses(self) -> list[float]:
        """Return how long the program wanted to pause each time, in seconds."""
        lines = self.log.read_text(encoding="utf-8") if self.log.exists() else ""
        return [float(line) for line in lines.split()]

    def expect_back(self, what: str, seconds: float, old: ConnectionRecord, turn: Turn) -> None:
        """Expect the program on a newer connection than this, and have somebody write."""
        if not self.world.wait_ready(seconds, old):
            loop = "A closed line stays closed, so the dialing belongs into the loop"
            runs = f"comeback.py still runs, but it didn't come back. {loop}"
            raise NotYet(f"{what}. {self.describe_program_state() or runs}")
        self.run_turn(turn)

    def break_connection(
        self, what: str, fault: Callable[[TwitchAccount], None], turn: Turn
    ) -> None:
        """Break the line, expect the program back, and have somebody write."""
        is_there = self.world.wait_ready(REAL_TIMEOUT_S)
        old = self.connection
        if is_there:  # its own timeout may have ended it
            fault(self.world.bot)
        self.expect_back(what, REAL_TIMEOUT_S, old, turn)

    def stay_quiet(self) -> None:
        """Say nothing for a while that is no reason to hang up."""
        old = self.connection
        self.world.wait_until(
            lambda: self.connection != old or self.world.has_ended(), QUIET_S / SPEED
        )
        expect(self.connection == old and not self.world.has_ended(), IMPATIENT_TRAP.words)

    def silence_connection(self, turn: Turn) -> None:
        """Let nothing through anymore, on a line that looks open."""
        old = self.connection
        self.world.twitch.faults.silence(self.world.bot)
        is_back = self.world.wait_ready(LONGEST_SILENCE_S / SPEED, old)
        what = "the line fell silent: it looked open, but nothing came through"
        expect(is_back or self.world.has_ended(), f"{what}. {NO_TIMEOUT_TRAP.words}")
        self.expect_back(what, 0.0, old, turn)

    def expect_growing_pauses(
        self, what: str, begin: Callable[[], None], end: Callable[[], None], advice: str, turn: Turn
    ) -> None:
        """Let each try fail, look how long the program waits before the next, and let it back."""
        before, old = len(self.pauses()), self.connection
        begin()
        self.world.wait_until(
            lambda: len(self.pauses()) >= before + MEASURED_PAUSES or self.world.has_ended(),
            REAL_TIMEOUT_S,
        )
        pauses = self.pauses()[before:][:MEASURED_PAUSES]
        end()
        expect(not self.world.has_ended(), f"{what}. {self.describe_program_state()}")
        expect(bool(pauses), f"{what}, and {NO_PAUSE_TRAP.words}")
        shown = f"{what}, and comeback.py paused {format_seconds(pauses)} seconds"
        expect(pauses[0] <= FIRST_PAUSE_S, f"{shown}. {KEPT_PAUSE_TRAP.words}")
        later = [0.0, *pauses[MEASURED_PAUSES // 2 :]]
        expect(max(later) >= 2 * max(pauses[:2]), f"{shown}. {advice}")
        expect(max(pauses) <= LONGEST_PAUSE_S, f"{shown}. {LONG_PAUSE_TRAP.words}")
        self.expect_back("Twitch is there again", REAL_TIMEOUT_S, old, turn)

    def stop_twitch(self, turn: Turn) -> None:
        """Take Twitch away for a while."""
        faults = self.world.twitch.faults
        self.expect_growing_pauses(
            "Twitch can't be reached", faults.stop, faults.start, SAME_PAUSE_TRAP.words, turn
        )

    def hang_up_at_login(self, turn: Turn) -> None:
        """Let Twitch take each connection for a while, and break it before it says a word."""
        twitch = self.world.twitch
        usual = twitch.settings.pending_lines

        def break_new_connections() -> None:
            twitch.settings.pending_lines = 0  # the welcome is a line too many
            twitch.faults.drop(self.world.bot)

        def accept_logins() -> None:
            twitch.settings.pending_lines = usual

        what = "Twitch took each connection, and hung up before it let your bot in"
        self.expect_growing_pauses(
            what, break_new_connections, accept_logins, EARLY_RESET_TRAP.words, turn
        )

    def refuse_login(self) -> None:
        """Refuse the login, as for a token that is no longer valid."""
        twitch = self.world.twitch
        most = len(twitch.connections()) + ENOUGH_LOGINS
        twitch.faults.refuse_login(self.world.bot, n=1000)
        twitch.faults.drop(self.world.bot)
        self.world.wait_until(
            lambda: self.world.has_ended() or len(twitch.connections()) > most, REAL_TIMEOUT_S
        )
        code = self.path.read_text(encoding="utf-8")
        is_caught = re.search(r"except\s*:", code) and "exit" in code.casefold()
        trap = BARE_EXCEPT_TRAP if is_caught else STUBBORN_TRAP
        expect(self.world.has_ended(), trap.words)


def try_comeback(path: Path) -> None:
    """Break a program's line in every way; NotYet says after which it didn't come back."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = Path(folder, "pauses")
        with open_tester(path, ComebackTester, (str(HURRY_FILE), str(log))) as tester:
            tester.log = log
            olga, anna, *_ = TURNS
            tester.run_turn(olga)
            tester.stay_quiet()
            tester.send_ping()
            faults = tester.world.twitch.faults
            tester.break_connection("Twitch hung up", faults.close_frame, anna)
            tester.break_connection("somebody tripped over the cable", faults.drop, olga)
            connection = tester.connection
            tester.run_turn(MISLEADING_TURN)
            wrote = f"cleo wrote {', '.join(MISLEADING_TEXTS)}, and it dialed"
            expect(connection.open, f"{wrote}. {GULLIBLE_TRAP.words}")
            tester.silence_connection(anna)
            tester.stop_twitch(olga)
            tester.hang_up_at_login(anna)
            tester.refuse_login()


def format_seconds(numbers: list[float]) -> str:
    """Write seconds as people do: 1, 2, 0.5."""
    return ", ".join(f"{number:.3g}" for number in numbers)


COMEBACK = Section(
    "09_a_bot_that_holds_the_line",
    2,
    "comeback.py",
    "twitch_irc.md",
    try_comeback,
    "comeback.py survived a cut, a hang-up, silence and an outage, and ended at a refused login",
    (
        *(SECOND_LOOP_TRAP, NO_EXCEPT_TRAP, IMPATIENT_TRAP, NO_TIMEOUT_TRAP, NO_PAUSE_TRAP),
        *(SAME_PAUSE_TRAP, LONG_PAUSE_TRAP, KEPT_PAUSE_TRAP, STUBBORN_TRAP, GULLIBLE_TRAP),
        *(BARE_EXCEPT_TRAP, EARLY_RESET_TRAP),
    ),
)
