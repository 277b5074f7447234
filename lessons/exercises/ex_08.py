"""Checks of notebook 08: secrets in a zip, an address, a leaked token, and a careful release."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from bot_sandbox import Telegram
from bot_sandbox.telegram import NoReply, TelegramError
from lessons.cloud import Cloud
from lessons.exercises.verdict import NotYet, exercise, expect, explained, quietly, run, show

SECRET = "only-we-two-know-" * 3
PACKED = {
    "main.py": "import os\nsecret = os.environ['TELEGRAM_SECRET']\n",
    "notes/ideas.txt": f"Do not forget: {SECRET}!",
    "old/main.py": f"secret = {SECRET!r}\n",
    "picture.bin": "\udcff\udcfe",
}


@exercise(
    "define leaks(path, secret); it returns a list of file names.",
    "Three steps: open the zip, look at one file after the other, keep the names of those with "
    "the secret in them.",
    "archive = zipfile.ZipFile(path) opens it; for name in archive.namelist(): takes each name; "
    "archive.read(name) gives that file as bytes.",
    "The secret is text and a file is bytes, so make bytes of the text: secret.encode().",
    "Begin with found = []; in the loop: if secret.encode() in archive.read(name): "
    "found.append(name); at the end: return found.",
)
def exercise_1(leaks: Callable[[Path, str], Any]) -> str:
    """Two zips: one that holds the secret twice, and one that does not."""
    expect(callable(leaks), f"expected a function, found {show(leaks)}")
    with tempfile.TemporaryDirectory() as folder:
        clean = pack(Path(folder, "clean.zip"), {"main.py": PACKED["main.py"]})
        found = looked(leaks, clean)
        expect(found == [], f"a zip without the secret gets [], found {show(found)}")
        found = looked(leaks, pack(Path(folder, "leaky.zip"), PACKED))
    if found == []:
        raise NotYet(
            "two files hold the secret and none was found: a zip is compressed, so open it with "
            "zipfile.ZipFile, read each of its files, and ask for the secret with `in`, since more "
            "stands around it. If you do: a return inside the loop ends it at the first file, and "
            "found = [] inside the loop forgets what was found before"
        )
    expect(isinstance(found, list), f"expected a list of names, found {show(found)}")
    expected = ["notes/ideas.txt", "old/main.py"]
    if len(found) == 1 and found[0] in expected:
        raise NotYet(
            f"only {found[0]} was found, and two files hold the secret: look at all of them"
        )
    expect(found == expected, f"expected {expected}, found {show(found)}")
    return "no secret leaves unseen"


BYTES_AND_TEXTS = {
    "has no attribute 'namelist'": "path only says where the zip is. Open it first: "
    "archive = zipfile.ZipFile(path); then archive has .namelist() and .read(name)",
    "requires string as left operand, not bytes": "you look for the secret in a file's name, which "
    "is a text. What stands in the file is archive.read(name)",
    "bytes-like": "a file in a zip is read as bytes, and the secret is a text: Python does not "
    "look for one in the other. secret.encode() makes bytes of the text",
    "UnicodeDecodeError": "picture.bin is no text, so it cannot be decoded. Go the other way: "
    "leave the files as they are, and make bytes of the secret with secret.encode()",
}


def looked(leaks: Callable[[Path, str], Any], path: Path) -> Any:
    """Call the learner's function; NotYet tells bytes from texts."""
    with explained(BYTES_AND_TEXTS):
        return run(leaks, path, SECRET, call="leaks(path, secret)")


