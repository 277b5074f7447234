"""What deploy/ says to real clouds and machines, checked as far as that can be done here."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from aws_template import TEMPLATE, load_template, timer_of
from command_call import call_command
from full_disk import files_of_at_most
from function_server import serving
from her_bot import HER_BOT
from moto_server import ACCESS_KEY
from raw_server import answering, http

from bot_sandbox import Telegram, Twitch
from botlib.run import WRONG_SETTINGS
from botlib.store import open_store
from deploy.export_secrets import main as export_secrets
from deploy.export_secrets import stack_parameters
from deploy.set_webhook import main as set_webhook
from deploy.subscribe import main as subscribe
from lessons.cloud import Cloud

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SECRET = "correct-horse-battery"
FULL = """
import resource, sys
from deploy.export_secrets import main
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
sys.exit(main(sys.argv[1:]))
"""
BOT = """
from botlib import Bot
from botlib.telegram.webhook import webhook

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
handler = webhook(bot)
"""


def run(*command, cwd=ROOT, **environment):
    own = ("TELEGRAM_", "TWITCH_", "STORE_")
    mine = {key: value for key, value in os.environ.items() if not key.startswith(own)}
    return subprocess.run(
        [str(word) for word in command],
        env=mine | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        cwd=cwd,
    )


@pytest.fixture
def telegram():
    with Telegram() as telegram:
        telegram.new_bot("Hello bot", "hello_bot")
        yield telegram


def environment_of(telegram):
    token = telegram.account("hello_bot").token
    return {
        "TELEGRAM_TOKEN": token,
        "TELEGRAM_SECRET": SECRET,
        "TELEGRAM_API": telegram.url,
    }


class Scene:
    """A Twitch, where viktor's channel and a bot's application agree; the bot's settings."""

    def __init__(self, twitch):
        self.twitch, self.viktor = twitch, twitch.account("viktor", "Viktor")
        self.bot, app = twitch.account("hello_bot"), twitch.application("Hello bot")
        twitch.authorize(self.bot, app, ["user:read:chat", "user:write:chat", "user:bot"])
        twitch.authorize(self.viktor, app, ["channel:bot"])
        twitch.account("anna")  # who agreed to nothing
        self.settings = {
            "TWITCH_CLIENT_ID": app.client_id,
            "TWITCH_CLIENT_SECRET": app.client_secret,
            "TWITCH_EVENTSUB_SECRET": SECRET,
            "TWITCH_BOT_ID": self.bot.id,
            "TWITCH_CHANNEL": "viktor",
            "TWITCH_API": twitch.url,
        }

    def subscribe(self, *arguments, **different):
        done = call_command(subscribe, *arguments, **self.settings | different)
        assert "Traceback" not in done.stderr
        shown = done.stdout + done.stderr
        assert SECRET not in shown and self.settings["TWITCH_CLIENT_SECRET"] not in shown
        return done


@pytest.fixture
def scene():
    with Twitch() as twitch:
        yield Scene(twitch)


# AWS


@pytest.fixture
def template():
    return load_template()


