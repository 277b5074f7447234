"""The cloud's window in a real browser: calls cold and warm, lanes, money, log, kills."""

import pytest
from cloud_tools import FUNCTIONS
from playwright.sync_api import expect
from window_browser import a_page, barriers, is_wider_than_its_window, reach

from bot_sandbox import Cloud, Window
from bot_sandbox.cloud.history import InstanceRecord

pytestmark = pytest.mark.slow("a browser")

NASTY = "<img src=x onerror=\"document.title='owned'\"> & <b>bold</b>"
CODE = """import os, time

def handler(event, context):
    path = event["rawPath"].strip("/")
    if path == "hold":
        while not os.path.exists(event["rawQueryString"]):
            time.sleep(0.005)
    if path == "endless":
        time.sleep(60)
    if path == "hog":
        hoard = []
        while True:
            hoard.append(os.urandom(1 << 20))
    if path == "lines":
        print(*range(40), sep="\\n")
    if path == "nasty":
        print(event["body"])
        raise type(event["body"], (Exception,), {})(event["body"])
    body = event.get("body", "")
    return f"hello {body or 'Viktor'}!"
"""


@pytest.fixture
def cloud():
    with Cloud() as made:
        yield made


@pytest.fixture
def window(cloud):
    with Window(cloud=cloud) as made:
        yield made


