"""A class on one machine: the page's commands on a fresh Debian, and pupils in a browser.

Mallory is a pupil, too. What she tries on the others and on the teacher is in class_attacker.py.
"""

import json
import re
import shlex
import socket
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import class_attacker as attacker
import class_pupil
import jupyterlab_browser as lab
import pytest
from class_machine import (
    HOST,
    PRIVATE,
    README,
    TOOLS,
    blocks_of,
    class_machine,
    in_memory,
    wait_for_hub,
)
from course_browser import find_browser
from jupyter_elsewhere import chat_in, live_window
from playwright.sync_api import Error, sync_playwright
from rented_machine import what_is_missing
from waiting import wait_until

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.machine("a class on one machine")
# Connects to a program of Anna, and reads what it says.
ABSTRACT = """
import socket
anna = socket.socket(socket.AF_UNIX)
anna.connect(chr(0) + "anna")
print(anna.recv(99))
"""
ANSWER = """
import socket
own = socket.socket(socket.AF_UNIX)
own.bind(chr(0) + "anna")
own.listen()
own.accept()[0].send(b"anybody may use it")
"""
# For some seconds, two users send from one port: each packet begins the same connection.
SENDS = """
import socket, time
own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
own.bind(("127.0.0.1", 5353))
until = time.monotonic() + 10
while time.monotonic() < until:
    try:
        own.sendto(b"x", ("127.0.0.1", 6000))
    except OSError:
        pass  # nobody listens there
"""
# For rows of the page's table: what Ben types, and what he reads.
DENIED = "Permission denied"
TYPED = {
    "home folders, with `my_course`, `.env`, notebooks, kernels": ("ls /home/anna", DENIED),
    "`passwords.txt`, and who is signed in": ("cat /root/passwords.txt; ls /var/lib/class", DENIED),
    "the course in `/opt/course`": (
        "head -c 2 /opt/course/start.py; >> /opt/course/start.py",
        DENIED,
    ),
    "files that a pupil's program leaves in `/tmp`": ("cat /tmp/of_anna", "anybody may read it"),
    "an abstract Unix socket or a UDP port of a pupil's program": (
        f"python3 -c '{ABSTRACT}'",
        "anybody may use it",
    ),
    "names of users, in `/etc/caddy/Caddyfile`, too": (
        "grep anna /etc/passwd /etc/caddy/Caddyfile",
        f"/etc/caddy/Caddyfile:anna.{HOST} {{",
    ),
    "the system's log": (
        "cat /run/log/journal/*/system.journal /var/log/journal/*/system.journal",
        DENIED,
    ),
    "running programs, their command lines, and who listens at which port": (
        "cat /proc/[0-9]*/cmdline | tr '\\0' ' '; cat /proc/net/tcp",
        "/home/anna/.local/share/jupyter/runtime/kernel-",
    ),
    "that you are signed in with `ssh`, since when, and from which address": ("who", "root "),
}
# For the other rows: the test that tries them, with a browser or from outside.
ELSEWHERE = {
    "a pupil's server, through the class's address or the machine's port": (
        "test_no_pupils_server_opens_to_anybody_else"
    ),
    "a share of a server, by a link": (
        "test_a_teacher_stops_servers_and_may_do_nothing_else_to_others"
    ),
    "a chat window, the sandbox's Telegram and Twitch, a function's address": (
        "test_two_pupils_at_once_each_with_a_bot_of_their_own"
    ),
    "the Runtime API of a function's instance": (
        "test_two_pupils_at_once_each_with_a_bot_of_their_own"
    ),
    "a web server that a notebook starts": (
        "test_a_pupils_port_cannot_be_reached_and_gets_no_sign_in"
    ),
    "a web server of a pupil, from outside the machine": (
        "test_a_pupils_port_cannot_be_reached_and_gets_no_sign_in"
    ),
    "what others have passed": (
        "test_the_teacher_sees_who_has_passed_what_and_a_pupil_only_herself"
    ),
    "a page that a pupil made, opened by another pupil or a teacher": (
        "test_a_pupils_page_gains_nothing_from_who_opens_it"
    ),
    "the port of another's server, of the sign-in or of the Hub, while it is free": (
        "test_nobody_answers_instead_of_a_server_or_the_sign_in"
    ),
    "`ssh`, and `su` with a password": "test_no_pupil_has_a_shell_by_ssh_or_su",
}
# Names that clear a terminal: a file's, and of a program that listens at a port.
ESCAPES = r"""
import socket, time
name = "mallory\x1b[2J"
open(f"/tmp/{name}", "w")
open("/proc/self/comm", "w").write(name)
server = socket.create_server(("127.0.0.1", 7070))
time.sleep(600)
"""
HUB, PROXY = "http://127.0.0.1:8081/hub/api/users", "http://127.0.0.1:8001/api/routes"
CADDY = "http://127.0.0.1:2019/config/"
# The ports on which a user's programs listen.
PORTS = """
import sys
for kind in ("tcp", "tcp6"):
    for line in open(f"/proc/net/{kind}").readlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and fields[7] == sys.argv[1]:
            print(int(fields[1].split(":")[1], 16))
"""
# A function, whose instance goes on listening.
FUNCTION = """
from pathlib import Path
from urllib.request import urlopen
from lessons.cloud import Cloud
Path("workshop/f").mkdir()
Path("workshop/f/main.py").write_text("def handler(event, context): return 'hi'")
cloud = Cloud()
function = cloud.deploy("f", "workshop/f", idle_s=3600)
print(urlopen(function.url).read(), len(function.instances))
"""
REFUSED = "<urlopen error [Errno 111] Connection refused>\n"
SET_COOKIE = "cookie => { document.cookie = cookie; }"
# A request of a user's program: what the answer begins with, or why there is none.
ASK = """
import urllib.request, urllib.error
request = urllib.request.Request("{address}", headers={headers})
try: print(urllib.request.urlopen(request, timeout=5).status)
except urllib.error.HTTPError as error: print(error.code)
except OSError as error: print(error)
"""


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A class of three, as the teacher's page sets it up."""
    if missing := what_is_missing(*TOOLS):
        pytest.skip(missing)
    if not find_browser():
        pytest.skip("NO BROWSER: install chromium to test JupyterLab in it")
    with (
        in_memory(tmp_path_factory.mktemp("class")) as folder,
        class_machine(folder, ["anna", "ben", "mallory"]) as school,
    ):
        mallory = school.machine.root / "home/mallory"
        (mallory / ".jupyter").mkdir()
        (mallory / ".jupyter/jupyter_config.py").write_text(attacker.SERVER)
        (mallory / "gift.html").write_text(attacker.PAGE)
        packages = mallory / ".local/lib/python3.13/site-packages"
        packages.mkdir(parents=True)
        (packages / "usercustomize.py").write_text(attacker.CUSTOMIZE)
        for name in ("mallory", "teacher", "ben"):
            (school.machine.root / f"home/{name}/listener.py").write_text(attacker.LISTENER)
        school.machine.there("chown -R mallory: /home/mallory")
        yield school


