"""The table of the Bot API, and the program that writes it."""

import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from bot_sandbox.telegram import BOT_API_VERSION
from bot_sandbox.telegram.bot_api import METHODS, OLD_NAMES, TYPES

PROGRAM = Path(__file__).parents[2] / "tools" / "bot_api_table.py"
PLAIN = {"Integer", "Float", "String", "Boolean", "True"}


def field(name, kind, required=False, description="Something."):
    return {"name": name, "type": kind, "required": required, "description": description}


OLD = field("old", "Integer") | {"deprecated": {"version": "7.0"}}
SEND = {
    "name": "sendThing",
    "category": "methods",
    "description": "Send a thing.",
    "annotations": [
        field("chat_id", "Integer or String", required=True),
        field("media", "Array of ThingA, ThingB and ThingC"),
    ],
}
THINGS = [
    {
        "name": f"Thing{letter}",
        "category": "types",
        "description": "A thing.",
        "annotations": [field("type", "String", True, f"Type, {words} '{letter.lower()}'")],
    }
    for letter, words in (("A", "always"), ("B", "must be"), ("C", "currently one of 'x',"))
]
EITHER = {
    "name": "Thing",
    "category": "types",
    "description": "Either a String for a text or one of\n - ThingA\n - ThingB",
    "annotations": [],
}


@pytest.fixture
def source(tmp_path):
    """Write a source like aiogram's, with a version and entries, and return its path."""

    def write(version, methods, types):
        root = tmp_path / "files"
        entries = [*methods, *types]
        schema = {
            "api": {"version": version, "release_date": "2030-01-02"},
            "items": [{"children": entries}],
        }
        files = {".butcher/schema/schema.json": json.dumps(schema)}
        for entry in entries:
            old = [OLD] if entry["category"] == "methods" else []
            full = {"object": entry | {"annotations": [*old, *entry["annotations"]]}}
            files[f".butcher/{entry['category']}/{entry['name']}/entity.json"] = json.dumps(full)
        code = 'class X(Method[X]):\n    __returning__ = {}\n    __api_method__ = "{}"\n'
        for number, entry in enumerate(methods):
            returning = ("list[ResultThingUnion]", "Message | bool")[number % 2]
            files[f"aiogram/methods/m{number}.py"] = code.format(returning, entry["name"])
        archive = tmp_path / f"aiogram-{version}.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            for name, text in files.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                tar.add(path, f"aiogram-{version}/{name}")
        return archive

    return write


def run(*arguments):
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_program_writes_facts_from_its_source(source, tmp_path):
    table = tmp_path / "table.json"
    archive = source("99.1", [SEND, SEND | {"name": "getThing"}], [*THINGS, EITHER])
    status, words = run(archive, "--table", table)
    assert (status, words.split(":")[0]) == (0, "Bot API 99.1")
    written = table.read_text(encoding="utf-8")
    read = json.loads(written)
    assert (read["version"], read["source"]) == ("99.1", "aiogram-99.1")
    assert read["methods"]["sendThing"] == {
        "fields": {
            "chat_id": "Integer or String",
            "media": "Array of ThingA or ThingB or ThingC",
            "old": "Integer",
        },
        "required": ["chat_id"],
        "deprecated": ["old"],
        "returns": "Array of Thing",
    }
    assert read["methods"]["getThing"]["returns"] == "Message or True"
    assert [read["types"][f"Thing{x}"].get("constants") for x in "ABC"] == [
        {"type": "a"},
        {"type": "b"},
        None,
    ]
    assert read["types"]["Thing"] == {"any_of": ["String", "ThingA", "ThingB"]}
    assert [line for line in written.splitlines() if line.startswith('"sendThing"')]
    assert "Something" not in written


def test_check_says_what_is_new(source, tmp_path):
    table = tmp_path / "table.json"
    run(source("99.1", [SEND], THINGS), "--table", table)
    before = table.read_text(encoding="utf-8")
    assert run(source("99.1", [SEND], THINGS), "--table", table, "--check")[0] == 0
    longer = SEND | {"annotations": [*SEND["annotations"], field("ghost", "String")]}
    newer = source("99.2", [longer, SEND | {"name": "getThing"}], THINGS[:2])
    status, words = run(newer, "--table", table, "--check")
    assert status == 1
    for line in (
        "The table is Bot API 99.1 of 2030-01-02; aiogram-99.2 has 99.2 of 2030-01-02.",
        "new in methods: getThing",
        "changed in methods: sendThing +ghost",
        "gone from types: ThingC",
    ):
        assert line in words.splitlines()
    assert table.read_text(encoding="utf-8") == before


def test_another_archive_is_refused(tmp_path):
    archive = tmp_path / "other.tar.gz"
    with tarfile.open(archive, "w:gz"):
        pass
    status, words = run(archive, "--check")
    assert status == 1
    assert "not a source of aiogram" in words


def test_the_table_knows_every_type_that_it_names():
    named = {part for entry in METHODS.values() for part in names_in(entry.returns)}
    for entry in (*METHODS.values(), *TYPES.values()):
        named |= {
            part for kind in (*entry.fields.values(), *entry.any_of) for part in names_in(kind)
        }
        assert {*entry.required, *entry.deprecated, *entry.constants} <= entry.fields.keys()
    assert named <= PLAIN | TYPES.keys()
    assert len(named) > 300


def names_in(kind):
    return re.sub("Array of ", "", kind).split(" or ")


def test_the_table_holds_what_the_manual_says():
    """Compare with https://core.telegram.org/bots/api."""
    assert re.fullmatch(r"\d+\.\d+", BOT_API_VERSION)
    send = METHODS["sendMessage"]
    assert send.required == ["chat_id", "text"]
    assert send.fields["entities"] == "Array of MessageEntity"
    assert "reply_to_message_id" in send.deprecated
    assert send.returns == "Message"
    assert METHODS["getUpdates"].returns == "Array of Update"
    assert METHODS["getChatMember"].returns == "ChatMember"
    assert TYPES["ReactionType"].any_of[0] == "ReactionTypeEmoji"
    assert TYPES["ReactionTypeEmoji"].constants == {"type": "emoji"}
    assert not OLD_NAMES.keys() & METHODS.keys()
    assert METHODS.keys() >= set(OLD_NAMES.values())
