"""Telegram's faults in a real browser: break something, see what it does, and end it."""

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect
from window_browser import a_page, barriers, is_wider_than_its_window, reach

from bot_sandbox import Telegram, Window

pytestmark = pytest.mark.slow("a browser")


class World:
    """A Telegram with a bot and Viktor, and a window on it."""

    def __init__(self, telegram, window):
        self.telegram = telegram
        self.account = telegram.new_bot("Hello bot", "hello_bot")
        telegram.new_bot("Other bot", "other_bot")
        telegram.person("Viktor")
        self.address = window.address

    def get_me(self):
        address = f"{self.telegram.url}/bot{self.account.token}/getMe"
        try:
            with urllib.request.urlopen(address, timeout=10) as response:
                return response.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code


@pytest.fixture
def world():
    with Telegram() as telegram, Window(telegram=telegram) as window:
        yield World(telegram, window)


@pytest.fixture
def page(browser, world):
    with a_page(browser, world.address) as page:
        page.get_by_text("Break something").click()
        yield page


def press(page, label):
    page.get_by_role("button", name=label, exact=True).click()


def test_calls_are_refused_as_chosen_until_it_is_ended(page, world):
    page.get_by_label("Which calls").select_option("getMe")
    page.get_by_label("Of which bot").select_option(label="Hello bot")
    page.get_by_label("How many").fill("3")
    page.get_by_label("Status", exact=True).fill("502")
    press(page, "Refuse")
    waits = "calls of getMe by @hello_bot will be answered with 502 Bad Gateway."
    expect(page.locator("#news")).to_have_text(f"The next 3 {waits}")  # what was done
    expect(page.get_by_text(f"A fault waits: the next 3 {waits}")).to_be_visible()
    assert world.get_me() == 502
    expect(page.get_by_text(f"A fault waits: the next 2 {waits}")).to_be_visible()
    press(page, "End all faults")
    expect(page.get_by_text("A fault waits")).to_have_count(0)
    expect(page.get_by_role("button", name="End all faults")).to_be_hidden()
    assert world.get_me() == 200


@pytest.mark.parametrize(
    ("label", "waits"),
    [
        ("Too many requests", "the next call will be answered with 429 Too Many Requests: retry"),
        ("Answer late", "the next call will be answered 5 s late"),
        ("Cut it off", "the next call will be cut off without an answer"),
        ("A proxy's page", "the next call will be answered with an HTML page and status 502"),
        ("Half an answer", "the next call will be executed, but cut off in the middle"),
        ("Lose a webhook's response", "the next response of a webhook will be lost"),
    ],
)
def test_every_button_makes_its_fault(page, label, waits):
    press(page, label)
    expect(page.get_by_text(f"A fault waits: {waits}")).to_be_visible()


def test_a_call_may_be_done_all_the_same(page):
    page.get_by_label("Do what was asked first").check()
    press(page, "Cut it off")
    waits = "A fault waits: the next call will be executed, but cut off without an answer."
    expect(page.get_by_text(waits)).to_be_visible()


def test_the_server_goes_down_and_up(page, world):
    press(page, "Server down")
    expect(page.get_by_text("Telegram is down.")).to_be_visible()
    with pytest.raises(urllib.error.URLError, match="refused"):
        world.get_me()
    press(page, "Server up")
    expect(page.get_by_text("Telegram is down.")).to_be_hidden()
    assert world.get_me() == 200


def test_time_passes(page, world):
    press(page, "25 hours later")
    expect(page.get_by_text("Telegram's clock is 25 h 0 min ahead.")).to_be_visible()
    assert world.telegram.clock.ahead == 90000


def test_it_works_by_keyboard_alone(browser, world):
    with a_page(browser, world.address) as page:
        expect(page.get_by_text("Break something")).to_be_visible()
        reach(page, "Break something")
        page.keyboard.press("Enter")
        reach(page, "Server down")
        page.keyboard.press("Space")
        expect(page.get_by_text("Telegram is down.")).to_be_visible()


@pytest.mark.parametrize(
    ("size", "scheme"), [("wide", "light"), ("cell", "dark"), ("phone", "dark")]
)
def test_everybody_can_use_it(browser, world, size, scheme):
    world.telegram.faults.status(500, forever=True)
    world.telegram.faults.stop()
    with a_page(browser, world.address, size, scheme) as page:
        page.get_by_text("Break something").click()
        expect(page.get_by_role("button", name="Server up")).to_be_visible()
        assert barriers(page) == []
        assert not is_wider_than_its_window(page)
        if size == "phone":  # the chat is on a page of its own
            page.get_by_role("button", name="Hello bot").click()
        expect(page.get_by_text("Telegram is down.")).to_be_visible()
        assert barriers(page) == []