@pytest.fixture(scope="module")
def browser(school):
    with sync_playwright() as playwright:
        flags = [*lab.FLAGS, *school.flags]
        browser = playwright.chromium.launch(executable_path=find_browser(), args=flags)
        yield browser
        browser.close()


def sit_down(browser, school, name):
    """A pupil with a browser of their own, signed in."""
    size = {"width": lab.WIDTH, "height": lab.HEIGHT}
    page = browser.new_context(viewport=size, ignore_https_errors=True).new_page()
    page.set_default_timeout(lab.START_S * 1000)
    class_pupil.knock(page, school.address, name, school.passwords[name])
    return page


@pytest.fixture(scope="module")
def pages(school, browser):
    """Everybody's page, with a notebook open."""
    pages = {name: sit_down(browser, school, name) for name in school.passwords}
    for page in pages.values():
        class_pupil.wait_for_notebook(page)
    return pages


def as_user(school, name, commands):
    """What a user reads who types commands into a terminal."""
    return school.machine.there(f"runuser -u {name} -- bash <<'EOF'\n{commands}\nEOF", check=False)


def ask(school, name, address, **headers):
    """Let a program of a user ask an address of the machine."""
    script = ASK.format(address=address, headers=headers)
    return as_user(school, name, f"python3 - <<'END'\n{script}\nEND")


