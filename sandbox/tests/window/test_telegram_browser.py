"""Telegram's window in a real browser: typing, reading, pressing, and what was sent."""

import threading

import pytest
from pictures import png
from playwright.sync_api import expect
from window_browser import a_page, barriers, is_wider_than_its_window, reach

from bot_sandbox import Telegram, Window
from bot_sandbox.telegram import TelegramError

pytestmark = pytest.mark.slow("a browser")

NASTY = "<img src=x onerror=\"document.title='owned'\"> & <b>bold</b> \u202eright to left"
SHOP = [[{"text": "➕", "callback_data": data}] for data in ("tea", "cake")]
VOTE = [[{"text": "Vote", "callback_data": "voted"}]]
MENU = [[{"text": "Tea", "callback_data": "tea"}, {"text": NASTY, "callback_data": "alert"}]]
MENU += [[{"text": "More", "callback_data": "more"}]]


class World:
    """A Telegram with a bot that polls in this process, Viktor and Anna, and a window on it."""

    def __init__(self, telegram):
        self.telegram = telegram
        self.account = telegram.new_bot("Hello bot", "hello_bot")
        self.viktor = telegram.person("Viktor")
        self.anna = telegram.person("Anna")
        self.window = Window(telegram=telegram)
        self.bot = threading.Thread(target=self.poll)

    def address(self, **shown):
        return self.window.address_of(**shown)

    def chat(self):
        return self.address(**{"as": self.viktor.id, "chat": f"{self.viktor.id}-{self.account.id}"})

    def call(self, method, **arguments):
        return self.telegram.call(self.account, method, **arguments)

    def poll(self):
        offset = 0
        while True:
            try:
                updates = self.call("getUpdates", offset=offset, timeout=50)
            except (TelegramError, RuntimeError):  # the Telegram is closed
                return
            for update in updates:
                offset = update["update_id"] + 1
                if "inline_query" in update:
                    self.asked(update["inline_query"])
                elif "callback_query" in update:
                    self.pressed(update["callback_query"])
                elif "message" in update:
                    self.told(update["message"])

    def asked(self, query):
        start = int(query["offset"] or 0)
        kinds = [
            {"type": "article", "id": str(start + i), "title": f"{query['query']} {start + i}"}
            | {"message_text": f"{query['query']} {start + i}, please", "description": "a tea"}
            | {"reply_markup": {"inline_keyboard": VOTE}}
            for i in range(2)
        ]
        more = {"next_offset": "2"} if start == 0 else {}
        button = {"text": "Settings", "start_parameter": "set"}
        self.call(
            "answerInlineQuery", inline_query_id=query["id"], results=kinds, button=button, **more
        )

    def pressed(self, query):
        if "inline_message_id" in query:
            place = {"inline_message_id": query["inline_message_id"]}
            self.call("editMessageText", **place, text=query["data"])
            self.call("answerCallbackQuery", callback_query_id=query["id"])
            return
        is_alert = query["data"] == "alert"
        answer = {"callback_query_id": query["id"], "show_alert": is_alert}
        if query["data"] == "more":
            answer["url"] = "t.me/hello_bot?start=more"
        self.call("answerCallbackQuery", text=f"you pressed {query['data']}", **answer)
        place = {"chat_id": query["message"]["chat"]["id"]}
        edited = {"message_id": query["message"]["message_id"], "text": "Thank you!"}
        self.call("editMessageText", **place, **edited)

    def told(self, message):
        text, chat_id = message.get("text", ""), message["chat"]["id"]
        if text == "/menu":
            self.call(
                "sendMessage", chat_id=chat_id, text="?", reply_markup={"inline_keyboard": MENU}
            )
        elif text == "/shop":
            self.call(
                "sendMessage", chat_id=chat_id, text="?", reply_markup={"inline_keyboard": SHOP}
            )
        elif text.startswith("!hello"):
            self.call(
                "sendMessage", chat_id=chat_id, text=f"hello {message['from']['first_name']}!"
            )