@pytest.fixture
def deploy(cloud, tmp_path):
    """Deploy CODE as hello."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "main.py").write_text(CODE)

    def deployed(name="hello", **settings):
        return cloud.deploy(name, folder, **({"timeout_s": 20, "concurrency": 2} | settings))

    return deployed


@pytest.fixture
def page(browser, window):
    with a_page(browser, window.address) as one:
        yield one


def call(page, path="/", body=None, at_once=1):
    page.get_by_label("Path").fill(path)
    page.get_by_label("Method").select_option("POST" if body else "GET")
    if body:
        page.get_by_label("Body").fill(body)
    page.get_by_label("at once").fill(str(at_once))
    page.get_by_role("button", name="Call", exact=True).click()


def answer(page):
    return page.locator(".answer")


def tile(page, name):
    return page.locator(".meter > div", has=page.locator("dt", has_text=name)).first


def lane(page, number=1):
    return page.get_by_role("list", name="Instances").get_by_role("listitem").nth(number - 1)


def log(page):
    return page.get_by_role("log", name="Log")


def money(page):
    return float(tile(page, "AWS").locator(".value").inner_text().strip("≈ $"))


def test_the_first_call_is_cold_and_the_next_one_warm(page, deploy):
    expect(page.get_by_text("No function is deployed yet.")).to_be_visible()
    fn = deploy()
    expect(page.get_by_text("No instance yet: nothing runs, and nothing costs.")).to_be_visible()
    call(page)
    expect(answer(page)).to_contain_text("200: hello Viktor!")
    expect(tile(page, "Calls")).to_contain_text("1 cold, 0 warm")
    expect(lane(page)).to_contain_text("frozen")
    expect(lane(page)).to_contain_text("1 call, ready in")
    call(page, body="Anna")
    expect(answer(page)).to_contain_text("200: hello Anna!")
    expect(tile(page, "Calls")).to_contain_text("1 cold, 1 warm")
    expect(lane(page)).to_contain_text("2 calls")
    expect(page.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="Each call and its price").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    warm, cold = page.locator("tbody tr").all()
    bill = fn.bill()
    expect(cold).to_contain_text("cold")
    expect(warm).to_contain_text("warm")
    expect(cold).to_contain_text(f"{bill.rows[0].price:.10f}")
    expect(warm).to_contain_text(f"{bill.rows[1].price:.10f}")
    expect(tile(page, "AWS")).to_contain_text(f"{bill.price:.10f}")
    page.get_by_label("Prices of").select_option("yandex")
    expect(tile(page, "AWS")).to_contain_text(f"{fn.bill('yandex').price:.10f}")


def test_a_lane_is_seen_at_work_and_its_money_runs(page, deploy, tmp_path):
    fn = deploy()
    call(page, f"/hold?{tmp_path / 'go'}")
    expect(lane(page)).to_contain_text("working")
    expect(answer(page)).to_have_text("It works …")
    expect(tile(page, "AWS")).to_contain_text("≈ until the call ends")
    expect(tile(page, "Cost a second")).to_contain_text(f"{fn.meter.per_second:.10f}")
    before = money(page)
    page.wait_for_function(
        "before => parseFloat(document.querySelectorAll('.meter .value')[3]"
        ".textContent.slice(3)) > before",
        arg=before + 2e-7,
    )
    assert fn.invocations == []  # it still works: what ran was the page's own clock
    (tmp_path / "go").touch()
    expect(lane(page)).to_contain_text("frozen")
    expect(tile(page, "AWS").locator(".value")).to_have_text(f"${fn.bill().price:.10f}")
    expect(tile(page, "Cost a second")).to_contain_text("$0frozen is free")
    assert money(page) > before


def test_the_picture_moves_with_the_clock(page, deploy):
    deploy()
    call(page)
    expect(lane(page)).to_contain_text("frozen")
    dark = """() => {
        const canvas = document.querySelector('li canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return [canvas.width, data.filter((v, i) => i % 4 === 3 && v).length];
    }"""
    width, drawn = page.evaluate(dark)
    assert width > 300 and drawn > 50
    picture = "document.querySelector('li canvas').toDataURL()"
    page.wait_for_function(f"before => {picture} !== before", arg=page.evaluate(picture))


@pytest.mark.parametrize(
    ("path", "settings", "why"),
    [("/endless", {"timeout_s": 0.3}, "timed out"), ("/hog", {}, "out of memory")],
)
def test_a_kill_is_named(page, deploy, path, settings, why):
    deploy(**settings)
    call(page, path)
    expect(answer(page)).to_contain_text("502:")
    expect(lane(page)).to_contain_text("killed")
    expect(lane(page)).to_contain_text(why)
    expect(tile(page, "Calls")).to_contain_text("1 failed")
    expect(log(page)).to_contain_text("timed out" if settings else "Runtime killed: it used more")


def test_what_is_not_needed_any_more_is_stopped(page, deploy):
    deploy(idle_s=0.2)
    call(page)
    expect(lane(page)).to_contain_text("stopped")
    expect(lane(page)).to_contain_text("not needed, 1 call")


def test_throttled_calls_are_counted(page, deploy):
    deploy(concurrency=1)
    call(page, at_once=4)
    expect(answer(page)).to_contain_text("1 × 200, 3 × 429")
    expect(tile(page, "Throttled")).to_contain_text("3429: the only one at work")


def is_at_its_end(page):
    return log(page).evaluate("e => e.scrollHeight - e.scrollTop - e.clientHeight < 5")


def test_the_log_follows_at_its_end_and_stands_still_above(page, deploy):
    fn = deploy()
    call(page, "/lines")
    expect(log(page)).to_contain_text("REPORT RequestId")
    assert is_at_its_end(page)
    log(page).evaluate("e => { e.scrollTop = 0; }")
    call(page, "/lines")
    newer = page.get_by_role("button", name="43 new lines ↓")
    expect(newer).to_be_visible()
    assert log(page).evaluate("e => e.scrollTop") == 0
    newer.click()
    expect(newer).to_be_hidden()
    expect(log(page).locator("div")).to_have_count(86)
    assert is_at_its_end(page)
    assert log(page).locator("div").all_inner_texts() == fn.logs


def test_a_new_version_begins_anew(page, deploy):
    deploy()
    call(page)
    expect(log(page)).to_contain_text("REPORT RequestId")
    deploy()
    expect(log(page)).to_contain_text("(a new version was deployed; its log begins here)")
    expect(tile(page, "Calls")).to_contain_text("0 cold, 0 warm")
    call(page)
    expect(log(page).get_by_text("REPORT RequestId")).to_have_count(2)


def test_a_function_is_chosen(page, browser, window, deploy):
    deploy("hello", memory_mb=256)
    deploy("other", memory_mb=512)
    call(page)
    expect(page.get_by_role("button", name="hello 1 frozen")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="other not called yet").click()
    expect(page.locator(".about")).to_contain_text("other: python main.handler, at most 512 MB")
    expect(tile(page, "Calls")).to_contain_text("0 cold")
    expect(answer(page)).to_have_text("")
    page.get_by_role("button", name="hello 1 frozen").click()
    expect(log(page)).to_contain_text("REPORT RequestId")
    with a_page(browser, window.address_of(function="hello"), "cell") as cell:
        expect(cell.locator(".about")).to_contain_text("at most 256 MB")
        expect(cell.get_by_role("group", name="Functions")).to_be_hidden()
        for part in (lane(cell), tile(cell, "AWS"), log(cell)):
            expect(part).to_be_in_viewport()


def test_what_a_function_says_is_text(page, deploy):
    deploy()
    call(page, body=NASTY)
    expect(answer(page)).to_contain_text("<b>bold</b>")
    call(page, "/nasty", body=NASTY)
    expect(log(page).get_by_text("<b>bold</b>").first).to_be_visible()
    page.get_by_role("button", name="Each call and its price").click()
    expect(page.locator("tbody")).to_contain_text("<b>bold</b>")
    assert page.title() == "The sandbox"
    assert page.locator("#cloud img, .answer b b, .lines b, tbody b").count() == 0


def test_a_refusal_is_told(page, deploy):
    deploy()
    call(page, "no slash")
    expect(page.locator("#news")).to_contain_text("path must begin with a slash")
    expect(page.get_by_label("Path")).to_have_value("no slash")


def test_thousands_of_calls_do_not_freeze_it(page, cloud, deploy):
    fn = cloud.deploy("echo", FUNCTIONS / "plain", handler="main.echo")
    expect(page.locator(".about")).to_contain_text("echo")

    async def many():
        for number in range(3000):
            await fn._pool.invoke(b"1", f"call-{number}")

    calls = cloud._runner.submit(many())
    page.get_by_label("Path").fill("/typed meanwhile")
    calls.result(60)
    expect(tile(page, "Calls")).to_contain_text("3,000")
    expect(tile(page, "AWS")).to_contain_text(f"{fn.bill().price:.10f}")
    expect(log(page)).to_contain_text("RequestId: call-2999")
    expect(lane(page)).to_contain_text("3000 calls")
    assert log(page).locator("div").count() <= 500
    expect(page.get_by_label("Path")).to_have_value("/typed meanwhile")


def test_a_cloud_that_has_gone_stands_still(page, cloud, deploy):
    deploy()
    call(page)
    expect(lane(page)).to_contain_text("frozen")
    cloud.close()
    expect(page.locator("#news")).to_contain_text("Cloud has been closed")
    expect(lane(page)).to_be_visible()


def test_a_window_that_has_gone_is_told_while_the_log_is_followed(page, window, deploy):
    fn = deploy()
    call(page)
    expect(log(page)).to_contain_text("REPORT RequestId")
    window.close()
    fn.invoke({"rawPath": "/"})
    expect(page.locator("#news")).to_contain_text("The sandbox has gone")
    expect(lane(page)).to_contain_text("1 call")


def test_more_instances_than_lanes_are_counted(page, cloud, deploy):
    fn = deploy(concurrency=100)

    def start_many():
        for number in range(1, 31):
            fn._history.instances.append(InstanceRecord(number, 0, started=0.0, since=0.0))
        cloud._runner.changes.changed()

    cloud._runner.do(start_many)
    expect(page.get_by_text("and 6 more instances, which have no lane here")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(24)
    expect(lane(page, 24)).to_contain_text("Instance 24 ◌ starting")
    expect(lane(page, 24)).to_contain_text("loads the program")


def test_it_can_be_used_by_keyboard_alone(page, deploy):
    deploy("hello")
    deploy("other")
    expect(page.get_by_role("button", name="other not called yet")).to_be_visible()
    reach(page, "other")
    page.keyboard.press("Enter")
    expect(page.locator(".about")).to_contain_text("other:")
    reach(page, "Path")
    page.keyboard.press("End")
    page.keyboard.type("lines")
    page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text("200: hello Viktor!")
    reach(page, "Log")
    reach(page, "Log")  # its button, then the log itself
    expect(log(page)).to_be_focused()
    expect(log(page)).to_contain_text("REPORT RequestId")
    page.keyboard.press("Home")
    page.wait_for_function("() => document.activeElement.scrollTop === 0")
    reach(page, "Colors")  # the way round leads out again


@pytest.mark.parametrize(
    ("size", "scheme"), [("wide", "light"), ("cell", "dark"), ("phone", "dark")]
)
def test_everybody_can_use_it(browser, window, deploy, size, scheme):
    deploy("hello", timeout_s=0.3)
    deploy("other")
    with a_page(browser, window.address, size, scheme) as page:
        call(page, "/endless")
        expect(lane(page)).to_contain_text("killed")
        call(page, body="Anna", at_once=4)
        expect(answer(page)).to_contain_text("× 429")
        assert barriers(page) == []
        page.get_by_role("button", name="Each call and its price").click()
        expect(page.locator("tbody tr")).to_have_count(3)
        assert barriers(page) == []
        assert not is_wider_than_its_window(page)
