"""Where tokens, secrets and ids come from: the operating system, or a seed, always the same."""

import random
import secrets
import string
import uuid

LOWER = string.ascii_lowercase + string.digits
URL_SAFE = string.ascii_letters + string.digits + "-_"


class Randomness:
    """Without a seed, what nobody can guess; with one, the same texts at every start.

    With a seed, each thing that is named has a row of its own: the second token of one account
    stays the same however many messages were said before it. Such texts can be guessed by
    whoever knows the seed, so there is no seed unless somebody asks for one.
    """

    def __init__(self, seed: int | str | None = None) -> None:
        self._seed = seed
        self._rows: dict[str, random.Random] = {}

    def text(self, length: int, of: str, alphabet: str = LOWER) -> str:
        """The next text of this thing.

        >>> first, again, other = Randomness("a"), Randomness("a"), Randomness("b")
        >>> first.text(30, "token") == again.text(30, "token")
        True
        >>> len({source.text(30, "token") for source in (first, other, Randomness())})
        3
        """
        row = self._row(of)
        return "".join(row.choice(alphabet) for _ in range(length))

    def number(self, top: int, of: str) -> int:
        """The next number of this thing, from 1 to `top`."""
        return self._row(of).randint(1, top)

    def uuid(self, of: str) -> str:
        """The next UUID (version 4) of this thing."""
        return str(uuid.UUID(int=self._row(of).getrandbits(128), version=4))

    def _row(self, of: str) -> random.Random:
        if self._seed is None:
            return _SYSTEM
        if of not in self._rows:
            self._rows[of] = random.Random(f"{self._seed}/{of}")  # noqa: S311 - asked for
        return self._rows[of]


_SYSTEM = secrets.SystemRandom()
