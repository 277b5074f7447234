"""Checks of the side room OAuth by hand: a code that is ours, a fresh pair, seven tokens."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from lessons.exercises.slips import Task, Values
from lessons.exercises.verdict import (
    NotYet,
    describe_error,
    exercise,
    expect,
    function_problem,
    show,
)

CALLBACK = "http://localhost:3000/callback"
BOTH = "chat:read chat:edit"
Answer = tuple[int, dict[str, Any]]


def landing_address(**query: str) -> str:
    """Return an address as the browser's bar shows it."""
    return f"{CALLBACK}?{urlencode(query)}"


CODE_FROM_TASK = Task(
    "code_from(address, state)",
    [
        ((landing_address(code="c0de", scope=BOTH, state="ours"), "ours"), "c0de"),
        ((landing_address(state="ours", scope=BOTH, code="c0de"), "ours"), "c0de"),
        ((landing_address(code="a&b=c/d", scope=BOTH, state="ours"), "ours"), "a&b=c/d"),
        ((landing_address(code="c0de", scope=BOTH, state="theirs"), "ours"), None),
        ((landing_address(code="c0de", scope=BOTH, state="our"), "ours"), None),
        ((landing_address(code="c0de", scope=BOTH, state="hours"), "ours"), None),
        ((landing_address(code="c0de", scope=BOTH), "ours"), None),
        ((landing_address(error="access_denied", state="ours"), "ours"), None),
    ],
    {
        """
        from urllib.parse import parse_qs, urlsplit
        answer = parse_qs(urlsplit(address).query)
        return answer["code"][0]
        """: "a stranger's code was taken. Look at the state",
        ('.get("state") == [state] and "code" in answer', '["state"] == state'): "parse_qs gives "
        "lists, so the right state is [state]",
        """
        from urllib.parse import parse_qs, urlsplit
        answer = parse_qs(urlsplit(address).query)
        if answer["state"] == [state]:
            return answer["code"]
        return None
        """: 'parse_qs gives lists, so the code is answer["code"][0]',
        ('.get("state")', '["state"]'): 'this address has no state. answer.get("state") gives '
        "None where there is none",
        ('[state] and "code" in answer', "[state]"): "after Cancel there is no code. Ask for it "
        'first: "code" in answer',
        (") == [state]", ', [""])[0] in state'): "`in` also takes a part of the state. Compare "
        "the whole state with ==",
        ('answer.get("state") == [state]', 'state in answer.get("state", [""])[0]'): "`in` also "
        "takes a longer state. Compare the whole state with ==",
        ("return None", 'return "None"'): '"None" is a text of four letters. Write None without '
        "quotes",
        ("return None", 'return ""'): "an empty text is not None. Write return None",
        ("urlsplit(address).query", "address"): "parse_qs wants the part after the ?. That is "
        "urlsplit(address).query",
        """
        from urllib.parse import parse_qs, urlsplit
        answer = parse_qs(urlsplit(address))
        return answer["code"][0]
        """: "parse_qs wants the part after the ?. That is urlsplit(address).query",
        'if "state=" + state in address and "code=" in address:\n'
        '    return address.partition("code=")[2].partition("&")[0]\nreturn None': "some "
        "characters are written with a % in an address. parse_qs undoes that",
    },
    solution="""
        from urllib.parse import parse_qs, urlsplit
        answer = parse_qs(urlsplit(address).query)
        if answer.get("state") == [state] and "code" in answer:
            return answer["code"][0]
        return None
    """,
)


@exercise(
    "define code_from(address, state); it returns the code, or None.",
    "parse_qs(urlsplit(address).query) gives a dictionary, as in the cells above. Begin with it.",
    'Each value in it is a list, so the right state is [state]. answer.get("state") gives None '
    "where there is none, and answer[...] would be an error.",
    'The code is the first in its list: answer["code"][0]. Return it only if the state is right '
    'and "code" in answer.',
    task=CODE_FROM_TASK,
    because="Mallory can make Twitch send a code for her account to your redirect. She can't make "
    "it carry your state, because nobody but your program knows it.",
)
def exercise_1(code_from: Any) -> str:
    """The code of one's own question; nothing from a stranger's, or after Cancel."""
    return f"{len(CODE_FROM_TASK.cases)} addresses, and no stranger's code was taken"


