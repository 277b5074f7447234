"""The course's weather service answers in the form of Open-Meteo's."""

import json
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from bot_sandbox import Cloud
from lessons.alone.sections import SECTIONS
from lessons.worlds.weather_service import deploy_weather, weather_address

OSLO = "latitude=59.91&longitude=10.75"


@pytest.fixture(scope="module")
def cloud():
    with Cloud() as cloud:
        yield cloud


def ask(service, query):
    """Return status and JSON of a response."""
    try:
        with urlopen(f"{weather_address(service)}?{query}", timeout=30) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_a_response_has_the_form_of_the_extracts(cloud):
    status, found = ask(deploy_weather(cloud), f"{OSLO}&current=temperature_2m")
    extracts = SECTIONS["weather.py"].extracts_text.partition("```json\n")[2].partition("```")[0]
    shown = json.loads(extracts)
    assert status == 200
    found["current"]["time"] = shown["current"]["time"]
    assert {name: found[name] for name in shown} == shown


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("longitude=10.75", "Value required for parameter 'latitude'"),
        ("latitude=59,91&longitude=10.75", "Value required for parameter 'latitude'"),
        (
            "latitude=139.69&longitude=35.69",
            "Latitude must be in range of -90 to 90°. Given: 139.69.",
        ),
        (
            f"{OSLO}&current=warmth",
            "Cannot initialize WeatherVariable from invalid String value warmth",
        ),
        (f"{OSLO}&apikey=stolen", "The supplied API key is invalid."),
    ],
)
def test_a_wrong_question_is_refused_with_a_reason(cloud, query, reason):
    assert ask(deploy_weather(cloud), query) == (400, {"error": True, "reason": reason})


def test_it_has_trouble_if_it_should_and_weather_again_afterward(cloud):
    status, found = ask(deploy_weather(cloud, fault="error"), OSLO)
    assert status == 429 and "limit exceeded" in found["reason"]
    service = deploy_weather(cloud, -3.5)
    assert ask(service, f"{OSLO}&current=temperature_2m")[1]["current"]["temperature_2m"] == -3.5
    paid = deploy_weather(cloud, key="sesame")
    assert ask(paid, OSLO)[0] == 400
    assert ask(paid, f"{OSLO}&apikey=sesame")[0] == 200
