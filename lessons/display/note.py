"""A few lines beside a colored border, such as a verdict or a comparison."""

from html import escape

from botlib.details.texts import escape_control_characters

GREEN, AMBER = "#1a7f37", "#b26a00"  # both readable on white and on JupyterLab's dark background
BLUE = "#0072b2"


class Note:
    """A few lines for the learner; they say as much as the color.

    They may quote what a bot has written, and a terminal would obey its control characters.
    """

    def __init__(self, words: str, color: str) -> None:
        self.words, self._color = escape_control_characters(words), color

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        return (
            f'<div style="border-left: 4px solid {self._color}; padding-left: 8px">'
            f"{escape(self.words).replace(chr(10), '<br>')}</div>"
        )
