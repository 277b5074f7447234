"""A copy of the course that no Python has all packages for, so that start.py makes its own .venv.

Tests run in an environment that has the packages, and start.py would use that one.
"""

LACKING = "a-package-that-nobody-has>=1"


def want_more(course):
    """Let the copy's pyproject.toml ask for one package more."""
    path = course / "pyproject.toml"
    asks = "dependencies = [  # what botlib imports\n"
    text = path.read_text(encoding="utf-8")
    assert asks in text
    path.write_text(text.replace(asks, f'{asks}    "{LACKING}",\n'), encoding="utf-8")