@contextmanager
def listener(school, name, *ports):
    """A web server of a user, at each of these ports that is free or gets free; its requests."""
    requests = school.machine.root / f"home/{name}/requests-of-the-port"
    requests.unlink(missing_ok=True)
    unit = f"--unit=listener --uid={name} --working-directory=/home/{name}"
    school.machine.there(f"systemd-run {unit} python3 listener.py {' '.join(map(str, ports))}")
    wait_until(lambda: str(ports[0]) in ports_of(school, name), timeout=60)
    try:
        yield lambda: requests.read_text() if requests.exists() else ""
    finally:
        school.machine.there("systemctl stop listener")


def ports_of(school, name):
    """The ports on which a user's programs listen."""
    script = f"python3 - $(id -u {name}) <<'EOF'\n{PORTS}\nEOF"
    return school.machine.there(script).split()


def ask_hub(page, method, path, body=None):
    """Ask the Hub's API with a user's sign-in, as a page of the Hub can; (status, text)."""
    if "/hub/home" not in page.url:
        page.goto(f"https://{HOST}/hub/home")
    return page.evaluate(
        """async ([method, path, body]) => {
            const headers = {
                "X-XSRFToken": window.jhdata.xsrf_token, "Content-Type": "application/json",
            };
            const answer = await fetch(`/hub/api/${path}`, {method, headers, body});
            return [answer.status, await answer.text()];
        }""",
        [method, path, body and json.dumps(body)],
    )


@pytest.mark.timeout(1200)
def test_two_pupils_at_once_each_with_a_bot_of_their_own(school, pages):
    pages = {name: pages[name] for name in ("anna", "ben")}
    for name, page in pages.items():
        assert page.url.startswith(f"{school.server(name)}/lab/tree/my_course/00_start_here")
    for page in pages.values():
        assert lab.unexpected_errors(class_pupil.run_all(page)) == []
    windows = {name: live_window(page) for name, page in pages.items()}
    for name, window in windows.items():
        assert window.url.startswith(f"{school.server(name)}/proxy/")
        chat_in(window, "!hello", "hello Viktor!")

    # Their files are at home, the teacher's stayed at the teacher's home.
    anna, ben = pages["anna"], pages["ben"]
    script = "import os; print(os.getcwd(), os.path.exists('workshop/my_bot/commands/hello.py'))"
    assert class_pupil.run_cell(anna, script) == "/home/anna/my_course True\n"
    # Ben opens neither Anna's server nor, through his own, her window.
    address, _, _ = windows["anna"].url.partition("#")
    tab = ben.context.new_page()
    assert tab.goto(address).status == 403
    port = re.search(r"/proxy/(\d+)/", address)[1]
    assert tab.goto(f"{school.server('ben')}/proxy/{port}/").status >= 500
    tab.close()
    assert class_pupil.run_cell(anna, FUNCTION) == "b'hi' 1\n"
    ports = ports_of(school, "anna")
    assert port in ports and len(ports) > 4  # her server's, the function's, its instance's
    assert {ask(school, "ben", f"http://127.0.0.1:{port}/") for port in ports} == {REFUSED}

    # The key of her window is in no command line, and what the course leaves in /tmp is hers.
    key = windows["anna"].url.partition("#key=")[2]
    assert key and key not in school.machine.there("cat /proc/[0-9]*/cmdline")
    left = "cd /; find /tmp /var/tmp /dev/shm -user anna -readable 2>/dev/null"
    assert as_user(school, "ben", left) == ""

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
@pytest.mark.parametrize("victim", ["teacher", "ben"])
def test_a_pupils_page_gains_nothing_from_who_opens_it(school, pages, victim):
    mine = [school.address, school.server(victim), victim, attacker.PORT]
    address = f"{school.server('mallory')}/gift#{quote(json.dumps(mine))}"
    with listener(school, victim, attacker.PORT) as requests:
        tab = pages[victim].context.new_page()
        assert tab.goto(f"{school.server(victim)}/proxy/{attacker.PORT}/own").status == 200
        assert tab.goto(address).status == 200
        tab.wait_for_function("window.happened", timeout=lab.RUN_S * 1000)
        happened = tab.evaluate("window.happened")
        assert [line.split()[0] for line in requests().splitlines()] == ["/own"]
    assert len(happened) == 12
    assert {what: answer for what, answer in happened.items() if answer[0]} == {}
    for window in tab.context.pages:
        if window not in (tab, pages[victim]):
            window.close(run_before_unload=True)  # without a wait, which never ended
    tab.close()
    tokens = json.loads(ask_hub(pages[victim], "GET", f"users/{victim}/tokens")[1])["api_tokens"]
    assert "stolen" not in [token["note"] for token in tokens]
    assert not (school.machine.root / f"home/{victim}/stolen").exists()
    # The page saw cookies; none is worth anything at the Hub, nor at the server of who opened it.
    seen = (school.machine.root / "home/mallory/cookies").read_text().splitlines()
    assert "jupyterhub-session-id" in seen[-1]
    for cookies in seen:
        assert hub_knows(school, cookies) == "403\n"
    own = pages[victim].context.cookies(f"{school.address}/hub/")
    assert hub_knows(school, "; ".join(f"{it['name']}={it['value']}" for it in own)) == "200\n"


