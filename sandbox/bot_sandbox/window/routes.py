"""Describe each HTTP route of the window once.

    @post_route("telegram/say", FROM, TO, text("text", "what they write"), example={…})
    async def say(self, values: Values) -> MessageJson:
        '''Write to a bot or into a group.'''

One description does it all: it checks the fields of a request, and it is the route's part of the
OpenAPI document (openapi.py) and its line in docs/http.md. The handler's return type is the shape
of the response. A handler receives every field: checked, or with its default.
"""

import json
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from bot_sandbox.diagnosis.clean_text import clean_error, quote_safely
from bot_sandbox.window.feed import Json

LONGEST_WAIT_S = 60.0  # for a request that waits
MOST_MESSAGES = 1_000_000  # that a request may wait for
REQUIRED: Any = object()
OPTIONAL: Any = None  # the default of a field that may be missing
WORDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}
IDS = "; an id may be a number or a text"
Values = dict[str, Any]
Handler = Callable[[Any, Values], Awaitable[Any]]


@dataclass(frozen=True)
class Field:
    """One field of a request: in the query of a GET or an upload, else in the JSON body."""

    name: str
    schema: Json  # JSON Schema with `type`, `enum`, `minimum`, `maximum`, `items`
    about: str
    default: Any = REQUIRED
    takes_ids: bool = False  # a number is an id, and becomes a text

    def read(self, value: Any, in_query: bool = False) -> Any:
        """Return the checked value of a request; raise ValueError for a wrong one.

        >>> whole_number("n", "how many", least=1).read("3", in_query=True), number("s", "").read(3)
        (3, 3.0)
        >>> number("timeout", "seconds", 5.0, 0, 60).read(61)
        Traceback (most recent call last):
            ...
        ValueError: 'timeout' must be a number from 0 to 60; found 61
        """
        if in_query and "string" not in self._types:
            value = parse_word(value)
        if self.takes_ids:
            value = [*map(id_as_text, value)] if isinstance(value, list) else id_as_text(value)
        if not matches(value, self.schema):
            raise ValueError(
                f"{self.name!r} must be {in_words(self.schema)}; found {quote_json(value)}"
            )
        return float(value) if self._types == ["number"] else value

    @property
    def _types(self) -> list[str]:
        return list_schema_types(self.schema)


def text(
    name: str, about: str, default: Any = REQUIRED, choices: tuple[str, ...] = (), least: int = 0
) -> Field:
    """Return a field for a text: one of the choices, or of at least so many characters."""
    schema: Json = {"type": "string"} | ({"enum": list(choices)} if choices else {})
    return Field(name, schema | ({"minLength": least} if least else {}), about, default)


def name_or_id(name: str, about: str, default: Any = REQUIRED) -> Field:
    """Return a field that identifies something by name or id.

    It is described as a text, because that is the plainest type for generated clients. A request
    may have an id as a number, too.
    """
    return Field(name, {"type": "string"}, f"{about}{IDS}", default, takes_ids=True)


def names_or_ids(name: str, about: str) -> Field:
    """Return a field for a list of names and ids."""
    of = {"type": "array", "items": {"type": "string"}}
    return Field(name, of, f"{about}{IDS}", takes_ids=True)


def id_as_text(value: Any) -> Any:
    """Return a number as a text, and anything else as it is."""
    return str(value) if has_type(value, "integer") else value


def whole_number(
    name: str,
    about: str,
    default: Any = REQUIRED,
    least: int | None = None,
    most: int | None = None,
) -> Field:
    """Return a field for a whole number."""
    kind = {"type": "integer", "format": "int64"}
    return Field(name, kind | number_bounds(least, most), about, default)


def number(
    name: str,
    about: str,
    default: Any = REQUIRED,
    least: float | None = None,
    most: float | None = None,
) -> Field:
    """Return a field for any number; a handler gets a float."""
    return Field(
        name, {"type": "number", "format": "double"} | number_bounds(least, most), about, default
    )


def flag(name: str, about: str, default: Any = REQUIRED) -> Field:
    """Return a field that is true or false."""
    return Field(name, {"type": "boolean"}, about, default)


def list_of_values(name: str, about: str, of: Json, default: Any = REQUIRED) -> Field:
    """Return a field for a list of values of one schema."""
    return Field(name, {"type": "array", "items": of}, about, default)


def table(name: str, about: str, of: Json, default: Any = REQUIRED) -> Field:
    """Return a field for an object whose values have one schema."""
    return Field(name, {"type": "object", "additionalProperties": of}, about, default)


def anything(name: str, about: str) -> Field:
    """Return a field for any JSON; missing is the same as null."""
    return Field(name, {}, about, OPTIONAL)


def wait_field(default: float, about: str = "how many seconds to wait") -> Field:
    """Return the field `timeout` of a request that waits."""
    return number("timeout", about, default, 0, LONGEST_WAIT_S)


def number_bounds(least: float | None, most: float | None) -> Json:
    """Return the part of a schema that limits a number."""
    pairs = (("minimum", least), ("maximum", most))
    return {name: value for name, value in pairs if value is not None}


