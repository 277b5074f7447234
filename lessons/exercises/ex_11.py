"""Checks of notebook 11: asking all at once, how long until the next message, a backoff."""

import asyncio
import inspect
import traceback
import warnings
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lessons.exercises.verdict import (
    NotYet,
    close,
    describe,
    exercise,
    expect,
    is_number,
    run,
    show,
)

PATIENCE_S = 1.0  # for the other friends to be asked, too
NAMES = ("Ada", "Bob", "Cleo")
PLANS = (
    ". gather wants plans: friend(question) for each friend, without await. Make a list of them, "
    "in square brackets, and hand over what is in it with a star: asyncio.gather(*plans)"
)
MEANT = {  # what asyncio says about a slip, and what to do about it
    "unhashable type: 'list'": ". gather was given a list as one thing; a star hands over what "
    "is in it: asyncio.gather(*plans)",
    "An asyncio.Future, a coroutine or an awaitable is required": PLANS,
    "asyncio.run() cannot be called from a running event loop": ". asyncio.run is for the first "
    "one in a file; here write await",
    "Task got bad yield": PLANS,  # Python 3.11's words for a loop in place of a list
    "'function' object is not subscriptable": ". A function is called with round brackets: "
    "friend(question)",
    "'list' object is not callable": ". friends is the list; one of them is called: "
    "friend(question) for friend in friends",
    "name 'gather' is not defined": ". It belongs to asyncio: asyncio.gather(*plans)",
}
QUESTION = "tea?"

Friend = Callable[[str], Awaitable[str]]


@exercise(
    "write async def ask_all(friends, question): in place of the line with the dots.",
    "friend(question) is only a plan. All plans in a list: [friend(question) for friend in "
    "friends].",
    "await asyncio.gather(*plans) carries all plans out together and gives the list of answers.",
    "Return what await asyncio.gather(*plans) gives.",
)
def exercise_1(ask_all: Callable[[list[Friend], str], Any]) -> str:
    """All are asked at once, and each answer stands in its friend's place."""
    expect(callable(ask_all), f"expected a function, found {show(ask_all)}")
    # A notebook's own loop is busy with this very cell; and of plans the verdict tells enough.
    with warnings.catch_warnings(), ThreadPoolExecutor(1) as beside:
        warnings.simplefilter("ignore", RuntimeWarning)
        return beside.submit(lambda: asyncio.run(check_asking(ask_all))).result()


async def check_asking(ask_all: Callable[[list[Friend], str], Any]) -> str:
    """Let the learner's function ask friends who answer only when all have been asked."""
    for names in (NAMES, NAMES[:1], ()):
        found, alone = await asked(ask_all, names)
        expect(found is not None, "ask_all gave nothing back. Does it end with return?")
        expect(
            not (alone and isinstance(found, list) and len(found) < len(names)),
            "your function ended after the first friend: return stands inside the loop. Move it "
            "to the left, under the word for",
        )
        expect(
            not alone,
            "your function waited for one answer before it asked the next friend. "
            "Make all plans first, then give them to asyncio.gather",
        )
        expect(isinstance(found, list | tuple), f"expected a list of answers, found {show(found)}")
        expect(
            not any(inspect.iscoroutine(each) for each in found),
            "an answer is still a coroutine, a plan that nobody carried out: await is missing",
        )
        expected = [f"{name}: {QUESTION} yes" for name in names]
        wrong = f"for the friends {', '.join(names) or 'nobody'} expected {expected}"
        expect(list(found) == expected, f"{wrong}, found {show(found)}")
    return "three friends thought at the same time, and each answer stands in its place"


