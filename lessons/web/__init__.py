"""A small web client, web pages as plain text, and links to them."""

from lessons.web.http_client import get, get_at_once, get_in_background, post
from lessons.web.link import show_link
from lessons.web.page_text import show_page

__all__ = ["get", "get_at_once", "get_in_background", "post", "show_link", "show_page"]
