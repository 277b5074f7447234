"""No secret that the scan knows gets into the zip, and an ordinary folder is not held up."""

import base64
import json
import random
import re
import string
import textwrap
from pathlib import Path
from urllib.parse import quote

import pytest
from secret_kinds import FOUND, LOWER, NOT_PROMISED, chars

from deploy.bundle import bundle
from deploy.bundle.bot_folder import bot_files
from deploy.export_secrets import main as export_secrets
from deploy.secret_scan import find_leak, known_secrets

ROOT = Path(__file__).parents[2]
ECHO = "def handler(event, context):\n    return event\n"
CHARS = random.Random(26)
STOPS = r"(holds .*, in line \d+|looks like a secret), so nothing"


def as_bytes(content):
    return content if isinstance(content, bytes) else content.encode()


def folder_with(tmp_path, **files):
    folder = tmp_path / "my_bot"
    folder.mkdir(parents=True)
    for name, content in ({"main.py": ECHO} | files).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(as_bytes(content))
    return folder


@pytest.mark.parametrize("kind", FOUND)
def test_a_secret_is_found_and_not_shown(tmp_path, kind):
    name, content = FOUND[kind]
    folder = folder_with(tmp_path, **{name: content})
    with pytest.raises(ValueError, match=rf"^{name} {STOPS}") as told:
        bundle(folder)
    assert not (tmp_path / "my_bot.zip").exists()
    told_words = set(str(told.value).replace(str(folder), "").split())
    text = content.decode("utf-16", "ignore") if isinstance(content, bytes) else content
    assert not [word for word in told_words if len(word) > 15 and word in text]


@pytest.mark.parametrize("cloud", ["aws", "yandex"])
def test_what_start_py_secrets_wrote_is_found_after_new_ones_are_in_env(
    tmp_path, monkeypatch, capsys, cloud
):
    with monkeypatch.context() as before:
        before.setenv("TWITCH_CLIENT_ID", chars(30))
        before.setenv("TWITCH_CLIENT_SECRET", chars(30, LOWER))
        before.setenv("TWITCH_EVENTSUB_SECRET", chars(20))
        before.setenv("TWITCH_BOT_ID", "1")
        assert export_secrets([cloud, "twitch"]) == 0
    folder = folder_with(tmp_path, **{"payload.json": capsys.readouterr().out})
    with pytest.raises(ValueError, match=f"^payload.json {STOPS}"):
        bot_files(folder)


def test_nothing_is_found_that_is_not_promised():
    """As soon as it is, it leaves the list."""
    found = {kind for kind, (_, text) in NOT_PROMISED.items() if find_leak(as_bytes(text), {})}
    assert found == set()


@pytest.mark.parametrize(("begins", "count"), [("YC", 38), ("AQVN", 36)])
@pytest.mark.parametrize(("before", "behind"), [("+", "+"), ("/", "/"), ("/", "\n"), ("\n", "+")])
def test_a_picture_in_base64_holds_no_key(begins, count, before, behind):
    key = f"{begins}{chars(count)}"
    assert find_leak(f"QUJD{before}{key}{behind}REVG\n".encode(), {}) is None
    assert find_leak(f"ask({key})".encode(), {})


SLOW = {  # each once made the scan look at all that follows, again and again
    "names": b"token",
    "names, and signs": b"secret = value = ",
    "an address": b"://a:",
    "dots of a token": b" t1.abc",
    "a word in base64": b"0a",
    "lines in base64": b"abcd\n",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("part", SLOW.values(), ids=SLOW)
def test_a_scan_takes_no_longer_for_what_repeats_itself(part):
    """If it looked at all that follows each part, it would look at 20 billion bytes."""
    count = int((4e10 / len(part)) ** 0.5)
    assert find_leak(part * count, {}) is None


def written_by_cells():
    """The files that cells of the notebooks write with %%save and others: {where: content}."""
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        for number, cell in enumerate(json.loads(path.read_bytes())["cells"]):
            first, _, rest = "".join(cell["source"]).partition("\n")
            if cell["cell_type"] == "code" and re.match(r"%%\w+ .*\w\.\w", first):
                yield f"{path.name}/{number}", rest.encode()


def test_nothing_that_the_course_gives_a_learner_looks_like_a_secret():
    files = dict(written_by_cells())
    assert len(files) > 50
    for folder in ("notebooks", "deploy/new_bot", "botlib"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                files[str(path)] = path.read_bytes()
    assert not [name for name, content in files.items() if find_leak(content, {})]


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".env.new",
        "prod.env",
        "prod.env.bak",
        "my.PEM",
        "site.key",
        "id_rsa",
        "id_ecdsa",
        "id_ed25519_sk",
        "keys.jks",
        "passwords.kdbx",
        "credentials.json",
        "client_secret_1.json",
        "cookies.txt",
        "cookies(1).txt",
        "cookies (2).txt",
        "www.twitch.tv_cookies.txt",
        "data/prod.env",
    ],
)
def test_a_file_that_is_called_like_a_secret_stops_the_bundle(tmp_path, name):
    with pytest.raises(ValueError, match=rf"{re.escape(name)} looks like a secret, so"):
        bot_files(folder_with(tmp_path, **{name: "A=1"}))