async def asked(
    ask_all: Callable[[list[Friend], str], Any], names: tuple[str, ...]
) -> tuple[Any, bool]:
    """What the function gives, and whether somebody was asked while the others were not yet."""
    all_asked = asyncio.Event()
    under_way: list[str] = []
    alone: list[str] = []

    def friend_named(name: str) -> Friend:
        async def friend(question: str) -> str:
            under_way.append(name)
            if len(under_way) == len(names):
                all_asked.set()
            try:
                if not alone:
                    await asyncio.wait_for(all_asked.wait(), PATIENCE_S)
            except TimeoutError:
                alone.append(name)
            # the first to be asked thinks longest, so answers do not come in order by themselves
            await asyncio.sleep(0.01 * (len(names) - names.index(name)))
            return f"{name}: {question} yes"

        return friend

    try:
        found = ask_all([friend_named(name) for name in names], QUESTION)
        expect(
            inspect.isawaitable(found) or found is None,
            "your function is not async: begin it with async def",
        )
        found = await found if found is not None else None
        if asyncio.isfuture(found):
            await found  # nobody else would, and Python would complain about it at length
            raise NotYet(
                "your function returned before anybody had answered: await is missing before "
                "asyncio.gather(…)"
            )
    except NotYet:
        close_plans(found)
        raise
    except Exception as error:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)  # else Python complains at length
        traceback.clear_frames(error.__traceback__)  # plans die while nobody hears of it
        words = f"your function raised {describe(error)}"
        meant = [hint for slip, hint in MEANT.items() if slip in str(error)]
        raise NotYet("".join([words, *meant])) from None
    if isinstance(found, list | tuple):
        close_plans(found)
    return found, bool(alone)


def close_plans(found: Any) -> None:
    """Put coroutines away that nobody awaited, so that Python does not complain about them."""
    for each in found if isinstance(found, list | tuple) else [found]:
        if inspect.iscoroutine(each):
            each.close()


NOW = 1000.0
TALK = [
    ([], 0.0),
    ([NOW - 1] * 19, 0.0),
    ([NOW - 10] * 20, 20.0),
    ([NOW - 28 + place for place in range(20)], 2.0),
    ([NOW - 100] * 40, 0.0),
    ([NOW - 100] * 5 + [NOW - 4] * 20, 26.0),
    ([NOW - 100] * 5 + [NOW - 4] * 19, 0.0),
    ([NOW - 31] + [NOW - 2] * 19, 0.0),
    ([NOW - 20] * 20 + [NOW - 5] * 3, 10.0),
]


@exercise(
    "write def wait_s(sent, now): in place of the line with the dots.",
    "With fewer than 20 messages in the list there is nothing to wait for.",
    "Otherwise look at the twentieth from the end, sent[-20]: when it is 30 seconds old, "
    "there is room for the next.",
    "That is at sent[-20] + 30. How long from now? And max(0, …) keeps it from being negative.",
)
def exercise_2(wait_s: Callable[[list[float], float], Any]) -> str:
    """Twenty messages in thirty seconds, never one more."""
    for sent, expected in TALK:
        ago = [NOW - at for at in sent]
        case = f"{counted(ago)} seconds ago" if ago else "nothing was sent yet"
        try:
            found = run(wait_s, list(sent), NOW, call=f"wait_s(sent, now) ({case})")
        except NotYet as reason:
            said = str(reason)
            expect("IndexError" not in said or len(sent) >= 20, f"{case}: there is no twentieth "
                   "from the end. Ask first how many there are: if len(sent) < 20:")  # fmt: skip
            expect("IndexError" not in said, f"{case}: so far the list does not go. The twentieth "
                   "from the end is sent[-20]")  # fmt: skip
            expect("'list' and 'int'" not in said, "sent is a list, and a list is no number: "
                   "len(sent) is how many are in it, sent[-20] is one of them")  # fmt: skip
            raise
        expect(is_number(found), f"{case}: expected seconds, found {show(found)}")
        if close(found, expected):
            continue
        if found < 0 and expected == 0:
            raise NotYet(f"{case}: found {show(found)}. Nobody waits less than 0 seconds: "
                         "the twentieth-last message is over 30 seconds old")  # fmt: skip
        if found < 0 or found > 30:
            raise NotYet(f"{case}: expected {expected:g}, found {show(found)}. The next message "
                         "may go at sent[-20] + 30; take now away from that")  # fmt: skip
        if len(ago) >= 20 and close(found, ago[-20]):
            raise NotYet(f"{case}: found {show(found)}. So old is the twentieth from the end; the "
                         "bot waits until it is 30 seconds old")  # fmt: skip
        if ago and close(found, max(0.0, 30 - ago[0])):
            raise NotYet(f"{case}: you counted from the first of all messages; the one that "
                         "must be 30 seconds old is the twentieth from the end")  # fmt: skip
        if ago and close(found, max(0.0, 30 - ago[-1])):
            raise NotYet(f"{case}: you counted from the last message; the one that must be "
                         "30 seconds old is the twentieth from the end")  # fmt: skip
        expect(
            found != 30,
            f"{case}: 30 seconds are too long. Some of them have gone by already: "
            f"expected {expected:g}",
        )
        raise NotYet(f"{case}: expected {expected:g}, found {show(found)}")
    return "this bot is never silenced"


