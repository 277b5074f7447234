"""People who chat on the sandbox Twitch, and read what others say."""

import pytest
from twitch_tools import World

from bot_sandbox.twitch import NoReply, Twitch


@pytest.fixture
def world():
    with Twitch() as twitch:
        yield World(twitch)


def test_ask_and_transcript(world):
    world.parrot()
    assert world.viktor.ask("!hello", channel="viktor") == "hello viktor!"
    assert str(world.twitch.transcript("viktor")) == "Viktor: !hello\nHello_Bot: hello viktor!"
    html = world.twitch.transcript(world.viktor)._repr_html_()
    assert "hello viktor!" in html and "flex-start" in html and "flex-end" in html


def test_an_account_has_the_id_that_a_bot_knows(world):
    anna = world.twitch.account("anna", id="12345")
    assert (anna.id, world.twitch.account("peter", id=77).id) == ("12345", "77")
    following = str(int(world.viktor.id) + 2)
    world.twitch.account("zoe", id=following)
    assert world.twitch.account("quinn").id != following
    with pytest.raises(ValueError, match=r"the id 12345 is taken by 'anna'; choose another"):
        world.twitch.account("other", id=12345)
    for wrong in (0, "0", -5, "012", "anna", "1" * 16, True, 1.5, None):
        with pytest.raises(ValueError, match=r"id has 1 to 15 digits and begins with no 0; found"):
            world.twitch.account("other", id=wrong)


def test_wait_reads_each_message_once(world):
    anna = world.twitch.account("anna", "Anna")
    anna.say_all(["one", "two", "three"], channel=world.viktor)
    assert [m.text for m in world.viktor.wait(2)] == ["one", "two"]
    world.viktor.wait(1)
    with pytest.raises(NoReply, match=r"1 message\(s\) in #viktor; 0 came"):
        world.viktor.wait(timeout=0.01)
    anna.say("four", channel="#viktor")
    assert world.viktor.wait()[0].text == "four"
    assert repr(anna) == "TwitchAccount('anna', id='100000003')"


def test_wait_for_passes_over_what_does_not_fit(world):
    anna = world.twitch.account("anna", "Anna")
    anna.say_all(["one", "two", "three"], channel=world.viktor)
    assert world.viktor.wait_for(lambda message: message.text == "two").text == "two"
    with pytest.raises(NoReply) as error:
        world.viktor.wait_for(lambda message: message.text == "one", timeout=0.01)
    head = "No matching message came in #viktor within 0.01 s."
    assert str(error.value) == f"{head} What came instead:\n  Anna: three"
    assert world.viktor.wait()[0].text == "three"
    with pytest.raises(NoReply, match=r"No other came either\.\nFound: no program ever connected"):
        world.viktor.wait_for(lambda _: True, timeout=0.01)


def test_people_may_repeat_themselves(world):
    for _ in range(50):
        world.viktor.say("!hello")
    assert len(world.twitch.messages("viktor")) == 50


@pytest.mark.parametrize("text", ["", " \n"])
def test_people_send_no_empty_message(world, text):
    with pytest.raises(ValueError, match="sends no empty message; found"):
        world.viktor.say_all(["hello", text])
    assert world.twitch.messages("viktor") == []


@pytest.mark.parametrize("text", [5, None])
def test_people_write_text(world, text):
    for write in (world.viktor.say, world.viktor.ask):
        with pytest.raises(TypeError, match=f'is text in quotes, such as "hello"; found {text}'):
            write(text)