def pack(path: Path, files: dict[str, str]) -> Path:
    """Write files into a compressed zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text.encode(errors="surrogateescape"))
    return path


EVERYWHERE = "https://8.8.8.8:443/bot"
ADDRESSES = {
    "http://8.8.8.8/bot": "no https",
    "http://127.0.0.1:8000/bot": "no https",
    "https://8.8.8.8:8000/bot": "wrong port",
    "https://192.168.1.7:5000/bot": "wrong port",
    "https://127.0.0.1/bot": "not public",
    "https://10.0.0.5:8443/bot": "not public",
    "https://172.20.0.3:88/bot": "not public",
    EVERYWHERE: "good",
    "https://1.1.1.1:8443/bot": "good",
    "https://8.8.8.8/bot": "good",
}


@exercise(
    'define judge(url); it returns "no https", "wrong port", "not public" or "good".',
    "Take the address apart first: parts = urllib.parse.urlsplit(url). Then three questions, each "
    "with an if and a return of its own.",
    'The first: if parts.scheme != "https": return "no https". The second looks at parts.port.',
    "An address without a port has parts.port None, and that is 443: allowed are None, 443, 80, 88 "
    "and 8443. The third: ipaddress.ip_address(parts.hostname).is_global.",
)
def exercise_2(judge: Callable[[str], Any]) -> str:
    """Ten addresses, in the order of Telegram's own checks."""
    for url, expected in ADDRESSES.items():
        found = judged(judge, url)
        if expected == "no https" and found in ("wrong port", "good"):
            raise NotYet(
                f"{url} begins with http, not with https, and was called {found!r}: is the sign in "
                'your first question != (is not)? if parts.scheme != "https":'
            )
        if found == "no https" and expected != "no https":
            raise NotYet(
                f"{url} was called 'no https'. parts.scheme is what stands before ://, in small "
                "letters and without it: 'https'"
            )
        if found == "wrong port" and judged(judge, EVERYWHERE) == "wrong port":
            raise NotYet(
                "443 was called a wrong port. parts.port is a number, not a text, so "
                "write 443 without quotes. And ask `not in (None, 443, 80, 88, 8443)`: "
                "`!= 443 or 80` is always true"
            )
        if found == "wrong port" and expected in ("not public", "good") and url.count(":") == 2:
            raise NotYet(
                f"the port of {url} is allowed. parts.port is a number, not a text: compare it "
                "with all four numbers, 443, 80, 88 and 8443, without quotes"
            )
        if found == "wrong port" and url.count(":") == 1:
            raise NotYet(f"{url} names no port, so port is None: for https that means 443")
        if found == "good" and expected == "not public":
            raise NotYet(
                f"{url} was called good; is_global is False for such an address, and then the "
                'answer is "not public": if not ….is_global:'
            )
        if found == "not public" and expected in ("no https", "wrong port"):
            raise NotYet(
                f"for {url} Telegram says {expected!r} first: ask whether it is public last"
            )
        expect(found == expected, f"for {url} expected {expected!r}, found {show(found)}")
    return f"{len(ADDRESSES)} addresses judged as Telegram does"


def judged(judge: Callable[[str], Any], url: str) -> Any:
    """Call the learner's function; NotYet tells a forgotten import from other mistakes."""
    try:
        return run(judge, url)
    except NotYet as told:
        for module in ("ipaddress", "urllib"):
            if f"name '{module}' is not defined" in str(told):
                line = "import ipaddress" if module == "ipaddress" else "import urllib.parse"
                raise NotYet(
                    f"Python does not know {module} yet: begin the cell with {line}"
                ) from None
        if "name 'host' is not defined" in str(told):
            raise NotYet("host stands for the hostname: write parts.hostname there") from None
        if "does not appear to be an IPv4" in str(told):
            raise NotYet(
                "ip_address wants the computer's number alone, not the whole address: "
                "ipaddress.ip_address(parts.hostname)"
            ) from None
        if "'bool' object is not callable" in str(told):
            raise NotYet("is_global is a value and no function: write it without ()") from None
        raise


BOT = """
from botlib import Bot
from botlib.telegram.light import webhook

bot = Bot()
bot.command("both")(lambda message: ["one", "two"])
handler = webhook(bot)
"""


SET_WEBHOOK = 'telegram.call(account, "setWebhook", url=url, secret_token=secret)'
SLIPS = {  # words of an error → what is said
    "name 'setWebhook' is not defined": f"setWebhook is a method of Telegram's: {SET_WEBHOOK}",
    "missing 1 required positional argument: 'method'": "telegram.call wants the account first, "
    f"then the method's name: {SET_WEBHOOK}",
    "missing 1 required positional argument: 'token'": "deploy wants the new token: deploy(token)",
    "must be text; found": "deploy wants the token, which is a text. telegram.new_token(account), "
    "with its brackets, gives it",
    "UnboundLocalError": "a name is used before the line that makes it. The order is: new_token, "
    "deploy, setWebhook",
    "'str' object has no attribute 'url'": "deploy gives the address itself: url = deploy(token)",
    "positional arguments but 4 were given": "four things are handed over: "
    "def rescue(telegram, account, deploy, secret):",
}
NAMES_ELSE = "your function did not make itself is taken from an earlier cell"


