"""Wrong answers to the exercises of notebook 03, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

IMPORT = "from lessons.exercises.ex_03 import exercise_1, exercise_2\n"


def percentage(last_line):
    head = f"{IMPORT}\ndef busy_percentage(busy_s, alive_s):\n"
    return f"{head}    {last_line}\n\nexercise_1(busy_percentage)"


def greet(*lines):
    body = "\n    ".join(lines)
    return f"def greet(event, context):\n    {body}\n\nexercise_2(greet, bot)"


NAME = 'name = event["rawPath"].strip("/")'
STRANGER = ('if name == "":', '    name = "stranger"')
BODY = 'bot.ask("!hello", user=name)'
GOOD = f'return {{"statusCode": 200, "body": {BODY}}}'

WRONG = {
    1: [
        (percentage("print(100 * busy_s / alive_s)"), "Write return instead of print"),
        (percentage("return 25").replace("(busy_s, alive_s)", "()", 1), "a name for each value"),
        (percentage("100 * busy_s / alive_s"), "Does it end with return?"),
        (
            percentage("return 100 * busy_s / alive_s").replace("def busy_perc", "def busy_pc"),
            "this cell defines busy_pcentage, and busy_percentage is from an earlier run",
        ),
        ("busy_percentage = lambda busy_s, alive_s: 5\nexercise_1(busy_percentage)", "gave 5"),
        (
            percentage("return 100 * busy_s / alive_s").replace("def busy_perc", "def busy_pc"),
            "this cell defines busy_pcentage, and what is checked is older",
        ),
    ],
    2: [
        (
            greet(
                'command, _, user = event["rawPath"].strip("/").partition("/")',
                GOOD.replace(BODY, 'bot.ask("!" + command, user=user)'),
            ),
            "your bot was asked !Viktor. This path has only a name and no command",
        ),
        (
            greet('command, _, name = event["rawPath"].strip("/").partition("/")', GOOD),
            "the name got lost. This path has only a name",
        ),
        (greet(NAME, f"return {BODY}"), "Return a dictionary with statusCode and body"),
        (greet(NAME, f"print({BODY})"), "it printed 'hello Viktor!'"),
        (greet(NAME, GOOD), 'without a name, say "stranger"'),
        (greet(NAME, GOOD.replace("user=name", 'user="{name}"')), "without quotes and brackets"),
        (greet(NAME, GOOD.replace("statusCode", "statuscode")), "statusCode has a capital C"),
        (greet('name = event["rawPath"]', GOOD), "removes the slash"),
        (greet('name = event["path"]', GOOD), 'has the path under "rawPath"'),
        (
            greet(NAME, "if name == '':", "    name == 'stranger'", GOOD),
            'name = "stranger", with one =',
        ),
        (greet(NAME, "if name == ' ':", "    name = 'stranger'", GOOD), "not even a space"),
        (greet("name = event[rawPath]", GOOD), "so does the key of a dictionary"),
        (greet("name = event.rawPath", GOOD), "is asked with brackets"),
        (greet(NAME, *STRANGER, GOOD.replace("200", '"200"')), "expected the number 200"),
        (
            greet(NAME, GOOD).replace("event, context", "event"),
            "a name for each value in the call",
        ),
        (greet(NAME, *STRANGER, GOOD.replace("!hello", "hello")), "a command begins with !"),
        (greet(NAME, *STRANGER, GOOD.replace(", user=name", "")), "Tell it with user=name"),
        (
            greet(NAME, *STRANGER, GOOD.replace(BODY, 'f"hello {name}!"')),
            "you copied your bot's words into your handler",
        ),
        (greet(NAME, *STRANGER, GOOD.replace("!hello", "!help")), "your bot's answer"),
        (greet(NAME, *STRANGER, GOOD).replace("(greet, bot)", "(greet, my_bot)"), "not your bot"),
    ],
}
