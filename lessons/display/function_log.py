"""A function's log without long ids, without the meter, and without secrets."""

from typing import TYPE_CHECKING

from bot_sandbox.diagnosis.clean_text import hide_secrets

if TYPE_CHECKING:
    from bot_sandbox.cloud.function import Function


def show_log(function: "Function") -> None:
    """Print the log, with … for the id of a call and without what the meter says.

    A secret of the function's environment is hidden.
    """
    ids = [call.request_id for call in function.invocations]
    for line in function.logs:
        shown = line.split("\t")[0]
        for request_id in ids:
            shown = shown.replace(request_id, "…")
        print(hide_secrets(shown, function.settings.environment))
