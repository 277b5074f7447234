"""Get a real token and save it: python3 start.py login telegram|twitch|pythonanywhere [OPTION …]

    login telegram                a bot's token from BotFather
    login twitch                  a token for the bot's own account, by a code typed into a browser
    login twitch --for eventsub   for a bot that is called by webhook, or is on TwitchIO
    login twitch --for both       for either
    login twitch --owner          the channel owner's consent, which a bot called by webhook needs
    login pythonanywhere          an account's user name and API token, to upload a bot
    --account NAME                the account that it must belong to
    --folder FOLDER               the folder whose .env gets it; without it, the course's folder

You type or paste secrets hidden. The token is checked, then written into `.env`, which only you can
read. It is never shown.
"""

import argparse
import os
import re
import secrets
import sys
import time
from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from botlib.details import settings
from botlib.details.env_file import bots_folder, only_sandbox, write_env
from botlib.details.http import HttpResponse, quote_for_error, request
from botlib.details.settings import addresses
from botlib.telegram.updates import checked_secret
from botlib.twitch.details.token import refusal_of
from deploy.pythonanywhere import api as pythonanywhere_api
from deploy.tokens import telegram as telegram_token
from deploy.tokens import twitch as twitch_token

TRIES = 3  # at pasting a token
LONGEST_WAIT_S = 7200.0  # for somebody to press Authorize; Twitch gives half an hour
FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPES = {
    "irc": ("chat:read", "chat:edit"),
    "eventsub": ("user:read:chat", "user:write:chat", "user:bot", "moderator:read:followers"),
}
SCOPES["both"] = SCOPES["irc"] + SCOPES["eventsub"]
OWNER_SCOPES = ("channel:bot",)
BOTFATHER = """\
1. Open https://t.me/BotFather in Telegram, and send  /newbot
   (for a bot that you have:  /mybots, the bot, API Token).
2. It asks for a name, and for a username that ends in bot.
3. It answers with a token: digits, a colon, 35 characters. Copy it."""
CONSOLE = """\
1. Open https://dev.twitch.tv/console/apps, log in, and register an application: any name,
   http://localhost:3000 as the redirect, Chat Bot as the category, {kind} as the client type.
2. Copy its client id."""

ACCOUNT_PAGE = """\
1. Log in at https://www.pythonanywhere.com (or https://eu.pythonanywhere.com).
2. Open the page Account, at the top right, and its tab API token. Create a new API token.
3. Copy it."""


class NoTokenError(Exception):
    """There is no token; the text says why and what to do."""


class Console(NamedTuple):
    """How to ask and tell a person: by default in a terminal, or in a notebook's cell."""

    ask: Callable[[str], str] = input
    ask_hidden: Callable[[str], str] = getpass
    say: Callable[[str], None] = print


