"""The table for a bot's memory in Yandex Cloud, made in moto, which speaks the same protocol."""

import json
import subprocess
import sys
from pathlib import Path

import moto_server
import pytest
from raw_server import answering, http

from botlib.store import open_store

ROOT = Path(__file__).parents[2]
TOKEN = "t1.very-secret"


def create_table(*arguments, token=f"{TOKEN}\n"):
    done = subprocess.run(
        [sys.executable, "-m", "deploy.create_table", *arguments],
        cwd=ROOT,
        input=token,
        capture_output=True,
        text=True,
    )
    assert TOKEN not in done.stdout + done.stderr
    return done


def metadata(sock):
    """Give a function of Yandex Cloud its token."""
    token = {"access_token": TOKEN, "expires_in": 43200, "token_type": "Bearer"}
    sock.sendall(http("200 OK", json.dumps(token).encode()))


def test_a_bots_store_works_in_the_table_that_was_made(moto, monkeypatch):
    with moto_server.taking_a_token(moto, TOKEN) as address, answering(metadata) as service:
        done = create_table(address)
        assert (done.returncode, done.stderr) == (0, "")
        url = done.stdout.splitlines()[-1]
        assert url == f"dynamodb://bot?endpoint={address}"
        monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
        monkeypatch.setenv("YC_METADATA_ADDR", service.removeprefix("http://"))
        with open_store(url) as store:
            assert store.increment("score") == 1
            assert create_table(address).stdout == done.stdout  # a table that is there stays
            assert store.increment("score") == 2
    found = moto_server.call(moto, "DescribeTimeToLive", {"TableName": "bot"})
    assert found["TimeToLiveDescription"] == {
        "AttributeName": "delete_after",
        "TimeToLiveStatus": "ENABLED",
    }


def test_a_token_that_is_refused_is_not_shown(moto):
    with moto_server.taking_a_token(moto, "another") as address:
        done = create_table(address)
    assert (done.returncode, done.stdout) == (1, "")
    assert "refused CreateTable: AccessDeniedException" in done.stderr
    assert "Bearer (hidden)" in done.stderr


def test_a_token_in_the_kind_of_an_error_is_not_shown():
    body = json.dumps({"__type": f"of#{TOKEN}"}).encode()
    with answering(lambda sock: sock.sendall(http("400 Bad Request", body))) as address:
        done = create_table(address)  # it checks that it shows no token
    assert done.returncode == 1 and "refused CreateTable: (hidden)" in done.stderr


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "docapi.example"])
def test_an_address_that_is_wrong_takes_one_line(address):
    done = create_table(address)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