@exercise(
    "define rescue(telegram, account, deploy, secret); it does the three steps.",
    "The order is that of the text: first the new token, then the function, then the webhook.",
    "token = telegram.new_token(account), and url = deploy(token).",
    'The third step: telegram.call(account, "setWebhook", url=url, secret_token=secret).',
)
def exercise_3(rescue: Callable[..., Any]) -> str:
    """A token leaks: afterwards the old one is worthless, and the bot answers what waited."""
    with ExitStack() as stack:
        telegram, cloud = stack.enter_context(Telegram()), stack.enter_context(Cloud())
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "main.py").write_text(BOT, encoding="utf-8")
        deployed: list[str] = []
        addresses: list[str] = []

        def deploy(token: str) -> str:
            """Upload the bot with this token; its address."""
            deployed.append(token)
            function = cloud.deploy("bot", folder, environment=settings(telegram, token))
            addresses.append(function.url)
            return function.url

        old = account.token
        viktor.send("!both")  # it waits, since there is no webhook yet
        expect(callable(rescue), f"expected a function, found {show(rescue)}")
        rescued(rescue, telegram, account, deploy)
        expect(is_refused(telegram, old), "the old token still opens the bot: new_token ends it")
        expect(bool(deployed), "the function was not deployed with the new token")
        expect(deployed[-1] != old, "the function was deployed with the old token")
        if deployed[-1] != account.token:
            raise NotYet(
                f"the function was deployed with a token of another bot. A name that {NAMES_ELSE}: "
                "write token = telegram.new_token(account), then deploy(token)"
            )
        info = telegram.call(account, "getWebhookInfo")
        expect(bool(info["url"]), "a new token begins without a webhook: call setWebhook as well")
        if info["url"] != addresses[-1]:
            raise NotYet(
                f"Telegram got an address that is not this function's. A name that {NAMES_ELSE}: "
                "write url = deploy(token), then setWebhook with url=url"
            )
        try:
            found = [message.text for message in viktor.wait(2)]
        except NoReply:
            said = str(telegram.call(account, "getWebhookInfo").get("last_error_message"))
            if "403" in said:
                raise NotYet(
                    "Telegram calls, and the function answers 403: setWebhook was called without "
                    "secret_token=secret, or with another secret"
                ) from None
            raise NotYet(f"the bot is silent; getWebhookInfo says: {said}") from None
        expect(found == ["one", "two"], f"Viktor got {found}")
    return "the thief is out, and nothing was lost"


def rescued(rescue: Callable[..., Any], *arguments: Any) -> None:
    """Call the learner's function; NotYet tells what the slips mean that people make here."""
    with explained(SLIPS):
        quietly(rescue, *arguments, SECRET, call="rescue(telegram, account, deploy, secret)")


def settings(telegram: Telegram, token: str) -> dict[str, str]:
    """The environment of a bot's function in a check."""
    keys = {"TELEGRAM_TOKEN": token, "TELEGRAM_SECRET": SECRET}
    return keys | {"TELEGRAM_API": telegram.url}


def is_refused(telegram: Telegram, token: str) -> bool:
    """Whether Telegram knows this token no more."""
    try:
        telegram.call(token, "getMe")
    except TelegramError as error:
        return error.code == 401
    return False


VERSION = """
from botlib import Bot
from botlib.telegram.light import webhook

bot = Bot()
bot.command("version")(lambda message: "{number}")
answer = webhook(bot)


def handler(event, context):
    {first}
    return answer(event, context)
"""
OPEN = """
def handler(event, context):
    return {"statusCode": 200, "body": ""}
"""


class Road:
    """The four steps on the way of a release, each real, and what was done with them."""

    def __init__(
        self, folder: Path, telegram: Telegram, cloud: Cloud, bundle: Callable[[Path, Path], Any]
    ) -> None:
        self.account = telegram.new_bot("Hello bot", "hello_bot")
        self._telegram, self._cloud, self._folder = telegram, cloud, folder
        self._bundle = bundle
        self.uploaded: list[str] = []
        self.asked: list[str] = []
        self.told: list[str] = []

    def pack(self, folder: Path) -> Path:
        """Make the zip; ValueError if it is refused."""
        path = self._folder / f"{folder.name}.zip"
        self._bundle(folder, path)
        return path

    def upload(self, path: Path) -> str:
        """Put a zip into the cloud as a function of its own; give its address."""
        expect(zipfile.is_zipfile(path), f"upload wants the zip that pack gave, found {show(path)}")
        unzipped = self._folder / f"unzipped-{len(self.uploaded)}"
        shutil.unpack_archive(path, unzipped)
        keys = settings(self._telegram, self.account.token)
        name = f"bot-{len(self.uploaded)}"
        self.uploaded.append(self._cloud.deploy(name, unzipped, environment=keys).url)
        return self.uploaded[-1]

    def status(self, address: str) -> int:
        """Call the function as a stranger does, without the secret; the status of its answer."""
        expect(
            address in self.uploaded,
            f"status wants the address that upload gave, found {show(address)}",
        )
        self.asked.append(address)
        try:
            with urlopen(Request(address, data=b"{}"), timeout=30) as response:  # noqa: S310
                return int(response.status)
        except HTTPError as error:
            return error.code

    def tell(self, address: str) -> None:
        """Give Telegram the address."""
        expect(
            address in self.uploaded,
            f"tell wants the address that upload gave, found {show(address)}",
        )
        self.told.append(address)
        place = {"url": address, "secret_token": SECRET, "drop_pending_updates": True}
        self._telegram.call(self.account, "setWebhook", **place)


