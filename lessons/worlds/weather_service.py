"""A weather service in the sandbox's cloud, in the form of Open-Meteo's forecast API."""

from pathlib import Path

from bot_sandbox.cloud import Cloud
from bot_sandbox.cloud.function import Function

FOLDER = Path(__file__).parent / "weather"


def deploy_weather(
    cloud: Cloud, temperature: float = 7.4, *, key: str = "", fault: str = ""
) -> Function:
    """Deploy it, or change its weather. `fault` is "error" or "slow".

    With a `key`, each request needs it as apikey=…, and the service is another one beside the free
    one, so that a notebook can have both.
    """
    settings = {"TEMPERATURE": str(temperature), "KEY": key, "FAULT": fault}
    settings = {name: value for name, value in settings.items() if value}
    name = "paid_weather" if key else "weather"
    return cloud.deploy(name, FOLDER, timeout_s=60, environment=settings)


def weather_address(service: Function) -> str:
    """Return its address, up to the question mark."""
    return f"{service.url}v1/forecast"
