"""comeback.py: the same bot, which comes back when its line breaks or falls silent."""

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
from lessons.alone.twitch_trial import TwitchTrial, greet, open_trial
from lessons.exercises.verdict import NotYet, expect

HURRY = Path(__file__).with_name("hurry.py")
QUIET_S = 290.0  # Twitch may say nothing for so long, and the line is well
PATIENCE_S = 900.0  # after that a silent line is dead for everybody
PAUSES = 8  # failed tries: 1, 2, 4, 8, 16, 32, 60, 60 seconds
LONGEST_PAUSE_S = 60.0
FIRST_PAUSE_S = 5.0
ENOUGH_LOGINS = 5
REAL_S = 10.0  # for what takes a moment

SECOND_LOOP = Trap(
    "",
    "When the line is closed, recv and readline return nothing, and the loop that reads is over. "
    "Put a second while True around it, with the dialing in it",
    "    time.sleep(pause)\n",
    "    break\n",
)
NO_EXCEPT = Trap(
    "", "Nothing came for as long as the timeout says", "except OSError", "except ValueError"
)
IMPATIENT = Trap(
    "",
    "there was no line for 290 seconds, and comeback.py dialed again. That was an ordinary "
    "quiet evening: Twitch sends a PING about every 300 seconds. Wait longer than that",
    "SILENCE_S = 360",
    "SILENCE_S = 30",
)
NO_TIMEOUT = Trap(
    "",
    "comeback.py still listened after 15 minutes. If a socket has a timeout, it raises "
    "TimeoutError then",
    ", timeout=SILENCE_S",
    "",
)
NO_PAUSE = Trap(
    "",
    "comeback.py tried again and again without a pause. Before each try: time.sleep(pause)",
    "    time.sleep(pause)\n",
    "",
)
SAME_PAUSE = Trap("", "Each pause should be twice as long as the one before", "pause * 2", "pause")
LONG_PAUSE = Trap(
    "", "No pause should be longer than 60 seconds", "min(60, pause * 2)", "pause * 2"
)
KEPT_PAUSE = Trap(
    "",
    "Begin with a short pause again when it is in the channel",
    "                pause = 1\n",
    "",
)
STUBBORN = Trap(
    "",
    f"Twitch refused the login, and comeback.py tried again, {ENOUGH_LOGINS} times. The token "
    "won't get better. Look for Twitch's own \"NOTICE * :\", say it, and end",
    'raise SystemExit(f"Twitch refuses the login: {line}")',
    "print(line)",
)
GULLIBLE = Trap(
    "",
    "Anybody may write such words. Only a line that begins with :tmi.twitch.tv is Twitch's own",
    'line.startswith(":tmi.twitch.tv NOTICE * :")',
    '"Login authentication failed" in line',
)
DEAF_WORDS = ("RECONNECT", "Login authentication failed", "the line broke")
VIEWER = greet("cleo", *DEAF_WORDS, if_wrong=GULLIBLE.words)


