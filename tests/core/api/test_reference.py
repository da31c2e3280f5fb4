"""The reference: complete, true to the routes, and readable without network or scripts."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from litestar import get
from litestar.routes import HTTPRoute

from core.api import bodies
from core.api.reference.document import operations
from core.api.reference.examples import example
from core.api.reference.page import kind


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return a SQLite database: what is tested here is the same on both kinds."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'marketwright.sqlite')}"


@pytest.fixture
async def described(client):
    """Return the document as served."""
    answer = await client.get("/api/openapi.json")
    assert answer.status_code == 200
    return answer.json()


class Reader(HTMLParser):
    """Remembers what a page would load, where it leads, and what its ids are."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("href", "src"):
                self.links.append(value)
            if name == "id":
                self.ids.append(value)
            if name.startswith("on") or name == "style":
                self.handlers.append(name)


async def test_every_route_is_described_and_nothing_else(app, described):
    routes = {
        (route.path_format, method)
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path_format.startswith(("/api/v1", "/health"))
        for method in map(str.lower, set(route.methods) - {"OPTIONS"})
    }

    assert {(path, method) for path, method, _ in operations(described)} == routes


async def test_every_operation_has_words_and_a_name_of_its_own(described):
    found = [operation for _, _, operation in operations(described)]

    assert all(operation["summary"] and operation["description"] for operation in found)
    assert all(parameter["description"] for operation in found for parameter in operation.get("parameters", []))
    assert all("4XX" in operation["responses"] for operation in found)
    assert len({operation["operationId"] for operation in found}) == len(found)


async def test_every_reference_leads_somewhere_and_every_shape_is_used(described):
    text = msgspec.json.encode(described).decode()
    named = set(re.findall(r"#/components/schemas/([^\"]+)", text))

    assert named == set(described["components"]["schemas"])
    assert not any("." in name for name in named)


@pytest.mark.parametrize(
    "body", [one for one in vars(bodies).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)]
)
async def test_the_example_of_each_body_is_a_valid_body(described, body):
    schemas = described["components"]["schemas"]

    shown = example(schemas[body.__name__], schemas)

    assert shown
    assert msgspec.convert(shown, body)
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert(shown | {"misspelt": 1}, body)


async def test_the_page_needs_neither_network_nor_scripts(client):
    answer = await client.get("/api/docs")

    page = Reader()
    page.feed(answer.text)
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert not page.tags & {"script", "iframe", "img", "style"}
    assert page.handlers == []
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in page.links)
    assert "@import" not in (await client.get("/api/docs/reference.css")).text


async def test_the_page_shows_every_operation_and_its_links_lead_somewhere(client, described):
    page = Reader()
    page.feed((await client.get("/api/docs")).text)

    operation_ids = {operation["operationId"] for _, _, operation in operations(described)}
    assert operation_ids <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


async def test_the_stylesheet_is_served_as_one(client):
    answer = await client.get("/api/docs/reference.css")

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_text_in_the_document_stays_text(app, client):
    @get("/api/v1/hostile", tags=["Records"], summary="Say <script>alert(1)</script>")
    async def hostile() -> None:
        """Return "<img src=x onerror=alert(1)>"."""

    app.register(hostile)

    text = (await client.get("/api/docs")).text

    assert "<script>" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "#/components/schemas/Change"}, "Change"),
        ({"type": "array", "items": {"type": "integer"}}, "list of integer"),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        ({"enum": ["a", "b"]}, '"a" or "b"'),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({}, "any"),
    ],
)
def test_a_schema_is_said_in_a_few_words(schema, words):
    assert kind(schema) == words
