"""One handler for the events of several clouds."""

import base64
import json

import pytest
from events import SHAPES, event
from hypothesis import given
from hypothesis import strategies as st

from botlib.function import Request, Response, http_function, read_event, write_response

every_shape = pytest.mark.parametrize("shape", SHAPES)
FIELDS = {"statusCode", "headers", "body", "isBase64Encoded"}


@every_shape
def test_the_same_request_arrives_from_every_cloud(shape):
    request = read_event(
        event(shape, "put", "/a/b", {"X-Who": "Viktor"}, {"n": "1", "s": "ä &="}, b"\xff\x00")
    )
    assert request == Request(
        "PUT", "/a/b", {"x-who": "Viktor"}, {"n": "1", "s": "ä &="}, b"\xff\x00"
    )


def test_the_last_value_of_a_repeated_name_counts():
    repeated = event("aws_v2") | {"rawQueryString": "n=1&s=x&n=2"}
    assert read_event(repeated).query == {"n": "2", "s": "x"}


class Context:
    """What AWS and Yandex give beside the event."""

    def get_remaining_time_in_millis(self):
        return 2_500


def test_the_request_knows_the_seconds_left_where_the_cloud_tells_them():
    told = []
    handler = http_function(lambda request: told.append(request.seconds_left) or "")
    for context in (Context(), None, object()):
        handler({"httpMethod": "GET"}, context)
    assert told == [2.5, None, None]


@every_shape
def test_a_missing_body_is_empty(shape):
    bare = event(shape, body=None)
    assert read_event(bare).body == b""
    del bare["body"], bare["isBase64Encoded"]
    assert read_event(bare).body == b""


@given(st.sampled_from(SHAPES), st.binary(max_size=200))
def test_any_body_arrives_unharmed(shape, body):
    request = read_event(event(shape, body=body))
    assert request.body == body
    assert isinstance(request.text, str)


def test_a_body_that_is_not_base64_although_marked_so_is_a_400():
    answer = http_function(lambda request: "never")(
        {"httpMethod": "GET", "body": "%%%", "isBase64Encoded": True}
    )
    assert answer["statusCode"] == 400
    assert "base64" in answer["body"]


def test_a_body_that_is_not_utf_8_is_text_with_a_sign_and_no_json():
    request = Request(body=b"\xff")
    assert request.text == "�"
    with pytest.raises(ValueError, match="utf-8"):
        request.json()


def test_json_nested_too_deeply_is_a_value_error():
    with pytest.raises(ValueError, match="deeply"):
        Request(body=b"[" * 200_000).json()


@pytest.mark.parametrize(
    "wrong", [{}, {"name": "Viktor"}, [], None, "x", {"requestContext": {"http": 1}}]
)
def test_what_is_no_http_event_is_a_400_that_says_so(wrong):
    answer = http_function(lambda request: "never")(wrong)
    assert answer["statusCode"] == 400
    assert "HTTP" in json.loads(answer["body"])["error"]


@pytest.mark.parametrize(
    ("result", "body", "kind"),
    [
        ("hello", "hello", "text/plain; charset=utf-8"),
        ({"a": "ä"}, '{"a": "ä"}', "application/json"),
        (Response([1]), "[1]", "application/json"),
        (Response("<p>", headers={"Content-Type": "text/html"}), "<p>", "text/html"),
    ],
)
def test_the_response_is_always_whole(result, body, kind):
    answer = http_function(lambda request: result)({"httpMethod": "GET"})
    assert set(answer) == FIELDS
    assert (answer["body"], answer["headers"]["content-type"]) == (body, kind)
    assert answer["statusCode"] == 200
    assert answer["isBase64Encoded"] is False


@given(st.binary())
def test_bytes_travel_as_base64(body):
    answer = write_response(Response(body, status=201))
    assert answer["isBase64Encoded"] is True
    assert base64.b64decode(answer["body"]) == body
    json.dumps(answer)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
)
keys = st.sampled_from(
    ["httpMethod", "headers", "multiValueHeaders", "body", "isBase64Encoded", "rawPath",
     "rawQueryString", "queryStringParameters", "requestContext"]
)  # fmt: skip


@given(st.dictionaries(keys, json_values))
def test_no_event_makes_the_handler_raise(strange):
    answer = http_function(lambda request: request.text)(strange)
    assert set(answer) == FIELDS
    assert answer["statusCode"] in (200, 400)


@given(st.dictionaries(keys, json_values))
def test_no_http_event_makes_the_handler_raise(strange):
    answer = http_function(lambda request: request.text)(strange | {"httpMethod": "POST"})
    assert answer["statusCode"] in (200, 400)
