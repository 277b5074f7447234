"""Checks of notebook 08: an address for a webhook, secrets in a zip, and a leaked token."""

import tempfile
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from lessons.exercises.verdict import NotYet, exercise, expect, run, show
from sandbox import Cloud, Telegram
from sandbox.telegram import NoReply, TelegramError

ADDRESSES = {
    "http://8.8.8.8/bot": "no https",
    "http://127.0.0.1:8000/bot": "no https",
    "https://8.8.8.8:8000/bot": "wrong port",
    "https://192.168.1.7:5000/bot": "wrong port",
    "https://127.0.0.1/bot": "not public",
    "https://10.0.0.5:8443/bot": "not public",
    "https://172.20.0.3:88/bot": "not public",
    "https://8.8.8.8:443/bot": "good",
    "https://1.1.1.1:8443/bot": "good",
    "https://8.8.8.8/bot": "good",
}


@exercise('define judge(url); it returns "no https", "wrong port", "not public" or "good".')
def exercise_1(judge: Callable[[str], Any]) -> str:
    """Ten addresses, in the order of Telegram's own checks."""
    for url, expected in ADDRESSES.items():
        found = run(judge, url)
        if found == "wrong port" and url.count(":") == 1:
            raise NotYet(f"{url} names no port, so port is None: for https that means 443")
        if found == "good" and expected == "not public":
            raise NotYet(f"{url} was called good; is_global is False for such an address")
        expect(found == expected, f"for {url} expected {expected!r}, found {show(found)}")
    return f"{len(ADDRESSES)} addresses judged as Telegram does"


SECRET = "only-we-two-know-" * 3
PACKED = {
    "main.py": "import os\nsecret = os.environ['TELEGRAM_SECRET']\n",
    "notes/ideas.txt": f"Do not forget: {SECRET}!",
    "old/main.py": f"secret = {SECRET!r}\n",
    "picture.bin": "\udcff\udcfe",
}


@exercise("define leaks(path, secret); it returns a list of file names.")
def exercise_2(leaks: Callable[[Path, str], Any]) -> str:
    """Two zips: one that holds the secret twice, and one that does not."""
    with tempfile.TemporaryDirectory() as folder:
        clean = pack(Path(folder, "clean.zip"), {"main.py": PACKED["main.py"]})
        found = run(leaks, clean, SECRET)
        expect(found == [], f"a zip without the secret gets [], found {show(found)}")
        found = run(leaks, pack(Path(folder, "leaky.zip"), PACKED), SECRET)
    if found == []:
        raise NotYet(
            "two files hold the secret and none was found: a zip is compressed, so open it with "
            "zipfile.ZipFile and read each of its files"
        )
    expect(isinstance(found, list), f"expected a list of names, found {show(found)}")
    expected = ["notes/ideas.txt", "old/main.py"]
    expect(found == expected, f"expected {expected}, found {show(found)}")
    return "no secret leaves unseen"


def pack(path: Path, files: dict[str, str]) -> Path:
    """Write files into a compressed zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text.encode(errors="surrogateescape"))
    return path


BOT = """
from botlib import Bot
from botlib.telegram.light import webhook

bot = Bot()
bot.command("both")(lambda message: ["one", "two"])
handler = webhook(bot)
"""


@exercise("define rescue(telegram, account, deploy, secret); it does the three steps.")
def exercise_3(rescue: Callable[..., Any]) -> str:
    """A token leaks: afterwards the old one is worthless, and the bot answers what waited."""
    with ExitStack() as stack:
        telegram, cloud = stack.enter_context(Telegram()), stack.enter_context(Cloud())
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "main.py").write_text(BOT, encoding="utf-8")
        deployed: list[str] = []

        def deploy(token: str) -> str:
            """Upload the bot with this token; its address."""
            deployed.append(token)
            keys = {"TELEGRAM_TOKEN": token, "TELEGRAM_SECRET": SECRET}
            keys["TELEGRAM_API"] = telegram.url
            return cloud.deploy("bot", folder, environment=keys).url

        old = account.token
        viktor.send("!both")  # it waits, since there is no webhook yet
        expect(callable(rescue), f"expected a function, found {show(rescue)}")
        rescue(telegram, account, deploy, SECRET)
        expect(is_refused(telegram, old), "the old token still opens the bot: new_token ends it")
        expect(bool(deployed), "the function was not deployed with the new token")
        expect(deployed[-1] == account.token, "the function was deployed with the old token")
        info = telegram.call(account, "getWebhookInfo")
        expect(bool(info["url"]), "a new token begins without a webhook: call setWebhook as well")
        try:
            found = [message.text for message in viktor.wait(2)]
        except NoReply:
            said = telegram.call(account, "getWebhookInfo").get("last_error_message")
            raise NotYet(f"the bot is silent; getWebhookInfo says: {said}") from None
        expect(found == ["one", "two"], f"Viktor got {found}")
    return "the thief is out, and nothing was lost"


def is_refused(telegram: Telegram, token: str) -> bool:
    """Whether Telegram knows this token no more."""
    try:
        telegram.call(token, "getMe")
    except TelegramError as error:
        return error.code == 401
    return False
