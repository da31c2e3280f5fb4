"""Answers as they really come: with notices before the JSON, cut off, or not JSON at all."""

from __future__ import annotations

import pytest

from core.errors import Malformed
from core.exchange import Outgoing, Response, compose


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": 7}',
        b'\xef\xbb\xbf{"id": 7}',
        b'\n\n  {"id": 7}\n',
        b'<br />\n<b>Notice</b>: Undefined index: x in <b>/var/www/a.php</b> on line <b>9</b><br />\n{"id": 7}',
        b'PHP Warning:  Undefined array key "[0]" in {closure}() on line 3\n{"id": 7}',
        b'Warning: array [] given, {} expected\n{"id": 7}',
        b'{"id": 7}\n<!-- page generated in 0.2 s -->',
    ],
)
def test_json_is_found_past_what_stands_around_it(body: bytes) -> None:
    assert Response(status=200, body=body).json() == {"id": 7}


def test_a_list_is_found_past_a_notice() -> None:
    body = b"<b>Deprecated</b>: Function strftime() is deprecated<br />[1, 2]"

    assert Response(status=200, body=body).json() == [1, 2]


@pytest.mark.parametrize("body", [b"", b"<html><h1>502 Bad gateway</h1></html>", b'{"id": 7', b"\xff\xfe", b"{" * 9999])
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        Response(status=200, body=body).json()

    assert caught.value.code == "not_json"
    assert caught.value.where == "status 200"


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><script>\n{}\n</script>",
        b"<html>\n[]\n<!-- x --></html>",
        b"The store is closed. {}",
        b'{"id": 7} {"id": 8}',
    ],
)
def test_json_inside_other_text_is_not_believed(body: bytes) -> None:
    with pytest.raises(Malformed):
        Response(status=200, body=body).json()


def test_a_page_is_quoted_without_its_markup() -> None:
    body = b"<html><style>p {}</style><h1>Error establishing a database connection</h1></html>"

    with pytest.raises(Malformed, match="“Error establishing a database connection”"):
        Response(status=200, body=body).json()


def test_broken_json_is_not_quoted_as_it_may_hold_people() -> None:
    with pytest.raises(Malformed) as caught:
        Response(status=200, body=b'[{"buyer": {"name": "Ada Example", "email"').json()

    assert "Ada" not in caught.value.message


def test_a_parameter_is_appended_to_a_query_that_is_there() -> None:
    outgoing = Outgoing(method="GET", url="https://shop/?rest_route=/wc/v3", params=[("a", "b c")])

    assert outgoing.full_url() == "https://shop/?rest_route=/wc/v3&a=b%20c"


def test_a_content_type_that_was_given_is_kept() -> None:
    outgoing = compose("post", "https://shop/", json={}, headers={"content-type": "application/merge-patch+json"})

    assert outgoing.headers == {"content-type": "application/merge-patch+json"}
    assert outgoing.method == "POST"
