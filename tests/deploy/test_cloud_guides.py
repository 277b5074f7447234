"""The guides for AWS and Yandex Cloud, followed as far as that is possible on this machine.

AWS's is walked whole, by AWS's own command, against moto, which imitates AWS. moto makes no address
for a function of a template and runs none here: the test asks moto for an address itself, and what
moto was given (the zip, the handler, the settings) runs in the sandbox's cloud, for the sandbox's
Telegram and Twitch. Of Yandex Cloud there is no imitation: its commands are compared with the table
of those that its documentation has.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aws_template import timer_of
from her_bot import write_her_bot
from readme_commands import DOCUMENTS, blocks, fresh_course, run_line, walk

from bot_sandbox import Cloud, Telegram, Twitch
from bot_sandbox.cloud.prices import functions
from deploy.bundle.target import CLOUDS
from lessons.cloud import Cloud as CourseCloud

pytestmark = pytest.mark.slow("bundles, guides and machines")

AWS, YANDEX = (DOCUMENTS[f"deploy/{cloud}/README.md"] for cloud in ("aws", "yandex"))
TEMPLATE = (Path(__file__).parents[2] / "deploy/aws/template.yaml").read_text(encoding="utf-8")
NEW_BOT = Path(__file__).parents[2] / "deploy/new_bot"
SECRET = "correct-horse-battery"


def commands(document):
    """All lines of a document's shell blocks."""
    return [line for block in blocks(document) for line in block.commands]


# What both guides promise


@pytest.mark.parametrize("document", [AWS, YANDEX], ids=["aws", "yandex"])
def test_bash_and_powershell_read_each_command_in_the_same_way(document):
    for line in commands(document):
        bare = re.sub(r'"[^"]*"', "", line)
        assert not re.search(r"[,;&<>`'{}*@]", bare), f"PowerShell reads this otherwise: {line}"
        assert not re.search(r'"[^"]*[$`\\][^"]*"', line), (
            f"PowerShell reads this otherwise: {line}"
        )


@pytest.mark.parametrize(
    ("cloud", "document", "megabytes"), [("aws", AWS, 256), ("yandex", YANDEX, 128)]
)
def test_the_costs_are_those_of_the_price_table(cloud, document, megabytes):
    price, text = functions()[cloud], " ".join(document.split())
    seconds = 10_000 * megabytes / 1024
    cost = seconds * price.gb_second + 10_000 * price.request
    assert (
        f"at {megabytes} MB that is {seconds:,.0f} GB-seconds, or {cost:.3f} {price.currency}"
        in text
    )
    assert f"{price.free_requests:,} requests and {price.free_gb_seconds:,.0f} GB-seconds" in text
    assert seconds < price.free_gb_seconds and f"<{price.source}>, read {price.date}" in text


def test_the_pythons_are_those_that_the_clouds_have():
    offered = re.search(r"AllowedValues: \[(python[^]]*)\]", TEMPLATE)[1]
    assert [name.removeprefix("python") for name in offered.split(", ")] == list(
        CLOUDS["AWS Lambda"]
    )
    assert all(version in AWS for version in CLOUDS["AWS Lambda"])
    named = {f"{name[0]}.{name[1:]}" for name in re.findall(r"python(3\d+)\b", YANDEX)}
    assert named == set(CLOUDS["Yandex Cloud"])
    for document in (AWS, YANDEX):
        made = re.findall(r"--python (\S+)", " ".join(commands(document)))
        assert set(made) == {"3.14"}


# AWS


def aws_2():
    """AWS's command, version 2; "" where there is none."""
    for folder in os.environ["PATH"].split(os.pathsep):
        found = shutil.which("aws", path=folder)
        if found:
            done = subprocess.run([found, "--version"], capture_output=True, text=True)
            if done.stdout.startswith("aws-cli/2"):
                return found
    return ""


def test_the_guide_knows_what_an_aws_says_that_is_too_old_to_log_in():
    program = aws_2()
    if not program:
        pytest.skip("AWS CLI 2 IS NOT INSTALLED: nobody was asked to log in")
    done = subprocess.run([program, "login", "help"], capture_output=True, text=True)
    (says,) = re.findall(r"If `aws login` says `(.+?)`", AWS)
    assert done.returncode == 0 or says in done.stderr


