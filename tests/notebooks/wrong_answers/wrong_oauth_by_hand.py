"""Wrong answers to the exercises of the side room OAuth by hand, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

WRONG = {
    2: {
        """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"])[0] != 200:
        status, new = refresh(pair["refresh_token"])
        pair["access_token"] = new["access_token"]
    return pair

exercise_2(fresh)
""": "Keep both halves",
        """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"]) == 200:
        return pair
    return refresh(pair["refresh_token"])

exercise_2(fresh)
""": "it was refreshed anyway",
        """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"]):
        return pair
    return None

exercise_2(fresh)
""": "Look at the status",
        """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"])[0] == 200:
        return pair
    return refresh(pair["refresh_token"])

exercise_2(fresh)
""": "return the pair alone",
        """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"])[0] == 200:
        return pair
    status, pair = refresh(pair["refresh_token"])
    return pair

exercise_2(fresh)
""": "Look at it before you return",
        """
def fresh(pair, validate, refresh):
    status, facts = validate(pair)
    if status == 200:
        return pair

exercise_2(fresh)
""": "validate got the whole pair",
        """
def fresh(pair, validate, refresh):
    status, facts = validate(pair["access_token"])
    if status == 200:
        return pair
    status, new_pair = refresh(pair["access_token"])
    return new_pair

exercise_2(fresh)
""": "takes the other half",
        """
def fresh(pair, validate, refresh):
    status, facts = validate(pair["access_token"])
    if status == "200":
        return pair
    status, new_pair = refresh(pair["refresh_token"])
    return new_pair

exercise_2(fresh)
""": "200 without quotes",
        """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"])[0] == 200:
        return pair
    if refresh(pair["refresh_token"])[0] == 200:
        return refresh(pair["refresh_token"])[1]
    return None

exercise_2(fresh)
""": "a refresh token works once",
        """
def fresh(pair, validate, refresh):
    status, facts = validate(pair["access_token"])
    if status != 200:
        refresh(pair["refresh_token"])
    return pair

exercise_2(fresh)
""": "it refreshed, and the old pair came back",
        """
def fresh(pair, validate, refresh):
    status, facts = validate(pair["access_token"])
    if status == 200:
        return pair
    status, new_pair = refresh(pair["refresh_token"])
    if status == 400:
        return "None"
    return new_pair

exercise_2(fresh)
""": "without quotes",
        """
def fresh(pair, validate, refresh):
    status, facts = validate(pair["access_token"])
    if status == 401:
        status, pair = refresh(pair["refresh_token"])
        if status != 200:
            return None
    return pair

exercise_2(fresh)
""": "Any other status than 200",
    },
}
