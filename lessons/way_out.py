"""Diagrams of the way out: from a folder to Telegram, and how a bot is kept running."""

from lessons.pictures import journey
from lessons.svg import Picture


def way_out() -> Picture:
    """From the learner's folder to Telegram: what is made of what."""
    steps = [
        ("folder", "your files,\nno secret"),
        ("zip", "with all that\nthey need"),
        ("cloud", "gives the function\nan https address"),
        ("setWebhook", "tells Telegram\nthe address"),
        ("Telegram", "calls it for\neach message"),
    ]
    says = "a folder becomes a zip, the cloud gives it an address, and Telegram calls that"
    return journey(steps, says)


def supervisor_loop() -> Picture:
    """What a supervisor does with a program, over and over."""
    steps = [
        ("start", "the program"),
        ("wait", "until it ends"),
        ("look", "at its exit status:\n0 or 78? leave it"),
        ("pause", "longer each time"),
    ]
    says = "the supervisor's loop: start, wait, and unless the status is 0 or 78, pause and again"
    return journey(steps, says, back="and start it again")
