"""A store in DynamoDB, AWS's own database, or in one that speaks as it does, such as Yandex's YDB.

Plain HTTP requests with JSON, signed by aws_signature.py; no library of AWS is needed. Each entry
is an item of one table, whose key is `store_key`:

    store_key     the key, a text
    json_value    the value: JSON text, or a number that can be counted up
    expires_at    when it expires, if it does: a time of time.time(), exactly
    delete_after  the same in whole seconds, as the table's time to live wants it

DynamoDB deletes an item up to two days after its time, so every call looks at `expires_at`.
Sources: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/ and, for YDB,
https://yandex.cloud/en/docs/ydb/docapi/api-ref/, both read in November 2026.
"""

import json
import math
import os
import re
import time
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botlib.details.backoff import exponential_backoff
from botlib.details.http import HttpResponse, NoAnswer, Unreachable, quote_for_error, request
from botlib.details.settings import warn_if_readable
from botlib.store.aws_signature import AccessKey, sign
from botlib.store.interface import LARGEST, TIMEOUT_S, Store, StoreError, add_to_counter, read_json
from botlib.store.yandex_token import service_account_token

FIRST_PAUSE_S = 0.05  # before a request is sent again; doubled each time
COUNT_TRIES = 5  # of an increment; two callers may start an expired counter again at once
LONGEST_KEY = 2048  # bytes
LARGEST_ITEM = 400 * 1024  # bytes; names and times of an item take some of them
NAMES_AND_TIMES = 100
KEY_ID, SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
SESSION_TOKEN = "AWS_SESSION_TOKEN"  # noqa: S105  (a name)
EXPECTED = (
    "Expected dynamodb://TABLE, and after a ? region=REGION (or set AWS_REGION) and "
    "endpoint=https://HOST for another service than AWS's."
)
WEB_ADDRESS = r"https?://[\w.-]+(:\d{1,5})?(/[\w./~-]*)?"  # with no name, password or query

# Conditions; a comparison with a field that an item lacks does not hold.
IF_ABSENT = "attribute_not_exists(store_key) OR expires_at <= :now"
IF_COUNTABLE = (
    "attribute_not_exists(store_key) OR (attribute_type(json_value, :n) "
    "AND json_value BETWEEN :low AND :high "
    "AND (attribute_not_exists(expires_at) OR expires_at > :now))"
)

# Nothing was done, and soon it may work.
BUSY_ERRORS = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionConflictException",
}
UNKNOWN_KEY_ERRORS = {
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
}


class NoResult(StoreError):  # noqa: N818  (named as what happened)
    """A later try may work; whether the database surely `did_nothing`."""

    def __init__(self, text: str, did_nothing: bool = False) -> None:
        super().__init__(text)
        self.did_nothing = did_nothing


