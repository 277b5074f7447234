"""A few lines beside a colored border, such as a verdict or a comparison."""

from html import escape

GREEN, AMBER = "#1a7f37", "#b26a00"  # both readable on white and on JupyterLab's dark background
BLUE = "#0072b2"


class Note:
    """A few lines for the learner; they say as much as the color."""

    def __init__(self, words: str, color: str) -> None:
        self.words, self._color = words, color

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        return (
            f'<div style="border-left: 4px solid {self._color}; padding-left: 8px">'
            f"{escape(self.words).replace(chr(10), '<br>')}</div>"
        )
