"""What a client needs to know of the running sandbox: addresses, values and lines to try."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from bot_sandbox.cloud import Cloud
from bot_sandbox.cloud.function import Function
from bot_sandbox.telegram.service import Telegram
from bot_sandbox.twitch.service import Twitch
from bot_sandbox.window import Window

SOURCES = (".py", ".js", ".mjs", ".cjs", ".ts")
OF_ONE_PLATFORM = ("telegram_function.py", "twitch_function.py")
# What names a platform in the sources of a function that the platform is to call
SPEAKS_TELEGRAM = re.compile("telegram|telegraf|grammy|aiogram|telebot", re.IGNORECASE)
SPEAKS_TWITCH = re.compile("eventsub", re.IGNORECASE)


def guide(
    telegram: Telegram,
    twitch: Twitch,
    cloud: Cloud,
    window: Window,
    values: dict[str, str],
    folders: dict[Function, Path],
) -> Iterator[str]:
    """All of it, line by line, in groups with a heading each.

    `values` are a bot's settings, `folders` where the functions come from that were asked for.
    """
    said = json.dumps({"from": "Viktor", "to": "hello_bot", "text": "!hello"})
    yield "The sandbox runs. Ctrl-C stops it; then everything in it is forgotten."
    yield ""
    yield "WINDOW: chat in it, press buttons, watch the cloud, break things"
    yield f"  {window.address}"
    yield "  The same by HTTP:"
    key = f"'Authorization: Bearer {window.key}'"
    yield f"  try: curl -H {key} -d '{said}' {window.url}/api/telegram/say"

    yield ""
    yield "SETTINGS of a bot in here, as for the file .env (they are worth nothing outside)"
    yield from (f"  {name}={value}" for name, value in values.items())

    yield ""
    yield "TELEGRAM: the bot is @hello_bot, and you are Viktor"
    yield f"  Bot API: {telegram.url}"
    yield f"  try: curl {telegram.url}/bot{values['TELEGRAM_TOKEN']}/getMe"

    host, port = twitch.irc_address
    token, app = values["TWITCH_TOKEN"], twitch.world.apps[values["TWITCH_CLIENT_ID"]]
    yield ""
    yield "TWITCH: the bot is hello_bot, the channel is #viktor, and you are Anna"
    yield f"  OAuth and Helix: {twitch.url}/oauth2 and {twitch.url}/helix"
    yield f"  redirects of the application: {', '.join(app.redirects)}"
    yield f"  chat (IRC): {twitch.irc_url} or, by TCP, {host}:{port}"
    yield f"  EventSub by WebSocket: {twitch.eventsub_url}"
    yield f'  try: curl -H "Authorization: OAuth {token}" {twitch.url}/oauth2/validate'
    yield f"  try: {log_in(host, port, token)}"

    yield ""
    yield "CLOUD: what functions print is shown here"
    for each in cloud.functions():
        settings = each.settings
        limits = f"{settings.memory_mb} MB, {settings.timeout_s:g} s"
        yield f"  {each.name}: {each.url}    {settings.handler}, {settings.runtime}, {limits}"
        yield f"    on a host of its own: {each.host_url}"
        yield f"    try: curl {each.url}"
    yield f"  AWS's Invoke, for boto3 and the aws command: endpoint http://{host}:{cloud.port}"
    invoke = f"http://{host}:{cloud.port}/2015-03-31/functions/hello/invocations"
    yield f"    access key id: {cloud.key} (signatures are not checked)"
    signed = f"'Authorization: AWS4-HMAC-SHA256 Credential={cloud.key}/'"
    yield f"    try: curl -H {signed} -d 1 {invoke}"

    for function, folder in folders.items():
        for platform, pattern, line in (
            ("Telegram", SPEAKS_TELEGRAM, set_webhook(values, function.url)),
            ("Twitch", SPEAKS_TWITCH, subscribe(twitch, values, function.url)),
        ):
            if any(pattern.search(source) for source in sources(folder, function)):
                yield ""
                yield f"{function.name.upper()}, as {platform}'s webhook: type in another terminal"
                yield f"  {line}"


def sources(folder: Path, function: Function) -> Iterator[str]:
    """The function's own program texts; packages from npm are others'."""
    # Of a folder with a function for each platform, the one file in which it begins tells whose.
    begins = folder / f"{function.settings.handler.rpartition('.')[0]}.py"
    paths = [begins] if begins.name in OF_ONE_PLATFORM else folder.rglob("*")
    for path in paths:
        places = path.relative_to(folder).parts
        ours = not any(place == "node_modules" or place.startswith(".") for place in places)
        if ours and path.suffix in SOURCES and path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")


def log_in(host: str, port: int, token: str) -> str:
    """One line of Python that logs in to the chat by hand and prints the first answer."""
    said = f"b'PASS oauth:{token}\\r\\nNICK hello_bot\\r\\n'"
    return (
        f"python3 -c \"import socket; s = socket.create_connection(('{host}', {port})); "
        f's.sendall({said}); print(s.recv(999).decode())"'
    )


def set_webhook(values: dict[str, str], url: str) -> str:
    """The line that makes a function the Telegram bot's webhook."""
    method = f"{values['TELEGRAM_API']}/bot{values['TELEGRAM_TOKEN']}/setWebhook"
    return f"curl {method} -d url={url} -d secret_token={values['TELEGRAM_SECRET']}"


def subscribe(twitch: Twitch, values: dict[str, str], url: str) -> str:
    """One line of Python that subscribes a function to the chat of #viktor on Twitch."""
    app = twitch.world.apps[values["TWITCH_CLIENT_ID"]]
    condition = {
        "broadcaster_user_id": twitch.world.user("viktor").id,
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
