"""Put a bot's folder into PythonAnywhere, or remove it; `start.py deploy` runs this.

Its help is in lessons/commands/deploy.py.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from botlib.details.env_file import only_sandbox
from botlib.details.http import request
from botlib.details.settings import (
    Settings,
    check_address,
    is_this_machine,
    read_settings,
    secrets_of,
    telegram_api,
    warn_if_readable,
)
from botlib.details.texts import escape_control_characters
from botlib.function import dict_or_empty
from botlib.telegram.details.bot_api import UNKNOWN_TO_TELEGRAM, BotApi, BotApiError
from botlib.telegram.updates import SECRET_HEADER, bot_id, checked_secret
from deploy.add_files import add_files, missing_files
from deploy.bundle import Target, bundle
from deploy.bundle.__main__ import load_function
from deploy.bundle.archive import megabytes
from deploy.pythonanywhere.api import HOSTS, PYTHON, PythonAnywhere, PythonAnywhereError
from deploy.pythonanywhere.wsgi_file import FOLDER, SETTINGS
from deploy.tokens.telegram import ask_telegram

ENTRY = "wsgi.application"  # what the web app calls, in the bot's folder
TEMPLATE = Path(__file__).with_name("wsgi_file.py")
OUR_FIRST_LINE = TEMPLATE.read_text(encoding="utf-8").partition("\n")[
    0
]  # tells our WSGI file from another
RELOAD_TIMEOUT_S = 40.0  # for the web app to come up after a reload
LONGEST_PAUSE_S = 10  # that Telegram may ask for
# While it reloads (page ReloadWebApp), or after a slow start.
STARTING_STATUSES = (302, 502, 503, 504)
LOG_LINES = 12
LOGS = ("access", "error", "server")


class BotPlace(NamedTuple):
    """Where the bot is at PythonAnywhere."""

    domain: str
    site: str  # the bot's address
    folder: str
    wsgi_file: str


def main(arguments: list[str] | None = None) -> int:
    """Upload the bot or delete it. Return 1, and print why, if that does not work."""
    parser = argparse.ArgumentParser("deploy", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("home", choices=("pythonanywhere",))
    parser.add_argument("folder", type=Path, nargs="?", help="the bot's folder")
    parser.add_argument("--replace", action="store_true", help="delete another web app")
    parser.add_argument("--delete", action="store_true", help="remove the bot")
    options = parser.parse_args(arguments)
    if not options.folder and not options.delete:
        parser.error("which folder? Add its name, such as: my_bot")
    try:
        settings = read_settings("pythonanywhere", options.folder)
        telegram = read_settings("telegram", options.folder)
        place = place_of(settings, telegram)
        account = PythonAnywhere(
            settings["PYTHONANYWHERE_USERNAME"],
            settings["PYTHONANYWHERE_TOKEN"],
            api_address(settings),
        )
        if options.delete:
            delete(account, place, telegram, options.replace)
        else:
            deploy(account, place, telegram, options.folder, options.replace)
    except ConnectionError as error:
        words = "Is the internet connection good? Then wait a minute, and type the command again."
        print(hide_secrets(f"Not done: {error}. {words}"), file=sys.stderr)
        return 1
    except (ValueError, RuntimeError, OSError) as error:
        print(hide_secrets(f"Not done: {error}"), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before the end. Type the command again.", file=sys.stderr)
        return 130
    return 0


def api_address(settings: Settings) -> str:
    """Return the address of the API."""
    address = settings.values.get("PYTHONANYWHERE_API") or f"https://{host_of_account(settings)}"
    warn_if_readable("PYTHONANYWHERE_API", address)
    return address


def host_of_account(settings: Settings) -> str:
    """Return the system that the account is on; ValueError if it is none of PythonAnywhere's."""
    name = settings.values.get("PYTHONANYWHERE_HOST", HOSTS[0])
    if name not in HOSTS:
        raise ValueError(f"PYTHONANYWHERE_HOST is unknown. Expected {' or '.join(HOSTS)}.")
    return name


