"""Every guide in deploy/ has the same shape, so a reader who knows one knows them all."""

import re
from pathlib import Path

import pytest
from her_bot import HER_BOT
from readme_commands import DOCUMENTS, blocks

DEPLOY = Path(__file__).parents[2] / "deploy"
GUIDES = {
    name.split("/")[1]: text
    for name, text in DOCUMENTS.items()
    if name.startswith("deploy/") and name.count("/") == 2
}
STEP = re.compile(r"(\d+)\. (.+)")
BEFORE = ["What it costs", "What you need"]
AFTER = ["If something is wrong", "Change the bot"]
MORE = ["The Twitch bot, by webhook", "A memory that survives", "Good morning"]  # in this order
END = ["Back to nothing", "What has been tried"]
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DATE = re.compile(rf"\b20\d\d-\d\d\b|\b(?:{MONTHS}) 20\d\d\b")
SOURCE = re.compile(r"https://|\]\(\S+(?:prices\.toml|#what-it-costs)\)")


def headings(guide):
    """Return the headings of a guide's parts."""
    return re.findall(r"^## (.+)$", guide, re.M)


def part(guide, heading):
    """Return what is under a heading."""
    return guide.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def faults(guide):
    """Return what is wrong with the order of a guide's parts, in words."""
    found = headings(guide)
    steps = [STEP.fullmatch(each) for each in found if STEP.fullmatch(each)]
    names = [step[0] for step in steps]
    more = [each for each in found if each not in {*BEFORE, *names, *AFTER, *END}]
    expected = [*BEFORE, *names, *AFTER, *more, *END]
    wrong = [] if found == expected else [f"the order is {found}, and should be {expected}"]
    if [step[1] for step in steps] != [str(number) for number in range(1, len(steps) + 1)]:
        wrong.append(f"the steps are not numbered from 1: {names}")
    if not names or not names[-1].endswith("and the first reply"):
        wrong.append("the last step does not end in the first reply")
    if [each for each in more if each in MORE] != [each for each in MORE if each in more]:
        wrong.append(f"{more} are not in the order of {MORE}")
    return wrong


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_leads_from_its_costs_to_a_reply_and_back_to_nothing(name):
    assert faults(GUIDES[name]) == []


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_first_says_what_you_get_and_how_long_it_takes(name):
    title, _, opening = GUIDES[name].partition("\n## ")[0].partition("\n")
    assert title.startswith("# ")
    text = " ".join(opening.split())
    assert 2 <= len(re.findall(r"[.!?](?= |$)", text)) <= 4
    assert re.search(r"\b(?:hour|minutes)\b", text)


@pytest.mark.parametrize("name", GUIDES)
def test_a_guides_costs_have_a_source_and_a_date(name):
    costs = part(GUIDES[name], "What it costs")
    assert SOURCE.search(costs) and DATE.search(costs)
    assert "card" in costs


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_says_what_was_run_and_what_was_only_read(name):
    tried = part(GUIDES[name], "What has been tried")
    assert DATE.search(tried)
    assert re.search(r"\bread\b|\bcompared\b|\b[Nn]obody\b", tried)


START = r"start\.py (run|autostart|bundle|deploy)\b(?!.* --delete)"
TAKES_A_FOLDER = re.compile(rf"{START}|tar .*-c|BOT=")


@pytest.mark.parametrize("name", [*GUIDES, ""])
def test_a_guide_takes_the_bot_of_the_course(name):
    document = DOCUMENTS[f"deploy/{name}/README.md".replace("//", "/")]
    lines = [line for block in blocks(document) for line in block.commands]
    takes_it = [line for line in lines if TAKES_A_FOLDER.search(line)]
    assert takes_it
    assert [line for line in takes_it if not re.search(rf"\b{HER_BOT}( |$)", line)] == []


# The questions of deploy/README.md, which lead to the guides

QUESTIONS = DOCUMENTS["deploy/README.md"]
ROW = re.compile(r"^\| (.+) \| (.+) \|$", re.M)


