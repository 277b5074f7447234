"""What the sandbox's command line shows: a bot's settings, and for each door a line to try.

It makes the bot on both platforms; it starts no server.
"""

import secrets

from sandbox.telegram import Telegram
from sandbox.twitch import Twitch

SCOPES = ["chat:read", "chat:edit", "user:read:chat", "user:write:chat", "user:bot"]


def settle(telegram: Telegram, twitch: Twitch) -> dict[str, str]:
    """Make a bot on both platforms, allowed all it needs; its settings, as for the file .env."""
    account = telegram.new_bot("Hello bot", "hello_bot")
    app = twitch.application("Hello bot")
    viktor, bot = twitch.account("viktor", display_name="Viktor"), twitch.account("hello_bot")
    twitch.authorize(viktor, app, ["channel:bot"])
    token = twitch.authorize(bot, app, SCOPES)
    return {
        "TELEGRAM_API": telegram.url,
        "TELEGRAM_TOKEN": account.token,
        "TELEGRAM_SECRET": secrets.token_urlsafe(16),
        "TWITCH_API": twitch.url,
        "TWITCH_CLIENT_ID": app.client_id,
        "TWITCH_CLIENT_SECRET": app.client_secret,
        "TWITCH_TOKEN": token.access_token,
        "TWITCH_REFRESH_TOKEN": token.refresh_token,
        "TWITCH_BOT_ID": bot.id,
        "TWITCH_EVENTSUB_SECRET": secrets.token_hex(16),
        "TWITCH_CHANNEL": "viktor",
    }


def lines(telegram: Telegram, twitch: Twitch, values: dict[str, str]) -> list[str]:
    """The settings, and how to reach both platforms with them, line by line."""
    host, port = twitch.irc_address
    token = values["TWITCH_TOKEN"]
    return [
        "Settings of a bot in this sandbox, as for the file .env (they are worth nothing outside):",
        *(f"  {name}={value}" for name, value in values.items()),
        f"Telegram: {telegram.url}, the bot is @hello_bot",
        f"  try: curl {telegram.url}/bot{values['TELEGRAM_TOKEN']}/getMe",
        f"Twitch: {twitch.url}, chat at {twitch.irc_url} and {host}:{port}, channel #viktor",
        f'  try: curl -H "Authorization: OAuth {token}" {twitch.url}/oauth2/validate',
        f"  try: {irc_line(host, port, token)}",
    ]


def irc_line(host: str, port: int, token: str) -> str:
    """One line of Python that logs in to the chat by hand and prints the first answer."""
    said = f"b'PASS oauth:{token}\\r\\nNICK hello_bot\\r\\n'"
    return (
        f"python3 -c \"import socket; s = socket.create_connection(('{host}', {port})); "
        f's.sendall({said}); print(s.recv(999).decode())"'
    )


def webhook_line(values: dict[str, str], url: str) -> str:
    """The line that makes a function the Telegram bot's webhook."""
    method = f"{values['TELEGRAM_API']}/bot{values['TELEGRAM_TOKEN']}/setWebhook"
    return f"curl {method} -d url={url} -d secret_token={values['TELEGRAM_SECRET']}"


def subscribe_line(twitch: Twitch, values: dict[str, str], url: str) -> str:
    """One line of Python that subscribes a function to the chat of #viktor on Twitch."""
    app = twitch.world.apps[values["TWITCH_CLIENT_ID"]]
    condition = {
        "broadcaster_user_id": twitch.world.user("viktor").id,
        "user_id": values["TWITCH_BOT_ID"],
    }
    transport = {"method": "webhook", "callback": url, "secret": values["TWITCH_EVENTSUB_SECRET"]}
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
