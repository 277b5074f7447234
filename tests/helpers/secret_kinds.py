"""Kinds of secrets, each in a file as somebody could write it: {kind: (file, content)}.

All values are made when this is imported: a scanner that looks at this file finds none.
"""

import base64
import gzip
import html
import io
import json
import random
import sqlite3
import string
import zipfile
from contextlib import closing
from urllib.parse import quote

LETTERS, DIGITS, HEX = string.ascii_letters, string.digits, "0123456789abcdef"
LOWER, UPPER, WORD = string.ascii_lowercase + DIGITS, string.ascii_uppercase, LETTERS + DIGITS
URL_SAFE = WORD + "-_"
CHARS = random.Random(25)


def chars(count, alphabet=WORD):
    """Random characters, two digits among them."""
    some = [*CHARS.choices(alphabet, k=count - 2), *CHARS.choices(DIGITS, k=2)]
    CHARS.shuffle(some)
    return "".join(some)


def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def jwt():
    parts = (b64(json.dumps(part)).rstrip("=") for part in ({"alg": "HS256"}, {"sub": chars(10)}))
    return f"{'.'.join(parts)}.{chars(43)}"


def pem(kind):
    return f"-----BEGIN {kind}{' '}KEY-----\n{chars(64)}\n-----END {kind}{' '}KEY-----\n"


def document(text):
    """A .docx, as Word writes it: a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        page = f"<w:document><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
        archive.writestr("word/document.xml", page)
    return buffer.getvalue()


def over_two_pages(text):
    """A database with a long text that SQLite divides in the middle of this one."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE notes (note)")
        long = f"{'. ' * 240}{text}{' .' * 2032}"  # its first 498 bytes go to another page
        database.execute("INSERT INTO notes VALUES (?)", (long,))
        database.commit()
        assert text.encode() not in database.serialize()
        return database.serialize()


