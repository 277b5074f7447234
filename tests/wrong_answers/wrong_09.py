"""Wrong answers to the exercises of notebook 09, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            """
from lessons.exercises.ex_09 import exercise_1, exercise_2, exercise_3

def code_from(address, state):
    return parse_qs(urlsplit(address).query)["code"][0]

exercise_1(code_from)
""",
            "a stranger's code was taken",
        ),
    ],
    2: [
        (
            """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"])[0] != 200:
        status, new = refresh(pair["refresh_token"])
        pair["access_token"] = new["access_token"]
    return pair

exercise_2(fresh)
""",
            "keep both halves",
        ),
    ],
    3: [
        (
            """
def verdict(status, answer):
    if status != 200:
        return "unknown"
    if answer["login"] != "hello_bot":
        return "wrong account"
    return "good" if "chat:edit" in answer["scopes"] else "missing scope"

exercise_3(verdict)
""",
            "expected 'missing scope'",
        ),
    ],
}
