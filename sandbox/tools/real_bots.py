"""Measure which share of public bots would run whole on the sandbox.

    python tools/real_bots.py SOURCES   # draw and scan the bots in this folder, then write both
    python tools/real_bots.py           # only compare the needs that are known, and write the page

docs/real_bots.md has the rule and the result, tools/real_bots/bots.tsv each bot's commit and needs.
SOURCES holds git repositories, each named OWNER+NAME; an empty folder is one that the index lists
and has not stored. Without SOURCES nothing is drawn, so that a new feature of the sandbox is
measured in a second. If a repository is missing, the program says which ones it wants next.
"""

import csv
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

sys.path.insert(0, str(Path(__file__).parents[1]))
from bot_sandbox import Twitch
from bot_sandbox.telegram.methods.content import INPUT_MEDIA
from bot_sandbox.telegram.methods.table import names
from bot_sandbox.telegram.parameters import SUPPORTED
from bot_sandbox.telegram.people import ASKS_FOR, Person
from bot_sandbox.telegram.updates import CAUSED_TYPES
from bot_sandbox.twitch.eventsub_events import EVENT_TYPES
from tools import bot_scan
from tools.bot_source import MOST_BYTES, is_source, read_folder

SEED = 20261129
HOLDOUT = {"telegram": 65, "twitch": 45}  # names
WANTED = {"telegram": 100, "twitch": 50}  # eligible bots
LARGE = 6  # methods of the Bot API
DATA = Path(__file__).with_name("real_bots")
PAGE = Path(__file__).parents[1] / "docs/real_bots.md"
BEGIN, END = "<!-- written by tools/real_bots.py -->", "<!-- end -->"
NO_BOT = {
    "api", "sdk", "lib", "library", "wrapper", "framework", "core", "builder", "constructor",
    "template", "boilerplate", "starter", "example", "sample", "samples", "demo", "tutorial",
    "lesson", "course", "test",
}  # fmt: skip

# What the sandbox has beside its tables
HAS_CHAT: set[str] = set()  # of bot_scan.CHAT_EVENTS and ROLES

# Each need that the sandbox lacks belongs to the first family whose pattern is in it.
FAMILIES = {
    "telegram": {
        "the scanner can't resolve it": "unresolved",
        "topics and forums": "message_thread_id|Forum",
        "drafts": "Draft",
        "inline mode": "[Ii]nline_?[Qq]uery|inline_message_id|chosen_inline",
        "payments with Stars": "Invoice|[Pp]re_?[Cc]heckout|successful_payment|Star|[Ss]hipping|pu"
        "rchased|[Pp]aid",
        "Mini Apps": "web_app|WebApp",
        "invite links and join requests": "Invite|JoinRequest|join_request",
        "polls": "[Pp]oll",
        "moderation": "restrict|promote|Permissions|CustomTitle|SenderChat|MemberTag|until_date",
        "titles and photos of groups": "ChatTitle|ChatPhoto|ChatDescription",
        "sticker sets, custom emoji": "Sticker|Emoji",
        "business accounts": "[Bb]usiness",
        "forwards and shares": "forward|request_|_shared",
        "media in and out": "Video|Audio|Voice|Animation|LivePhoto|Venue|people |media |address |t"
        "humb",
    },
    "twitch": {
        "the scanner can't resolve it": "unresolved",
        "what Twitch has switched off": "gone",
        "channel points": "redemption|reward|redeem",
        "subscriptions, gifts and roles": "sub|gift|paidupgrade|vip|prime|badge_info|usernotice",
        "cheers": "cheer|bits",
        "raids": "raid|host",
        "moderation": "(?<!ur)ban|timeout|moderat|clear|messageremove|messagedeleted|delete|warn|sh"
        "ield|automod|mode$|only$|r9k|mods?$|settings",
        "announcements and shoutouts": "announce|shoutout",
        "channel, games, search": "channels|channel.update|channel_info|game|categor|search|title|"
        "modify|stream",
        "whispers": "whisper",
        "clips, videos, markers": "clip|video|vod|marker",
        "polls and predictions": "poll|prediction",
        "hype train, goals, ads": "hype|goal|commercial|ads?|charity",
        "badges, emotes, colors": "badge|emote|color",
    },
}
NEVER = ("the scanner can't resolve it", "what Twitch has switched off")
Bots = dict[str, set[str]]  # what each lacks


@dataclass
class Row:
    """A line of bots.tsv."""

    platform: str
    repository: str
    outcome: str  # holdout, measured, or why it is left out
    commit: str = ""
    needs: str = ""


