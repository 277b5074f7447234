"""Checks of the side room about two clouds: a zip's secrets, addresses, and a careful release."""

from collections.abc import Callable
from typing import Any, NamedTuple

from lessons.exercises.slips import Task
from lessons.exercises.verdict import exercise, expect, function_problem, run_learner_code, show

SECRET = "only-we-two-know-" * 3
CLEAN = {"main.py": b"import os\nsecret = os.environ['TELEGRAM_SECRET']\n"}
LEAKY = {
    **CLEAN,
    "notes/ideas.txt": f"Do not forget: {SECRET}!".encode(),
    "old/main.py": f"secret = {SECRET!r}\n".encode(),
    "picture.bin": b"\xff\xfe",
}

LEAKS_TASK = Task(
    "leaks(files, secret)",
    [
        ((CLEAN, SECRET), []),
        ((LEAKY, SECRET), ["notes/ideas.txt", "old/main.py"]),
        (({}, SECRET), []),
        (({"token.txt": SECRET.encode(), "empty.txt": b""}, SECRET), ["token.txt"]),
        ((dict(reversed(LEAKY.items())), SECRET), ["old/main.py", "notes/ideas.txt"]),
    ],
    {
        ("secret.encode()", "secret"): "the secret is text and a file is bytes. secret.encode() "
        "turns the text into bytes",
        ("files[name]", "name"): "name is the file's name. Its content is files[name]",
        ("files[name]", "name.encode()"): "that looks into the name. The content is files[name]",
        ("() in files", "() == files"): "more than the secret is in those files. Ask with in, not "
        "with ==",
        ("return", "    return"): "a return inside the loop ends it at the first file. Move it to "
        "the left",
        ("found.append(name)", "return [name]"): "there may be more than one. Collect them all",
        ("found.append(name)", "return name"): "there may be more than one. Collect a list",
        (".append(name)", " = [name]"): "found is a new list each time. Add to it: "
        "found.append(name)",
        ("(name)", "(files[name])"): "those are the contents. The names are wanted: "
        "found.append(name)",
        "return any(secret.encode() in files[name] for name in files)": "that says whether, not "
        "where. Return the list of names",
        "return [name for name in files if secret.encode() not in files[name]]": "those are the "
        "files without the secret: in, not not in",
        ("return found", "return sorted(found)"): "the names keep their order. Leave out sorted",
    },
    kind=lambda found: "" if isinstance(found, list) else f"{show(found)} is no list of names",
    solution="""
        found = []
        for name in files:
            if secret.encode() in files[name]:
                found.append(name)
        return found
    """,
)


@exercise(
    "write def leaks(files, secret): instead of the dots. It returns a list of file names",
    "Three steps: begin with an empty list, look at one file after another, and keep the names of "
    "those with the secret in them.",
    "for name in files: takes each name, and files[name] is the content, in bytes.",
    "In the loop: if secret.encode() in files[name]: found.append(name). At the end: return found.",
    task=LEAKS_TASK,
    because="bundle does the same with every value in your .env. It also knows what the tokens of "
    "many services look like.",
)
def exercise_1(leaks: Any) -> str:
    """Files that hold a secret, and files that don't."""
    return "no secret leaves the house with your zip"


PUBLIC_IP, HOME_IP = "8.8.8.8", "192.168.1.7"
SCHEME = 'if parts.scheme != "https":\n    return "no https"\n'
PORT = 'if parts.port not in (None, 443, 80, 88, 8443):\n    return "wrong port"\n'
GLOBAL = 'if not ipaddress.ip_address(parts.hostname).is_global:\n    return "not public"\n'
JUDGE_CODE = f"""import ipaddress
import urllib.parse
parts = urllib.parse.urlsplit(url)
{SCHEME}{PORT}{GLOBAL}return "good"
"""
JUDGE_TASK = Task(
    "judge(url)",
    [
        ((f"https://{PUBLIC_IP}/bot",), "good"),
        ((f"http://{PUBLIC_IP}/bot",), "no https"),
        ((f"https://{PUBLIC_IP}:8443/bot",), "good"),
        ((f"https://{PUBLIC_IP}:443/bot",), "good"),
        ((f"https://{PUBLIC_IP}:8000/bot",), "wrong port"),
        ((f"https://{HOME_IP}/bot",), "not public"),
        (("https://127.0.0.1/bot",), "not public"),
        ((f"http://{HOME_IP}:8000/bot",), "no https"),
        ((f"https://{HOME_IP}:8000/bot",), "wrong port"),
        ((f"https://{PUBLIC_IP}:88/bot",), "good"),
        ((f"https://{PUBLIC_IP}:80/bot",), "good"),
        (("http://https.example.org:80/bot",), "no https"),
    ],
    {
        ("None, ", ""): "an address without a port has parts.port None, which means 443",
        ('parts.scheme != "https"', '"https" not in url'): "https may appear anywhere in an "
        "address. Look at parts.scheme alone",
        ('parts.scheme != "https"', 'not url.startswith("http")'): "http begins like https. Look "
        "at parts.scheme",
        (", 8443", ""): "8443 is a port that Telegram takes",
        (" 80,", ""): "80 is a port that Telegram takes",
        (" 88,", ""): "88 is a port that Telegram takes",
        ("not ipaddress", "ipaddress"): "is_global is true for a public number: not …",
        (GLOBAL, ""): "not everybody can reach this number: .is_global",
        (
            "not ipaddress.ip_address(parts.hostname).is_global",
            'parts.hostname == "127.0.0.1"',
        ): "127.0.0.1 is only one of them. ipaddress.ip_address(parts.hostname).is_global",
        (SCHEME + PORT, PORT + SCHEME): "two rules are broken, and Telegram asks for https first",
        (PORT + GLOBAL, GLOBAL + PORT): "two rules are broken, and Telegram "
        "asks for the port first",
        ("(parts.hostname)", "(url)"): "ip_address wants the number alone, parts.hostname",
        (
            "parts.port not in (None, 443, 80, 88, 8443)",
            'str(parts.port) not in (None, 443, 80, 88, 8443, "443")',
        ): "a port is a number here, and 443 is not the text '443'",
    },
    solution=JUDGE_CODE,
)


