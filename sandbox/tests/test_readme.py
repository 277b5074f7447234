"""The sandbox's README says what the code does."""

import ast
import inspect
import re

import pytest
from documents import DOCUMENTS, PAGES, README, SANDBOX
from twitch_tools import Irc, World, helix

from bot_sandbox import Cloud, Mail, Telegram, TelegramFaults, Twitch, TwitchFaults
from bot_sandbox.telegram import BOT_API_VERSION
from bot_sandbox.telegram.limits import Limits
from bot_sandbox.telegram.methods import names
from bot_sandbox.telegram.parameters import WITHOUT_EFFECT
from bot_sandbox.twitch.settings import TwitchSettings

OWNERS = {"Telegram": Telegram, "Twitch": TwitchSettings, "Cloud": Cloud, "Mail": Mail}
NUMBERS = re.findall(
    r"^\| `(\w+)\((?:limits=(Limits)\()?(\w+)=([\w.]+)\)+` \|", PAGES["numbers.md"], re.MULTILINE
)


def test_there_are_numbers():
    assert len(NUMBERS) >= 14
    assert {owner for owner, *_ in NUMBERS} == set(OWNERS)


def balanced(value):
    """A value with the brackets that it was cut off from."""
    return value + ")" * (value.count("(") - value.count(")"))


@pytest.mark.parametrize(("owner", "limits", "name", "value"), NUMBERS)
def test_each_number_is_a_parameter_with_this_value(owner, limits, name, value):
    made = inspect.signature(Limits if limits else OWNERS[owner])
    assert made.parameters[name].default == ast.literal_eval(balanced(value))


def test_twitch_takes_its_settings_by_name():
    with Twitch(trace_entries=7) as twitch:
        assert twitch.settings.trace_entries == 7


def test_every_option_of_the_command_is_in_its_help():
    from bot_sandbox import __main__

    named = set(re.findall(r"`(--[a-z-]+)(?: [A-Z]+)?`", PAGES["command.md"]))
    assert {"--fixed", "--handler", "--runtime", "--timeout", "--memory", "--seed"} <= named
    assert {"--allow-host", "--allow-origin"} <= named
    assert named - {"--help"} <= set(
        re.findall(r"^    (--[a-z-]+)", __main__.__doc__, re.MULTILINE)
    )


def test_the_shares_of_real_bots_are_those_that_were_measured():
    (day,) = re.findall(r"^## What was found on ([\d-]+)$", PAGES["real_bots.md"], re.M)
    telegram, twitch = re.findall(
        r"^\| \*\*today\*\* \|  \| (\d+ %) \|", PAGES["real_bots.md"], re.M
    )
    sizes = re.findall(r"^(\d+) bots were measured", PAGES["real_bots.md"], re.M)
    claim = (
        f"Of {sizes[0]} public Telegram bots, {telegram} would run whole here, and of {sizes[1]} "
    )
    assert claim + f"Twitch bots {twitch}, counted on {day} by" in README


# What the sandbox has: listed as the sandbox itself says it.

COMMANDS = (  # of RFC 2812 and Twitch's own; an unknown one is answered with 421
    *("CAP", "PASS", "NICK", "USER", "JOIN", "PART", "PRIVMSG", "PING", "PONG", "QUIT"),
    *("NOTICE", "TOPIC", "MODE", "KICK", "NAMES", "LIST", "WHO", "WHOIS", "INVITE", "OPER", "AWAY"),
)


def check_list(title, found):
    """The README's line of this title names just these, each as `code`."""
    line = re.search(rf"^- \*\*{title}\*\*(.*)$", DOCUMENTS, re.MULTILINE)[1]
    here = re.findall(r"`([^`]+)`( \d)?", line)
    names = ", ".join(f"`{name}`" for name in found)
    assert {name + version for name, version in here} == set(found), f"it should name {names}"


def listed(refusal):
    """What a refusal says that the sandbox has instead."""
    return re.search(r"It has (.*)\.$", refusal.json["message"])[1].split(", ")


@pytest.fixture
def world(twitch):
    return World(twitch)


def test_the_list_of_bot_api_methods():
    check_list("Bot API", names())


