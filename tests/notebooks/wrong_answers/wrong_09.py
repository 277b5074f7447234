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
        (
            """
from lessons.exercises.ex_09 import exercise_1, exercise_2, exercise_3

def code_from(address, state):
    answer = parse_qs(urlsplit(address).query)
    if answer["state"] == state:
        return answer["code"]

exercise_1(code_from)
""",
            "and gives lists: the state is ['ours']",
        ),
        (
            """
from lessons.exercises.ex_09 import exercise_1, exercise_2, exercise_3

def code_from(address, state):
    answer = parse_qs(urlsplit(address).query)
    if answer["state"][0] == state:
        return answer["code"]

exercise_1(code_from)
""",
            "parse_qs gives lists, as a name may come twice",
        ),
        (
            """
from lessons.exercises.ex_09 import exercise_1, exercise_2, exercise_3

def code_from(address, state):
    answer = parse_qs(urlsplit(address).query)
    if answer["state"][0] == state:
        return answer["code"][0]

exercise_1(code_from)
""",
            "answer.get('state') gives None",
        ),
        (
            """
from lessons.exercises.ex_09 import exercise_1, exercise_2, exercise_3

def code_from(address, state):
    answer = parse_qs(urlsplit(address).query)
    if answer.get("state", [""])[0] in state:
        print(answer["code"][0])

exercise_1(code_from)
""",
            "Does it end with return?",
        ),
        (
            """
from lessons.exercises.ex_09 import exercise_1, exercise_2, exercise_3

def code_from(address, state):
    answer = parse_qs(address)
    if answer["state"] == [state]:
        return answer["code"][0]

exercise_1(code_from)
""",
            "Does the function itself take its address apart?",
        ),
        (
            """
from lessons.exercises.ex_09 import exercise_1, exercise_2, exercise_3

def code_from(address, state):
    answer = parse_qs(urlsplit(address).query)
    if answer.get("state") == [state] and "code" in answer:
        return answer["code"][0]
    return "None"

exercise_1(code_from)
""",
            "return None, without quotes",
        ),
        (
            """
from lessons.exercises.ex_09 import exercise_1, exercise_2, exercise_3

def code_from(address, state):
    answer = parse_qs(urlsplit(address))
    if answer.get("state") == [state]:
        return answer["code"][0]

exercise_1(code_from)
""",
            "the one behind the ?",
        ),
        (
            """
from lessons.exercises.ex_09 import exercise_1, exercise_2, exercise_3

def code_from(address, state):
    if state in address and "code=" in address:
        return address.partition("code=")[2].partition("&")[0]

exercise_1(code_from)
""",
            "parse_qs makes the sign of it again",
        ),
        (
            r"""
def code_from(address, state):
    answer = parse_qs(address)
    if answer.get("state") == [state] and "code" in answer:
        return answer["code"][0]
    return None

exercise_1(code_from)
""",
            "parse_qs wants what stands behind the ?",
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
        (
            """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"]) == 200:
        return pair
    return refresh(pair["refresh_token"])

exercise_2(fresh)
""",
            "it was refreshed all the same",
        ),
        (
            """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"]):
        return pair
    return None

exercise_2(fresh)
""",
            "look at the status",
        ),
        (
            """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"])[0] == 200:
        return pair
    return refresh(pair["refresh_token"])

exercise_2(fresh)
""",
            "return the pair alone",
        ),
        (
            """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"])[0] == 200:
        return pair
    status, pair = refresh(pair["refresh_token"])
    return pair

exercise_2(fresh)
""",
            "look at it before you return",
        ),
        (
            """
def fresh(pair, validate, refresh):
    status, facts = validate(pair)
    if status == 200:
        return pair

exercise_2(fresh)
""",
            "validate got the whole pair",
        ),
        (
            """
def fresh(pair, validate, refresh):
    status, facts = validate(pair["access_token"])
    if status == 200:
        return pair
    status, new_pair = refresh(pair["access_token"])
    return new_pair

exercise_2(fresh)
""",
            "wants the other half",
        ),
        (
            """
def fresh(pair, validate, refresh):
    status, facts = validate(pair["access_token"])
    if status == "200":
        return pair
    status, new_pair = refresh(pair["refresh_token"])
    return new_pair

exercise_2(fresh)
""",
            "200 without quotes",
        ),
        (
            r"""
def fresh(pair, validate, refresh):
    if validate(pair["access_token"])[0] == 200:
        return pair
    if refresh(pair["refresh_token"])[0] == 200:
        return refresh(pair["refresh_token"])[1]
    return None

exercise_2(fresh)
""",
            "a refresh token works once",
        ),
        (
            r"""
def fresh(pair, validate, refresh):
    status, facts = validate(pair["access_token"])
    if status != 200:
        refresh(pair["refresh_token"])
    return pair

exercise_2(fresh)
""",
            "it refreshed, and the old pair came back",
        ),
        (
            r"""
def fresh(pair, validate, refresh):
    status, facts = validate(pair["access_token"])
    if status == 200:
        return pair
    status, new_pair = refresh(pair["refresh_token"])
    if status == 400:
        return "None"
    return new_pair

exercise_2(fresh)
""",
            "without quotes",
        ),
    ],
    3: [
        (
            """
def verdict(status, facts):
    if status != 200:
        return "unknown"
    if facts["login"] != "hello_bot":
        return "wrong account"
    return "good" if "chat:edit" in facts["scopes"] else "missing scope"

exercise_3(verdict)
""",
            "both scopes are needed",
        ),
        (
            """
def verdict(status, facts):
    if facts["login"] != "hello_bot":
        return "wrong account"
    if "chat:read" not in facts["scopes"] or "chat:edit" not in facts["scopes"]:
        return "missing scope"
    if status != 200:
        return "unknown"
    return "good"

exercise_3(verdict)
""",
            "look at the status before anything else",
        ),
        (
            """
def verdict(status, facts):
    if status != 200:
        return "unknown"
    if facts["login"] != "hello_bot":
        return "wrong account"
    if "chat:read" not in facts["scopes"] or "chat:edit" not in facts["scopes"]:
        return "missing scope"
    return "good"

exercise_3(verdict)
""",
            "an app token is nobody's",
        ),
        (
            """
def verdict(status, facts):
    if status != 200:
        return "unknown"
    if "login" not in facts:
        return "app token"
    if facts["login"] != "hello_bot":
        return "wrong account"
    if facts["scopes"] != ["chat:read", "chat:edit"]:
        return "missing scope"
    return "good"

exercise_3(verdict)
""",
            "may do more, and in any order",
        ),
        (
            """
def verdict(status, facts):
    if status != 200:
        return "unknown"
    if "login" not in facts:
        return "app token"
    if facts["login"] != hello_bot:
        return "wrong account"
    return "good"

exercise_3(verdict)
""",
            "in quotes",
        ),
        (
            """
def verdict(status, facts):
    if status != "200":
        return "unknown"
    return "good"

exercise_3(verdict)
""",
            "without quotes",
        ),
        (
            """
def verdict(status, facts):
    if status != 200:
        return "unknown"
    if "login" not in facts:
        return "app token"
    if facts["login"] != "hello_bot":
        return "wrong account"
    if "chat:read" not in facts["scopes"] and "chat:edit" not in facts["scopes"]:
        return "missing scope"
    return "good"

exercise_3(verdict)
""",
            "both scopes are needed",
        ),
    ],
}