@exercise(
    "define release(folder, pack, upload, status, tell); it returns a text.",
    "First without care: path = pack(folder), address = upload(path), tell(address), and "
    'return "released". Then put the two questions in between.',
    "What pack raises is caught with try: and except ValueError as error:. Under it stands "
    'return f"not released: {error}".',
    "Between upload and tell: if status(address) != 403: return a text that begins with "
    '"not released: ". Only what comes after it may call tell.',
)
def exercise_4(release: Callable[..., Any], bundle: Callable[[Path, Path], Any]) -> str:
    """A good folder, one with a secret, one whose function fails, one that is open to everybody."""
    expect(callable(release), f"expected a function, found {show(release)}")
    with road(bundle) as (way, viktor, make):
        steps = (way.pack, way.upload, way.status, way.tell)
        said = run_release(release, make("good", VERSION.format(number=1, first="pass")), steps)
        if said != "released" and way.told:
            raise NotYet(
                f"a good folder was given to Telegram, and then release returned {show(said)}: "
                'under tell(address) stands return "released"'
            )
        if said.startswith("not released") and way.asked:
            raise NotYet(
                f"a good folder is 'released'; found {show(said)}. A good function answers a "
                "stranger with 403, and status(address) gives it as a number: if "
                "status(address) == 403"
            )
        expect(said == "released", f"a good folder is 'released'; found {show(said)}")
        expect(
            bool(way.told), "a good folder was uploaded, but Telegram was not told: tell(address)"
        )
        expect(bool(way.asked), "nobody looked whether the function works: status(address)")
        expect(viktor.ask("!version", timeout=30) == "1", "version 1 does not answer")
        number = len(way.told)

        folder = make("leaky", VERSION.format(number=2, first="pass"))
        (folder / ".env").write_text("TELEGRAM_SECRET=abc", encoding="utf-8")
        said = run_release(release, folder, steps)
        expect(
            said.startswith("not released"),
            f"a folder with .env gave {show(said)}: the text begins with 'not released: '",
        )
        if ".env" not in said:
            raise NotYet(
                f"a folder with .env gave {said!r}: say why, too. `except ValueError as error` "
                "gives you pack's own words"
            )
        for name, text, why in (
            ("broken", VERSION.format(number=3, first="1 / 0"), "answers a stranger with 502"),
            ("open", OPEN, "answers a stranger with 200, so it checks no secret,"),
        ):
            said = run_release(release, make(name, text), steps)
            if len(way.told) > number:
                raise NotYet(
                    f"a function that {why} was given to Telegram all the same. Ask "
                    "status(address) before tell(address): only 403 is well"
                )
            expect(
                said.startswith("not released"),
                f"a function that {why} gave {show(said)}: the text begins with 'not released: '",
            )
        expect(viktor.ask("!version", timeout=30) == "1", "version 1 does not answer any more")
    return "one good version went out, three bad ones stayed at home, and nobody noticed"


@contextmanager
def road(
    bundle: Callable[[Path, Path], Any],
) -> Iterator[tuple[Road, Any, Callable[[str, str], Path]]]:
    """A cloud, a Telegram, Viktor, and a way to make folders; all is gone afterwards."""
    with ExitStack() as stack:
        telegram, cloud = stack.enter_context(Telegram(limits=None)), stack.enter_context(Cloud())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

        def make(name: str, text: str) -> Path:
            """A bot's folder with this main.py."""
            (folder / name).mkdir()
            (folder / name / "main.py").write_text(text, encoding="utf-8")
            return folder / name

        way = Road(folder, telegram, cloud, bundle)
        yield way, telegram.person("Viktor"), make


def run_release(release: Callable[..., Any], folder: Path, steps: tuple[Any, ...]) -> str:
    """Release a folder; NotYet for what is raised, or if no text comes back."""
    pack, upload, status, tell = steps
    try:
        said = release(folder, pack, upload, status, tell)
    except NotYet:
        raise
    except ValueError as error:
        raise NotYet(f"for the folder {folder.name}, pack refused: {error} Catch it") from None
    except Exception as error:
        words = f"for the folder {folder.name}, release raised {type(error).__name__}: {error}"
        if "concatenate str" in str(error):
            words += '. An error is no text; f"not released: {error}" makes one of it'
        if isinstance(error, UnboundLocalError):
            words += ". When pack has refused there is no zip: under except, return at once"
        raise NotYet(words) from None
    expect(
        said is not None, f"release gave nothing back for the folder {folder.name}: return a text"
    )
    expect(isinstance(said, str), f"release returns a text; found {show(said)}")
    return str(said)
