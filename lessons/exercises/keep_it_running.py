"""Checks of the side room about programs that stay alive: a log, and the settings of a unit."""

from lessons.exercises.slips import Task, Values
from lessons.exercises.verdict import exercise, show

START_LINE = "INFO twitch: the sandbox world, main.py"
RECONNECT_LINE = "WARNING chat: the connection broke; connecting again in 0.7 s"
SLOW_LINE = "WARNING chat: Twitch is slow"
NOT_SENT_LINE = "INFO #viktor: your message was not sent (connecting again and again)"
QUOTED_LINE = "INFO #viktor: your message was not sent (WARNING: connecting again)"
COMMAND_FAILED_LINE = "ERROR !half failed: ZeroDivisionError: division by zero (main.py, line 9)"
REFUSED_LINE = "ERROR Twitch does not know this token."
STOPPED_LINE = "INFO stopped"

COUNT_CODE = """again = 0
for line in log:
    if line.startswith("WARNING") and "connecting again" in line:
        again = again + 1
"""
LAST_CODE = """if log[-1] == "INFO stopped":
    return "stopped", again
if log[-1].startswith("ERROR"):
    return "broken", again
return "running", again
"""


def pair_problem(found: object) -> str:
    """Say what is wrong with a result that should be two things."""
    two = isinstance(found, tuple | list) and len(found) == 2
    return "" if two else f"{show(found)} is not two things with a comma between them"


STATE_TASK = Task(
    "state(log)",
    [
        (([START_LINE],), ("running", 0)),
        (([START_LINE, STOPPED_LINE],), ("stopped", 0)),
        (([START_LINE, RECONNECT_LINE, RECONNECT_LINE],), ("running", 2)),
        (([START_LINE, RECONNECT_LINE, REFUSED_LINE],), ("broken", 1)),
        (([START_LINE, COMMAND_FAILED_LINE, RECONNECT_LINE],), ("running", 1)),
        (([START_LINE, RECONNECT_LINE, NOT_SENT_LINE, STOPPED_LINE],), ("stopped", 1)),
        (([START_LINE, STOPPED_LINE, START_LINE, RECONNECT_LINE],), ("running", 1)),
        (([START_LINE, SLOW_LINE],), ("running", 0)),
        (([START_LINE, QUOTED_LINE, RECONNECT_LINE],), ("running", 1)),
    ],
    {
        ('log[-1] == "INFO stopped"', '"INFO stopped" in log'): "that bot was stopped and started "
        "again. Only the last line says how it is now",
        ('log[-1].startswith("ERROR")', '"ERROR" in "".join(log)'): "the ERROR in the middle is "
        "over. Only the last line says how it is now",
        ('if line.startswith("WARNING") and "', 'if "'): "somebody wrote these words in the chat. "
        "Count only lines that begin with WARNING",
        ('line.startswith("WARNING")', '"WARNING" in line'): "somebody wrote the word WARNING in "
        'the chat. A line of that kind begins with it: line.startswith("WARNING")',
        ('("WARNING") and "connecting again" in line', '("WARNING")'): "not every WARNING is a "
        'lost line. Look for "connecting again" as well',
        (
            COUNT_CODE,
            'again = log.count("WARNING")\n',
        ): "count looks for whole lines. Go through the log: for line in log:",
        ("again + 1", "1"): "it was lost more than once. Add 1 each time: again = again + 1",
        (", again", ""): "two things are wanted, with a comma between them: the state, and the "
        "number",
        ("log[-1]", "log[0]"): "log[0] is the first line. The last one is log[-1]",
        ("INFO stopped", "stopped"): 'the whole line is "INFO stopped"',
        ('"ERROR"', '"WARNING"'): "a WARNING is something that the bot has fixed itself. ERROR is "
        "the word",
        'again = 0\nif log[-1] == "INFO stopped":\n    return "stopped", again\n'
        'return "running", again': "nothing was counted. Begin with again = 0, then for line "
        "in log:",
    },
    kind=pair_problem,
    solution=COUNT_CODE + LAST_CODE,
)


@exercise(
    'write def state(log): instead of the dots. It returns, for example, "running", 2',
    "The state depends on one line only: the last one, log[-1].",
    'First if log[-1] == "INFO stopped":. For ERROR there is log[-1].startswith("ERROR").',
    "For the number: again = 0, then for line in log:, and one more for each line that begins "
    'with "WARNING" and has "connecting again" in it.',
    task=STATE_TASK,
    because="How a bot is now depends on the last line. How it has been depends on all of them.",
)
def exercise_1(state: object) -> str:
    """Nine logs, two with the words in a chat message, one of a bot that was started again."""
    return f"{len(STATE_TASK.cases)} logs read right"


START = "/usr/bin/python3 -m botlib.run telegram /opt/bot/main.py"

UNIT_TASK = Values(
    "a setting's value, in quotes",
    {
        "ExecStart": START,
        "EnvironmentFile": "/etc/bot.env",
        "Restart": "on-failure",
        "RestartPreventExitStatus": "78",
    },
    {
        "ExecStart": {
            START.replace(" telegram", ""): "it doesn't say on which platform: botlib.run telegram",
            START.replace("telegram", "twitch"): "this bot is on Telegram: botlib.run telegram",
            "python3 -m botlib.run telegram /opt/bot/main.py": "systemd wants the whole path of "
            "the program: /usr/bin/python3",
            "/usr/bin/python3 /opt/bot/main.py": "this runs the file, which only makes a bot. "
            "-m botlib.run is what keeps it alive",
        },
        "EnvironmentFile": {
            "/opt/bot/main.py": "that is the bot. Its settings are in /etc/bot.env",
            ".env": "systemd doesn't know your folder. Write the whole path, /etc/bot.env",
        },
        "Restart": {
            "always": "this also starts a bot again that has ended as it should",
            "on-abnormal": "this leaves a bot that ended with status 1",
            "no": "then nothing starts it again",
        },
        "RestartPreventExitStatus": {
            78: "a unit is a text, and so is each value in it. Write quotes around 78",
            "0": "after 0 nothing starts it anyway. Which number means wrong settings?",
            "1": "after 1 a new start may help. Which number means wrong settings?",
        },
    },
    others={
        "ExecStart": "expected four parts with a space between them: the program "
        "/usr/bin/python3, -m botlib.run, the platform, and the file /opt/bot/main.py",
        "EnvironmentFile": "expected the whole path of the file with the settings, as in the task",
        "Restart": "expected the word from the unit above that means after every failure",
        "RestartPreventExitStatus": "expected the number from the task as a text, and no other",
    },
)


@exercise(
    "write a text instead of the three dots in each line",
    "look at the unit above. It has the same four names.",
    'Restart and RestartPreventExitStatus are "on-failure" and "78" there, and here, too.',
    f'"ExecStart" is "{START}".',
    task=UNIT_TASK,
    because="These four lines are the loop that you wrote above. systemd runs it for every program "
    "on a machine.",
)
def exercise_2(unit: object) -> str:
    """Four settings of a systemd unit."""
    return "systemd would keep it running"