def test_a_store_and_an_example_of_settings_stay_at_home(tmp_path):
    left = (".env.example", "store.sqlite3", "store.sqlite3-wal", "old.zip", "scores.sqlite3-shm")
    folder = folder_with(tmp_path, **dict.fromkeys((*left, "words.sqlite3"), b"A=1"))
    assert bot_files(folder).keys() == {"main.py", "words.sqlite3"}


ORDINARY = {
    "commands/roll.py": "import random\n\ndef roll(message):\n    return random.randint(1, 6)\n",
    "requirements.txt": "",
    "README.md": "Ask @BotFather for a token. Then type `login telegram`: the secret stays here.\n"
    "The password: ask Anna, in room 2024-11-27-north-wing. Store: redis://user:password@host\n",
    "tokens.py": "token = setting('TELEGRAM_TOKEN')\ntoken: str = os.environ['TWITCH_TOKEN']\n"
    "secret = hmac_sha256_of_2_parts(a, b)\napi_key = settings.weather_key_v2_2026\n"
    "token_url = 'https://id.twitch.tv/oauth2/token'\nsecret_path = '/srv/bot/2026/11/words'\n"
    "sort_key = 'created-at-descending'\ncache_key='weather.amsterdam.2026-11-29'\n"
    "table = {'partition_key': 'number_of_messages', 'object_key': 'scores/2026/11/29.json'}\n"
    f"DISCORD_PUBLIC_KEY = '{chars(64, '0123456789abcdef')}'\n"
    f"reply_keyboard = '{chars(32)}'\nsecret_model = 'llama-3.1-8b-instruct'\n"
    "token_host = 'api.example.org/v1/oauth2'\ntoken_file = 'data/tokens.2026-11.json'\n"
    "password = input('password: ')\nSECRET_NAME = 'TWITCH_CLIENT_SECRET'\n",
    "poetry.lock": "".join(
        f'[[package]]\nname = "p{number}"\nfiles = [{{file = "p{number}-1.0-py3-none-any.whl", '
        f'hash = "sha256:{chars(64, "0123456789abcdef")}"}}]\n'
        for number in range(300)
    ),
    "package-lock.json": json.dumps(
        {
            f"p{n}": {"integrity": f"sha512-{base64.b64encode(CHARS.randbytes(64)).decode()}"}
            for n in range(300)
        }
    ),
    "stickers.json": json.dumps(
        {
            "file_id": f"CAACAgIAAxkB{chars(60)}",
            "file_unique_id": f"AgAD{chars(11)}",
            "commit": chars(40, "0123456789abcdef"),
            "uuid": "3f2b8c1e-94c5-4b0e-a8a1-5d1c1b6f7e21",
            "picture": base64.b64encode(CHARS.randbytes(200_000)).decode(),
        }
    ),
    "picture.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + CHARS.randbytes(200_000),
    "names.txt": "bypass = 'route-66-north'\npass_through = 'room-2024-11'\npass_1: int = 1\n"
    "config.Server, config.Pass = '127.0.0.1:PORT', irc\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
    "public-key = 'a1b2c3d4e5f6a7b8c9d0'\nauthorization = 'authorization-code-flow'\n"
    "app.login('#user_name', '#pass_word')\nmonkey-see = 'monkey-do-2024-11-29-now'\n",
    "fortune_cookies.txt": "You will pass.\n",
    "lists.py": "tokens = ['word', 'number', 'identifier_expression', 'version-2-or-3']\n"
    "KINDS = (\n    'secret',\n    'correct-horse-battery',\n)\npage.login(user, 'Log in')\n"
    "page.login(\n    '#user',\n    'first button of all buttons here',\n)\n"
    "# Authorization: see rfc-7235-section-4-2\npassword=configurationset\n"
    "headers = {'Authorization': 'Bearer your-token-goes-here', 'X': f'Bot {token}'}\n"
    "names = getenv('TOKEN_NAMES', '') or 'identifier_expression'.split()\n",
    "words.json": json.dumps(
        {"keywords": ["secret", "oauth-authentication-v2", "password", "passw0rd", "x"]}, indent=2
    ),
    "page.css": ".sk-fading-circle-with-a-very-long-name-indeed { color: #a0b1c2 }",
    "quotes.txt": "Что такое token? Секрет: never give it to anybody.\n" * 200,
    "russian.txt": ("Привет, мир! Один секрет на двоих.\n" * 50).encode("utf-16"),
    "words.txt": "\n".join(chars(CHARS.randint(3, 30), string.ascii_letters) for _ in range(5000)),
    "local.py": 'store = open_store("redis://me:testing123456@localhost:6379/0")',
}


