"""The sandbox's cloud as the course uses it: functions may import botlib and what it needs."""

from pathlib import Path
from typing import Any

import bot_sandbox.cloud

COURSE = Path(__file__).parents[2]
CALL_AGAIN = Path(__file__).with_name("call_again.py")  # for the folder of a function


class Cloud(bot_sandbox.cloud.Cloud):
    """A serverless cloud on 127.0.0.1; its options are those of `bot_sandbox.Cloud`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(import_paths=[COURSE], packages=True, **options)