class Aws:
    """AWS's command, as one types it, for moto."""

    def __init__(self, program, moto, folder):
        self.program, self.moto, self.folder = program, moto, folder
        mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.environment = mine | {
            "AWS_ACCESS_KEY_ID": "nobodys",
            "AWS_SECRET_ACCESS_KEY": "nobodys",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_PAGER": "",
        }

    def __call__(self, line):
        """Run `aws …`; what it printed."""
        done = subprocess.run(
            [self.program, "--endpoint-url", self.moto, *shlex.split(line)[1:]],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout


class Road:
    """Someone who walks AWS's road: each line runs here, as far as it can."""

    def __init__(self, aws, folder, cloud, world):
        self.aws, self.folder, self.cloud, self.world = aws, folder, cloud, world
        self.printed = {}  # by the line that printed it last
        self.address = ""  # of the function uploaded last

    def run(self, block, line):
        """Run a line of a block; what it printed, or None for one that is not for here."""
        if block.needs not in ("", "an AWS account"):
            return None
        typed = line.replace("https://THE-ADDRESS", self.address)
        self.printed[line] = self.answer(typed.replace("123456789", str(self.world.viktor.id)))
        return self.printed[line]

    def answer(self, line):
        """Run a line; what it printed."""
        program, *words = shlex.split(line)
        if program == "rm":
            (self.folder / words[0]).unlink()
            return ""
        if program == "python3":
            if words[1:] == ["subscribe"]:
                self.world.wait_for_twitch()
            return run_line(line, self.folder, **self.world.settings)
        name = words[words.index("--function-name") + 1] if "--function-name" in words else ""
        if "get-function-url-config" in words:  # which moto's CloudFormation has not made
            made = f"aws lambda create-function-url-config --function-name {name} --auth-type NONE"
            self.aws(made)
        shown = self.aws(line)
        if "update-function-code" in words:
            self.address = self.host(name)
        return shown

    def host(self, name):
        """Run in the sandbox's cloud what AWS was given, and say !hello; its address there."""
        made = json.loads(self.aws(f"aws lambda get-function-configuration --function-name {name}"))
        zipped = self.folder / "my_bot.zip"
        assert made["CodeSize"] == zipped.stat().st_size
        with zipfile.ZipFile(zipped) as archive:
            archive.extractall(self.folder / name)
        given = {key: value for key, value in made["Environment"]["Variables"].items() if value}
        store = given.pop("STORE_URL")
        has_own_table = made["Handler"] != "timer_function.handler"
        table = name if has_own_table else "hello-bot"
        assert (given, store) == (self.world.secrets_of(made["Handler"]), f"dynamodb://{table}")
        region = self.aws.environment["AWS_DEFAULT_REGION"]  # the sandbox's cloud is in another
        given["STORE_URL"] = f"{store}?region={region}&endpoint={self.aws.moto}"
        function = self.cloud.deploy(
            name, self.folder / name, handler=made["Handler"], environment=given | self.world.apis
        )
        if made["Handler"] == "timer_function.handler":
            self.set_timer(name)
        return function.url

    def set_timer(self, name):
        """Make the stack's timer in the sandbox's cloud: moto has not made it."""
        (stack,) = json.loads(self.aws(f"aws cloudformation describe-stacks --stack-name {name}"))[
            "Stacks"
        ]
        given = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
        when, zone, payload = timer_of(given)
        self.cloud.timer(name, name, when, timezone=zone, payload=payload)


class World:
    """Viktor, who has a bot at Telegram and one at Twitch, and their settings."""

    def __init__(self, telegram, twitch):
        self.telegram, self.twitch = telegram, twitch
        self.account = telegram.new_bot("Hello bot", "hello_bot")
        self.viktor, self.streamer = telegram.person("Viktor"), twitch.account("viktor", "Viktor")
        self.bot, app = twitch.account("hello_bot"), twitch.application("Hello bot")
        twitch.authorize(self.bot, app, ["user:read:chat", "user:write:chat", "user:bot"])
        twitch.authorize(self.streamer, app, ["channel:bot"])
        self.apis = {"TELEGRAM_API": telegram.url, "TWITCH_API": twitch.url}
        self.secrets = {
            "TELEGRAM_TOKEN": self.account.token,
            "TELEGRAM_SECRET": SECRET,
            "TWITCH_CLIENT_ID": app.client_id,
            "TWITCH_CLIENT_SECRET": app.client_secret,
            "TWITCH_EVENTSUB_SECRET": SECRET,
            "TWITCH_BOT_ID": self.bot.id,
        }
        self.settings = self.secrets | self.apis | {"TWITCH_CHANNEL": "viktor"}

    def secrets_of(self, handler):
        """The settings that a function should have been given."""
        platform = "TWITCH" if handler.startswith("twitch") else "TELEGRAM"
        return {name: value for name, value in self.secrets.items() if name.startswith(platform)}

    def wait_for_twitch(self):
        """Wait until Twitch has had its challenge answered."""
        self.twitch.wait_for(self.bot, self.streamer)


@pytest.fixture
def world():
    with Telegram() as telegram, Twitch() as twitch:
        yield World(telegram, twitch)


def python_in(section):
    """The Python that a section of a guide has its readers add to main.py."""
    (block,) = [block for block in blocks(section) if block.kind == "python"]
    return f"\n\n{block.text}"


LEFT = (  # what could be
    "describe-stacks",
    "list-functions",
    "describe-log-groups",
    "list-tables",
    "list-roles",
)


@pytest.mark.timeout(900)  # AWS's command starts thirty times, and waits between its questions
def test_the_road_to_aws_leads_to_a_reply_and_back_to_nothing(moto, world, tmp_path):
    program = aws_2()
    if not program:
        pytest.skip("AWS CLI 2 IS NOT INSTALLED: the guide for AWS was not followed")
    folder = fresh_course(tmp_path)
    bot = write_her_bot(folder)
    aws = Aws(program, moto, folder)
    there, _, back = AWS.partition("## Back to nothing")
    with Cloud() as cloud:
        road = Road(aws, folder, cloud, world)
        to_a_reply, _, to_twitch = there.partition("## Change the bot")
        assert walk(to_a_reply, road.run)
        assert world.viktor.ask("!hello") == "hello Viktor!"
        main, hello = bot / "main.py", bot / "commands/hello.py"
        hello.write_text(hello.read_text().replace('f"hello', 'f"good day'))
        change, _, to_twitch = to_twitch.partition("## The Twitch bot")
        assert walk(change, road.run)
        assert world.viktor.ask("!hello") == "good day Viktor!"
        to_twitch, _, memory = to_twitch.partition("## A memory that survives")
        memory, _, to_morning = memory.partition("## Good morning")
        assert walk(to_twitch, road.run)
        assert world.streamer.ask("!hello") == "good day Viktor!"
        main.write_text(main.read_text() + python_in(memory))
        first, _, rest = memory.partition("An upload ends")
        assert walk(first, road.run)
        assert [world.viktor.ask("!count") for _ in "12"] == [
            "Viktor has counted to 1.",
            "Viktor has counted to 2.",
        ]
        again, _, look = rest.partition("Look into")
        assert walk(again, road.run)
        assert world.viktor.ask("!count") == "Viktor has counted to 3."
        assert walk(look, road.run)
        main.write_text(main.read_text() + python_in(to_morning))
        assert walk(change, road.run)
        assert world.viktor.ask("!chat") == str(world.viktor.id)
        assert walk(to_morning, road.run)
        assert aws("aws dynamodb list-tables --query TableNames --output text").split() == [
            "hello-bot",
            "hello-bot-twitch",
        ]
        cloud.clock.advance(24 * 3600)
        assert [message.text for message in world.viktor.wait(timeout=30)] == ["Good morning"]
        (due,) = cloud.timers()[0].fired
        assert datetime.fromtimestamp(due, ZoneInfo("Europe/Berlin")).hour == 7
        assert not (folder / "deploy/aws/parameters.json").exists()
        asked = [line for line in commands(back) if any(word in line for word in LEFT)]
        assert len(asked) == len(LEFT)
        for line in asked:
            assert "hello-bot-twitch" in aws(line)
        assert walk(back, road.run)
    assert [road.printed[line].strip() for line in asked] == [""] * len(LEFT)
    assert json.loads(road.printed["python3 start.py webhook --delete"])["url"] == ""
    assert json.loads(road.printed["python3 start.py subscribe --delete"]) == []


# Yandex Cloud

ROW = re.compile(r"^\| `yc ([^`]+)` \| (.*) \| ([0-9a-f]{8}|page of 20\d\d-\d\d-\d\d) \|$", re.M)
EVERY = {"--jq", "--async"}  # which each command has


def used(document):
    """{command of yc: its options} in a document's shell blocks, commands inside of others too."""
    found = {}
    for line in commands(document):
        for inner in re.findall(r"\$\((.*?)\)", line):
            line = line.replace(f"$({inner})", "X") + f" | {inner}"
        for part in line.split("|"):
            words = shlex.split(part)
            if words[0] == "yc":
                ends = next((i for i, word in enumerate(words) if word.startswith("-")), None)
                found.setdefault(" ".join(words[1:ends]), set()).update(
                    word for word in words if word.startswith("--")
                )
    return found


def test_each_command_and_option_of_yc_stands_in_the_table_from_its_documentation():
    table = {
        name: set(re.findall(r"--[a-z-]+", options)) for name, options, _ in ROW.findall(YANDEX)
    }
    assert len(table) == YANDEX.count("| `yc ")
    assert used(YANDEX) == table


@pytest.mark.parametrize(
    ("makes", "function"),
    [
        ("secrets yandex | yc lockbox secret create", "telegram_function"),
        ("secrets yandex twitch | yc lockbox secret create", "twitch_function"),
        ("STORE_URL=dynamodb://THE-STORE", "telegram_function"),
    ],
)
def test_what_the_function_reads_is_what_the_secret_has(world, tmp_path, makes, function):
    there, _, _ = YANDEX.partition("## Back to nothing")
    told = commands(there)
    (asked,) = [number for number, line in enumerate(told) if makes in line]
    made = next(line for line in told[asked:] if f"--entrypoint {function}.handler" in line)
    secret = re.search(r"--name (\S+)", told[asked])[1]
    line = told[asked].partition(" | ")[0]
    payload = json.loads(run_line(line, fresh_course(tmp_path), **world.settings))
    given = {
        f"name={secret},key={each['key']},environment-variable={each['key']}" for each in payload
    }
    assert given == set(re.findall(r'--secret "([^"]+)"', made))
    values = {each["key"]: each["text_value"] for each in payload}
    store = "dynamodb://THE-STORE" if "STORE_URL" in makes else "memory://"
    assert values == world.secrets_of(f"{function}.handler") | {"STORE_URL": store}


def test_all_that_the_road_to_yandex_makes_is_deleted_at_its_end():
    made = re.findall(r"yc (\S+ \S+) create(?: timer)? --name (\S+)", "\n".join(commands(YANDEX)))
    gone = re.findall(r"yc (\S+ \S+) delete --name (\S+)", "\n".join(commands(YANDEX)))
    assert len(made) == 12
    assert set(made) <= set(gone)
    looked = set(re.findall(r"yc (\S+ \S+) list", "\n".join(commands(YANDEX))))
    assert {kind for kind, _ in made} <= looked


def test_the_timer_of_yandex_cloud_says_good_morning_and_nobody_else_may_call_its_function(world):
    (_, _, section) = YANDEX.partition("## Good morning")
    lines = commands(section.partition("## Back to nothing")[0])
    assert not [line for line in lines if "allow-unauthenticated-invoke" in line]
    (version,) = [line for line in lines if "version create" in line]
    # TELEGRAM_SECRET is for webhooks.
    assert re.findall(r"key=(\w+)", version) == ["TELEGRAM_TOKEN", "STORE_URL"]
    (made,) = [shlex.split(line) for line in lines if "trigger create timer" in line]
    when, payload = (made[made.index(name) + 1] for name in ("--cron-expression", "--payload"))
    settings = {"TELEGRAM_TOKEN": world.account.token, "TELEGRAM_API": world.telegram.url}
    world.viktor.send("/start", to=world.account)  # a bot may not write first
    with CourseCloud() as cloud:
        handler = version.partition("--entrypoint ")[2].split()[0]
        function = cloud.deploy(
            "morning", NEW_BOT, handler=handler, environment=settings, events="yandex"
        )
        cloud.timer(
            "morning", function, when, payload=payload.replace("123456789", str(world.viktor.id))
        )
        cloud.clock.advance(24 * 3600)
        assert world.viktor.wait(timeout=30)[0].text == "Good morning"
        (due,) = cloud.timers()[0].fired
        assert datetime.fromtimestamp(due, ZoneInfo("Europe/Moscow")).hour == 7