@pytest.fixture
def world():
    with Telegram() as telegram:
        made = World(telegram)
        made.bot.start()
        with made.window:
            yield made
    made.bot.join(10)


@pytest.fixture
def page(browser, world):
    with a_page(browser, world.chat(), "cell") as one:
        yield one


def draft(page):
    return page.get_by_role("textbox", name="Write to")


def log(page):
    return page.get_by_role("log", name="Messages")


def say(page, text):
    draft(page).fill(text)
    draft(page).press("Enter")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def told(page):
    return page.locator("#news")


def last(page):
    return page.locator(".message").last


def test_one_types_and_the_bot_answers(page, world):
    expect(log(page)).to_contain_text("You are Viktor, and this is your chat with Hello bot.")
    say(page, "!hello")
    expect(last(page)).to_contain_text("hello Viktor!")
    mine = page.locator(".message.mine")
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text("delivered")
    expect(draft(page)).to_have_value("")
    expect(draft(page)).to_be_focused()


def test_what_a_bot_does_and_its_draft_are_shown_until_its_next_message(page, world):
    place, shown = {"chat_id": world.viktor.id}, page.locator(".doing p")
    world.viktor.send("good morning", to=world.account)  # so that there is a chat
    world.call("sendChatAction", action="upload_photo", **place)
    expect(shown).to_have_text(["Hello bot: upload photo…"])
    world.call("sendMessageDraft", draft_id=7, text="", **place)
    expect(shown).to_have_text(["Hello bot: upload photo…", "Thinking…"])
    world.call("sendMessageDraft", draft_id=7, text="Let me <b>th", **place)
    expect(shown.last).to_have_text("Let me <b>th")
    world.telegram.clock.advance(6)
    expect(shown).to_have_text(["Let me <b>th"])
    world.call("sendMessage", text="done", **place)
    expect(shown).to_have_count(0)


def test_shift_enter_makes_a_line(page, world):
    draft(page).press_sequentially("one")
    draft(page).press("Shift+Enter")
    draft(page).press_sequentially("two")
    draft(page).press("Enter")
    expect(page.locator(".message.mine .text")).to_have_text("one\ntwo", use_inner_text=True)


def test_many_lines_sent_at_once_keep_their_order(page, world):
    for n in range(8):
        say(page, f"line {n}")
    expect(page.locator(".message.mine")).to_have_count(8)
    said = [
        message.text
        for message in world.telegram._world.private_chat(world.viktor, world.account).messages
    ]
    assert said == [f"line {n}" for n in range(8)]


def test_what_is_typed_survives_what_arrives_and_another_chat(browser, world):
    world.telegram.group("Family", [world.viktor, world.anna])
    with a_page(browser, world.address()) as page:
        draft(page).press_sequentially("half a th")
        world.viktor.send("from elsewhere", world.account)
        expect(log(page)).to_contain_text("from elsewhere")
        draft(page).press_sequentially("ought")
        expect(draft(page)).to_have_value("half a thought")
        page.locator(".chats").get_by_text("Family").click()
        expect(draft(page)).to_have_value("")
        page.locator(".chats").get_by_text("Hello bot").click()
        expect(draft(page)).to_have_value("half a thought")


def test_a_button_is_pressed_its_answer_shown_and_the_message_edited(page, world):
    say(page, "/menu")
    press(page, "Tea")
    expect(page.locator(".answer")).to_have_text("Hello bot: you pressed tea")
    expect(last(page)).to_contain_text("Thank you!")
    expect(last(page)).to_contain_text("edited")
    expect(page.get_by_role("button", name="Tea", exact=True)).to_have_count(0)


