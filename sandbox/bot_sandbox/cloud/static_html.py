"""Static HTML for the cloud's window in a stored notebook: instances, calls and log in words.

It has no times, prices or random ids, so a notebook that runs again shows the same words.
"""

import html
import re
from collections.abc import Iterable

from bot_sandbox.cloud.function import Function

SHOWN_INSTANCES = 8  # the newest
SHOWN_LINES = 12  # of the log, the newest
CLOUDS_OWN = re.compile(r"(START|END|REPORT) RequestId: ")
CALL_ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} ")
NO_FUNCTION_TEXT = "No function is deployed."


def static_html(functions: Iterable[Function]) -> str:
    """Return functions as HTML."""
    text = "\n\n".join("\n".join(function_lines(function)) for function in functions)
    return f"<pre>{html.escape(text or NO_FUNCTION_TEXT)}</pre>"


def function_lines(function: Function) -> list[str]:
    """Describe a function in lines of text."""
    settings, calls = function.settings, function.invocations
    cold = sum(call.cold for call in calls)
    failed = sum(call.error is not None for call in calls)
    counted = "1 call" if len(calls) == 1 else f"{len(calls)} calls"
    shown = [
        f"{function.name}: {settings.runtime} {settings.handler}, {settings.memory_mb} MB",
        f"{counted}: {cold} cold, {len(calls) - cold} warm, {failed} failed, "
        f"{function.throttled} throttled",
    ]
    for record in function.instances[-SHOWN_INSTANCES:]:
        why = f" ({record.why})" if record.why else ""
        shown.append(f"instance {record.number}: {record.state}{why}")
    if not function.instances:
        shown.append("no instance")
    printed = [CALL_ID.sub("", line) for line in function.logs if not CLOUDS_OWN.match(line)]
    return shown + [f"  {line}" for line in printed[-SHOWN_LINES:]]
