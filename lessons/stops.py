"""The stops of the course, in order; each is a notebook whose file name begins with its number."""

TITLES = {
    "00": "Start here",
    "01": "One brain",
    "02": "On your phone",
    "03": "Server or serverless",
    "04": "Inside a serverless cloud",
    "05": "What functions are for",
    "06": "A Telegram bot by webhook",
    "07": "Buttons and pictures",
    "08": "Into a real cloud",
    "09": "Account, application, token",
    "10": "IRC by hand",
    "11": "A bot that holds the line",
    "12": "The wrong home",
    "13": "Twitch by webhook",
    "14": "Four corners",
    "15": "The bill",
    "16": "Keep it running",
    "17": "A bot of your own",
}

# name, first stop, last stop
PARTS = (
    ("A bot", "00", "02"),
    ("Two homes", "03", "05"),
    ("Telegram calls", "06", "08"),
    ("Twitch must be held", "09", "12"),
    ("The square", "13", "15"),
    ("Alive", "16", "17"),
)