def test_a_button_that_the_bot_has_moved_meanwhile_is_not_pressed(page, world):
    def swap_and_continue(route):
        place = {"chat_id": world.viktor.id, "message_id": 2}
        world.call("editMessageReplyMarkup", **place, reply_markup={"inline_keyboard": SHOP[::-1]})
        route.continue_()

    say(page, "/shop")
    plus = page.get_by_role("button", name="➕", exact=True)
    expect(plus).to_have_count(2)
    page.route("**/telegram/press", swap_and_continue)
    plus.nth(1).click()
    refusal = "no button '➕' with data 'cake' at position 2"
    expect(page.get_by_role("status").first).to_contain_text(refusal)
    expect(page.locator(".answer")).to_have_text("")


def test_an_answer_that_opens_the_bot_shows_its_start_button(page, world):
    say(page, "/menu")
    press(page, "More")
    expect(page.locator(".answer")).to_contain_text("Hello bot: you pressed more")
    press(page, "START")
    expect(page.locator(".message.mine").last).to_contain_text("/start more")
    expect(page.locator(".answer")).to_have_text("")


def test_an_alert_is_a_dialog(page, world):
    say(page, "/menu")
    press(page, NASTY)
    expect(page.get_by_role("dialog")).to_contain_text("you pressed alert")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_deleted_message_goes_and_a_reply_shows_its_quote(page, world):
    say(page, "!hello")
    expect(last(page)).to_contain_text("hello Viktor!")
    last(page).hover()
    last(page).get_by_role("button", name="Reply").click()
    expect(page.locator(".aside")).to_contain_text("Reply to Hello bot: hello Viktor!")
    say(page, "thank you")
    expect(page.locator(".message.mine blockquote")).to_have_text("hello Viktor!")
    world.call("deleteMessage", chat_id=world.viktor.id, message_id=2)
    expect(page.locator(".message")).to_have_count(2)


def test_ones_own_message_is_changed(page, world):
    say(page, "helo")
    page.locator(".message.mine").hover()
    page.locator(".message.mine").get_by_role("button", name="Edit").click()
    expect(draft(page)).to_have_value("helo")
    say(page, "hello")
    expect(page.locator(".message.mine .text")).to_have_text("hello")
    expect(page.locator(".message.mine")).to_contain_text("edited")


def test_formats_are_elements_and_only_safe_addresses_are_links(page, world):
    say(page, "/start")
    expect(page.locator(".message.mine .command")).to_have_text("/start")
    html = (
        '<b>bold <i>both</i></b> <code>code</code> <a href="https://example.com/a">good</a> '
        "<pre>x = 1</pre> <tg-spoiler>secret</tg-spoiler> me@example.com"
    )
    world.call("sendMessage", chat_id=world.viktor.id, text=html, parse_mode="HTML")
    text = last(page).locator(".text")
    expect(text.locator("b strong, strong em")).to_have_text("both")
    expect(text.locator("pre")).to_have_text("x = 1")
    expect(text.get_by_role("link", name="good")).to_have_attribute("href", "https://example.com/a")
    expect(text.get_by_role("link", name="good")).to_have_attribute("rel", "noreferrer noopener")
    scripts = [{"type": "text_link", "offset": 0, "length": 4, "url": "javascript:alert(1)"}]
    chat = world.telegram._world.private_chat(world.viktor, world.account)
    telegram, post = world.telegram, world.telegram._world.post  # the Bot API would refuse it
    telegram._runner.do(lambda: post(chat, world.account, "evil", marks=scripts))
    expect(last(page).locator(".text")).to_have_text("evil")
    assert last(page).locator("a").count() == 0


def test_pictures_and_files_come_and_go(page, world, tmp_path):
    (tmp_path / "cat.png").write_bytes(png(40))
    (tmp_path / "notes.txt").write_text("milk")
    page.locator("input[type=file]").set_input_files(tmp_path / "cat.png")
    image = page.locator(".message.mine img")
    expect(image).to_have_js_property("naturalWidth", 40)
    page.locator("input[type=file]").set_input_files(tmp_path / "notes.txt")
    with page.expect_download() as download:
        page.get_by_role("button", name="notes.txt").click()
    assert download.value.path().read_text() == "milk"
    (photo,) = (one for one in world.telegram._world.files.by_id.values() if one.kind == "photo")
    world.call("sendPhoto", chat_id=world.viktor.id, photo=photo.file_id, caption="back to you")
    expect(last(page).locator("img")).to_have_js_property("naturalWidth", 40)
    expect(last(page)).to_contain_text("back to you")


