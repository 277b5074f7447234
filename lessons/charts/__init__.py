"""Charts of what a notebook has measured, all in one style (`base.py`)."""

from lessons.charts.base import bars, meters
from lessons.charts.bill import receipt
from lessons.charts.break_even import Plan, break_even_chart, in_words
from lessons.charts.chat import chat_chart
from lessons.charts.instances import timeline
from lessons.charts.night import night_chart
from lessons.charts.slider import CostSlider

__all__ = [
    "CostSlider",
    "Plan",
    "bars",
    "break_even_chart",
    "chat_chart",
    "in_words",
    "meters",
    "night_chart",
    "receipt",
    "timeline",
]
