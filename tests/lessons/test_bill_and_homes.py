"""What notebooks show: programs measured, charts, the slider, the prices, the waits."""

import json
import re
from html.parser import HTMLParser

import pytest

from bot_sandbox.cloud.prices import functions, servers
from bot_sandbox.twitch import ChatMessage, ConnectionRecord, Twitch
from lessons.charts.break_even import Plan, break_even_chart
from lessons.charts.chat import chat_chart
from lessons.charts.slider import CostSlider, slider_steps
from lessons.cloud import Cloud
from lessons.cloud.telegram_call import ask
from lessons.costs.month import Work, server_cost
from lessons.costs.price_list import price_table
from lessons.worlds.program import RunningProgram

SERVER = server_cost([servers()["aws-t4g-nano"], servers()["aws-ipv4"]])
PLANS = {"AWS": Plan(functions()["aws"], Work(5)), "Yandex": Plan(functions()["yandex"], Work(5))}
MAIN = """
from botlib import Bot
from botlib.telegram.webhook import webhook

bot = Bot()

@bot.command("hello")
def hello(message):
    return f"hello {message.user}!"

handler = webhook(bot)
"""


class Page(HTMLParser):
    """The tags of a page, each with its attributes and the text right behind it."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found.append([tag, dict(attributes), ""])

    def handle_data(self, text):
        if self.found and not self.found[-1][2]:
            self.found[-1][2] = text

    def all(self, tag):
        return [each for each in self.found if each[0] == tag]


def test_a_program_gets_its_environment_and_is_measured(tmp_path):
    file = tmp_path / "main.py"
    file.write_text("import os, time\nprint(os.environ['GREETING'])\ntime.sleep(60)\n")
    program = RunningProgram(file, {"GREETING": "good morning"})
    assert program.first_line == "good morning"
    assert program.measure().memory_mb > 1
    program.stop()
    program.stop()
    with pytest.raises(RuntimeError, match=r"main\.py has ended, .*Start it again"):
        program.measure()


def test_a_program_finds_the_twitch_of_its_notebook_at_the_real_address(tmp_path):
    """Also when a newer one is open, as after the four homes of notebook 11."""
    file = tmp_path / "main.py"
    file.write_text(
        "import json, os, sys, urllib.request as u\n"
        "head = {'Authorization': 'OAuth ' + os.environ['TWITCH_TOKEN']}\n"
        "asked = u.Request('https://id.twitch.tv/oauth2/validate', headers=head)\n"
        "print(json.load(u.urlopen(asked))['login'], flush=True)\n"
        "sys.stdin.read()\n"
    )
    with Twitch() as twitch, Twitch():
        token = twitch.authorize(twitch.account("anna"), twitch.application("Bot"), ["chat:read"])
        program = RunningProgram(file, {"TWITCH_TOKEN": token.access_token}, twitch=twitch)
        assert program.first_line == "anna"
        program.stop()


def test_a_program_that_fails_says_why(tmp_path):
    file = tmp_path / "main.py"
    file.write_text("raise ValueError('no token')\n")
    with pytest.raises(RuntimeError, match=r"^main\.py ended with status 1: ValueError: no token"):
        RunningProgram(file)


def said(n):
    return ChatMessage("Viktor", str(n), "viktor", id=str(n), at=float(n))


def test_the_chat_chart_counts_heard_and_missed():
    messages = [said(n) for n in range(5)]
    chart = chat_chart(messages, [said(2), said(99)], [ConnectionRecord("IRC", connected_at=2.5)])
    rows = [label.get_text() for label in chart.axes[0].get_yticklabels()]
    assert rows == ["missed: 1", "heard: 4"]
    assert repr(chat_chart([], [], [])) == repr(chart)


def test_the_break_even_is_said_in_words():
    chart = break_even_chart(PLANS, SERVER)
    labels = chart.axes[0].get_legend_handles_labels()[1]
    assert "AWS: costs as much as the server at 35 million (13 a second)" in labels
    assert "dark" in chart.svg()


def test_the_lines_cross_on_linear_axes():
    axes = break_even_chart(PLANS, SERVER).axes[0]
    assert axes.get_xscale() == axes.get_yscale() == "linear"
    assert axes.get_xlim()[1] > 34.58  # AWS's crossing, in millions


def test_the_slider_holds_a_row_for_each_place():
    slider = CostSlider(PLANS, SERVER)
    html = slider._repr_html_()
    assert html == CostSlider(PLANS, SERVER)._repr_html_()
    page = Page(html)
    (_, attributes, _) = page.all("input")[0]
    rows = json.loads(attributes["data-rows"])
    assert len(rows) == len(slider_steps()) == int(attributes["max"]) + 1
    shown = [text for _, _, text in page.all("b")]
    assert shown == rows[int(attributes["value"])]["texts"]
    assert all(len(row["texts"]) == len(shown) for row in rows)
    assert all(len(row["widths"]) == len(page.all("i")) for row in rows)
    assert rows[0]["texts"][1] == "AWS; Yandex"  # both are free
    assert rows[-1]["texts"][1] == "server"
    assert {row["widths"][-1] for row in rows} == {80}  # the server's bar: a quarter, and it stays
    assert max(max(row["widths"]) for row in rows) == 320
    assert rows[-1]["texts"][2].endswith(" ▸") and not rows[0]["texts"][2].endswith(" ▸")


def test_each_price_links_to_its_source():
    links = re.findall(r"\| \[.+\]\((.+)\) \|", price_table()._repr_markdown_())
    prices = [*functions().values(), *servers().values()]
    assert links == [price.source for price in prices]


def test_a_function_is_asked_as_telegram_asks(tmp_path):
    (tmp_path / "main.py").write_text(MAIN)
    keys = {"TELEGRAM_TOKEN": "7:none", "TELEGRAM_SECRET": "sesame-open-sesame"}
    with Cloud() as cloud:
        function = cloud.deploy("asked", tmp_path, environment=keys)
        assert ask(function, name="Ann") == "hello Ann!"
