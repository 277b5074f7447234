"""Wrong answers to the exercises of notebook 05, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
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
    ],
    2: [
        (
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
    ],
    3: [
        (
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
    ],
}
