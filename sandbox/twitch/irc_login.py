"""Logging in to the chat: PASS, then NICK, and everything that can be wrong with them.

The words the client hears are Twitch's; the true reason is kept in the connection's record.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.twitch import irc_reply
from sandbox.twitch.irc_line import Line
from sandbox.twitch.irc_session import Session

if TYPE_CHECKING:
    from sandbox.twitch.irc_hub import Hub

ANONYMOUS = re.compile(r"justinfan\d+")
FAILED = "Login authentication failed"
MALFORMED = "Improperly formatted auth"
TOO_MANY = "Login unsuccessful"


def password(hub: Hub, session: Session, line: Line) -> None:
    """PASS oauth:<token> is kept until NICK comes."""
    if not session.login:
        session.password = line.param(0)


def nick(hub: Hub, session: Session, line: Line) -> None:
    """NICK <login> logs in, or refuses and closes."""
    if session.login:
        return
    login = line.param(0).lower()
    session.record.login = login
    words, why = _refusal(hub, session, login)
    if words:
        session.send(irc_reply.notice("*", words))
        session.end(f"login refused: {why}")
        return
    session.password = ""
    _welcome(hub, session, login)


def _refusal(hub: Hub, session: Session, login: str) -> tuple[str, str]:
    """What to tell the client and why; two empty strings when all is well."""
    if hub.refuse_logins[login] > 0:
        hub.refuse_logins[login] -= 1
        return FAILED, "the lesson asked for it (faults.refuse_login)"
    settings = hub.world.settings
    tried = hub.world.window.count(f"login {login}", settings.join_window_s)
    if settings.limits and tried > settings.logins:
        return TOO_MANY, f"more than {settings.logins} logins in {settings.join_window_s:g} s"
    if ANONYMOUS.fullmatch(login):
        return "", ""
    if not session.password:
        return MALFORMED, "NICK came without a PASS before it"
    if not session.password.startswith("oauth:"):
        return MALFORMED, "PASS must be oauth:<token>; the oauth: was missing"
    return _token_refusal(hub, session, login)


def _token_refusal(hub: Hub, session: Session, login: str) -> tuple[str, str]:
    token = session.password.removeprefix("oauth:")
    grant = hub.world.tokens.find(token)
    if grant is None:
        doubled = token.startswith("oauth:")
        why = "oauth: is doubled" if doubled else hub.world.tokens.why_invalid(token)
        return FAILED, why
    if grant.user is None:
        return FAILED, "an app token; chat needs a user token"
    if grant.user.login != login:
        return FAILED, f"the token is {grant.user.login}'s, but NICK says {login}"
    if not {"chat:read", "chat:edit"} & set(grant.scopes):
        return FAILED, "the token has neither chat:read nor chat:edit"
    session.user, session.grant = grant.user, grant
    return "", ""


def _welcome(hub: Hub, session: Session, login: str) -> None:
    host = irc_reply.HOST
    session.send(*(f":{host} {number} {login} :{text}" for number, text in irc_reply.WELCOME))
    if session.user and session.has("commands") and session.has("tags"):
        session.send(irc_reply.global_user_state(session.user))
    hub.start(session, session.keep_alive())
    if session.grant:
        hub.start(session, session.expire())
