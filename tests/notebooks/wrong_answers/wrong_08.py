"""Wrong answers to the exercises of notebook 08, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            """
from lessons.exercises.ex_08 import exercise_1, exercise_2, exercise_3, exercise_4

def leaks(path, secret):
    return [str(path)] if secret.encode() in Path(path).read_bytes() else []

exercise_1(leaks)
""",
            "a zip is compressed",
        ),
        (
            """
from lessons.exercises.ex_08 import exercise_1, exercise_2, exercise_3, exercise_4

def leaks(path, secret):
    archive = zipfile.ZipFile(path)
    return [name for name in archive.namelist() if secret in archive.read(name)]

exercise_1(leaks)
""",
            "secret.encode() makes bytes of the text",
        ),
        (
            """
from lessons.exercises.ex_08 import exercise_1, exercise_2, exercise_3, exercise_4

def leaks(path, secret):
    archive = zipfile.ZipFile(path)
    return [name for name in archive.namelist() if secret in archive.read(name).decode()]

exercise_1(leaks)
""",
            "picture.bin is no text",
        ),
        (
            """
from lessons.exercises.ex_08 import exercise_1, exercise_2, exercise_3, exercise_4

def leaks(path, secret):
    archive = zipfile.ZipFile(path)
    for name in archive.namelist():
        if secret.encode() in archive.read(name):
            return [name]
    return []

exercise_1(leaks)
""",
            "look at all of them",
        ),
        (
            """
from lessons.exercises.ex_08 import exercise_1, exercise_2, exercise_3, exercise_4

def leaks(path, secret):
    archive = zipfile.ZipFile(path)
    found = []
    for name in archive.namelist():
        if secret.encode() in archive.read(name):
            found.append(name)
        return found

exercise_1(leaks)
""",
            "a return inside the loop ends it at the first file",
        ),
        (
            """
from lessons.exercises.ex_08 import exercise_1, exercise_2, exercise_3, exercise_4

def leaks(path, secret):
    found = []
    for name in path.namelist():
        if secret in name:
            found.append(name)
    return found

exercise_1(leaks)
""",
            "Open it first: archive = zipfile.ZipFile(path)",
        ),
        (
            """
from lessons.exercises.ex_08 import exercise_1, exercise_2, exercise_3, exercise_4

def leaks(path, secret):
    found = []
    for name in zipfile.ZipFile(path).namelist():
        if secret.encode() in name:
            found.append(name)
    return found

exercise_1(leaks)
""",
            "in a file's name, which is a text",
        ),
        (
            """
from lessons.exercises.ex_08 import exercise_1, exercise_2, exercise_3, exercise_4

def leaks(path, secret):
    archive = zipfile.ZipFile(path)
    found = []
    for name in archive.namelist():
        if secret.encode() == archive.read(name):
            found.append(name)
    return found

exercise_1(leaks)
""",
            "ask for the secret with `in`",
        ),
        (
            """
from lessons.exercises.ex_08 import exercise_1, exercise_2, exercise_3, exercise_4

def leaks(path, secret):
    archive = zipfile.ZipFile(path)
    for name in archive.namelist():
        found = []
        if secret.encode() in archive.read(name):
            found.append(name)
    return found

exercise_1(leaks)
""",
            "inside the loop forgets what was found before",
        ),
    ],
    2: [
        (
            """
from ipaddress import ip_address
from urllib.parse import urlsplit

def judge(url):
    parts = urlsplit(url)
    if parts.scheme != "https":
        return "no https"
    if parts.port not in (443, 80, 88, 8443):
        return "wrong port"
    return "good" if ip_address(parts.hostname).is_global else "not public"

exercise_2(judge)
""",
            "for https that means 443",
        ),
        (
            """
def judge(url):
    return "good" if url.startswith("https") else "no https"

exercise_2(judge)
""",
            "expected 'wrong port'",
        ),
        (
            """
from ipaddress import ip_address
from urllib.parse import urlsplit

def judge(url):
    parts = urlsplit(url)
    if not ip_address(parts.hostname).is_global:
        return "not public"
    if parts.scheme != "https":
        return "no https"
    return "good" if parts.port in (None, 443, 80, 88, 8443) else "wrong port"

exercise_2(judge)
""",
            "ask whether it is public last",
        ),
        (
            """