def counted(ago: list[float]) -> str:
    """Write a list of times shortly: how many, from when to when."""
    span = f"{ago[0]:g}" if len(set(ago)) == 1 else f"{ago[0]:g} to {ago[-1]:g}"
    return f"{len(ago)} messages {span}"


LONGEST_S = 60


@exercise(
    "write def backoff(failures): in place of the line with the dots.",
    "2 ** 0 is 1, 2 ** 1 is 2, 2 ** 2 is 4. After the first failure it should be 1.",
    "The wait is 2 ** (failures - 1). min(60, …) takes the smaller one of two numbers.",
)
def exercise_3(backoff: Callable[[int], Any]) -> str:
    """It doubles, and it ends somewhere."""
    begin = [run(backoff, failures) for failures in (1, 2, 3)]
    expect(begin != [2, 4, 6], "found 2, 4, 6: you add 2 each time. Twice as long as before is "
           "1, 2, 4; in Python 2 ** n is 2, multiplied n times")  # fmt: skip
    expect(begin != [1, 4, 9], "found 1, 4, 9: failures ** 2 is a number times itself. Twice as "
           "long as before is 1, 2, 4; 2 ** n is 2, multiplied n times")  # fmt: skip
    expect(begin != [1, 3, 7], "found 1, 3, 7: the 1 is taken off at the very end. Parentheses "
           "take it off before: 2 ** (failures - 1)")  # fmt: skip
    expect(begin not in ([2, 3, 0], [3, 0, 1]), f"found {show(begin)}: in Python ^ is something "
           "else. 2 ** n is 2, multiplied n times")  # fmt: skip
    expect(begin != [LONGEST_S] * 3, f"found {LONGEST_S} from the beginning: max takes the larger "
           "one of two numbers, min the smaller one")  # fmt: skip
    for failures in (1, 2, 3, 4, 5, 6, 7, 8, 20, 500):
        expected = min(LONGEST_S, 2 ** (failures - 1))
        found = run(backoff, failures)
        case = f"after {failures} failure{'s' if failures > 1 else ''}"
        expect(is_number(found), f"{case}: expected seconds, found {show(found)}")
        if close(found, expected):
            continue
        if failures < 7 and close(found, 2**failures):
            raise NotYet(f"{case}: found {show(found)}, and {expected} is right: "
                         "you have doubled once too often")  # fmt: skip
        if found > LONGEST_S:
            raise NotYet(f"{case}: found {show(found)}. Nobody waits for so long; "
                         f"it ends at {LONGEST_S} seconds")  # fmt: skip
        if close(found, failures):
            raise NotYet(f"{case}: found {show(found)}, and {expected} is right: "
                         "each wait is twice the one before, and not one second more")  # fmt: skip
        raise NotYet(f"{case}: expected {expected}, found {show(found)}")
    return "1, 2, 4, 8, 16, 32, 60 and 60 for ever: a server that wakes up is not run over"
