"""tools/real_bots.py draws public bots by a seed, and counts those that run whole."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SANDBOX = Path(__file__).parents[1]
sys.path.insert(0, str(SANDBOX))
from tools import real_bots  # noqa: E402


@pytest.mark.parametrize("platform", ["telegram", "twitch"])
def test_the_list_is_what_the_seed_draws(platform):
    with (real_bots.DATA / "bots.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab"))
    ours = [row for row in rows if row["platform"] == platform]
    assert [row["repository"] for row in ours] == real_bots.drawn(platform)[: len(ours)]
    held = [row for row in ours if row["outcome"] == "holdout"]
    assert held == ours[: real_bots.HOLDOUT[platform]]
    assert not any(row["commit"] or row["needs"] for row in held)
    assert all(row["commit"] for row in ours if row["outcome"] == "measured")
    with (real_bots.DATA / "holdout.tsv").open(encoding="utf-8", newline="") as file:
        fixed = list(csv.DictReader(file, dialect="excel-tab"))
    named = [row["repository"] for row in fixed if row["platform"] == platform]
    assert named == [row["repository"] for row in held]


def test_the_draw_leaves_out_copies_and_asks_for_what_is_missing(tmp_path, monkeypatch, capsys):
    if not shutil.which("git"):
        pytest.skip("GIT IS NOT INSTALLED: no repositories were made to draw from")
    names = ["anna/bot", "anna/other", "ben/copy", "cleo/telegram-api", "dora/java", "emil/next"]
    monkeypatch.setattr(real_bots, "drawn", lambda platform: names)
    monkeypatch.setitem(real_bots.HOLDOUT, "telegram", 0)
    sources = {"anna+bot": "bot.py", "ben+copy": "copied.py", "dora+java": "Bot.java"}
    for folder, file in sources.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).write_text("import telebot\nbot.send_message(1, 'a')\n")
        for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "Say hello"]):
            git = [shutil.which("git"), "-c", "user.name=A", "-c", "user.email=a@example.org"]
            subprocess.run([*git, *words], cwd=tmp_path / folder, check=True)
    rows = list(real_bots.Draw("telegram", tmp_path).rows())
    assert [(row.repository, row.outcome) for row in rows] == [
        ("anna/bot", "measured"),
        ("anna/other", "second of its owner"),
        ("ben/copy", "duplicate"),
        ("cleo/telegram-api", "library or lesson"),
        ("dora/java", "no such bot in Python or JavaScript"),
    ]
    assert rows[0].needs == "method sendMessage"
    assert capsys.readouterr().out.splitlines()[1:] == ["emil/next"]


def test_the_sandbox_is_asked_by_its_own_tables():
    sandbox = real_bots.Sandbox()
    has = """method sendPhoto; parameter sendPhoto.caption; update callback_query; people photo;
        media document; helix GET users; eventsub channel.follow"""
    lacks = """method sendNothing; parameter sendPhoto.nothing; update nothing; people nothing;
        media nothing; helix GET nothing; eventsub nothing; chat nothing; unresolved: nothing"""
    assert [need for need in map(str.strip, has.split(";")) if not sandbox.has(need)] == []
    assert [need for need in map(str.strip, lacks.split(";")) if sandbox.has(need)] == []


def test_the_curve_takes_the_family_that_lifts_most():
    bots = {"a": set(), "b": {"polls"}, "c": {"polls"}, "d": {"polls", "media"}, "e": {"media"}}
    bots |= {"f": {real_bots.NEVER[0]}, "g": {real_bots.NEVER[0]}, "h": {real_bots.NEVER[0]}}
    assert list(real_bots.curve(bots)) == [
        ("polls", 3, {"a", "b", "c"}),
        ("media", 2, {"a", "b", "c", "d", "e"}),
        (real_bots.NEVER[0], 3, set("abcdefgh")),
    ]
