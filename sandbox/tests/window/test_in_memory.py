"""A window without a server: what its page and Python say to each other."""

import base64
import json

import pytest

from bot_sandbox.cloud.in_process import InProcessCloud
from bot_sandbox.telegram.in_memory import InMemoryTelegram
from bot_sandbox.window.in_memory import InMemoryWindow


@pytest.fixture
def telegram():
    with InMemoryTelegram(InProcessCloud()) as telegram:
        yield telegram


@pytest.fixture
def window(telegram):
    return InMemoryWindow(telegram)


def ask(window, path, **more):
    return json.loads(window.handle(json.dumps({"id": "a-1", "path": path} | more)))


def test_a_page_that_opens_gets_all_records_and_then_the_changes(telegram, window):
    telegram.person("Viktor")
    assert json.loads(window.handle("{}")) == {"views": ["telegram"]}
    everything = json.loads(window.news())
    names = [each.get("name") for each in everything["records"].values()]
    assert everything["reset"] and "Viktor" in names
    assert window.news() == ""
    telegram.person("Anna")
    changes = json.loads(window.news())
    assert not changes["reset"]
    assert [each["name"] for each in changes["records"].values()] == ["Anna"]
    window.handle("{}")  # another page
    assert len(json.loads(window.news())["records"]) == len(everything["records"]) + 1


def test_a_page_writes_and_the_bot_answers(tmp_path):
    (tmp_path / "main.py").write_text(
        "import json\n"
        "def handler(event, context):\n"
        "    message = json.loads(event['body'])['message']\n"
        "    answer = {'method': 'sendMessage', 'chat_id': message['chat']['id'], 'text': 'hi!'}\n"
        "    headers = {'Content-Type': 'application/json'}\n"
        "    return {'statusCode': 200, 'headers': headers, 'body': json.dumps(answer)}\n"
    )
    cloud = InProcessCloud()
    with InMemoryTelegram(cloud) as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        viktor = telegram.person("Viktor")
        telegram.call(account, "setWebhook", url=cloud.deploy("hello", tmp_path).url)
        window = InMemoryWindow(telegram)
        asked = {"from": "Viktor", "to": "hello_bot", "text": "!hello"}
        said = ask(window, "telegram/say", values=asked)
        assert (said["id"], said["status"], said["json"]["text"]) == ("a-1", 200, "!hello")
        window.news()  # the sandbox continues
        assert str(telegram.window(viktor)) == "Viktor: !hello\nHello bot: hi!"
    cloud.close()


def test_a_file_goes_to_the_chat_and_back(telegram, window):
    telegram.new_bot("Hello bot", "hello_bot")
    telegram.person("Viktor")
    content = base64.b64encode(b"\0notes").decode()
    path = "telegram/document?from=Viktor&to=hello_bot&name=notes.txt"
    sent = ask(window, path, file=content)["json"]
    [file_id] = telegram._world.files.by_id
    assert sent["text"].endswith("notes.txt)")
    got = ask(window, f"telegram/file?id={file_id}")
    assert (got["status"], got["file"]) == (200, content)


@pytest.mark.parametrize(
    ("asked", "status", "error"),
    [
        ({"path": "telegram/nothing"}, 404, "there is no telegram/nothing"),
        ({"path": "telegram/say", "values": {"to": "x"}}, 400, "'from' is missing"),
        ({"path": "telegram/file?id=7"}, 404, "there is no file '7'"),
    ],
)
def test_a_refusal_has_the_words_of_the_server(window, asked, status, error):
    answer = ask(window, **asked)
    assert answer["status"] == status and answer["json"]["error"].startswith(error)


def test_a_refusal_quotes_no_token(telegram, window):
    token = telegram.new_bot("Hello bot", "hello_bot").token
    values = {"from": token, "to": "hello_bot", "text": "hi"}
    for path, more in (("telegram/say", {"values": values}), (f"telegram/{token}", {})):
        refused = ask(window, path, **more)
        assert refused["status"] == 404 and token not in refused["json"]["error"]
