"""AWS's runtimes have AWS's SDK; functions have what is installed beside the sandbox."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock

import pytest

from bot_sandbox.cloud import Cloud, FunctionError
from bot_sandbox.cloud.deployment import AWS_SDK

CLIENTS = Path(__file__).parents[2] / "docs" / "clients.md"
RUNNING = re.compile(r"Running on (http://\S+)")
PYTHON_USE = """
import importlib.util
def handler(event, context):
    import boto3, botocore
    hidden = importlib.util.find_spec("something_else")
    return [boto3.WHERE, botocore.WHERE, hidden is None]
"""


@pytest.fixture(scope="module")
def cloud():
    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of installed packages."""
    site = tmp_path / "site"
    site.mkdir()
    for name in ("boto3", "botocore"):
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("WHERE = 'installed'\n")
    (site / "something_else.py").write_text("")
    monkeypatch.syspath_prepend(site)


def code(tmp_path, name, text):
    folder = tmp_path / "code"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder


def hide_sdk(monkeypatch):
    without = [each for each in sys.path if not Path(each, "botocore").exists()]
    monkeypatch.setattr(sys, "path", without)


def error_of(fn):
    with pytest.raises(FunctionError) as caught:
        fn.invoke()
    return caught.value


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("worker", ["sandbox", "awslambdaric"])
def test_a_python_function_has_the_installed_sdk(cloud, tmp_path, worker):
    if worker == "awslambdaric":
        pytest.importorskip("awslambdaric", reason="AWS's own loop is not installed")
    folder = code(tmp_path, "main.py", PYTHON_USE)
    fn = cloud.deploy("sdk", folder, worker=worker)
    assert fn.invoke() == ["installed", "installed", True]
    (folder / "boto3.py").write_text("WHERE = 'its own'\n")
    fn = cloud.deploy("sdk", folder, worker=worker)
    assert fn.invoke() == ["its own", "installed", True]


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("replaced", [None, ModuleType("boto3"), MagicMock()], ids=type)
def test_the_installed_sdk_is_found_though_a_test_has_replaced_it(
    cloud, tmp_path, monkeypatch, replaced
):
    monkeypatch.setitem(sys.modules, "boto3", replaced)
    fn = cloud.deploy("sdk", code(tmp_path, "main.py", PYTHON_USE))
    assert fn.invoke() == ["installed", "installed", True]


@pytest.mark.usefixtures("site")
def test_yandex_clouds_python_has_no_sdk_of_aws(cloud, tmp_path):
    error = error_of(cloud.deploy("sdk", code(tmp_path, "main.py", PYTHON_USE), events="yandex"))
    assert error.message == "No module named 'boto3'"


@pytest.mark.parametrize("packages", [False, True])
@pytest.mark.parametrize(
    "text", ["import boto3", "from botocore.config import Config\nimport boto3", PYTHON_USE]
)
def test_a_missing_sdk_is_not_the_functions_fault(cloud, tmp_path, monkeypatch, text, packages):
    hide_sdk(monkeypatch)
    fn = cloud.deploy("sdk", code(tmp_path, "main.py", text), packages=packages)
    says = r"AWS's Python has (boto3|botocore).* its own Python.*pip install boto3"
    message = error_of(fn).message
    assert re.search(says, message) or message == "No module named 'boto3'"  # in the handler
    (line,) = [line for line in fn.logs if "[ERROR]" in line]
    assert re.search(says, line) and "deployed folder" not in line


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("try:\n    import boto3\nexcept ModuleNotFoundError:\n    boto3 = None\n", None),
        ("from importlib.util import find_spec\nboto3 = find_spec('boto3')\n", None),
        (
            "import sys\nsys.path.append(__file__.replace('main.py', 'own'))\n"
            "from boto3 import boto3\n",
            "its own",
        ),
    ],
    ids=["import", "find_spec", "own"],
)
def test_a_function_can_do_without_the_installed_sdk(cloud, tmp_path, monkeypatch, text, answer):
    hide_sdk(monkeypatch)
    folder = code(tmp_path, "main.py", f"{text}def handler(event, context): return boto3\n")
    (folder / "own").mkdir()
    (folder / "own" / "boto3.py").write_text("boto3 = 'its own'\n")
    assert cloud.deploy("sdk", folder).invoke() == answer


