"""What can go wrong between the bot and Twitch.

What Twitch refuses stops the bot; what cannot be reached or breaks is tried again.
"""


class LoginRefused(Exception):  # noqa: N818  (named as what happened)
    """Twitch does not let the bot in; the text says why and what to do."""


class ConnectionLost(ConnectionError):  # noqa: N818
    """The connection to the chat is gone; whether the last line arrived is not known."""


class NotSent(ConnectionLost):
    """The connection was gone before the line was written, so it surely did not arrive."""


class ReconnectAsked(ConnectionLost):
    """Twitch will close this connection soon and asks for another one (RECONNECT)."""
