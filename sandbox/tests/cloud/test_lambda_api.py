"""AWS's own API of Lambda: by hand, and by AWS's own client."""

import base64
import http.client
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

import pytest
from cloud_tools import FUNCTIONS, wait_until
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox.cloud import Cloud
from bot_sandbox.cloud.lambda_api import TAIL_LIMIT

PLAIN = FUNCTIONS / "plain"
ARN = "arn:aws:lambda:us-east-1:000000000000:function:echo"
BOTO3 = "1.44.8"
FLAKY = """
import pathlib
def handler(event, context):
    tries = pathlib.Path(event)
    with tries.open("a") as file:
        file.write(context.aws_request_id + "\\n")
    if len(tries.read_text().split()) < 3:
        raise ValueError("not yet")
"""


@pytest.fixture(scope="module")
def cloud():
    with Cloud(retry_s=(0.01, 0.01)) as cloud:
        for name in ("echo", "talk", "fail", "count", "wait"):
            cloud.deploy(name, PLAIN, handler=f"main.{name}", timeout_s=20, concurrency=1)
        hostile = FUNCTIONS / "hostile"
        cloud.deploy("endless", hostile, handler="main.endless", timeout_s=0.2)
        cloud.deploy("large", hostile, handler="main.large", timeout_s=20)
        yield cloud


def call(cloud, target, body=b"", method="POST", **headers):
    """One request to the API; headers are named with underscores, without the X-Amz-."""
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=20)
    headers = {f"X-Amz-{name.replace('_', '-')}": value for name, value in headers.items()}
    headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={cloud.key}/"
    connection.request(method, target, body, headers)
    response = connection.getresponse()
    raw = response.read()
    connection.close()
    assert response.headers["x-amzn-RequestId"]
    return response, raw


def invoke(cloud, name, body=b"", query="", **headers):
    path = f"/2015-03-31/functions/{quote(name, safe='')}/invocations{query}"
    return call(cloud, path, body, **headers)


def refusal(answered):
    response, raw = answered
    told = json.loads(raw)
    assert told["Type"] == "User"
    return response.status, response.headers["x-amzn-ErrorType"], told["Message"]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("echo", ""),
        ("echo:$LATEST", ""),
        ("echo", "?Qualifier=%24LATEST"),
        (ARN, ""),
        (f"{ARN}:$LATEST", ""),
        ("000000000000:function:echo", ""),
        ("function:echo", ""),
    ],
)
def test_a_function_goes_by_many_names(cloud, name, query):
    response, raw = invoke(cloud, name, b' {"a":\n1.0} ', query)
    assert (response.status, json.loads(raw)) == (200, {"a": 1.0})
    assert response.headers["X-Amz-Executed-Version"] == "$LATEST"
    assert "X-Amz-Function-Error" not in response.headers
    assert "X-Amz-Log-Result" not in response.headers
    assert response.headers["x-amzn-RequestId"] == cloud.function("echo").invocations[-1].request_id


@pytest.mark.parametrize(
    ("name", "query", "arn"),
    [
        ("ecko", "", ARN.replace("echo", "ecko")),
        ("echo:7", "", f"{ARN}:7"),
        ("echo", "?Qualifier=prod", f"{ARN}:prod"),
    ],
)
def test_what_is_not_there_is_not_found(cloud, name, query, arn):
    found = refusal(invoke(cloud, name, b"{}", query))
    assert found == (404, "ResourceNotFoundException", f"Function not found: {arn}")


def test_another_region_is_not_reachable(cloud):
    found = refusal(invoke(cloud, ARN.replace("us-east-1", "eu-west-1"), b"{}"))
    says = "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
    assert found == (404, "ResourceNotFoundException", says)


@pytest.mark.parametrize("name", [ARN.replace("0" * 12, "1" * 12), f"{'1' * 12}:function:ecko"])
def test_another_account_has_to_allow_it(cloud, name):
    status, error, message = refusal(invoke(cloud, name, b"{}"))
    assert (status, error) == (403, "AccessDeniedException")
    resource = f"arn:aws:lambda:us-east-1:{'1' * 12}:function:{name[-4:]}"
    assert f"not authorized to perform: lambda:InvokeFunction on resource: {resource}" in message
    assert "no resource-based policy allows the lambda:InvokeFunction action" in message
    assert "Cloud(account=...)" in message


def test_two_qualifiers_must_agree(cloud):
    found = refusal(invoke(cloud, "echo:1", b"{}", "?Qualifier=2"))
    assert found[:2] == (400, "InvalidParameterValueException")
    assert "derived qualifier from the function name does not match" in found[2]
    assert invoke(cloud, "echo:$LATEST", b"1", "?Qualifier=$LATEST")[1] == b"1"