@pytest.mark.timeout(600)
def test_a_pupils_page_signs_nobody_in_as_the_pupil(school, browser, pages):
    session = {"name": "jupyterhub-session-id", "value": "a" * 32, "domain": HOST, "path": "/hub/"}
    hers, bens = (browser.new_context(ignore_https_errors=True) for _ in range(2))
    hers.add_cookies([session])
    page = hers.new_page()
    page.goto(f"{school.address}/hub/login")
    (token,) = [each["value"] for each in hers.cookies(page.url) if each["name"] == "_xsrf"]
    form = [school.address, "mallory", school.passwords["mallory"], token, session["value"]]
    page = bens.new_page()
    page.goto(f"{school.server('mallory')}/gift#{quote(json.dumps(['', '', '', 1]))}")
    with page.expect_response(re.compile("/hub/login")) as answer:
        page.evaluate(attacker.SIGN_IN, form)
    assert answer.value.status == 403
    page = bens.new_page()
    page.goto(f"{school.address}/hub/home")
    assert "/hub/login" in page.url
    for context in (hers, bens):
        context.close()


def hub_knows(school, cookies):
    """What the Hub answers to whoever has these cookies, and asks who they are."""
    address = "http://127.0.0.1:8000/hub/api/user"
    return ask(school, "mallory", address, Host=HOST, Cookie=cookies)


@pytest.mark.timeout(600)
def test_no_pupils_server_opens_to_anybody_else(school, pages):
    for name in ("teacher", "ben"):
        tab = pages[name].context.new_page()
        for path in ("", "/lab", "/api/contents", "/files/gift.html", f"/proxy/{attacker.PORT}/"):
            assert tab.goto(f"{school.server('anna')}{path}").status == 403
        tab.close()


@pytest.mark.timeout(600)
def test_a_teacher_stops_servers_and_may_do_nothing_else_to_others(school, pages):
    teacher = pages["teacher"]
    body = {"scopes": ["access:servers"]}
    assert ask_hub(teacher, "GET", "users")[0] == 200
    for method, path, content in (
        ("POST", "users/eve", None),
        ("PATCH", "users/teacher", {"admin": True}),
        ("DELETE", "users/ben", None),
        ("POST", "users/ben/tokens", {}),
        ("POST", "users/teacher/tokens", body),
        ("POST", "groups/mine", None),
        ("POST", "shares/ben/", {"user": "teacher"}),
        ("POST", "share-codes/ben/", None),
        ("POST", "shutdown", {"servers": True}),
        ("GET", "proxy", None),
    ):
        status, said = ask_hub(teacher, method, path, content)
        assert status in (400, 403, 404), (method, path, status, said)
    for name in ("mallory", "ben"):
        for path in (f"share-codes/{name}/", f"shares/{name}/", "users/teacher/server", "users"):
            content = {"user": "teacher"} if path.startswith("shares") else None
            status, said = ask_hub(pages[name], "POST", path, content)
            assert status in (403, 404), (name, path, status, said)
        assert ask_hub(pages[name], "GET", "users")[0] == 403
        assert pages[name].goto(f"{school.address}/hub/admin").status == 403
    teacher.goto(f"{school.address}/hub/admin")
    teacher.get_by_text("Shutdown Hub").wait_for()
    row = teacher.get_by_role("row").filter(has_text="mallory")
    row.get_by_role("button", name="Stop Server").click()
    row.get_by_role("button", name="Start Server").wait_for()


