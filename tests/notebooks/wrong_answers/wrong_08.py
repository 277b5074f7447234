"""Wrong answers to the exercises of notebook 08, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

WHO_WHAT = """
def who_what(line):
    return line

"""

WRONG = {
    1: {
        f"who_and_what = ...\n{WHO_WHAT}exercise_1(who_and_what)": (
            "this cell defines who_what, but who_and_what is still the three dots. "
            "Write def who_and_what(…):"
        ),
        f"{WHO_WHAT}exercise_1(who_and_what)": "this cell defines who_what, but who_and_what is "
        "still the three dots",
        f"{WHO_WHAT.replace('who_what', 'who_and_what')}who_and_what = ...\n"
        "exercise_1(who_and_what)": "the line who_and_what = ... is below your answer and "
        "puts the dots back: remove it",
        "who_and_what = ...\nexercise_1(who_and_what)": "define who_and_what(line); it returns",
        f"{WHO_WHAT.replace('who_what', 'who_and_what')}exercise_1(who_and_what('a'))": (
            "A function begins with def. Hand over its name alone"
        ),
        """
def who_and_what(line):
    prefix, command, channel, text = line.split(" ", 3)
    return prefix[1:].partition("!")(0), channel[1:], text[1:]

exercise_1(who_and_what)
""": "Square brackets take one part: [0]",
        """
def who_and_what(line):
    prefix, command, channel, text = line.split(" ", "3")
    return prefix, channel, text

exercise_1(who_and_what)
""": "A name or a number in quotes is a text: remove the quotes",
    },
    2: {
        """
def pongs(lines):
    answers = []
    line = lines.pop(0)
    while True:
        if line == "":
            break
        if line.startswith("PING"):
            answers.append("PONG" + line[4:])
    return answers

exercise_2(pongs)
""": "the loop never ends. Each round has to take the next line, by lines.pop(0)",
        """
def pongs(lines):
    while True:
        try:
            lines[0].startswith("PING")
        except Exception:
            pass

exercise_2(pongs)
""": "the loop never ends",
        """
def pongs(lines):
    while True:
        line = lines.pop(0)
        if line == "":
            break
        if line.startswith("PING"):
            print("PONG" + line[4:])

exercise_2(pongs)
""": "Write return instead of print",
    },
}