def drawn(platform: str) -> list[str]:
    """Return the candidates of a platform in the order of the draw."""
    found: set[str] = set()
    current = ""
    for line in (DATA / "candidates.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            current = line.split()[1]
        elif current == platform:
            found.add(line)
    order = sorted(found, key=lambda name: (name.lower(), name))
    random.Random(SEED).shuffle(order)  # noqa: S311 - no secret
    return order


def git(repository: Path, *words: str, given: str = "") -> bytes:
    """Return what a command of git prints."""
    command = ["git", "-C", str(repository.resolve()), *words]
    return subprocess.run(command, input=given.encode(), stdout=subprocess.PIPE, check=True).stdout


class Draw:
    """Goes through the candidates of a platform, in order."""

    def __init__(self, platform: str, sources: Path) -> None:
        self.platform = platform
        self.sources = sources
        self.owners: set[str] = set()
        self.blobs: list[set[str]] = []  # the source files of each bot so far

    def rows(self) -> Iterator[Row]:
        """Yield each candidate's line; stop with an error at one whose source is not here."""
        order, wanted = drawn(self.platform), WANTED[self.platform]
        for name in order[: HOLDOUT[self.platform]]:
            yield Row(self.platform, name, "holdout")
        for number, name in enumerate(order[HOLDOUT[self.platform] :], HOLDOUT[self.platform]):
            if wanted == 0:
                return
            row = self._row(name)
            if row is None:
                print(f"{wanted} more {self.platform} bots are wanted. The next names:")
                print(*islice(order, number, None), sep="\n")
                return
            wanted -= row.outcome == "measured"
            print(wanted, row.repository, row.outcome, file=sys.stderr)
            yield row

    def _row(self, name: str) -> Row | None:
        owner, _, title = name.partition("/")
        if NO_BOT & set(re.split(r"[^a-z0-9]+", title.lower())):
            return Row(self.platform, name, "library or lesson")
        if owner in self.owners:
            return Row(self.platform, name, "second of its owner")
        repository = self.sources / name.replace("/", "+")
        if not repository.exists():
            return None
        if not any(repository.iterdir()):
            return Row(self.platform, name, "not stored")
        commit = git(repository, "rev-parse", "HEAD").decode().strip()
        with tempfile.TemporaryDirectory() as folder:
            blobs = _check_out(repository, Path(folder))
            facts = read_folder(Path(folder))
        if not bot_scan.is_bot(self.platform, facts):
            only = self.platform == "telegram" and bot_scan.uses_mtproto(facts)
            why = "only MTProto" if only else "no such bot in Python or JavaScript"
            return Row(self.platform, name, why, commit)
        if any(2 * len(blobs & other) >= len(blobs) for other in self.blobs):
            return Row(self.platform, name, "duplicate", commit)
        self.owners.add(owner)
        self.blobs.append(blobs)
        found = bot_scan.needs(self.platform, facts)
        return Row(self.platform, name, "measured", commit, "; ".join(found))


def _check_out(repository: Path, folder: Path) -> set[str]:
    """Write the source files of the newest commit; return their ids."""
    ids = {}
    for line in git(repository, "ls-tree", "-r", "-l", "-z", "HEAD").decode().split("\0")[:-1]:
        head, _, name = line.partition("\t")
        mode, _, blob, size = head.split()
        small = size.isdigit() and int(size) <= MOST_BYTES  # a larger one may be absent
        if mode.startswith("100") and small and is_source(PurePosixPath(name)):
            ids[name] = blob
    content = git(repository, "cat-file", "--batch", given="".join(f"{i}\n" for i in ids.values()))
    at = 0
    for name in ids:  # each is: id, type and size on a line, the bytes, a line's end
        start = content.index(b"\n", at) + 1
        at = start + int(content[at:start].split()[2]) + 1
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content[start : at - 1])
    return set(ids.values())


def helix_endpoints() -> set[str]:
    """Return the endpoints of Helix that the sandbox serves, as its refusal lists them."""
    with Twitch() as twitch:
        app = twitch._application()
    return {
        f"{route.method} {route.resource.canonical.removeprefix('/helix/')}"
        for route in app.router.routes()
        if route.resource and route.resource.canonical.startswith("/helix/")
    }


