"""Cold starts and warm calls of functions under several loops.

    python benchmarks/cold_and_warm.py [--quick]

The calls are made directly, not by HTTP (gateway.py does that).
"""

import json
from collections import defaultdict
from typing import Any

from measuring import FUNCTIONS, median, start, table, target
from updates import Crowd, event

from bot_sandbox import Telegram
from lessons.cloud import Cloud

REPETITIONS, CALLS = 15, 200
LOOPS: dict[str, dict[str, Any]] = {
    "sandbox": {},
    "sandbox, snapshot": {"start": "snapshot"},
    "awslambdaric": {"worker": "awslambdaric"},
    "Node.js": {"runtime": "nodejs"},
}
KINDS = [  # what it is called here, its handler, its loop
    ("echo", "echo.handler", "sandbox"),
    ("echo", "echo.handler", "sandbox, snapshot"),
    ("echo", "echo.handler", "awslambdaric"),
    ("echo", "echo.handler", "Node.js"),
    ("bot, Application", "application.handler", "sandbox"),
    ("bot, Application", "application.handler", "sandbox, snapshot"),
    ("bot, Application", "application.handler", "awslambdaric"),
    ("bot, Bot", "webhook.handler", "sandbox"),
    ("bot, Bot", "webhook.handler", "sandbox, snapshot"),
    ("bot, Bot", "webhook.handler", "awslambdaric"),
    ("bot, by hand", "by_hand.handler", "Node.js"),
]
Times = dict[Any, list[float]]


def main() -> None:
    """Measure everything in turn, then print."""
    options = start("cold starts and warm calls, milliseconds.", REPETITIONS, needs_wrk=False)
    calls = 20 if options.quick else CALLS
    cold: Times = defaultdict(list)
    warm: Times = defaultdict(list)
    with Cloud() as cloud, Telegram(limits=None) as telegram:
        _, environment = Crowd(telegram).new_bot("hello_bot")
        for repetition in range(options.repetitions):
            for at in range(len(KINDS)):  # each time another one is the first
                kind = KINDS[(at + repetition) % len(KINDS)]
                first, later = measure(cloud, kind, calls, environment)
                cold[kind].append(first)
                warm[kind].append(later)
    report(cold, warm)


def measure(
    cloud: Cloud, kind: tuple[str, str, str], calls: int, environment: dict[str, str]
) -> tuple[float, float]:
    """A cold start and the median of warm calls of a new deployment, in milliseconds.

    Times are the cloud's own: from the call's arrival until its answer is there.
    """
    name, handler, loop = kind
    old = cloud.functions()
    function = cloud.deploy(
        "f", FUNCTIONS, handler=handler, memory_mb=512, environment=environment, **LOOPS[loop]
    )
    for each in old:
        each.wait_stopped()
    for number in range(calls + 1):
        check(name, function.invoke(event(number)))
    first, *others = function.invocations
    assert first.cold and not any(each.cold for each in others)
    took, *warm = [(each.end - each.start) * 1000 for each in (first, *others)]
    return took, median(warm)


def check(name: str, answer: Any) -> None:
    """Fail unless the function did its work."""
    if "Application" in name:  # it answers by a call
        right = (answer["statusCode"], answer["body"]) == (200, "")
    else:
        right = "bot" not in name or json.loads(answer["body"])["text"] == "hello Viktor!"
    if not right:
        raise AssertionError(f"{name}: {answer}")


def report(cold: Times, warm: Times) -> None:
    """Print the table and the targets."""
    rows: list[list[str | float]] = []
    verdicts: list[tuple[str, float, float]] = []
    for kind in KINDS:
        name, handler, loop = kind
        peer = ("echo", "echo.handler") if loop == "Node.js" else (name, handler)
        first, later = median(cold[kind]), median(warm[kind])
        per_cold = first / median(cold[*peer, "awslambdaric"])
        per_warm = later / median(warm[*peer, "awslambdaric"])
        rows.append([name, loop, first, per_cold, later, per_warm])
        if loop == "sandbox":
            verdicts.append((f"{name}: cold / awslambdaric", per_cold, 1.0))
            verdicts.append((f"{name}: warm / awslambdaric", per_warm, 1.2))
        elif loop == "sandbox, snapshot" and name == "bot, Bot":
            verdicts.append((f"{name}: cold from a snapshot, ms", first, 15.0))
    table(["function", "loop", "cold ms", "/awslambdaric", "warm ms", "/awslambdaric"], rows)
    for verdict in verdicts:
        target(*verdict)
    print("(Node.js is compared with awslambdaric's echo; 'by hand' has no library at all)")


if __name__ == "__main__":
    main()
