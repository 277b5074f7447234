"""The trace header of a call, by which a function that calls itself in a loop is stopped.

Each call on AWS has a header, X-Amzn-Trace-Id. Its Lineage counts how often each function ran in
this chain of calls. In a function, AWS's clients read it from the variable _X_AMZN_TRACE_ID and
send it with their own requests, so the next call continues the chain. When a function has run 16
times in one chain, Lambda stops its next call ("Use Lambda recursive loop detection to prevent
infinite loops"). A request to a function's URL begins a new chain, there as here, so nothing stops
a loop of those.

AWS has published no format of the Lineage. This one is in the tests of OpenTelemetry's X-Ray
propagator: `Root=1-…;Parent=…;Sampled=0;Lineage=a87bd80c:1|68fd508a:5`.
"""

import hashlib
import os
import re
import time
from urllib.parse import unquote

from bot_sandbox.cloud.errors import FunctionError

MOST_RUNS = 16  # of one function in one chain
LOOP_ERROR = "RecursiveInvocationException"
LOOP_MESSAGE = (
    "Lambda has detected your function being invoked in a recursive loop with other AWS resources "
    "and stopped your function's invocation."
)
ROOT_FORM = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
COUNT_FORM = re.compile(r"([0-9a-f]{8}):(\d{1,4})(?=\||$)")


def next_trace(header: str, arn: str) -> str:
    """Return the header for a call of a function, given the caller's or "" for a new chain.

    Raises FunctionError if the function has run too often in this chain.

    >>> first = next_trace("", "arn:aws:lambda:us-east-1:000000000000:function:hello")
    >>> first.split(";")[2:], next_trace(first, "arn:other").split(";")[3:]
    (['Sampled=0', 'Lineage=0b9ba47a:1'], ['Lineage=0b9ba47a:1|5543e76b:1'])
    """
    fields = dict(part.split("=", 1) for part in unquote(header).split(";") if "=" in part)
    counts = {name: int(runs) for name, runs in COUNT_FORM.findall(fields.get("Lineage", ""))}
    own = hashlib.sha256(arn.encode()).hexdigest()[:8]
    counts[own] = counts.get(own, 0) + 1
    if counts[own] > MOST_RUNS:
        raise FunctionError(LOOP_ERROR, LOOP_MESSAGE)
    root = fields.get("Root", "")
    if not ROOT_FORM.fullmatch(root):  # it becomes a header and a variable of the function
        root = f"1-{int(time.time()):08x}-{os.urandom(12).hex()}"
    lineage = "|".join(f"{name}:{runs}" for name, runs in counts.items())
    return f"Root={root};Parent={os.urandom(8).hex()};Sampled=0;Lineage={lineage}"