def telethon():
    """The file of a session: whoever has it is logged in."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE sessions (dc_id, server_address, port, auth_key)")
        database.execute("INSERT INTO sessions VALUES (2, '', 443, ?)", (CHARS.randbytes(256),))
        database.commit()
        return database.serialize()


TELEGRAM = f"{chars(10, DIGITS)}:AA{chars(33)}"
FOUND = {
    "a Telegram token in code": ("bot.py", f'TOKEN = "{TELEGRAM}"'),
    "a Telegram token in an address": ("bot.py", f"# https://api.example/bot{TELEGRAM}/getMe"),
    "a Telegram token in an address, encoded": (
        "bot.py",
        f"# https://api.example/bot{quote(TELEGRAM, safe='')}/getMe",
    ),
    "a Telegram token in base64": ("bot.py", f'start(b64decode("{b64(TELEGRAM)}"))'),
    "a Telegram token in UTF-16": ("notes.txt", f"mine is {TELEGRAM}".encode("utf-16")),
    "a token in Russian text in UTF-16": (
        "a.txt",
        f"{'Привет, мир! ' * 20}{TELEGRAM}".encode("utf-16"),
    ),
    "a token in UTF-32": ("a.txt", TELEGRAM.encode("utf-32")),
    "a token in base64 of UTF-16": ("a.ps1", b64(TELEGRAM.encode("utf-16-le"))),
    "a token in base64 of several lines": (
        "notes.txt",
        base64.encodebytes(f"# the settings of my bot\nTELEGRAM_TOKEN={TELEGRAM}\n".encode()),
    ),
    "a token in a binary file": (
        "a.bin",
        CHARS.randbytes(500) + f" {TELEGRAM} ".encode() + bytes(100),
    ),
    "a token for test payments": (
        "shop.py",
        f'send_invoice("{chars(9, DIGITS)}:TEST:{chars(16)}")',
    ),
    "a token for payments": ("shop.py", f'PAY = "{chars(9, DIGITS)}:LIVE:{chars(6, DIGITS)}"'),
    "a session's file": ("me.session", telethon()),
    "a Twitch token for IRC": ("bot.py", f'say("oauth:{chars(30, LOWER)}")'),
    "a Twitch token in a header": ("bot.py", f'{{"Authorization": "OAuth {chars(30, LOWER)}"}}'),
    "a Twitch client secret": ("config.py", f'TWITCH_CLIENT_SECRET = "{chars(30, LOWER)}"'),
    "a Twitch token in YAML": ("config.yaml", f"bot:\n  twitch_token: {chars(30, LOWER)}\n"),
    "a client secret in JSON": ("config.json", json.dumps({"client_secret": chars(30, LOWER)})),
    "a secret as a default": ("bot.py", f'get("TWITCH_SECRET", default="{chars(30, LOWER)}")'),
    "a secret as a default, in lines of its own": (
        "bot.py",
        f"os.getenv(\n    'TWITCH_CLIENT_SECRET',\n    '{chars(30, LOWER)}',\n)",
    ),
    "a secret in a tuple": ("bot.py", f'SECRETS = ("{chars(30, LOWER)}",)'),
    "a secret among the parameters of a stack": (
        "parameters.json",
        json.dumps([f"TwitchClientSecret={chars(30, LOWER)}"]),
    ),
    "a secret for CloudFormation": (
        "a.json",
        json.dumps([{"ParameterKey": "TwitchSecret", "ParameterValue": chars(30, LOWER)}]),
    ),
    "a setting of Kubernetes": (
        "a.yaml",
        f"env:\n  - name: TWITCH_TOKEN\n    value: {chars(30, LOWER)}\n",
    ),
    "a setting of a container": (
        "a.json",
        json.dumps([{"name": "TWITCH_CLIENT_SECRET", "value": chars(30, LOWER)}], indent=1),
    ),
    "a setting of a Dockerfile": ("Dockerfile", f"ENV TWITCH_TOKEN {chars(30, LOWER)}\n"),
    "an AWS key id": ("bot.py", f'key("AKIA{chars(16, UPPER)}")'),
    "a temporary AWS key id": ("bot.py", f'key("ASIA{chars(16, UPPER)}")'),
    "an AWS secret key": ("aws.ini", f"aws_secret_access_key = {chars(40, WORD + '/+')}"),
    "a Yandex OAuth token": ("bot.py", f'weather("y0_{chars(55)}")'),
    "Yandex Cloud IAM": ("a.py", f'iam("t1.{chars(160, URL_SAFE)}.{chars(86, URL_SAFE)}")'),
    "a Yandex Cloud key": ("bot.py", f'translate("AQVN{chars(36)}")'),
    "a static key of Yandex Cloud": ("bot.py", f'client("YC{chars(38)}")'),
    "a token of PythonAnywhere": (
        "up.py",
        f'headers = {{"Authorization": "Token {chars(40, HEX)}"}}',
    ),
    "a GitHub token": ("bot.py", f'Github("ghp_{chars(36)}")'),
    "a fine-grained GitHub token": ("notes.txt", f"github_pat_{chars(22)}_{chars(59)}"),
    "a private key": ("bot.py", f'"""{pem("EC PRIVATE")}"""'),
    "OpenSSH": ("my.txt", pem("OPENSSH PRIVATE")),
    "OpenPGP": ("my.txt", f"-----BEGIN PGP PRIVATE{' '}KEY BLOCK-----\n{chars(64)}"),
    "a Google service account": (
        "firebase.json",
        json.dumps({"type": "service_account", "private_key": pem("PRIVATE")}),
    ),
    "Kubernetes": ("kube.yaml", f"users:\n- client-key-data: {b64(pem('RSA PRIVATE'))}\n"),
    "a password of Redis": ("bot.py", f'open_store("redis://me:{chars(24)}@redis.example:6379")'),
    "MongoDB": ("a.py", f'connect("mongodb+srv://me:{chars(16)}@cluster0.example/db")'),
    "PostgreSQL": ("a.py", 'connect("postgresql://me:hunter2@db.example/db")'),
    "cookies of a browser": ("cookies.txt", f".a.example\tTRUE\t/\tTRUE\t0\ta\t{chars(30)}\n"),
}
NOT_PROMISED = {  # each is what some scanner finds, or somebody could write
    "a token in a Word document": ("notes.docx", document(f"mine is {TELEGRAM}")),
    "a token in a long text of a database": ("notes.sqlite3", over_two_pages(TELEGRAM)),
    "a token in hex": ("a.txt", TELEGRAM.encode().hex()),
    "a token in base64 twice": ("a.txt", b64(b64(TELEGRAM))),
    "a token in base32": ("a.txt", base64.b32encode(TELEGRAM.encode())),
    "a token compressed": ("a.gz", gzip.compress(TELEGRAM.encode())),
    "a token in pieces": ("a.py", 'TOKEN = "{}" + ":" + "{}"'.format(*TELEGRAM.split(":"))),
    "a token backwards": ("a.py", f'TOKEN = "{TELEGRAM[::-1]}"[::-1]'),
    "a token in JSON, escaped": ("a.json", f'"{TELEGRAM}"'.replace(":", r"\u003a")),
    "a token in HTML": ("page.html", html.escape(TELEGRAM).replace(":", "&#58;")),
    "a session's file by another name": ("me.data", telethon()),
    "API_KEY= in a script": ("run.sh", f"export API_KEY={chars(32, HEX)}\n"),
    "a password of words": ("bot.py", 'password = "correct-horse-battery"'),
    "a short password in code": ("a.py", 'login("me", password="hunter2")'),
    "a password in a sentence": ("notes.txt", "I told Anna that my password is hunter2, too."),
    "random characters without a name": ("a.py", f'connect("{chars(40)}")'),
    "an OpenAI key": ("bot.py", f'OpenAI("sk-proj-{chars(48)}")'),
    "a Slack token": ("bot.py", f'App("xoxb-{chars(12, DIGITS)}-{chars(24)}")'),
    "a Discord token": ("bot.py", f'run("{b64(chars(18, DIGITS))}.{chars(6)}.{chars(38)}")'),
    "a Google key": ("bot.py", f'weather("AIza{chars(35)}")'),
    "a JSON web token": ("bot.py", f'ask("{jwt()}")'),
}
KINDS = FOUND | NOT_PROMISED
