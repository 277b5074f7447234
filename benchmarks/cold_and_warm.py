"""Cold starts and warm calls of functions under three loops, next to what the machine itself takes.

    python benchmarks/cold_and_warm.py [--quick]

Times are the cloud's own: from the call's arrival until its answer is there. The call is
made directly, not by HTTP (gateway.py does that).
"""

import json
import subprocess
import sys
import time
from collections import defaultdict
from typing import Any

from measuring import FUNCTIONS, HERE, median, start, table, target
from updates import bot_of, event

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
    floors: Times = defaultdict(list)
    with Cloud() as cloud, Telegram(limits=None) as telegram:
        environment = bot_of(telegram)
        cloud.deploy("f", FUNCTIONS)
        for repetition in range(options.repetitions):
            measure_floors(cloud, floors)
            for at in range(len(KINDS)):  # each time another one is the first
                kind = KINDS[(at + repetition) % len(KINDS)]
                first, later = measure(cloud, kind, calls, environment)
                cold[kind].append(first)
                warm[kind].append(later)
    floor = {name: median(values) for name, values in floors.items()}
    table(["the machine itself", "ms"], list(floor.items()))
    report(cold, warm, floor)


def measure(
    cloud: Cloud, kind: tuple[str, str, str], calls: int, environment: dict[str, str]
) -> tuple[float, float]:
    """A cold start and the median of warm calls of a new deployment, in milliseconds."""
    _, handler, loop = kind
    old = cloud.function("f")
    function = cloud.deploy(
        "f", FUNCTIONS, handler=handler, memory_mb=512, environment=environment, **LOOPS[loop]
    )
    old.wait_stopped()
    check(function.invoke(event(0)), kind)
    for number in range(1, calls + 1):
        check(function.invoke(event(number)), kind)
    first, *others = function.invocations
    assert first.cold and not any(each.cold for each in others)
    return (first.end - first.start) * 1000, median(
        [each.end - each.start for each in others]
    ) * 1000


def check(answer: Any, kind: tuple[str, str, str]) -> None:
    """A figure counts only if the function did its work."""
    if "Application" in kind[0]:  # it answers by a call
        right = (answer["statusCode"], answer["body"]) == (200, "")
    else:
        right = "bot" not in kind[0] or json.loads(answer["body"])["text"] == "hello Viktor!"
    if not right:
        raise AssertionError(f"{kind}: {answer}")


def measure_floors(cloud: Cloud, floors: Times) -> None:
    """What no cloud can undercut."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    floors["python -c pass"].append((time.perf_counter() - began) * 1000)
    words = [sys.executable, str(HERE / "floors.py")]
    own = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    floors["fork to the first JSON reply"].append(own["fork"])
    floors["pipe round trip"].append(own["pipe"])
    began = time.perf_counter()
    for _ in range(100):
        cloud.run(nothing())
    floors["to the cloud's thread and back"].append((time.perf_counter() - began) * 10)


async def nothing() -> None:
    """Do nothing."""


def report(cold: Times, warm: Times, floor: dict[str, float]) -> None:
    """Print the table and the targets."""
    rows: list[list[str | float]] = []
    verdicts: list[tuple[str, float, float]] = []
    for kind in KINDS:
        name, handler, loop = kind
        peer = ("echo", "echo.handler") if loop == "Node.js" else (name, handler)
        first, later = median(cold[kind]), median(warm[kind])
        per_cold = first / median(cold[*peer, "awslambdaric"])
        per_warm = later / median(warm[*peer, "awslambdaric"])
        row: list[str | float] = [name, loop, first, per_cold, first / floor["python -c pass"]]
        rows.append([*row, later, per_warm, later / floor["pipe round trip"]])
        if loop == "sandbox":
            verdicts.append((f"{name}: cold / awslambdaric", per_cold, 1.0))
            verdicts.append((f"{name}: warm / awslambdaric", per_warm, 1.2))
        elif loop == "sandbox, snapshot" and name == "bot, Bot":
            verdicts.append((f"{name}: cold from a snapshot, ms", first, 15.0))
    titles = ["function", "loop", "cold ms", "/awslambdaric", "/python -c pass"]
    table([*titles, "warm ms", "/awslambdaric", "/pipe"], rows)
    for verdict in verdicts:
        target(*verdict)
    print("(Node.js is compared with awslambdaric's echo; 'by hand' has no library at all)")


if __name__ == "__main__":
    main()
