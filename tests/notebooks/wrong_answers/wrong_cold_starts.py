"""Wrong answers in the side room about cold starts, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

IMPORT = "from lessons.exercises.cold_starts import exercise_1, exercise_2, exercise_3\n"


def predicted(values):
    return f"""{IMPORT}
prediction = {values}

warm = cloud.deploy("warm", folder, handler=entry_point, idle_s=3600)
for name in ("Ada", "Bob", "Cleo"):
    browser.get(warm.url + "hello/" + name)

exercise_1(prediction, warm)
"""


def of_five(values):
    return f"""
prediction = {values}

five = cloud.deploy("five", "../workshop/cold_starts_slow", concurrency=3)
get_at_once(five.url, 5)
get_at_once(five.url, 5)

exercise_2(prediction, five)
"""


WRONG = {
    1: {
        predicted("[False, False, False]"): "instances of the old version",
        predicted("[True, True, True]"): "its instance waited in the pool",
        predicted("[True, False]"): "expected a list of three values",
        predicted('["cold", "warm", "warm"]'): "each value is True for a cold call",
        predicted("True, False, True"): "only the first call was cold",
        predicted("[1, 0, 0]"): "each value is True for a cold call",
        predicted("{True, False}"): "expected a list of three values",
        predicted('"True, False, False"'): "expected a list of three values",
    },
    2: {
        of_five("(6, 4)"): "the second five need no new instances",
        of_five("(5, 0)"): "at most concurrency=3 work at once",
        of_five("(3, 2)"): "each time five come at once and 3 are served",
        of_five('("3", "4")'): "without quotes",
        of_five("{3, 4}"): "what is in curly brackets has no order",
        of_five("(3, 2)").replace("(five.url, 5)", "(five.url, 4)"): "Here it was concurrency=3 "
        "and 8 calls",
        of_five("(2, 6)").replace("concurrency=3", "concurrency=2"): "Here it was concurrency=2 "
        "and 10 calls",
        of_five("3"): "expected two numbers, such as (5, 0), found 3",
    },
}
