"""What a learner writes alone: a row for each section."""

from lessons.alone.comeback import COMEBACK
from lessons.alone.line import LINE
from lessons.alone.phone import PHONE
from lessons.alone.section import Section
from lessons.alone.stream import STREAM
from lessons.alone.weather import WEATHER
from lessons.alone.webhook import WEBHOOK
from lessons.alone.webhook_tests import WEBHOOK_TESTS

ALL = (PHONE, WEATHER, WEBHOOK, WEBHOOK_TESTS, LINE, COMEBACK, STREAM)
SECTIONS = {section.file: section for section in ALL}


def find_sections(notebook: str) -> list[Section]:
    """Return the sections of the notebook whose number, name or file begins like this."""
    found = SECTIONS.values()
    return [one for one in found if notebook and one.notebook.startswith(notebook)] or [
        one for one in found if one.file == notebook
    ]
