"""The square: each home measured in a real sandbox, its numbers kept and shown."""

import re
import threading

import pytest
from IPython.core.interactiveshell import InteractiveShell

from lessons.charts import night_chart
from lessons.learner_bot import keep_name
from lessons.square import (
    TelegramFunction,
    TelegramProgram,
    TwitchFunction,
    TwitchIrcFunction,
    TwitchProgram,
    fill_square,
    measure,
    square,
)
from lessons.square.four_homes import FourHomes
from lessons.square.home_numbers import HomeNumbers
from lessons.square.picture import Box

pytestmark = pytest.mark.slow("all four homes at once")

MAIN = 'from botlib import Bot\n\nbot = Bot()\nbot.include_folder("commands")\n'
SCORE = """
from botlib import Bot
from botlib.store import open_store

bot, store = Bot(), open_store()
bot.command("score")(lambda message: str(store.increment(message.user)))
"""
HOMES = [TelegramProgram, TelegramFunction, TwitchProgram, TwitchIrcFunction, TwitchFunction]
LOST_WHEN = ("while it is idle", "while it restarts")
LOSING = TwitchIrcFunction
LOSES = HomeNumbers(LOSING.name, LOSING.title, LOSING.calls, 0, 210, 2, 2, LOST_WHEN)


@pytest.fixture(autouse=True)
def course_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path / "course"))
    return tmp_path / "course"


@pytest.fixture
def my_bot(tmp_path):
    folder = tmp_path / "my_bot"
    (folder / "commands").mkdir(parents=True)
    (folder / "main.py").write_text(MAIN)
    (folder / "commands/score.py").write_text(SCORE)
    return folder


def without_numbers(text):
    return re.sub(r"≈ [\d.,]+", "≈ N", text)


def test_a_home_on_twitch_has_her_bots_name(my_bot):
    keep_name("Żubr bot")
    with TwitchIrcFunction(my_bot) as home:
        assert home.bot.login == "zubr_bot"


def test_programs_hold_memory_and_only_the_one_with_a_line_loses_a_message(my_bot):
    asks, holds = measure(TelegramProgram(my_bot)), measure(TwitchProgram(my_bot))
    assert min(asks.idle_mb, holds.idle_mb) > 20
    assert (asks.lost, asks.lost_when) == (0, ())
    assert (holds.lost, holds.lost_when) == (1, ("while it restarts",))
    assert min(asks.first_ms, asks.next_ms, holds.first_ms, holds.next_ms) > 0


def test_a_home_on_telegram_has_the_bots_own_name(my_bot, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path))
    keep_name("Recipe bot")
    with TelegramProgram(my_bot) as home:
        assert home.account.name == "Recipe bot"


@pytest.mark.parametrize("home", [TelegramFunction, TwitchFunction])
def test_a_function_that_is_called_holds_nothing_and_loses_nothing(my_bot, home):
    found = measure(home(my_bot))
    assert (found.idle_mb, found.lost) == (0, 0)
    assert found.first_ms > found.next_ms > 0


def test_a_function_with_a_line_is_killed_and_loses_what_nobody_hears(my_bot):
    with TwitchIrcFunction(my_bot) as home:
        home.host.start()
        assert home.chat.ask("!measured here") == "here"
        home.host.stop()
        assert "Task timed out" in "\n".join(home.host.function.logs)
    found = measure(TwitchIrcFunction(my_bot))
    assert (found.idle_mb, found.lost) == (0, 2)
    assert found.lost_when == LOST_WHEN


def test_a_measurement_changes_nothing_in_the_folder_and_uses_none_of_its_settings(my_bot):
    (my_bot / ".env").write_text("TELEGRAM_TOKEN=1:stray\nTELEGRAM_API=http://127.0.0.1:9\n")
    before = {path: path.read_bytes() for path in my_bot.rglob("*") if path.is_file()}
    with TelegramProgram(my_bot) as home:
        assert [home.chat.ask("!score") for _ in range(2)] == ["1", "2"]
    with TelegramProgram(my_bot) as home:
        assert home.chat.ask("!score") == "1"
    after = {path: path.read_bytes() for path in my_bot.rglob("*") if path.is_file()}
    assert after == before


def test_homes_with_one_store_share_what_the_bot_remembers(my_bot, tmp_path):
    store_url = f"sqlite:///{tmp_path / 'shared.sqlite3'}"
    with (
        TelegramFunction(my_bot, store_url=store_url) as telegram,
        TwitchProgram(my_bot, store_url=store_url) as twitch,
    ):
        assert telegram.chat.ask("!score") == "1"
        assert twitch.chat.ask("!score") == "2"


def test_an_entry_file_of_her_own_is_the_one_that_runs(my_bot):
    source = "from main import bot\nfrom botlib.telegram.webhook import webhook\n"
    loud = 'bot.command("mine")(lambda message: "my own entry")\nhandler = webhook(bot)\n'
    (my_bot / "telegram_function.py").write_text(source + loud)
    with TelegramFunction(my_bot) as home:
        assert home.chat.ask("!mine") == "my own entry"


def test_a_bot_with_another_prefix_is_measured_too(my_bot):
    (my_bot / "main.py").write_text(MAIN.replace("Bot()", 'Bot("?")'))
    assert measure(TelegramProgram(my_bot)).lost == 0