def test_an_ordinary_folder_is_packed_whole(tmp_path):
    assert bot_files(folder_with(tmp_path, **ORDINARY)).keys() == ORDINARY.keys() | {"main.py"}


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("keys.toml", '"  # not a secret'),
        ("bot.js", '"; // Not a secret'),
        ("page.html", '"<!-- not a secret -->'),
        ("keys.json", '", "why": "not a secret"},'),
    ],
)
def test_a_line_may_say_that_it_holds_no_secret(tmp_path, name, end):
    line = f'{{"client_secret": "{chars(30, LOWER)}'
    folder = folder_with(tmp_path, **{name: f"{line}{end}\r\nlast = 1\n"})
    assert bot_files(folder)
    (folder / name).write_text(f'{line}{end}\n{line}"\n')  # and the next line does not say so
    with pytest.raises(ValueError, match=r"in line 2.*end the line with: # not a secret"):
        bot_files(folder)
    (folder / name).write_text(f'# not a secret: {line}"\n')
    with pytest.raises(ValueError, match="in line 1"):
        bot_files(folder)
    (folder / name).write_text(f'{line}", {"0, " * 200}{end}\n')  # far away, and about another
    with pytest.raises(ValueError, match="in line 1"):
        bot_files(folder)


SPELLED = "k3y with spaces_& ümlaut"
SPELLINGS = {
    "as it is": SPELLED.encode(),
    "in Latin-1": SPELLED.encode("latin-1"),
    "in UTF-16": f"mine is {SPELLED}".encode("utf-16"),
    "in UTF-32": f"mine is {SPELLED}".encode("utf-32"),
    "in base64": base64.b64encode(f"mine is {SPELLED}".encode()),
    "in hex": SPELLED.encode().hex().encode(),
    "in UTF-16 behind ASCII, as PowerShell's >> adds it": b"# notes\n" * 400
    + f"mine is {SPELLED}\r\n".encode("utf-16-le"),
    "in UTF-16 without a mark, with Cyrillic": f"{'Привет' * 99}\n{SPELLED}".encode("utf-16-le"),
    "in JSON": json.dumps({"k": SPELLED}).encode(),
    "in an address": f"https://a.example/?k={quote(SPELLED)}".encode(),
}


@pytest.mark.parametrize("content", SPELLINGS.values(), ids=SPELLINGS)
def test_every_secret_of_the_env_file_is_found_however_it_is_spelled(
    tmp_path, monkeypatch, content
):
    (tmp_path / "bots").mkdir()
    (tmp_path / "bots" / ".env").write_text(
        f'WEATHER_API_KEY="{SPELLED}"\nFAVORITE_COLOR=yellow-as-the-sun\n', encoding="utf-8"
    )
    monkeypatch.setenv("BOT_WORLD", "sandbox")  # where no bot reads this file
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path / "bots"))
    folder = folder_with(tmp_path, **{"color.txt": "yellow-as-the-sun"})
    assert bot_files(folder)
    (folder / "notes.txt").write_bytes(content + b"  # not a secret\n")  # this changes nothing
    with pytest.raises(ValueError, match="holds the value of WEATHER_API_KEY") as told:
        bot_files(folder)
    assert "# not a secret" not in str(told.value)


