"""Twitch's window in a real browser: typing, reading, cutting the line of a bot that comes back."""

import contextlib
import socket

import pytest
from greeting_bot import GreetingBot
from playwright.sync_api import expect
from twitch_tools import call
from window_browser import a_page, barriers, is_wider_than_its_window, reach

from bot_sandbox import Twitch, Window

pytestmark = pytest.mark.slow("a browser")

NASTY = "<img src=x onerror=\"document.title='owned'\"> & <b>bold</b> \u202eright to left"


class World:
    """A Twitch with viktor's channel, anna, a bot's account and token, and a window on it."""

    def __init__(self, twitch):
        self.twitch = twitch
        self.viktor = twitch.account("viktor", "Viktor")
        self.anna = twitch.account("anna", "Anna")
        self.bot_account = twitch.account("hello_bot", "Hello_Bot")
        self.app = twitch.application("Hello bot")
        self.token = twitch.authorize(self.bot_account, self.app, "chat:read chat:edit")
        self.window = Window(twitch=twitch)

    def bot(self):
        """An IRC bot on a thread of its own."""
        return GreetingBot(self.twitch, self.app, self.token, "hello_bot", "viktor")

    def address(self, **shown):
        return self.window.address_of(**({"as": "viktor", "channel": "viktor"} | shown))


@pytest.fixture
def world():
    with Twitch(limits=False) as twitch:
        made = World(twitch)
        with made.window:
            yield made


@pytest.fixture
def page(browser, world):
    with a_page(browser, world.address()) as one:
        yield one


def draft(page):
    return page.get_by_role("textbox", name="Write in")


def log(page):
    return page.get_by_role("log", name="Messages")


def say(page, text):
    draft(page).fill(text)
    draft(page).press("Enter")


def unfold(page, summary):
    page.locator("summary", has_text=summary).click()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def told(page):
    return page.locator("#news")


def test_one_types_and_a_bot_answers(page, world):
    with world.bot():
        world.twitch.wait_for("hello_bot", "viktor")
        say(page, "!hello")
        expect(log(page)).to_contain_text("hello Viktor!")
    expect(draft(page)).to_have_value("")
    expect(draft(page)).to_be_focused()
    mine = page.locator(".message.mine")
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text("broadcaster")


def test_what_is_typed_survives_what_arrives(page, world):
    draft(page).press_sequentially("half a th")
    world.anna.say("I am faster", "viktor")
    expect(log(page)).to_contain_text("I am faster")
    draft(page).press_sequentially("ought")
    expect(draft(page)).to_have_value("half a thought")
    page.get_by_label("Channel").select_option("anna")
    expect(draft(page)).to_have_value("")
    world.viktor.say("psst", "viktor")
    expect(page.locator("option[value=viktor]").first).to_have_text("#viktor (1 new)")
    page.get_by_label("Channel").select_option("viktor")
    expect(draft(page)).to_have_value("half a thought")


def test_whatever_is_written_is_text(page, world):
    world.anna.say(NASTY, "viktor")
    say(page, NASTY)
    expect(log(page).get_by_text("<b>bold</b>")).to_have_count(2)
    assert (
        page.title() == "The sandbox"
        and page.locator(".messages img, .messages .text b").count() == 0
    )


def test_a_reply_an_action_and_somebody_new(page, world):
    world.anna.say("who is there?", "viktor")
    press(page, "Reply to Anna")
    expect(page.get_by_text("Replying to Anna: who is there?")).to_be_visible()
    say(page, "me")
    quote = page.locator(".message.mine blockquote")
    expect(quote).to_have_text("Anna: who is there?")
    say(page, "/me waves")
    expect(log(page).locator("em")).to_have_text("Viktor waves")
    press(page, "New…")
    page.get_by_label("A new account's name").fill("Peter_1")
    page.keyboard.press("Enter")
    expect(told(page)).to_have_text("You are Peter_1 now; #peter_1 is your channel.")
    say(page, "hello, I am new")
    world.twitch.wait_until(lambda: world.twitch.messages("viktor")[-1].user == "Peter_1")


def test_a_message_shows_what_was_sent(page, world):
    with world.bot():
        world.twitch.wait_for("hello_bot", "viktor")
        say(page, "!hello")
        expect(log(page)).to_contain_text("hello Viktor!")
        for row, words in ((0, "IRC line to hello_bot"), (1, "IRC line from hello_bot")):
            message = page.locator(".message").nth(row)
            message.locator("summary").click()
            expect(message).to_contain_text(words)
        expect(page.locator(".message").nth(0)).to_contain_text("display-name=Viktor")
        expect(page.locator(".message").nth(1)).to_contain_text("PRIVMSG #viktor :hello Viktor!")
    assert world.token.access_token not in page.content()


