"""Call a function of the cloud from inside of it, by AWS's own interface."""

import os
from urllib.request import Request, urlopen


def call_again(name: str) -> None:
    """Have the cloud call a function, and don't wait for its result."""
    url = os.environ["AWS_ENDPOINT_URL"] + f"/2015-03-31/functions/{name}/invocations"
    headers = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=" + os.environ["AWS_ACCESS_KEY_ID"],
        "X-Amz-Invocation-Type": "Event",  # don't wait for the result
        "X-Amzn-Trace-Id": os.environ["_X_AMZN_TRACE_ID"],  # who called whom so far
    }
    request = Request(url, b"{}", headers)  # noqa: S310  (the cloud's own address)
    urlopen(request, timeout=10).close()  # noqa: S310
