"""Checks of notebook 09: the code in an address, a pair kept fresh, what validate says."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from lessons.exercises.verdict import NotYet, describe, exercise, expect, run, show

CALLBACK = "http://localhost:3000/callback"
Answer = tuple[int, dict[str, Any]]


def landing(**query: str) -> str:
    """An address as the browser's bar shows it."""
    return f"{CALLBACK}?{urlencode(query)}"


@exercise(
    "define code_from(address, state); it returns the code, or None.",
    "parse_qs(urlsplit(address).query) gives a dictionary, as in the cells above. Begin with it.",
    'Each value in it is a list, so the right state is [state]. answer.get("state") gives None '
    "where there is none, and answer[...] would be an error.",
    'The code is the first of its list: answer["code"][0]. Return it only if the state is right '
    'and "code" in answer.',
)
def exercise_1(code_from: Callable[[str, str], Any]) -> str:
    """The code of one's own question; nothing from a stranger's, or after Cancel."""
    both = "chat:read chat:edit"
    for address, code in [
        (landing(code="c0de", scope=both, state="ours"), "c0de"),
        (landing(state="ours", scope=both, code="c0de"), "c0de"),
        (landing(code="a&b=c/d", scope=both, state="ours"), "a&b=c/d"),
    ]:
        found = call(code_from, address, f"{address}, which has both,")
        if found is None:
            raise NotYet(
                f"in {address} state and code are right, and it gave None. Does it end with "
                "return? parse_qs wants what stands behind the ?, urlsplit(address).query, and "
                "gives lists: the state is ['ours']"
            )
        if isinstance(found, list):
            raise NotYet(f"parse_qs gives lists, as a name may come twice: found {show(found)}")
        if isinstance(found, str) and found != code and found in address:
            raise NotYet(
                f"in {address} the code is {code!r}, not {show(found)}: what stands behind a % is "
                "written for an address. parse_qs makes the sign of it again"
            )
        expect(found == code, f"in {address} the code is {code!r}, not {show(found)}")
    for state in ("theirs", "", "our", "hours"):
        stranger = landing(code="c0de", scope=both, state=state)
        found = call(code_from, stranger, f"an address with the state {state!r}")
        expect(found != "None", 'return None, without quotes: "None" is a text of four letters')
        expect(found is None, f"the state was {state!r}, not ours: a stranger's code was taken")
    found = call(code_from, landing(code="c0de", scope=both), "an address without a state")
    expect(found is None, "a code without any state was taken")
    found = call(code_from, landing(error="access_denied", state="ours"), "what Cancel gives")
    expect(found is None, f"after Cancel there is no code: expected None, found {show(found)}")
    return "the code is ours"


def call(code_from: Callable[[str, str], Any], address: str, what: str) -> Any:
    """Call the learner's function where None is a right answer."""
    expect(callable(code_from), f"expected a function, found {show(code_from)}")
    try:
        return code_from(address, "ours")
    except KeyError as error:
        if "which has both" in what:
            raise NotYet(
                f"yours found no {error} in {what} and raised KeyError. Does the function itself "
                "take its address apart? answer = parse_qs(urlsplit(address).query)"
            ) from None
        raise NotYet(
            f"{what} has no {error}, and yours raised KeyError: answer.get({error}) gives None"
        ) from None
    except Exception as error:
        if "SplitResult" in str(error):
            raise NotYet(
                "urlsplit gives all the parts of the address, and parse_qs wants the one behind "
                "the ?: urlsplit(address).query"
            ) from None
        raise NotYet(f"your function raised {describe(error)} for {what}: {address}") from None


class Desk:
    """A token desk with one account: each refresh token works once, as a public program's."""

    def __init__(self, good: str, refresh_token: str) -> None:
        self.good, self.refresh_token = good, refresh_token
        self.refreshed = self.refused = 0

    def validate(self, token: str) -> Answer:
        """Twitch's answer about a token."""
        expect(
            not isinstance(token, dict),
            'validate got the whole pair, and wants the token alone: pair["access_token"]',
        )
        if token == self.good:
            return 200, {"login": "hello_bot", "expires_in": 14000}
        return 401, {"status": 401, "message": "invalid access token"}

    def refresh(self, refresh_token: str) -> Answer:
        """Twitch's answer to a refresh token."""
        expect(
            not isinstance(refresh_token, dict),
            'refresh got the whole pair, and wants one half of it: pair["refresh_token"]',
        )
        expect(
            not refresh_token.startswith("token"),
            'refresh got the access token, and wants the other half: pair["refresh_token"]',
        )
        if refresh_token != self.refresh_token:
            self.refused += 1
            return 400, {"status": 400, "message": "Invalid refresh token"}
        self.refreshed += 1
        self.good, self.refresh_token = f"token {self.refreshed}", f"refresh {self.refreshed}"
        return 200, {"access_token": self.good, "refresh_token": self.refresh_token}


