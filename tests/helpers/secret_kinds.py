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


def uuid():
    return "-".join(chars(count, HEX) for count in (8, 4, 4, 4, 12))


def pem(kind):
    return f"-----BEGIN {kind}{' '}KEY-----\n{chars(64)}\n-----END {kind}{' '}KEY-----\n"


def document(text):
    """A .docx, as Word writes it: a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        page = f"<w:document><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
        archive.writestr("word/document.xml", page)
    return buffer.getvalue()


def broken_document(text):
    """The same behind a part that nobody can read, because a byte of it has changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("first.txt", "a picture")
        archive.writestr("word/document.xml", text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue().replace(b"a picture", b"A picture", 1)


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
OF_BOTS = {
    "a Telegram token in code": ("bot.py", f'TOKEN = "{TELEGRAM}"'),
    "a Telegram token in an address": ("bot.py", f"# https://api.example/bot{TELEGRAM}/getMe"),
    "a Telegram token in an address, encoded": (
        "bot.py",
        f"# https://api.example/bot{quote(TELEGRAM, safe='')}/getMe",
    ),
    "a Telegram token in base64": ("bot.py", f'start(b64decode("{b64(TELEGRAM)}"))'),
    "a Telegram token in UTF-16": ("notes.txt", f"mine is {TELEGRAM}".encode("utf-16")),
    "a Twitch token for IRC": ("bot.py", f'say("oauth:{chars(30, LOWER)}")'),
    "a Twitch client secret": ("config.py", f'TWITCH_CLIENT_SECRET = "{chars(30, LOWER)}"'),
    "a Twitch token in YAML": ("config.yaml", f"bot:\n  twitch_token: {chars(30, LOWER)}\n"),
    "a client secret in JSON": ("config.json", json.dumps({"client_secret": chars(30, LOWER)})),
    "an AWS key id": ("bot.py", f'key("AKIA{chars(16, UPPER)}")'),
    "a temporary AWS key id": ("bot.py", f'key("ASIA{chars(16, UPPER)}")'),
    "an AWS secret key": ("aws.ini", f"aws_secret_access_key = {chars(40, WORD + '/+')}"),
    "a GitHub token": ("bot.py", f'Github("ghp_{chars(36)}")'),
    "a fine-grained GitHub token": ("notes.txt", f"github_pat_{chars(22)}_{chars(59)}"),
    "an OpenAI key": ("bot.py", f'OpenAI("sk-proj-{chars(48)}")'),
    "an Anthropic key": ("bot.py", f'Anthropic("sk-ant-api03-{chars(93)}AA")'),
    "a Groq key": ("bot.py", f'Groq("gsk_{chars(52)}")'),
    "a Hugging Face token": ("bot.py", f'ask("hf_{"".join(CHARS.choices(LETTERS, k=34))}")'),
    "a Discord webhook": (
        "bot.py",
        f'post("https://discord.com/api/webhooks/{chars(19, DIGITS)}/{chars(68)}")',
    ),
    "a Slack webhook": (
        "bot.py",
        f'post("https://hooks.slack.com/services/T{chars(9)}/B{chars(9)}/{chars(24)}")',
    ),
    "a Yandex OAuth token": ("bot.py", f'weather("y0_{chars(55)}")'),
    "a Yandex Cloud key": ("bot.py", f'translate("AQVN{chars(36)}")'),
    "a static key of Yandex Cloud": ("bot.py", f'client("YC{chars(38)}")'),
    "a token of PythonAnywhere": (
        "up.py",
        f'headers = {{"Authorization": "Token {chars(40, HEX)}"}}',
    ),
    "a Twitch token in a header": ("bot.py", f'{{"Authorization": "OAuth {chars(30, LOWER)}"}}'),
    "a bearer token": ("run.sh", f'curl -H "Authorization: Bearer {chars(30, LOWER)}"'),
    "a Google key": ("bot.py", f'weather("AIza{chars(35)}")'),
    "a Slack token": ("bot.py", f'App("xoxb-{chars(12, DIGITS)}-{chars(24)}")'),
    "a Discord token": ("bot.py", f'run("{b64(chars(18, DIGITS))}.{chars(6)}.{chars(38)}")'),
    "API_KEY= in a script": ("run.sh", f"export API_KEY={chars(32, HEX)}\n"),
    "a password of Redis": ("bot.py", f'open_store("redis://me:{chars(24)}@redis.example:6379")'),
    "a password of words": ("bot.py", 'password = "correct-horse-battery"'),
    "a private key": ("bot.py", f'"""{pem("EC PRIVATE")}"""'),
    "a JSON web token": ("bot.py", f'ask("{jwt()}")'),
    "a token in base64 of several lines": (
        "notes.txt",
        base64.encodebytes(f"# the settings of my bot\nTELEGRAM_TOKEN={TELEGRAM}\n".encode()),
    ),
    "a secret among the parameters of a stack": (
        "parameters.json",
        json.dumps([f"TwitchClientSecret={chars(30, LOWER)}"]),
    ),
    "a secret without quotes at the end of a line": ("a.ini", f"secret={chars(30)}\nb=1\n"),
    "a secret in UTF-16 without its mark": ("a.txt", f"secret={chars(30)}".encode("utf-16-le")),
    "a token in a binary file": (
        "a.bin",
        CHARS.randbytes(500) + f" {TELEGRAM} ".encode() + bytes(100),
    ),
}
TELEGRAM_ELSEWHERE = {
    "a token for test payments": (
        "shop.py",
        f'send_invoice("{chars(9, DIGITS)}:TEST:{chars(16)}")',
    ),
    "a token for payments": ("shop.py", f'PAY = "{chars(9, DIGITS)}:LIVE:{chars(6, DIGITS)}"'),
    "api_hash": ("user.py", f'client = Client("me", api_id=12345, api_hash="{chars(32, HEX)}")'),
    "a session's file": ("me.session", telethon()),
    "a session's file by another name": ("me.data", telethon()),
    "a session of Telethon": ("user.py", f'StringSession("1{chars(352, URL_SAFE)}=")'),
    "a session of Pyrogram": ("user.py", f'session_string = "BQ{chars(349, URL_SAFE)}"'),
    "a token in HTML": ("page.html", html.escape(TELEGRAM).replace(":", "&#58;")),
    "a token in JSON, escaped": ("a.json", f'"{TELEGRAM}"'.replace(":", r"\u003a")),
    "a token in JSON in JSON": ("a.json", json.dumps(json.dumps({"password": chars(20)}))),
    "a token in hex": ("a.txt", TELEGRAM.encode().hex()),
    "a token in UTF-32": ("a.txt", TELEGRAM.encode("utf-32")),
    "a token in Russian text in UTF-16": (
        "a.txt",
        f"{'Привет, мир! ' * 20}{TELEGRAM}".encode("utf-16"),
    ),
    "a token in base64 twice": ("a.txt", b64(b64(TELEGRAM))),
    "a token in base64 of UTF-16": ("a.ps1", b64(TELEGRAM.encode("utf-16-le"))),
    "a token in a notebook": (
        "my.ipynb",
        json.dumps({"cells": [{"cell_type": "code", "source": [f'password = "{chars(20)}"\n']}]}),
    ),
    "a token in a Word document": ("notes.docx", document(f"mine is {TELEGRAM}")),
    "a token in a damaged Word document": ("notes.docx", broken_document(f"mine is {TELEGRAM}")),
    "a token in a long text of a database": ("notes.sqlite3", over_two_pages(TELEGRAM)),
}
OF_SERVICES = {
    "VK": ("bot.py", f'VkApi("vk1.a.{chars(198, URL_SAFE)}")'),
    "YooKassa": ("shop.py", f'configure(123456, "live_{chars(43, URL_SAFE)}")'),
    "YooKassa, for tests": ("shop.py", f'configure(123456, "test_{chars(43, URL_SAFE)}")'),
    "T-Bank": ("a.py", f'Client("t.{chars(86, URL_SAFE)}")'),
    "GigaChat": ("a.py", f'GigaChat("{b64(f"{uuid()}:{uuid()}")}")'),
    "Yandex, an older token": ("a.py", f'Disk("AQAAAA{chars(33, URL_SAFE)}")'),
    "Yandex Cloud IAM": ("a.py", f'iam("t1.{chars(160, URL_SAFE)}.{chars(86, URL_SAFE)}")'),
    "SendGrid": ("a.py", f'mail("SG.{chars(22)}.{chars(43)}")'),
    "Mailgun": ("a.py", f'mail("key-{chars(32, HEX)}")'),
    "Brevo": ("a.py", f'mail("xkeysib-{chars(64, HEX)}-{chars(16)}")'),
    "Azure storage": ("a.py", f'blob("AccountName=me;AccountKey={chars(86)}==")'),
    "PyPI": ("a.sh", f"twine upload -p pypi-{'AgEIcHlwaS5vcmc'}{chars(120)}"),
    "npm": ("a.sh", f"npm publish --otp npm_{chars(36)}"),
    "npm's settings": ("npmrc", f"//registry.example/:_authToken={uuid()}"),
    "netrc": ("netrc", "machine api.example login me password hunter2"),
    "a password alone in a line": ("notes.txt", "my server\npassword hunter2\n"),
    "a short password in settings": ("a.ini", "[mail]\npassword=hunter2\n"),
    "a short password in code": ("a.py", 'login("me", password="hunter2")'),
    "a password with signs": ("a.py", 'password = "Tr0ub4dor&3!"'),
    "a connection string": ("a.cs", '"Server=db.example;User Id=me;Pwd=hunter2hunter;"'),
    "a short password in YAML": ("a.yaml", "db:\n  password: hunter22\n"),
    "a short password in YAML, as a setting": ("a.yaml", "POSTGRES_PASSWORD: hunter22\n"),
    "a short password in properties": ("a.txt", "spring.datasource.password: hunter22\n"),
    "a short password in .pypirc": ("pypirc", "[pypi]\r\nusername = me\r\npassword = hunter22\r\n"),
    "a short password in XML": ("a.xml", "<server><password>hunter22x</password></server>"),
    "a setting of Kubernetes": (
        "a.yaml",
        f"env:\n  - name: TWITCH_TOKEN\n    value: {chars(30, LOWER)}\n",
    ),
    "a setting of a container": (
        "a.json",
        json.dumps([{"name": "TWITCH_CLIENT_SECRET", "value": chars(30, LOWER)}], indent=1),
    ),
    "a setting of a Dockerfile": ("Dockerfile", f"ENV TWITCH_TOKEN {chars(30, LOWER)}\n"),
    "a list of tokens": ("a.json", json.dumps({"tokens": [chars(30, LOWER)]}, indent=1)),
    "a token in JavaScript": ("a.js", f"const token = `{chars(30, LOWER)}`;"),
    "a password in JavaScript": ("a.js", "const password = `hunter22x`;"),
    "a token in three quotes": ("a.py", f'TOKEN = """{chars(30, LOWER)}"""'),
    "a password of curl": ("a.sh", "curl -s -u me:hunter22x https://api.example/"),
    "a password in a header": ("a.py", f'{{"Authorization": "Basic {b64("me:hunter22x")}"}}'),
    "PuTTY": ("my.txt", f"{'PuTTY'}-User-Key-File-3: ssh-ed25519\n{chars(64)}"),
    "age": ("my.txt", f"AGE-SECRET-KEY-1{chars(58, UPPER + DIGITS)}"),
    "OpenSSH": ("my.txt", pem("OPENSSH PRIVATE")),
    "OpenPGP": ("my.txt", f"-----BEGIN PGP PRIVATE{' '}KEY BLOCK-----\n{chars(64)}"),
    "a Google service account": (
        "firebase.json",
        json.dumps({"type": "service_account", "private_key": pem("PRIVATE")}),
    ),
    "Google OAuth": ("a.py", f'auth("GOCSPX-{chars(28, URL_SAFE)}")'),
    "Firebase messaging": ("a.py", f'push("AAAA{chars(7)}:APA91b{chars(134, URL_SAFE)}")'),
    "Slack, an app": (
        "a.py",
        f'App("xapp-1-A{chars(10, UPPER)}-{chars(13, DIGITS)}-{chars(64, HEX)}")',
    ),
    "Stripe, restricted": ("a.py", f'stripe("rk_live_{chars(24)}")'),
    "Stripe, for tests": ("a.py", f'stripe("sk_test_{chars(24)}")'),
    "Stripe's webhook": ("a.py", f'verify("whsec_{chars(32)}")'),
    "Twilio": ("a.py", f'Client("SK{chars(32, HEX)}")'),
    "Square": ("a.py", f'Client("EAAA{chars(60, URL_SAFE)}")'),
    "Square OAuth": ("a.py", f'Client("sq0csp-{chars(43, URL_SAFE)}")'),
    "PayPal": ("a.py", f'pay("access_token$production${chars(16, LOWER)}${chars(32, HEX)}")'),
    "Shopify": ("a.py", f'shop("shpat_{chars(32, HEX)}")'),
    "Cloudflare": ("a.py", f'dns("v1.0-{chars(24, HEX)}-{chars(146, HEX)}")'),
    "DigitalOcean": ("a.py", f'droplet("dop_v1_{chars(64, HEX)}")'),
    "Heroku": ("a.py", f'app("HRKU-AA{chars(58, URL_SAFE)}")'),
    "Supabase": ("a.py", f'base("sbp_{chars(40, HEX)}")'),
    "Replicate": ("a.py", f'run("r8_{chars(37)}")'),
    "Perplexity": ("a.py", f'ask("pplx-{chars(48)}")'),
    "xAI": ("a.py", f'ask("xai-{chars(80)}")'),
    "Notion": ("a.py", f'Notion("ntn_{chars(46)}")'),
    "Notion, an older token": ("a.py", f'Notion("secret_{chars(43)}")'),
    "Linear": ("a.py", f'Linear("lin_api_{chars(40)}")'),
    "Airtable": ("a.py", f'Table("pat{chars(14)}.{chars(64, HEX)}")'),
    "Databricks": ("a.py", f'sql("dapi{chars(32, HEX)}")'),
    "Grafana": ("a.py", f'log("glsa_{chars(32)}_{chars(8, HEX)}")'),
    "Grafana Cloud": ("a.py", f'log("glc_{b64(chars(90))}")'),
    "Sentry": ("a.py", f'init("https://{chars(32, HEX)}@o12345.ingest.sentry.io/67890")'),
    "Sentry's token": ("a.sh", f"sentry-cli --auth-token sntrys_{b64(chars(90))}_{chars(43)}"),
    "New Relic": ("a.py", f'log("NRAK-{chars(27, UPPER + DIGITS)}")'),
    "Dropbox": ("a.py", f'Dropbox("sl.{chars(138, URL_SAFE)}")'),
    "Algolia": ("a.py", f'Search("ABCDEF1234", admin_key="{chars(32, HEX)}")'),
    "OpenWeather": ("a.py", f'get("https://api.example/weather?q=Rome&appid={chars(32, HEX)}")'),
    "MongoDB": ("a.py", f'connect("mongodb+srv://me:{chars(16)}@cluster0.example/db")'),
    "PostgreSQL": ("a.py", 'connect("postgresql://me:hunter2@db.example/db")'),
    "RabbitMQ": ("a.py", f'connect("amqps://me:{chars(32, URL_SAFE)}@rabbit.example/me")'),
    "Terraform": (
        "infra.json",
        json.dumps({"resources": [{"attributes": {"password": "Tr0ub4dor&3"}}]}, indent=2),
    ),
    "Docker": (
        "config.json",
        json.dumps({"auths": {"a.example": {"auth": b64("me:hunter2pass")}}}),
    ),
    "Kubernetes": ("kube.yaml", f"users:\n- client-key-data: {b64(pem('RSA PRIVATE'))}\n"),
    "pgpass": ("pgpass.txt", "db.example:5432:mydb:me:hunter2pass\n"),
    "htpasswd": ("users.txt", f"me:$2y$05${chars(53)}\n"),
    "htpasswd, by Apache": ("users.txt", f"me:$apr1${chars(8)}${chars(22)}\n"),
    "Docker Hub": ("a.sh", f"docker login -u me --password-stdin dckr_pat_{chars(27, URL_SAFE)}"),
    "Facebook": ("a.py", f'page("EAA{chars(160)}")'),
    "Mapbox": (
        "a.py",
        f'map("sk.{b64(json.dumps({"u": "me", "a": chars(20)})).rstrip("=")}.{chars(22)}")',
    ),
    "Vault": ("a.sh", f"vault login hvs.{chars(90, URL_SAFE)}"),
    "Gemini": ("a.py", f'GEMINI_API_KEY="AQ.Ab8{chars(47, URL_SAFE)}"'),
    "Google, for an hour": ("a.py", f'access_token = "ya29.{chars(60, URL_SAFE)}"'),
    "Azure": ("a.py", f'AZURE_CLIENT_SECRET = "{chars(3)}8Q~{chars(34, URL_SAFE + "~.")}"'),
    "a key of a service without a form": ("a.py", f'WEATHER_KEY = "{chars(32, HEX)}"'),
    "a key of a service in JSON": ("a.json", json.dumps({"weather_key": chars(32, HEX)})),
    "GitLab, a runner": ("a.sh", f"register glrt-{chars(20, URL_SAFE)}"),
    "GitLab, a deployment": ("a.sh", f"docker login -p gldt-{chars(20, URL_SAFE)}"),
    "GitLab, a trigger": ("a.sh", f"curl -F token=glptt-{chars(40, HEX)}"),
    "Tailscale": ("a.sh", f"tailscale up --auth tskey-auth-{chars(17)}-{chars(32)}"),
    "Postman": ("a.py", f'get("PMAK-{chars(24, HEX)}-{chars(34, HEX)}")'),
    "Tavily": ("a.py", f'find("tvly-{chars(32)}")'),
    "Pinecone": ("a.py", f'find("pcsk_{chars(6)}_{chars(63)}")'),
    "LangSmith": ("a.py", f'trace("lsv2_pt_{chars(32, HEX)}_{chars(10, HEX)}")'),
    "Brevo, for SMTP": ("a.py", f'mail("xsmtpsib-{chars(64, HEX)}-{chars(16)}")'),
    "Atlassian": ("a.py", f'jira("ATATT3x{chars(180, URL_SAFE)}")'),
    "Doppler": ("a.sh", f"doppler run --auth dp.pt.{chars(43)}"),
}
BY_NAME = {
    "a secret as another setting": ("bot.py", f'getenv("TWITCH_SECRET") or "{chars(30, LOWER)}"'),
    "a secret as a default": ("bot.py", f'get("TWITCH_SECRET", default="{chars(30, LOWER)}")'),
    "a secret in a tuple": ("bot.py", f'SECRETS = ("{chars(30, LOWER)}",)'),
    "a secret in a set": ("bot.py", f'SECRETS = {{"{chars(30, LOWER)}"}}'),
    "a secret for CloudFormation": (
        "a.json",
        json.dumps([{"ParameterKey": "TwitchSecret", "ParameterValue": chars(30, LOWER)}]),
    ),
    "a password that is called pass": ("mail.ini", "SMTP_PASS=Sommer2024!\n"),
    "a password that is called pass, in YAML": ("mail.yaml", "mail:\n  pass: Sommer2024!\n"),
    "a password for a mail server": ("a.py", 'smtp.login("me@mail.example", "Sommer2024!")'),
    "a password for requests": ("a.py", 'get(url, auth=("me", "Sommer2024!"))'),
    "a key alone in a header": ("a.py", f'headers = {{"Authorization": "{chars(40, HEX)}"}}'),
    "a key in a header of a service": ("a.py", f'{{"Ocp-Subscription-Key": "{chars(32, HEX)}"}}'),
    "cookies of a browser": ("cookies.txt", f".a.example\tTRUE\t/\tTRUE\t0\ta\t{chars(30)}\n"),
    "a token in Markdown": ("a.md", f"mine is 1234567890:AA{chars(15)}\\_{chars(17)}"),
    "a token in Markdown, in a notebook": (
        "a.ipynb",
        json.dumps({"source": f"mine is 1234567890:AA{chars(15)}\\_{chars(17)}"}),
    ),
    "a secret as a default, in lines of its own": (
        "bot.py",
        f"os.getenv(\n    'TWITCH_CLIENT_SECRET',\n    '{chars(30, LOWER)}',\n)",
    ),
    "a password as a default, in lines of its own": (
        "bot.py",
        'environ.get(\n    "SMTP_PASSWORD",\n    default="Sommer2024!",\n)',
    ),
    "a secret instead of an empty setting": (
        "bot.py",
        f"os.getenv('TWITCH_SECRET', '') or '{chars(30, LOWER)}'",
    ),
    "a secret instead of None": ("bot.py", f'get("API_KEY", None) or "{chars(30, LOWER)}"'),
    "a secret instead of an item": ("bot.py", f"environ['API_KEY'] or '{chars(30, LOWER)}'"),
    "a secret behind a short one": ("bot.py", f"SECRETS = ['main', '{chars(30, LOWER)}']"),
    "a secret behind short ones, in JSON": (
        "a.json",
        json.dumps({"tokens": ["main", "other", chars(30, LOWER)]}, indent=2),
    ),
    "a key in a header, of Yandex Cloud": (
        "bot.py",
        f"headers = {{'Authorization': 'Api-Key {chars(30, LOWER)}'}}",
    ),
    "a key in a header, of a bot": ("a.js", f'h["Authorization"] = "Bot {chars(30, LOWER)}"'),
    "a key in a header, of curl": ("a.sh", f'curl -H "authorization: apikey {chars(30, LOWER)}"'),
    "a password for a mail server, in lines of its own": (
        "a.py",
        "smtp.login(\n    'me@mail.example',\n    'Sommer2024!',\n)",
    ),
    "a password beside a variable": ("a.py", "smtp.login(USER, 'Sommer2024!')"),
    "a password beside a setting": ("a.py", 'smtp.login(environ["USER"], "Sommer2024!")'),
    "an app's password of Google": ("a.py", 'smtp.login("me@a.example", "abcd efgh ijkl mnop")'),
    "an app's password of Google, without spaces": (
        "a.py",
        'login = s.login(ME, "abcdefghijklmnop")',
    ),
    "an app's password of Google, by its name": ("a.py", 'SMTP_PASS = "abcd efgh ijkl mnop"'),
    "cookies of a browser by another name": (
        "mine.txt",
        f"# {'Netscape'} HTTP Cookie File\n.a.example\tTRUE\t/\tTRUE\t0\ta\t{chars(30)}\n",
    ),
}
HARDLY_FOUND = {  # which the scan does not find on purpose; see test_secret_scan.py
    "a token in base32": ("a.txt", base64.b32encode(TELEGRAM.encode())),
    "a token compressed": ("a.gz", gzip.compress(TELEGRAM.encode())),
    "a token in pieces": ("a.py", 'TOKEN = "{}" + ":" + "{}"'.format(*TELEGRAM.split(":"))),
    "a token backwards": ("a.py", f'TOKEN = "{TELEGRAM[::-1]}"[::-1]'),
    "a password in a sentence": ("notes.txt", "I told Anna that my password is hunter2, too."),
    "random characters without a name": ("a.py", f'connect("{chars(40)}")'),
    "a short password beside Python's name for it": ("a.py", "password = part2\n"),
    "a token in XML": ("a.xml", f"<token>{chars(30, LOWER)}</token>"),
    "a password of mysql": ("a.sh", "mysql -u me -phunter22x db"),
    "a password in a table": ("a.md", "| password | hunter22x |\n"),
    "a password with a name in another language": ("a.py", 'passwort = "hunter22x"'),
    "a bare hash": ("a.txt", chars(64, HEX)),
}
KINDS = OF_BOTS | TELEGRAM_ELSEWHERE | OF_SERVICES | BY_NAME | HARDLY_FOUND