def main(arguments: list[str] | None = None) -> int:
    """Log in; the exit status is 1 if that fails, with the reason on standard error."""
    parser = argparse.ArgumentParser("login", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("platform", choices=settings.NAMES)
    parser.add_argument("--for", dest="purpose", choices=SCOPES, default="irc")
    parser.add_argument("--owner", action="store_true")
    parser.add_argument("--account", default="")
    parser.add_argument("--folder", type=Path, default=bots_folder())
    options = parser.parse_args(arguments)
    try:
        login(
            options.platform,
            now=True,
            purpose=options.purpose,
            owner=options.owner,
            account=options.account,
            folder=options.folder,
        )
    except (NoTokenError, ConnectionError, ValueError) as error:
        print(f"No login: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):
        print("\nNo login: nothing was written.", file=sys.stderr)
        return 1
    return 0


def login(
    platform: str,
    now: bool = False,
    *,
    purpose: str = "irc",
    owner: bool = False,
    account: str = "",
    folder: Path | str | None = None,
    console: Console = Console(),  # noqa: B008  (it cannot change)
) -> None:
    """Get a token for "telegram", for example, and write it into `.env`; nothing unless `now`.

    A notebook calls it with `now=False`, so that a run of all cells waits for nobody. Raises
    NoTokenError, ConnectionError, or ValueError, with what to do.
    """
    if platform not in settings.NAMES:
        raise ValueError(f"there is a login for {', '.join(settings.NAMES)}, not for {platform!r}")
    if not now:
        console.say(f'Nothing happens yet. To log in: login("{platform}", now=True)')
        return
    if only_sandbox():
        raise NoTokenError(
            "BOT_WORLD is sandbox: nothing may reach the real world. Unset it first."
        )
    folder = bots_folder() if folder is None else Path(folder)
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder. Expected the one whose .env gets the token.")
    known = dict(settings.read_settings(platform, folder).values)
    if platform == "telegram":
        found = get_telegram_settings(known, account, console)
    elif platform == "pythonanywhere":
        found = get_pythonanywhere_settings(known, console)
    else:
        found = get_twitch_settings(known, purpose, account.lower(), owner, console)
    path = folder / ".env"
    try:
        write_env(path, found)
    except OSError as error:
        raise NoTokenError(
            f"{path} could not be written ({error.strerror}), and is as it was. Make room, or make "
            "the folder yours, and log in again."
        ) from None
    os.environ.update(found)  # for the next cells of a notebook
    console.say(f"Written into {path}: {', '.join(found)}.")


def get_telegram_settings(known: dict[str, str], username: str, console: Console) -> dict[str, str]:
    """Return the settings of a Telegram bot, from a token that a person pastes."""
    console.say(BOTFATHER)
    for _ in range(TRIES):
        pasted = console.ask_hidden("The token (it is not shown): ")
        found = telegram_token.check_token(
            pasted, username=username, secret=known.get("TELEGRAM_SECRET")
        )
        if found.username and username.removeprefix("@").lower() in ("", found.username.lower()):
            token = telegram_token.clean_token(pasted)
            console.say(
                f"It is the token of @{quote_for_error(f'{found.username} ({found.name})', token)}."
            )
            try:
                secret = checked_secret(known.get("TELEGRAM_SECRET", ""))
            except ValueError:  # none yet, or one that is easy to guess
                secret = secrets.token_urlsafe(32)
            return {"TELEGRAM_TOKEN": token, "TELEGRAM_SECRET": secret}
        console.say("\n".join(found.problems))
    raise NoTokenError(f"{TRIES} times there was no good token. Nothing was written.")


def get_twitch_settings(
    known: dict[str, str], purpose: str, account: str, owner: bool, console: Console
) -> dict[str, str]:
    """Return the settings of a Twitch bot; with `owner`, only get the channel owner's consent.

    It asks for everything that is missing before the browser, because a token lasts a few hours.
    """
    by_webhook, found = purpose != "irc" and not owner, {}
    if not known.get("TWITCH_CLIENT_ID"):
        console.say(CONSOLE.format(kind="Confidential" if by_webhook else "Public"))
        found["TWITCH_CLIENT_ID"] = console.ask("The client id: ").strip()
        if not found["TWITCH_CLIENT_ID"]:
            raise NoTokenError(
                "Nothing was typed. The client id tells Twitch which program asks: log in again, "
                "and paste it."
            )
    if by_webhook and not known.get("TWITCH_CLIENT_SECRET"):
        asked = "The application's client secret (it is not shown): "
        found["TWITCH_CLIENT_SECRET"] = console.ask_hidden(asked).strip()
        if not found["TWITCH_CLIENT_SECRET"]:
            raise NoTokenError(
                "A bot that is called by webhook needs an application with a secret. Make yours "
                "Confidential at https://dev.twitch.tv/console/apps, and press New Secret."
            )
    if by_webhook and not known.get("TWITCH_EVENTSUB_SECRET"):
        found["TWITCH_EVENTSUB_SECRET"] = secrets.token_hex()
    channel = known.get("TWITCH_CHANNEL", "")
    if not channel and not owner:
        asked = "The channel to chat in (the LOGIN of twitch.tv/LOGIN): "
        channel = typed_channel(console.ask(asked))
        if not channel:
            raise NoTokenError(
                "Nothing was typed. The bot must know its channel, and your own is a good start: "
                "log in again, and type it."
            )
        found["TWITCH_CHANNEL"] = channel
    client_id = found.get("TWITCH_CLIENT_ID") or known["TWITCH_CLIENT_ID"]
    scopes = OWNER_SCOPES if owner else SCOPES[purpose]
    expected = account or (channel if owner and "," not in channel else "")
    who = expected or ("the channel's owner" if owner else "the bot's own account")
    token = by_device_code(client_id, scopes, who, console)
    whose = twitch_token.check_token(
        token["access_token"], scopes=scopes, account=expected or None, client_id=client_id
    )
    if not whose.ok:
        raise NoTokenError("\n".join(whose.problems))
    console.say(f"Twitch says: this is {quote_for_error(whose.login, token['access_token'])}.")
    if owner:  # Twitch keeps the consent; this token is not needed
        return {**found, "TWITCH_CHANNEL": channel or whose.login}
    console.say(
        f"Your bot will speak as {whose.login}. If that is your own account, log out of Twitch in "
        "the browser, log in there as the bot's account, and do this login again."
    )
    if whose.login in channel.split(","):
        console.say(
            f"Note: {whose.login} owns the channel, so the bot will ignore what its owner types."
        )
    elif known.get("TWITCH_BOT_ID", whose.user_id) != whose.user_id:
        console.say("Note: TWITCH_BOT_ID was another account until now.")
    return found | {
        "TWITCH_TOKEN": str(token["access_token"]),
        "TWITCH_REFRESH_TOKEN": str(token.get("refresh_token", "")),
        "TWITCH_BOT_ID": whose.user_id,
    }


def get_pythonanywhere_settings(known: dict[str, str], console: Console) -> dict[str, str]:
    """Return the settings of an account at PythonAnywhere, on whichever of its systems it is."""
    console.say(ACCOUNT_PAGE)
    name = console.ask("Your user name there: ").strip()
    token = console.ask_hidden("The API token (it is not shown): ").strip()
    if not re.fullmatch(r"\w+", name, re.ASCII) or not re.fullmatch(r"\w+", token, re.ASCII):
        raise NoTokenError(
            "A user name and a token are letters and digits. Log in again, and paste both."
        )
    problems = []
    for host in pythonanywhere_api.HOSTS:
        root = known.get("PYTHONANYWHERE_API") or f"https://{host}"
        try:
            pythonanywhere_api.PythonAnywhere(name, token, root, console.say).check_token()
        except pythonanywhere_api.PythonAnywhereError as error:
            problems.append(str(error))
            continue
        console.say(f"It is the token of {name}, at {host}.")
        found = {"PYTHONANYWHERE_USERNAME": name, "PYTHONANYWHERE_TOKEN": token}
        return {**found, "PYTHONANYWHERE_HOST": host}
    raise NoTokenError("\n".join(dict.fromkeys(problems)))


def by_device_code(
    client_id: str, scopes: tuple[str, ...], who: str, console: Console
) -> dict[str, Any]:
    """Show a code and wait until somebody has typed it in; return Twitch's answer.

    No redirect and no client secret are needed. Source: dev.twitch.tv/docs/authentication, "Device
    code grant flow".
    """
    form = {"client_id": client_id, "scopes": " ".join(scopes)}
    response = post_form("oauth2/device", form)
    asked, status = response.json_object(), response.status
    if status != 200 or not {"device_code", "verification_uri", "user_code"} <= asked.keys():
        raise NoTokenError(
            f"Twitch takes no login for this application ({status}: {refusal_text(response)}). Is "
            "the client id whole? It is at https://dev.twitch.tv/console/apps, under Manage. If "
            ".env has another one, delete its line TWITCH_CLIENT_ID, and log in again."
        )
    secret = str(asked["device_code"])
    page, code = (
        quote_for_error(str(asked[name]), secret) for name in ("verification_uri", "user_code")
    )
    console.say(
        f"Open {page}\nin a browser where Twitch knows you as {who}.\n"
        f"It shows the code {code}: press Authorize. Waiting …"
    )
    form |= {"device_code": secret, "grant_type": DEVICE_GRANT}
    ends = time.monotonic() + seconds_of(asked, "expires_in", 1800)
    while time.monotonic() < ends:
        time.sleep(seconds_of(asked, "interval", 5))
        try:
            response = post_form("oauth2/token", form)
        except ConnectionError as error:
            console.say(f"{error}; waiting …")
            continue
        answer, text = response.json_object(), refusal_text(response, secret)
        if response.status == 200 and isinstance(answer.get("access_token"), str):
            return answer
        if "device code" in text:
            break
        # A page of a proxy is not Twitch's word: only a refusal in JSON ends the login.
        if text != "authorization_pending" and refusal_of(response):
            raise NoTokenError(f"Twitch gave no token ({response.status}: {text}).")
    raise NoTokenError(
        "The code is no longer valid: Cancel was pressed, or too much time has passed."
    )


def post_form(path: str, form: dict[str, str]) -> HttpResponse:
    """POST a form to Twitch's login; raises ConnectionError."""
    return request("POST", addresses().oauth + path, FORM_HEADERS, urlencode(form).encode())


def typed_channel(typed: str) -> str:
    """Return the login in what somebody typed for a channel.

    >>> typed_channel(" https://twitch.tv/Viktor/ "), typed_channel("#viktor")
    ('viktor', 'viktor')
    """
    return typed.strip().strip("/").rpartition("/")[2].removeprefix("#").lower()


def seconds_of(answer: dict[str, Any], name: str, usual: float) -> float:
    """Return a time of Twitch's answer, or the usual one if that is no sensible number.

    >>> seconds_of({"interval": 1}, "interval", 5), seconds_of({"interval": []}, "interval", 5)
    (1, 5)
    """
    found = answer.get(name)
    return found if isinstance(found, int | float) and 0 <= found <= LONGEST_WAIT_S else usual


def refusal_text(response: HttpResponse, *secrets: str) -> str:
    """Return the words of a refusal, in lower case and without secrets."""
    answer = response.json_object()
    words = str(answer.get("message") or answer.get("error") or "without a word")
    return quote_for_error(words, *secrets).lower()


if __name__ == "__main__":
    sys.exit(main())
