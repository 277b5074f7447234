"""moto, which imitates AWS, as a server for tests: on a free port, gone with the test."""

import base64
import json
import re
import shutil
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from function_server import serving

from botlib.details.http import HttpResponse, request
from botlib.store.aws_signature import AccessKey, sign

REGION = "eu-central-1"
NOBODY = AccessKey("nobodys", "nobodys")  # moto knows nobody, and checks no signature
ACCESS_KEY = {"AWS_ACCESS_KEY_ID": NOBODY.key_id, "AWS_SECRET_ACCESS_KEY": NOBODY.secret}
PROVISIONED = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


# moto's own command answers many requests at once, and may then lose one of two counts. DynamoDB
# never does. So here it answers one request after another.
SERVE = """
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple
run_simple("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
"""


@contextmanager
def moto_server() -> Iterator[str]:
    """Run a moto and yield its address; skips the test where there is none."""
    process = subprocess.Popen(
        [moto_python(), "-c", SERVE], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    lines = process.stderr
    assert lines is not None
    try:
        for line in lines:
            if address := re.search(r"http://127\.0\.0\.1:\d+", line):
                break
        else:
            pytest.fail("moto did not start")
        threading.Thread(target=lines.read, daemon=True).start()  # a full pipe would stop it
        yield address[0]
    finally:
        process.kill()
        process.wait()


def moto_python() -> str:
    """The Python that has moto, boto3 and botocore; the course's has none of them."""
    server = shutil.which("moto_server")
    if server and (pyenv := shutil.which("pyenv", path=Path(server).parents[1] / "bin")):
        done = subprocess.run([pyenv, "which", "moto_server"], capture_output=True, text=True)
        server = done.stdout.strip()
    if not server:
        pytest.skip("MOTO IS NOT INSTALLED: what needs AWS was not tried")
    return Path(server).read_text(encoding="utf-8").splitlines()[0].removeprefix("#!").strip()


def send(address: str, action: str, body: bytes) -> HttpResponse:
    """Call DynamoDB's API, as whoever made the table would; return the answer."""
    kind = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": action}
    headers = sign(f"{address}/", kind, body, NOBODY, REGION, "dynamodb", time.time())
    return request("POST", f"{address}/", headers, body)


def call(address: str, action: str, body: dict[str, object]) -> dict[str, Any]:
    """Call DynamoDB's API; it must succeed."""
    answer = send(address, f"DynamoDB_20120810.{action}", json.dumps(body).encode())
    assert answer.status == 200, answer.body
    return answer.json_object()


@contextmanager
def taking_a_token(moto: str, token: str) -> Iterator[str]:
    """Run a moto's DynamoDB where a token opens it, as Yandex's Document API; yield its address."""

    def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
        if event["headers"].get("authorization") != f"Bearer {token}":
            refused = {"__type": "x#AccessDeniedException", "message": f"{event['headers']}"}
            return {"statusCode": 400, "body": json.dumps(refused)}
        target = event["headers"]["x-amz-target"]
        answer = send(moto, target, base64.b64decode(event["body"]))
        return {"statusCode": answer.status, "body": answer.body.decode()}

    with serving(handler) as address:
        yield f"{address}/ru-central1/b1g/etn"


def new_table(address: str) -> str:
    """Make a table as the template of the guide describes it; return the store's URL."""
    name = f"bot-{uuid.uuid4().hex[:12]}"
    call(
        address,
        "CreateTable",
        {
            "TableName": name,
            "AttributeDefinitions": [{"AttributeName": "store_key", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "store_key", "KeyType": "HASH"}],
            "ProvisionedThroughput": PROVISIONED,
        },
    )
    return f"dynamodb://{name}?region={REGION}&endpoint={address}"
