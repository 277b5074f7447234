"""The Bot API's objects: classes made from its table, with attributes that read their JSON.

bot_api_types.py has them by name.
"""

from collections.abc import Sequence
from typing import Any, Generic, Self, TypeVar, overload

from bot_sandbox.telegram.bot_api import TYPES

T = TypeVar("T")
PYTHON_NAMES = {"from": "from_user"}  # a field's name that Python keeps for itself
# The sandbox's own classes with these fields have some of them as ordinary attributes.
OWN_ATTRIBUTES_BY_TYPE = {
    "Message": ("message_id", "date", "chat"),
    "Chat": ("id", "title"),
    "User": ("id", "is_bot", "username"),
}


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

    def __init__(self, name: str, class_name: str = "") -> None:
        """Read the field `name`, with objects of a class, if it has any."""
        self.name = name
        self._class_name = class_name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: ApiFields, owner: type) -> T: ...
    def __get__(self, instance: ApiFields | None, owner: type) -> Self | T:
        """Return the field's value."""
        if instance is None:
            return self
        value: T = _objects(instance.to_json().get(self.name), self._class_name)
        return value


def _objects(value: Any, class_name: str) -> Any:
    """Turn a JSON object, also inside arrays, into an object of a class."""
    if not class_name:
        return value
    if isinstance(value, list):
        return [_objects(each, class_name) for each in value]
    return CLASSES[class_name](value) if isinstance(value, dict) else value


def fields_of(name: str) -> dict[str, str]:
    """Return the type of each field; of alternatives, those of all together.

    If they have a field with different types, its type is "Any".
    """
    found = dict(TYPES[name].fields)
    for one in TYPES[name].any_of:
        for field, kind in (fields_of(one) if one in TYPES else {}).items():
            found[field] = kind if found.get(field, kind) == kind else "Any"
    return found


def object_in(kind: str) -> str:
    """Return the type whose objects a field has, also inside arrays, or "".

    >>> object_in("Array of PhotoSize"), object_in("Integer or String")
    ('PhotoSize', '')
    """
    name = kind.replace("Array of ", "")
    return name if name in TYPES and "String" not in TYPES[name].any_of else ""


def _make_class(
    name: str, bases: Sequence[type], docstring: str, fields: dict[str, str]
) -> type[Any]:
    """Make a class with an attribute for each field."""
    attributes: dict[str, Any] = {
        PYTHON_NAMES.get(field, field): Field(field, object_in(kind))
        for field, kind in fields.items()
    }
    home = "bot_sandbox.telegram.bot_api_types"
    own = {"__module__": home, "__doc__": docstring, "__slots__": ()}
    return type(name, tuple(bases), own | attributes)


def _make_classes() -> dict[str, type[Any]]:
    """Make the class of each type, and one of the fields that the sandbox's own class lacks."""
    found = dict[str, type[Any]]()
    for name in TYPES:
        bases, fields = [ApiObject], fields_of(name)
        if own := OWN_ATTRIBUTES_BY_TYPE.get(name):
            rest = {field: kind for field, kind in fields.items() if field not in own}
            docstring = f"What the sandbox's own {name} reads from its JSON."
            base = _make_class(f"{name}Fields", [ApiFields], docstring, rest)
            found[base.__name__] = base
            bases = [base, ApiObject]
            fields = {field: fields[field] for field in own}
        found[name] = _make_class(name, bases, f"The Bot API's {name}.", fields)
    return found


CLASSES = _make_classes()
