"""A function's log without long ids and without the meter."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot_sandbox.cloud.function import Function


def show_log(function: "Function") -> None:
    """Print the log, with … for the id of a call and without what the meter says."""
    ids = [call.request_id for call in function.invocations]
    for line in function.logs:
        shown = line.split("\t")[0]
        for request_id in ids:
            shown = shown.replace(request_id, "…")
        print(shown)
