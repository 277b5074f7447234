"""A function that answers as Open-Meteo's forecast API does: https://open-meteo.com/en/docs

It knows current weather alone, and each place has the same.
"""

import json
import os
import time
from datetime import UTC, datetime
from typing import Any

CURRENT_VALUES = {  # what current=… may ask for, and its unit
    "temperature_2m": (float(os.environ.get("TEMPERATURE", "0")), "°C"),
    "relative_humidity_2m": (81, "%"),
    "precipitation": (0.0, "mm"),
    "wind_speed_10m": (31.5, "km/h"),
}
SLOW_S = 20.0  # longer than anybody should wait
TOO_MANY = "Minutely API request limit exceeded. Please try again in one minute."


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the weather that a query asks for, or an error with its reason."""
    query = event.get("queryStringParameters") or {}
    fault = os.environ.get("FAULT")
    if fault == "slow":
        time.sleep(SLOW_S)
    if fault == "error":
        return respond({"error": True, "reason": TOO_MANY}, 429)
    if event["rawPath"] != "/v1/forecast":
        return respond({"error": True, "reason": "Not Found"}, 404)
    if query.get("apikey", "") != os.environ.get("KEY", ""):
        return respond({"error": True, "reason": "The supplied API key is invalid."}, 400)
    try:
        return respond(describe_weather(query), 200)
    except ValueError as error:
        return respond({"error": True, "reason": str(error)}, 400)


def describe_weather(query: dict[str, str]) -> dict[str, Any]:
    """Return the response to a right query; ValueError says what is wrong with another."""
    names = [name for name in query.get("current", "").split(",") if name]
    if unknown := [name for name in names if name not in CURRENT_VALUES]:
        raise ValueError(
            f"Cannot initialize WeatherVariable from invalid String value {unknown[0]}"
        )
    place = {
        "latitude": read_degrees(query, "latitude", 90),
        "longitude": read_degrees(query, "longitude", 180),
        "generationtime_ms": 0.05,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        "elevation": 4.0,
    }
    if not names:
        return place
    units = {name: CURRENT_VALUES[name][1] for name in names}
    now = datetime.now(UTC)
    quarter = now.replace(minute=now.minute // 15 * 15).strftime("%Y-%m-%dT%H:%M")
    values = {name: CURRENT_VALUES[name][0] for name in names}
    return place | {
        "current_units": {"time": "iso8601", "interval": "seconds"} | units,
        "current": {"time": quarter, "interval": 900} | values,
    }


def read_degrees(query: dict[str, str], name: str, limit: int) -> float:
    """Return a number of a query; ValueError if it isn't there, or is out of range."""
    try:
        degrees = float(query[name])
    except (KeyError, ValueError):
        raise ValueError(f"Value required for parameter '{name}'") from None
    if not -limit <= degrees <= limit:
        words = f"{name.title()} must be in range of -{limit} to {limit}°. Given: {degrees}."
        raise ValueError(words)
    return degrees


def respond(told: dict[str, Any], status: int) -> dict[str, Any]:
    """Return a response with JSON; an error is in the log, too."""
    if status != 200:
        print(f"{status}: {told['reason']}")
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(told, ensure_ascii=False)}
