"""Memory and first minutes of a class of five on one machine, as docs/class/README.md sets it up.

    sudo .venv/bin/python benchmarks/class_memory.py

A Debian is made and booted in a folder, so it needs root, and the tools of tests/helpers/
rented_machine.py. Five pupils sign in at once, each in a Chromium that doesn't count. Shared pages
count in parts (PSS), so the sum is what the machine has to have.
"""

import sys
import tempfile
import time
from pathlib import Path

HOME = Path(__file__).parents[1]
sys.path[:0] = [str(HOME / "tests/helpers"), str(HOME / "sandbox")]

import class_pupil
import jupyterlab_browser as lab
from class_machine import TOOLS, Class, class_machine, in_memory, memory_of
from course_browser import FLAGS, find_browser
from jupyter_elsewhere import chat_in, live_window
from measuring import median, table, target
from playwright.sync_api import Page, sync_playwright
from rented_machine import what_is_missing

PUPILS = ["anna", "ben", "carla", "deniz", "eva"]
LARGEST = ("09_a_bot_that_holds_the_line", "10_the_wrong_home", "11_four_corners")
MOST_MB = 350


def measure(school: Class) -> None:
    """Let all pupils sign in, run notebook 00 and chat; print what it took."""
    names, flags = PUPILS, [*FLAGS, *school.flags]
    hub = memory_of(school.machine, "root", "jupyterhub|configurable-http")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=flags)
        began = time.perf_counter()
        pages = {}
        for name in names:  # each starts a server, nobody waits for another
            page = pages[name] = browser.new_context(ignore_https_errors=True).new_page()
            page.set_default_timeout(lab.START_S * 3000)
            class_pupil.knock(page, school.address, name, school.passwords[name])
        for page in pages.values():
            class_pupil.wait_for_notebook(page)
        signed_in = time.perf_counter() - began
        idle = [memory_of(school.machine, name) for name in names]
        began = time.perf_counter()
        for page in pages.values():
            page.evaluate(lab.RUN)
        for page in pages.values():
            page.wait_for_function(lab.FINISHED, timeout=lab.RUN_S * 1000)
            chat_in(live_window(page), "!hello", "hello Viktor!")
        ran = time.perf_counter() - began
        busy = [memory_of(school.machine, name) for name in names]
        hub_then = memory_of(school.machine, "root", "jupyterhub|configurable-http")
        opened, all_run = open_the_largest(school, names[0], pages[names[0]])
        browser.close()
    rows: list[list[str | float]] = [
        ["JupyterHub and its proxy, nobody there", hub],
        [f"the same with {len(names)} pupils", hub_then],
        ["a pupil whose notebook is open, median", median(idle)],
        ["a pupil who ran 00 and holds its window, median", median(busy)],
        ["and the one with the most", max(busy)],
        ["a pupil who opens the three largest notebooks, too", opened],
        ["and runs all of their cells", all_run],
    ]
    table(["what", "MB"], rows)
    print(f"all {len(names)} signed in, first notebook ready: {signed_in:.0f} s")
    print(f"all {len(names)} ran notebook 00 and had a reply: {ran:.0f} s")
    target("MB a pupil with three notebooks open, and 00", opened, MOST_MB)


def open_the_largest(school: Class, name: str, page: Page) -> tuple[float, float]:
    """Let a pupil open the three largest notebooks, then run them; MB after each."""
    for stem in LARGEST:
        page.goto(f"{school.server(name)}/lab/tree/my_course/{stem}.ipynb?reset")
        class_pupil.wait_for_notebook(page)
    opened = memory_of(school.machine, name)
    for stem in LARGEST:
        page.goto(f"{school.server(name)}/lab/tree/my_course/{stem}.ipynb?reset")
        class_pupil.wait_for_notebook(page)
        class_pupil.run_all(page)
    return opened, memory_of(school.machine, name)


def main() -> None:
    """Make the machine and measure."""
    if missing := what_is_missing(*TOOLS):
        sys.exit(missing)
    with (
        tempfile.TemporaryDirectory() as folder,
        in_memory(Path(folder)) as memory,
        class_machine(memory, PUPILS) as school,
    ):
        measure(school)


if __name__ == "__main__":
    main()