class ComebackTrial(TwitchTrial):
    """Breaks the line of a program in every way, and looks whether it comes back."""

    ended = f"has ended. {SECOND_LOOP.words}"
    log: Path  # of hurry.py

    def pauses(self) -> list[float]:
        """Return how long the program wanted to pause each time, in seconds."""
        lines = self.log.read_text(encoding="utf-8") if self.log.exists() else ""
        return [float(line) for line in lines.split()]

    def expect_back(self, what: str, seconds: float, line: ConnectionRecord, turn: Turn) -> None:
        """Expect the program on a newer line than this, and have somebody write."""
        if not self.world.wait_ready(seconds, line):
            loop = "A closed line stays closed, so the dialing belongs into the loop"
            runs = f"comeback.py still runs, but it didn't come back. {loop}"
            raise NotYet(f"{what}. {self.describe_program() or runs}")
        self.take(turn)

    def break_line(self, what: str, fault: Callable[[TwitchAccount], None], turn: Turn) -> None:
        """Break the line, expect the program back, and have somebody write."""
        is_there = self.world.wait_ready(REAL_S)
        line = self.connection
        if is_there:  # its own timeout may have ended it
            fault(self.world.bot)
        self.expect_back(what, REAL_S, line, turn)

    def stay_quiet(self) -> None:
        """Say nothing for a while that is no reason to hang up."""
        line = self.connection
        self.world.wait_until(
            lambda: self.connection != line or self.world.has_ended(), QUIET_S / SPEED
        )
        expect(self.connection == line and not self.world.has_ended(), IMPATIENT.words)

    def fall_silent(self, turn: Turn) -> None:
        """Let nothing through anymore, on a line that looks open."""
        line = self.connection
        self.world.twitch.faults.silence(self.world.bot)
        is_back = self.world.wait_ready(PATIENCE_S / SPEED, line)
        what = "the line fell silent: it looked open, but nothing came through"
        expect(is_back or self.world.has_ended(), f"{what}. {NO_TIMEOUT.words}")
        self.expect_back(what, 0.0, line, turn)

    def go_down(self, turn: Turn) -> None:
        """Take Twitch away, and look how long the program waits before each try."""
        before, line = len(self.pauses()), self.connection
        self.world.twitch.faults.stop()
        self.world.wait_until(
            lambda: len(self.pauses()) >= before + PAUSES or self.world.has_ended(), REAL_S
        )
        pauses = self.pauses()[before:][:PAUSES]
        self.world.twitch.faults.start()
        what = "Twitch can't be reached"
        expect(not self.world.has_ended(), f"{what}. {self.describe_program()}")
        expect(bool(pauses), f"{what}, and {NO_PAUSE.words}")
        shown = f"{what}, and comeback.py paused {join_numbers(pauses)} seconds"
        later = [0.0, *pauses[PAUSES // 2 :]]
        expect(max(later) >= 2 * max(pauses[:2]), f"{shown}. {SAME_PAUSE.words}")
        expect(max(pauses) <= LONGEST_PAUSE_S, f"{shown}. {LONG_PAUSE.words}")
        self.expect_back("Twitch is there again", REAL_S, line, turn)

    def begin_again(self, turn: Turn) -> None:
        """Cut the line once more after a good login: the pause is a short one."""
        before = len(self.pauses())
        self.break_line("somebody tripped over the cable", self.world.twitch.faults.drop, turn)
        pause = [*self.pauses()[before:], 0.0][0]
        shown = f"after a good login, it paused {join_numbers([pause])} seconds"
        expect(pause <= FIRST_PAUSE_S, f"{shown}. {KEPT_PAUSE.words}")

    def refuse(self) -> None:
        """Refuse the login, as for a token that is no longer valid."""
        twitch = self.world.twitch
        most = len(twitch.connections()) + ENOUGH_LOGINS
        twitch.faults.refuse_login(self.world.bot, n=1000)
        twitch.faults.drop(self.world.bot)
        self.world.wait_until(
            lambda: self.world.has_ended() or len(twitch.connections()) > most, REAL_S
        )
        expect(self.world.has_ended(), STUBBORN.words)


def try_comeback(path: Path) -> None:
    """Break a program's line in every way; NotYet says after which it didn't come back."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = Path(folder, "pauses")
        with open_trial(path, ComebackTrial, (str(HURRY), str(log))) as trial:
            trial.log = log
            olga, anna, *_ = TURNS
            trial.take(olga)
            trial.stay_quiet()
            trial.send_ping()
            faults = trial.world.twitch.faults
            trial.break_line("Twitch hung up", faults.close_frame, anna)
            trial.break_line("somebody tripped over the cable", faults.drop, olga)
            line = trial.connection
            trial.take(VIEWER)
            wrote = f"cleo wrote {', '.join(DEAF_WORDS)}, and it dialed"
            expect(line.open, f"{wrote}. {GULLIBLE.words}")
            trial.fall_silent(anna)
            trial.go_down(olga)
            trial.begin_again(anna)
            trial.refuse()


def join_numbers(numbers: list[float]) -> str:
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
        *(SECOND_LOOP, NO_EXCEPT, IMPATIENT, NO_TIMEOUT, NO_PAUSE),
        *(SAME_PAUSE, LONG_PAUSE, KEPT_PAUSE, STUBBORN, GULLIBLE),
    ),
)
