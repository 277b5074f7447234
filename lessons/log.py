"""A function's log as a person reads it: without the long ids, and without the meter."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot_sandbox.cloud.function import Function


def show_log(function: "Function") -> None:
    """Print the log; … stands for the id of a call, and what the meter says is left out."""
    ids = [call.request_id for call in function.invocations]
    for line in function.logs:
        shown = line.split("\t")[0]
        for request_id in ids:
            shown = shown.replace(request_id, "…")
        print(shown)
