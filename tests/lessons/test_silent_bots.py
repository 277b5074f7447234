"""The eight silent bots: what there is to see of each fits the reason in the exercise."""

import pytest

from lessons.exercises.verdict import NotYet
from lessons.exercises.why_is_my_bot_silent import SILENT_TASK
from lessons.worlds.silent_bots import SilentBots, ThreeSilentBots


@pytest.fixture(scope="module")
def bots():
    return SilentBots()


@pytest.fixture
def log(bots, capsys):
    def log(name):
        bots.log(name)
        return capsys.readouterr().out

    return log


def test_the_exercise_asks_for_every_bot(bots):
    found = dict.fromkeys(bots.names, ...)
    with pytest.raises(NotYet, match=", ".join(bots.names)):
        SILENT_TASK.check(found)


@pytest.mark.parametrize(
    ("name", "error"),
    [("red_bot", "403 Forbidden"), ("blue_bot", "404 Not Found"), ("orange_bot", "502 Bad Gateway"),
     ("violet_bot", "502 Bad Gateway")],
)  # fmt: skip
def test_a_refused_call_leaves_its_status(bots, name, error):
    info = bots.info(name)
    assert info["last_error_message"] == f"Wrong response from the webhook: {error}"
    assert info["pending_update_count"] == 1


def test_a_log_tells_two_failures_apart(log):
    assert "No module named 'jokes'" in log("orange_bot")
    assert "Task timed out" in log("violet_bot")


def test_three_bots_look_healthy_to_telegram(bots, log):
    for name in ("yellow_bot", "green_bot", "black_bot"):
        info = bots.info(name)
        assert info["url"].endswith(f"/{name}/")
        assert info["pending_update_count"] == 0
        assert "last_error_message" not in info
    assert bots.info("yellow_bot")["allowed_updates"] == ["callback_query"]
    assert "nobody has called" in log("yellow_bot")
    assert "START" in log("green_bot")


def test_one_bot_has_no_webhook(bots, log):
    assert bots.info("white_bot") == {"url": "", "pending_update_count": 1}
    assert "nobody has called" in log("white_bot")


def test_an_unknown_name_is_refused_with_the_known_ones(bots):
    with pytest.raises(ValueError, match="there is no bot 'pink_bot'; there are: red_bot, "):
        bots.info("pink_bot")


def test_the_logs_of_three_bots_tell_all(capsys):
    three = ThreeSilentBots()
    logs = {}
    for name in three.names:
        three.log(name)
        logs[name] = capsys.readouterr().out
    assert list(logs) == ["gold_bot", "silver_bot", "bronze_bot"]
    assert "[ERROR] KeyError: 'text'" in logs["gold_bot"]
    assert (
        '    words = message["text"].split()\n' in logs["gold_bot"] and "~" not in logs["gold_bot"]
    )
    assert "nobody has called" in logs["silver_bot"]
    assert "Task timed out" in logs["bronze_bot"]
    assert three.info("gold_bot")["pending_update_count"] == 2  # !hello waits behind the sticker