def place_of(settings: Settings, telegram: Settings) -> BotPlace:
    """Say where the bot is; ValueError if a sandbox and the real world would be mixed."""
    if only_sandbox() and not settings.token:
        raise ValueError(
            "BOT_WORLD is sandbox: nothing may reach the real world. Unset it, or set "
            "PYTHONANYWHERE_API and PYTHONANYWHERE_SITE to an imitation on this machine."
        )
    username = settings["PYTHONANYWHERE_USERNAME"]
    domain = f"{username.lower()}.{host_of_account(settings).removeprefix('www.')}"
    check_address("PYTHONANYWHERE_SITE", settings.values)
    site = settings.values.get("PYTHONANYWHERE_SITE") or f"https://{domain}"
    telegram["TELEGRAM_TOKEN"]  # raises if it is not set
    worlds = {settings.world, telegram.world, "sandbox" if is_this_machine(site) else "real"}
    if len(worlds) > 1:
        raise ValueError(
            "some of PYTHONANYWHERE_API, PYTHONANYWHERE_SITE and TELEGRAM_API are on this machine, "
            "and some are not. Set all three, or none."
        )
    return BotPlace(
        domain,
        site.rstrip("/") + "/",
        f"/home/{username}/{FOLDER}",
        f"/var/www/{domain.replace('.', '_')}_wsgi.py",
    )


def deploy(
    account: PythonAnywhere, place: BotPlace, telegram: Settings, folder: Path, replace: bool
) -> None:
    """Upload the bot and start it; until the new version is whole, the old one is untouched."""
    secret = checked_secret(telegram["TELEGRAM_SECRET"])
    print(f"[1/6] Packing {folder} for Python {PYTHON}")
    content, about = pack_folder(folder)
    print(f"      {about}")
    print(f"[2/6] Looking at {place.domain}")
    username = username_of(telegram["TELEGRAM_TOKEN"])  # before a bad token replaces a good one
    check_folder(account, place)
    exists = bool(account.web_app(place.domain))
    if exists and not is_our_file(account, place.wsgi_file):
        delete_other_web_app(account, place, replace)
        exists = False
    if exists:
        check_static_folders(account, place)
    if not replace:
        check_bot(account, place, telegram["TELEGRAM_TOKEN"])
    digest = hashlib.sha256(content).hexdigest()[:8]
    app = time.strftime(f"app-%Y%m%d-%H%M%S-{digest}", time.gmtime())
    print(f"[3/6] Uploading {megabytes(len(content))}")
    settings_file, settings = f"{place.folder}/{SETTINGS}", bot_settings(telegram, username)
    if account.read(settings_file) is None:
        account.write(settings_file, settings)  # first, because it marks the folder as ours
    account.write(f"{place.folder}/{app}.zip", content)
    account.write(settings_file, settings)
    print(f"[4/6] {'Starting the web app again' if exists else 'Making the web app'}")
    if not exists:
        account.create_web_app(place.domain)
    # This one file switches to the new version.
    text = TEMPLATE.read_text(encoding="utf-8").replace('APP = ""', f'APP = "{app}"')
    account.write(place.wsgi_file, text.encode())
    try:
        account.reload(place.domain)
    except PythonAnywhereError as error:
        raise PythonAnywhereError(f"{error}\n{error_log(account, place)}") from None
    print(f"[5/6] Asking {place.site}")
    if problem := wait_for_answer(place.site, secret):
        raise PythonAnywhereError(f"{problem}\n{error_log(account, place)}")
    print("[6/6] Telling Telegram the address")
    set_webhook(telegram, place.site, secret)
    print(f"Done. Write to your bot. It is at {place.site}")
    if found := account.web_app(place.domain).get("expiry"):
        expiry = escape_control_characters(str(found))
        print(f"It runs until {expiry}. Before that day, log in and press the button on page Web.")


def pack_folder(folder: Path) -> tuple[bytes, str]:
    """Return the zip of the bot's folder and a line about it."""
    added = missing_files(folder, "PythonAnywhere")
    with tempfile.TemporaryDirectory() as scratch:
        made = bundle(folder, Path(scratch, "bot.zip"), Target(PYTHON), ENTRY, added)
        add_files(folder, added, "PythonAnywhere")
        how, note = load_function(made, ENTRY)  # raises if a module is missing
        about = f"{made.files} files; packages: {', '.join(made.packages) or 'none'}; {how}"
        return made.path.read_bytes(), f"{about}\n{note}" if note else about


def username_of(token: str) -> str:
    """Ask Telegram for the bot's name; PythonAnywhereError if it does not know the token."""
    bot_id(token)  # raises if it is no token
    found = ask_telegram(token, telegram_api())
    if not found.username:
        raise PythonAnywhereError(
            f"{UNKNOWN_TO_TELEGRAM} In a terminal: python3 start.py login telegram"
        )
    return found.username


