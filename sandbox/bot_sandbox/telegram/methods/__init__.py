"""The Bot API's methods in the sandbox.

Start reading at `table.py`. Each of the other files has one group of methods.
"""

from bot_sandbox.telegram.methods.base import DescribedResult
from bot_sandbox.telegram.methods.table import ALL, Methods, names

__all__ = ["ALL", "DescribedResult", "Methods", "names"]