class DynamoDBStore(Store):
    """Keeps values in a table of DynamoDB, for instances on many machines.

    A call is one request, two when a counter's time is over. It is sent again while the database
    surely did nothing. If its answer is lost, `get`, `set` and `remove` are sent again. Any other
    call raises StoreError then, and an increment may or may not have been counted. `once` is the
    way to do something a single time all the same.
    """

    def __init__(self, url: str) -> None:
        # No text quotes the URL: a secret may have been typed into it.
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ValueError(f"the store's URL cannot be read. {EXPECTED}") from None
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        endpoint = options.pop("endpoint", "")
        self.table = parts.netloc + parts.path
        self.region = options.pop("region", "") or os.environ.get("AWS_REGION", "")
        if options or parts.fragment or not re.fullmatch(r"[\w.-]+(/[\w.-]+)*", self.table, re.A):
            raise ValueError(f"the store's URL cannot be read. {EXPECTED}")
        if not re.fullmatch(r"[a-z0-9-]+", self.region) and (self.region or not endpoint):
            raise ValueError(f"the store's URL names no region, such as eu-central-1. {EXPECTED}")
        if endpoint and not re.fullmatch(WEB_ADDRESS, endpoint, re.A):
            raise ValueError(f"the endpoint in the store's URL is no web address. {EXPECTED}")
        warn_if_readable("the endpoint in STORE_URL", endpoint)
        self._endpoint = endpoint or f"https://dynamodb.{self.region}.amazonaws.com/"
        self.address = urlsplit(self._endpoint).netloc

    def _get(self, key: str) -> str | None:
        return self._read(key, store_deadline())

    def _set(self, key: str, text: str, seconds: float | None) -> None:
        self._write(key, text, seconds, store_deadline())

    def _remove(self, key: str) -> None:
        self._call(
            "DeleteItem", {"Key": make_key_attribute(key)}, store_deadline(), repeatable=True
        )

    def _increment(self, key: str, by: int) -> int:
        until = store_deadline()
        low, high = max(-LARGEST, -LARGEST - by), min(LARGEST, LARGEST - by)
        for _ in range(COUNT_TRIES):
            values = {":by": by, ":low": low, ":high": high, ":now": time.time()}
            body = {
                "Key": make_key_attribute(key),
                "UpdateExpression": "ADD json_value :by",
                "ConditionExpression": IF_COUNTABLE,
                "ExpressionAttributeValues": {
                    ":n": {"S": "N"},
                    **{name: make_number_attribute(value) for name, value in values.items()},
                },
                "ReturnValues": "UPDATED_NEW",
            }
            done = self._call("UpdateItem", body, until)
            if done is not None:
                return read_counter(done)
            text = self._read(key, until)
            if text is not None:
                # Says why, unless the value has just changed.
                add_to_counter(key, read_json(key, text), by)
            elif self._write(key, str(by), None, until, if_absent=True):
                return by  # else another caller has just started it again: count on
        raise StoreError(f"{key!r} cannot be counted up: another program wrote it, or is doing so")

    def _add_once(self, key: str, seconds: float) -> bool:
        return self._write(key, "true", seconds, store_deadline(), if_absent=True)

    def close(self) -> None:
        """Do nothing: no connection is kept."""

    def __repr__(self) -> str:
        return f"DynamoDBStore({self.table} at {self.address})"

    def _read(self, key: str, until: float) -> str | None:
        body = {"Key": make_key_attribute(key), "ConsistentRead": True}
        found = self._call("GetItem", body, until, repeatable=True) or {}
        try:
            item = found.get("Item")
            if not item or float(item.get("expires_at", {}).get("N", "inf")) <= time.time():
                return None
            value = item.get("json_value", {})
            return str(value.get("N") or value.get("S", ""))
        except (AttributeError, TypeError, ValueError):
            raise StoreError(f"the database's answer for {key!r} cannot be read") from None

    def _write(
        self, key: str, text: str, seconds: float | None, until: float, if_absent: bool = False
    ) -> bool:
        """Write an item; False if it should have been absent and is there."""
        now = time.time()
        item = {**make_key_attribute(key), "json_value": make_value_attribute(text)}
        if len(key.encode()) + len(text.encode()) + NAMES_AND_TIMES > LARGEST_ITEM:
            raise ValueError(
                f"the value of {key!r} is too large: DynamoDB keeps at most 400 KB with its key"
            )
        if seconds is not None:
            item["expires_at"] = make_number_attribute(now + seconds)
            item["delete_after"] = make_number_attribute(math.ceil(now + seconds))
        body: dict[str, Any] = {"Item": item}
        if if_absent:
            body["ConditionExpression"] = IF_ABSENT
            body["ExpressionAttributeValues"] = {":now": make_number_attribute(now)}
        return self._call("PutItem", body, until, repeatable=not if_absent) is not None

    def _call(
        self, action: str, body: dict[str, Any], until: float, repeatable: bool = False
    ) -> dict[str, Any] | None:
        """Ask the database until it answers; None if the request's condition does not hold.

        If it may have done the work, only a `repeatable` request is sent again.
        """
        sent = json.dumps({"TableName": self.table, **body}).encode()
        failures = 0
        while True:
            try:
                return self._ask(action, sent, until)
            except NoResult as error:
                failures += 1
                wait = exponential_backoff(failures, FIRST_PAUSE_S)
                again = repeatable or error.did_nothing
                if not again or time.monotonic() + wait > until:
                    raise
                time.sleep(wait)
                if time.monotonic() > until:  # another try could only say that no time is left
                    raise

    def _ask(self, action: str, body: bytes, until: float) -> dict[str, Any] | None:
        """Ask the database once; raises NoResult if a later try may work."""
        answer, secrets = self._send(action, body, until)
        found = answer.json_object()
        code = quote_for_error(str(found.get("__type", "")).rpartition("#")[2], *secrets)
        if answer.status == 200 and not code and (found or answer.body.strip() == b"{}"):
            return found
        if code == "ConditionalCheckFailedException":
            return None
        text = str(found.get("message") or found.get("Message") or "")
        why = self._explain(answer.status, code, quote_for_error(text, *secrets))
        if code in BUSY_ERRORS or answer.status == 503:
            raise NoResult(why, did_nothing=True)
        if answer.status == 500 or not code:  # without a code, it is a page of something else
            raise NoResult(why)
        raise StoreError(why)

    def _send(self, action: str, body: bytes, until: float) -> tuple[HttpResponse, tuple[str, ...]]:
        """Send one request; return the answer, and the secrets that its text may repeat."""
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"DynamoDB_20120810.{action}",
        }
        try:
            known = read_access_key()
            if known.key_id and known.secret:
                region, now = self.region or "ru-central1", time.time()
                headers = sign(self._endpoint, headers, body, known, region, "dynamodb", now)
                secrets = (known.secret, known.session_token)
            else:
                secrets = (self._token(until), "")
                headers["Authorization"] = f"Bearer {secrets[0]}"
            return request("POST", self._endpoint, headers, body, until), secrets
        except ValueError:  # its text quotes the header, and so the secret
            raise StoreError(
                f"{KEY_ID} or {SESSION_TOKEN} holds something that cannot be sent, such as a line "
                "end. Set it again."
            ) from None
        except Unreachable as error:
            raise NoResult(
                f"the database cannot be used: {error}. Is the region or the endpoint in STORE_URL "
                "the right one?",
                did_nothing=True,
            ) from None
        except NoAnswer as error:
            raise NoResult(
                f"the database may or may not have done what was asked: {error}"
            ) from None

    def _token(self, until: float) -> str:
        """The token of the function's own account in Yandex Cloud; AWS has no such thing."""
        token = ""
        if not self.address.endswith(".amazonaws.com"):
            with suppress(ConnectionError):  # then there is none
                token = service_account_token(until)
        if not token:
            raise StoreError(
                f"{KEY_ID} and {SECRET} are not set. AWS sets them for its functions; anywhere "
                "else, set those of an access key. A function of Yandex Cloud needs none if its "
                "version has a service account."
            )
        return token

    def _explain(self, status: int, code: str, text: str) -> str:
        """Say what is wrong and what to do."""
        table = f"the table {self.table!r} at {self.address}"
        if code == "ResourceNotFoundException":
            return (
                f"{table} is not there. Are the table's name and the region in STORE_URL right? "
                "Make the table with the key store_key, a text (S), and with delete_after as its "
                "time to live."
            )
        if code in ("AccessDeniedException", "NotAuthorized"):
            return (
                f"{table} may not be used with this access key or account. On AWS its role needs "
                "dynamodb:GetItem, PutItem, UpdateItem and DeleteItem on the table; in Yandex "
                "Cloud its service account needs the role ydb.editor on the database."
            )
        if code in UNKNOWN_KEY_ERRORS:
            return f"{self.address} does not know the access key in {KEY_ID}. Is it the right one?"
        if code == "ExpiredTokenException":
            return (
                f"the temporary access key has expired. Get a new one, with a new {SESSION_TOKEN}."
            )
        if code in ("InvalidSignatureException", "RequestExpired"):
            now = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
            return (
                f"{self.address} refused the signature. Either {SECRET} is wrong, or this "
                f"machine's clock is: it says {now} UTC."
            )
        if code in BUSY_ERRORS or status >= 500:
            return f"{table} is busy or has trouble ({code or status}). Try again later."
        return f"{table} refused the request: {code or status} {text}".rstrip()


