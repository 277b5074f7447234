"""The book: built as `start.py book` builds it, and read in a browser, as on a phone.

All tests share one build. In its folder is what stands for the notebooks in a browser tab.
"""

import functools
import http.server
import json
import os
import re
import runpy
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from course_browser import FLAGS, WCAG, barriers, find_browser
from playwright.sync_api import sync_playwright

from lessons.progress.contents import CORE, DEEPER, EVENING, EXAMS, PART_NAMES

pytestmark = pytest.mark.slow("the whole book")

HOME = Path(__file__).parents[2]
ROOMS = [f"deeper/{name}" for rooms in DEEPER.values() for name in rooms]
ALL_NOTEBOOKS = [*CORE, *ROOMS, *(f"exams/{name}" for name in EXAMS), *EVENING]
IN_THE_TAB = ("00_start_here", "01_what_a_bot_is_made_of")
NOT_IN_THE_TAB = "02_on_your_phone"  # there is a page in its place that says what it needs
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
CHROMEBOOK = {"width": 1366, "height": 768}
KINDS = (  # one page of each kind
    "index",
    "search",
    "notebooks/00_start_here",
    "notebooks/04_inside_a_serverless_cloud",
    "notebooks/11_four_corners",
    "notebooks/deeper/the_bill",
    "deploy/aws/README",
    "docs/terms",
    "docs/teaching/lesson_05",
    "sandbox/README",
)
COMPARES = re.compile(r"^ *compare\(", re.MULTILINE)
CHOOSE_THEME = "theme => { document.body.dataset.theme = theme; }"


