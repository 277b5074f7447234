"""A typical wrong answer to each exercise, and words that its hint must hold.

notebook stem → exercise number → (source of the whole cell, words of the hint)
"""

WRONG_ANSWERS = {
    "00_start_here": {
        1: (
            """
from lessons.exercises.ex_00 import exercise_1

ada = telegram.person("Ada")
answer = ada.ask("!goodbye")

exercise_1(answer)
""",
            "run the %%save cell and the one below it once more",
        ),
    },
    "03_server_or_serverless": {
        1: (
            """
from lessons.exercises.ex_03 import exercise_1, exercise_2, exercise_3

def busy_percentage(busy_s, alive_s):
    return busy_s / alive_s

exercise_1(busy_percentage)
""",
            "a percentage is 100 times that",
        ),
        2: (
            """
def goodbye(event, context):
    return "goodbye " + event["rawPath"].strip("/") + "!"

exercise_2(goodbye)
""",
            "expected a dictionary with statusCode and body",
        ),
        3: (
            """
prediction = [False, False, False]

fn = cloud.deploy("greeting", "workshop/01_greeting", handler="main.handler")
for name in ("Ada", "Bob", "Cleo"):
    get(fn.url + name)

exercise_3(prediction, fn)
""",
            "instances of the old version",
        ),
    },
    "04_inside_a_serverless_cloud": {
        1: (
            """
from lessons.exercises.ex_04 import exercise_1, exercise_2, exercise_3

mended = cloud.deploy("mended", "workshop/02_greet", worker="workshop/02_worker/loop.py")

exercise_1(mended)
""",
            "still ends the loop",
        ),
        2: (
            """
prediction = (6, 4)

fn = cloud.deploy("five", "workshop/02_counter", concurrency=3)
for _ in range(2):
    list(clients.map(get, [fn.url] * 5))

exercise_2(prediction, fn)
""",
            "the second five need no new instances",
        ),
        3: (
            """
def price(used_ms, memory_mb):
    return memory_mb / 1024 * used_ms / 1000 * 0.0000166667 + 0.20 / 1_000_000

exercise_3(price)
""",
            "round the milliseconds up",
        ),
    },
    "05_what_functions_are_for": {
        1: (
            """
import smtplib

from lessons.exercises.ex_05 import exercise_1, exercise_2, exercise_3

def deliver(server, letter):
    try:
        server.send_message(letter)
    except Exception:
        return False
    return True

exercise_1(deliver)
""",
            "Catch SMTPRecipientsRefused only",
        ),
        2: (
            """
def vote(store, voter, colour):
    if store.get(f"voted:{voter}"):
        return False
    store.set(f"voted:{voter}", True)
    store.increment(colour)
    return True

exercise_2(vote)
""",
            "add_once does both in one step",
        ),
        3: (
            """
def forecast(store, city, ask):
    known = store.get(f"weather:{city}")
    if known is None:
        known = ask(city)
        store.set(f"weather:{city}", known)
    return known

exercise_3(forecast)
""",
            "without expires_s=60 the weather would never change again",
        ),
    },
    "01_one_brain": {
        1: (
            """
from lessons.exercises.ex_01 import exercise_1, exercise_2, exercise_3

adder = Bot()

@adder.command("add")
def add(message):
    return "".join(message.words)

exercise_1(adder)
""",
            "the words were joined",
        ),
        2: (
            """
counter = Bot()

@counter.command("count")
def count(message):
    last = int(message.words[0])
    return [str(number) for number in range(1, last + 1)]

exercise_2(counter)
""",
            "keeps it at five",
        ),
        3: (
            """
doorman = Bot()
visits = 0

@doorman.command("hi")
def hi(message):
    global visits
    visits += 1
    return f"{message.user}: {visits}"

exercise_3(doorman)
""",
            "one number for each user",
        ),
    },
    "06_telegram_by_webhook": {
        1: (
            """
from lessons.exercises.ex_06 import exercise_1, exercise_2, exercise_3

def reply(update):
    text = f"hello {update['message']['from']['first_name']}!"
    return {"method": "sendMessage", "chat_id": update["message"]["from"]["id"], "text": text}

exercise_1(reply)
""",
            "chat_id is the chat's id",
        ),
        2: (
            """
def allowed(headers, secret):
    return headers.get("X-Telegram-Bot-Api-Secret-Token") == secret

exercise_2(allowed)
""",
            "compare names in lower case",
        ),
        3: (
            """
def diagnose(info):
    if not info["url"]:
        return "no webhook"
    if "last_error_message" not in info:
        return "healthy"
    return "wrong secret" if "403" in info["last_error_message"] else "function fails"

exercise_3(diagnose)
""",
            "that one is healthy",
        ),
    },
    "12_the_wrong_home": {
        1: (
            """
from lessons.exercises.ex_12 import exercise_1, exercise_2, exercise_3

def lost_a_day(limit_s, gap_s, messages_an_hour):
    return 24 * messages_an_hour * gap_s / limit_s

exercise_1(lost_a_day)
""",
            "a round lasts as long as the limit and the gap together",
        ),
        2: (
            """
def mend(telegram, account):
    telegram.call(account, "deleteWebhook", drop_pending_updates=True)

exercise_2(mend)
""",
            "the message that waited is gone",
        ),
        3: (
            """
def home(bot, limit_s):
    return "function" if bot["called"] else "program"

exercise_3(home)
""",
            "its answer would be killed",
        ),
    },
    "08_into_a_real_cloud": {
        1: (
            """
from ipaddress import ip_address
from urllib.parse import urlsplit

from lessons.exercises.ex_08 import exercise_1, exercise_2, exercise_3

def judge(url):
    parts = urlsplit(url)
    if parts.scheme != "https":
        return "no https"
    if parts.port not in (443, 80, 88, 8443):
        return "wrong port"
    return "good" if ip_address(parts.hostname).is_global else "not public"

exercise_1(judge)
""",
            "for https that means 443",
        ),
        2: (
            """
def leaks(path, secret):
    return [str(path)] if secret.encode() in Path(path).read_bytes() else []

exercise_2(leaks)
""",
            "a zip is compressed",
        ),
        3: (
            """
def rescue(telegram, account, deploy, secret):
    deploy(telegram.new_token(account))

exercise_3(rescue)
""",
            "a new token begins without a webhook",
        ),
    },
    "09_account_application_token": {
        1: (
            """
from lessons.exercises.ex_09 import exercise_1, exercise_2, exercise_3

def code_from(address, state):
    return parse_qs(urlsplit(address).query)["code"][0]

exercise_1(code_from)
""",
            "a stranger's code was taken",
        ),
        2: (
            """
def fresh(pair, validate, refresh):
    if validate(pair["access_token"])[0] != 200:
        status, new = refresh(pair["refresh_token"])
        pair["access_token"] = new["access_token"]
    return pair

exercise_2(fresh)
""",
            "keep both halves",
        ),
        3: (
            """
def verdict(status, answer):
    if status != 200:
        return "unknown"
    if answer["login"] != "hello_bot":
        return "wrong account"
    return "good" if "chat:edit" in answer["scopes"] else "missing scope"

exercise_3(verdict)
""",
            "expected 'missing scope'",
        ),
    },
    "10_irc_by_hand": {
        1: (
            """
from lessons.exercises.ex_10 import exercise_1, exercise_2, exercise_3

def take_lines(rest, data):
    *lines, rest = (rest + data).decode().split("\\r\\n")
    return lines, rest.encode()

exercise_1(take_lines)
""",
            "split the bytes first",
        ),
        2: (
            """
def reply_to(line):
    if "PING" in line:
        return "PONG :" + line.split(":")[-1]
    message = parse(line)
    if message.text == "!hello":
        return f"PRIVMSG #{message.channel} :hello {message.nick}!"

exercise_2(reply_to)
""",
            "look at the command, not at the whole line",
        ),
        3: (
            """
def wait_s(sent, now):
    return max(0, sent[0] + 30 - now) if len(sent) >= 20 else 0

exercise_3(wait_s)
""",
            "the twentieth from the end",
        ),
    },
    "13_twitch_by_webhook": {
        1: (
            """
import json

from lessons.exercises.ex_13 import exercise_1, exercise_2, exercise_3

def answer(kind, body):
    if kind == "webhook_callback_verification":
        return 200, json.dumps({"challenge": json.loads(body)["challenge"]})
    return 204, ""

exercise_1(answer)
""",
            "the challenge and nothing around it",
        ),
        2: (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    return hmac.compare_digest(given, sign(secret, message_id, timestamp, body))

exercise_2(genuine)
""",
            "eleven minutes old was let in",
        ),
        3: (
            """
prediction = {"Telegram function": 0, "Telegram program": 3}
prediction |= {"Twitch function": 0, "Twitch program": 3}

lost = square.lose(3)
exercise_3(prediction, lost)
""",
            "keeps an update until somebody asks for it",
        ),
    },
    "15_the_bill": {
        1: (
            """
from lessons.exercises.ex_15 import exercise_1, exercise_2, exercise_3

def month(messages, ms, memory_mb):
    gb_seconds = messages * ms / 1000 * memory_mb / 1024
    return (gb_seconds - 400_000) * 0.0000166667 + (messages - 1_000_000) * 0.20 / 1_000_000

exercise_1(month)
""",
            "left over is not paid out",
        ),
        2: (
            """
from lessons.costs import break_even

a_second = break_even(aws, Work(400, memory_mb=512), server.total)

exercise_2(a_second)
""",
            "that is messages a month",
        ),
        3: (
            """
def cold_calls(times, idle_s):
    return sum(later - now >= idle_s for now, later in zip(times, times[1:]))

exercise_3(cold_calls)
""",
            "the first call of all is cold",
        ),
    },
    "16_keep_it_running": {
        1: (
            """
from lessons.exercises.ex_16 import exercise_1, exercise_2, exercise_3

def pause(status, failures):
    return None if status in (0, 78) else 2 ** (failures - 1)

exercise_1(pause)
""",
            "min(…, 60) limits it",
        ),
        2: (
            """
def state(log):
    again = sum("connecting again" in line for line in log)
    if log[-1] == "INFO stopped":
        return "stopped", again
    return "broken" if log[-1].startswith("ERROR") else "running", again

exercise_2(state)
""",
            "is no WARNING",
        ),
        3: (
            """
unit = '''
[Service]
ExecStart=/usr/bin/python3 -m botlib.run telegram /opt/bot/main.py
EnvironmentFile=/etc/bot.env
Restart=on-failure
'''

exercise_3(unit)
""",
            "it would start again and again",
        ),
    },
}