def judge(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https":
        return "no https"
    if parts.port not in (None, 443, 80, 88, 8443):
        return "wrong port"
    return "good" if ipaddress.ip_address(parts.hostname).is_global else "not public"

exercise_2(judge)
""",
            "begin the cell with import urllib.parse",
        ),
        (
            """
import ipaddress
import urllib.parse

def judge(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https":
        return "no https"
    if parts.port not in (None, "443", "80", "88", "8443"):
        return "wrong port"
    return "good" if ipaddress.ip_address(parts.hostname).is_global else "not public"

exercise_2(judge)
""",
            "parts.port is a number, not a text",
        ),
        (
            """
import ipaddress
import urllib.parse

def judge(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https":
        return "no https"
    if parts.port not in (None, 443, 80, 88, 8443):
        return "wrong port"
    if not ipaddress.ip_address(parts.hostname).is_global:
        return "not public"
    return "good"

exercise_2(judge)
""",
            "is the sign in your first question !=",
        ),
        (
            """
import ipaddress
import urllib.parse

def judge(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https://":
        return "no https"
    if parts.port not in (None, 443, 80, 88, 8443):
        return "wrong port"
    if not ipaddress.ip_address(parts.hostname).is_global:
        return "not public"
    return "good"

exercise_2(judge)
""",
            "what stands before ://",
        ),
        (
            """
import ipaddress
import urllib.parse

def judge(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https":
        return "no https"
    if parts.port != None or 443 or 80 or 88 or 8443:
        return "wrong port"
    if not ipaddress.ip_address(parts.hostname).is_global:
        return "not public"
    return "good"

exercise_2(judge)
""",
            "443 was called a wrong port",
        ),
        (
            """
import ipaddress
import urllib.parse

def judge(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https":
        return "no https"
    if parts.port not in (None, 443, 80, 88):
        return "wrong port"
    if not ipaddress.ip_address(parts.hostname).is_global:
        return "not public"
    return "good"

exercise_2(judge)
""",
            "with all four numbers",
        ),
        (
            """
import ipaddress
import urllib.parse

def judge(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https":
        return "no https"
    if parts.port not in (None, 443, 80, 88, 8443):
        return "wrong port"
    if ipaddress.ip_address(parts.hostname).is_global:
        return "not public"
    return "good"

exercise_2(judge)
""",
            'the answer is "not public"',
        ),
        (
            """
import ipaddress
import urllib.parse

def judge(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https":
        return "no https"
    if parts.port not in (None, 443, 80, 88, 8443):
        return "wrong port"
    if not ipaddress.ip_address(host).is_global:
        return "not public"
    return "good"

exercise_2(judge)
""",
            "write parts.hostname there",
        ),
        (
            """
import ipaddress
import urllib.parse

def judge(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https":
        return "no https"
    if parts.port not in (None, 443, 80, 88, 8443):
        return "wrong port"
    if not ipaddress.ip_address(url).is_global:
        return "not public"
    return "good"

exercise_2(judge)
""",
            "not the whole address",
        ),
        (
            """
import ipaddress
import urllib.parse

def judge(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https":
        return "no https"
    if parts.port not in (None, 443, 80, 88, 8443):
        return "wrong port"
    if not ipaddress.ip_address(parts.hostname).is_global():
        return "not public"
    return "good"

exercise_2(judge)
""",
            "write it without ()",
        ),
    ],
    3: [
        (
            """
def rescue(telegram, account, deploy, secret):
    deploy(telegram.new_token(account))

exercise_3(rescue)
""",
            "a new token begins without a webhook",
        ),
        (
            """
def rescue(telegram, account, deploy, secret):
    url = deploy(account.token)
    telegram.new_token(account)
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""",
            "was deployed with the old token",
        ),
        (
            """
def rescue(telegram, account, deploy, secret):
    url = deploy(telegram.new_token(account))
    telegram.call(account, "setWebhook", url=url)

exercise_3(rescue)
""",
            "without secret_token=secret",
        ),
        (
            """
def rescue(telegram, account, deploy, secret):
    telegram.new_token(account)
    url = deploy(token)
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""",
            "with a token of another bot",
        ),
        (
            """
def rescue(telegram, account, deploy, secret):
    deploy(telegram.new_token(account))
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""",
            "an address that is not this function's",
        ),
        (
            """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    url = deploy(token)
    setWebhook(url, secret)

exercise_3(rescue)
""",
            "setWebhook is a method of Telegram's",
        ),
        (
            """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    url = deploy(token)
    telegram.call("setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""",
            "wants the account first",
        ),
        (
            """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    url = deploy()
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""",
            "deploy wants the new token",
        ),
        (
            """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token
    url = deploy(token)
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""",
            "with its brackets, gives it",
        ),
        (
            """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    telegram.call(account, "setWebhook", url=url, secret_token=secret)
    url = deploy(token)

exercise_3(rescue)
""",
            "The order is: new_token, deploy, setWebhook",
        ),
        (
            """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    url = deploy(token).url
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""",
            "deploy gives the address itself",
        ),
        (
            """
def rescue(telegram, account, deploy):
    token = telegram.new_token(account)
    url = deploy(token)
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""",
            "four things are handed over",
        ),
        (
            """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    url = deploy(token)
    telegram.call(account, "setWebhook", url=url, secret_token="secret")

exercise_3(rescue)
""",
            "or with another secret",
        ),
    ],
    4: [
        (
            """
def release(folder, pack, upload, status, tell):
    tell(upload(pack(folder)))
    return "released"

exercise_4(release, bundle)
""",
            "nobody looked whether the function works",
        ),
        (
            """
def release(folder, pack, upload, status, tell):
    address = upload(pack(folder))
    if status(address) != 403:
        return "not released: it is ill"
    tell(address)
    return "released"

exercise_4(release, bundle)
""",
            "pack refused",
        ),
        (
            """
def release(folder, pack, upload, status, tell):
    try:
        address = upload(pack(folder))
    except ValueError as error:
        return f"not released: {error}"
    if status(address) == 502:
        return "not released: it does not start"
    tell(address)
    return "released"

exercise_4(release, bundle)
""",
            "answers a stranger with 200",
        ),
        (
            """
def release(folder, pack, upload, status, tell):
    try:
        path = pack(folder)
    except ValueError as error:
        return f"not released: {error}"
    address = upload(path)
    if status(address) == "403":
        tell(address)
        return "released"
    return "not released: it is ill"

exercise_4(release, bundle)
""",
            "gives it as a number",
        ),
        (
            """
def release(folder, pack, upload, status, tell):
    try:
        path = pack(folder)
    except ValueError as error:
        return f"not released: {error}"
    address = upload(path)
    if status == 403:
        tell(address)
        return "released"
    return "not released: it is ill"

exercise_4(release, bundle)
""",
            "a good folder is 'released'",
        ),
        (
            """
def release(folder, pack, upload, status, tell):
    try:
        path = pack(folder)
    except ValueError as error:
        return f"not released: {error}"
    address = upload(path)
    if status(address) == 200:
        tell(address)
        return "released"
    return "not released: it is ill"

exercise_4(release, bundle)
""",
            "answers a stranger with 403",
        ),
        (
            """
def release(folder, pack, upload, status, tell):
    try:
        path = pack(folder)
    except ValueError as error:
        return "not released: " + error
    address = upload(path)
    if status(address) == 403:
        tell(address)
        return "released"
    return "not released: it is ill"

exercise_4(release, bundle)
""",
            "An error is no text",
        ),
        (
            """
def release(folder, pack, upload, status, tell):
    try:
        path = pack(folder)
    except ValueError as error:
        print("not released")
    address = upload(path)
    if status(address) == 403:
        tell(address)
        return "released"
    return "not released: it is ill"

exercise_4(release, bundle)
""",
            "under except, return at once",
        ),
        (
            """
def release(folder, pack, upload, status, tell):
    try:
        path = pack(folder)
    except ValueError as error:
        return f"not released: {error}"
    address = upload(path)
    if status(address) == 403:
        tell(address)
        print("released")
    return "not released: it is ill"

exercise_4(release, bundle)
""",
            'under tell(address) stands return "released"',
        ),
        (
            """
def release(folder, pack, upload, status, tell):
    try:
        path = pack(folder)
    except ValueError as error:
        return f"Not released: {error}"
    address = upload(path)
    if status(address) != 403:
        return f"Not released: {status(address)}"
    tell(address)
    return "released"

exercise_4(release, bundle)
""",
            "the text begins with 'not released: '",
        ),
    ],
}
