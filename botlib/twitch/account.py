"""The bot's own account and the token that opens it, kept valid.

Twitch wants a token validated when a program starts and every hour. It is renewed when it has
expired or soon will, and the new one takes the old one's place in the settings. It is never shown.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import aiohttp
import twitchio.eventsub.websockets
from twitchio.authentication import OAuth
from twitchio.exceptions import HTTPException
from twitchio.http import Route

from botlib.settings import Addresses, Unreachable, addresses, keep, place_of
from botlib.tokens import Diagnosis, clean_twitch, examine

log = logging.getLogger(__name__)

LOGIN = "log in again before the next start: python3 start.py login twitch"
SOON_S = 2 * 3600.0  # a token with less than this left would die before the next validation but one


class LoginRefused(Exception):  # noqa: N818  (named as what happened)
    """Twitch does not let the bot in; the text says why and what to do."""


class Account:
    """Who the bot is on Twitch; `login` and `user_id` are known after `ensure`.

    New tokens go to where the old ones stand: `.env` in `folder` or the course's, STATE_DIRECTORY;
    or, with `on_renewed`, which is called with the account, wherever that puts them.
    """

    def __init__(
        self,
        token: str,
        refresh_token: str | None,
        client_id: str,
        client_secret: str | None,
        api: str | None = None,
        on_renewed: Callable[["Account"], object] | None = None,
        answer_s: float = 10.0,
        folder: Path | str = ".",
    ) -> None:
        self.token, self.refresh_token = clean_twitch(token), clean_twitch(refresh_token or "")
        self._set = {"TWITCH_TOKEN": token.strip()}  # as they stand in the settings
        self._set["TWITCH_REFRESH_TOKEN"] = (refresh_token or "").strip()
        self._folder = folder
        self.client_id, self.client_secret = client_id, client_secret
        self.login, self.user_id = "", ""
        self._api, self._on_renewed, self._answer_s = api, on_renewed, answer_s
        self._turn = asyncio.Lock()  # two renewals at once would use one refresh token twice
        point_twitchio_at(addresses(api))

    def __repr__(self) -> str:
        return f"Account({self.login!r})"

    async def ensure(self) -> None:
        """Validate the token, renew it if need be; raises LoginRefused or Unreachable."""
        async with self._turn:
            found = await self._examine()
            soon = 0 < found.expires_in < SOON_S
            if (soon or not found.app) and await self._renew():
                found = await self._examine()
            if not found.ok:
                raise LoginRefused(str(found))
            self.login, self.user_id = found.whose, found.user_id

    async def _examine(self) -> Diagnosis:
        try:
            async with asyncio.timeout(self._answer_s):
                return await examine(
                    self.token,
                    client_id=self.client_id,
                    client_secret=self.client_secret,
                    refresh_token=self.refresh_token or None,
                    api=self._api,
                )
        except TimeoutError:
            what = f"Twitch did not say within {self._answer_s:g} s whether the token is good"
            raise Unreachable(what) from None

    async def _renew(self) -> bool:
        """Get new tokens for the refresh token; False if there is none or Twitch refuses it."""
        if not self.refresh_token:
            return False
        oauth = OAuth(client_id=self.client_id, client_secret=self.client_secret)
        try:
            async with asyncio.timeout(self._answer_s):
                answer = await oauth.refresh_token(self.refresh_token)
        except HTTPException as error:  # its text holds the refresh token: never log it
            if error.status >= 500:
                raise Unreachable(f"no new token: Twitch answered {error.status}") from None
            log.warning("Twitch refused to refresh the token (%d)", error.status)
            return False
        except (aiohttp.ClientError, OSError, KeyError, TypeError, ValueError) as error:
            raise Unreachable(f"no new token: {type(error).__name__}") from None
        finally:
            await oauth.close()
        renewed = (answer.access_token, answer.refresh_token)
        if not all(isinstance(token, str) and token for token in renewed):
            raise Unreachable("no new token: Twitch gave a strange answer")
        self.token, self.refresh_token = renewed
        if self._on_renewed:
            self._on_renewed(self)
        else:
            self._keep()
        return True

    @property
    def forgets(self) -> bool:
        """Whether the next start will need a new login once the token was renewed.

        The refresh token of an application without a secret works only once, and so the new one
        is lost where there is no place for it.
        """
        used_up = bool(self.refresh_token) and not self.client_secret
        return used_up and not self._on_renewed and place_of(self._set, self._folder) is None

    def _keep(self) -> None:
        new = {"TWITCH_TOKEN": self.token, "TWITCH_REFRESH_TOKEN": self.refresh_token or ""}
        try:
            place = keep(self._set, new, self._folder)
        except (OSError, ValueError) as error:  # it answers on with the new one
            log.warning("the renewed token could not be written down: %s", error)
            place = None
        if place is None and not self.client_secret:
            log.warning("the refresh token in the settings is used up: %s", LOGIN)
        self._set = new


def point_twitchio_at(where: Addresses) -> None:
    """Send TwitchIO's calls there.

    TwitchIO keeps its addresses in class attributes and a global, so this holds for the whole
    process: two bots on two different Twitches need two processes.
    """
    Route.ID_BASE, Route.BASE = where.oauth, where.helix
    twitchio.eventsub.websockets.WSS = where.eventsub
