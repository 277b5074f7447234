"""The Bot API's methods: what the sandbox can do when a bot asks.

Start reading at `table.py`. Each other file has one group of methods.
"""

from bot_sandbox.telegram.methods.base import Described
from bot_sandbox.telegram.methods.table import ALL, Methods, names

__all__ = ["ALL", "Described", "Methods", "names"]