def test_every_fault_is_made_at_a_click_and_told(page, world):
    unfold(page, "Break something")
    expect(page.get_by_text("No program has connected yet.")).to_be_visible()
    faults = page.locator(".faults li button")
    for label, words in TOLD.items():
        world.twitch.faults.start()
        world.twitch.faults.refuse_login("hello_bot", 0)
        with a_line(world):
            if label == "Cut the line":
                assert sorted(faults.all_inner_texts()) == sorted(TOLD)
                page.get_by_label("Close code").fill("4000")
                for status in page.get_by_label("Status").all():
                    status.fill("500")
            page.locator("#news").evaluate("news => (news.textContent = '')")
            press(page, label)
            expect(told(page)).to_contain_text(words)
            assert "error" not in (told(page).get_attribute("class") or "")
        world.twitch.wait_gone("hello_bot")


@contextlib.contextmanager
def a_line(world):
    """A program that has joined, and stays away once its line has ended."""
    token = world.twitch.authorize(world.bot_account, world.app, "chat:read")
    with socket.create_connection(world.twitch.irc_address) as line:
        login = f"PASS oauth:{token.access_token}\r\nNICK hello_bot\r\nJOIN #viktor\r\n"
        line.sendall(login.encode())
        world.twitch.wait_for("hello_bot", "viktor")
        yield


TOLD = {
    "Cut the line": "hello_bot's line was cut",
    "Close it": "closed with code 4000",
    "RECONNECT": "hello_bot was asked to reconnect",
    "Answer no PING": "PINGs are not answered any more",
    "Silence": "nothing goes through it any more",
    "Half a line": "Half of what is said next",
    "Slow it down": "2 s late from now on",
    "Refuse the next login": "Logins of hello_bot that will be refused",
    "Servers down": "Every server went down",
    "The API fails": "answered with status 500: 1",
    "OAuth fails": "answered with status 500: 1",
    "A delivery twice": "reach a webhook twice",
    "A minute later": "It is a minute later.",
    "Four hours later": "It is four hours later.",
    "Revoke its token": "Every token of hello_bot was revoked",
}


def test_what_is_missed_is_marked_and_counted(page, world):
    with world.bot():
        world.twitch.wait_for("hello_bot", "viktor")
        (first,) = world.twitch.connections("hello_bot")
        unfold(page, "Break something")
        press(page, "Servers down")
        expect(page.locator(".faults .state")).to_have_text("The servers are down.")
        for text in ("!hello", "is nobody there?"):
            say(page, text)
            expect(page.locator(".message", has_text=text)).to_contain_text("missed by hello_bot")
        expect(page.get_by_text("hello_bot's program has missed 2 messages here.")).to_be_visible()
        press(page, "Servers up")
        world.twitch.wait_for("hello_bot", "viktor", after=first)
        say(page, "!hello")
        expect(page.locator(".message", has_text="hello Viktor!")).to_have_count(1)
    expect(page.get_by_text("hello_bot's program has missed 2 messages here.")).to_be_visible()


def test_the_clock_a_program_that_has_gone_and_a_refusal_are_told(page, world):
    unfold(page, "Break something")
    unfold(page, "Who is here")
    with a_line(world):
        press(page, "Revoke its token")
        expect(told(page)).to_contain_text("Every token of hello_bot was revoked")
        expect(page.locator(".people")).to_contain_text("Not connected:")
    press(page, "Revoke its token")
    expect(told(page)).to_have_class("error")
    expect(told(page)).to_contain_text("hello_bot has no token")
    press(page, "Four hours later")
    expect(page.locator(".faults .state")).to_have_text("The clock is 4 h 0 min ahead.")
    expect(told(page)).to_have_text("It is four hours later.")


def test_who_only_reads_is_there_too(page, world):
    with socket.create_connection(world.twitch.irc_address) as line:
        unfold(page, "Who is here")
        expect(page.locator(".people")).to_contain_text("A program")
        line.sendall(b"NICK justinfan77\r\nJOIN #viktor\r\n")
        expect(page.locator(".people")).to_contain_text("justinfan77")
        expect(page.get_by_text("Who is here (1 program hears this)")).to_be_visible()
    expect(page.get_by_text("Who is here (0 programs hear this)")).to_be_visible()


def request_clips(world) -> None:
    given = {
        "Authorization": f"Bearer {world.token.access_token}",
        "Client-Id": world.app.client_id,
    }
    call("GET", f"{world.twitch.url}/helix/clips?broadcaster_id=1", headers=given)


def test_what_the_sandbox_lacks_is_told(page, world):
    request_clips(world)
    words = "A program requested what this sandbox lacks: Helix GET clips."
    expect(page.get_by_text(words)).to_be_visible()


def test_a_canned_answer_is_told(page, world):
    world.twitch.answer_canned()
    request_clips(world)
    words = "Canned answers, because this sandbox lacks it: Helix GET clips."
    expect(page.get_by_text(words)).to_be_visible()