def test_the_type_of_a_file_says_how_it_is_sent(page, world, tmp_path):
    for name, kind in (
        ("tea.mp4", "video"),
        ("tea.gif", "animation"),
        ("tea.mp3", "audio"),
        ("tea.ogg", "voice"),
        ("tea.pdf", "document"),
    ):
        (tmp_path / name).write_bytes(b"bytes")
        page.locator("input[type=file]").set_input_files(tmp_path / name)
        shown = kind if kind == "voice" else name
        expect(page.locator(".message.mine").last).to_contain_text(f"{shown} (5 B)")
        sent = world.telegram._world.private_chat(world.viktor, world.account).messages[-1]
        assert sent.file.kind == kind
    world.call("sendVideoNote", chat_id=world.viktor.id, video_note=sent_note(world))
    with page.expect_download() as download:
        last(page).get_by_role("button", name="video note").click()
    assert download.value.path().read_bytes() == b"round"


def sent_note(world):
    """The file_id of a round video that a person has sent."""
    return world.viktor.video_note(b"round", to=world.account).file.file_id


def test_whatever_is_written_is_text(browser, world):
    nasty = world.telegram.person(NASTY)
    group = world.telegram.group(NASTY, [nasty, world.account])
    group.promote(world.account)
    nasty.document(b"x", f"{NASTY}.txt".replace("/", ""), NASTY, group)
    markup = {"inline_keyboard": [[{"text": NASTY, "callback_data": "x"}]]}
    world.call("sendMessage", chat_id=group.id, text=NASTY, reply_markup=markup)
    with a_page(browser, world.address(**{"as": nasty.id})) as page:
        page.locator(".chats").get_by_text("onerror").first.click()
        expect(page.locator(".message").last).to_contain_text("<b>bold</b>")
        page.locator(".message summary").first.click()
        expect(page.locator(".message figure").first).to_contain_text("onerror")
        press(page, "Members")
        expect(page.get_by_role("dialog")).to_contain_text("onerror")
        assert page.title() == "The sandbox"
        assert page.locator("img, .messages .text b").count() == 0


def test_a_message_shows_what_was_sent_and_what_telegram_ignores(page, world):
    say(page, "!hello")
    expect(last(page)).to_contain_text("hello Viktor!")
    for row, sent in ((0, '"update_id"'), (1, "Hello bot called sendMessage over HTTP: done")):
        page.locator(".message summary").nth(row).click()
        expect(page.locator(".message").nth(row)).to_contain_text(sent)
    world.call("sendMessage", chat_id=world.viktor.id, text="there", replyMarkup="{}")
    expect(last(page)).to_contain_text("there")
    words = "the Bot API has no parameter 'replyMarkup' in sendMessage"
    notes = page.locator(".notes")
    expect(notes).to_contain_text("Hello bot sends what Telegram ignores")
    notes.locator("summary").click()
    expect(notes).to_contain_text(f"{words}; Telegram ignores it. Did you mean 'reply_markup'?")
    page.locator(".message summary").last.click()
    expect(page.locator(".message").last).to_contain_text(f"over HTTP: done; {words}")
    assert world.account.token not in page.content()


def test_commands_are_suggested(page, world):
    menu = [{"command": name, "description": name} for name in ("menu", "mend")]
    world.call("setMyCommands", commands=menu)
    draft(page).press_sequentially("/me")
    press(page, "/menu")
    expect(draft(page)).to_have_value("/menu")
    expect(draft(page)).to_be_focused()


