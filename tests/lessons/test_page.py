"""A page as a person reads it: what is seen, and what is not."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox.twitch import Twitch
from lessons.commands.refresh import LIVE_PAGE_HTML
from lessons.web.page_text import as_text, read_page, show_page


@pytest.fixture
def asking():
    """The consent page's address, for any scope."""
    with Twitch() as twitch:
        twitch.account("viktor", display_name="Viktor")
        app = twitch.application("Hello <b>bot</b>")
        question = {"client_id": app.client_id, "redirect_uri": app.redirect}
        question |= {"response_type": "code", "state": "hidden from the reader"}
        yield (
            lambda scope: f"{twitch.url}/oauth2/authorize?{urlencode(question | {'scope': scope})}"
        )


def test_the_consent_page(asking):
    assert read_page(asking("chat:read chat:edit")) == "\n".join(
        [
            "Hello <b>bot</b> wants to access an account",
            "It will be able to use:",
            "- chat:read",
            "- chat:edit",
            "Whose account?",
            "( ) Viktor",
            "[Authorize] [Cancel]",
        ]
    )


def test_a_refusal_is_read_like_a_page(asking):
    assert "invalid scope requested: 'chat_edit'" in read_page(asking("chat_edit"))


def test_a_page_is_shown_with_the_way_to_it(asking):
    url = asking("chat:read")
    shown = show_page(url)
    assert repr(shown) == read_page(url)
    assert "Hello &lt;b&gt;bot&lt;/b&gt; wants" in shown._repr_html_()
    assert url.replace("&", "&amp;") in shown._repr_html_()
    assert "http://127" not in LIVE_PAGE_HTML.sub("", shown._repr_html_())  # is not stored


@given(st.text())
def test_any_text_is_read(text):
    assert "\n\n" not in as_text(text)
