"""The window in a real browser: pages that must raise no error, and what everybody can use."""

import contextlib

from chromium import FLAGS, find_browser
from npm import installed
from playwright.sync_api import expect, sync_playwright

SIZES = {"wide": (1200, 800), "cell": (700, 480), "phone": (400, 800)}
PATIENCE_MS = 60_000  # on a busy machine; Playwright itself waits for 5 seconds
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@contextlib.contextmanager
def a_browser():
    """A headless Chromium; one is enough for all tests of a file.

    Its pages share a context, and a page that stays: so the next one needs no process of its own.
    """
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        try:
            context = browser.new_context()
            context.new_page()
            yield context
        finally:
            browser.close()


@contextlib.contextmanager
def a_page(browser, address, size="wide", scheme="light"):
    """A window's page; whatever its scripts fail in, or its rules forbid, fails the test."""
    width, height = SIZES[size]
    page = browser.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.set_default_timeout(PATIENCE_MS)
    try:
        page.goto(address)
        yield page
    finally:
        page.close()
    # A status from 400 on, and a sandbox that has gone: the page itself tells both.
    refused = ("Failed to load resource", "WebSocket connection to")
    assert [text for text in wrong if not text.startswith(refused)] == []


def barriers(page, rules=(*WCAG, "best-practice")):
    """What axe-core finds on a page that somebody could not use, in lines."""
    axe = installed("axe") / "node_modules" / "axe-core" / "axe.min.js"
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", [*rules])["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['html'][:200]} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def is_wider_than_its_window(page):
    """Whether somebody would have to scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def reach(page, name):
    """Tab until the focus is on what has this name; it is seen there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => {
                const one = document.activeElement;
                const label = one.labels?.[0]?.textContent ?? '';
                return [one.getAttribute('aria-label') || label || one.textContent,
                        getComputedStyle(one).outlineStyle];
            }"""
        )
        if here[0].startswith(name):
            assert here[1] != "none"
            return
    raise AssertionError(f"{name} cannot be reached by the Tab key")
