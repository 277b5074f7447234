"""Write the OpenAPI 3.1 document of a window from its routes (https://spec.openapis.org/oas/v3.1.0).

The requests come from the fields of each route, the responses from the return type of its handler:
a TypedDict becomes a named schema.
"""

import sys
import types
from collections.abc import Iterable
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from bot_sandbox.http.access import KEY_HEADER
from bot_sandbox.window.feed import Json
from bot_sandbox.window.routes import LONGEST_WAIT_S, REQUIRED, Field, Route
from bot_sandbox.window.view import FileContent

SIMPLE_SCHEMAS: dict[Any, Json] = {
    str: {"type": "string"},
    int: {"type": "integer", "format": "int64"},  # ids of Telegram need more than 32 bits
    float: {"type": "number", "format": "double"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
}
REFUSALS = {
    "400": "A field is unknown, missing or wrong, or the sandbox refuses what is asked.",
    "401": "The window's key is missing or wrong.",
    "403": "The host or the page's origin may not use this window.",
    "404": "The request names something that does not exist.",
    "409": "The server is closed, or its state does not allow this.",
    "413": "The body is too large.",
    "504": "Nothing came in time; the error explains why.",
}
ERROR_SCHEMA = {
    "type": "object",
    "properties": {"error": {"type": "string", "description": "what happened and what to do"}},
    "required": ["error"],
}
ABOUT_THE_API = (
    "Everything that the window does is one of these requests. Fields that a request does not know "
    f"are refused. Requests that wait take a `timeout` in seconds, at most {LONGEST_WAIT_S:g}."
)


def make_document(routes: Iterable[Route]) -> Json:
    """Return the document for these routes; it holds no secret."""
    version = sys.modules[__name__.partition(".")[0]].__version__  # the package imports this file
    schemas: dict[str, Json] = {"Error": ERROR_SCHEMA}
    paths: dict[str, Json] = {}
    for route in routes:
        operations = paths.setdefault(f"/api/{route.path}", {})
        operations[route.method.lower()] = describe_operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "bot-sandbox", "version": version, "description": ABOUT_THE_API},
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {status: refusal_response(about) for status, about in REFUSALS.items()},
            "securitySchemes": {
                "key": {
                    "type": "apiKey",
                    "in": "header",
                    "name": KEY_HEADER,
                    "description": "What comes after `#key=` in the window's address.",
                }
            },
        },
    }


def describe_operation(route: Route, schemas: dict[str, Json]) -> Json:
    """Return one route's part of the document; collect the schemas that it names."""
    name = route.path.replace("/", "_").replace("-", "_").replace(".", "_")
    described: Json = {
        "operationId": f"{route.method.lower()}_{name}",
        "tags": [route.path.partition("/")[0] if "/" in route.path else "window"],
        "summary": route.summary,
    }
    if route.details:
        described["description"] = route.details
    if not route.needs_key:
        described["security"] = []
    if route.has_query_fields and route.fields:
        described["parameters"] = [query_parameter(field, route.example) for field in route.fields]
    if route.upload:
        file = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        described["requestBody"] = {"required": True, "content": file}
    elif not route.has_query_fields and (route.fields or route.variants):
        content = json_content(body_schema(route, schemas))
        content["application/json"]["example"] = route.example
        needed = any(field.default is REQUIRED for field in route.fields)
        described["requestBody"] = {"required": needed, "content": content}
    described["responses"] = {"200": success_response(route, schemas)} | {
        status: {"$ref": f"#/components/responses/{status}"}
        for status in REFUSALS
        if (status != "401" or route.needs_key)
        and (status != "413" or not route.has_query_fields or route.upload)
        and (status != "504" or any(field.name == "timeout" for field in route.fields))
    }
    for status, about in route.fails.items():
        described["responses"][status] = refusal_response(about)
    return described


def refusal_response(about: str) -> Json:
    """Return a response that has an error."""
    return {"description": about, "content": json_content(reference("Error"))}


