"""Exercises of the side room "Many pots, one cook": ask all at once, and how long meals take."""

import asyncio
import inspect
import traceback
import warnings
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lessons.exercises.slips import Values, number_problem
from lessons.exercises.verdict import (
    NotYet,
    describe_error,
    exercise,
    expect,
    function_problem,
    show,
)

OTHERS_TIMEOUT_S = 1.0  # for the other friends to be asked, too
NAMES = ("Ada", "Bob", "Cleo")
PLANS_HINT = (
    ". gather wants plans: friend(question) for each friend, without await. Make a list of them, "
    "in square brackets, and hand over what is in it with a star: asyncio.gather(*plans)"
)
SAID_BY_PYTHON = {  # what it says about a slip, and what to do
    "unhashable type: 'list'": ". gather got a list as one thing. A star hands over what "
    "is in it: asyncio.gather(*plans)",
    "An asyncio.Future, a coroutine or an awaitable is required": PLANS_HINT,
    "asyncio.run() cannot be called from a running event loop": ". asyncio.run is for the first "
    "one in a file; here write await",
    "Task got bad yield": PLANS_HINT,  # Python 3.11's words for a loop instead of a list
    "'function' object is not subscriptable": ". To call a function, use round brackets: "
    "friend(question)",
    "'list' object is not callable": ". friends is the list. Call one of them: "
    "friend(question) for friend in friends",
    "name 'gather' is not defined": ". It belongs to asyncio: asyncio.gather(*plans)",
}
QUESTION = "tea?"

Friend = Callable[[str], Awaitable[str]]


@exercise(
    "write async def ask_all(friends, question): instead of the three dots",
    "friend(question) is only a plan. All plans in a list: [friend(question) for friend in "
    "friends].",
    "await asyncio.gather(*plans) runs all plans together, and gives the list of their answers.",
    "Return what await asyncio.gather(*plans) gives.",
    because="The slowest friend decides how long you wait, however many friends you ask.",
)
def exercise_1(ask_all: Callable[[list[Friend], str], Any]) -> str:
    """All are asked at once, and the answers come in the order of the friends."""
    expect(callable(ask_all), function_problem(ask_all))
    # A notebook's own loop is busy with this cell. What Python says about plans, the verdict says.
    with warnings.catch_warnings(), ThreadPoolExecutor(1) as beside:
        warnings.simplefilter("ignore", RuntimeWarning)
        return beside.submit(lambda: asyncio.run(check_asking(ask_all))).result()


async def check_asking(ask_all: Callable[[list[Friend], str], Any]) -> str:
    """Let the learner's function ask friends who answer only when all have been asked."""
    for names in (NAMES, NAMES[:1], ()):
        found, alone = await call_with_friends(ask_all, names)
        expect(found is not None, "ask_all returned nothing. Does it end with return?")
        expect(
            not (alone and isinstance(found, list) and len(found) < len(names)),
            "your function ended after the first friend: return is inside the loop. Move it "
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
            "an answer is still a coroutine, a plan that nobody has run: await is missing",
        )
        expected = [f"{name}: {QUESTION} yes" for name in names]
        wrong = f"for the friends {', '.join(names) or 'nobody'} expected {expected}"
        expect(list(found) == expected, f"{wrong}, found {show(found)}")
    return "three friends thought at the same time, and each answer is in its place"


async def call_with_friends(
    ask_all: Callable[[list[Friend], str], Any], names: tuple[str, ...]
) -> tuple[Any, bool]:
    """Return what the function gives, and whether one friend was asked and the others waited."""
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
                    await asyncio.wait_for(all_asked.wait(), OTHERS_TIMEOUT_S)
            except TimeoutError:
                alone.append(name)
            # The first one thinks longest, so that the answers come in another order.
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
            await found  # otherwise Python complains at length
            raise NotYet(
                "your function returned before anybody had answered: await is missing before "
                "asyncio.gather(…)"
            )
    except NotYet:
        close_plans(found)
        raise
    except Exception as error:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(
            *others, return_exceptions=True
        )  # otherwise Python complains at length
        traceback.clear_frames(error.__traceback__)  # plans end while warnings are off
        words = f"your function raised {describe_error(error)}"
        meant = [hint for slip, hint in SAID_BY_PYTHON.items() if slip in str(error)]
        raise NotYet("".join([words, *meant])) from None
    if isinstance(found, list | tuple):
        close_plans(found)
    return found, bool(alone)


def close_plans(found: Any) -> None:
    """Close coroutines that nobody has awaited, so that Python doesn't complain about them."""
    for each in found if isinstance(found, list | tuple) else [found]:
        if inspect.iscoroutine(each):
            each.close()


# The lines of code are comments in the exercise's cell.
ONE_AFTER_THE_OTHER, TOGETHER, STILL_FIRST, FORGOTTEN, TEN = "ABCDE"
MEALS_TASK = Values(
    "a number of seconds",
    {ONE_AFTER_THE_OTHER: 0.9, TOGETHER: 0.6, STILL_FIRST: 0.9, FORGOTTEN: 0, TEN: 0.3},
    {
        ONE_AFTER_THE_OTHER: {
            0.6: "each await waits for its own pot. Only gather puts both on the stove together",
            0.3: "each await waits for its own pot, and the rice needs 0.6 seconds alone",
        },
        TOGETHER: {
            0.9: "gather runs both together, so they wait at the same time",
            0.3: "the meal is ready when the slowest pot is",
        },
        STILL_FIRST: {
            0.6: "time.sleep stops the whole kitchen. The tea begins when the rice is ready",
            0.3: "time.sleep stops the whole kitchen for 0.6 seconds, and then comes the tea",
        },
        FORGOTTEN: {0.6: "without await you have a plan, and nobody runs it"},
        TEN: {
            3: "gather runs all ten together. Ten pots need as long as one",
            0.6: "gather runs all ten together, and each needs the same time",
        },
    },
    kind=number_problem,
)


@exercise(
    "write a number of seconds instead of the three dots in each line",
    "For each line ask: who stands still, and who may turn to another pot?",
    "With gather, the slowest pot decides. With time.sleep, nobody else may do anything.",
    "0.9, 0.6, 0.9, 0 and 0.3.",
    task=MEALS_TASK,
    because="Waiting together costs as much as the longest wait. This is why one program can "
    "wait for a thousand people.",
)
def exercise_2(seconds: Mapping[str, float]) -> str:
    """How long each meal takes."""
    return "you know who waits for whom"