def test_a_reply_keyboard_is_pressed_and_goes(page, world):
    say(page, "/start")
    expect(last(page)).to_contain_text("/start")
    keyboard = {"keyboard": [["!hello", "!bye"]], "one_time_keyboard": True}
    world.call("sendMessage", chat_id=world.viktor.id, text="well?", reply_markup=keyboard)
    offered = page.get_by_role("group", name="The bot's keyboard")
    expect(offered.get_by_role("button")).to_have_text(["!hello", "!bye"])
    press(page, "!hello")
    expect(last(page)).to_contain_text("hello Viktor!")
    expect(offered).to_be_hidden()
    keyboard = {"keyboard": [["No"], [{"text": "My number", "request_contact": True}]]}
    keyboard["input_field_placeholder"] = "or type it"
    world.call("sendMessage", chat_id=world.viktor.id, text="who?", reply_markup=keyboard)
    expect(draft(page)).to_have_attribute("placeholder", "or type it")
    press(page, "My number")
    expect(last(page)).to_contain_text(f"👤 Viktor, {world.viktor.phone_number}")
    expect(offered.get_by_role("button")).to_have_text(["No", "My number"])
    forced = {"force_reply": True}
    world.call("sendMessage", chat_id=world.viktor.id, text="your name?", reply_markup=forced)
    expect(page.get_by_text("Reply to Hello bot: your name?")).to_be_visible()
    expect(offered).to_be_hidden()
    say(page, "Viktor")
    expect(last(page)).to_contain_text("your name?")


def test_a_bot_a_person_and_a_group_are_made(browser, world):
    with a_page(browser, world.address()) as page:
        press(page, "New bot")
        page.get_by_label("Name", exact=True).fill("Quiz master")
        page.get_by_label("Username").fill("quizmaster")
        press(page, "Make it")
        expect(page.get_by_role("alert")).to_contain_text("BotFather: Sorry, the username must")
        page.get_by_label("Username").fill("quizmaster_bot")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("Quiz master is made")
        token = world.telegram.account("quizmaster_bot").token
        expect(page.get_by_label("Its token")).to_have_value(token)
        press(page, "Close")
        press(page, "New person")
        page.get_by_label("Name", exact=True).fill("Peter")
        page.get_by_text("More, as a test may need it").click()
        page.get_by_label("Id", exact=True).fill(str(world.telegram.account("quizmaster_bot").id))
        press(page, "Be this person")
        expect(page.get_by_role("alert")).to_contain_text("is taken by Quiz master")
        page.get_by_label("Id", exact=True).fill("12345")
        page.get_by_label("Language of their app").fill("de")
        page.get_by_label("Premium").check()
        press(page, "Be this person")
        expect(page.locator(".about")).to_have_text("@quizmaster_bot · you are Peter")
        peter = world.telegram._world.people[12345].to_json()
        assert (peter["language_code"], peter["is_premium"]) == ("de", True)
        press(page, "New group")
        page.get_by_label("Title").fill("Family")
        page.get_by_role("checkbox", name="Hello bot").check()
        press(page, "Make it")
        expect(page.locator(".about")).to_have_text("group of 2 · you are Peter")
        say(page, "hello all")
        expect(last(page)).to_contain_text("no bot was told")
        press(page, "Members")
        press(page, "Add Anna")
        expect(page.get_by_role("button", name="Remove Anna")).to_be_visible()
        press(page, "Close")
        expect(page.locator(".message.service").last).to_contain_text("Anna joined")
        press(page, "New group")
        page.get_by_label("Title").fill("Club")
        page.get_by_label("Kind").select_option("supergroup")
        page.get_by_label("Username").fill("chess_club")
        press(page, "Make it")
        expect(page.locator(".about")).to_have_text("@chess_club · supergroup of 1 · you are Peter")