@exercise(
    "define fresh(pair, validate, refresh); it returns a pair, or None.",
    'Ask first: status, facts = validate(pair["access_token"]). What if the status is 200?',
    'If it is not: refresh(pair["refresh_token"]) gives a status, and a whole new pair.',
    "Return the new pair if that status is 200, and None if it is not.",
)
def exercise_2(fresh: Callable[..., Any]) -> str:
    """A good pair is left alone, a dead one refreshed, both of its halves kept."""
    pair = {"access_token": "token 0", "refresh_token": "refresh 0"}
    desk = Desk("token 0", "refresh 0")
    found = ask(fresh, pair, desk)
    expect(
        not desk.refreshed,
        "the token was still good, and it was refreshed all the same. Does return pair stand in "
        "your if? And validate gives two things: status, facts = validate(…), of which the status "
        "is a number, 200 without quotes",
    )
    expect(found == pair, f"a good pair comes back as it is; found {show(found)}")
    desk = Desk("a newer one", "refresh 0")
    for round in (1, 2):
        old, pair = pair, ask(fresh, pair, desk)
        if pair == old and desk.refreshed == round:
            raise NotYet("it refreshed, and the old pair came back: keep what refresh gives, "
                         "status, new_pair = refresh(…), and return the new pair")  # fmt: skip
        if pair == old:
            raise NotYet("the token had expired, and the old pair came back: validate gives two "
                         "things, a status and an answer; look at the status")  # fmt: skip
        if isinstance(pair, tuple):
            raise NotYet("refresh gives two things, a status and a pair: return the pair alone")
        expect(
            not desk.refused,
            "refresh was called a second time, and a refresh token works once. Call it once, and "
            "keep both things that it gives: status, new_pair = refresh(…)",
        )
        expect(pair is not None, "the token had expired, and nothing came back: refresh, and "
               "return the new pair")  # fmt: skip
        usable = isinstance(pair, dict) and pair.get("access_token") == desk.good
        expect(usable, f"after refresh {round} expected the new pair, found {show(pair)}")
        expect(
            pair.get("refresh_token") == desk.refresh_token,
            "the new access token came with the old refresh token, and that one is spent: "
            "keep both halves of the new pair",
        )
        desk.good = "expired meanwhile"
    found = ask(fresh, pair, Desk("another", "another"), "Twitch refused the refresh with 400: ")
    expect(found != "None", 'return None, without quotes: "None" is a text of four letters')
    expect(
        found is None,
        f"Twitch refused the refresh: expected None, found {show(found)}. refresh gives a status, "
        "too: look at it before you return",
    )
    return "the bot can sleep for days"


def ask(fresh: Callable[..., Any], pair: dict[str, str], desk: Desk, when: str = "") -> Any:
    """Call the learner's function where None may be right; `when` begins the hint."""
    expect(callable(fresh), f"expected a function, found {show(fresh)}")
    try:
        return fresh(dict(pair), desk.validate, desk.refresh)
    except NotYet:
        raise
    except Exception as error:
        raise NotYet(f"{when}your function raised {describe(error)} for {pair}") from None


NEEDED = ["chat:read", "chat:edit"]
UNKNOWN = {"status": 401, "message": "invalid access token"}


def validated(login: str, scopes: list[str]) -> Answer:
    """Twitch's answer about a good user token."""
    return 200, {"login": login, "user_id": "1", "scopes": scopes, "expires_in": 14000}


PATIENTS: list[tuple[Answer, str]] = [
    (validated("hello_bot", NEEDED), "good"),
    (validated("hello_bot", ["user:bot", "chat:edit", "chat:read"]), "good"),
    (validated("hello_bot", ["chat:read"]), "missing scope"),
    (validated("hello_bot", ["chat:edit"]), "missing scope"),
    (validated("hello_bot", ["user:read:chat", "user:write:chat"]), "missing scope"),
    (validated("viktor", NEEDED), "wrong account"),
    (validated("viktor", []), "wrong account"),
    ((401, UNKNOWN), "unknown"),
    ((200, {"client_id": "x", "scopes": [], "expires_in": 5000000}), "app token"),
]
WITHOUT = {  # what is said to whoever looks for a login where there is none
    "app token": "an app token is nobody's: its answer has no {}",
    "unknown": "a dead token's answer has no {}: look at the status before anything else",
}


@exercise(
    'define verdict(status, facts); it returns "good", "unknown", "app token", …',
    "Go through the table from top to bottom: an if with a return for each row.",
    '"login" not in facts tells that there is no login; facts["login"] would be an error there.',
    'The scopes are a list: "chat:read" not in facts["scopes"] or the same for "chat:edit".',
)
def exercise_3(verdict: Callable[[int, dict[str, Any]], Any]) -> str:
    """Nine tokens, told apart by what Twitch says about them."""
    for (status, answer), expected in PATIENTS:
        if "login" not in answer and callable(verdict):
            try:
                verdict(status, dict(answer))
            except KeyError as error:
                raise NotYet(WITHOUT[expected].format(error)) from None
            except Exception:  # noqa: S110, what it raised is said below
                pass
        found = run(verdict, status, dict(answer))
        if (expected, found) == ("good", "missing scope"):
            raise NotYet(
                f"{answer['scopes']} has all that is needed. A token may do more, and in any "
                'order: ask for each scope by itself, "…" not in … or "…" not in …'
            )
        if (expected, found) == ("missing scope", "good"):
            raise NotYet(
                f"{answer['scopes']} was called good, and both scopes are needed: it is a missing "
                "scope if one of them is not there, or the other"
            )
        if (expected, found) == ("good", "wrong account"):
            raise NotYet(
                "the login was 'hello_bot', which is right. It is a text: compare it with "
                '"hello_bot" in quotes. Without them it is the account from above'
            )
        if (expected, found) == ("good", "unknown"):
            raise NotYet("the status was 200. It is a number: compare it with 200, without quotes")
        expect(
            found == expected, f"for {status}, {answer} expected {expected!r}, found {show(found)}"
        )
    return f"{len(PATIENTS)} tokens told apart"
