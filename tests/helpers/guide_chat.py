"""The chat that a guide's bot must answer in, and the settings that it gets."""


class Chat:
    """A Twitch where Viktor talks to the bot."""

    def __init__(self, twitch):
        self.twitch, self.bot = twitch, twitch.account("hello_bot")
        self.viktor = twitch.account("viktor", display_name="Viktor")
        self.app = twitch.application("Hello bot", confidential=False)

    def settings(self):
        token = self.twitch.authorize(self.bot, self.app, ["chat:read", "chat:edit"])
        return {
            "TWITCH_TOKEN": token.access_token,
            "TWITCH_REFRESH_TOKEN": token.refresh_token,
            "TWITCH_CLIENT_ID": self.app.client_id,
            "TWITCH_CHANNEL": "viktor",
            "TWITCH_API": self.twitch.url,
        }

    def wait(self, after=None):
        """Until the bot has come; over a connection made later than `after`."""
        self.twitch.wait_for("hello_bot", "viktor", timeout=120, after=after)

    def ask(self, text):
        """What the bot says, without the invisible mark of what it said a moment ago."""
        return self.viktor.ask(text, timeout=30).strip(" \U000e0000")


def as_lines(settings):
    """The lines of a `.env`."""
    return "".join(f"{name}={value}\n" for name, value in settings.items())