class Sandbox:
    """What the sandbox has, by its own tables."""

    def __init__(self) -> None:
        self.methods = set(names())
        self.endpoints = helix_endpoints()
        self.types = {one.name for one in EVENT_TYPES}

    def has(self, need: str) -> bool:
        """Return whether the sandbox has what a bot needs."""
        kind, _, name = need.partition(" ")
        method, _, parameter = name.rpartition(".")
        answers = {
            "method": name in self.methods,
            "parameter": method not in self.methods or parameter in SUPPORTED[method]
            if method
            else name in SUPPORTED["sendMessage"],
            "update": name in CAUSED_TYPES,
            "people": hasattr(Person, name)
            or (name == "switch_inline_query" and "inline_query" in CAUSED_TYPES)
            or (name.startswith("request_") and name not in ASKS_FOR),
            "media": name in INPUT_MEDIA,
            "address": True,
            "helix": name in self.endpoints,
            "eventsub": name in self.types,
            "chat": name in HAS_CHAT,
        }
        return answers.get(kind, False)


def family_of(platform: str, need: str) -> str:
    """Return the family of a need that the sandbox lacks."""
    patterns = FAMILIES[platform].items()
    spelled = need if platform == "telegram" else need.lower()
    return next((family for family, one in patterns if re.search(one, spelled)), "other")


def curve(bots: Bots) -> Iterator[tuple[str, int, set[str]]]:
    """Yield the families in the order that lifts most: name, bots that lack it, bots then whole.

    Those that no feature of the sandbox can lift come last.
    """
    left = {name: set(lacks) for name, lacks in bots.items()}
    count = Counter(family for lacks in bots.values() for family in lacks)
    while any(left.values()):
        gains = Counter(next(iter(lacks)) for lacks in left.values() if len(lacks) == 1)
        waiting = {family for lacks in left.values() for family in lacks}
        best = min(waiting, key=lambda one: (one in NEVER, -gains[one], -count[one], one))
        left = {name: lacks - {best} for name, lacks in left.items()}
        yield best, count[best], {name for name, lacks in left.items() if not lacks}


def report(rows: Iterable[Row]) -> str:
    """Return the tables for the page."""
    sandbox, rows = Sandbox(), list(rows)
    lines = []
    for platform, title in (("telegram", "Telegram"), ("twitch", "Twitch")):
        ours = [row for row in rows if row.platform == platform]
        lacks = {
            row.repository: [n for n in row.needs.split("; ") if n and not sandbox.has(n)]
            for row in ours
            if row.outcome == "measured"
        }
        total = len(lacks)
        out = Counter(row.outcome for row in ours if row.outcome != "measured")
        listed = ", ".join(f"{why} {number}" for why, number in sorted(out.items()))
        bots = {name: {family_of(platform, n) for n in found} for name, found in lacks.items()}
        large = {row.repository for row in ours if row.needs.count("method ") >= LARGE}
        lines += [f"### {title}", "", f"{total} bots were measured. Others: {listed}.", ""]
        if large:
            kinds = [{need.split()[0].strip(":") for need in found} for found in lacks.values()]
            some = sum(kind.isdisjoint({"method", "unresolved"}) for kind in kinds)
            lines[-2] += f" {percent(some, total)} call only methods that the sandbox has."
            lines[-2] += f" {len(large)} are large: they call at least {LARGE} methods."
        last = (" of the large |", "---|") if large else ("", "")
        lines += [f"| with also | bots that lack it | run whole |{last[0]}"]
        lines += [f"|---|---|---|{last[1]}"]
        now = ("**today**", None, {name for name, found in bots.items() if not found})
        for family, number, whole in [now, *curve(bots)]:
            cells = [family, "" if number is None else percent(number, total)]
            cells += [percent(len(whole), total)]
            cells += [percent(len(whole & large), len(large))] if large else []
            lines.append(f"| {' | '.join(cells)} |")
        single = Counter(need for found in lacks.values() for need in found)
        most = ", ".join(f"`{need}` {number}" for need, number in single.most_common(40))
        lines += ["", f"Lacked most, with the number of bots: {most}.", ""]
    return "\n".join(lines)


def percent(part: int, total: int) -> str:
    """Return a share as "28 %"."""
    return f"{100 * part / max(total, 1):.0f} %"


def main(arguments: list[str]) -> int:
    """Draw and scan if there are sources; write the page."""
    table = DATA / "bots.tsv"
    columns = list(Row.__dataclass_fields__)
    if arguments:
        rows = [row for one in HOLDOUT for row in Draw(one, Path(arguments[0])).rows()]
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, "excel-tab", lineterminator="\n")
            writer.writerows([columns, *([getattr(row, c) for c in columns] for row in rows)])
    with table.open(encoding="utf-8", newline="") as file:
        rows = [Row(**line) for line in csv.DictReader(file, dialect="excel-tab")]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    text = f"{before}{BEGIN}\n\n{report(rows)}\n{END}{rest.partition(END)[2]}"
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
