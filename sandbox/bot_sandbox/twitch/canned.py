"""Canned answers to requests that the sandbox's Helix lacks, in the form that clients expect.

helix_answers.json has what the responses hold that aren't a list, as TwitchIO 3.3.2 reads them. A
GET that isn't there finds nothing, any other answers 204. Nothing has an effect.
"""

import json
from pathlib import Path
from typing import Any

from aiohttp import web

from bot_sandbox.twitch.world import TwitchWorld

ANSWERS: dict[str, Any] = json.loads(
    Path(__file__).with_name("helix_answers.json").read_text(encoding="utf-8")
)


def canned_response(world: TwitchWorld, asked: str, given: dict[str, Any]) -> web.Response:
    """Return the response to a request such as "POST polls", made from its parameters."""
    answer = ANSWERS.get(asked)
    if answer is None:
        found = {"data": [], "pagination": {}, "total": 0}
        return web.json_response(found) if asked.startswith("GET") else web.Response(status=204)
    inner = given.get("data")
    given |= inner if isinstance(inner, dict) else {}
    in_list = "data" not in answer
    data = _fill(world, answer if in_list else answer["data"], given)
    body = {"data": [data] if in_list else data}
    return web.json_response(body, status=202 if asked == "POST clips" else 200)


def _fill(world: TwitchWorld, shape: Any, given: Any, name: str = "") -> Any:
    """Return a value of a shape: what is given if it fits, else what its name says."""
    if isinstance(shape, dict):
        values = given if isinstance(given, dict) else {}
        made = {key: _fill(world, one, values.get(key), key) for key, one in shape.items()}
        return _name_users(world, made)
    if isinstance(shape, list):
        items = given if isinstance(given, list) else []
        return [_fill(world, shape[0], one) for one in items] if shape else items
    if given is not None and (shape is None or type(given) is type(shape)):
        return given
    if shape == "" and name == "id":
        return world.randomness.uuid("canned")
    return world.clock.timestamp() if shape == "" and name.endswith(("_at", "_time")) else shape


def _name_users(world: TwitchWorld, made: dict[str, Any]) -> dict[str, Any]:
    """Add the login and the name of each user whose id is there."""
    for name in [one for one in made if one.endswith("_id")]:
        user, role = world.users.get(str(made[name])), name.removesuffix("_id")
        shown = {f"{role}_login": user.login, f"{role}_name": user.display_name} if user else {}
        made |= {key: value for key, value in shown.items() if key in made}
    return made
