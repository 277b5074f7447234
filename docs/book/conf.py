"""How Sphinx turns what build.py has prepared into the book."""

from copy import copy
from typing import Any

from bs4 import BeautifulSoup, Tag
from sphinx.application import Sphinx

project = "Such Different Chatbots"
extensions = ["myst_nb", "sphinx_copybutton"]
suppress_warnings = ["misc.highlighting_failure"]  # a JSON with … in it is no JSON

nb_execution_mode = "off"  # the notebooks' stored outputs are shown
nb_merge_streams = True
nb_render_markdown_format = "gfm"  # with tables
nb_code_prompt_show = "Guess first, then look"
nb_code_prompt_hide = "Hide what it was"
myst_enable_extensions = ["attrs_inline"]  # a picture may have a class: build.py says which
myst_heading_anchors = 4  # GitHub's names for headings, which our links use
copybutton_selector = ".cell_input pre, div.highlight-sh pre, div.highlight-python pre"

html_theme = "furo"
html_title = project
html_static_path = ["static"]
html_favicon = "static/icon.svg"
templates_path = ["templates"]
html_css_files = ["book.css", "lesson.css"]
html_js_files = ["book.js"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
html_theme_options = {
    "navigation_with_keys": True,
    # The blue of the pictures.
    "light_css_variables": {
        "color-brand-primary": "#0062a0",
        "color-brand-content": "#0062a0",
        "color-brand-visited": "#5b3f9e",
    },
    "dark_css_variables": {
        "color-brand-primary": "#6cc0f0",
        "color-brand-content": "#6cc0f0",
        "color-brand-visited": "#b79cf2",
    },
}


def finish_body(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _: Any) -> None:
    """Prepare a page's text for search, paper and screen readers."""
    soup = BeautifulSoup(context.get("body", ""), "html.parser")
    for section in soup.select("section[id]"):
        heading = section.find(["h1", "h2", "h3", "h4"], recursive=False)
        if isinstance(heading, Tag):  # there the search looks for a section's address
            heading["id"] = section.attrs.pop("id")
    for cell in soup.select("th"):
        if not cell.get_text(strip=True):
            cell.name = "td"  # a header without a word
    for link in soup.select("a.external"):
        if link.get_text() != link["href"]:  # paper shows this address, too
            link["class"] = "external named"
    answers = soup.new_tag("section", attrs={"class": "answers", "data-pagefind-ignore": "all"})
    for fold in soup.select("details"):
        answers.append(copy_for_print(fold))
    if answers.contents:
        soup.append(answers)
    context["body"] = str(soup)


def copy_for_print(fold: Tag) -> Tag:
    """Return what is in a fold, and the paragraph that opens with it, for the end of the paper."""
    answer = copy(fold)
    answer.name, answer.attrs = "div", {}
    for summary in answer.select("summary"):
        summary.decompose()
    below = fold.parent.find_next_sibling() if fold.parent else None
    if "hide" in (fold.get("class") or []) and isinstance(below, Tag) and below.name == "p":
        answer.append(copy(below))
    for part in answer.select("[id]"):
        del part["id"]
    return answer


def setup(app: Sphinx) -> None:
    """Let Sphinx call us before it writes a page."""
    app.connect("html-page-context", finish_body)