def test_members_are_restricted_and_admins_have_titles(browser, world):
    viktor, anna = world.viktor, world.telegram.person("Nora")
    club = world.telegram.group("Club", [viktor, anna], kind="supergroup")
    with a_page(browser, world.address()) as page:
        page.locator(".chats").get_by_text("Club").click()
        press(page, "Members")
        dialog = page.get_by_role("dialog")
        press(page, "Restrict: Nora")
        expect(dialog).to_contain_text("Nora, restricted")
        assert club.status_of(anna) == "restricted"
        expect(page.get_by_role("button", name="Restrict: Viktor")).to_be_hidden()
        press(page, "Close")
        page.get_by_label("You are").select_option("Nora")
        page.locator(".chats").get_by_text("Club").click()
        say(page, "hello all")
        expect(page.get_by_text("Nora may not send text messages to Club")).to_be_visible()
        press(page, "Members")
        press(page, "Let write: Nora")
        expect(page.get_by_role("button", name="Restrict: Nora")).to_be_visible()
        club.promote(anna, title="Chief")
        expect(dialog).to_contain_text("Nora, admin: Chief")


def test_a_chat_is_found_among_many(browser, world):
    with a_page(browser, world.address()) as page:
        chats, find = page.locator(".chats li"), page.get_by_role("searchbox", name="Find a chat")
        expect(chats).to_have_count(1)
        expect(find).to_be_hidden()
        for n in range(12):
            world.telegram.group(f"Family {n}", [world.viktor, world.account])
        expect(chats).to_have_count(13)
        find.fill("FAMILY 11")
        expect(chats).to_have_count(1)
        chats.get_by_role("button").click()
        expect(page.get_by_role("heading", name="Family 11")).to_be_visible()
        assert barriers(page) == []


def test_many_missing_methods_leave_room_for_the_chat(page, world):
    methods = "sendInvoice getStickerSet createForumTopic refundStarPayment sendGame getUserGifts"
    methods += " sendChecklist postStory createInvoiceLink setGameScore uploadStickerFile"
    for method in methods.split():
        with pytest.raises(TelegramError):
            world.call(method)
    notes = page.locator(".notes")
    expect(notes).to_contain_text("uploadStickerFile")
    expect(notes).to_contain_text("11 calls of Hello bot refused; this sandbox lacks sendInvoice")
    notes.locator("summary").click()
    expect(notes).to_contain_text("This sandbox has no sendInvoice.")
    expect(notes.locator("li")).to_have_count(11)
    assert notes.bounding_box()["height"] < 0.31 * page.locator(".chat").bounding_box()["height"]
    expect(draft(page)).to_be_in_viewport(ratio=1)
    assert barriers(page) == []


def test_an_inline_bot_offers_results_in_any_chat(browser, world):
    family = world.telegram.group("Family", [world.viktor])
    with a_page(browser, world.address()) as page:
        page.get_by_role("button", name="Hello bot").click()
        press(page, "Turn inline mode on")
        expect(page.get_by_role("button", name="Turn inline mode off")).to_be_visible()
        page.get_by_role("button", name="Family").click()
        draft(page).press_sequentially("@Hello_bot green")
        results = page.get_by_role("group", name="Results")
        expect(results.get_by_role("button")).to_have_text(
            ["Settings", "green 0: a tea", "green 1: a tea", "More…"]
        )
        assert barriers(page) == []
        press(page, "More…")
        expect(results.get_by_role("button")).to_have_count(5)
        results.get_by_role("button", name="green 3").click()
        expect(last(page)).to_contain_text("green 3, please")
        expect(last(page)).to_contain_text("via @hello_bot")
        expect(draft(page)).to_have_value("")
        expect(results).to_be_hidden()
        press(page, "Vote")
        expect(last(page)).to_contain_text("voted")
        assert family.messages[-1].text == "voted"
        draft(page).press_sequentially("@hello_bot x")
        results.get_by_role("button", name="Settings").click()
        expect(last(page)).to_contain_text("/start set")
        page.set_viewport_size({"width": 330, "height": 700})
        assert not is_wider_than_its_window(page)


