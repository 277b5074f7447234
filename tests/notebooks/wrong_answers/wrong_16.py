"""Wrong answers to the exercises of notebook 16, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            """
from lessons.exercises.ex_16 import exercise_1, exercise_2, exercise_3

def pause(status, failures):
    return None if status in (0, 78) else 2 ** (failures - 1)

exercise_1(pause)
""",
            "min(…, 60) limits it",
        ),
        (
            """
from lessons.exercises.ex_16 import exercise_1, exercise_2, exercise_3

def pause(status, failures):
    if status == 0 or 78:
        return None
    return min(2 ** (failures - 1), 60)

exercise_1(pause)
""",
            "Write: status in (0, 78)",
        ),
        (
            """
from lessons.exercises.ex_16 import exercise_1, exercise_2, exercise_3

def pause(status, failures):
    if status in (0, 78):
        return None
    return min(failures, 60)

exercise_1(pause)
""",
            "it doubles",
        ),
        (
            """
from lessons.exercises.ex_16 import exercise_1, exercise_2, exercise_3

def pause(status, failures):
    if status in (0, 78):
        return None
    return max(2 ** (failures - 1), 60)

exercise_1(pause)
""",
            "min(…, 60) the smaller",
        ),
        (
            """
from lessons.exercises.ex_16 import exercise_1, exercise_2, exercise_3

def pause(status, failures):
    if status in (0, 78):
        return None
    return min(2 ^ failures, 60)

exercise_1(pause)
""",
            "a power is written 2 ** 3 in Python",
        ),
    ],
    2: [
        (
            """
def state(log):
    again = sum("connecting again" in line for line in log)
    if log[-1] == "INFO stopped":
        return "stopped", again
    return "broken" if log[-1].startswith("ERROR") else "running", again

exercise_2(state)
""",
            "is no WARNING",
        ),
        (
            """
def state(log):
    again = 0
    for line in log:
        if line.startswith("WARNING") and "connecting again" in line:
            again = again + 1
    if "INFO stopped" in log:
        return "stopped", again
    return "broken" if log[-1].startswith("ERROR") else "running", again

exercise_2(state)
""",
            "INFO stopped in the middle is over",
        ),
        (
            """
def state(log):
    return "stopped" if log[-1] == "INFO stopped" else "running"

exercise_2(state)
""",
            "return two things",
        ),
        (
            """
def state(log):
    again = log.count("WARNING")
    if log[-1] == "INFO stopped":
        return "stopped", again
    return "broken" if log[-1].startswith("ERROR") else "running", again

exercise_2(state)
""",
            "was not counted: it begins with WARNING",
        ),
    ],
    3: [
        ('unit = "[Service]"\n\nexercise_3(unit)', "what shall be started?"),
        (
            """
unit = '''
[Service]
ExecStart=/usr/bin/python3 -m botlib.run twitch /opt/bot/main.py
'''

exercise_3(unit)
""",
            "this bot lives on Telegram",
        ),
        (
            """
unit = '''
[Service]
ExecStart=/usr/bin/python3 -m botlib.run telegram /opt/bot/main.py
Environment=/etc/bot.env
'''

exercise_3(unit)
""",
            "a file of them is named by EnvironmentFile=",
        ),
        (
            """
unit = '''
[Service]
ExecStart=/usr/bin/python3 -m botlib.run telegram /opt/bot/main.py
EnvironmentFile=/etc/bot.env
Restart=on-failure
'''

exercise_3(unit)
""",
            "it would start again and again",
        ),
        (
            """
unit = '''
[Service]
ExecStart=/usr/bin/python3 -m botlib.run telegram /opt/bot/main.py
Environment=TELEGRAM_TOKEN=abc
Restart=on-failure
'''

exercise_3(unit)
""",
            "everyone can read this",
        ),
        (
            """
unit = '''
[Service]
ExecStart=/usr/bin/python3 -m botlib.run /opt/bot/main.py
EnvironmentFile=/etc/bot.env
Restart=always
'''

exercise_3(unit)
""",
            "does not say on which platform",
        ),
        (
            """
unit = '''
ExecStart=/usr/bin/python3 -m botlib.run telegram /opt/bot/main.py
Restart=on-failure
'''

exercise_3(unit)
""",
            "the line [Service] must stand above the settings",
        ),
        (
            """
unit = '''
[Service]
ExecStart=/usr/bin/python3 -m botlib.run telegram /opt/bot/main.py
EnvironmentFile: /etc/bot.env
'''

exercise_3(unit)
""",
            "a setting's name, an = and its value",
        ),
    ],
}