def test_a_cloud_may_have_your_own_account_and_region(tmp_path):
    source = "import os\ndef handler(event, context):\n    return os.environ['AWS_REGION']\n"
    (tmp_path / "main.py").write_text(source)
    with Cloud(account="123456789012", region="eu-central-1") as cloud:
        arn = cloud.deploy("f", tmp_path).arn
        assert arn == "arn:aws:lambda:eu-central-1:123456789012:function:f"
        for name in (arn, f"{arn}:$LATEST", "123456789012:function:f"):
            assert invoke(cloud, name, b"{}")[1] == b'"eu-central-1"'
    with pytest.raises(ValueError, match="account must be 12 digits; found '1'"):
        Cloud(account="1")
    with pytest.raises(ValueError, match="region must be a name such as us-east-1; found 'home'"):
        Cloud(region="home")


def test_without_a_payload_the_event_is_empty(cloud):
    assert invoke(cloud, "echo")[1] == b"{}"


def test_an_error_of_the_function_is_a_200_that_says_so(cloud):
    response, raw = invoke(cloud, "fail", b"{}")
    assert (response.status, response.headers["X-Amz-Function-Error"]) == (200, "Unhandled")
    error = json.loads(raw)
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no such pizza: Hawaii")
    assert "main.py" in error["stackTrace"][0]
    response, raw = invoke(cloud, "endless", b"{}")
    assert (response.status, response.headers["X-Amz-Function-Error"]) == (200, "Unhandled")
    request_id = response.headers["x-amzn-RequestId"]
    assert json.loads(raw) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request_id} Error: Task timed out after 0.20 seconds",
    }
    _, raw = invoke(cloud, "large", b"{}")
    assert json.loads(raw)["errorType"] == "Function.ResponseSizeTooLarge"


def test_the_tail_of_the_log_is_this_calls_own(cloud, tmp_path):
    response, _ = invoke(cloud, "talk", b"{}", Log_Type="Tail")
    lines = base64.b64decode(response.headers["X-Amz-Log-Result"]).decode().splitlines()
    assert lines == cloud.function("talk").logs[-len(lines) :]
    assert [line.split()[0] for line in lines] == ["START", "to", "to", "no", "END", "REPORT"]
    (tmp_path / "main.py").write_text("def handler(event, context):\n    print('é' * 9999)\n")
    cloud.deploy("long", tmp_path)
    response, _ = invoke(cloud, "long", b"{}", Log_Type="Tail")
    tail = base64.b64decode(response.headers["X-Amz-Log-Result"])
    assert len(tail) <= TAIL_LIMIT
    assert b"REPORT RequestId: " in tail


def test_a_dry_run_calls_nothing(cloud):
    before = len(cloud.function("echo").invocations)
    response, raw = invoke(cloud, "echo", b"{}", Invocation_Type="DryRun")
    assert (response.status, raw) == (204, b"")
    assert refusal(invoke(cloud, "ecko", Invocation_Type="DryRun"))[0] == 404
    assert len(cloud.function("echo").invocations) == before


