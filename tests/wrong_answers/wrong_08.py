"""Wrong answers to the exercises of notebook 08, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
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
    ],
    2: [
        (
            """
def leaks(path, secret):
    return [str(path)] if secret.encode() in Path(path).read_bytes() else []

exercise_2(leaks)
""",
            "a zip is compressed",
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
    ],
}
