"""What can go wrong: Helix's and OAuth's refusals, and a bot that does not answer.

This module only names the errors; who raises them says why.
"""

from http import HTTPStatus

from aiohttp import web


class HelixError(Exception):
    """A refusal as Helix words it: an HTTP status and a message."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.headers = headers or {}

    def response(self) -> web.Response:
        """Helix's envelope: `{"error","status","message"}`."""
        envelope = {
            "error": HTTPStatus(self.status).phrase,
            "status": self.status,
            "message": self.message,
        }
        return web.json_response(envelope, status=self.status, headers=self.headers)


class OAuthError(Exception):
    """A refusal by id.twitch.tv: an HTTP status and a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message

    def response(self) -> web.Response:
        """The envelope of id.twitch.tv: `{"status","message"}`, without an "error"."""
        return web.json_response(
            {"status": self.status, "message": self.message}, status=self.status
        )
