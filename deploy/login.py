"""Get a real token and keep it: python3 start.py login telegram|twitch [OPTION …]

    login telegram                a bot's token from BotFather
    login twitch                  a token for the bot's own account, by a code typed into a browser
    login twitch --for eventsub   for a bot that is called by webhook; --for both, for either
    login twitch --owner          the channel owner's consent, which a bot called by webhook needs
    --account NAME                whose it should be: say so, and another's is refused
    --folder FOLDER               the folder whose .env gets it; the course's unless said otherwise

What is asked for is typed or pasted hidden. The token is examined, then written into `.env`, which
is yours alone; it is never shown.
"""

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from botlib import settings
from botlib.settings import Unreachable, addresses
from botlib.tokens import clean_telegram, telegram_token, twitch_token

TRIES = 3  # at pasting a token
ANSWER_S = 10.0  # for Twitch to answer
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPES = {
    "irc": ("chat:read", "chat:edit"),
    "eventsub": ("user:read:chat", "user:write:chat", "user:bot"),
}
SCOPES["both"] = SCOPES["irc"] + SCOPES["eventsub"]
OWNERS = ("channel:bot",)
BOTFATHER = """\
1. Open https://t.me/BotFather in Telegram, and send  /newbot
   (for a bot that you have:  /mybots, the bot, API Token).
2. It asks for a name, and for a username that ends in bot.
3. It answers with a token: digits, a colon, 35 characters. Copy it."""
CONSOLE = """\
1. Open https://dev.twitch.tv/console/apps, log in, and register an application: any name,
   http://localhost:3000 as the redirect, Chat Bot as the category, {kind} as the client type.
2. Copy its client id."""


class Refused(Exception):  # noqa: N818  (named as what happened)
    """It did not come to a token; the text says why and what to do."""


class Console(NamedTuple):
    """How one is asked and told: by default in a terminal, or in a notebook's cell."""

    ask: Callable[[str], str] = input
    ask_hidden: Callable[[str], str] = getpass
    say: Callable[[str], None] = print


def main(arguments: list[str] | None = None) -> int:
    """Log in; the exit status is 1, with the reason in one text, when that cannot be."""
    parser = argparse.ArgumentParser("login", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("platform", choices=("telegram", "twitch"))
    parser.add_argument("--for", dest="purpose", choices=SCOPES, default="irc")
    parser.add_argument("--owner", action="store_true")
    parser.add_argument("--account", default="")
    parser.add_argument("--folder", type=Path, default=settings.COURSE)
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
    except (Refused, Unreachable, ValueError) as error:
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
    folder: Path | str = settings.COURSE,
    console: Console = Console(),  # noqa: B008  (it cannot change)
) -> None:
    """Get a token for "telegram" or "twitch" and write it into `.env`; nothing unless `now`.

    In a notebook it stands with `now=False`, so that a run of all cells waits for nobody. Raises
    Refused, Unreachable, or ValueError, with what to do.
    """
    if platform not in settings.NAMES:
        raise ValueError(f"there is a login for telegram and twitch, not for {platform!r}")
    if not now:
        console.say(f'Nothing happens yet. To log in: login("{platform}", now=True)')
        return
    if settings.only_sandbox():
        raise Refused("COURSE_WORLD is sandbox: nothing may reach the real world. Unset it first.")
    folder = Path(folder)
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder. Expected the one whose .env gets the token.")
    known = dict(settings.settings(platform, folder).values)
    if platform == "telegram":
        found = telegram(known, account, console)
    else:
        found = twitch(known, purpose, account.lower(), owner, console)
    path = folder / ".env"
    try:
        settings.write_env(path, found)
    except OSError as error:
        raise Refused(
            f"{path} could not be written ({error.strerror}), and is as it was. Make room, or make "
            "the folder yours, and log in again."
        ) from None
    os.environ.update(found)  # a notebook goes on with it
    console.say(f"Written into {path}: {', '.join(found)}.")


def telegram(known: dict[str, str], username: str, console: Console) -> dict[str, str]:
    """The settings of a Telegram bot, from a token that is pasted."""
    console.say(BOTFATHER)
    for _ in range(TRIES):
        pasted = console.ask_hidden("The token (it is not shown): ")
        found = telegram_token(pasted, username=username, secret=known.get("TELEGRAM_SECRET"))
        if found.whose and username.removeprefix("@").lower() in ("", found.whose.lower()):
            console.say(f"It is the token of @{found.whose} ({found.name}).")
            secret = known.get("TELEGRAM_SECRET") or secrets.token_urlsafe(32)
            return {"TELEGRAM_TOKEN": clean_telegram(pasted), "TELEGRAM_SECRET": secret}
        console.say("\n".join(str(problem) for problem in found.problems))
    raise Refused(f"{TRIES} times no token of a bot came. Nothing was written.")