class Desk:
    """A token desk with one account; each refresh token works once, as a public program's."""

    def __init__(self, good: str, refresh_token: str, dead: int = 401) -> None:
        self.good, self.refresh_token, self._dead = good, refresh_token, dead
        self.refreshed = self.refused = 0

    def validate(self, token: str) -> Answer:
        """Return Twitch's answer about a token."""
        expect(
            not isinstance(token, dict),
            'validate got the whole pair, but it takes the token alone: pair["access_token"]',
        )
        if token == self.good:
            return 200, {"login": "hello_bot", "expires_in": 14000}
        return self._dead, {"status": self._dead, "message": "invalid access token"}

    def refresh(self, refresh_token: str) -> Answer:
        """Return Twitch's answer to a refresh token."""
        expect(
            not isinstance(refresh_token, dict),
            'refresh got the whole pair, but it takes one half of it: pair["refresh_token"]',
        )
        expect(
            not refresh_token.startswith("token"),
            'refresh got the access token, but it takes the other half: pair["refresh_token"]',
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
    because="A refresh token costs nothing but works once. So a program asks first, refreshes only "
    "when it has to, and keeps both halves.",
)
def exercise_2(fresh: Callable[..., Any]) -> str:
    """A good pair is left alone, a dead one refreshed, both of its halves kept."""
    pair = {"access_token": "token 0", "refresh_token": "refresh 0"}
    desk = Desk("token 0", "refresh 0")
    found = ask(fresh, pair, desk)
    expect(
        not desk.refreshed,
        "the token was still good, and it was refreshed anyway. Is return pair inside your "
        "if? And validate gives two things: status, facts = validate(…). The status is a number, "
        "200 without quotes",
    )
    expect(found == pair, f"a good pair comes back as it is; found {show(found)}")
    check_two_refreshes(fresh, pair)
    other = Desk("a newer one", "refresh 0", dead=403)
    found = ask(fresh, pair, other)
    expect(
        found != pair,
        "validate gave the status 403, and the old pair came back. Any other status than 200 "
        "means that the token isn't good: compare with 200",
    )
    expect(isinstance(found, dict), f"after the status 403 it gave {show(found)}, not a new pair")
    found = ask(fresh, pair, Desk("another", "another"), "Twitch refused the refresh with 400: ")
    expect(found != "None", 'return None, without quotes: "None" is a text of four letters')
    expect(
        found is None,
        f"Twitch refused the refresh: expected None, found {show(found)}. refresh gives a status, "
        "too. Look at it before you return",
    )
    return "the bot can run for years"


def check_two_refreshes(fresh: Callable[..., Any], pair: Any) -> None:
    """Let the token expire twice: the second refresh needs the refresh token of the first."""
    desk = Desk("a newer one", "refresh 0")
    for round in (1, 2):
        old, pair = pair, ask(fresh, pair, desk)
        if pair == old and desk.refreshed == round:
            raise NotYet("it refreshed, and the old pair came back. Keep what refresh gives, "
                         "status, new_pair = refresh(…), and return the new pair")  # fmt: skip
        if pair == old:
            raise NotYet("the token had expired, and the old pair came back. validate gives two "
                         "things, a status and an answer. Look at the status")  # fmt: skip
        if isinstance(pair, tuple):
            raise NotYet("refresh gives two things, a status and a pair: return the pair alone")
        expect(
            not desk.refused,
            "refresh was called a second time, and a refresh token works once. Call it once, and "
            "keep both things that it gives: status, new_pair = refresh(…)",
        )
        expect(pair is not None, "the token had expired, and nothing came back. Refresh, and "
               "return the new pair")  # fmt: skip
        usable = isinstance(pair, dict) and pair.get("access_token") == desk.good
        expect(usable, f"after refresh {round} expected the new pair, found {show(pair)}")
        expect(
            pair.get("refresh_token") == desk.refresh_token,
            "the new access token came with the old refresh token, and that one is used up. "
            "Keep both halves of the new pair",
        )
        desk.good = "expired meanwhile"


def ask(fresh: Callable[..., Any], pair: dict[str, str], desk: Desk, when: str = "") -> Any:
    """Call the learner's function where None may be right; `when` begins the hint."""
    expect(callable(fresh), function_problem(fresh))
    try:
        return fresh(dict(pair), desk.validate, desk.refresh)
    except NotYet:
        raise
    except Exception as error:
        raise NotYet(f"{when}your function raised {describe_error(error)} for {pair}") from None


WORDS = (
    "good",
    "wrong account",
    "app token",
    "missing scope",
    "expired",
    "refresh token",
    "oauth: in front",
)
UNKNOWN_HINT = (
    "Twitch doesn't know this text, so it has no login. But how many characters does it have?"
)


@exercise(
    "write a word instead of each ... and keep the quotes.",
    "Begin with the status. Three of the tokens have 401, and each has another length.",
    "The others have 200. Look at the login first, and then at the scopes.",
    "30 characters with 401: once it was good. 50 with 401: the other half of the pair. 36 are six "
    "too many.",
    task=Values(
        "one of the words above, in quotes",
        {
            "A": "wrong account",
            "B": "refresh token",
            "C": "app token",
            "D": "missing scope",
            "E": "good",
            "F": "expired",
            "G": "oauth: in front",
        },
        {
            "A": "its scopes are right, but its login is viktor",
            "B": {
                "expired": UNKNOWN_HINT,
                "oauth: in front": UNKNOWN_HINT,
                "app token": "an app token has the status 200",
                "wrong account": UNKNOWN_HINT,
            },
            "C": "Twitch knows it, but no account belongs to it",
            "D": "its account is right. Which scope does the bot need to speak?",
            "E": "the status is 200, the login is your bot's, and both scopes are there",
            "F": {
                "refresh token": "it has 30 characters, so it is an access token",
                "oauth: in front": "it has exactly 30 characters, so nothing is in front of it",
                "app token": "an app token has the status 200",
                "missing scope": "Twitch doesn't know it any more, so it has no scopes to show",
            },
            "G": {
                "expired": "30 characters make a token, and this text has 36",
                "refresh token": "a refresh token has 50 characters",
                "app token": "an app token has the status 200",
                "good": "validate doesn't know it: only IRC's PASS takes oauth: before a token",
            },
        },
        choices=WORDS,
    ),
    because="Three of seven got a 401, for three reasons. The status alone doesn't say what to do, "
    "so check_token looks at the text, too.",
)
def exercise_3(diagnosis: Any) -> str:
    """Seven tokens, told apart by what Twitch says and by their length."""
    return f"{len(diagnosis)} tokens told apart"
