"""A bot with the standard library alone."""

import json
import os
import urllib.request


def call(method, **arguments):
    address = f"https://api.telegram.org/bot{os.environ['BOT_TOKEN']}/{method}"
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(arguments).encode(), headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)["result"]


offset = 0
while True:
    for update in call("getUpdates", offset=offset, timeout=30):
        offset = update["update_id"] + 1
        message = update["message"]
        call("sendMessage", chat_id=message["chat"]["id"], text=f"you said {message['text']}")