def test_a_button_begins_an_inline_query(page, world):
    world.telegram.set_inline(world.account)
    world.viktor.send("hi", to=world.account)
    search = [[{"text": "Search", "switch_inline_query_current_chat": "black"}]]
    place = {"chat_id": world.viktor.id, "text": "Tea?"}
    world.call("sendMessage", **place, reply_markup={"inline_keyboard": search})
    press(page, "Search")
    expect(draft(page)).to_have_value("@hello_bot black")
    page.get_by_role("button", name="black 0").click()
    expect(last(page)).to_contain_text("black 0, please")


def test_any_update_is_delivered(browser, world):
    with a_page(browser, world.address()) as page:
        page.set_viewport_size({"width": 330, "height": 700})
        page.get_by_role("button", name="Chats").click()
        page.get_by_role("button", name="Deliver an update").click()
        form = page.get_by_role("dialog", name="Deliver an update")
        form.get_by_label("Kind").select_option("inline_query")
        said = form.get_by_label("What it says")
        expect(said).to_have_value('{\n  "query": "",\n  "offset": ""\n}')
        said.fill('{"querry": "tea"}')
        form.get_by_role("button", name="Deliver it").click()
        expect(form.get_by_role("alert")).to_contain_text("has no field 'querry'. Did you mean")
        said.fill('{"query": "tea"')
        form.get_by_role("button", name="Deliver it").click()
        expect(form.get_by_role("alert")).to_contain_text("not JSON")
        assert not is_wider_than_its_window(page)
        assert barriers(page) == []
        said.fill('{"query": "tea"}')
        form.get_by_role("button", name="Deliver it").click()
        done = page.get_by_role("dialog", name="The update is on its way")
        expect(done).to_contain_text('"query":"tea"')
        expect(done).to_contain_text('"first_name":"Viktor"')
        done.get_by_role("button", name="Close").click()
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_second_window_sees_the_same(browser, page, world):
    with a_page(browser, world.address(), "phone") as other:
        say(page, "!hello")
        expect(log(other)).to_contain_text("hello Viktor!")
        say(other, "from the telephone")
        expect(log(page)).to_contain_text("from the telephone")


def test_somebody_else_writes_in_the_same_window(browser, world):
    with a_page(browser, world.address()) as page:
        page.get_by_label("You are").select_option("Anna")
        say(page, "!hello")
        expect(last(page)).to_contain_text("hello Anna!")
        page.get_by_label("You are").select_option("Viktor")
        expect(page.locator(".message")).to_have_count(0)


def test_a_refusal_is_told_and_the_text_stays(browser, world):
    with a_page(browser, world.address()) as page:
        press(page, "Block")
        expect(page.get_by_role("button", name="Unblock")).to_be_visible()
        say(page, "let me in")
        expect(told(page)).to_contain_text("Viktor has blocked Hello bot")
        expect(draft(page)).to_have_value("let me in")


def test_a_closed_telegram_and_a_closed_window_say_so(page, world):
    say(page, "!hello")
    expect(last(page)).to_contain_text("hello Viktor!")
    world.telegram.close()
    expect(told(page)).to_contain_text("Telegram has been closed")
    expect(last(page)).to_contain_text("hello Viktor!")
    world.window.close()
    expect(told(page)).to_contain_text("The sandbox has gone")
    say(page, "are you there?")
    expect(told(page)).to_contain_text("The sandbox does not answer")
    expect(draft(page)).to_have_value("are you there?")


def test_a_line_that_was_lost_is_made_anew(browser, world):
    with a_page(browser, "about:blank") as page:
        page.add_init_script(
            """WebSocket = class extends WebSocket {
                constructor(address) { super(address); window.line ??= this; }
            };"""
        )
        page.goto(world.chat())
        say(page, "!hello")
        expect(last(page)).to_contain_text("hello Viktor!")
        page.evaluate("line.close()")
        expect(told(page)).to_contain_text("The sandbox has gone")
        world.viktor.send("meanwhile", world.account)
        expect(last(page)).to_contain_text("meanwhile")
        expect(told(page)).to_have_text("")


