"""The stops of the course, in order; each is a notebook whose file name begins with its number."""

TITLES = {
    "00": "Start here",
    "01": "Server or serverless",
    "02": "Inside a serverless cloud",
    "03": "What functions are for",
    "04": "One brain",
    "05": "A Telegram bot by webhook",
    "06": "Telegram for real",
    "07": "Twitch: account, app, token",
    "08": "A Twitch bot by IRC",
    "09": "The wrong home",
    "10": "Twitch by webhook",
    "11": "The bill",
    "12": "Keep it running",
}

# name, first stop, last stop
PARTS = (
    ("start", "00", "00"),
    ("serverless", "01", "03"),
    ("Telegram", "04", "06"),
    ("Twitch", "07", "08"),
    ("comparing homes", "09", "11"),
    ("onwards", "12", "12"),
)
