"""Twitch adapters: a program that stays connected to the chat, and a function that Twitch calls.

`irc_bot.py` is the program, `channel.py` is what it does in one channel, and `irc.py` reads and
writes its lines. `eventsub.py` is the function. What supports them is in `details/`. Nothing is
imported here, because a function doesn't need what the program needs.
"""
