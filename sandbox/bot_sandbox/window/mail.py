"""The mail server in the window: the letters that it has caught, and their routes."""

from collections.abc import Iterator
from typing import Annotated, TypedDict

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.mail import Letter, Mail, shorten
from bot_sandbox.window.feed import Record
from bot_sandbox.window.routes import (
    MOST_MESSAGES,
    Values,
    get_route,
    text,
    wait_field,
    whole_number,
)
from bot_sandbox.window.view import View

SHOWN_LETTERS = 100  # newest letters on the page


class AddressJson(TypedDict):
    host: str
    port: int


LetterJson = TypedDict(
    "LetterJson",
    {
        "number": Annotated[int, "1 is the first"],
        "from": Annotated[str, "the envelope's sender"],
        "to": Annotated[list[str], "the envelope's recipients"],
        "subject": str,
        "text": str,
    },
)


class LettersJson(TypedDict):
    letters: list[LetterJson]


class MailView(View):
    """A mail server behind a window."""

    name = "mail"

    def __init__(self, mail: Mail) -> None:
        super().__init__(mail)
        self.mail = mail

    def records(self) -> Iterator[tuple[str, Record]]:
        """Yield the address and the newest letters."""
        yield "mail/server", {"type": "server", "host": self.mail.host, "port": self.mail.port}
        for number, letter in self.mail._numbered_letters()[-SHOWN_LETTERS:]:
            shown = letter_json(number, letter) | {"text": shorten(letter.text)}
            yield f"mail/letter/{number}", {"type": "letter"} | shown

    @get_route("mail")
    async def address(self, _: Values) -> AddressJson:
        """Get the `host` and `port` where bots send letters by SMTP."""
        return {"host": self.mail.host, "port": self.mail.port}

    @get_route(
        "mail/letters",
        text("to", "only letters to this address", ""),
        whole_number("after", "only letters after this number", 0, 0),
        whole_number("n", "wait for so many", 0, 0, MOST_MESSAGES),
        wait_field(5.0),
        example={"to": "viktor@example.org", "n": 1, "timeout": 5},
    )
    async def letters(self, values: Values) -> LettersJson:
        """List the letters; wait until there are `n`."""
        to, after, n, timeout = (values[name] for name in ("to", "after", "n", "timeout"))

        def found() -> list[tuple[int, Letter]]:
            letters = self.mail._numbered_letters()
            return [
                (number, letter)
                for number, letter in letters
                if number > after and (not to or to in letter.recipients)
            ]

        if not await self.wait_until(lambda: len(found()) >= n, timeout):
            raise NoReply(await self.read(self.mail._explain, len(found()), n, timeout))
        return {"letters": [letter_json(*each) for each in await self.read(found)]}


def letter_json(number: int, letter: Letter) -> LetterJson:
    """Describe a letter; sender and recipients are those of its envelope."""
    return {
        "number": number,
        "from": letter.sender,
        "to": list(letter.recipients),
        "subject": letter.subject,
        "text": letter.text,
    }