def answers(number):
    """Return what each answer to a question leads to: {answer: "2", "aws" …}."""
    section = re.search(rf"^## {number}\. .*?(?=^## )", QUESTIONS, re.M | re.S)[0]
    found = {}
    for answer, then in ROW.findall(section)[1:]:
        links = re.findall(r"\]\((\w+)/README\.md\)|question (\d)", then)
        assert len(links) == 1, f"{answer!r} leads to {then!r}"
        found[answer] = "".join(links[0])
    return found


def walks(number, before=()):
    """Return each way through the questions: its answers, and the guide at its end."""
    for answer, to in answers(number).items():
        path = (*before, f"{number}: {answer}")
        assert len(path) < 5, f"a circle: {path}"
        if to.isdecimal():
            yield from walks(to, path)
        else:
            yield path, to


def test_each_answer_leads_to_one_guide_and_each_guide_is_reached():
    ends = dict(walks("1"))
    assert len(ends) == len(list(walks("1"))) > 8
    assert set(ends.values()) == set(GUIDES)


def test_without_a_card_and_with_nothing_switched_on_there_is_a_home_for_each_bot():
    without = {to for path, to in walks("1") if not any(": a card" in answer for answer in path)}
    assert {"pythonanywhere", "home", "phone", "friend"} == without


# Links, and the language of STYLE: short sentences, no asides

LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)")
LONGEST = 25  # words in a sentence


def anchors(text):
    """Return what a link may name after its #, as GitHub makes it from headings."""
    lines = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("name", [*GUIDES, ""])
def test_every_link_leads_somewhere(name):
    folder = DEPLOY / name
    text = (folder / "README.md").read_text(encoding="utf-8")
    for path, anchor in LINK.findall(text):
        to = folder / (path or "README.md")
        assert to.exists(), path
        if anchor:
            assert anchor in anchors(to.read_text(encoding="utf-8")), f"{path}#{anchor}"


def sentences(guide):
    """Return the sentences of a guide's prose, without tables, code and addresses."""
    text = re.sub(r"<!--.*?-->|^ *```.*?^ *```$|^\|.*?$|^#.*?$", "\n", guide, flags=re.M | re.S)
    text = re.sub(r"^ *(?:\d+\.|-) ", "\n\n", text, flags=re.M)
    for paragraph in re.split(r"\n\s*\n", text):
        line = " ".join(paragraph.split())
        line = re.sub(r"<https?://\S+>", "ADDRESS", line)
        line = re.sub(r"`[^`]*`", "CODE", re.sub(r"\]\(\S+?\)", "]", line))
        yield from re.split(r"(?<=[.!?:])\*{0,2} (?=[A-Z*\[])", line)


def hard_to_read(guide):
    """Return the sentences that are too long, or have another sentence in brackets."""
    return [
        sentence
        for sentence in sentences(guide)
        if len(re.findall(r"[\w'.-]+", sentence)) > LONGEST
        or any(len(aside.split()) > 4 for aside in re.findall(r"\(([^)]*)\)", sentence))
    ]


@pytest.mark.parametrize("name", [*GUIDES, ""])
def test_a_guides_sentences_are_short_and_have_no_asides(name):
    assert hard_to_read((DEPLOY / name / "README.md").read_text(encoding="utf-8")) == []


SAMPLE = "# Moon\n\n" + "".join(
    f"## {heading}\n\ntext\n\n"
    for heading in [*BEFORE, "1. Fly", "2. Land, and the first reply", *AFTER, *MORE, *END]
)


def test_a_guide_out_of_shape_is_seen():
    assert faults(SAMPLE) == []
    assert "the order" in faults(SAMPLE.replace("## Change the bot\n", "## Cost\n"))[0]
    assert "the order" in faults(SAMPLE.replace("## Back to nothing", "## Land again"))[0]
    assert "numbered" in faults(SAMPLE.replace("## 2. Land", "## 3. Land"))[0]
    assert "first reply" in faults(SAMPLE.replace(", and the first reply", ""))[0]
    long, aside = "word " * 26 + "end.", "It flies (which is something that birds do)."
    assert hard_to_read(f"{SAMPLE}{long}\n\n{aside}\n") == [long, aside]
    swapped = SAMPLE.replace(MORE[1], "X").replace(MORE[2], MORE[1]).replace("X", MORE[2])
    assert "not in the order" in faults(swapped)[0]
