"""The Twitch doors: a program that holds the chat's line, and a function that Twitch calls.

`irc.py` is how the chat speaks, `irc_bot.py` the bot that must stay alive, `account.py` who it is;
`eventsub.py` is the function, `helix.py` what it says and asks. Nothing is imported here: a
function has no use for TwitchIO, which the bot needs.
"""
