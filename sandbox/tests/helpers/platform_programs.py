"""What a command runs beside the sandbox: code for python -c, and for functions."""

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
    while True:
        time.sleep(0.01)  # a signal that comes just before would wait for its end
except KeyboardInterrupt:
    input()
    print("cleaned up")
    sys.exit(2)
"""
FUNCTION_IN_PYTHON = """
import json, sys, urllib.request
def handler(event, context):
    url = f"https://api.telegram.org/bot{event}/getMe"
    found = json.load(urllib.request.urlopen(url))["result"]["username"]
    return found + ", with its own settings" * ("/own" in sys.path)
"""
FUNCTION_IN_NODE = """
export async function handler(token) {
  const answer = await fetch(`https://api.telegram.org/bot${token}/getMe`);
  const own = process.env.NODE_OPTIONS.endsWith("--no-warnings") ? ", with its own settings" : "";
  return (await answer.json()).result.username + own;
}
"""
DEPLOY_AND_INVOKE = """
import json, os, sys, urllib.request as u
window = json.loads(os.environ["BOT_SANDBOX"])["window"]
def ask(path, **values):
    head = {"Bot-Sandbox-Key": window["key"]}
    request = u.Request(f"{window['api_url']}/cloud/{path}", json.dumps(values).encode(), head)
    return json.load(u.urlopen(request))
ask("deploy", name="mine", **json.loads(sys.argv[1]))
print(ask("invoke", function="mine", event=os.environ["TELEGRAM_TOKEN"])["result"])
"""
