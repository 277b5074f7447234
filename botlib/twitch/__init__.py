"""Twitch adapters: a program that stays connected to the chat, and a function that Twitch calls.

For the program: `irc.py` reads and writes lines, `connection.py` is one connection, `limits.py`
keeps Twitch's limits, `channel.py` is the bot's state in one channel, `irc_bot.py` the bot, and
`credentials.py` its account and tokens. For the function: `eventsub.py` and `helix.py`. Nothing is
imported here, because a function doesn't need what the program needs.
"""
