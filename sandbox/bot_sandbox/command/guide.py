"""Say what a client needs of the running sandbox: as a guide with lines to try, and as JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import bot_sandbox
from bot_sandbox.cloud import Cloud
from bot_sandbox.cloud.function import Function
from bot_sandbox.http.access import KEY_HEADER, is_loopback
from bot_sandbox.http.jupyter_proxy import terminal_address
from bot_sandbox.programs.join import Account, JoinOffer
from bot_sandbox.programs.platform_proxy import PlatformProxy
from bot_sandbox.telegram.people import Person
from bot_sandbox.telegram.service import Telegram
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.twitch.service import Twitch
from bot_sandbox.window import Window

if TYPE_CHECKING:  # aiosmtpd is optional, and --help needs none of it
    from bot_sandbox.mail import Mail

GUIDE = Path(__file__).with_name("guide.txt")
ADDRESSES = ("TELEGRAM_API", "TWITCH_API", "SMTP_HOST", "SMTP_PORT")  # settings without a sample


@dataclass(frozen=True)
class Sample:
    """The sample bot on Telegram, and who chats with it there."""

    bot: BotAccount
    viktor: Person


@dataclass(frozen=True)
class Sandbox:
    """The servers of the command, and what is in them.

    `settings` are what a bot finds in its environment: the addresses, and if there is a `sample`,
    its bot's tokens and secrets. `functions` are those whose folders you named.
    """

    telegram: Telegram
    twitch: Twitch
    cloud: Cloud
    mail: "Mail"
    window: Window
    proxy: PlatformProxy | None  # for `--run` and `--real-ports`
    offer: JoinOffer | None  # without cryptography there is none
    sample: Sample | None
    settings: dict[str, str]
    functions: list[Function]


def as_json(sandbox: Sandbox) -> str:
    """Return everything that a client needs, on one line."""
    return json.dumps(world_as_dict(sandbox))


def world_as_dict(sandbox: Sandbox) -> dict[str, Any]:
    """Return everything that a client needs, as it is now: addresses, keys, tokens and ids."""
    telegram, twitch, cloud, window = (
        sandbox.telegram,
        sandbox.twitch,
        sandbox.cloud,
        sandbox.window,
    )
    host, irc_port = twitch.irc_address
    sample, settings = sandbox.sample, sandbox.settings
    if sample and telegram._world.accounts.get(sample.bot.id) is sample.bot:
        settings = settings | {"TELEGRAM_TOKEN": sample.bot.token}  # BotFather may have changed it
    else:  # it has never been there, or a reset has removed it
        sample, settings = None, {name: settings[name] for name in ADDRESSES}
    return {
        "version": bot_sandbox.__version__,
        "window": {
            "url": window.url,
            "api_url": f"{window.url}/api",
            "openapi_url": f"{window.url}/api/openapi.json",
            "key": window.key,
            "address": window.address,
        },
        "telegram": {"url": telegram.url, **telegram_as_dict(sandbox, sample, settings)},
        "twitch": {
            "url": twitch.url,
            "oauth_url": f"{twitch.url}/oauth2",
            "helix_url": f"{twitch.url}/helix",
            "irc_url": twitch.irc_url,
            "irc_host": host,
            "irc_port": irc_port,
            "eventsub_url": twitch.eventsub_url,
            **twitch_as_dict(sandbox, sample, settings),
        },
        "cloud": {
            "url": cloud_url(cloud),
            "key": cloud.key,
            "functions": {
                each.name: {"url": each.url, "host_url": each.host_url}
                for each in cloud.functions()
            },
        },
        "mail": {"host": sandbox.mail.host, "port": sandbox.mail.port},
        **join_as_dict(sandbox.offer),
        "settings": settings,
    }


def join_as_dict(offer: JoinOffer | None, *accounts: Account) -> dict[str, Any]:
    """Describe how to join for one account only, or for everything; {} without cryptography."""
    if offer is None:
        return {}
    return {"join": {"address": offer.address_for(*accounts) if accounts else offer.address}}


def telegram_as_dict(
    sandbox: Sandbox, sample: Sample | None, settings: dict[str, str]
) -> dict[str, Any]:
    """Describe the bots and the people; the sample bot also has a secret for its webhook."""
    world = sandbox.telegram._world
    people = world.people.values()
    bots = {
        each.username: {"id": each.id, "name": each.name, "token": each.token}
        | join_as_dict(sandbox.offer, each)
        for each in list(world.accounts.values())
    }
    if sample:
        bots[sample.bot.username]["secret_token"] = settings["TELEGRAM_SECRET"]
    found = {"bots": bots, "people": {each.name: {"id": each.id} for each in list(people)}}
    return {name: those for name, those in found.items() if those}


def twitch_as_dict(
    sandbox: Sandbox, sample: Sample | None, settings: dict[str, str]
) -> dict[str, Any]:
    """Describe the accounts and the applications; the sample bot also has its tokens."""
    twitch = sandbox.twitch
    users, apps = twitch._world.users.values(), twitch._world.apps.values()
    accounts = {
        each.login: {"id": each.id} | join_as_dict(sandbox.offer, twitch.find(each.login))
        for each in list(users)
    }
    applications = {
        each.name: {
            "client_id": each.client_id,
            "client_secret": each.client_secret,
            "redirects": list(each.redirects),
        }
        for each in list(apps)
    }
    found: dict[str, Any] = {"accounts": accounts, "applications": applications}
    if sample:
        accounts[sample.bot.username] |= {
            "access_token": settings["TWITCH_TOKEN"],
            "refresh_token": settings["TWITCH_REFRESH_TOKEN"],
        }
        found["eventsub_secret"] = settings["TWITCH_EVENTSUB_SECRET"]
    return {name: those for name, those in found.items() if those}


def guide(sandbox: Sandbox) -> Iterator[str]:
    """Yield the guide line by line.

    A line of guide.txt that begins with "+" is for a sandbox with the sample bot, one with "-" for
    one without.
    """
    values, left_out = guide_values(sandbox), "-" if sandbox.sample else "+"
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        if not line.startswith(left_out):
            yield Template(line[1:]).substitute(values)


def guide_values(sandbox: Sandbox) -> dict[str, str]:
    """Return the values for guide.txt: the bot's settings, and what else a client needs."""
    window, twitch, cloud = sandbox.window, sandbox.twitch, sandbox.cloud
    functions, settings = cloud.functions(), sandbox.settings
    host, port = twitch.irc_address
    names = [each.name for each in functions]
    name = "hello" if "hello" in names else "".join(names[:1])
    lambda_api = f"{cloud_url(cloud)}/2015-03-31/functions/"
    values = {
        "window": terminal_address(window.address),
        "key": f"{KEY_HEADER}: {window.key}",
        "api": f"{window.url}/api",
        "settings": "\n".join(f"  {name}={value}" for name, value in settings.items()),
        "join": join_line(sandbox.offer),
        "irc_url": twitch.irc_url,
        "irc_host": host,
        "irc_port": str(port),
        "eventsub_url": twitch.eventsub_url,
        "functions": "".join(map(describe_function, functions)),
        "cloud": cloud_url(cloud),
        "access_key": cloud.key,
        "invoke": f"-d 1 {lambda_api}{name}/invocations" if name else lambda_api,
        "callers": "",
    }
    if sandbox.sample:
        app = twitch._world.apps[settings["TWITCH_CLIENT_ID"]]
        values["redirects"] = ", ".join(app.redirects)
        values["callers"] = "".join(describe_callers(sandbox, sandbox.sample))
    return settings | values


