"""EventSub by conduit: subscriptions of an application, whose events go to any of its shards.

A shard is a connection, which may come and go without a new subscription. Here it is a WebSocket
(dev.twitch.tv/docs/eventsub/handling-conduit-events).
"""

import itertools
from typing import Any

from aiohttp import web

from bot_sandbox.twitch.eventsub_events import Conduit, Subscription
from bot_sandbox.twitch.eventsub_websocket import SESSION_GONE, EventSubSession, EventSubSockets
from bot_sandbox.twitch.helix import NUMBER, HelixError, HelixGate, json_body, paginate
from bot_sandbox.twitch.helix import required_parameter as required
from bot_sandbox.twitch.tokens import TokenRecord
from bot_sandbox.twitch.world import TwitchWorld

MOST_SHARDS, MOST_CONDUITS = 20_000, 5  # dev.twitch.tv/docs/api/reference, Create Conduits
SHARD_OUTSIDE_RANGE = "The shard id is outside the conduit's range"


class Conduits:
    """The endpoints at /helix/eventsub/conduits, and what sends events to shards."""

    def __init__(self, world: TwitchWorld, gate: HelixGate, sockets: EventSubSockets) -> None:
        self._world, self._gate, self._sockets = world, gate, sockets
        self._turns = itertools.count()  # whose turn it is among the shards

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        gate, path = self._gate.guard_endpoint, "/helix/eventsub/conduits"
        return [
            web.get(path, gate(self.list_conduits, "")),
            web.post(path, gate(self.create_conduit, "shard_count")),
            web.patch(path, gate(self.update_conduit, "id shard_count")),
            web.delete(path, gate(self.delete_conduit, "id")),
            web.get(f"{path}/shards", gate(self.list_shards, "conduit_id status first after")),
            web.patch(f"{path}/shards", gate(self.update_shards, "conduit_id shards")),
        ]

    async def list_conduits(self, _: web.Request, token: TokenRecord) -> web.Response:
        """GET: the application's conduits."""
        return web.json_response({"data": [one.as_json() for one in self._conduits_of(token)]})

    async def create_conduit(self, request: web.Request, token: TokenRecord) -> web.Response:
        """POST: a conduit with so many shards, which are assigned later."""
        if len(self._conduits_of(token)) >= MOST_CONDUITS:
            raise HelixError(429, "conduit limit reached")
        given = dict(request.query) | await json_body(request)
        conduit = Conduit(self._world.randomness.uuid("conduit"), token.app, shard_count(given))
        self._world.conduits[conduit.id] = conduit
        return web.json_response({"data": [conduit.as_json()]})

    async def update_conduit(self, request: web.Request, token: TokenRecord) -> web.Response:
        """PATCH: change the number of shards."""
        given = dict(request.query) | await json_body(request)
        conduit = self.find_conduit(token, required(given, "id"))
        conduit.shard_count = shard_count(given)
        kept = {id: one for id, one in conduit.shards.items() if int(id) < conduit.shard_count}
        conduit.shards = kept
        return web.json_response({"data": [conduit.as_json()]})

    async def delete_conduit(self, request: web.Request, token: TokenRecord) -> web.Response:
        """DELETE ?id=…: end a conduit, and with it its subscriptions."""
        conduit = self.find_conduit(token, required(dict(request.query), "id"))
        del self._world.conduits[conduit.id]
        for subscription in self._subscriptions_of(conduit):
            del self._world.subscriptions[subscription.id]
        return web.Response(status=204)

    async def list_shards(self, request: web.Request, token: TokenRecord) -> web.Response:
        """GET /shards: those that were assigned, all or by status."""
        given = dict(request.query)
        conduit = self.find_conduit(token, required(given, "conduit_id"))
        status = given.get("status")
        shown = [one for one in conduit.shards.values() if status in (None, one["status"])]
        shown.sort(key=lambda shard: int(shard["id"]))
        return web.json_response(paginate(shown, given, 100, 100))

    async def update_shards(self, request: web.Request, token: TokenRecord) -> web.Response:
        """PATCH /shards: let sessions be shards; each that can't be one is named in `errors`."""
        given = dict(request.query) | await json_body(request)
        conduit = self.find_conduit(token, required(given, "conduit_id"))
        shards, errors = [], []
        wanted = given.get("shards")
        for shard in wanted if isinstance(wanted, list) else []:
            id = str(shard.get("id")) if isinstance(shard, dict) else ""
            if NUMBER.fullmatch(id) and int(id) < conduit.shard_count:
                try:
                    conduit.shards[id] = {"id": id} | self._connected_shard(shard.get("transport"))
                    shards.append(conduit.shards[id])
                    continue
                except HelixError as error:
                    words = error.message
            else:
                words = SHARD_OUTSIDE_RANGE
            errors.append({"id": id, "message": words, "code": "invalid_parameter"})
        self.note_readers(conduit)
        self._world.changes.changed()
        return web.json_response({"data": shards, "errors": errors}, status=202)

    def find_conduit(self, token: TokenRecord, id: str) -> Conduit:
        """Return an application's conduit; 404 if it has none of this id."""
        found = next((one for one in self._conduits_of(token) if one.id == id), None)
        if found is None:
            raise HelixError(404, "conduit not found")
        return found

    def note_readers(self, conduit: Conduit) -> None:
        """Note which user a conduit's connections serve, and which chats they hear."""
        for subscription in self._subscriptions_of(conduit):
            reader, channel = subscription.reader, subscription.channel.name
            for session in self._sessions(conduit) if reader else ():
                assert reader
                session.record.login = reader.login
                if subscription.hears_chat and channel not in session.record.joined:
                    session.record.joined.append(channel)
                    self._world.expected_channels[reader.login].add(channel)

    def send(self, subscription: Subscription, kind: str, payload: dict[str, Any]) -> None:
        """Send a message to one of the shards; without any, it is lost."""
        conduit = self._world.conduits[subscription.transport["conduit_id"]]
        if sessions := self._sessions(conduit):
            sessions[next(self._turns) % len(sessions)].tell(kind, payload, subscription)

    def _conduits_of(self, token: TokenRecord) -> list[Conduit]:
        if token.user is not None:
            raise HelixError(401, "conduits need an app access token")
        return [one for one in self._world.conduits.values() if one.app == token.app]

    def _subscriptions_of(self, conduit: Conduit) -> list[Subscription]:
        every = self._world.subscriptions.values()
        return [one for one in every if one.transport.get("conduit_id") == conduit.id]

    def _sessions(self, conduit: Conduit) -> list[EventSubSession]:
        ids = [one["transport"]["session_id"] for one in conduit.shards.values()]
        return [self._sockets.open[id] for id in ids if id in self._sockets.open]

    def _connected_shard(self, transport: object) -> dict[str, Any]:
        """Return status and transport of a shard; HelixError if it can't be one."""
        given = transport if isinstance(transport, dict) else {}
        if given.get("method") == "webhook":
            self._world.note_unsupported("EventSub conduits with webhooks")
            raise HelixError(400, "This sandbox has no webhooks as shards. It has websocket.")
        session = self._sockets.open.get(str(given.get("session_id")))
        if session is None:
            raise HelixError(400, SESSION_GONE)
        place = {"session_id": session.id, "connected_at": session.connected_at}
        return {"status": "enabled", "transport": {"method": "websocket", **place}}


def shard_count(given: dict[str, Any]) -> int:
    """Return the number of shards in a request; 400 if it is out of range."""
    text = required(given, "shard_count")
    if not (NUMBER.fullmatch(text) and 1 <= int(text) <= MOST_SHARDS):
        raise HelixError(400, f"shard_count must be between 1 and {MOST_SHARDS}")
    return int(text)
