"""The tokens of the bot's account, kept valid: checked, renewed in time, and saved.

Twitch wants a token validated when a program starts and every hour. Tokens are never shown.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from botlib.details.http import NoAnswer, quote_for_error, request
from botlib.details.renewed_tokens import file_for_renewed, save_renewed
from botlib.details.settings import TOKEN_TRIES, addresses, suggest_command
from botlib.twitch.details.token import (
    AUTHORIZE,
    TokenValidation,
    clean_token,
    refusal_of,
    validate_token,
)

log = logging.getLogger(__name__)

EXPIRES_SOON_S = 2 * 3600.0  # a token with less left would die before the next validation but one
REVALIDATE_S = 60.0  # before Twitch is asked again, if it gave no usable answer


class LoginRefused(Exception):  # noqa: N818  (named as what happened)
    """Twitch does not let the bot in; the text says why and what to do."""


class Credentials:
    """The bot's tokens; `login` and `user_id` are known after `ensure_valid`.

    New tokens go to where the old ones came from: `.env` in `folder`, or STATE_DIRECTORY. With
    `on_renewed`, which is called with these credentials on a thread, they go wherever it puts them.
    `answer_s` is the longest that one request may take, `refused_s` the pause before Twitch is
    asked again about a token that it does not know; both in seconds.
    """

    def __init__(
        self,
        token: str,
        refresh_token: str | None,
        client_id: str,
        client_secret: str | None,
        api: str | None = None,
        on_renewed: Callable[["Credentials"], object] | None = None,
        answer_s: float = 10.0,
        refused_s: float = 5.0,
        folder: Path | str = ".",
    ) -> None:
        self.token, self.refresh_token = clean_token(token), clean_token(refresh_token or "")
        self._saved = {  # as they are in the settings
            "TWITCH_TOKEN": token.strip(),
            "TWITCH_REFRESH_TOKEN": (refresh_token or "").strip(),
        }
        self._folder = folder
        self.client_id, self.client_secret = client_id, client_secret
        self.login, self.user_id = "", ""
        self._api, self._on_renewed = api, on_renewed
        self._answer_s, self._refused_s = answer_s, refused_s
        self._turn = asyncio.Lock()  # two renewals at once would use one refresh token twice

    def __repr__(self) -> str:
        return f"Credentials({self.login!r})"

    async def ensure_valid(self) -> None:
        """Validate the token and renew it if necessary.

        Raises LoginRefused, or ConnectionError if Twitch gives no usable answer. A refusal counts
        only if it is Twitch's own, and only after several tries, because one stray answer must not
        end a bot that runs for months.
        """
        async with self._turn:
            for tries_left in reversed(range(TOKEN_TRIES)):
                found = await asyncio.to_thread(self._check)
                soon = 0 < found.expires_in < EXPIRES_SOON_S
                if (soon or not found.client_id) and await asyncio.to_thread(self._renew):
                    found = await asyncio.to_thread(self._check)
                if not found.unknown or not tries_left:
                    break
                why = "\n".join(found.problems)
                log.warning("%s Twitch will be asked %d× more", why, tries_left)
                await asyncio.sleep(self._refused_s)
            if not found.ok:
                problems = "\n".join(found.problems)
                hint = suggest_command("login twitch") if AUTHORIZE in problems else ""
                raise LoginRefused(f"{problems}{hint}")
            self.login, self.user_id = found.login, found.user_id

    async def keep_valid(self, every_s: float) -> None:
        """Validate the token every so many seconds; ends only by LoginRefused or cancellation."""
        wait_s = every_s
        while True:
            await asyncio.sleep(wait_s)
            try:
                valid = await self.revalidate()
            except ConnectionError:  # the bot is still trying to log in for the first time
                valid = False
            wait_s = every_s if valid else min(REVALIDATE_S, every_s)

    async def revalidate(self) -> bool:
        """Validate the token again; False if Twitch cannot be asked now. Raises LoginRefused."""
        try:
            await self.ensure_valid()
        except ConnectionError as error:
            if not self.login:  # whose the token is must be known once
                raise
            log.info("the token could not be validated: %s", error)
            return False
        return True

    def _check(self) -> TokenValidation:
        until = time.monotonic() + self._answer_s
        return validate_token(self.token, self.client_id, api=self._api, until=until)

    def _renew(self) -> bool:
        """Get new tokens for the refresh token; False if there is none or Twitch refuses it.

        It runs on a thread to its end, even if the bot is stopped meanwhile: the refresh token may
        be used up, so the new one must be saved.
        """
        if not self.refresh_token:
            return False
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.refresh_token,
            "client_id": self.client_id,
        }
        form |= {"client_secret": self.client_secret} if self.client_secret else {}
        url = addresses(self._api).oauth + "oauth2/token"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        until = time.monotonic() + self._answer_s
        response = request("POST", url, headers, urlencode(form).encode(), until)
        if refusal := refusal_of(response):
            words = quote_for_error(refusal, self.refresh_token, self.client_secret or "")
            log.warning("Twitch refused to refresh the token: %d %s", response.status, words)
            return False
        answer = response.json_object()
        token, refresh_token = answer.get("access_token"), answer.get("refresh_token")
        if not (is_token(token) and is_token(refresh_token)):
            raise NoAnswer(f"no new token: {url} gave a strange answer: status {response.status}")
        self.token, self.refresh_token = str(token), str(refresh_token)
        if self._on_renewed:
            self._on_renewed(self)
        else:
            self._save()
        return True

    @property
    def cannot_save_tokens(self) -> bool:
        """Whether the next start will need a new login once the token was renewed.

        The refresh token of an application without a secret works only once, so the new one is
        lost if there is no place for it.
        """
        used_up = bool(self.refresh_token) and not self.client_secret
        return (
            used_up and not self._on_renewed and file_for_renewed(self._saved, self._folder) is None
        )

    def _save(self) -> None:
        new = {"TWITCH_TOKEN": self.token, "TWITCH_REFRESH_TOKEN": self.refresh_token}
        try:
            place = save_renewed(self._saved, new, self._folder)
        except (OSError, ValueError) as error:  # the bot continues with the new token
            log.warning("the renewed token could not be written down: %s", error)
            place = None
        if place is None and not self.client_secret:
            what = "the refresh token in the settings is used up: log in before the next start."
            log.warning("%s%s", what, suggest_command("login twitch"))
        self._saved = new


def is_token(value: object) -> bool:
    """Tell whether a value of Twitch's answer can be a token: a text that a header can hold."""
    return isinstance(value, str) and bool(value) and clean_token(value) == value