def join_line(offer: JoinOffer | None) -> str:
    """Return the command that runs a bot as it is beside this sandbox."""
    if offer is None:
        return "needs cryptography. Type: pip install cryptography"
    return f"bot-sandbox join {offer.address} -- python bot.py"


def describe_function(function: Function) -> str:
    """Return the lines about a function."""
    settings = function.settings
    limits = f"{settings.memory_mb} MB, {settings.timeout_s:g} s"
    return (
        f"  {function.name}: {function.url}    {settings.handler}, {settings.runtime}, {limits}\n"
        f"    on a host of its own: {function.host_url}\n"
        f"    try: curl {function.url}\n"
    )


def describe_callers(sandbox: Sandbox, sample: Sample) -> Iterator[str]:
    """Yield the commands that let Telegram, Twitch or a timer call a function that you named."""
    settings = sandbox.settings
    for function in sandbox.functions:
        url = function.url
        callers = {
            "telegram": ("as Telegram's webhook", set_webhook_line(settings, url)),
            "twitch": ("as Twitch's webhook", subscribe_line(sandbox.twitch, settings, url)),
            "timer": (
                "by a timer, each minute",
                set_timer_line(sandbox.window, function, sample.viktor),
            ),
        }
        # Its file may say which of them calls it. Else it can be a webhook for both platforms.
        only = function.settings.handler.partition("_function.")[0]
        for caller in [only] if only in callers else ["telegram", "twitch"]:
            how, line = callers[caller]
            yield f"{function.name.upper()}, {how}: type in another terminal\n  {line}\n\n"