@pytest.mark.slow("bundles, guides and machines")
def test_the_template_is_one_that_cloudformation_takes():
    lint = shutil.which(
        "cfn-lint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if not lint:
        pytest.skip("CFN-LINT IS NOT INSTALLED: the AWS template was not checked by it")
    done = run(lint, TEMPLATE)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_template_holds_no_secret_and_shows_none(template):
    secrets = {name for name in template["Parameters"] if re.search("Token|Secret|Url", name)}
    assert len(secrets) == 5
    for name in secrets:
        assert template["Parameters"][name]["NoEcho"] is True
        assert template["Parameters"][name]["Default"] == ""
    assert not re.search(r"\d{6,}:[\w-]{30,}", TEMPLATE.read_text())


def test_the_function_may_only_write_its_own_log_and_use_one_table(template):
    resources = template["Resources"]
    role = resources["Role"]["Properties"]
    assert "ManagedPolicyArns" not in role
    log, (condition, table, nothing) = role["Policies"][0], role["Policies"][1]["If"]
    (statement,) = log["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == {"GetAtt": "Logs.Arn"}
    (statement,) = table["PolicyDocument"]["Statement"]
    assert sorted(statement["Action"]) == sorted(f"dynamodb:{action}" for action in used_actions())
    assert (condition, nothing) == ("HasTable", {"Ref": "AWS::NoValue"})
    is_own, own, other = statement["Resource"]["If"]
    assert (is_own, own) == ("OwnTable", {"GetAtt": "Table.Arn"})
    assert other["Sub"].endswith(":${AWS::AccountId}:table/${TableOf}")
    assert resources["Logs"]["Properties"]["RetentionInDays"] == 7
    assert resources["Function"]["Properties"]["LoggingConfig"] == {"LogGroup": {"Ref": "Logs"}}


def used_actions():
    """The actions of DynamoDB that a store calls."""
    asked = []

    def database(event, _):
        asked.append(event["headers"]["x-amz-target"].partition(".")[2])
        answer = {"Attributes": {"json_value": {"N": "1"}}}
        return {"statusCode": 200, "body": json.dumps(answer)}

    with serving(database) as address, pytest.MonkeyPatch.context() as patch:
        for name, value in ACCESS_KEY.items():
            patch.setenv(name, value)
        store = open_store(f"dynamodb://scores?endpoint={address}/")
        store.set("key", 1)
        store.get("key")
        store.increment("key")
        store.add_once("key")
        store.once("key", lambda: "reply")
        store.remove("key")
    return set(asked)


def test_the_table_is_free_and_goes_with_the_stack(template):
    table = template["Resources"]["Table"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Delete"
    made = table["Properties"]
    assert made["BillingMode"] == "PROVISIONED"  # the other mode has no free amount
    assert 5 * max(made["ProvisionedThroughput"].values()) <= 25
    assert "DeletionProtectionEnabled" not in made
    assert made["TimeToLiveSpecification"] == {"AttributeName": "delete_after", "Enabled": True}
    settings = template["Resources"]["Function"]["Properties"]["Environment"]["Variables"]
    _, in_a_table, elsewhere = settings["STORE_URL"]["If"]
    is_own, own, other = in_a_table["If"]
    assert (own, other) == ({"Sub": "dynamodb://${Table}"}, {"Sub": "dynamodb://${TableOf}"})
    assert elsewhere == {"Ref": "StoreUrl"}
    assert table["Condition"] == is_own


def test_the_address_is_public_and_leads_to_the_function_of_the_bundle(template):
    resources = template["Resources"]
    assert resources["Function"]["Properties"]["Handler"] == {"Ref": "Handler"}
    assert template["Parameters"]["Handler"]["Default"] == "telegram_function.handler"
    assert resources["Address"]["Properties"]["AuthType"] == "NONE"
    allowed = [resources[name]["Properties"] for name in ("CallByAddress", "RunByAddress")]
    assert [each["Action"] for each in allowed] == [
        "lambda:InvokeFunctionUrl",
        "lambda:InvokeFunction",
    ]
    assert allowed[0]["FunctionUrlAuthType"] == "NONE"
    assert allowed[1]["InvokedViaFunctionUrl"] is True


def test_the_function_of_a_timer_has_no_address_and_only_the_timer_may_call_it(template):
    resources = template["Resources"]
    by_address = {name for name, each in resources.items() if each.get("Condition") == "HasAddress"}
    assert by_address == {"Address", "CallByAddress", "RunByAddress"}
    empty = {"Equals": [{"Ref": "TimerSchedule"}, ""]}
    conditions = {"HasTimer": {"Not": [empty]}, "HasAddress": empty}
    assert conditions.items() <= template["Conditions"].items()
    by_timer = {name for name, each in resources.items() if each.get("Condition") == "HasTimer"}
    assert by_timer == {"Timer", "TimerRole", "TimerRetries"}
    role = resources["TimerRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Resource"] == {"GetAtt": "Function.Arn"}


def test_the_timer_is_on_time_and_gives_up_after_an_hour(template):
    timer = template["Resources"]["Timer"]["Properties"]
    assert timer["FlexibleTimeWindow"] == {"Mode": "OFF"}
    retries = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600}
    assert timer["Target"]["RetryPolicy"] == retries
    assert retries.items() <= template["Resources"]["TimerRetries"]["Properties"].items()


def test_what_is_typed_for_a_timer_becomes_its_payload(template):
    typed = {"TimerSchedule": "rate(1 day)", "TimerZone": "UTC", "TimerChat": "-42"}
    when, zone, payload = timer_of(typed | {"TimerText": "Good morning!"})
    assert (when, zone) == ("rate(1 day)", "UTC")
    due = "<aws.scheduler.scheduled-time>"
    assert payload == {"chat": "-42", "text": "Good morning!", "time": due}
    allowed = template["Parameters"]["TimerText"]["AllowedPattern"]
    assert re.fullmatch(allowed, "Good morning, it's 7!")
    for broken in ('a "quoted" word', "back\\slash", "two\nlines"):
        assert not re.fullmatch(allowed, broken)


def test_the_secrets_go_from_the_settings_to_the_cloud(telegram):
    settings = environment_of(telegram)
    aws = json.loads(
        call_command(export_secrets, "aws", "Runtime=r", "Handler=h", **settings).stdout
    )
    assert aws == [
        "Handler=h",
        f"TelegramToken={settings['TELEGRAM_TOKEN']}",
        f"TelegramSecret={SECRET}",
        "Runtime=r",
    ]
    assert stack_parameters() == list(load_template()["Parameters"])
    yandex = json.loads(call_command(export_secrets, "yandex", **settings).stdout)
    assert yandex[1:] == [
        {"key": "TELEGRAM_SECRET", "text_value": SECRET},
        {"key": "STORE_URL", "text_value": "memory://"},
    ]
    url = "dynamodb://bot?endpoint=https://a.example/b"
    store = json.loads(
        call_command(export_secrets, "yandex", f"STORE_URL={url}", **settings).stdout
    )
    assert store == [*yandex[:2], {"key": "STORE_URL", "text_value": url}]
    misspelled = ["aws", "TimerChats=42"]  # AWS's command would ignore it
    for wrong in (["moon"], ["aws", "twich"], ["yandex", "Runtime=r"], misspelled):
        done = call_command(export_secrets, *wrong, **settings)
        assert (done.returncode, done.stdout) == (2, "")
        assert wrong[-1] in done.stderr


@pytest.mark.parametrize("words", [(export_secrets, "aws"), (set_webhook, "http://127.0.0.1:9/")])
def test_a_secret_that_is_easy_to_guess_goes_nowhere(telegram, words):
    main, *rest = words
    settings = environment_of(telegram) | {"TELEGRAM_SECRET": "sesame"}
    done = call_command(main, *rest, **settings)
    assert (done.returncode, done.stdout) == (1, "")
    assert "16 to 256 characters" in done.stderr and "sesame" not in done.stderr
    assert telegram.call(settings["TELEGRAM_TOKEN"], "getWebhookInfo")["url"] == ""


def test_a_file_with_secrets_is_for_its_owner_alone(telegram, tmp_path):
    out = tmp_path / "parameters.json"
    out.write_text('["Handler=of_yesterday"]')
    out.chmod(0o644)
    settings = environment_of(telegram)
    done = call_command(export_secrets, "aws", "--out", out, **settings)
    assert SECRET not in done.stdout + done.stderr
    assert f"Written into {out}" in done.stdout
    assert json.loads(out.read_text())[0] == "Handler=telegram_function.handler"
    if os.name != "nt":
        assert out.stat().st_mode & 0o777 == 0o600
    done = call_command(export_secrets, "aws", "--out", tmp_path, **settings)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    "mine",
    [
        "# my thesis",
        "[]",
        '{"Handler=": 1}',
        "[1]",
        "\0\xff",
        '"Handler="',
        '[{"key": "Viktor", "score": 7}]',
        '[{"key": "Viktor", "text_value": "7"}]',
        '[{"key": "TELEGRAM_TOKEN", "score": 7}]',
    ],
)
def test_another_file_is_not_replaced_by_secrets(telegram, tmp_path, mine):
    out = tmp_path / "thesis.md"
    out.write_text(mine, encoding="latin-1")
    done = call_command(export_secrets, "aws", "--out", out, **environment_of(telegram))
    assert out.read_text(encoding="latin-1") == mine
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"{out} is there already, and this command did not write it" in done.stderr


def test_secrets_replace_those_of_any_earlier_run(telegram, scene, tmp_path):
    out = tmp_path / "parameters.json"
    settings, seen = environment_of(telegram) | scene.settings, set()
    for words in (["aws"], ["aws", "twitch"], ["yandex"], ["yandex", "twitch"], ["aws"]):
        done = call_command(export_secrets, *words, "--out", out, **settings)
        assert done.returncode == 0, done.stderr
        seen.add(out.read_text())
    assert len(seen) == 4


@pytest.mark.parametrize("cloud", ["aws", "yandex"])
def test_a_full_disk_leaves_the_old_secrets_whole(telegram, tmp_path, cloud):
    out = tmp_path / "parameters.json"
    settings = environment_of(telegram)
    assert call_command(export_secrets, cloud, "--out", out, **settings).returncode == 0
    before = out.read_bytes()
    with files_of_at_most(10):
        done = call_command(export_secrets, cloud, "--out", out, **settings)
    assert (done.returncode, done.stdout) == (1, "") and str(out) in done.stderr
    assert out.read_bytes() == before and list(tmp_path.iterdir()) == [out]


def test_a_twitch_bots_secrets_go_the_same_way(scene, template):
    redis = "redis://127.0.0.1/0"
    wanted = {name: scene.settings[name] for name in list(scene.settings)[:4]}
    words, settings = ("aws", "twitch", "TableOf=b"), scene.settings | {"STORE_URL": redis}
    aws = call_command(export_secrets, *words, **settings)
    given = dict(parameter.split("=", 1) for parameter in json.loads(aws.stdout))
    environment = template["Resources"]["Function"]["Properties"]["Environment"]["Variables"]
    environment["STORE_URL"] = environment["STORE_URL"]["If"][2]  # of a stack without a table
    reached = {name: given.get(value["Ref"]) for name, value in environment.items()}
    assert (given["TableOf"], given["Handler"]) == ("b", "twitch_function.handler")
    assert {name: value for name, value in reached.items() if value} == wanted | {
        "STORE_URL": redis
    }
    file = {"STORE_URL": "sqlite:///of_this_machine.sqlite3"}
    yandex = call_command(export_secrets, "yandex", "twitch", **file, **scene.settings)
    assert {each["key"]: each["text_value"] for each in json.loads(yandex.stdout)} == wanted | {
        "STORE_URL": "memory://"
    }


def test_a_setting_that_is_missing_or_cannot_be_read_takes_one_line(tmp_path):
    for words in ([export_secrets, "yandex", "twitch"], [set_webhook], [subscribe]):
        done = call_command(*words, cwd=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "is not set" in done.stderr
    command = {"BOT_COMMAND": "python3 start.py"}
    done = call_command(export_secrets, "aws", cwd=tmp_path, **command)
    assert done.stderr.endswith("In a terminal: python3 start.py login telegram\n")
    outside = {"BOT_WORLD": "", "TELEGRAM_API": "http://127.0.0.1:9"}
    (tmp_path / ".env").write_text('TELEGRAM_TOKEN="1:a\n')
    for words in ([export_secrets, "aws"], [set_webhook], [subscribe]):
        done = call_command(*words, cwd=tmp_path, **outside)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert ".env, line 1: expected NAME=value" in done.stderr


# Telegram


def test_a_server_that_repeats_what_it_was_sent_shows_no_secret():
    token, where = "42:very-secret", "https://my.example/"
    body = {"url": where, "secret_token": SECRET, "allowed_updates": []}

    def repeat(sock):
        sock.sendall(http("502 Bad Gateway", json.dumps(body).encode() + token.encode()))

    with answering(repeat) as address:
        known = {"TELEGRAM_TOKEN": token, "TELEGRAM_SECRET": SECRET, "TELEGRAM_API": address}
        done = call_command(set_webhook, where, **known)
    assert (done.returncode, done.stdout) == (1, "") and where in done.stderr
    assert SECRET not in done.stderr and token not in done.stderr


def test_the_webhook_is_set_without_showing_token_or_secret(telegram):
    settings = environment_of(telegram)
    done = call_command(set_webhook, "http://127.0.0.1:9/", **settings)
    assert json.loads(done.stdout)["url"] == "http://127.0.0.1:9/"
    assert not [word for word in (SECRET, settings["TELEGRAM_TOKEN"]) if word in done.stdout]
    settings["TELEGRAM_TOKEN"] = "42:" + "A" * 35
    done = call_command(set_webhook, "http://127.0.0.1:9/", **settings)
    assert done.returncode == 1
    assert "401" in done.stderr
    assert "Traceback" not in done.stderr
    done = call_command(set_webhook)
    assert "TELEGRAM_TOKEN is not set" in done.stderr


BUTTONS = """
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler
from botlib.details.settings import require_setting, telegram_api
from botlib.telegram.application import webhook

async def colour(update, context):
    button = InlineKeyboardButton("red", callback_data="red")
    markup = InlineKeyboardMarkup([[button]])
    await update.effective_message.reply_text("which?", reply_markup=markup)

async def chosen(update, context):
    await update.callback_query.answer()
    await update.effective_message.reply_text(f"you like {update.callback_query.data}")

api = telegram_api()
app = (
    ApplicationBuilder().token(require_setting("TELEGRAM_TOKEN")).updater(None)
    .base_url(f"{api}/bot").base_file_url(f"{api}/file/bot").build()
)
app.add_handler(CommandHandler("colour", colour))
app.add_handler(CallbackQueryHandler(chosen))
handler = webhook(app)
"""


def patiently_set_webhook(settings, *words):
    """What Telegram says to it, asked again while it takes no more than one in a second."""
    while True:
        done = call_command(set_webhook, *words, **settings)
        if "Too Many Requests" not in done.stderr:
            return json.loads(done.stdout)


def test_an_applications_buttons_are_heard_unless_only_some_kinds_are_asked_for(telegram, tmp_path):
    (tmp_path / "main.py").write_text(BUTTONS)
    settings, viktor = environment_of(telegram), telegram.person("Viktor")
    with Cloud() as cloud:
        url = cloud.deploy("bot", tmp_path, environment=settings, timeout_s=20).url
        only = patiently_set_webhook(settings, url, "--updates", "message")
        assert only["allowed_updates"] == ["message"]
        assert "allowed_updates" not in patiently_set_webhook(settings, url)
        viktor.send("/colour")
        (question,) = viktor.wait(timeout=20)
        viktor.press(question, "red")
        assert viktor.wait(timeout=20)[0].text == "you like red"
    assert patiently_set_webhook(settings, "--delete")["url"] == ""


@pytest.mark.parametrize("words", [["--updates", "message"], ["https://a.example", "--delete"]])
def test_an_address_goes_with_kinds_of_updates_and_not_with_delete(words):
    done = call_command(set_webhook, *words)
    assert done.returncode == 2
    assert "--updates needs an address" in done.stderr


# Twitch


def test_the_chat_is_led_to_the_function_once_however_often_it_is_asked(scene, tmp_path):
    code = BOT.replace("botlib.telegram.webhook", "botlib.twitch.eventsub")
    (tmp_path / "main.py").write_text(code)
    with Cloud() as cloud:
        urls = [
            cloud.deploy(name, tmp_path, environment=scene.settings).url for name in ("old", "new")
        ]
        for url in (*urls, urls[1]):
            done = scene.subscribe(url)
            (made,) = json.loads(done.stdout)
            assert made["transport"]["callback"] == url
            scene.twitch.wait_for(scene.bot, scene.viktor)
            # Said again within 30 seconds, it has an invisible mark: Twitch drops what is the same.
            assert scene.viktor.ask("!hello").strip(" \U000e0000") == "hello Viktor!"
        (shown,) = json.loads(scene.subscribe().stdout)
        assert (shown["id"], shown["status"]) == (made["id"], "enabled")
        assert json.loads(scene.subscribe("--delete").stdout) == []


@pytest.mark.parametrize(
    ("different", "said"),
    [
        ({"TWITCH_CLIENT_SECRET": "wrong"}, "Compare TWITCH_CLIENT_ID"),
        ({"TWITCH_CHANNEL": "nobody_here"}, "knows no channel 'nobody_here'"),
        ({"TWITCH_BOT_ID": "hello_bot"}, "Expected the number"),
        ({"TWITCH_EVENTSUB_SECRET": "short"}, "Expected 10 to 100"),
        ({"TWITCH_CHANNEL": ""}, "TWITCH_CHANNEL is not set"),
        ({"TWITCH_API": "http://127.0.0.1:9"}, "cannot be reached"),
        ({"TWITCH_CHANNEL": "anna"}, "403"),
    ],
)
def test_what_keeps_it_from_subscribing_is_said_in_one_line(scene, different, said):
    done = scene.subscribe("https://bot.example", **different)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert said in done.stderr


# systemd

UNIT = DEPLOY / "machine/chatbot@.service"
analyze = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="SYSTEMD-ANALYZE IS NOT HERE: unit not checked"
)


@pytest.fixture
def unit(tmp_path):
    """The unit as an instance, with a Python that exists on this machine."""
    text = UNIT.read_text().replace("/opt/chatbot/.venv/bin/python", sys.executable)
    path = tmp_path / "chatbot@twitch.service"
    path.write_text(text)
    return path


@analyze
def test_systemd_finds_nothing_wrong_in_the_unit(unit):
    done = run("systemd-analyze", "verify", unit)
    mine = [line for line in done.stderr.splitlines() if "chatbot" in line]
    assert (done.returncode, mine) == (0, [])


@analyze
def test_the_unit_is_closed_as_far_as_a_bot_allows(unit):
    done = run("systemd-analyze", "security", "--offline=true", "--threshold=20", unit)
    if "offline" in done.stderr:
        pytest.skip("SYSTEMD-ANALYZE IS TOO OLD to judge a unit that is not loaded")
    assert done.returncode == 0, done.stdout[-300:]


def test_the_unit_does_not_try_again_what_cannot_succeed():
    lines = UNIT.read_text().splitlines()
    assert "Restart=on-failure" in lines
    assert f"RestartPreventExitStatus={WRONG_SETTINGS}" in lines
    assert "EnvironmentFile=/etc/chatbot/settings.env" in lines


def test_a_bots_store_is_in_the_folder_that_the_unit_may_write():
    assert "StateDirectory=chatbot-%i\n" in UNIT.read_text()
    assert "STORE_FOLDER=/var/lib/chatbot-%i\n" in UNIT.read_text()
    assert "/var/lib/chatbot-twitch" in (DEPLOY / "machine/README.md").read_text()


# Containers. No engine builds the image here: these are the mistakes that can be seen without one.

CONTAINERFILE = (DEPLOY / "container/Containerfile").read_text(encoding="utf-8")
STEPS = re.findall(
    r"^([A-Z]+) (.*)$", re.sub(r"^#.*\n|\\\n\s*", "", CONTAINERFILE, flags=re.M), re.M
)


def test_the_container_runs_as_nobody_in_particular_and_holds_no_secret():
    names = [name for name, _ in STEPS]
    last_stage = STEPS[len(names) - names[::-1].index("FROM") :]
    assert ("USER", "10001") in last_stage
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert {rest for name, rest in STEPS if name == "ARG"} == {f"BOT={HER_BOT}"}
    assert "ADD" not in names
    assert not [rest for name, rest in STEPS if name == "ENV" and re.search("TOKEN|SECRET", rest)]
    assert all(re.search(r":[\w.-]+", rest) for name, rest in STEPS if name == "FROM")
    made = re.search(r"install --directory --owner=bot \S+ (\S+)", CONTAINERFILE)[1]
    assert ("VOLUME", made) in STEPS
    assert ("ENV", f"STATE_DIRECTORY={made} STORE_FOLDER={made}") in STEPS
    assert "**/.*" in (ROOT / ".dockerignore").read_text().splitlines()  # .env too


def test_the_container_holds_all_that_the_bot_imports(tmp_path):
    assert ("COPY", "botlib /app/botlib") in STEPS
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "botlib", tmp_path / "app/botlib", ignore=ignore)
    code = (
        "import botlib.run, botlib.store, botlib.telegram.polling, botlib.twitch.irc_bot, sys;"
        "botlib.store.open_store('redis://127.0.0.1:9');"
        "print(*{m.__file__ for n, m in sys.modules.items() if n.startswith('botlib')})"
    )
    done = run(sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=str(tmp_path / "app"))
    assert done.stdout, done.stderr
    assert all(Path(file).is_relative_to(tmp_path) for file in done.stdout.split())


@pytest.mark.slow("a second of work or more")
def test_the_containers_packages_are_the_locked_ones():
    spec = importlib.util.spec_from_file_location("w", DEPLOY / "container/write_requirements.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path, imports in module.IMPORTS_BY_FILE.items():
        assert path.read_text(encoding="utf-8") == module.requirements(imports), (
            "run: python deploy/container/write_requirements.py"
        )
    written = (DEPLOY / "container/requirements.txt").read_text(encoding="utf-8")
    assert "jupyter" not in written
    assert re.search(r"^redis==", written, re.M)
    assert re.search(r"^async-timeout==.*< '3\.11\.3'", written, re.M)
