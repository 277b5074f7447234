"""Updates a second: the webhook function against python-telegram-bot's own `run_webhook`.

    python benchmarks/telegram_updates.py [--quick]

An update counts once its sendMessage has arrived: in the response to whoever posted the update, or
by a call to the sandbox Telegram. `run_webhook` acknowledges first and works later, so its time
runs until its last reply is there. In the first two tables wrk posts the updates; in the last two
the sandbox Telegram delivers them itself and executes each reply.
"""

import itertools
import time
from collections import defaultdict
from contextlib import ExitStack

from homes import APPLICATION, BOT, CONCURRENT, PEER, Home, World
from measuring import median, start, table, target, wrk
from updates import CHATS, SECRET, lua

REPETITIONS, SECONDS, MESSAGES = 5, 2.0, 25  # messages of each person
CONNECTIONS = (1, 8)
FIRST = itertools.count(1, 10_000_000)  # where each run of wrk begins to number its updates
Rates = dict[tuple[str, str, int], list[float]]


def main() -> None:
    """Measure everything in turn, then print."""
    options = start("Telegram updates answered a second.", REPETITIONS)
    seconds, messages = (0.1, 1) if options.quick else (SECONDS, MESSAGES)
    rates: Rates = defaultdict(list)
    with ExitStack() as stack:
        world = World(stack)
        for home in world.homes.values():
            posted_by_wrk(world, home, max(CONNECTIONS), seconds)  # warm
        for _ in range(options.repetitions):
            for connections in CONNECTIONS:
                for name, home in world.homes.items():
                    rate = posted_by_wrk(world, home, connections, seconds)
                    rates["wrk posts", name, connections].append(rate)
                    rate = delivered(world, home, connections, messages)
                    rates["Telegram delivers", name, connections].append(rate)
    for way in ("wrk posts", "Telegram delivers"):
        for connections in CONNECTIONS:
            report(way, connections, rates)


def posted_by_wrk(world: World, home: Home, connections: int, seconds: float) -> float:
    """Updates a second when wrk posts them."""
    world.forget()
    began = time.perf_counter()
    load = wrk(home.url, connections, seconds, lua(next(FIRST)))
    if not home.calls:
        return load.per_second * load.replies / max(1, load.answered)
    world.wait_for(load.answered)
    return load.answered / (time.perf_counter() - began)


def delivered(world: World, home: Home, connections: int, messages: int) -> float:
    """Updates a second when the sandbox Telegram delivers them."""
    settings = {"secret_token": SECRET, "max_connections": connections}
    world.telegram.call(home.account, "setWebhook", url=home.url, **settings)
    world.forget()
    began = time.perf_counter()
    for person in world.people:
        person.send_all(["!hello"] * messages, to=home.account)
    world.wait_for(CHATS * messages)
    return CHATS * messages / (time.perf_counter() - began)


def report(way: str, connections: int, rates: Rates) -> None:
    """Print one table and its targets."""
    names = (APPLICATION, BOT, PEER, CONCURRENT)
    rate = {name: median(rates[way, name, connections]) for name in names}
    rows: list[list[str | float]] = [
        [name, rate[name], rate[name] / rate[PEER], 1000 / rate[name]] for name in names
    ]
    titles = [f"{way}, {connections} at once", "updates/s", "/run_webhook", "ms an update"]
    table(titles, rows)
    if way == "wrk posts":
        best = max(rate[PEER], rate[CONCURRENT])
        for name, least in ((APPLICATION, 1.0), (BOT, 3.0)):
            what = f"{connections} at once: {name} / the better run_webhook"
            target(what, rate[name] / best, least, at_least=True)


if __name__ == "__main__":
    main()