class Page(HTMLParser):
    """What a page holds: the names of its places, its links, and what it loads."""

    def __init__(self, path):
        super().__init__()
        self.names, self.links, self.loaded = set(), [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.names |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and given["rel"] not in ("index", "search", "next", "prev"):
            self.loaded.append(given["href"])
        if "src" in given:
            self.loaded.append(given["src"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the book."""
    target = tmp_path_factory.mktemp("site")
    (target / "tab/files").mkdir(parents=True)
    for name in (*IN_THE_TAB, NOT_IN_THE_TAB):
        cells = [{"cell_type": "code" if name in IN_THE_TAB else "markdown"}]
        (target / f"tab/files/{name}.ipynb").write_text(json.dumps({"cells": cells}))
    (target / "tab/lab").mkdir()
    (target / "tab/lab/index.html").touch()
    (target / "tab/index.html").touch()
    command = [sys.executable, "docs/book/build.py", str(target)]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr  # a warning is an error
    assert str(target / "index.html") in done.stdout
    return target


@pytest.fixture(scope="module")
def pages(site):
    """{the path of a page: what it holds}, of all pages."""
    found = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    assert len(found) > 60
    return found


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, without a word about each request."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(site):
    """The address of a plain web server with the book."""
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    """A browser; while a page of it stays, the next one needs no process of its own."""
    if not find_browser():
        pytest.skip("NO BROWSER: install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        context = started.new_context(viewport=DESK)
        context.new_page()
        yield context
        started.close()


@pytest.fixture
def page(browser):
    """A page as wide as a desk's screen, for one test."""
    page = browser.new_page()
    yield page
    page.close()


HALF_A_BUILD = """
import sys
from pathlib import Path
Path(sys.argv[-1]).mkdir(exist_ok=True)
Path(sys.argv[-1], "index.html").write_text("half")
sys.exit(1)
"""


def build_half(target, tmp_path):
    """Run the command for a target, with a Sphinx that fails after its first page."""
    (tmp_path / "sphinx").mkdir()
    (tmp_path / "sphinx/__init__.py").touch()
    (tmp_path / "sphinx/__main__.py").write_text(HALF_A_BUILD)
    command = [sys.executable, "docs/book/build.py", str(target)]
    instead = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=HOME, env=instead, capture_output=True, text=True)
    assert done.returncode == 1
    return done.stderr


def test_a_folder_that_has_something_else_is_left_alone(tmp_path):
    target = tmp_path / "target"
    (target / "tab").mkdir(parents=True)
    (target / "index.html").write_text("hers")
    said = build_half(target, tmp_path)
    assert f"{target} is there already, and this command did not build it" in said
    assert (target / "index.html").read_text() == "hers"


def test_a_build_that_fails_leaves_the_last_one_whole(site, tmp_path):
    before = text_of(site, "index")
    assert build_half(site, tmp_path) == ""  # what Sphinx says, and no refusal
    assert text_of(site, "index") == before


def text_of(site, name):
    return (site / f"{name}.html").read_text(encoding="utf-8")


def test_the_contents_are_those_of_the_readme_in_its_order(site):
    sidebar = text_of(site, "index").partition("sidebar-tree")[2].partition("</aside")[0]
    captions = re.findall(r'caption-text">([^<]+)<', sidebar)
    assert captions[: len(PART_NAMES) + 2] == [*PART_NAMES.values(), "Side rooms", "Exams"]
    assert re.findall(r'href="notebooks/([\w/]+)\.html"', sidebar) == ALL_NOTEBOOKS
    for name in ("deploy/README", "deploy/phone/README", "sandbox/docs/reference"):
        assert f'href="{name}.html"' in sidebar


def test_every_link_leads_to_a_page_and_a_place_in_it(site, pages):
    wrong, tried = [], 0
    for path, page in pages.items():
        for link in [*page.links, *page.loaded]:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            tried += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            place = unquote(parts.fragment)
            if not target.is_file() or (place and place not in pages[target].names):
                wrong.append((str(path.relative_to(site)), link))
    assert tried > 3000
    assert wrong == []


def test_no_page_loads_anything_from_elsewhere(site, pages):
    loaded = [link for page in pages.values() for link in page.loaded]
    loaded += [
        link
        for path in site.rglob("*.css")
        for link in re.findall(r"url\(['\"]?([^)'\"]+)", path.read_text(encoding="utf-8"))
    ]
    assert len(loaded) > 500
    assert {urlsplit(link).scheme for link in loaded} == {"", "data"}


@pytest.mark.parametrize(
    "name", [*(f"notebooks/{each}" for each in ALL_NOTEBOOKS), "index", "deploy/README"]
)
def test_a_page_says_at_its_top_how_to_run_the_course(site, name):
    text = text_of(site, name)
    ways = text.partition('class="ways"')[2].partition("</p>")[0]
    assert text.index('class="ways"') < text.index("<h1")
    up = "../" * name.count("/")
    assert f'href="{up}docs/first_start.html"' in ways
    assert f'href="{up}docs/where_to_run.html#on-a-chromebook-a-tablet-or-a-phone"' in ways
    stem = name.removeprefix("notebooks/")
    assert (f'href="{up}tab/lab/index.html?path={stem}.ipynb"' in ways) == (stem in IN_THE_TAB)
    assert (f'href="{up}tab/index.html"' in ways) == (stem not in IN_THE_TAB)


def test_the_first_page_opens_the_tab(site):
    page = text_of(site, "index")
    assert '<a href="tab/index.html">Try it</a>' in page
    assert page.count("Try it now.") == 1


def test_no_page_shows_a_window_that_cannot_open(site):
    notebooks = [path.read_text(encoding="utf-8") for path in site.glob("notebooks/**/*.html")]
    assert not [text for text in notebooks if "<object" in text or "Nothing to click" in text]
    assert "hello Viktor!" in text_of(site, "notebooks/00_start_here").partition('"still"')[2]


def test_code_is_a_download(site):
    readme = text_of(site, "botlib/README")
    (download,) = re.findall(r'href="\.\./(_downloads/\w+/bot\.py)"', readme)
    assert (site / download).read_bytes() == (HOME / "botlib/bot.py").read_bytes()


def test_code_is_in_the_repository_if_there_is_one(tmp_path):
    repository = "https://bots.example/blob/main"
    book = runpy.run_path(str(HOME / "docs/book/build.py"))["Book"](tmp_path, tmp_path, repository)
    book.collect()
    book.write()
    linked = (tmp_path / "botlib/README.md").read_text(encoding="utf-8")
    assert f"]({repository}/botlib/bot.py)" in linked
    assert "](reference.md)" in (tmp_path / "sandbox/docs/python.md").read_text(encoding="utf-8")
    assert list(tmp_path.rglob("*.py")) == []


@pytest.mark.parametrize("name", ALL_NOTEBOOKS)
def test_a_guess_and_an_exercise_come_before_their_answers(site, name):
    """What a cell found out about a guess is folded, and so is a solution; an exercise is open."""
    cells = json.loads((HOME / f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    text = text_of(site, f"notebooks/{name}").partition("<article")[2]
    folds = re.findall(r"<details.*?</details>", text, re.DOTALL)
    assert not [fold for fold in folds if re.match(r"<details[^>]* open", fold)]
    compares = [cell for cell in cells if COMPARES.search("".join(cell["source"]))]
    assert sum("No guess this time" in fold for fold in folds) == len(compares)
    assert sum("<summary>Solution" in fold for fold in folds) == str(cells).count("'exercise'")
    shown = re.sub(r"<details.*?</details>", "", text, flags=re.DOTALL)
    shown = shown.partition('class="answers"')[0]  # for paper
    assert "No guess this time" not in shown and "… not yet:" not in shown


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("webhook", "06 Telegram calls"),
        ("token", "07 Account, application, token"),
        ("polling", "02 On your phone"),
        ("401", "OAuth by hand"),
        ("409", "The Telegram bot in a program"),
        ("Codespaces", "Where the course runs"),
    ],
)
def test_a_search_finds_a_term_where_it_is_introduced_and_a_code(page, address, words, title):
    page.goto(f"{address}/search.html?q={words}")
    found = page.locator("#results li").first
    assert found.get_by_role("link").inner_text().split(" › ")[0] == title
    assert words.lower() in found.locator("mark").first.inner_text().lower()


def test_the_search_field_of_a_page_leads_to_what_it_finds(page, address):
    page.goto(f"{address}/deploy/aws/README.html")
    page.get_by_role("textbox", name="Search").fill("409")
    page.keyboard.press("Enter")
    page.locator("#results li").first.get_by_role("link").click()
    assert "409 Conflict" in page.locator("article").inner_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("xyzzy", "No page has xyzzy."),  # though some have the word x
        ("xyzzy webhook", "No page has xyzzy. Pages with webhook: "),
        ("webh", "Pages with webh: "),
    ],
)
def test_a_search_says_which_words_no_page_has_and_helps(page, address, words, said):
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/search.html")
    page.get_by_role("searchbox", name="Words").fill(words)
    page.keyboard.press("Enter")
    page.get_by_text(said).wait_for()
    assert page.get_by_text("Check the spelling").is_visible() == ("xyzzy" in words)
    if words != "xyzzy":
        page.locator("#results li").first.wait_for()