def bot_settings(telegram: Settings, username: str) -> bytes:
    """Return the file with what the bot needs, and nothing else of `.env`.

    The name is there, because a free account may not be allowed to ask Telegram for it.
    """
    names = ("TELEGRAM_TOKEN", "TELEGRAM_SECRET", "TELEGRAM_API")
    values = {name: telegram.values[name] for name in names if name in telegram.values}
    return json.dumps(values | {"TELEGRAM_USERNAME": username}).encode()


def delete_other_web_app(account: PythonAnywhere, place: BotPlace, replace: bool) -> None:
    """Delete a web app that is not ours, or only half made; refuse that without `replace`."""
    if not replace:
        raise PythonAnywhereError(
            f"{place.domain} has a web app that this command did not make, or not finish, so "
            "nothing was changed. To delete it and put the bot there, add --replace. Its code "
            "stays in your files."
        )
    print("      Deleting the web app that is there; its code stays")
    account.delete_web_app(place.domain)


def check_static_folders(account: PythonAnywhere, place: BotPlace) -> None:
    """Refuse to put secrets where the web app shows all files."""
    for shown in account.static_folders(place.domain):
        if PurePosixPath(place.folder).is_relative_to(shown) or shown.startswith(place.folder):
            raise PythonAnywhereError(
                f"the web app shows {shown} to everybody, and your bot's secrets would be in it. "
                "Delete that static files mapping on PythonAnywhere's page Web."
            )


def check_folder(account: PythonAnywhere, place: BotPlace) -> None:
    """Refuse to touch a folder that somebody else has filled."""
    if account.read(f"{place.folder}/{SETTINGS}") is None and account.files_in(place.folder):
        raise PythonAnywhereError(
            f"{place.folder} holds files that this command did not write, so nothing was changed. "
            "Rename that folder on PythonAnywhere's page Files."
        )


def check_bot(account: PythonAnywhere, place: BotPlace, token: str) -> None:
    """Refuse to take the place of another bot."""
    settings = account.read(f"{place.folder}/{SETTINGS}")
    if settings and f'"{bot_id(token)}:'.encode() not in settings:
        raise PythonAnywhereError(
            "another bot is at this account: its Telegram token is not the one in your .env. A "
            "free account has room for one, so nothing was changed. To remove that bot and its "
            "memory, add --delete. To keep its memory for this bot, add --replace."
        )


def other_bot(account: PythonAnywhere, place: BotPlace, token: str) -> str:
    """Return the Telegram token of another bot that is there; "" if there is none."""
    with suppress(ValueError, RecursionError):  # no JSON, or no token: nothing of ours
        settings = json.loads(account.read(f"{place.folder}/{SETTINGS}") or b"{}")
        found = str(dict_or_empty(settings).get("TELEGRAM_TOKEN", ""))
        return found if bot_id(found) != bot_id(token) else ""
    return ""


def is_our_file(account: PythonAnywhere, path: str) -> bool:
    """Tell whether a WSGI file is the one that this command writes."""
    return (account.read(path) or b"").startswith(OUR_FIRST_LINE.encode())


def wait_for_answer(site: str, secret: str) -> str:
    """Ask the bot as Telegram does, until it answers; return what is wrong, "" if nothing is.

    Without the secret, the bot must refuse. With it, the bot must ask for an update.
    """
    ends = time.monotonic() + RELOAD_TIMEOUT_S
    while True:
        try:
            closed = request("GET", site)
            opened = request("POST", site, {SECRET_HEADER: secret}, b"{}")
        except ConnectionError as error:
            problem, may_pass = f"the bot gives no answer: {error}", True
        else:
            if (closed.status, opened.status) == (403, 400) and "error" in opened.json_object():
                return ""
            problem = (
                f"the bot is uploaded, but its answers are wrong. Without the secret: "
                f"{closed.status}, expected 403. With it: {opened.status}, expected 400."
            )
            if closed.status not in (403, 500, *STARTING_STATUSES):
                problem += " Has its month ended? Press the button on PythonAnywhere's page Web."
            may_pass = closed.status in STARTING_STATUSES or opened.status in STARTING_STATUSES
        if not may_pass or time.monotonic() > ends:
            return problem
        time.sleep(1)


