"""Warm calls through the gateway, by HTTP: the load comes from wrk, over kept connections.

    python benchmarks/gateway.py [--quick]

The floor is a bare aiohttp server that does nothing but answer, in a process of its own. Another
local cloud, serverless-offline, is measured if npm is there to fetch it, and not in a quick run.
"""

import shutil
from collections import defaultdict
from contextlib import ExitStack
from typing import Any

from measuring import FUNCTIONS, Load, median, peer, start, table, target, warm_up, wrk

from bot_sandbox.cloud import Cloud

REPETITIONS, SECONDS = 5, 3.0
CONNECTIONS = (1, 8)
BARE = "aiohttp.web, bare"
OFFLINE = "serverless-offline"
LOOPS: dict[str, dict[str, Any]] = {
    "sandbox": {},
    "awslambdaric": {"worker": "awslambdaric"},
    "Node.js": {"runtime": "nodejs"},
}
Loads = dict[tuple[str, int], list[Load]]


def main() -> None:
    """Measure everything in turn, then print."""
    options = start("warm calls of a function by HTTP.", REPETITIONS)
    seconds = 0.2 if options.quick else SECONDS
    loads: Loads = defaultdict(list)
    with ExitStack() as stack:
        programs = {BARE: "aiohttp_hello.py"}
        if shutil.which("npm") and not options.quick:
            programs[OFFLINE] = "serverless_offline.py"
        ports = {name: stack.enter_context(peer(file)) for name, file in programs.items()}
        urls = {name: f"http://127.0.0.1:{port}/" for name, port in ports.items()}
        cloud = stack.enter_context(Cloud())
        for loop, settings in LOOPS.items():
            name = loop.replace(".", "")
            function = cloud.deploy(
                name, FUNCTIONS, handler="hello.handler", memory_mb=512, concurrency=8, **settings
            )
            warm_up(function, [None] * max(CONNECTIONS))
            urls[loop] = function.url
        for url in urls.values():
            wrk(url, max(CONNECTIONS), seconds)  # warm
        for _ in range(options.repetitions):
            for connections in CONNECTIONS:
                for name, url in urls.items():
                    loads[name, connections].append(wrk(url, connections, seconds))
    report(loads)


def report(loads: Loads) -> None:
    """Print the tables and the targets."""
    for connections in CONNECTIONS:
        rates = {
            name: median([load.per_second for load in values])
            for (name, number), values in loads.items()
            if number == connections
        }
        rows: list[list[str | float]] = []
        for name, rate in rates.items():
            values = loads[name, connections]
            row: list[str | float] = [name, rate, median([load.p50_ms for load in values])]
            row += [median([load.p99_ms for load in values])]
            rows.append([*row, rates[BARE] / rate, rate / rates["awslambdaric"]])
        titles = [f"{connections} at once", "calls/s", "p50 ms", "p99 ms"]
        table([*titles, "bare / this", "this / awslambdaric"], rows)
        if connections == 1:
            target("1 client: bare aiohttp / sandbox, calls/s", rates[BARE] / rates["sandbox"], 2.5)
        for other in ("awslambdaric", OFFLINE):
            if other in rates:
                what = f"{connections} at once: sandbox / {other}"
                target(what, rates["sandbox"] / rates[other], 1.0, at_least=True)


if __name__ == "__main__":
    main()
