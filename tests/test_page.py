"""A page as a person reads it: what is seen, and what is not."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.page import as_text, read_page
from sandbox.twitch import Twitch


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


@given(st.text())
def test_any_text_is_read(text):
    assert "\n\n" not in as_text(text)
