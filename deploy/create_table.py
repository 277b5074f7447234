"""Make the table for your bot's memory in Yandex Cloud: … | python3 start.py table ADDRESS

ADDRESS is the Document API endpoint of a serverless database. Your own token comes from
`yc iam create-token`, through a pipe, so nobody sees it. If the table is there, it stays as it is.

Source: https://yandex.cloud/en/docs/ydb/docapi/tools/aws-http and, for each call,
https://yandex.cloud/en/docs/ydb/docapi/api-ref/; both read in November 2026.
"""

import argparse
import json
import sys
import time
from typing import Any

from botlib.details.http import quote_for_error, request

TABLE = "bot"
PAUSE_S = 0.5
READY_WITHIN_S = 60.0  # Yandex says only that it takes a while


def main(arguments: list[str]) -> int:
    """Make the table and print the store's URL. Return 1 if Yandex Cloud refuses."""
    parser = argparse.ArgumentParser("table", description="make the table for a bot's memory")
    parser.add_argument("address", help="Document API endpoint of the database")
    address = parser.parse_args(arguments).address
    if sys.stdin.isatty():
        parser.error("expected a token: yc iam create-token | python3 start.py table ADDRESS")
    token = sys.stdin.read().strip().lstrip("\ufeff")
    try:
        create_and_wait(address, token)
    except (ValueError, OSError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The table is there. Your bot's store is\ndynamodb://{TABLE}?endpoint={address}")
    return 0


def create_and_wait(address: str, token: str) -> None:
    """Make the table if it is not there, wait for it, and let old items be deleted."""
    new = {
        "TableName": TABLE,
        "AttributeDefinitions": [{"AttributeName": "store_key", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "store_key", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    call_document_api(address, token, "CreateTable", new, but="ResourceInUseException")
    until = time.monotonic() + READY_WITHIN_S
    while table_status(address, token) != "ACTIVE":
        if time.monotonic() > until:
            raise RuntimeError("The table is not ready yet. Type the same command again later.")
        time.sleep(PAUSE_S)
    if not has_time_to_live(address, token):
        end = {"AttributeName": "delete_after", "Enabled": True}
        body = {"TableName": TABLE, "TimeToLiveSpecification": end}
        call_document_api(address, token, "UpdateTimeToLive", body)


def table_status(address: str, token: str) -> str:
    """Ask whether the table is ready: then it is ACTIVE."""
    found = call_document_api(address, token, "DescribeTable", {"TableName": TABLE})
    return str(found.get("Table", {}).get("TableStatus"))


def has_time_to_live(address: str, token: str) -> bool:
    """Ask whether old items are deleted already; to switch that on again is an error."""
    found = call_document_api(address, token, "DescribeTimeToLive", {"TableName": TABLE})
    state = found.get("TimeToLiveDescription", {}).get("TimeToLiveStatus")
    return state in ("ENABLED", "ENABLING")


def call_document_api(
    address: str, token: str, action: str, body: dict[str, Any], but: str = ""
) -> dict[str, Any]:
    """Make one call of the Document API; RuntimeError if it is refused, `but` for one reason."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"DynamoDB_20120810.{action}",
    }
    answer = request("POST", address, headers, json.dumps(body).encode())
    found = answer.json_object()
    code = str(found.get("__type", "")).rpartition("#")[2]
    if answer.status == 200 and found:
        return found
    if but and code == but:
        return {}
    text = quote_for_error(str(found.get("message") or found.get("Message") or ""), token)
    reason = quote_for_error(code, token) or answer.status
    raise RuntimeError(
        f"Yandex Cloud refused {action}: {reason} {text}".rstrip()
        + ". Is the address the database's document_api_endpoint, and is the token fresh?"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
