"""Wrong answers to the exercises of notebook 03, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

IMPORT = "from lessons.exercises.ex_03 import exercise_1, exercise_2, exercise_3\n"


def percentage(last_line):
    head = f"{IMPORT}\ndef busy_percentage(busy_s, alive_s):\n"
    return f"{head}    {last_line}\n\nexercise_1(busy_percentage)"


def goodbye(*lines):
    body = "\n    ".join(lines)
    return f"def goodbye(event, context):\n    {body}\n\nexercise_2(goodbye)"


def predicted(values):
    return f"""
prediction = {values}

fn = cloud.deploy("greeting", "workshop/03_greeting", handler="main.handler")
for name in ("Ada", "Bob", "Cleo"):
    get(fn.url + name)

exercise_3(prediction, fn)
"""


NAME = 'name = event["rawPath"].strip("/")'
GOOD = '{"statusCode": 200, "body": f"goodbye {name}!"}'

WRONG = {
    1: [
        (percentage("return busy_s / alive_s"), "a percentage is 100 times that"),
        (percentage("return 100 * alive_s / busy_s"), "not the other way round"),
        (percentage("print(100 * busy_s / alive_s)"), "Write return in place of print"),
        (percentage('return f"{100 * busy_s / alive_s} %"'), "without a % sign"),
        (percentage("return busy_s % alive_s"), "% is the rest of a division"),
        (percentage("return busy_s // alive_s * 100"), "// leaves the rest away"),
        (percentage("return 100 * busy_s % alive_s"), "% gives nothing but the rest"),
        (percentage("return round(100 * busy_s / alive_s)"), "expected 0.4: do not round"),
        (percentage("return 25").replace("(busy_s, alive_s)", "()", 1), "a name for each value"),
        (percentage("return 25"), "busy_percentage(0.02, 5) gave 25, expected 0.4"),
        (percentage("100 * busy_s / alive_s"), "Does it end with return?"),
    ],
    2: [
        (
            goodbye('return "goodbye " + event["rawPath"].strip("/") + "!"'),
            "Return a dictionary with statusCode and body",
        ),
        (goodbye(NAME, 'print(f"goodbye {name}!")'), "it printed 'goodbye Viktor!'"),
        (
            goodbye(NAME, 'return {"statusCode": 200, "body": f"goodbye {name}!"}'),
            'without a name, say "stranger"',
        ),
        (
            goodbye(NAME, 'return {"statusCode": 200, "body": "goodbye {name}!"}'),
            "write f before the quotes",
        ),
        (
            goodbye(NAME, 'return {"statuscode": 200, "body": f"goodbye {name}!"}'),
            "statusCode has a capital C",
        ),
        (
            goodbye(
                'name = event["rawPath"]', 'return {"statusCode": 200, "body": f"goodbye {name}!"}'
            ),
            "takes the slash off",
        ),
        (
            goodbye('name = event["path"]', 'return {"statusCode": 200, "body": name}'),
            "your function raised KeyError: 'path'",
        ),
        (
            goodbye(NAME, "if name == '':", "    name == 'stranger'", f"return {GOOD}"),
            'name = "stranger", with one =',
        ),
        (
            goodbye(NAME, "if name == ' ':", "    name = 'stranger'", f"return {GOOD}"),
            "not even a space",
        ),
        (goodbye("name = event[rawPath]", f"return {GOOD}"), "so does the key of a dictionary"),
        (goodbye("name = event.rawPath", f"return {GOOD}"), "is asked with brackets"),
        (goodbye(NAME, f"return {GOOD}".replace("200", '"200"')), "expected the number 200"),
        (
            goodbye(NAME, f"return {GOOD}").replace("event, context", "event"),
            "a name for each value in the call",
        ),
        (
            goodbye(NAME, 'return {"statusCode": 200, "body": f"hello {name}!"}'),
            "the body was 'hello Viktor!', expected 'goodbye Viktor!'",
        ),
    ],
    3: [
        (predicted("[False, False, False]"), "instances of the old version"),
        (predicted("[True, True, True]"), "its instance waited in the pool"),
        (predicted("[True, False]"), "expected a list of three values"),
        (predicted('["cold", "warm", "warm"]'), "each value is True for a cold call"),
        (predicted("True, False, True"), "only the first call was cold"),
    ],
}
