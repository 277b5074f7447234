"""Updates a second: the webhook function against python-telegram-bot as a server.

    python benchmarks/telegram_updates.py [--quick]

An update counts once its sendMessage has arrived: in the response to whoever posted the update, or
by a call to the sandbox Telegram. `run_webhook` acknowledges first and works later, so its time
runs until its last reply is there. A function can't do that, because it is frozen after its
response. So its fair peer awaits each update, too, behind a bare aiohttp server.

In the first two tables wrk posts the updates; in the last two the sandbox Telegram delivers them
itself and executes each reply.
"""

import itertools
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass

from measuring import FUNCTIONS, median, peer, start, table, target, warm_up, wrk
from updates import CHATS, SECRET, Crowd, event, lua

from bot_sandbox import BotAccount, Telegram
from lessons.cloud import Cloud

INSTANCES = 8  # of a function, at most
APPLICATION, BOT = "function, Application", "function, Bot"
PEER, CONCURRENT = "run_webhook", "run_webhook, concurrent_updates"
AWAITED = "the same Application behind aiohttp"
REPETITIONS, SECONDS, MESSAGES = 5, 2.0, 25  # messages of each person
CONNECTIONS = (1, 8)
FIRST = itertools.count(1, 10_000_000)  # where each run of wrk begins to number its updates
Rates = dict[tuple[str, str, int], list[float]]


@dataclass
class Home:
    """A bot, where its webhook is, and whether it replies by a call of its own."""

    account: BotAccount
    url: str
    calls: bool


def main() -> None:
    """Measure everything in turn, then print."""
    options = start("Telegram updates answered a second.", REPETITIONS)
    seconds, messages = (0.1, 1) if options.quick else (SECONDS, MESSAGES)
    rates: Rates = defaultdict(list)
    with ExitStack() as stack:
        crowd, cloud = Crowd(stack.enter_context(Telegram(limits=None))), Cloud()
        stack.enter_context(cloud)
        homes = {
            APPLICATION: function(cloud, crowd, "application", calls=True),
            BOT: function(cloud, crowd, "webhook", calls=False),
            PEER: server(stack, crowd, "ptb_webhook.py", "peer_bot"),
            CONCURRENT: server(stack, crowd, "ptb_webhook.py", "concurrent_bot", CONCURRENT="yes"),
            AWAITED: server(stack, crowd, "ptb_awaited.py", "awaited_bot"),
        }
        for home in homes.values():
            posted_by_wrk(crowd, home, max(CONNECTIONS), seconds)  # warm
        for _ in range(options.repetitions):
            for connections in CONNECTIONS:
                for name, home in homes.items():
                    rate = posted_by_wrk(crowd, home, connections, seconds)
                    rates["wrk posts", name, connections].append(rate)
                    rate = delivered(crowd, home, connections, messages)
                    rates["Telegram delivers", name, connections].append(rate)
    for way in ("wrk posts", "Telegram delivers"):
        for connections in CONNECTIONS:
            report(way, connections, rates)


def function(cloud: Cloud, crowd: Crowd, module: str, calls: bool) -> Home:
    """Deploy a bot."""
    account, environment = crowd.new_bot(f"{module}_bot")
    deployed = cloud.deploy(
        module,
        FUNCTIONS,
        handler=f"{module}.handler",
        memory_mb=512,
        concurrency=INSTANCES,
        environment=environment,
    )
    warm_up(deployed, [event(-number) for number in range(INSTANCES)])
    return Home(account, deployed.url, calls)


def server(stack: ExitStack, crowd: Crowd, program: str, username: str, **settings: str) -> Home:
    """Run a bot in a process of its own, and wait until it listens."""
    account, environment = crowd.new_bot(username)
    url = stack.enter_context(peer(program, **environment, **settings))
    while not crowd.telegram.call(account, "getWebhookInfo")["url"]:
        time.sleep(0.02)
    return Home(account, url, calls=True)


def posted_by_wrk(crowd: Crowd, home: Home, connections: int, seconds: float) -> float:
    """Updates a second when wrk posts them."""
    crowd.forget()
    began = time.perf_counter()
    load = wrk(home.url, connections, seconds, lua(next(FIRST)))
    if not home.calls:
        return load.per_second * load.replies / max(1, load.answered)
    crowd.wait_for(load.answered)
    return load.answered / (time.perf_counter() - began)


def delivered(crowd: Crowd, home: Home, connections: int, messages: int) -> float:
    """Updates a second when the sandbox Telegram delivers them."""
    settings = {"secret_token": SECRET, "max_connections": connections}
    crowd.telegram.call(home.account, "setWebhook", url=home.url, **settings)
    crowd.forget()
    began = time.perf_counter()
    for person in crowd.people:
        person.send_all(["!hello"] * messages, to=home.account)
    crowd.wait_for(CHATS * messages)
    return CHATS * messages / (time.perf_counter() - began)


def report(way: str, connections: int, rates: Rates) -> None:
    """Print one table and its targets."""
    names = (APPLICATION, BOT, PEER, CONCURRENT, AWAITED)
    rate = {name: median(rates[way, name, connections]) for name in names}
    rows: list[list[str | float]] = [
        [name, rate[name], rate[name] / rate[PEER], 1000 / rate[name]] for name in names
    ]
    titles = [f"{way}, {connections} at once", "updates/s", "/run_webhook", "ms an update"]
    table(titles, rows)
    if way == "wrk posts":
        best = max(rate[PEER], rate[CONCURRENT])
        what = f"{connections} at once: {BOT} / the better run_webhook"
        target(what, rate[BOT] / best, 3.0, at_least=True)
        what = f"{connections} at once: {APPLICATION} / {AWAITED}"
        target(what, rate[APPLICATION] / rate[AWAITED], 0.95, at_least=True)


if __name__ == "__main__":
    main()
