"""A bot with requests."""

import os

import requests

API = f"https://api.telegram.org/bot{os.environ['BOT_TOKEN']}"
session, offset = requests.Session(), 0
while True:
    found = session.get(f"{API}/getUpdates", params={"offset": offset, "timeout": 30}).json()
    for update in found["result"]:
        offset = update["update_id"] + 1
        message = update["message"]
        reply = {"chat_id": message["chat"]["id"], "text": f"you said {message['text']}"}
        requests.post(f"{API}/sendMessage", json=reply).raise_for_status()