@dataclass(frozen=True)
class Route:
    """One route below /api/, its fields, and the method of a view that answers it."""

    method: str
    path: str
    fields: tuple[Field, ...]
    handler: Handler
    example: Values
    upload: bool = False  # the body is a file, and the fields are in the query
    variants: Mapping[str, Sequence[Field]] | None = None  # more fields, by the first one's value
    fails: Mapping[str, str] = field(default_factory=dict)  # more statuses: what they mean
    needs_key: bool = True

    @property
    def summary(self) -> str:
        """What it does, in the first line of the handler's docstring."""
        return (self.handler.__doc__ or "").partition("\n")[0]

    @property
    def details(self) -> str:
        """The rest of the handler's docstring."""
        lines = (self.handler.__doc__ or "").splitlines()[1:]
        return "\n".join(line.strip() for line in lines).strip()

    @property
    def has_query_fields(self) -> bool:
        """Whether its fields are in the query."""
        return self.method == "GET" or self.upload

    def check(self, given: Values) -> Values:
        """Return the checked fields, with defaults for missing ones."""
        fields = self.fields
        if self.variants is not None:
            first = self.fields[0]
            chosen = read_fields(self.fields, {k: given[k] for k in given if k == first.name})
            fields += tuple(self.variants[chosen[first.name]])
        return read_fields(fields, given, self.has_query_fields)


def get_route(path: str, *fields: Field, **more: Any) -> Callable[[Handler], Route]:
    """Describe a GET route; decorates the method of a view that answers it."""
    return describe_route("GET", path, fields, **more)


def post_route(path: str, *fields: Field, **more: Any) -> Callable[[Handler], Route]:
    """Describe a POST route; decorates the method of a view that answers it."""
    return describe_route("POST", path, fields, **more)


def describe_route(
    method: str, path: str, fields: tuple[Field, ...], example: Values | None = None, **more: Any
) -> Callable[[Handler], Route]:
    """Return a decorator that turns a method of a view into a route."""
    return lambda handler: Route(method, path, fields, handler, example or {}, **more)


def routes_of(view: object) -> list[Route]:
    """Return the routes of a view, in the order of its class."""
    return [one for one in vars(type(view)).values() if isinstance(one, Route)]


def read_fields(fields: tuple[Field, ...], given: Values, in_query: bool = False) -> Values:
    """Return every field; raise ValueError for an unknown, a missing or a wrong one.

    >>> read_fields((whole_number("n", "how many", 1), flag("live", "", True)), {"live": False})
    {'n': 1, 'live': False}
    >>> read_fields((text("text", "what they write"),), {"txt": "hi"})
    Traceback (most recent call last):
        ...
    ValueError: this request has no field 'txt'; did you mean 'text'? It has: text
    """
    known = [one.name for one in fields]
    for name in given:
        if name not in known:
            similar = get_close_matches(name, known, 1)
            guess = f"; did you mean {similar[0]!r}? It has: " if similar else "; it has: "
            has = guess + ", ".join(known) if known else "; it takes none"
            raise ValueError(f"this request has no field {quote_json(name)}{has}")
    values = {}
    for one in fields:
        if one.name in given:
            values[one.name] = one.read(given[one.name], in_query)
        elif one.default is REQUIRED:
            words = in_words(one.schema)
            raise ValueError(f"{one.name!r} is missing: expected {words}, {one.about}")
        else:
            values[one.name] = one.default
    return values


def matches(value: Any, schema: Json) -> bool:
    """Return whether a value fits a schema of a `Field`."""
    types = list_schema_types(schema)
    if types and not any(has_type(value, kind) for kind in types):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, str) and len(value) < schema.get("minLength", 0):
        return False
    if isinstance(value, int | float) and not (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
    ):
        return False
    if isinstance(value, list):
        return all(matches(one, schema.get("items", {})) for one in value)
    if isinstance(value, dict):
        return all(matches(one, schema.get("additionalProperties", {})) for one in value.values())
    return True


def has_type(value: Any, kind: str) -> bool:
    """Return whether a value has a type of JSON Schema; a number must be finite."""
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "number":
        return isinstance(value, int | float) and is_finite(value)
    kinds = {"string": str, "integer": int, "array": list, "object": dict}
    return kind in kinds and isinstance(value, kinds[kind])


def is_finite(value: float) -> bool:
    """Return whether a number fits into a float and is neither infinite nor NaN."""
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number with more than 308 digits
        return False


def list_schema_types(schema: Json) -> list[str]:
    """Return the types that a schema allows; none means any."""
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else kind


def in_words(schema: Json) -> str:
    """Describe what a schema expects.

    >>> in_words({"type": "array", "items": {"type": "string"}}), in_words({"enum": ["a", "b"]})
    ('a list in which each value is a text', 'one of a, b')
    >>> in_words({"type": "integer", "minimum": 0})
    'a whole number from 0 on'
    """
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    words = " or ".join(WORDS[kind] for kind in list_schema_types(schema)) or "any JSON"
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None:
        words += f" from {least:g}"
        words += f" to {most:.15g}" if most is not None else " on"
    if schema.get("minLength"):
        words += ", not an empty one"
    items = schema.get("items") or schema.get("additionalProperties")
    return f"{words} in which each value is {in_words(items)}" if items else words


def quote_json(value: Any) -> str:
    """Return a value as JSON for an error, without tokens, shortened."""
    if isinstance(value, str):
        return quote_safely(value, 100)
    return f"{clean_error(json.dumps(value)):.100}"


def parse_word(value: str) -> Any:
    """Return the number or truth value that a query's text means, else the text.

    >>> parse_word("3"), parse_word("2.5"), parse_word("true"), parse_word("NaN")
    (3, 2.5, True, 'NaN')
    """
    try:
        return json.loads(value, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return value


def refuse_constant(name: str) -> None:
    """Raise ValueError for NaN and the infinities, which Python reads and JSON lacks."""
    raise ValueError(f"{name} is not JSON")
