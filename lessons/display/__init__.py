"""What notebooks show in a cell's output besides charts: tables, predictions, measured numbers."""

from lessons.display.excerpts import commands, excerpt
from lessons.display.function_log import show_log
from lessons.display.measured import about
from lessons.display.prediction import compare, guess
from lessons.display.refusals import tried
from lessons.display.tables import table

__all__ = ["about", "commands", "compare", "excerpt", "guess", "show_log", "table", "tried"]