def twitch(
    known: dict[str, str], purpose: str, account: str, owner: bool, console: Console
) -> dict[str, str]:
    """The settings of a Twitch bot; with `owner`, only its channel's owner's consent.

    All that is missing is asked for before the browser's turn: a token has a few hours to live.
    """
    by_webhook, found = purpose != "irc" and not owner, {}
    if not known.get("TWITCH_CLIENT_ID"):
        console.say(CONSOLE.format(kind="Confidential" if by_webhook else "Public"))
        found["TWITCH_CLIENT_ID"] = console.ask("The client id: ").strip()
        if not found["TWITCH_CLIENT_ID"]:
            raise Refused(
                "Nothing was typed. The client id tells Twitch which program asks: log in again, "
                "and paste it."
            )
    if by_webhook and not known.get("TWITCH_CLIENT_SECRET"):
        asked = "The application's client secret (it is not shown): "
        found["TWITCH_CLIENT_SECRET"] = console.ask_hidden(asked).strip()
        if not found["TWITCH_CLIENT_SECRET"]:
            raise Refused(
                "A bot that is called by webhook needs an application with a secret. Make yours "
                "Confidential at https://dev.twitch.tv/console/apps, and press New Secret."
            )
    if by_webhook and not known.get("TWITCH_EVENTSUB_SECRET"):
        found["TWITCH_EVENTSUB_SECRET"] = secrets.token_hex()
    channel = known.get("TWITCH_CHANNEL", "")
    if not channel and not owner:
        asked = "The channel to chat in (the LOGIN of twitch.tv/LOGIN): "
        channel = channel_name(console.ask(asked))
        if not channel:
            raise Refused(
                "Nothing was typed. A bot must know in which channel to chat, for the beginning "
                "in your own: log in again, and name it."
            )
        found["TWITCH_CHANNEL"] = channel
    client_id = found.get("TWITCH_CLIENT_ID") or known["TWITCH_CLIENT_ID"]
    scopes = OWNERS if owner else SCOPES[purpose]
    expected = account or (channel if owner and "," not in channel else "")
    who = expected or ("the channel's owner" if owner else "the bot's own account")
    token = by_device_code(client_id, scopes, who, console)
    whose = twitch_token(
        token["access_token"], scopes=scopes, account=expected or None, client_id=client_id
    )
    if not whose.ok:
        raise Refused("\n".join(str(problem) for problem in whose.problems))
    console.say(f"Twitch says: this is {whose.whose}.")
    if owner:  # the consent is what counts, and stays with Twitch; this token is of no use
        return {**found, "TWITCH_CHANNEL": channel or whose.whose}
    if whose.whose in channel.split(","):
        console.say(
            f"Mind: {whose.whose} owns the channel, so the bot will speak as its owner, and hears "
            "no command that the owner types. If that is not meant, log in as the bot's account."
        )
    elif known.get("TWITCH_BOT_ID", whose.user_id) != whose.user_id:
        console.say("Mind: by TWITCH_BOT_ID the bot was another account until now.")
    return found | {
        "TWITCH_TOKEN": str(token["access_token"]),
        "TWITCH_REFRESH_TOKEN": str(token.get("refresh_token", "")),
        "TWITCH_BOT_ID": whose.user_id,
    }


def by_device_code(
    client_id: str, scopes: tuple[str, ...], who: str, console: Console
) -> dict[str, Any]:
    """The device code flow: show a code, wait until somebody has typed it in; Twitch's answer.

    No redirect and no client secret are needed. TwitchIO has this flow too, but sends the codes in
    the address, which others may log, and never gives up (facts: dev.twitch.tv, "Device code grant
    flow").
    """
    form = {"client_id": client_id, "scopes": " ".join(scopes)}
    status, asked = post("oauth2/device", form)
    if status != 200 or not {"device_code", "verification_uri", "user_code"} <= asked.keys():
        raise Refused(
            f"Twitch takes no login for this application ({status}: {said(asked)}). Is the client "
            "id whole? It stands at https://dev.twitch.tv/console/apps, under Manage."
        )
    console.say(
        f"Open {asked['verification_uri']}\nin a browser where Twitch knows you as {who}.\n"
        f"It shows the code {asked['user_code']}: press Authorize. Waiting …"
    )
    form |= {"device_code": str(asked["device_code"]), "grant_type": DEVICE_GRANT}
    ends = time.monotonic() + float(asked.get("expires_in", 1800))
    while time.monotonic() < ends:
        time.sleep(max(0.0, float(asked.get("interval", 5))))
        try:
            status, answer = post("oauth2/token", form)
        except Unreachable as error:
            console.say(f"{error}; waiting …")
            continue
        if status == 200 and isinstance(answer.get("access_token"), str):
            return answer
        if status >= 500 or said(answer) == "authorization_pending":
            continue
        if "device code" in said(answer):
            break
        raise Refused(f"Twitch gave no token ({status}: {said(answer)}).")
    raise Refused("The code is good no more: Cancel was pressed, or too much time has passed.")


def post(path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """POST a form to Twitch's login; status and JSON. Raises Unreachable."""
    address = addresses().oauth + path
    request = Request(address, urlencode(form).encode())  # noqa: S310  (addresses() checks it)
    try:
        try:
            with urlopen(request, timeout=ANSWER_S) as response:  # noqa: S310
                status, text = response.status, response.read()
        except HTTPError as error:
            status, text = error.code, error.read()
        answer = json.loads(text)
    except (OSError, ValueError) as error:
        place = urlsplit(address).netloc
        raise Unreachable(f"{place} gave no sensible answer ({type(error).__name__})") from None
    return status, answer if isinstance(answer, dict) else {}


def channel_name(typed: str) -> str:
    """The login in what somebody typed for a channel.

    >>> channel_name(" https://twitch.tv/Viktor/ "), channel_name("#viktor")
    ('viktor', 'viktor')
    """
    return typed.strip().strip("/").rpartition("/")[2].removeprefix("#").lower()


def said(answer: dict[str, Any]) -> str:
    """The words of a refusal."""
    return str(answer.get("message") or answer.get("error") or "without a word").lower()


if __name__ == "__main__":
    sys.exit(main())
