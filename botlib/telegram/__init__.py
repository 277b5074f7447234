"""Telegram adapters: they bring messages from Telegram to your bot, and its replies to the chat.

`webhook.py` is a function that Telegram calls, for a `Bot`. `polling.py` is a program that asks
Telegram for updates. `application.py` is a function for an `Application` of python-telegram-bot,
`timer_messages.py` one that writes to a chat by itself. `send.py` writes to a chat from any code.
`updates.py` is what they share. What supports them is in `details/`.
"""
