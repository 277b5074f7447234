"""The sandbox's README says what the code does."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from twitch_tools import Irc, World, helix

from bot_sandbox import Cloud, Mail, Telegram, Twitch
from bot_sandbox.telegram.limits import Limits
from bot_sandbox.telegram.methods import names
from bot_sandbox.twitch.settings import TwitchSettings

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
OWNERS = {"Telegram": Telegram, "Twitch": TwitchSettings, "Cloud": Cloud, "Mail": Mail}
NUMBERS = re.findall(
    r"^\| `(\w+)\((?:limits=(Limits)\()?(\w+)=([\w.]+)\)+` \|", README, re.MULTILINE
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
    with Twitch(travels=7) as twitch:
        assert twitch.settings.travels == 7


def test_every_option_of_the_command_is_in_its_help():
    from bot_sandbox import __main__

    named = set(re.findall(r"`(--[a-z-]+)(?: [A-Z]+)?`", README.partition("## In your tests")[0]))
    assert {"--fixed", "--handler", "--runtime", "--timeout", "--memory", "--seed"} <= named
    assert {"--allow-host", "--allow-origin"} <= named
    assert named - {"--help"} <= set(
        re.findall(r"^    (--[a-z-]+)", __main__.__doc__, re.MULTILINE)
    )


# What the sandbox has: listed as the sandbox itself says it.

COMMANDS = (  # of RFC 2812 and Twitch's own; an unknown one is answered with 421
    *("CAP", "PASS", "NICK", "USER", "JOIN", "PART", "PRIVMSG", "PING", "PONG", "QUIT"),
    *("NOTICE", "TOPIC", "MODE", "KICK", "NAMES", "LIST", "WHO", "WHOIS", "INVITE", "OPER", "AWAY"),
)


def check_list(title, found):
    """The README's line of this title names just these, each as `code`."""
    line = re.search(rf"^- \*\*{title}\*\*(.*)$", README, re.MULTILINE)[1]
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
    line = re.search(r"^- \*\*IRC\*\*: ([^;]*);", README, re.MULTILINE)[1]
    assert set(re.findall("[A-Z]+", line)) == set(COMMANDS) - unknown
