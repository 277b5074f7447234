"""What all objects of the Bot API have in common: attributes that read their JSON.

The classes are in bot_api_types.py, which a tool writes from the table of the Bot API.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class ApiFields:
    """Attributes that read the JSON of `to_json` when you ask for them."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """Return the object as the Bot API has it."""
        raise NotImplementedError


class ApiObject(ApiFields):
    """An object of the Bot API; it equals another one, or a dict, with the same JSON."""

    __slots__ = ("_json",)

    def __init__(self, json: dict[str, Any]) -> None:
        self._json = json

    def to_json(self) -> dict[str, Any]:
        """Return the object as the Bot API has it."""
        return self._json

    def __eq__(self, other: object) -> bool:
        return self._json == (other._json if isinstance(other, ApiObject) else other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._json!r})"


class Field(Generic[T]):
    """An attribute that reads one field; an optional field that is absent is None."""

    def __init__(self, name: str, of: Callable[[], type[ApiObject]] | None = None) -> None:
        """Read the field `name`, with objects of a class, if the manual names one."""
        self.name = name
        self._of = of

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: ApiFields, owner: type) -> T: ...
    def __get__(self, instance: ApiFields | None, owner: type) -> Self | T:
        """Return the field's value."""
        if instance is None:
            return self
        value: T = _objects(instance.to_json().get(self.name), self._of)
        return value


def _objects(value: Any, of: Callable[[], type[ApiObject]] | None) -> Any:
    """Turn a JSON object, also inside arrays, into an object of a class."""
    if of is None:
        return value
    if isinstance(value, list):
        return [_objects(each, of) for each in value]
    return of()(value) if isinstance(value, dict) else value
