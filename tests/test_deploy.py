"""What deploy/ says to real clouds and machines, checked as far as that can be done here."""

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from botlib.bundle import bundle
from botlib.run import WRONG_SETTINGS
from botlib.sandbox import Telegram

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
SECRET = "correct-horse-battery"
BOT = """
from botlib import Bot
from botlib.telegram.lean import webhook

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
handler = webhook(bot)
"""


def run(*command, cwd=ROOT, **environment):
    mine = {key: value for key, value in os.environ.items() if not key.startswith("TELEGRAM_")}
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


# AWS


class Template(yaml.SafeLoader):
    """Reads CloudFormation's own tags, such as !Ref, as {tag: value}."""


def _tag(loader, suffix, node):
    kinds = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: loader.construct_sequence}
    return {suffix: kinds.get(type(node), loader.construct_mapping)(node)}


Template.add_multi_constructor("!", _tag)
TEMPLATE = DEPLOY / "aws/template.yaml"


@pytest.fixture
def template():
    return yaml.load(TEMPLATE.read_text(encoding="utf-8"), Template)


def test_the_template_is_one_that_cloudformation_takes():
    lint = shutil.which(
        "cfn-lint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if not lint:
        pytest.skip("CFN-LINT IS NOT INSTALLED: the AWS template was not checked by it")
    done = run(lint, TEMPLATE)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_template_holds_no_secret_and_shows_none(template):
    for name in ("TelegramToken", "TelegramSecret"):
        assert template["Parameters"][name]["NoEcho"] is True
        assert "Default" not in template["Parameters"][name]
    assert not re.search(r"\d{6,}:[\w-]{30,}", TEMPLATE.read_text())


def test_the_function_may_only_write_its_own_log(template):
    resources = template["Resources"]
    role = resources["Role"]["Properties"]
    assert "ManagedPolicyArns" not in role
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == {"GetAtt": "Logs.Arn"}
    assert resources["Logs"]["Properties"]["RetentionInDays"] == 7
    assert resources["Function"]["Properties"]["LoggingConfig"] == {"LogGroup": {"Ref": "Logs"}}


def test_the_address_is_public_and_leads_to_the_function_of_the_bundle(template):
    resources = template["Resources"]
    assert resources["Function"]["Properties"]["Handler"] == "main.handler"
    assert resources["Address"]["Properties"]["AuthType"] == "NONE"
    allowed = [resources[name]["Properties"] for name in ("CallByAddress", "RunByAddress")]
    assert [each["Action"] for each in allowed] == [
        "lambda:InvokeFunctionUrl",
        "lambda:InvokeFunction",
    ]
    assert allowed[0]["FunctionUrlAuthType"] == "NONE"
    assert allowed[1]["InvokedViaFunctionUrl"] is True


def test_the_secrets_go_from_the_settings_to_the_cloud(telegram):
    settings = environment_of(telegram)
    script = DEPLOY / "secrets_for.py"
    aws = json.loads(run(sys.executable, script, "aws", "CodeBucket=b", **settings).stdout)
    assert aws == [
        "CodeBucket=b",
        f"TelegramToken={settings['TELEGRAM_TOKEN']}",
        f"TelegramSecret={SECRET}",
    ]
    yandex = json.loads(run(sys.executable, script, "yandex", **settings).stdout)
    assert yandex[1] == {"key": "TELEGRAM_SECRET", "text_value": SECRET}
    assert run(sys.executable, script, "moon", **settings).returncode == 2


# Yandex Cloud. The options that `yc` has, from its reference:
# yandex.cloud/en/docs/cli/cli-ref, pages serverless, lockbox and iam, read in November 2026.
YC = {
    "iam service-account create": {"name"},
    "iam service-account get": {"jq"},
    "lockbox secret create": {"name", "payload"},
    "lockbox secret add-access-binding": {"name", "role", "service-account-name"},
    "serverless function create": {"name"},
    "serverless function version create": {
        "function-name", "runtime", "entrypoint", "memory", "execution-timeout", "source-path",
        "service-account-id", "secret",
    },
    "serverless function allow-unauthenticated-invoke": set(),
    "serverless function get": {"jq"},
}  # fmt: skip


def commands_in(readme, program):
    text = (DEPLOY / readme).read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.M | re.S)
    joined = "\n".join(blocks).replace("\\\n", " ")
    inner = re.findall(rf"\$\({program} ([^)]*)\)", joined)
    return inner + re.findall(rf"\b{program} ([^|\n]*)", re.sub(r"\$\([^)]*\)", "X", joined))