@exercise(
    'write def judge(url): instead of the dots. It returns "no https", "wrong port", "not public" '
    'or "good"',
    "Take the address apart first: parts = urllib.parse.urlsplit(url). Then ask three questions, "
    "each with an if and a return.",
    'The first: if parts.scheme != "https": return "no https". The second looks at parts.port.',
    "parts.port may be None, 443, 80, 88 or 8443. The third question: "
    "ipaddress.ip_address(parts.hostname).is_global.",
    task=JUDGE_TASK,
    because="Telegram asks the same three questions before it takes your webhook. A computer at "
    "home usually fails the third.",
)
def exercise_2(judge: Any) -> str:
    """Addresses that Telegram takes, and others."""
    return "you know which addresses Telegram calls"


class Version(NamedTuple):
    """A version of a bot: what happens to it on its way, and whether it may get out."""

    name: str
    leak: str
    status: int
    wrong: str  # what is said if it gets out

    @property
    def is_good(self) -> bool:
        """Return whether people may talk to it."""
        return not self.wrong


VERSIONS = (
    Version("a good version", "", 403, ""),
    Version("one with a token in it", "main.py holds a token", 403, "pack has refused it"),
    Version("one that does not start", "", 502, "a stranger got 502: it does not start"),
    Version(
        "one without a secret",
        "",
        200,
        "a stranger got 200, so it answers everybody. Only 403 is good",
    ),
)


def play_release(release: Callable[..., Any], version: Version) -> tuple[Any, list[str]]:
    """Release a version; return what was returned, and the steps in their order."""
    steps: list[str] = []

    def pack(folder: str) -> str:
        expect(folder == "my_bot", f"pack gets the folder: pack(folder). It got {show(folder)}")
        steps.append("pack")
        if version.leak:
            raise ValueError(version.leak)
        return "my_bot.zip"

    def upload(path: str) -> str:
        expect(path == "my_bot.zip", f"upload gets what pack returned. It got {show(path)}")
        steps.append("upload")
        return "https://new.example.org/"

    def status(address: str) -> int:
        expect_new_address("status", address)
        steps.append("status")
        return version.status

    def tell(address: str) -> None:
        expect_new_address("tell", address)
        steps.append("tell")

    call = f"release with {version.name}"
    return run_learner_code(release, "my_bot", pack, upload, status, tell, call=call), steps


def expect_new_address(step: str, found: Any) -> None:
    """Raise NotYet unless a step got the new function's address."""
    right = found == "https://new.example.org/"
    expect(right, f"{step} gets the address that upload returned. It got {show(found)}")


@exercise(
    "write def release(folder, pack, upload, status, tell): instead of the dots. It returns a text",
    "Begin without checks: path = pack(folder), address = upload(path), tell(address), and "
    'return "released". Then put two checks between them.',
    "Catch what pack raises with try: and except ValueError as error:. Below it, "
    'return f"not released: {error}".',
    "Between upload and tell: if status(address) != 403: return a text that begins with "
    '"not released: ".',
    because="The old version answers until the new one has shown that it works. So only you "
    "notice a bad release.",
)
def exercise_3(release: Callable[..., Any]) -> str:
    """Four versions, and only one of them may reach people."""
    expect(callable(release), function_problem(release))
    for version in VERSIONS:
        said, steps = play_release(release, version)
        if version.is_good:
            expect("tell" in steps, "a good version stayed at home: call tell(address)")
            asked = "status" in steps[: steps.index("tell")]
            expect(asked, "people got a version that nobody had tried: call status before tell")
            expect(said == "released", f'a good version: expected "released", found {show(said)}')
            continue
        expect("tell" not in steps, f"{version.name} got out: {version.wrong}")
        text = said if isinstance(said, str) else ""
        begins = text.startswith("not released: ")
        wanted = f'{version.name}: expected a text that begins with "not released: "'
        expect(begins, f"{wanted}, found {show(said)}")
        expect(text != "not released: ", f"{version.name}: say why, too")
        told = version.leak in text
        expect(told, f"{version.name}: say why. The error's own words are in {{error}}")
    return "bad versions stay at home, and people keep talking to the old one"
