"""One setting of a bot: given as an argument, or found in the environment.

It never shows a value. Reading `.env` files is the business of `botlib.settings`.
"""

import os


def setting(name: str, value: str | None = None) -> str:
    """Return the value given, else the environment's; raise ValueError that names the fix."""
    found = value or os.environ.get(name, "")
    if not found:
        raise ValueError(
            f"{name} is not set. Expected it as an argument or in the environment. Set it where "
            f'the bot runs: environment={{"{name}": …}} in a function, the file .env elsewhere.'
        )
    return found
