"""A class on one machine: the page's commands on a fresh Debian, and two pupils in a browser."""

import re
from pathlib import Path

import class_pupil
import jupyterlab_browser as lab
import pytest
import yaml
from chromium import find_browser
from class_machine import PRIVATE, README, blocks_of, class_machine, in_memory
from jupyter_elsewhere import chat_in, live_window
from playwright.sync_api import sync_playwright
from rented_machine import what_is_missing

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.full("a class on one machine")
# What Ben's Python tries on Anna's work: her files, her sandbox's ports, her window.
CLOSED = ("/home/anna", "/home/anna/my_course", "/root/passwords.txt", "/var/lib/class")
SPY = f"""
import os
for path in {CLOSED}:
    try: print(path, os.listdir(path) if os.path.isdir(path) else open(path).read())
    except OSError as error: print(path, error.strerror)
try: open("/opt/course/start.py", "a")
except OSError as error: print("course", error.strerror)
"""
ASK = """
import urllib.request, urllib.error
try: print(urllib.request.urlopen("http://127.0.0.1:{port}/api/cloud/functions").status)
except urllib.error.HTTPError as error: print(error.code)
"""


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A class of two, as the teacher's page sets it up."""
    if missing := what_is_missing():
        pytest.skip(missing)
    if not find_browser():
        pytest.skip("NO BROWSER: install chromium to test JupyterLab in it")
    with (
        in_memory(tmp_path_factory.mktemp("class")) as folder,
        class_machine(folder, ["anna", "ben"]) as school,
    ):
        yield school


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=lab.FLAGS)
        yield browser
        browser.close()


def sit_down(browser, school, name):
    """A pupil with a browser of their own, signed in."""
    page = browser.new_context(viewport={"width": lab.WIDTH, "height": lab.HEIGHT}).new_page()
    page.set_default_timeout(lab.START_S * 1000)
    class_pupil.knock(page, school.address, name, school.passwords[name])
    return page


@pytest.mark.timeout(1200)
def test_two_pupils_at_once_each_with_a_bot_of_their_own(school, browser):
    pages = {name: sit_down(browser, school, name) for name in ("anna", "ben")}
    for name, page in pages.items():
        class_pupil.wait_for_notebook(page)
        assert page.url.startswith(f"{school.address}/user/{name}/lab/tree/my_course/00_start_here")
    for page in pages.values():
        assert lab.unexpected_errors(class_pupil.run_all(page)) == []
    windows = {name: live_window(page) for name, page in pages.items()}
    for name, window in windows.items():
        assert f"/user/{name}/proxy/" in window.url
        chat_in(window, "!hello", "hello Viktor!")

    # Their files are at home, the teacher's stayed at the teacher's home.
    anna, ben = pages["anna"], pages["ben"]
    script = "import os; print(os.getcwd(), os.path.exists('workshop/my_bot/commands/hello.py'))"
    assert class_pupil.run_cell(anna, script) == "/home/anna/my_course True\n"
    assert school.machine.there("find /opt/course -name '.env' -o -name my_course") == ""
    said = class_pupil.run_cell(ben, SPY)
    for path in CLOSED:
        assert f"{path} Permission denied" in said
    assert "course Permission denied" in said

    # Ben opens neither Anna's server nor, through his own, her window.
    address, _, _ = windows["anna"].url.partition("#")
    tab = ben.context.new_page()
    assert tab.goto(address).status == 403
    tab.close()
    port = re.search(r"/proxy/(\d+)/", address)[1]
    his_own_way = f"{school.address}/user/ben/proxy/{port}/api/cloud/functions"
    assert ben.context.request.get(his_own_way).status in (401, 403)
    assert class_pupil.run_cell(ben, ASK.format(port=port)) == "401\n"

    # A cell that wants too much gets a MemoryError, and the kernel lives.
    greedy = "try: bytearray(3 * 10**9)\nexcept MemoryError: print('too much')"
    assert class_pupil.run_cell(ben, greedy) == "too much\n"


def test_what_the_teacher_has_in_the_folder_stays_at_home(school):
    """The names are those of the image, which is made of the same folder."""
    there = school.machine.there("cd /opt/course; find . -type f -not -path './.venv/*'")
    files = {name.removeprefix("./") for name in there.splitlines()}
    assert {"start.py", "LICENSE", "docs/class/class.service", "botlib/bot.py"} <= files
    assert not files & set(PRIVATE)
    ignored = (ROOT / "docs/image/Containerfile.dockerignore").read_text("utf-8").splitlines()
    sent = {"docs/class" if name.startswith("docs") else name.split("/")[0] for name in files}
    kept = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    locks = {"requirements.lock", "requirements-server.lock"}
    assert sent == kept - {"requirements*.lock", "sandbox/bot_sandbox"} | locks | {"docs/class"}
    (line,) = [x for x in README.read_text("utf-8").splitlines() if x.startswith("tar --exclude")]
    never = {line.removeprefix("**/") for line in ignored if line.startswith("**/")}
    assert set(re.findall(r'--exclude="?([^" ]+)', line)) == never


@pytest.mark.timeout(600)
def test_a_wrong_password_and_a_user_who_is_no_pupil_stay_outside(school, browser):
    school.machine.there("useradd --create-home eve; echo eve:a-good-password | chpasswd")
    page = browser.new_context().new_page()
    page.set_default_timeout(lab.START_S * 1000)
    for name, password in (("anna", "wrong"), ("eve", "a-good-password")):
        page.goto(f"{school.address}/hub/login")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text(re.compile("Invalid username|not allowed|403")).first.wait_for()


@pytest.mark.timeout(600)
def test_a_pupil_takes_the_bot_home_and_nothing_is_left_of_the_class(school):
    school.machine.there("useradd --create-home --groups pupils cleo; echo cleo >> names.txt")
    (last_day,) = blocks_of(README)["The bot goes home"]
    said = school.machine.there(last_day.commands)
    assert "nothing of yours in /home/cleo/my_course yet" in said and "cleo has no pack" in said
    assert "hello.py" in school.machine.there("python3 -m zipfile -l /home/anna/my_course.zip")
    for block in blocks_of(README)["A newer course"]:
        if block.needs.endswith("typed there"):
            school.machine.type(block)
    for block in blocks_of(README)["The end of the class"]:
        school.machine.type(block)
    left = "ls -d /opt/course /var/lib/class /home/anna /etc/systemd/system/class.service"
    assert school.machine.there(f"{left} 2>&1 || true").count("No such file") == 4
    assert school.machine.there("getent passwd anna ben || echo gone") == "gone\n"
    assert "pupils" not in school.machine.there("getent group")


def test_the_values_for_kubernetes_fit_the_page_and_the_image():
    text = README.read_text(encoding="utf-8")
    pupil = yaml.safe_load((ROOT / "docs/class/kubernetes.yaml").read_text("utf-8"))["singleuser"]
    config = (ROOT / "docs/class/jupyterhub_config.py").read_text(encoding="utf-8")
    memory = pupil["memory"]
    assert memory == {"guarantee": "350M", "limit": "1G"}
    assert "350 MB" in text and "1 GB at most" in text and "MEMORY = 1_000_000_000" in config
    image = (ROOT / "docs/image/Containerfile").read_text(encoding="utf-8")
    assert f"--tag {pupil['image']['name'].removeprefix('REGISTRY/')} " in image
    user, home = pupil["uid"], Path(pupil["storage"]["homeMountPath"])
    assert re.search(rf"useradd --uid {user} --create-home .*{home.name}$", image, re.M)
    assert f"WORKDIR {home}" in image
    assert pupil["cmd"] in image