def test_ten_thousand_messages_do_not_freeze_it(page, world):
    draft(page).fill("still here")
    world.viktor.send_all([f"message {n}" for n in range(10_000)], world.account)
    expect(log(page)).to_contain_text("message 9999")
    expect(page.locator(".message")).to_have_count(200)
    expect(log(page)).to_contain_text("Only the newest 200 messages are shown.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(draft(page)).to_be_focused()
    expect(last(page)).to_contain_text("still here")
    expect(last(page)).to_be_in_viewport()


def test_it_works_while_python_computes(page, world):
    stop = threading.Event()

    def compute():
        while not stop.is_set():
            sum(n * n for n in range(1000))

    computing = threading.Thread(target=compute)
    computing.start()
    try:
        say(page, "!hello")
        expect(last(page)).to_contain_text("hello Viktor!")
    finally:
        stop.set()
        computing.join()


def test_it_can_be_used_by_keyboard_alone(browser, world):
    with a_page(browser, world.address()) as page:
        expect(draft(page)).to_be_visible()
        reach(page, "Write to Hello bot as Viktor")
        page.keyboard.type("/menu")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Tea", exact=True)).to_be_visible()
        reach(page, "Tea")
        page.keyboard.press("Space")
        expect(page.locator(".answer")).to_have_text("Hello bot: you pressed tea")
        reach(page, "New bot")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Name", exact=True)).to_be_focused()
        page.keyboard.press("Escape")
        reach(page, "Colors")  # the way round leads out again


@pytest.mark.parametrize(
    ("size", "scheme"), [("wide", "light"), ("cell", "dark"), ("phone", "dark")]
)
def test_everybody_can_use_it(browser, world, size, scheme):
    world.viktor.send("!hello", world.account)
    world.viktor.send("/menu", world.account)
    world.telegram.wait_until(lambda: len(world.viktor.inbox) == 2)
    world.viktor.photo(png(), to=world.account)
    world.viktor.document(b"x", "a.txt", to=world.account)
    with pytest.raises(TelegramError):
        world.call("sendInvoice")
    shown = world.chat() if size == "cell" else world.address()
    with a_page(browser, shown, size, scheme) as page:
        if size == "phone":  # the only chat is open already
            press(page, "‹ Chats")
            assert barriers(page) == []
            page.locator(".chats button").first.click()
        expect(page.locator(".message")).to_have_count(6)
        page.locator(".message summary").first.click()
        expect(page.locator(".message figure")).to_be_visible()
        page.locator(".notes summary").click()
        assert barriers(page) == []
        assert not is_wider_than_its_window(page)
        if size == "wide":
            press(page, "New group")
            assert barriers(page) == []


@pytest.mark.parametrize("size", ["cell", "phone"])
def test_who_comes_first_finds_the_way(browser, size):
    """Nobody and no bot: the page says what is missing and makes it, at any width."""
    with (
        Telegram() as telegram,
        Window(telegram=telegram) as window,
        a_page(browser, window.address, size) as page,
    ):
        expect(page.get_by_text("Nobody is here yet. Who are you?")).to_be_in_viewport(ratio=1)
        assert barriers(page) == []
        press(page, "Make a person")
        page.get_by_label("Name", exact=True).fill("Mila")
        press(page, "Be this person")
        expect(page.get_by_text("You are Mila. No bot is here yet")).to_be_in_viewport(ratio=1)
        press(page, "Make a bot")
        page.get_by_label("Name", exact=True).fill("Mila's bot")
        page.get_by_label("Username, ending in bot").fill("milas_bot")
        press(page, "Make it")
        press(page, "Close")
        expect(draft(page)).to_have_attribute("placeholder", "Write to Mila's bot as Mila")
        assert not is_wider_than_its_window(page)