def test_every_yc_command_and_option_is_one_that_yc_has():
    commands = commands_in("yandex/README.md", "yc")
    seen = set()
    for command in commands:
        name = max((known for known in YC if command.startswith(known)), key=len, default=None)
        assert name, command
        assert set(re.findall(r"--([a-z-]+)", command)) <= YC[name], command
        seen.add(name)
    assert seen == set(YC)
    assert "--entrypoint main.handler" in (DEPLOY / "yandex/README.md").read_text()


# Google


def test_the_bundle_runs_under_googles_functions_framework(telegram, tmp_path):
    if not importlib.util.find_spec("functions_framework"):
        pytest.skip("FUNCTIONS-FRAMEWORK IS NOT INSTALLED: the Google adapter was not tried")
    folder = tmp_path / "bot"
    folder.mkdir()
    (folder / "main.py").write_text(BOT)
    shutil.copy(DEPLOY / "google/google_main.py", folder)
    with zipfile.ZipFile(bundle(folder).path) as archive:
        archive.extractall(tmp_path / "task")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["--source", str(tmp_path / "task/google_main.py"), "--target", "function"]
    where = ["--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "functions_framework", *words, *where],
        cwd=tmp_path / "task",
        env=os.environ | environment_of(telegram),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        account = telegram.account("hello_bot")
        url = f"http://127.0.0.1:{port}/"
        telegram.call(account, "setWebhook", url=url, secret_token=SECRET)
        # The server may still be starting: Telegram sends the update again until it answers.
        assert telegram.person("Viktor").ask("!hello", timeout=30) == "hello Viktor!"
    finally:
        process.kill()
        process.wait()


# Telegram


def test_the_webhook_is_set_without_showing_token_or_secret(telegram):
    settings = environment_of(telegram)
    done = run(sys.executable, DEPLOY / "set_webhook.py", "http://127.0.0.1:9/", **settings)
    assert json.loads(done.stdout)["url"] == "http://127.0.0.1:9/"
    assert not [word for word in (SECRET, settings["TELEGRAM_TOKEN"]) if word in done.stdout]
    settings["TELEGRAM_TOKEN"] = "42:" + "A" * 35
    done = run(sys.executable, DEPLOY / "set_webhook.py", "http://127.0.0.1:9/", **settings)
    assert done.returncode == 1
    assert "401" in done.stderr
    assert "Traceback" not in done.stderr
    done = run(sys.executable, DEPLOY / "set_webhook.py")
    assert "TELEGRAM_TOKEN is not set" in done.stderr


# systemd

UNIT = DEPLOY / "systemd/chatbot@.service"
analyze = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="SYSTEMD-ANALYZE IS NOT HERE: unit not checked"
)


@pytest.fixture
def unit(tmp_path):
    """The unit as an instance, with a Python that exists on this machine."""
    text = UNIT.read_text().replace("/opt/chatbots/.venv/bin/python", sys.executable)
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
    assert "EnvironmentFile=/etc/chatbots/%i.env" in lines


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
    assert "ARG" not in names and "ADD" not in names
    assert not [rest for name, rest in STEPS if name == "ENV" and re.search("TOKEN|SECRET", rest)]
    assert all(re.search(r":[\w.-]+", rest) for name, rest in STEPS if name == "FROM")
    assert ".env" not in (ROOT / ".dockerignore").read_text().replace("*", "")


def test_the_container_holds_all_that_the_bot_imports(tmp_path):
    assert ("COPY", "botlib /app/botlib") in STEPS
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    left_out = [Path(line).name for line in ignored if line.startswith("botlib/")]
    assert "sandbox" in left_out and "lessons" in left_out
    ignore = shutil.ignore_patterns("__pycache__", *left_out)
    shutil.copytree(ROOT / "botlib", tmp_path / "app/botlib", ignore=ignore)
    code = (
        "import botlib.run, botlib.telegram.polling, botlib.twitch.irc_bot, sys;"
        "print(*{m.__file__ for n, m in sys.modules.items() if n.startswith('botlib')})"
    )
    done = run(sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=str(tmp_path / "app"))
    assert done.stdout, done.stderr
    assert all(Path(file).is_relative_to(tmp_path) for file in done.stdout.split())


def test_the_containers_packages_are_the_locked_ones():
    spec = importlib.util.spec_from_file_location("w", DEPLOY / "container/write_requirements.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (DEPLOY / "container/requirements.txt").read_text(encoding="utf-8")
    assert written == module.requirements(), "run: python deploy/container/write_requirements.py"
    assert "jupyter" not in written