@pytest.mark.parametrize("name", [*KINDS, "docs/teaching/README", "deploy/README", "SECURITY"])
def test_the_contents_fit_a_screen(page, address, name):
    page.set_viewport_size(CHROMEBOOK)
    page.goto(f"{address}/{name}.html")
    contents = page.locator(".sidebar-scroll")
    assert contents.evaluate("box => box.scrollHeight - box.clientHeight") == 0
    if name != "search":
        assert page.locator(".sidebar-tree details[open]").count() == 1


def test_on_paper_a_page_is_its_text_and_the_answers_are_at_its_end(page, address):
    page.goto(f"{address}/notebooks/00_start_here.html")
    on_screen = page.get_by_role("heading", name="Recap").bounding_box()["x"]
    assert not page.locator(".answers").is_visible()
    page.evaluate(CHOOSE_THEME, "dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "light"
    for name in (".skip-to-content", ".sidebar-drawer", ".toc-drawer", ".ways", "footer"):
        assert not page.locator(name).first.is_visible()
    assert page.get_by_role("heading", name="Recap").bounding_box()["x"] < on_screen
    for text in ('return f"goodbye {message.user}!"', "No guess this time. It was yes."):
        in_place, at_end = page.get_by_text(text).all()
        assert at_end.is_visible() and not in_place.is_visible()
    assert not page.get_by_text("Every bot in this course can say that.").first.is_visible()
    assert page.get_by_text("Every bot in this course can say that.").last.is_visible()
    fold = page.locator("details.hide").first
    text = fold.get_by_text("Guess first, then look")
    assert text.bounding_box()["x"] >= fold.bounding_box()["x"]  # not cut off


def test_on_paper_an_address_is_read_and_a_long_table_begins_below_its_text(page, address):
    page.goto(f"{address}/docs/class/README.html")
    page.emulate_media(media="print")
    link = page.get_by_role("link", name="This service")
    written = link.evaluate("link => getComputedStyle(link, '::after').content")
    assert "https://sslip.io" in written
    long, short = page.locator("table").nth(0), page.locator("table").nth(1)
    breaks = "table => getComputedStyle(table).breakInside"
    assert (long.evaluate(breaks), short.evaluate(breaks)) == ("auto", "avoid")
    assert long.locator("..").evaluate("box => getComputedStyle(box).overflow") == "visible"


def test_an_answer_opens_with_a_click(page, address):
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/notebooks/00_start_here.html")
    text = page.locator("section:not(.answers)")
    answer = text.get_by_text("Does your bot answer !goodbye? No guess this time.").first
    below = text.get_by_text("Every bot in this course can say that.").first  # the answer, too
    solution = text.get_by_text('return f"goodbye {message.user}!"').first
    hidden = (answer, below, solution)
    assert not [one for one in hidden if one.is_visible()]
    folds = [
        page.get_by_text(text, exact=True).first for text in ("Guess first, then look", "Solution")
    ]
    for fold in folds:
        assert fold.locator("xpath=ancestor-or-self::summary").bounding_box()["height"] >= 40
        fold.click()
    assert all(one.is_visible() for one in hidden)


def test_a_chart_that_is_cut_off_shows_that_there_is_more(page, address):
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/notebooks/deeper/the_bill.html")
    chart = page.locator(".output:has(> img)").first
    cut = chart.and_(page.locator(".more"))
    cut.wait_for()
    chart.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    cut.wait_for(state="detached")
    chart.evaluate("box => { box.scrollLeft = 0; }")
    cut.wait_for()
    page.set_viewport_size(DESK)
    cut.wait_for(state="detached")


def test_a_table_on_a_phone_breaks_long_names_but_no_word(page, address):
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/docs/teaching/lesson_01.html")
    word = page.get_by_text("minutes", exact=True).first
    assert word.bounding_box()["height"] < 30  # one line
    page.goto(f"{address}/notebooks/00_start_here.html")
    table = page.locator(".table-wrapper").last  # What goes wrong
    assert table.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_a_lesson_is_one_sheet_of_paper(page, address, site):
    lessons = [path.stem for path in sorted(site.glob("docs/teaching/*.html")) if "_" in path.stem]
    assert len(lessons) > 36
    printed = {}
    for name in lessons:
        page.goto(f"{address}/docs/teaching/{name}.html")
        sheets = page.pdf(prefer_css_page_size=True)  # chromium packs no page's object
        printed[name] = len(re.findall(rb"/Type\s*/Page\b", sheets))
    assert set(printed.values()) == {1}, printed


def test_no_page_is_wider_than_a_phone_or_asks_another_server(page, address, site, pages):
    requests, wide = [], []
    page.on("request", lambda request: requests.append(request.url))
    for path in pages:
        name = path.relative_to(site).as_posix()
        page.set_viewport_size(PHONE)
        page.goto(f"{address}/{name}")
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            for theme in ("light", "dark"):
                page.evaluate(CHOOSE_THEME, theme)
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wide.append((name, size["width"], theme))
    assert wide == []
    assert len(requests) > 500
    elsewhere = [url for url in requests if not url.startswith((f"{address}/", "data:"))]
    assert elsewhere == []


@pytest.mark.parametrize("name", KINDS)
def test_everybody_can_use_a_page(page, address, name):
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/{name}.html")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate(CHOOSE_THEME, "light")
    assert barriers(page, [*WCAG, "best-practice"]) == []
    page.evaluate(CHOOSE_THEME, "dark")
    assert barriers(page, ["color-contrast"]) == []


@pytest.mark.parametrize("system", ["light", "dark"])
def test_pictures_follow_the_switch_of_the_page(page, address, system):
    """The switch counts, whatever the reader's system prefers."""
    page.emulate_media(color_scheme=system)
    page.goto(f"{address}/notebooks/11_four_corners.html")
    for kind in ("img[src*='_images']", "img[src^='data:image/svg']"):
        picture = page.locator(kind).first
        seen = {}
        for theme in ("light", "dark"):
            page.evaluate(CHOOSE_THEME, theme)
            seen[theme] = picture.screenshot()
        assert seen["light"] != seen["dark"]