def read_access_key() -> AccessKey:
    """Read the access key from the environment, at each call: a cloud may renew it."""
    return AccessKey(
        *(os.environ.get(name, "").strip() for name in (KEY_ID, SECRET, SESSION_TOKEN))
    )


def store_deadline() -> float:
    """When a call must end, as a time of `time.monotonic`."""
    return time.monotonic() + TIMEOUT_S


def make_key_attribute(key: str) -> dict[str, dict[str, str]]:
    """Write a key as DynamoDB wants it; ValueError for one that is too long."""
    if len(key.encode()) > LONGEST_KEY:
        raise ValueError(f"a key can have {LONGEST_KEY} bytes in DynamoDB; found {key[:40]!r}…")
    return {"store_key": {"S": key}}


def read_counter(answer: dict[str, Any]) -> int:
    """Read a counter from the answer to an update.

    >>> read_counter({"Attributes": {"json_value": {"N": "42"}}})
    42
    """
    try:
        return int(str(answer["Attributes"]["json_value"]["N"]))
    except (KeyError, TypeError, ValueError):
        raise StoreError(
            "the database's answer holds no number, so it may or may not have counted"
        ) from None


def make_number_attribute(value: float) -> dict[str, str]:
    """Write a number as DynamoDB wants it.

    >>> make_number_attribute(1.5)
    {'N': '1.5'}
    """
    return {"N": repr(value)}


def make_value_attribute(text: str) -> dict[str, str]:
    """Write a value as DynamoDB wants it: a whole number of 64 bits can be counted up.

    >>> make_value_attribute("42"), make_value_attribute('"42"'), make_value_attribute("4.0")
    ({'N': '42'}, {'S': '"42"'}, {'S': '4.0'})
    """
    is_counter = len(text) < 21 and re.fullmatch(r"-?\d+", text) and abs(int(text)) <= LARGEST
    return {"N" if is_counter else "S": text}