@pytest.mark.timeout(600)
def test_a_pupils_port_cannot_be_reached_and_gets_no_sign_in(school, pages):
    machine = school.machine
    port = f"http://127.0.0.1:{attacker.PORT}/"
    # TCP answers differently while too many connections wait: then the kernel names no sender.
    cookies = "net.ipv4.tcp_syncookies"
    flood = ["ip", "netns", "exec", machine.network.name, "sysctl", "--write"]
    with listener(school, "mallory", attacker.PORT) as requests:
        assert ask(school, "mallory", port) == "200\n"
        # Neither from outside, with a browser that is signed in, nor through a server of one's own.
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((machine.network.address, attacker.PORT), timeout=30)
        tab = pages["teacher"].context.new_page()
        for scheme in ("http", "https"):
            with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
                tab.goto(f"{scheme}://{HOST}:{attacker.PORT}/hub/home")
        for name in ("teacher", "anna"):
            assert pages[name].goto(f"{school.server(name)}/proxy/{attacker.PORT}/").status >= 500
            assert ask(school, name, port) == REFUSED
        subprocess.run([*flood, f"{cookies}=2"], check=True)
        try:
            assert "200" not in ask(school, "anna", port)
        finally:
            subprocess.run([*flood, f"{cookies}=1"], check=True)
        assert requests() == "/ \n"  # her own


@pytest.mark.timeout(600)
def test_a_port_that_two_users_send_from_opens_nothing_between_them(school):
    send = shlex.quote(SENDS)
    both = [f"runuser -u {name} -- python3 -c {send} &" for name in ("anna", "ben")]
    school.machine.there(" ".join([*both, "wait"]))
    listed = school.machine.there("nft list set inet class same_person")
    pairs = re.findall(r"(\d+) \. (0x[0-9a-f]+)", listed)
    assert pairs and all(int(user) == int(mark, 16) for user, mark in pairs), listed


@pytest.mark.timeout(600)
def test_what_pupils_can_see_of_each_other(school, pages):
    """Each row of the page's table; those with a browser have a test of their own."""
    table = README.read_text("utf-8").split("## What pupils can see of each other")[1]
    rows = dict(re.findall(r"^\| (.+) \| (.+) \|$", table.split("##")[0], re.M))
    del rows["what another pupil may try"]
    as_user(school, "anna", "echo anybody may read it > /tmp/of_anna")
    machine = school.machine
    machine.there(f"systemd-run --unit=answer --uid=anna python3 -c {shlex.quote(ANSWER)}")
    wait_until(lambda: "@anna" in machine.there("cat /proc/net/unix"), timeout=60)
    for row, (commands, expected) in TYPED.items():
        assert expected in as_user(school, "ben", commands), rows.pop(row)
        del rows[row]
    assert as_user(school, "ben", "ls -A /home/anna /var/lib/class /root 2>/dev/null") == ""
    assert [ask(school, "ben", address) for address in (HUB, PROXY)] == ["403\n"] * 2
    assert ask(school, "ben", CADDY) == REFUSED
    del rows["the Hub's own API, its proxy's and Caddy's"]
    ports = ports_of(school, "teacher")
    assert {ask(school, "ben", f"http://127.0.0.1:{port}/") for port in ports} == {REFUSED}
    as_user(school, "anna", "rm /tmp/of_anna")
    assert set(rows) == set(ELSEWHERE) and set(ELSEWHERE.values()) <= set(globals())


def class_page(page):
    """What somebody sees of who has passed what: (status, text)."""
    tab = page.context.new_page()
    try:
        status = tab.goto(f"https://class--service.{HOST}/services/class/").status
        return status, tab.inner_text("body"), tab.evaluate("window.stolen")
    finally:
        tab.close()


