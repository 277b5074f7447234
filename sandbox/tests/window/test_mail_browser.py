"""The mail server's panel in a real browser."""

import pytest
from letters import send
from playwright.sync_api import expect
from window_browser import a_page, barriers, is_wider_than_its_window

from bot_sandbox import Window

pytestmark = pytest.mark.slow("a browser")


@pytest.fixture
def window(mail):
    with Window(mail=mail) as made:
        yield made


def test_the_page_shows_letters_the_newest_first_and_runs_nothing(mail, window, browser):
    with a_page(browser, window.address) as page:
        page.get_by_text("No letter has come yet.").wait_for()
        send(mail, "viktor@example.org", "<b>one</b>", "<img src=x onerror=alert(1)>")
        send(mail, "anna@example.org", "two")
        letters = page.get_by_role("list", name="Letters").get_by_role("listitem")
        expect(letters).to_have_count(2)
        expect(letters.nth(0)).to_contain_text("two")
        expect(letters.nth(0)).to_contain_text("bot@example.org → anna@example.org")
        expect(letters.nth(1)).to_contain_text("<b>one</b>")
        expect(letters.nth(1)).to_contain_text("<img src=x onerror=alert(1)>")
        assert barriers(page) == []
    with a_page(browser, window.address, "phone") as page:
        page.get_by_text("→ anna@example.org").wait_for()
        assert not is_wider_than_its_window(page)
