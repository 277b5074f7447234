"""How Sphinx turns what build.py has prepared into the book."""

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
