"""What a learner writes alone: a row for each section."""

from lessons.alone.phone import PHONE
from lessons.alone.section import Section
from lessons.alone.weather import WEATHER

SECTIONS = {section.file: section for section in (PHONE, WEATHER)}


def find_sections(notebook: str) -> list[Section]:
    """Return the sections of the notebook whose number, name or file begins like this."""
    found = SECTIONS.values()
    return [one for one in found if notebook and one.notebook.startswith(notebook)] or [
        one for one in found if one.file == notebook
    ]
