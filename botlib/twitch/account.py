"""The bot's own account and the token that opens it, kept valid.

Twitch wants a token validated when a program starts and every hour. It is refreshed when it
has expired or soon will; it is never shown. Nothing here touches the chat.
"""

import logging
from collections.abc import Callable

import aiohttp
from twitchio.authentication import OAuth
from twitchio.eventsub import websockets
from twitchio.exceptions import HTTPException
from twitchio.http import Route

from botlib.settings import Addresses, Unreachable
from botlib.tokens import Diagnosis, clean_twitch, examine
from botlib.twitch.errors import LoginRefused

log = logging.getLogger(__name__)

SOON_S = 2 * 3600.0  # a token with less than this left would die before the next validation but one


def point_twitchio_at(where: Addresses) -> None:
    """Send TwitchIO's calls there.

    TwitchIO keeps its addresses in class attributes and a global, so this holds for the whole
    process: two bots on two different Twitches need two processes.
    """
    Route.ID_BASE, Route.BASE = where.oauth, where.helix
    websockets.WSS = where.eventsub


class Account:
    """Who the bot is on Twitch; `login` and `user_id` are known after `ensure`."""

    def __init__(
        self,
        token: str,
        refresh_token: str | None,
        client_id: str,
        client_secret: str | None,
        api: str | None = None,
    ) -> None:
        self.token = clean_twitch(token)
        self.refresh_token = clean_twitch(refresh_token or "")
        self.client_id = client_id
        self.client_secret = client_secret
        self.login, self.user_id = "", ""
        self.scopes: tuple[str, ...] = ()
        self.expires_in = 0
        self.on_refreshed: Callable[[], None] = lambda: None
        self._api = api
        self._oauth = OAuth(client_id=client_id, client_secret=client_secret)

    def __repr__(self) -> str:
        return f"Account({self.login!r})"

    async def ensure(self) -> None:
        """Validate the token, refresh it if need be; raises LoginRefused or Unreachable."""
        found = await self._examine()
        soon = 0 < found.expires_in < SOON_S
        renewed = (soon or not found.app) and await self._renew()
        if renewed:
            found = await self._examine()
        if not found.ok:
            raise LoginRefused(str(found))
        self.login, self.user_id, self.scopes = found.whose, found.user_id, found.scopes
        self.expires_in = found.expires_in
        if renewed:
            self.on_refreshed()

    async def refresh(self) -> bool:
        """Get a new token for the refresh token; False if Twitch refuses. Raises Unreachable."""
        renewed = await self._renew()
        if renewed:
            self.on_refreshed()
        return renewed

    async def explain(self, words: str) -> str:
        """Say why the chat may have refused the login with these words, and what to do."""
        found = await self._examine()
        if not found.ok:
            return f"Twitch refused the login: {words}.\n{found}"
        return (
            f"Twitch refused the login: {words}. Its token is good, so the account itself may be "
            f"suspended, or it logged in too often. Log in to Twitch as {found.whose} and look."
        )

    async def close(self) -> None:
        """Close the connection to id.twitch.tv."""
        await self._oauth.close()

    async def _examine(self) -> Diagnosis:
        return await examine(
            self.token,
            client_id=self.client_id,
            client_secret=self.client_secret,
            refresh_token=self.refresh_token or None,
            api=self._api,
        )

    async def _renew(self) -> bool:
        if not self.refresh_token:
            return False
        try:
            answer = await self._oauth.refresh_token(self.refresh_token)
        except HTTPException as error:  # its text holds the refresh token: never log it
            if error.status >= 500:
                raise Unreachable(f"no new token: Twitch answered {error.status}") from None
            log.warning("Twitch refused to refresh the token (%d)", error.status)
            return False
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"no new token: {type(error).__name__}") from None
        self.token, self.refresh_token = answer.access_token, answer.refresh_token
        self.expires_in = answer.expires_in
        return True
