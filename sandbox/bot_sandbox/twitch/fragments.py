"""What Twitch finds in a chat message: emotes and mentions.

IRC's tags and EventSub's fragments are made from the same parts (irc_lines.py, eventsub_events.py).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot_sandbox.twitch.user import TwitchUser

# Emotes that everybody may use, with their real ids (static-cdn.jtvnw.net/emoticons/v2/25/…)
EMOTE_NAMES_AND_IDS = r"""
:) 1 :( 2 :D 3 >( 4 :| 5 O_o 6 B) 7 :O 8 <3 9 :/ 10 ;) 11 :P 12 ;P 13 R) 14
Kappa 25 MrDestructoid 28 DansGame 33 SwiftRage 34 PJSalt 36 Kreygasm 41 PunchTrees 47 SMOrc 52
FrankerZ 65 BloodTrail 69 BibleThump 86 ResidentSleeper 245 4Head 354 FailFish 360 Keepo 1902
BabyRage 22639 WutFace 28087 HeyGuys 30259 KappaPride 55338 CoolCat 58127 NotLikeThis 58765
SeemsGood 64138 OhMyDog 81103 VoHiYo 81274 VoteYea 106293 VoteNay 106294 GivePLZ 112291
TakeNRG 112292 Jebaited 114836 TwitchUnity 196892 LUL 425618 PogChamp 305954156
""".split()  # noqa: SIM905 - pairs in lines are easier to read
EMOTES = dict(zip(EMOTE_NAMES_AND_IDS[::2], EMOTE_NAMES_AND_IDS[1::2], strict=True))
WORD_OR_MENTION = re.compile(
    rf"(?<!\S)(?:{'|'.join(map(re.escape, EMOTES))})(?!\S)|(?<!\w)@(?P<login>\w+)"
)


@dataclass(frozen=True)
class Fragment:
    """A part of a message: plain text, an emote or the mention of a user."""

    text: str
    emote: str = ""  # its id
    mention: TwitchUser | None = None


def split_message(text: str, user: Callable[[str], TwitchUser | None]) -> tuple[Fragment, ...]:
    """Split a message's text into plain text, emotes and mentions.

    An emote is a word of its own; `user` finds the user with a login.

    >>> [part.text for part in split_message("hi Kappa, Kappa @Nobody", {}.get) if part.emote]
    ['Kappa']
    >>> [part.text for part in split_message("hi Kappa, Kappa @Nobody", {}.get)]
    ['hi Kappa, ', 'Kappa', ' @Nobody']
    """
    found, end = [], 0
    for match in WORD_OR_MENTION.finditer(text):
        emote = EMOTES.get(match[0], "")
        mention = user(match["login"].lower()) if match["login"] else None
        if not emote and mention is None:
            continue
        if match.start() > end:
            found.append(Fragment(text[end : match.start()]))
        found.append(Fragment(match[0], emote, mention))
        end = match.end()
    if end < len(text) or not found:
        found.append(Fragment(text[end:]))
    return tuple(found)


def emotes_tag(fragments: tuple[Fragment, ...]) -> str:
    """Return IRC's `emotes` tag: for each id, first and last character of each place.

    Twitch counts code points, so an emoji is one or several characters here, but never two halves.

    >>> emotes_tag(split_message("Kappa Keepo Kappa", {}.get))
    '25:0-4,12-16/1902:6-10'
    """
    places: dict[str, list[str]] = {}
    start = 0
    for fragment in fragments:
        end = start + len(fragment.text)
        if fragment.emote:
            places.setdefault(fragment.emote, []).append(f"{start}-{end - 1}")
        start = end
    return "/".join(f"{emote}:{','.join(ranges)}" for emote, ranges in places.items())


def is_emote_only(fragments: tuple[Fragment, ...]) -> bool:
    """Return whether a message has emotes and nothing else but spaces.

    >>> is_emote_only(split_message("Kappa LUL", {}.get)), is_emote_only((Fragment("hi"),))
    (True, False)
    """
    return any(each.emote for each in fragments) and not any(
        each.text.strip() for each in fragments if not each.emote
    )