@pytest.mark.parametrize("home", [TelegramProgram, TwitchIrcFunction])
def test_a_missing_bot_is_named(tmp_path, home):
    with pytest.raises(FileNotFoundError, match=r"my_bot/main\.py is missing"):
        measure(home(tmp_path / "my_bot"))


@pytest.mark.parametrize("home", [TelegramProgram, TwitchProgram, TelegramFunction])
def test_a_broken_bot_is_named_with_its_line(my_bot, home):
    (my_bot / "main.py").write_text("from botlib import Robot\n")
    with pytest.raises(Exception, match="cannot import name 'Robot'"):
        measure(home(my_bot))


def test_the_empty_square_says_where_each_box_is_measured():
    boxes = re.findall(r"(.+)\n    not measured yet: notebooks? (.+)", repr(square()))
    alone = [(home.title, home.notebook) for home in HOMES[:3]]
    assert boxes == [*alone, ("Twitch × function", "10 and 11")]


def test_the_square_has_four_boxes_also_when_one_has_two_ways():
    assert square()._repr_html_().count("border-radius:8px") == 4
    LOSES.keep()
    shown = repr(square())
    assert "Twitch × function, by IRC ✗\n    somebody awake" in shown
    assert "Twitch × function, by EventSub\n    not measured yet: notebook 11" in shown
    page = square()._repr_html_()
    assert (page.count("<td"), page.count("border-radius:10px")) == (4, 1)


def test_numbers_are_kept_shown_and_replaced(my_bot, course_folder, capsys):
    measure(TelegramProgram(my_bot))
    box = without_numbers(capsys.readouterr().out)
    assert box.splitlines()[1:] == [
        "    the bot asks Telegram",
        "    idle: ≈ N MB",
        "    first answer: ≈ N ms",
        "    next answer: ≈ N ms",
        "    lost: 0 of 3 messages",
    ]
    assert box.strip() in without_numbers(repr(square()))
    (course_folder / "square/telegram_program.json").write_text("half a nu")
    assert repr(square()).startswith("Telegram × program\n    not measured yet")


def test_a_cell_shows_the_box_once():
    shell = InteractiveShell.instance()
    data, _ = shell.display_formatter.format(LOSES)
    InteractiveShell.clear_instance()
    shell.restore_sys_module_state()  # such as __main__
    assert data == {}


def test_the_page_crosses_out_the_home_that_loses_and_never_paints_a_background():
    LOSES.keep()
    page = square()._repr_html_()
    assert "<s>Twitch × function, by IRC</s> ✗" in page
    colors = re.findall(r"(?:background|[^-]color):\s*([^;\"]+)", page)
    assert colors
    assert all(color == "none" or color.startswith("rgba(") for color in colors)


def test_words_in_a_box_are_text(my_bot):
    assert "<b>a &lt; b</b>" in Box("a < b", None, "02").html()


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    folder = tmp_path_factory.mktemp("four") / "my_bot"
    (folder / "commands").mkdir(parents=True)
    (folder / "main.py").write_text(MAIN)
    (folder / "commands/score.py").write_text(SCORE)
    with FourHomes(folder) as four:
        yield four


def test_four_homes_answer_from_one_store(four):
    first, *_ = map(int, four.ask("!score").values())
    assert list(map(int, four.ask("!score").values())) == [first + n for n in range(4, 8)]


def test_a_night_is_heard_by_all_but_the_one_that_has_to_listen(four):
    for _ in range(2):
        night = four.everybody_sleeps()
        assert {name: [str(said) for said in chat] for name, chat in night.chats.items()} == {
            "Telegram calls": ["at once"] * 3,
            "Telegram is asked": ["late"] * 3,
            "Twitch calls": ["at once"] * 3,
            "Twitch by IRC": ["lost"] * 3,
        }
        chart = night_chart(night)
        signs = [text.get_text() for text in chart.axes[0].texts]
        assert (signs.count("✓"), signs.count("✗")) == (9, 3)


def test_a_break_is_late_lost_or_leaves_a_bot_deaf_by_its_length(four):
    deaf = "lost, and deaf until it subscribes again"
    breaks = [(5, "late", "late"), (3600, "late", deaf), (90_000, "lost", deaf)]
    for seconds, telegram, twitch in breaks:
        assert four.break_for(seconds) == {
            "Telegram calls": telegram,
            "Telegram is asked": telegram,
            "Twitch calls": twitch,
            "Twitch by IRC": "lost",
        }
    assert len(four.ask("!score")) == 4


def test_four_homes_that_cannot_open_leave_nothing_behind(tmp_path):
    before = set(threading.enumerate())
    with pytest.raises(FileNotFoundError, match="there is no bot to measure"):
        FourHomes(tmp_path)
    # A loop of another world in this process may get a helper of its own meanwhile: "asyncio_0".
    new = set(threading.enumerate()) - before
    assert [thread for thread in new if not thread.name.startswith("asyncio_")] == []


def test_filling_the_square_measures_what_is_missing_and_nothing_else(my_bot, course_folder):
    measure(TelegramProgram(my_bot))
    before = (course_folder / "square/telegram_program.json").read_bytes()
    assert "not measured yet" not in repr(fill_square(my_bot))
    assert (course_folder / "square/telegram_program.json").read_bytes() == before
    assert repr(fill_square(my_bot.parent / "no bot")) == repr(square())
