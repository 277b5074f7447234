"""The learner's bot in a copy of the course, with the files that the core notebooks leave there."""

from pathlib import Path

from lessons.learner_bot import DEFAULT_BOT_NAME, NAME_FILE, NOTEBOOKS, cells_of_my_bot

HER_BOT = "my_course/workshop/my_bot"
EARLY = "02"  # the notebook after which the bot is on a phone, and has no function yet


def write_her_bot(course: Path, until: str = "99") -> Path:
    """Write what the notebooks up to a number write, exercises solved; returns the bot's folder."""
    folder = course / HER_BOT
    texts = {NAME_FILE: f"{DEFAULT_BOT_NAME}\n"}
    for notebook, name, text in cells_of_my_bot(NOTEBOOKS):
        if notebook[:2] <= until:
            texts[name] = text
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
