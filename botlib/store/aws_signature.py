"""Sign a request for AWS (Signature Version 4): show that you know a secret without sending it.

Every step is in AWS's own description, "Create a signed AWS API request":
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlsplit


class AccessKey(NamedTuple):
    """An access key; a temporary one, such as a function's own, has a session token, too."""

    key_id: str
    secret: str
    session_token: str = ""

    def __repr__(self) -> str:
        return f"AccessKey({self.key_id})"


def sign(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    credentials: AccessKey,
    region: str,
    service: str,
    seconds: float,
) -> dict[str, str]:
    """Return the headers for a POST of `body`: those given, and the signature with its time.

    `seconds` is the time of `time.time()`: AWS refuses a signature that is older than minutes. The
    URL has no query. This is the request `post-vanilla` of AWS's published test suite:

    >>> known = AccessKey("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    >>> signed = sign("https://example.amazonaws.com/", {}, b"", known, "us-east-1", "service",
    ...               1440938160)
    >>> signed["Authorization"].partition("Signature=")[2]
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'
    """
    parts = urlsplit(url)
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))
    added = {"X-Amz-Date": now}
    if credentials.session_token:
        added["X-Amz-Security-Token"] = credentials.session_token
    every = {"Host": parts.netloc, **headers, **added}
    signed = dict(sorted((name.lower(), " ".join(value.split())) for name, value in every.items()))
    names = ";".join(signed)
    lines = ["POST", quote(parts.path or "/", safe="/~"), ""]
    lines += [f"{name}:{value}" for name, value in signed.items()]
    lines += ["", names, hashlib.sha256(body).hexdigest()]
    scope = f"{now[:8]}/{region}/{service}/aws4_request"
    request_hash = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    key = f"AWS4{credentials.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{request_hash}"
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    proof = f"Credential={credentials.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, **added, "Authorization": f"AWS4-HMAC-SHA256 {proof}"}