def test_an_event_is_queued_and_tried_again_after_errors(cloud, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code/main.py").write_text(FLAKY)
    fn = cloud.deploy("flaky", tmp_path / "code")
    event = json.dumps(str(tmp_path / "tries")).encode()
    response, raw = invoke(cloud, "flaky", event, Invocation_Type="Event")
    assert (response.status, raw) == (202, b"")
    assert cloud.wait_until(lambda: len(fn.invocations) == 3, 20)
    assert [each.error for each in fn.invocations] == ["ValueError", "ValueError", None]
    ids = (tmp_path / "tries").read_text().split()
    assert set(ids) == {response.headers["x-amzn-RequestId"]}


def test_an_event_gives_up_after_the_last_try(cloud):
    fn = cloud.function("fail")
    before = len(fn.invocations)
    invoke(cloud, "fail", b"{}", Invocation_Type="Event")
    assert cloud.wait_until(lambda: len(fn.invocations) == before + 3, 20)


def test_a_throttled_call_is_refused_and_a_throttled_event_waits(cloud, tmp_path):
    fn = cloud.function("wait")
    event = json.dumps(str(tmp_path / "go")).encode()
    invoke(cloud, "wait", event, Invocation_Type="Event")
    assert cloud.wait_until(lambda: fn.calls, 20)
    status, kind, message = refusal(invoke(cloud, "wait", event))
    assert (status, kind, message) == (429, "TooManyRequestsException", "Rate Exceeded.")
    invoke(cloud, "wait", event, Invocation_Type="Event")
    assert cloud.wait_until(lambda: fn.throttled == 2, 20)
    (tmp_path / "go").touch()
    assert cloud.wait_until(lambda: len(fn.invocations) == 2, 20)


@pytest.mark.parametrize("body", [b"nope", b'{"a": NaN}', b"\xff", b"[1", b"[" * 200_000])
def test_a_payload_that_is_not_json(cloud, body):
    status, kind, message = refusal(invoke(cloud, "echo", body))
    assert (status, kind) == (400, "InvalidRequestContentException")
    assert message.startswith("Could not parse request body into json: ")


def test_a_payload_that_is_too_large(cloud):
    large = b'"' + b"x" * 6_291_455 + b'"'
    for body, headers in ((large, {}), (large[:1_048_576] + b'"', {"Invocation_Type": "Event"})):
        status, kind, message = refusal(invoke(cloud, "echo", body, **headers))
        assert (status, kind) == (413, "RequestEntityTooLargeException")
        assert ("6291456" if not headers else "1048577 byte payload") in message


def test_what_the_sandbox_lacks_is_refused_as_just_that(cloud):
    for method, target in (
        ("POST", "/2015-03-31/functions"),
        ("DELETE", "/2015-03-31/functions/echo"),
        ("GET", "/2015-03-31/functions/echo/versions"),
        ("POST", "/2021-11-15/functions/echo/response-streaming-invocations"),
        ("GET", "/2018-10-31/layers"),
    ):
        status, kind, message = refusal(call(cloud, target, b"{}", method))
        assert (status, kind) == (501, "NotImplementedException")
        assert f"this sandbox has no {method} {target}" in message and "it has Invoke" in message
    status, _, message = refusal(invoke(cloud, "echo", b"{}", Client_Context="e30="))
    assert (status, "no client context" in message) == (501, True)
    status, kind, message = refusal(invoke(cloud, "echo", b"{}", Invocation_Type="Now"))
    assert (status, kind) == (400, "ValidationException")
    assert "[RequestResponse, Event, DryRun]" in message


@given(st.text(max_size=80), st.text(max_size=20), st.binary(max_size=20))
def test_any_name_gets_an_answer_in_aws_form(cloud, name, qualifier, body):
    query = f"?Qualifier={quote(qualifier)}" if qualifier else ""
    path = quote(name, safe="")
    response, raw = call(cloud, f"/2015-03-31/functions/{path}/invocations{query}", body)
    if response.status != 200:
        assert response.status in (400, 404, 501)
        assert json.loads(raw)["Type"] == "User"


def test_functions_are_listed_page_by_page(cloud):
    names, marker = [], ""
    while True:
        path = f"/2015-03-31/functions/?MaxItems=2{marker}"
        page = json.loads(call(cloud, path, method="GET")[1])
        assert len(page["Functions"]) <= 2
        names += [each["FunctionName"] for each in page["Functions"]]
        if page["NextMarker"] is None:
            break
        marker = f"&Marker={page['NextMarker']}"
    assert sorted(names) == [function.name for function in cloud.functions()]
    for wrong in ("MaxItems=0", "MaxItems=x", "Marker=-1"):
        found = refusal(call(cloud, f"/2015-03-31/functions?{wrong}", method="GET"))
        assert found[:2] == (400, "InvalidParameterValueException")


def test_a_function_is_described_without_its_environment(cloud):
    cloud.deploy("secret", PLAIN, handler="main.echo", environment={"TOKEN": "hush"}, timeout_s=0.4)
    response, raw = call(cloud, "/2015-03-31/functions/secret", method="GET")
    assert response.status == 200 and b"hush" not in raw
    described = json.loads(raw)["Configuration"]
    assert described["FunctionArn"] == ARN.replace("echo", "secret")
    assert (described["Handler"], described["Timeout"]) == ("main.echo", 1)
    assert described["Runtime"] == f"python{sys.version_info.major}.{sys.version_info.minor}"
    _, raw = call(cloud, "/2015-03-31/functions/secret/configuration", method="GET")
    assert json.loads(raw) == described


def test_a_date_is_no_name_of_a_function(cloud):
    with pytest.raises(ValueError, match="name must not be a date"):
        cloud.deploy("2015-03-31", PLAIN)


@pytest.fixture(scope="module")
def boto3(tmp_path_factory):
    """AWS's own client, installed once a machine, into the temporary folder."""
    folder = Path(tempfile.gettempdir()) / f"such-different-chatbots-boto3-{BOTO3}"
    if not folder.exists():
        made = Path(tempfile.mkdtemp(prefix=f"{folder.name}-"))
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(made)]
        try:
            subprocess.run(
                [*command, f"boto3=={BOTO3}"], check=True, capture_output=True, timeout=120
            )
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(made)
            pytest.skip(f"NO WAY TO THE PACKAGE REGISTRY: boto3 was not tried: {error}")
        try:
            made.rename(folder)
        except OSError:  # the other worker was quicker
            shutil.rmtree(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        import boto3  # type: ignore[import-not-found]

        yield boto3


@pytest.mark.slow("a client from pip")
def test_boto3(cloud, boto3):
    client = boto3.client(
        "lambda",
        endpoint_url=f"http://127.0.0.1:{cloud.port}",
        region_name="us-east-1",
        aws_access_key_id=cloud.key,
        aws_secret_access_key="any",
    )
    answered = client.invoke(FunctionName="echo", Payload=b'{"name": "Viktor"}', LogType="Tail")
    assert json.load(answered["Payload"]) == {"name": "Viktor"}
    assert (answered["StatusCode"], answered["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answered
    assert b"REPORT" in base64.b64decode(answered["LogResult"])
    failed = client.invoke(FunctionName="fail")
    assert failed["FunctionError"] == "Unhandled"
    assert json.load(failed["Payload"])["errorType"] == "ValueError"
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Function not found"):
        client.invoke(FunctionName="nobody")
    with pytest.raises(client.exceptions.InvalidRequestContentException):
        client.invoke(FunctionName="echo", Payload=b"nope")
    before = len(cloud.function("count").invocations)
    assert client.invoke(FunctionName="count", InvocationType="Event")["StatusCode"] == 202
    wait_until(lambda: len(cloud.function("count").invocations) == before + 1)
    pages = client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
    listed = [function["FunctionName"] for page in pages for function in page["Functions"]]
    assert sorted(listed) == [function.name for function in cloud.functions()]
    client.get_waiter("function_active_v2").wait(FunctionName="echo")


WITH_BOTO3 = """
import os
import boto3
def handler(event, context):
    client = boto3.client("lambda", endpoint_url=os.environ["ENDPOINT"])
    return client.invoke(FunctionName="echo", Payload=b'"from inside"')["Payload"].read().decode()
"""


@pytest.mark.slow("a client from pip")
def test_boto3_inside_a_function_needs_no_more_than_the_address(cloud, boto3, tmp_path):
    (tmp_path / "main.py").write_text(WITH_BOTO3)
    environment = {
        "ENDPOINT": f"http://127.0.0.1:{cloud.port}",
        "PYTHONPATH": str(Path(boto3.__file__).parent.parent),
    }
    fn = cloud.deploy("caller", tmp_path, environment=environment, memory_mb=512, timeout_s=30)
    assert fn.invoke() == '"from inside"'


@pytest.mark.slow("a client from pip")
def test_another_key_is_refused_in_boto3s_own_words(cloud, boto3):
    client = boto3.client(
        "lambda",
        endpoint_url=f"http://127.0.0.1:{cloud.port}",
        region_name="us-east-1",
        aws_access_key_id="another",
        aws_secret_access_key="any",
    )
    with pytest.raises(client.exceptions.ClientError, match=r"token.* is invalid") as found:
        client.invoke(FunctionName="echo")
    assert found.value.response["Error"]["Code"] == "UnrecognizedClientException"
    assert found.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_key_is_random_unless_it_is_given():
    with Cloud() as one, Cloud() as other, Cloud(key="mine") as given:
        assert len({one.key, other.key}) == 2
        assert given.key == "mine"


def test_a_function_knows_key_and_region(cloud, tmp_path):
    source = "import os\ndef handler(event, context):\n    return dict(os.environ)\n"
    (tmp_path / "main.py").write_text(source)
    found = cloud.deploy("knows", tmp_path).invoke()
    assert found["AWS_ACCESS_KEY_ID"] == cloud.key and found["AWS_SECRET_ACCESS_KEY"]
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "us-east-1"
    with pytest.raises(ValueError, match=r"reserved keys .*: AWS_ACCESS_KEY_ID"):
        cloud.deploy("knows", tmp_path, environment={"AWS_ACCESS_KEY_ID": "own"})


@pytest.mark.slow("a client from pip")
def test_boto3_passes_the_chain_on(boto3, tmp_path):
    (tmp_path / "main.py").write_text(
        "import boto3, json, os\n"
        "client = boto3.client('lambda', endpoint_url=os.environ['CLOUD'])\n"
        "def handler(event, context):\n"
        "    client.invoke(FunctionName=context.function_name, InvocationType='Event')\n"
    )
    with Cloud(import_paths=[Path(boto3.__file__).parents[1]]) as cloud:
        own = {"CLOUD": f"http://127.0.0.1:{cloud.port}"}
        fn = cloud.deploy("boto", tmp_path, environment=own, timeout_s=60, memory_mb=256)
        fn.invoke()
        wait_until(lambda: any("RecursiveInvocationException" in line for line in fn.logs))
        wait_until(lambda: not fn.calls)
        assert len(fn.invocations) == 16
