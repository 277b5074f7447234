"""Visitors of a web page, web pages as plain text, and links to them."""

from lessons.web.http_client import get_at_once
from lessons.web.link import show_link
from lessons.web.page_text import show_page

__all__ = ["get_at_once", "show_link", "show_page"]