def open_access_lines(host: str, hosts: list[str], origins: list[str]) -> Iterator[str]:
    """Yield what the options --host, --allow-host and --allow-origin open."""
    if not is_loopback(host):
        yield (
            f"--host {host}: any machine that reaches this one can use the sandbox. "
            "The window and the cloud want the key, Telegram and Twitch their tokens. Mail takes "
            "letters from anybody."
        )
    for name in hosts:
        yield f"--allow-host {name}: the servers answer to this name, too. It should be yours."
    for origin in origins:
        yield (
            f"--allow-origin {origin}: pages from there may send requests, read the window's "
            "responses and open WebSockets, if they know a key or a token."
        )


def cloud_url(cloud: Cloud) -> str:
    """Return the endpoint for AWS's clients."""
    return f"http://{cloud.host}:{cloud.port}"


def set_timer_line(window: Window, function: Function, viktor: Person) -> str:
    """Return the command for a timer that calls a function now and each minute."""
    timer: dict[str, Any] = {
        "name": "morning",
        "function": function.name,
        "schedule": "rate(1 minute)",
    }
    timer["payload"] = {"chat": viktor.id, "text": "Good morning!"}
    key = f"'{KEY_HEADER}: {window.key}'"
    return f"curl -H {key} -d '{json.dumps(timer)}' {window.url}/api/cloud/timer"


def set_webhook_line(values: dict[str, str], url: str) -> str:
    """Return the command that makes a function the Telegram bot's webhook."""
    method = f"{values['TELEGRAM_API']}/bot{values['TELEGRAM_TOKEN']}/setWebhook"
    return f"curl {method} -d url={url} -d secret_token={values['TELEGRAM_SECRET']}"


def subscribe_line(twitch: Twitch, values: dict[str, str], url: str) -> str:
    """Return a line of Python that subscribes a function to the chat of #viktor on Twitch."""
    app = twitch._world.apps[values["TWITCH_CLIENT_ID"]]
    condition = {
        "broadcaster_user_id": twitch._world.user("viktor").id,
        "user_id": values["TWITCH_BOT_ID"],
    }
    secret = values["TWITCH_EVENTSUB_SECRET"]
    transport = {"method": "webhook", "callback": url, "secret": secret}
    wanted = {"type": "channel.chat.message", "version": "1"}
    headers = {
        "Authorization": f"Bearer {twitch.app_token(app).access_token}",
        "Client-Id": app.client_id,
        "Content-Type": "application/json",
    }
    body = wanted | {"condition": condition, "transport": transport}
    address = f"{twitch.url}/helix/eventsub/subscriptions"
    return (
        f"python3 -c \"import json, urllib.request as u; print(u.urlopen(u.Request('{address}', "
        f'json.dumps({body}).encode(), {headers})).read().decode())"'
    )
