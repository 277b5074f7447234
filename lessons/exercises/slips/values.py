"""A dictionary for the learner to fill, judged by the right value for each name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lessons.exercises.slips.function import is_equal
from lessons.exercises.slips.slip import Slip
from lessons.exercises.verdict import NotYet, require_entries, show


class Values:
    """A dictionary for the learner to fill, by the right value for each of its names."""

    def __init__(
        self,
        wanted: str,
        right: Mapping[str, Any],
        wrong: Mapping[str, Mapping[Any, str] | str],
        *,
        choices: Sequence[str] = (),
        kind: Callable[[Any], str] = lambda found: "",
        others: Mapping[str, str] | None = None,
    ) -> None:
        """Take what belongs there, as in "a number", the right values, and what to say to others.

        `wrong` has for each name the likely wrong values, and what is said to them; or one text for
        them all. `choices` are all texts that make sense. `kind` says what is wrong with the kind
        of a value, or "". `others` has for each name what is said to a value that is in none of
        these.
        """
        self._others = others or {}
        self._wanted, self._right, self._wrong = wanted, right, wrong
        self._choices, self._kind = choices, kind
        self.slips = list(self._make_slips())

    def check(self, answer: Any) -> None:
        """Return if every value is right; otherwise raise NotYet."""
        found = require_entries(answer, self._right, self._wanted)
        for name, right in self._right.items():
            value = self._as_choice(found[name])
            if is_equal(value, right):
                continue
            if complaint := self._complaint(value):
                raise NotYet(f"{name}: {complaint}")
            said = self._wrong.get(name, "")
            if not isinstance(said, str):
                known = (says for each, says in said.items() if is_equal(value, each))
                said = next(known, self._others.get(name, ""))
            raise NotYet(f"{name}: you said {show(value)}{said and f': {said}'}")

    def written(self, slip: Slip) -> dict[str, Any]:
        """Return the right values, with the wrong ones of a slip among them."""
        return {**self._right, **eval(slip.code)}  # noqa: S307, code of our own

    def _as_choice(self, value: Any) -> Any:
        """Return the choice that was meant: capitals don't matter."""
        if not isinstance(value, str):
            return value
        texts = {each.casefold(): each for each in self._choices}
        return texts.get(value.strip().casefold(), value)

    def _complaint(self, value: Any) -> str:
        """Say why a value makes no sense here; "" if it does."""
        if self._choices and value not in self._choices:
            return f"expected {self._wanted}; found {show(value)}"
        return self._kind(value)

    def _make_slips(self) -> Iterator[Slip]:
        for name, said in self._wrong.items():
            if isinstance(said, str):
                others = [one for one in self._choices if one != self._right[name]]
                said = dict.fromkeys(others, said)
            yield from (Slip(repr({name: value}), says) for value, says in said.items())