@pytest.mark.timeout(600)
def test_the_teacher_sees_who_has_passed_what_and_a_pupil_only_herself(school, pages):
    machine, shared = school.machine, school.machine.root / "srv/class"
    remember = "from lessons.progress.tries import remember_try; remember_try"
    for name, told in (("anna", "'1', False, 'write return'"), ("ben", "'2', True")):
        pages[name].goto(f"{school.address}/hub/spawn")
        class_pupil.wait_for_notebook(pages[name])
        class_pupil.run_cell(pages[name], f"{remember}('01_what_a_bot_is_made_of', {told})")
    status, text, _ = class_page(pages["teacher"])
    assert status == 200 and "write return" in text
    assert [name for name in school.passwords if f"\n{name}\t" in text] == [*school.passwords]
    _, text, _ = class_page(pages["ben"])
    assert "\nben\t" in text and "anna" not in text and "write return" not in text
    assert "write return" in machine.there("python3 /opt/course/start.py class")
    # Nobody but the page's user reads the folders, and this user reads nothing else of theirs.
    read = "cat /srv/class/anna/progress.json"
    assert DENIED in as_user(school, "ben", read) and DENIED in as_user(school, "teacher", read)
    assert "write return" in as_user(school, "class-reader", read)
    assert DENIED in as_user(school, "class-reader", "ls /home/anna; > /srv/class/anna/mine")
    # What a pupil's file says is shown as text, and a link shows nothing of somebody else's.
    try_ = json.dumps([1, "01_what_a_bot_is_made_of-1", False, "<script>stolen = 1</script>"])
    file = shared / "mallory/progress.json"
    for_mallory = json.dumps({"passed": [], "tries": [try_]})
    as_user(
        school, "mallory", f"cat > /srv/class/mallory/progress.json <<'END'\n{for_mallory}\nEND"
    )
    _, text, stolen = class_page(pages["teacher"])
    assert "<script>stolen" in text and stolen is None
    as_user(
        school, "mallory", "ln -sf /srv/class/anna/progress.json /srv/class/mallory/progress.json"
    )
    assert file.is_symlink()
    _, text, _ = class_page(pages["mallory"])
    assert "unreadable" in text and "write return" not in text
    # No page of hers reads it or frames it, or shows the teacher hers instead; no program asks it.
    gift = pages["teacher"].context.new_page()
    gift.goto(f"{school.server('mallory')}/gift#{quote(json.dumps(['', '', '', 1]))}")
    address = f"https://class--service.{HOST}/services/class/"
    mine = {each["name"]: each for each in pages["mallory"].context.cookies(address)}
    cookie = mine["__Host-service-class"]["value"]
    for name, path in (("service-class", "/services/class/"), ("__Host-service-class", "/")):
        gift.evaluate(SET_COOKIE, f"{name}={cookie}; Domain={HOST}; Path={path}; Secure")
    _, text, _ = class_page(pages["teacher"])
    assert "\nanna\t" in text
    gift.evaluate(SET_COOKIE, f"service-class=; Domain={HOST}; Path=/services/class/; Max-Age=0")
    assert ask(school, "mallory", "http://127.0.0.1:10000/services/class/") == REFUSED
    with pytest.raises(Error, match="Failed to fetch"):
        gift.evaluate("address => fetch(address, {credentials: 'include'})", address)
    gift.evaluate(
        "address => document.body.innerHTML = `<iframe src=${address}></iframe>`", address
    )
    wait_until(lambda: len(gift.frames) == 2, timeout=60)
    assert "Who has passed" not in gift.frames[1].content()
    gift.close()


@pytest.mark.timeout(600)
def test_nobody_answers_instead_of_a_server_or_the_sign_in(school, pages):
    """Mallory takes the port of a server that ended, and those of the class when they end."""
    machine, page = school.machine, pages["ben"]
    page.goto(f"{school.address}/hub/home")
    server = "$(pgrep --oldest -u ben -f singleuser)"
    environment = machine.there(f"tr '\\0' '\\n' < /proc/{server}/environ")
    port = re.search("^JUPYTERHUB_SERVICE_URL=.*:([0-9]+)/", environment, re.M)[1]
    proxy = "$(pgrep -f ^node.*/configurable-http-proxy)"
    for program, ports, address in (
        (server, [port], f"{school.server('ben')}/lab"),
        (proxy, [8000, 8001], f"{school.address}/hub/login"),
    ):
        machine.there(f"kill -9 {program}")
        with listener(school, "mallory", *ports) as requests:
            # The browser calls an answer without a page an error.
            with page.expect_response(address) as answer, suppress(Error):
                page.goto(address)
            assert answer.value.status >= 500
            assert ask(school, "anna", f"http://127.0.0.1:{ports[0]}/") == REFUSED
            assert requests() == ""
    # A pupil's server gets its port back, and so does the class.
    machine.there("systemctl restart class")
    wait_for_hub(machine)
    page.goto(f"{school.address}/hub/spawn")
    class_pupil.wait_for_notebook(page)