IN_USE = {  # names that say little, and what a file shows of the value
    "SMTP_PASS": chars(12),
    "DB_PASS": "correcthorse",
    "KEY": "my simple key",
    "OPENAI_KEY_1": chars(20),
    "MAIL_AUTH": "viktor",
    "GMAIL_PASS": "abcd efgh ijkl mnop",
    "COOKIE": f"session={chars(24)}; lang=en",
    "JWT": f"{chars(24)}.{chars(40)}",
    "MINE": f"Tr0ub4dor&{chars(3)}",
    "UUID": "3f2b8c1e-94c5-4b0e-a8a1-5d1c1b6f7e21",
    "WEBHOOK_URL": f"https://hooks.example.org/in/{chars(24)}",
    "PING_URL": "https://ping.example.org/3f2b8c1e-94c5-4b0e-a8a1-5d1c1b6f7e21",
    "SENTRY_DSN": f"https://{chars(32, '0123456789abcdef')}@sentry.example.org/4",
}
IN_USE["MAIL_AUTH"] += ":two words"
BESIDE = {  # what is in a file without the rest of the value
    "DATABASE_URL": ("postgresql://me:only-words@db.example.org:5432/scores", "only-words"),
    "CACHE": ("rediss://:Correct.Horse@cache.example.org/0", "Correct.Horse"),
}
HARMLESS = {
    "TWITCH_CHANNEL": "viktors_channel",
    "PYTHONANYWHERE_USERNAME": "v1kt0r4b0ts",
    "CITY": "Amsterdam",
    "HOMETOWN": "Санкт-Петербург",
    "TIMEZONE": "Europe/Berlin",
    "STORE_URL": "sqlite:///scores.sqlite3",
    "DEBUG": "true",
    "LOG_LEVEL": "WARNINGS",
    "WEATHER_URL": "https://api.example.org",
    "FORECAST_URL": "https://api.example.org/v1/forecast?latitude=52.37&longitude=4.9",
    "BOT_URL": "https://a1b2c3d4e5f6g7h8i9j0k1l2.functions.example.org/telegram",
    "VIDEO": "https://youtu.example/dQw4w9WgXcQ",
    "LOCAL": "http://127.0.0.1:8081",
    "DATABASE_URL": "postgresql://postgres:postgres@localhost:5432/postgres",
    "CACHE": "redis://user:password@cache.example.org:6379",
    "GROUP": "-1001234567890",
    "ADMINS": "123456789,987654321",
    "MODEL": "claude-sonnet-4-5-20250929",
    "OTHER_MODEL": "gpt-4o-mini",
    "REGION": "eu-central-1",
    "START": "2026-11-29T10:30:00Z",
    "WORDS": "/srv/my_bot2/data/words.sqlite3",
    "FOLDER": r"C:\Users\Viktor\bots",
    "MAIL": "viktor.2004@example.org",
    "GREETING": "Hello, dear viewers!",
    "COLOR": "yellow-as-the-sun",
    "SITE": "GitHub.com/SuchDifferent",
}


def in_bots_folder(tmp_path, monkeypatch, settings):
    (tmp_path / "bots").mkdir()
    lines = [f'{name}="{value}"' for name, value in settings.items()]
    (tmp_path / "bots" / ".env").write_text("\n".join(lines).replace("\\", r"\\"), "utf-8")
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path / "bots"))


@pytest.mark.parametrize("name", IN_USE | BESIDE)
def test_a_value_in_use_is_found_whatever_its_name_is(tmp_path, monkeypatch, name):
    value, shown = BESIDE.get(name) or (IN_USE[name], IN_USE[name])
    in_bots_folder(tmp_path, monkeypatch, {"CITY": "Amsterdam", name: value})
    folder = folder_with(tmp_path, **{"notes.txt": f"In Amsterdam, use {shown} at once"})
    with pytest.raises(ValueError, match=rf"notes.txt holds the value of {name}, in") as told:
        bot_files(folder)
    assert shown not in str(told.value)


def test_a_value_with_spaces_is_found_without_them(tmp_path, monkeypatch):
    in_bots_folder(tmp_path, monkeypatch, {"GMAIL_PASS": IN_USE["GMAIL_PASS"], "CITY": "New York"})
    folder = folder_with(tmp_path, **{"notes.txt": "NewYork"})
    assert bot_files(folder)
    (folder / "notes.txt").write_text(f"mine: {IN_USE['GMAIL_PASS'].replace(' ', '')}")
    with pytest.raises(ValueError, match="holds the value of GMAIL_PASS"):
        bot_files(folder)


def test_an_ordinary_setting_may_be_in_a_file_too(tmp_path, monkeypatch):
    in_bots_folder(tmp_path, monkeypatch, HARMLESS)
    text = "\n".join([*HARMLESS.values(), "a password of postgres, at localhost:5432/postgres"])
    assert bot_files(folder_with(tmp_path, **{"settings.txt": text}))


