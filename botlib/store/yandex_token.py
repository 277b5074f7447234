"""The token of a function's own service account in Yandex Cloud, so that it needs no key.

Source: https://yandex.cloud/en/docs/functions/operations/function-sa, read in November 2026.
"""

import os
import time

from botlib.details.http import request

METADATA_HOST = (
    "169.254.169.254"  # of this machine alone; Yandex's own SDK obeys YC_METADATA_ADDR, too
)
LONGEST_TOKEN_S = 86_400  # to keep a token, whatever its answer says
ACCOUNT_PATH = "/computeMetadata/v1/instance/service-accounts/default/token"

_known: dict[str, tuple[str, float]] = {}  # by address: a token, and when to ask again


def service_account_token(until: float) -> str:
    """Return the token, asked for again after half of its time, or "" if there is none.

    It ends at `until`, a time of `time.monotonic`. Raises ConnectionError if this machine has no
    such service, as outside of Yandex Cloud.
    """
    address = os.environ.get("YC_METADATA_ADDR") or METADATA_HOST
    token, ask_again = _known.get(address, ("", 0.0))
    if token and time.time() < ask_again:
        return token
    answer = request(
        "GET", f"http://{address}{ACCOUNT_PATH}", {"Metadata-Flavor": "Google"}, until=until
    )
    found = answer.json_object()
    if answer.status != 200 or not isinstance(found.get("expires_in"), int):
        return ""
    token = str(found.get("access_token", ""))
    _known[address] = (token, time.time() + min(found["expires_in"], LONGEST_TOKEN_S) / 2)
    return token