@pytest.mark.timeout(600)
def test_when_memory_runs_out_the_class_outlives_the_programs_of_pupils(school, pages):
    """Linux ends the program with the highest score. The Hub is larger than a pupil's `cat`."""
    score = "import subprocess; print(subprocess.getoutput('cat /proc/self/oom_score'))"
    pupils = int(class_pupil.run_cell(pages["ben"], score))
    for program in (
        "^/opt/course/.venv/bin/python.*jupyterhub ",
        "^node.*/configurable-http-proxy",
    ):
        score = school.machine.there(f"cat /proc/$(pgrep --oldest -f '{program}')/oom_score")
        assert int(score) < pupils, program


@pytest.mark.timeout(600)
def test_root_packs_for_a_pupil_without_a_terminal_rights_or_programs_that_stay(school):
    last_day, _ = blocks_of(README)["The bot goes home"]
    commands = last_day.commands.replace("$(cat names.txt)", "mallory")
    said = school.machine.there(commands, terminal=True)
    assert "no new rights: 1, terminal: False, bus: False, ^[[2J" in said
    assert school.machine.there("pgrep -u mallory sleep || echo none") == "none\n"


@pytest.mark.timeout(600)
def test_a_pupils_device_tries_what_a_lesson_needs(school, pages):
    said = school.machine.there("python3 /opt/course/start.py class --check")
    address = said.splitlines()[0]
    tab = pages["ben"].context.new_page()
    tab.goto(address)
    tab.set_default_timeout(lab.START_S * 1000)
    tab.get_by_text(re.compile("All green|Take plan B")).wait_for()
    cells = tab.locator("td[id]").all_inner_texts()
    assert len(cells) == 5 and all(re.fullmatch(r"✔ [\d.]+ s", each) for each in cells), cells
    # A network without WebSockets.
    tab.route_web_socket("**/socket", lambda socket: socket.close())
    tab.reload()
    tab.get_by_text("Take plan B").wait_for()
    assert tab.locator("#socket").inner_text() == "✘ no"
    tab.close()


@pytest.mark.timeout(600)
def test_root_collects_all_packs_and_hands_out_a_notebook(school, pages):
    """Mallory's pack is a link to what only root may read, or has no end, or nobody writes it."""
    machine = school.machine
    as_user(school, "ben", "echo his pack > /home/ben/my_course.zip")
    for make in ("ln -s /root/passwords.txt", "ln -s /dev/zero", "mkfifo"):
        as_user(school, "mallory", f"{make} /home/mallory/my_course.zip")
        machine.type(blocks_of(README)["The bot goes home"][1])
        assert machine.there("cat packs/ben.zip") == "his pack\n"
        assert "mallory" not in machine.there("ls packs")
        as_user(school, "mallory", "rm /home/mallory/my_course.zip")
    own = machine.home / "notebooks/05_what_functions_are_for.ipynb"
    own.write_text(own.read_text("utf-8").replace("# 05 ", "# 05, for 8b: "), encoding="utf-8")
    for block in blocks_of(README)["Hand out a notebook"]:
        machine.type(block)
    page = pages["ben"]
    # Before the page's scripts are there, its button is a link to nowhere.
    page.goto(f"{school.address}/hub/home", wait_until="networkidle")
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as stopped:
        page.get_by_role("button", name="Stop My Server").click()
    assert stopped.value.status in (202, 204)
    page.get_by_role("button", name="Start My Server").click()
    class_pupil.wait_for_notebook(page)
    copy = "my_course/05_what_functions_are_for.ipynb"
    assert "for 8b" in machine.there(f"head -c 900 /home/ben/{copy}")


@pytest.mark.timeout(600)
def test_no_pupil_has_a_shell_by_ssh_or_su(school, pages):
    machine = school.machine
    machine.there("useradd --create-home guest")
    for name in ("guest", "ben"):
        machine.there(f"install -d -o {name} -m 700 /home/{name}/.ssh")
        machine.there(f"install -o {name} -m 600 .ssh/authorized_keys /home/{name}/.ssh/")
    assert machine.at_home("ssh guest@ADDRESS id -un") == "guest\n"
    with pytest.raises(AssertionError, match=DENIED):
        machine.at_home("ssh ben@ADDRESS id -un")
    # With a password, `su` would begin a session, which may start programs without any limits.
    escape = f"""if True:
        import os, subprocess
        words = ["su", "ben", "-c", "echo a session"]
        password = {school.passwords["ben"]!r}
        new = subprocess.run(words, input=password, capture_output=True, text=True)
        bus = os.path.exists("/run/dbus/system_bus_socket")  # which has programs started, too
        print(new.stdout, new.returncode, bus)
    """
    assert class_pupil.run_cell(pages["ben"], escape).strip() == "1 False"


