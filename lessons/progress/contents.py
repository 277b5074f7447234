"""The notebooks: the core in its order, the side rooms behind it, the exams, and an evening."""

CORE = {  # name of the file without its ending: title
    "00_start_here": "Start here",
    "01_what_a_bot_is_made_of": "What a bot is made of",
    "02_on_your_phone": "On your phone",
    "03_server_or_serverless": "Server or serverless",
    "04_inside_a_serverless_cloud": "Inside a serverless cloud",
    "05_what_functions_are_for": "What functions are for",
    "06_telegram_calls": "Telegram calls",
    "07_account_application_token": "Account, application, token",
    "08_irc_by_hand": "IRC by hand",
    "09_a_bot_that_holds_the_line": "A bot that holds the line",
    "10_the_wrong_home": "The wrong home",
    "11_four_corners": "Four corners",
    "12_out_in_the_world": "Out in the world",
}

# The core notebook that names the side room; name of its file in deeper/: title.
DEEPER = {
    "01": {"many_pots_one_cook": "Many pots, one cook"},
    "02": {"polling_by_hand": "Polling by hand"},
    "04": {"the_worker_loop": "The worker loop", "cold_starts": "Cold starts"},
    "05": {"two_writers": "Two writers"},
    "06": {
        "buttons_and_pictures": "Buttons and pictures",
        "why_is_my_bot_silent": "Why is my bot silent?",
    },
    "07": {"oauth_by_hand": "OAuth by hand"},
    "08": {"irc_fine_print": "IRC's fine print"},
    "10": {"telegram_bot_in_a_program": "The Telegram bot in a program"},
    "11": {
        "slow_brain": "A slow brain",
        "eventsub_in_detail": "EventSub in detail",
        "the_bill": "The bill",
    },
    "12": {
        "into_aws_and_yandex": "Into AWS and Yandex Cloud",
        "keep_it_running": "Keep it running",
    },
}

EXAMS = {  # name of its file in exams/: title
    "coin_jar": "A coin jar, solved",
    "lost_property": "Lost property",
    "lost_property_function": "Lost property, as a function",
    "quiz": "Quiz",
    "library": "Library",
}

EVENING = {"in_one_evening": "In one evening"}  # for those who have only that

PART_NAMES = {  # the core notebook with which a part begins: the part's name
    "00": "A bot",
    "03": "Two homes",
    "06": "Telegram calls",
    "07": "A line to Twitch",
    "11": "The square",
}
