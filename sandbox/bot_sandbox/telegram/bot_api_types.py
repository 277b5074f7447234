"""The Bot API's objects that people can see, with an attribute for each field.

Optional fields that are absent are None. The field `from` is `from_user`. mypy and editors read
bot_api_types.pyi instead, which tools/bot_api_types.py writes.
"""

from bot_sandbox.telegram.api_object import CLASSES

globals().update(CLASSES)