def test_no_name_that_a_pupil_chose_acts_on_roots_terminal(school):
    text = README.read_text("utf-8")
    commands = re.findall(r"`((?:ss|du) -[^`]*)`", text)
    assert len(commands) == 2
    # A Debian that somebody has installed or rented has it; this one has only what it needs.
    school.machine.there("apt-get install -qq -y --no-install-recommends iproute2")
    unit = "--unit=escape --uid=mallory --property=PrivateTmp=no"
    school.machine.there(f"systemd-run {unit} python3 -c {shlex.quote(ESCAPES)}")
    try:
        wait_until(lambda: "7070" in ports_of(school, "mallory"), timeout=60)
        for command in commands:
            shown = school.machine.there(command)
            assert "mallory^[[2J" in shown and "\x1b" not in shown
    finally:
        school.machine.there("systemctl stop escape; rm -f /tmp/mallory*")


@pytest.mark.timeout(600)
def test_a_wrong_password_and_a_user_who_is_no_pupil_stay_outside(school, browser):
    school.machine.there("useradd --create-home eve; echo eve:a-good-password | chpasswd")
    school.machine.there("useradd --create-home --groups pupils Anna")  # not as the page says
    school.machine.there("echo Anna:a-good-password | chpasswd")
    page = browser.new_context(ignore_https_errors=True).new_page()
    page.set_default_timeout(lab.START_S * 1000)
    for name, password in (
        ("anna", "wrong"),
        ("eve", "a-good-password"),
        ("Anna", "a-good-password"),
    ):
        page.goto(f"{school.address}/hub/login")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text(re.compile("Invalid username|not allowed|403")).first.wait_for()


@pytest.mark.timeout(600)
def test_a_pupil_takes_the_bot_home_and_nothing_is_left_of_the_class(school):
    school.machine.there("useradd --create-home --groups pupils cleo; echo cleo >> names.txt")
    last_day, _ = blocks_of(README)["The bot goes home"]
    said = school.machine.there(last_day.commands, terminal=True)
    assert "nothing of yours in /home/cleo/my_course yet" in said and "cleo has no pack" in said
    assert "hello.py" in school.machine.there("python3 -m zipfile -l /home/anna/my_course.zip")
    for block in blocks_of(README)["A newer course"]:
        if block.needs.endswith("typed there"):
            school.machine.type(block)
    # What others left behind: a program of no server, and a file in no home.
    stay = "echo > /var/tmp/of_mallory; exec sleep infinity"
    school.machine.there(f"systemd-run --uid=mallory sh -c '{stay}'")
    wait_until((school.machine.root / "var/tmp/of_mallory").exists, timeout=60)
    for block in blocks_of(README)["The end of the class"]:
        school.machine.type(block)
    left = (
        "ls -d /opt/course /srv/class /var/lib/class /home/anna /etc/systemd/system/class.service"
    )
    assert school.machine.there(f"{left} 2>&1 || true").count("No such file") == 5
    assert "/home/" not in school.machine.there("getent passwd | grep -v -E '^(eve|guest|Anna):'")
    assert (
        school.machine.there("find / /tmp /dev/shm -xdev -nouser; pgrep sleep || echo none")
        == "none\n"
    )
    assert "pupils" not in school.machine.there("getent group")


def test_nobody_may_write_into_what_is_unpacked_not_even_for_a_moment(tmp_path):
    (tmp_path / "start.py").touch()
    (tmp_path / "start.py").chmod(0o666)  # as on a disk that knows no owners
    subprocess.run(["tar", "-czf", "course.tgz", "start.py"], cwd=tmp_path, check=True)
    lines = [line for line in README.read_text("utf-8").splitlines() if line.startswith("tar -x")]
    assert len(lines) == 2
    for number, line in enumerate(lines):
        (tmp_path / str(number)).mkdir()
        words = shlex.split(line.replace("/opt/course", str(number)))
        subprocess.run(words, cwd=tmp_path, check=True, umask=0o022)
        assert (tmp_path / str(number) / "start.py").stat().st_mode & 0o022 == 0
