"""Make tokens, secrets and ids: random ones, or the same ones again from a seed."""

import random
import secrets
import string
import uuid

LOWER = string.ascii_lowercase + string.digits
URL_SAFE = string.ascii_letters + string.digits + "-_"


class Randomness:
    """Makes random texts; with a seed, the same texts at every start.

    With a seed, each name has its own sequence: the second token of an account stays the same,
    however many messages came before it. If somebody knows the seed, they can guess the texts, so
    there is no seed by default.
    """

    def __init__(self, seed: int | str | None = None) -> None:
        self._seed = seed
        self._rows: dict[str, random.Random] = {}

    def text(self, length: int, of: str, alphabet: str = LOWER) -> str:
        """Return the next text of a named sequence.

        >>> first, again, other = Randomness("a"), Randomness("a"), Randomness("b")
        >>> first.text(30, "token") == again.text(30, "token")
        True
        >>> len({source.text(30, "token") for source in (first, other, Randomness())})
        3
        """
        row = self._row(of)
        return "".join(row.choice(alphabet) for _ in range(length))

    def number(self, top: int, of: str) -> int:
        """Return the next number of a named sequence, from 1 to `top`."""
        return self._row(of).randint(1, top)

    def uuid(self, of: str) -> str:
        """Return the next UUID (version 4) of a named sequence."""
        return str(uuid.UUID(int=self._row(of).getrandbits(128), version=4))

    def _row(self, of: str) -> random.Random:
        if self._seed is None:
            return _SYSTEM
        if of not in self._rows:
            self._rows[of] = random.Random(f"{self._seed}/{of}")  # noqa: S311 - asked for
        return self._rows[of]


_SYSTEM = secrets.SystemRandom()
