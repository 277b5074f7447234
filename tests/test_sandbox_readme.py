"""The sandbox's README says what the code does."""

import inspect
import re
from pathlib import Path

import pytest

from sandbox import Cloud, Mail, Telegram, Twitch
from sandbox.telegram.limits import Limits
from sandbox.twitch.settings import TwitchSettings

README = Path(__file__).parents[1].joinpath("sandbox", "README.md").read_text(encoding="utf-8")
OWNERS = {"Telegram": Telegram, "Twitch": TwitchSettings, "Cloud": Cloud, "Mail": Mail}
NUMBERS = re.findall(
    r"^\| `(\w+)\((?:limits=(Limits)\()?(\w+)=([\w.]+)\)+` \|", README, re.MULTILINE
)


def test_there_are_numbers():
    assert len(NUMBERS) >= 14
    assert {owner for owner, *_ in NUMBERS} == set(OWNERS)


@pytest.mark.parametrize(("owner", "limits", "name", "value"), NUMBERS)
def test_each_number_is_a_parameter_with_this_value(owner, limits, name, value):
    made = inspect.signature(Limits if limits else OWNERS[owner])
    assert str(made.parameters[name].default) == value


def test_twitch_takes_its_settings_by_name():
    with Twitch(travels=7) as twitch:
        assert twitch.settings.travels == 7


def test_every_option_of_the_command_is_in_its_help():
    from sandbox import __main__

    named = set(re.findall(r"`(--[a-z-]+)`", README.partition("## In your tests")[0]))
    assert {"--fixed", "--handler", "--runtime", "--timeout", "--memory"} <= named
    assert named - {"--help"} <= set(
        re.findall(r"^    (--[a-z-]+)", __main__.__doc__, re.MULTILINE)
    )