AS_DOCUMENTED = """
import boto3
def handler(event, context):
    if event == "who is there?":
        return "a neighbor"
    visits = boto3.resource("dynamodb").create_table(
        TableName="visits",
        KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    visits.put_item(Item={"name": "Viktor", "count": 3})
    answer = boto3.client("lambda").invoke(FunctionName="visits", Payload='"who is there?"')
    visit = visits.get_item(Key={"name": "Viktor"})["Item"]
    return int(visit["count"]), answer["Payload"].read().decode()
"""


def moto_python():
    """The Python that has moto and boto3; the sandbox's need not."""
    command = shutil.which("moto_server")
    if command and (pyenv := shutil.which("pyenv", path=Path(command).parents[1] / "bin")):
        done = subprocess.run([pyenv, "which", "moto_server"], capture_output=True, text=True)
        command = done.stdout.strip()
    if not command:
        pytest.skip("MOTO IS NOT INSTALLED: no service of AWS was tried beside the sandbox")
    return Path(command).read_text(encoding="utf-8").splitlines()[0].removeprefix("#!").strip()


@pytest.fixture
def moto(tmp_path, monkeypatch):
    """A moto's address; its boto3 is beside the sandbox."""
    python = moto_python()
    find = "import boto3, pathlib; print(pathlib.Path(boto3.__file__).parents[1])"
    site = subprocess.run([python, "-c", find], capture_output=True, text=True, check=True).stdout
    (tmp_path / "site").mkdir()
    for name in AWS_SDK:
        for place in Path(site.strip()).glob(f"{name}*"):
            if place.stem == name:
                (tmp_path / "site" / place.name).symlink_to(place)
    monkeypatch.syspath_prepend(tmp_path / "site")
    command = [python, "-m", "moto.server", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            lines = iter(server.stderr.readline, "")
            yield next(found[1] for line in lines if (found := RUNNING.search(line)))
        finally:
            server.kill()


@pytest.mark.slow("moto, a second service")
def test_the_documented_way_to_services_of_aws(cloud, tmp_path, moto):
    (block,) = re.findall(r"```python\n(.*?AWS_ENDPOINT_URL.*?)```", CLIENTS.read_text(), re.DOTALL)
    folder = code(tmp_path, "main.py", AS_DOCUMENTED)
    for said, meant in (("my_function", str(folder)), ("http://127.0.0.1:5555", moto)):
        assert said in block
        block = block.replace(said, meant)
    exec(block, {"cloud": cloud})
    assert cloud.invoke("visits") == [3, '"a neighbor"']


@pytest.mark.slow("a second runtime")
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("main.mjs", 'import where from "@aws-sdk/client-s3";'),
        ("main.cjs", 'const where = require("@aws-sdk/client-s3");'),
    ],
)
def test_a_node_function_has_the_sdk_beside_the_sandbox(cloud, tmp_path, monkeypatch, name, line):
    place = tmp_path / "project" / "node_modules"
    for package, text in (
        ("@aws-sdk/client-s3", 'module.exports = require("@smithy/core");'),
        ("@smithy/core", 'module.exports = "installed";'),
        ("something-else", ""),
    ):
        (place / package).mkdir(parents=True)
        (place / package / "index.js").write_text(text)
    (tmp_path / "project" / "bots").mkdir()
    export = "export const handler =" if name.endswith("mjs") else "exports.handler ="
    folder = code(tmp_path, name, f"{line}\n{export} async () => where;\n")

    monkeypatch.chdir(tmp_path)
    error = error_of(cloud.deploy("sdk", folder, runtime="nodejs"))
    assert re.search("AWS's Node.js has @aws-sdk/.*npm install @aws-sdk/client-s3", error.message)
    error = error_of(cloud.deploy("sdk", folder, runtime="nodejs", events="yandex"))
    assert "run npm install in it" in error.message

    use = 'await import("@aws-sdk/client-s3")' if name.endswith("mjs") else line
    (folder / name).write_text(f"{export} async () => {{ {use} }};\n")
    fn = cloud.deploy("sdk", folder, runtime="nodejs")
    assert "AWS's Node.js has" not in error_of(fn).message
    (logged,) = [each for each in fn.logs if "[ERROR]" in each]
    assert re.search("@aws-sdk/client-s3'.*AWS's Node.js has @aws-sdk/.*npm install @", logged)
    (folder / name).write_text(f"{line}\n{export} async () => where;\n")

    monkeypatch.chdir(tmp_path / "project" / "bots")
    assert cloud.deploy("sdk", folder, runtime="nodejs").invoke() == "installed"
    (folder / name).write_text(line.replace("@aws-sdk/client-s3", "something-else"))
    error = error_of(cloud.deploy("sdk", folder, runtime="nodejs"))
    assert "run npm install in it" in error.message
