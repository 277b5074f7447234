"""What a command runs beside the sandbox: Python code, for python -c."""

WHO_AM_I = """
import json, os, urllib.request as u
url = f"https://api.telegram.org/bot{os.environ['TELEGRAM_TOKEN']}/getMe"
print(json.load(u.urlopen(url))["result"]["username"], flush=True)
head = {"Authorization": "OAuth " + os.environ["TWITCH_TOKEN"]}
url = "https://id.twitch.tv/oauth2/validate"
print(json.load(u.urlopen(u.Request(url, headers=head)))["login"])
"""
CLEAN_UP = """
import os, signal, sys, time
def say(*_): raise KeyboardInterrupt
signal.signal(signal.SIGTERM, say), signal.signal(signal.SIGINT, say)
try:
    print(os.getpid(), flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    input()
    print("cleaned up")
    sys.exit(2)
"""
