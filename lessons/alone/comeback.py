"""comeback.py: the same bot, which comes back when its line breaks or falls silent."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bot_sandbox import TwitchAccount
from lessons.alone.hurry import SPEED
from lessons.alone.line import TURNS
from lessons.alone.section import Section
from lessons.alone.traps import Trap
from lessons.alone.twitch_trial import ChatTurn, TwitchTrial, open_trial
from lessons.exercises.verdict import NotYet, expect

HURRY = Path(__file__).with_name("hurry.py")
QUIET_S = 290.0  # Twitch may say nothing for so long, and the line is well
PATIENCE_S = 900.0  # after that a silent line is dead for everybody
PAUSES = 8  # failed tries: 1, 2, 4, 8, 16, 32, 60, 60 seconds
LONGEST_PAUSE_S = 60.0
FIRST_PAUSE_S = 5.0
ENOUGH_LOGINS = 5
REAL_S = 10.0  # for what takes a moment

SECOND_LOOP = (
    "When the line is closed, recv and readline return nothing, and the loop that reads is over. "
    "Put a second while True around it, with the dialing in it"
)
DEAF_WORDS = ("RECONNECT", "Login authentication failed", "the line broke")
VIEWER = ChatTurn(
    "cleo",
    DEAF_WORDS,
    if_wrong="Anybody may write such words. Only a line that begins with :tmi.twitch.tv is "
    "Twitch's own",
)
TRAPS = (
    Trap(
        "",
        SECOND_LOOP,
        "    time.sleep(pause)\n",
        "    break\n",
    ),
    Trap(
        "",
        "Nothing came for as long as the timeout says",
        "except OSError",
        "except ValueError",
    ),
    Trap(
        "",
        "no line for 290 seconds, and comeback.py dialed again. That was an ordinary quiet "
        "evening: Twitch sends a PING about every 300 seconds",
        "SILENCE_S = 360",
        "SILENCE_S = 30",
    ),
    Trap(
        "",
        "the line fell silent: it looked open, but nothing came through. comeback.py still "
        "listened after 15 minutes. If a socket has a timeout",
        ", timeout=SILENCE_S",
        "",
    ),
    Trap(
        "",
        "comeback.py tried again and again without a pause",
        "    time.sleep(pause)\n",
        "",
    ),
    Trap(
        "",
        "paused 1, 1, 1, 1, 1, 1, 1, 1 seconds. Each pause should be twice as long",
        "pause * 2",
        "pause",
    ),
    Trap(
        "",
        "paused 1, 2, 4, 8, 16, 32, 64, 128 seconds. No pause should be longer than 60",
        "min(60, pause * 2)",
        "pause * 2",
    ),
    Trap(
        "",
        "after a good login, it paused 60 seconds. Begin with a short pause again",
        "                pause = 1\n",
        "",
    ),
    Trap(
        "",
        "Twitch refused the login, and comeback.py tried again, 5 times",
        'raise SystemExit(f"Twitch refuses the login: {line}")',
        "print(line)",
    ),
    Trap(
        "",
        "Anybody may write such words",
        'line.startswith(":tmi.twitch.tv NOTICE * :")',
        '"Login authentication failed" in line',
    ),
)


class ComebackTrial:
    """Breaks the line of a program in every way, and looks whether it comes back."""

    def __init__(self, trial: TwitchTrial, log: Path) -> None:
        self._trial, self._log, self._twitch = trial, log, trial.twitch

    def pauses(self) -> list[float]:
        """Return how long the program wanted to pause each time, in seconds."""
        lines = self._log.read_text(encoding="utf-8") if self._log.exists() else ""
        return [float(line) for line in lines.split()]

    def break_line(self, what: str, fault: Callable[[TwitchAccount], None], turn: ChatTurn) -> None:
        """Break the line, expect the program back, and have somebody write."""
        self._trial.wait_in_channel(REAL_S)
        line = self._trial.connection
        fault(self._trial.bot)
        if not self._trial.wait_in_channel(REAL_S, line):
            raise NotYet(f"{what}. {self._describe()}")
        self._trial.take(turn)

    def stay_quiet(self) -> None:
        """Say nothing for a while that is no reason to hang up."""
        lines = len(self._twitch.connections(self._trial.bot))
        is_new = self._twitch.wait_until(
            lambda: len(self._twitch.connections(self._trial.bot)) > lines or self._trial.has_ended,
            QUIET_S / SPEED,
        )
        expect(
            not is_new,
            "there was no line for 290 seconds, and comeback.py dialed again. That was an ordinary "
            "quiet evening: Twitch sends a PING about every 300 seconds. Wait longer than that",
        )

    def fall_silent(self, turn: ChatTurn) -> None:
        """Let nothing through anymore, on a line that looks open."""
        line = self._trial.connection
        self._twitch.faults.silence(self._trial.bot)
        if not self._trial.wait_in_channel(PATIENCE_S / SPEED, line):
            silent = "the line fell silent: it looked open, but nothing came through"
            if self._trial.has_ended:
                raise NotYet(f"{silent}. {self._describe()}")
            raise NotYet(
                f"{silent}. comeback.py still listened after 15 minutes. If a socket has a "
                "timeout, it raises TimeoutError then"
            )
        self._trial.take(turn)

    def go_down(self, turn: ChatTurn) -> None:
        """Take Twitch away, and look how long the program waits before each try."""
        before, line = len(self.pauses()), self._trial.connection
        self._twitch.faults.stop()
        self._twitch.wait_until(
            lambda: len(self.pauses()) >= before + PAUSES or self._trial.has_ended, REAL_S
        )
        pauses = self.pauses()[before:][:PAUSES]
        self._twitch.faults.start()
        if self._trial.has_ended:
            raise NotYet(f"Twitch can't be reached. {self._describe()}")
        expect(
            bool(pauses),
            "Twitch can't be reached, and comeback.py tried again and again without a pause. "
            "Before each try: time.sleep(pause)",
        )
        shown = f"Twitch can't be reached, and comeback.py paused {join_numbers(pauses)} seconds"
        later = pauses[PAUSES // 2 :]
        expect(
            bool(later) and max(later) >= 2 * max(pauses[:2]),
            f"{shown}. Each pause should be twice as long as the one before",
        )
        expect(
            max(pauses) <= LONGEST_PAUSE_S, f"{shown}. No pause should be longer than 60 seconds"
        )
        if not self._trial.wait_in_channel(REAL_S, line):
            raise NotYet(f"Twitch is there again. {self._describe()}")
        self._trial.take(turn)

    def begin_again(self, turn: ChatTurn) -> None:
        """Cut the line once more after a good login: the pause is a short one."""
        before = len(self.pauses())
        self.break_line("somebody tripped over the cable", self._twitch.faults.drop, turn)
        pause = [*self.pauses()[before:], 0.0][0]
        expect(
            pause <= FIRST_PAUSE_S,
            f"after a good login, it paused {join_numbers([pause])} seconds. Begin with a short "
            "pause again when it is in the channel",
        )

    def refuse(self) -> None:
        """Refuse the login, as for a token that is no longer valid."""
        known = len(self._twitch.connections())
        self._twitch.faults.refuse_login(self._trial.bot, n=1000)
        self._twitch.faults.drop(self._trial.bot)

        def tries() -> int:
            return len(self._twitch.connections()) - known

        self._twitch.wait_until(lambda: self._trial.has_ended or tries() > ENOUGH_LOGINS, REAL_S)
        expect(
            self._trial.has_ended,
            f"Twitch refused the login, and comeback.py tried again, {ENOUGH_LOGINS} times. The "
            "token won't get better. Look for Twitch's own \"NOTICE * :\", say it, and end",
        )

    def _describe(self) -> str:
        if not self._trial.has_ended:
            return (
                "comeback.py still runs, but it didn't come back. A closed line stays closed, so "
                "the dialing belongs into the loop"
            )
        said = self._trial.describe_program()
        return said if "\n" in said else f"{said}. {SECOND_LOOP}"


def try_comeback(path: Path) -> None:
    """Break a program's line in every way; NotYet says after which it didn't come back."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, open_trial(path) as trial:
        log = Path(folder, "pauses")
        trial.start(str(HURRY), str(log))
        olga, anna, *_ = TURNS
        comeback = ComebackTrial(trial, log)
        trial.take(olga)
        comeback.stay_quiet()
        trial.send_ping()
        faults = trial.twitch.faults
        comeback.break_line("Twitch hung up", faults.close_frame, anna)
        comeback.break_line("somebody tripped over the cable", faults.drop, olga)
        line = trial.connection
        trial.take(VIEWER)
        expect(line.open, f"cleo wrote {', '.join(DEAF_WORDS)}, and it dialed. {VIEWER.if_wrong}")
        comeback.fall_silent(anna)
        comeback.go_down(olga)
        comeback.begin_again(anna)
        comeback.refuse()


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
    TRAPS,
)