def query_parameter(field: Field, example: Json) -> Json:
    """Return a field of a query."""
    described: Json = {
        "name": field.name,
        "in": "query",
        "description": field.about,
        "required": field.default is REQUIRED,
        "schema": field_schema(field),
    }
    return described | ({"example": example[field.name]} if field.name in example else {})


def body_schema(route: Route, schemas: dict[str, Json]) -> Json:
    """Return the schema of a JSON body.

    If the route has variants, each is a named schema, and the first field tells which one it is.
    """
    if route.variants is None:
        return object_schema(route.fields)
    first = route.fields[0]
    named: dict[str, Json] = {}
    for value, fields in route.variants.items():
        words = f"{route.path.partition('/')[0]}_{value}_{first.name}".split("_")
        name = "".join(word.capitalize() for word in words)
        chosen = Field(first.name, {"type": "string", "enum": [value]}, first.about)
        schemas[name] = object_schema((chosen, *fields))
        named[value] = reference(name)
    mapping = {value: one["$ref"] for value, one in named.items()}
    return {
        "oneOf": list(named.values()),
        "discriminator": {"propertyName": first.name, "mapping": mapping},
    }


def object_schema(fields: Iterable[Field]) -> Json:
    """Return the schema of an object that has these fields and no others."""
    listed = list(fields)
    required = [field.name for field in listed if field.default is REQUIRED]
    return {
        "type": "object",
        "properties": {
            field.name: field_schema(field) | {"description": field.about} for field in listed
        },
        "additionalProperties": False,
    } | ({"required": required} if required else {})


def field_schema(field: Field) -> Json:
    """Return a field's schema, with its default."""
    absent = field.default is REQUIRED or field.default is None
    # A text outside the choices means none of them, so it is not a valid default.
    if absent or field.default not in field.schema.get("enum", [field.default]):
        return field.schema
    return field.schema | {"default": field.default}


def success_response(route: Route, schemas: dict[str, Json]) -> Json:
    """Return the response of a request that worked."""
    returned = get_type_hints(route.handler, include_extras=True)["return"]
    if returned is FileContent:
        binary = {"schema": {"type": "string", "format": "binary"}}
        return {"description": "the file", "content": {"application/octet-stream": binary}}
    return {"description": "done", "content": json_content(schema_of(returned, schemas))}


def schema_of(kind: Any, schemas: dict[str, Json]) -> Json:
    """Return the schema of a type, such as a return type; collect the named ones.

    >>> schema_of(dict[str, list[str] | None], {})["additionalProperties"]
    {'anyOf': [{'type': 'array', 'items': {'type': 'string'}}, {'type': 'null'}]}
    """
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return {}
    if kind in SIMPLE_SCHEMAS:
        return dict(SIMPLE_SCHEMAS[kind])
    if origin is Annotated:
        return schema_of(inner[0], schemas) | {"description": inner[1]}
    if origin is Literal:
        return {"type": "string", "enum": list(inner)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(one, schemas) for one in inner]}
    if origin is list:
        return {"type": "array", "items": schema_of(inner[0], schemas)}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(inner[1], schemas)}
    if is_typeddict(kind):
        return reference_to_typed_dict(kind, schemas)
    raise TypeError(f"a response cannot hold {kind!r}: expected a TypedDict or plain JSON types")


def reference_to_typed_dict(kind: Any, schemas: dict[str, Json]) -> Json:
    """Return a reference to the schema of a TypedDict, and collect that schema."""
    platform = kind.__module__.rpartition(".")[2].partition("_")[0]  # several have a message
    platform = "" if platform in ("view", "window") else platform.capitalize()
    name = platform + kind.__name__.removesuffix("Json")
    if name not in schemas:
        schemas[name] = {}  # it may contain itself
        hints = get_type_hints(kind, include_extras=True)
        schemas[name] = {
            "type": "object",
            "properties": {field: schema_of(hint, schemas) for field, hint in hints.items()},
            "required": sorted(kind.__required_keys__),
        }
    return reference(name)


def reference(name: str) -> Json:
    """Return a reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def json_content(schema: Json) -> Json:
    """Return the content of a JSON body."""
    return {"application/json": {"schema": schema}}
