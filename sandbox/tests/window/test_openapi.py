"""The window describes its routes: OpenAPI, the tables in docs/http.md, and the refusals agree."""

import json
import re
import urllib.error
import urllib.request

import pytest
from http_page import PAGE, with_tables
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from window_http import Http, RefusalError, ask

from bot_sandbox import Cloud, Mail, Telegram, Twitch, Window
from bot_sandbox.http.access import KEY_HEADER
from bot_sandbox.window.routes import routes_of


@pytest.fixture(scope="module")
def window():
    with (
        Telegram() as telegram,
        Twitch() as twitch,
        Cloud() as cloud,
        Mail() as mail,
        Window(telegram, twitch, cloud, mail) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def document(window):
    status, text = ask(window, "/api/openapi.json", key="")  # it holds no secret
    assert status == 200 and window.key not in text
    return json.loads(text)


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_document_has_every_route_and_no_other(window, document):
    routes = {
        (f"/api/{route.path}", route.method.lower())
        for view in (window, *window.views)
        for route in routes_of(view)
    }
    assert {(path, method) for path, method, _ in operations(document)} == routes
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))


def test_every_schema_is_valid_and_every_reference_leads_somewhere(document):
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for _, _, operation in operations(document):
        for field in operation.get("parameters", []):
            Draft202012Validator.check_schema(field["schema"])
        if "requestBody" in operation:
            for content in operation["requestBody"]["content"].values():
                Draft202012Validator.check_schema(content["schema"])
    for found in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        place = document
        for name in found.split("/"):
            place = place[name]


def everything_in(value):
    yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from everything_in(inner)


def test_every_default_fits_its_schema(document):
    with_defaults = [one for one in everything_in(document) if "default" in one]
    assert len(with_defaults) > 50
    for schema in with_defaults:
        Draft202012Validator(schema).validate(schema["default"])


def test_numbers_tell_generators_how_wide_they_are(document):
    formats = {"integer": "int64", "number": "double"}
    numbers = [one for one in everything_in(document) if is_number(one)]
    assert len(numbers) > 100
    for schema in numbers:
        assert schema["format"] == formats[schema["type"]], schema


def is_number(schema):
    return isinstance(schema, dict) and schema.get("type") in ("integer", "number")


def test_every_field_has_one_type(document):
    for _, _, operation in operations(document):
        fields = [one["schema"] for one in operation.get("parameters", [])]
        for schema in bodies(document, operation):
            fields += schema["properties"].values()
        assert not [one for one in fields if isinstance(one.get("type"), list)]


def test_faults_are_named_schemas_that_a_field_chooses(document):
    body = document["paths"]["/api/twitch/faults"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert schema["discriminator"]["propertyName"] == "fault"
    reference = schema["discriminator"]["mapping"]["close_frame"]
    assert reference == "#/components/schemas/TwitchCloseFrameFault"
    assert [one["$ref"] for one in schema["oneOf"]] == [
        *schema["discriminator"]["mapping"].values()
    ]
    chosen = document["components"]["schemas"]["TwitchCloseFrameFault"]
    assert chosen["properties"]["fault"]["enum"] == ["close_frame"]
    assert chosen["required"] == ["fault", "login"]


def test_ids_may_be_numbers_or_texts(window):
    http = Http(window)
    person = http.post("telegram/people", name="Greta")
    bot = http.post("telegram/bots", name="Ids bot", username="ids_bot")
    for kind in (int, str):
        people = {"from": kind(person["id"]), "to": kind(bot["id"])}
        assert http.post("telegram/say", **people, text="hi")["from"] == person["id"]
        group = http.post("telegram/groups", title="Ids", members=[kind(person["id"])])
        assert group["title"] == "Ids"
    with pytest.raises(RefusalError, match="'from' must be a text; found true"):
        http.post("telegram/say", **{"from": True, "to": "ids_bot", "text": "hi"})


def test_null_is_no_body(window):
    status, said = body_answer(window, "/api/telegram/say", b"null")
    assert status == 400 and "'from' is missing" in said
    status, said = body_answer(window, "/api/telegram/say", b"[]")
    assert status == 400 and 'such as {"from": "Viktor", "to": "hello_bot"' in said
    assert body_answer(window, "/api/snapshots", b"null")[0] == 200


def body_answer(window, path, body):
    headers = {KEY_HEADER: window.key}
    request = urllib.request.Request(window.url + path, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["error"]


def bodies(document, operation):
    """The schemas of a JSON body: one, or one for each variant."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return []
    if "oneOf" not in schema:
        return [schema]
    schemas = document["components"]["schemas"]
    return [schemas[one["$ref"].rpartition("/")[2]] for one in schema["oneOf"]]


def test_examples_fit_their_schemas(document):
    for path, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if "example" in content:
                schema = content["schema"] | {"components": document["components"]}
                Draft202012Validator(schema).validate(content["example"])
        for field in operation.get("parameters", []):
            assert field["description"], path
            if "example" in field:
                Draft202012Validator(field["schema"]).validate(field["example"])
        assert operation["summary"], path


def test_the_page_has_these_routes():
    text = PAGE.read_text(encoding="utf-8")
    assert text == with_tables(text), "run tests/helpers/http_page.py"


def test_unknown_fields_are_refused_with_the_known_ones(window):
    http = Http(window)
    words = r"400: this request has no field 'txt'; did you mean 'text'\? It has: from, to, text"
    with pytest.raises(RefusalError, match=words):
        http.post("telegram/say", **{"from": "Viktor", "to": "hello_bot", "txt": "hi"})
    with pytest.raises(RefusalError, match="400: this request has no field 'x'; it takes none"):
        http.get("telegram/people", x=1)
    with pytest.raises(RefusalError, match="400: POST takes nothing in the query"):
        http.post("telegram/people?name=Anna", name="Anna")


def test_wrong_methods_and_paths_are_refused_in_json(window):
    http = Http(window)
    with pytest.raises(RefusalError, match="405: /api/telegram/say has no GET"):
        http.get("telegram/say")
    with pytest.raises(RefusalError, match=r"404: there is no .*did you mean /api/telegram/say"):
        http.post("telegram/sya")
    with pytest.raises(RefusalError, match=r"404: there is no /api/hello; GET /api/openapi\.json"):
        http.get("hello")


def small_values():
    return st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=4,
    )


def requests(document):
    """Requests to any route, with fields that it knows and some that it doesn't."""

    def fields(operation):
        for one in bodies(document, operation):
            yield from one["properties"]
        yield from (field["name"] for field in operation.get("parameters", []))

    return st.sampled_from(list(operations(document))).flatmap(
        lambda one: st.tuples(
            st.just(one[:2]),
            st.dictionaries(
                st.sampled_from([*fields(one[2]), "unknown"]),
                st.sampled_from(["Viktor", "hello_bot", "viktor", 1]) | small_values(),
                max_size=5,
            ),
        )
    )


def test_no_request_breaks_the_window(window, document):
    http = Http(window)

    refused = set()

    @given(requests(document))
    def ask_anything(request):
        (path, method), values = request
        values = {name: one for name, one in values.items() if name not in ("folder", "timeout")}
        try:
            path = path.removeprefix("/api/")
            if method == "get":
                http.get(path, **{name: one for name, one in values.items() if is_text(one)})
            else:
                http.post(path, **values)
        except RefusalError as error:
            refused.add(error.status)

    ask_anything()
    assert refused <= {400, 404, 409, 429, 502, 504}
    assert http.get("telegram/bots")["url"].startswith("http://127.0.0.1:")


def is_text(value):
    try:
        f"{value}".encode()
    except UnicodeEncodeError:
        return False
    return True
