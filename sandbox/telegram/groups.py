"""Groups and channels, as plain calls: who comes in, who goes, who is an admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.telegram.botfather import Account
from sandbox.telegram.model import Chat, User
from sandbox.transcript import Transcript

if TYPE_CHECKING:
    from sandbox.telegram.service import Telegram


class Group(Chat):
    """A group or a channel; make one with `telegram.group(title, members)`."""

    def __init__(self, telegram: Telegram, id: int, kind: str, title: str) -> None:
        super().__init__(id, kind, title, [])
        self._telegram = telegram

    def __repr__(self) -> str:
        return f"Group({self.title!r})"

    @property
    def transcript(self) -> Transcript:
        """What was said here."""
        return self._telegram.transcript(self)

    def add(self, member: User) -> None:
        """Let someone in; a bot is told by my_chat_member."""
        self._telegram.do(self._add, member)

    def remove(self, member: User) -> None:
        """Throw someone out; a bot is told by my_chat_member."""
        self._telegram.do(self._remove, member)

    def promote(self, account: Account) -> None:
        """Make a bot an admin: it sees every message, whatever its privacy mode."""
        self._telegram.do(self._promote, account)

    def _add(self, member: User) -> None:
        self._telegram.world.check_own(member)
        if member in self.members:
            return
        self.members.append(member)
        if self.kind == "channel":
            self.admins.add(member.id)
        how = self.former.pop(member.id, "left")
        if isinstance(member, Account):
            status = "administrator" if self.kind == "channel" else "member"
            self._tell(member, how, status)

    def _remove(self, member: User) -> None:
        if member not in self.members:
            return
        self.members.remove(member)
        self.admins.discard(member.id)
        self.former[member.id] = "kicked"
        if isinstance(member, Account):
            self._tell(member, "member", "kicked")

    def _promote(self, account: Account) -> None:
        self._telegram.world.check_own(account)
        if account.id not in self.admins:
            self.admins.add(account.id)
            self._tell(account, "member", "administrator")

    def _tell(self, account: Account, old: str, new: str) -> None:
        owner = next((member for member in self.members if not member.is_bot), account)
        self._telegram.world.member_changed(self, owner, account, old, new)