def error_log(account: PythonAnywhere, place: BotPlace) -> str:
    """Return the end of the web app's error log, and what to do."""
    path = f"/var/log/{place.domain}.error.log"
    try:
        lines = (account.read(path) or b"").decode("utf-8", "replace").splitlines()[-LOG_LINES:]
    except ConnectionError as error:  # such as a log that is longer than any answer may be
        return f"Its log {path} did not come: {error}. You find it on PythonAnywhere's page Web."
    if not lines:
        return f"Its log {path} is empty. Wait a minute, and type the command again."
    log = "\n".join(f"  {escape_control_characters(line)}" for line in lines)
    return f"The end of {path}:\n{log}\nCorrect the bot, and type the command again."


def call_in_turn(bot: BotApi, method: str, parameters: dict[str, object]) -> None:
    """Call a method of the Bot API; if Telegram wants a short pause first, call it again then.

    It takes a webhook once a second, and a second deploy may come sooner.
    """
    for last in (False, False, True):
        try:
            bot.call(method, parameters)
            return
        except BotApiError as error:
            if last or not 0 < error.pause_s <= LONGEST_PAUSE_S:
                raise
            time.sleep(error.pause_s)


def set_webhook(telegram: Settings, site: str, secret: str) -> None:
    """Tell Telegram the bot's address; kinds of updates that were asked for at it stay."""
    bot = BotApi(telegram["TELEGRAM_TOKEN"], telegram_api())
    wanted: dict[str, object] = {"url": site, "secret_token": secret}
    try:
        if bot.call("getWebhookInfo", {}).get("url") != site:
            wanted["allowed_updates"] = []  # Telegram's default, not an older choice
        call_in_turn(bot, "setWebhook", wanted)
    except (BotApiError, ConnectionError) as error:
        raise PythonAnywhereError(
            f"the bot is at {site}, but Telegram does not know it: {error}\n"
            "Correct that, and type the command again."
        ) from None


def delete(account: PythonAnywhere, place: BotPlace, telegram: Settings, replace: bool) -> None:
    """Remove all that `deploy` made, the webhook first, and check that nothing is left.

    With `replace`, a web app that is not ours, or only half made, is removed, too. If the bot there
    is another one than in `.env`, its webhook is removed, or Telegram keeps calling it.
    """
    check_folder(account, place)
    exists = bool(account.web_app(place.domain))
    if exists and not replace and not is_our_file(account, place.wsgi_file):
        raise PythonAnywhereError(
            f"{place.domain} is a web app that this command did not make, or not finish, so "
            "nothing was deleted. To delete it, too, add --replace. Its code stays in your files."
        )
    token = telegram["TELEGRAM_TOKEN"]
    bot = BotApi(other_bot(account, place, token) or token, telegram_api())
    try:
        if bot.call("getWebhookInfo", {}).get("url") == place.site:
            call_in_turn(bot, "deleteWebhook", {})
            print("[1/4] Telegram does not call the bot any more")
        else:
            print("[1/4] Telegram calls another address, or none: nothing to do")
    except BotApiError as error:  # such as a token that is revoked: it calls nobody
        print(hide_secrets(f"[1/4] {error}"))
    if exists:
        account.delete_web_app(place.domain)
        print(f"[2/4] The web app {place.domain} is deleted")
    else:
        print("[2/4] There is no web app")
    account.delete(place.folder)
    name = PurePosixPath(place.wsgi_file).name
    for path in account.files_in("/var/www/"):  # PythonAnywhere keeps a copy of the WSGI file
        if name in path and is_our_file(account, path):
            account.delete(path)
    for path in account.files_in("/var/log/"):
        if path.startswith(tuple(f"/var/log/{place.domain}.{log}.log" for log in LOGS)):
            account.delete(path)
    print("[3/4] The bot's files, its memory and its logs are deleted")
    left = account.files_in(place.folder)
    if left or account.web_app(place.domain):
        raise PythonAnywhereError(
            f"something is left: {', '.join(left[:3]) or place.domain}. Type the command again, or "
            "delete it on PythonAnywhere's pages Web and Files."
        )
    print("[4/4] Nothing is left at PythonAnywhere but your account")


def hide_secrets(text: str) -> str:
    """Replace each secret of the environment in a text of several lines, and control characters."""
    for secret in secrets_of(os.environ):
        text = text.replace(secret, "(hidden)")
    return escape_control_characters(text)


if __name__ == "__main__":
    sys.exit(main())