def test_somebody_is_made_a_moderator_and_banned(page, world):
    world.anna.say("buy my things", "viktor")
    unfold(page, "Who is here")
    press(page, "Make moderator: Anna")
    anna = page.locator(".people li", has_text="Anna")
    expect(anna).to_contain_text("moderator")
    press(page, "Ban: Anna")
    expect(anna).to_contain_text("banned")
    expect(log(page).locator("del")).to_have_text("buy my things")
    press(page, "Unban: Anna")
    expect(page.get_by_role("button", name="Ban: Anna", exact=True)).to_be_focused()


def test_a_channel_goes_live_and_is_followed(page, world):
    unfold(page, "Who is here")
    press(page, "Go live: Viktor")
    press(page, "Follow: Anna")
    viktor = page.locator(".people li", has_text="broadcaster")
    expect(viktor).to_contain_text("Live: no title")
    expect(viktor).to_contain_text("Followers: 1")
    world.viktor.announce("We begin")
    expect(page.locator(".message", has_text="We begin")).to_contain_text("announcement")
    press(page, "Unfollow: Anna")
    expect(viktor).not_to_contain_text("Followers")
    press(page, "End the stream: Viktor")
    expect(viktor).not_to_contain_text("Live")


def test_a_refusal_is_told_and_the_text_stays(page, world):
    world.viktor.ban("anna")
    page.get_by_label("You are").select_option("anna")
    say(page, "let me in")
    expect(told(page)).to_contain_text("Anna may not write in #viktor")
    expect(draft(page)).to_have_value("let me in")


def test_ten_thousand_messages_do_not_freeze_it(page, world):
    draft(page).fill("still here")
    world.anna.say_all([f"message {n}" for n in range(10_000)], "viktor")
    expect(log(page)).to_contain_text("message 9999")
    expect(page.locator(".message")).to_have_count(200)
    expect(log(page)).to_contain_text("Only the newest 200 messages are shown.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(draft(page)).to_be_focused()
    expect(page.locator(".message.mine")).to_contain_text("still here")
    expect(page.locator(".message.mine")).to_be_in_viewport()  # the end is followed


def test_who_reads_above_stays_there(page, world):
    world.anna.say_all([f"message {n}" for n in range(100)], "viktor")
    first = page.locator(".message").first
    first.scroll_into_view_if_needed()
    world.anna.say("and one more", "viktor")
    press(page, "1 new message ↓")
    expect(page.get_by_text("and one more")).to_be_in_viewport()
    expect(first).not_to_be_in_viewport()


def test_it_can_be_used_by_keyboard_alone(page, world):
    with world.bot():
        world.twitch.wait_for("hello_bot", "viktor")
        reach(page, "Write in #viktor as Viktor")
        page.keyboard.type("!hello")
        page.keyboard.press("Enter")
        expect(log(page)).to_contain_text("hello Viktor!")
        reach(page, "Break something")
        page.keyboard.press("Enter")
        reach(page, "Cut the line")
        page.keyboard.press("Space")
        expect(told(page)).to_have_text("hello_bot's line was cut, without a word.")
        reach(page, "Colors")  # the way round leads out again


@pytest.mark.parametrize(
    ("size", "scheme"), [("wide", "light"), ("cell", "dark"), ("phone", "dark")]
)
def test_everybody_can_use_it(browser, world, size, scheme):
    asked = world.anna.say("hello", "viktor")
    world.viktor.say("/me waves", reply_to=asked)
    with world.bot():
        world.twitch.wait_for("hello_bot", "viktor")
        world.twitch.faults.stop()
        world.viktor.say("!hello")
    world.viktor.ban("anna")
    with a_page(browser, world.address(), size, scheme) as page:
        expect(page.locator(".message")).to_have_count(3)
        page.locator(".message summary").first.click()
        unfold(page, "Who is here")
        unfold(page, "Break something")
        press(page, "New…")
        assert barriers(page) == []
        assert not is_wider_than_its_window(page)


@pytest.mark.parametrize("size", ["cell", "phone"])
def test_who_comes_first_finds_the_way(browser, size):
    """Without an account there is nothing to choose, to say or to break: only the way to one."""
    with (
        Twitch() as twitch,
        Window(twitch=twitch) as window,
        a_page(browser, window.address, size) as page,
    ):
        expect(page.get_by_text("Nobody is here yet.")).to_be_visible()
        expect(page.get_by_role("combobox")).to_have_count(1)  # the colors
        expect(page.get_by_text("Break something")).to_be_hidden()
        assert barriers(page) == []
        page.get_by_label("A new account's name").fill("mila")
        page.get_by_text("More, as a test may need it").click()
        page.get_by_label("Its id").fill("12345")
        press(page, "Create")
        expect(log(page)).to_contain_text("You are mila, and this is your own channel.")
        say(page, "hello")
        expect(page.locator(".message")).to_have_count(1)
        assert [message.text for message in twitch.messages("mila")] == ["hello"]
        assert twitch.find("mila").id == "12345"
        assert not is_wider_than_its_window(page)