def test_the_list_of_parameters_without_an_effect():
    check_list("Without an effect here", WITHOUT_EFFECT)


def test_the_version_of_the_bot_api():
    named = re.findall(r"Methods, parameters and types are those of Bot API ([\d.]+)\. ", DOCUMENTS)
    assert named == re.findall(r"\(Bot API ([\d.]+)\)", README) == [BOT_API_VERSION]


def test_the_list_of_helix_endpoints(world):
    refused = helix(world, "GET", "/bits/leaderboard")
    check_list("Helix", listed(refused))


def test_the_list_of_eventsub_types(world):
    wanted = {
        "type": "channel.cheer",
        "version": "1",
        "condition": {"x": "1"},
        "transport": {"x": 1},
    }
    refused = helix(world, "POST", "/eventsub/subscriptions", body=wanted)
    check_list("EventSub", listed(refused))


def test_the_list_of_irc_commands(world):
    with Irc(world.twitch) as chat:
        chat.send("NICK justinfan123")
        chat.until("376")
        chat.send(*(f"{name} x" for name in COMMANDS if name != "QUIT"), "QUIT")
        answers = chat.rest_of_it()
    unknown = {line.split()[3] for line in answers if line.split()[1] == "421"}
    line = re.search(r"^- \*\*IRC\*\*: ([^;]*);", DOCUMENTS, re.MULTILINE)[1]
    assert set(re.findall("[A-Z]+", line)) == set(COMMANDS) - unknown


def test_the_timers_of_a_bot_run_on_the_clock():
    code = PAGES["faults.md"].partition("```python\nimport asyncio\n")[2].partition("```")[0]
    assert "assert said" in code
    exec(compile(f"import asyncio\n{code}", "the example of docs/faults.md", "exec"), {})


def links(text):
    """What a page links to, without other sites: pairs of a path and a heading."""
    return re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", text)


def anchor(heading):
    """The name that a heading has in an address."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", ["README.md", *(f"docs/{page}" for page in PAGES)])
def test_every_link_leads_to_a_page_and_a_heading(name):
    file = SANDBOX / name
    for path, heading in links(file.read_text(encoding="utf-8")):
        to = file.parent / path if path else file
        assert to.exists(), path
        if heading:
            titles = re.findall(r"^#+ (.*)$", to.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in map(anchor, titles), f"{path}#{heading}"


def test_ci_runs_the_lines_of_develop():
    block = README.partition("## Develop")[2].partition("```sh\n")[2].partition("```")[0]
    lines = [line.removeprefix(".venv/bin/") for line in block.splitlines()]
    assert lines.pop(0) == "python3 -m venv .venv"  # a runner has a Python of its own
    workflow = (SANDBOX / ".github/workflows/test.yml").read_text(encoding="utf-8")
    assert re.findall(r"^      - run: (.*)$", workflow, re.MULTILINE) == lines


def test_the_readme_leads_to_every_page():
    assert {path for path, _ in links(README) if path} >= {f"docs/{name}" for name in PAGES}


def test_every_fixture_is_on_its_page():
    source = (SANDBOX / "bot_sandbox/pytest_plugin.py").read_text(encoding="utf-8")
    fixtures = set(re.findall(r"^@pytest\.fixture\ndef (\w+)", source, re.MULTILINE))
    table = re.findall(r"^\| (`.*?) \| ", PAGES["python.md"], re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(table))) == fixtures


@pytest.mark.parametrize(
    ("section", "faults"), [("Telegram", TelegramFaults), ("Twitch", TwitchFaults)]
)
def test_every_fault_on_the_page_is_there(section, faults):
    text = PAGES["faults.md"].partition(f"## {section}\n")[2].partition("\n## ")[0]
    there = {name for name, _ in inspect.getmembers(faults, callable) if name[0] != "_"}
    cells = " ".join(re.findall(r"^\| (`.*?`) \| ", text, re.MULTILINE))
    named = set(re.findall(r"`(\w+)\(", cells)) | set(re.findall(r"faults\.(\w+)", text))
    assert len(named) >= 8
    assert named <= {*there, "hits"}