def test_the_end_of_an_address_is_no_secret(tmp_path, monkeypatch):
    value = f"postgresql://me:{chars(12)}@localhost:5432/scores"
    in_bots_folder(tmp_path, monkeypatch, {"DATABASE_URL": value})
    assert bot_files(folder_with(tmp_path, **{"notes.txt": "see localhost:5432/scores"}))


@pytest.mark.parametrize("count", [*range(8, 21)])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_short_value_in_use_is_found_in_base64(count, encode, tmp_path):
    value = ("?>" + chars(count))[:count]
    (tmp_path / ".env").write_text(f"SMTP_PASS='{value}'\n")
    for text in (value, f"somebody@example.org:{value}"):  # as a header has it
        encoded = encode(text.encode())
        for spelled in (encoded, encoded.rstrip(b"=")):
            leak = find_leak(b'start("%b")' % spelled, known_secrets([tmp_path / ".env"]))
            assert leak and leak.setting == "SMTP_PASS"


def test_a_short_value_is_found_behind_a_short_name_in_a_header(tmp_path):
    value = chars(9)
    (tmp_path / ".env").write_text(f"SMTP_PASS='{value}'\n")
    header = b"Authorization: Basic " + base64.b64encode(f"u:{value}".encode())
    leak = find_leak(header, known_secrets([tmp_path / ".env"]))
    assert leak and leak.setting == "SMTP_PASS"


@pytest.mark.parametrize("width", [20, 76])
def test_a_value_in_use_is_found_in_indented_lines_of_base64(width, tmp_path):
    value = chars(40)
    (tmp_path / ".env").write_text(f"SMTP_PASS='{value}'\n")
    encoded = base64.b64encode(f"somebody@example.org:{value}".encode()).decode()
    lines = "\n".join(f"    {line}" for line in textwrap.wrap(encoded, width))
    leak = find_leak(f"data: |\n{lines}\n".encode(), known_secrets([tmp_path / ".env"]))
    assert leak and leak.setting == "SMTP_PASS"


@pytest.mark.parametrize("host", ["localhost.example.org", "127.0.0.10", "db.example.org"])
def test_a_password_in_an_address_is_a_secret_unless_it_is_for_this_machine(host):
    address = f"postgres://me:{chars(12)}@{host}/scores"
    assert find_leak(address.encode(), {})
    assert not find_leak(address.replace(host, "localhost").encode(), {})


@pytest.mark.parametrize("name", ["me.session-journal", "AuthKey_1.p8", "id_rsa", "a.PEM"])
def test_a_file_that_holds_a_key_by_its_name_stays(tmp_path, name):
    with pytest.raises(ValueError, match=r"secret|key"):
        bot_files(folder_with(tmp_path, **{name: "x"}))


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_secret_in_a_name_is_found_and_not_shown(tmp_path, monkeypatch, kind):
    monkeypatch.setenv("TWITCH_CLIENT_SECRET", secret := chars(30))
    name = f"notes {secret}.txt" if kind == "file" else f"my {secret}/notes.txt"
    folder = folder_with(tmp_path, **{name: "mine"})
    with pytest.raises(ValueError, match="holds the value of TWITCH_CLIENT_SECRET") as told:
        bot_files(folder)
    assert secret not in str(told.value)
    assert ("… is a name" if kind == "file" else "…/notes.txt is a name") in str(told.value)


def test_the_secret_half_of_a_token_is_found_alone(tmp_path, monkeypatch):
    (tmp_path / "bots").mkdir()
    twitch, telegram = chars(30, string.ascii_lowercase), "AA" + chars(33)
    (tmp_path / "bots" / ".env").write_text(
        f"TWITCH_TOKEN=oauth:{twitch}\nTELEGRAM_TOKEN=123456789:{telegram}\n"
    )
    monkeypatch.delenv("BOT_WORLD")
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path / "bots"))
    for name, value in (("TWITCH_TOKEN", twitch), ("TELEGRAM_TOKEN", telegram)):
        folder = folder_with(tmp_path / name, **{"notes.txt": f"mine is {value}."})
        with pytest.raises(ValueError, match=f"holds the value of {name}"):
            bot_files(folder)


def test_too_large_a_folder_is_refused_by_the_sizes_of_its_files(tmp_path):
    folder = folder_with(tmp_path)
    try:
        with (folder / "model.bin").open("wb") as file:
            file.truncate(2**40)  # which nobody could read; it takes no place on the disk
    except OSError:
        pytest.skip("this disk cannot make a file with a hole")
    with pytest.raises(ValueError, match=r"too large: 1048576\.\d\d MB unzipped.*: model\.bin"):
        bot_files(folder)
