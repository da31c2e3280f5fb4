"""What is sent is held against the platform's own description, and recorded answers are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from marketwright.testing import Described, Request, exchanges

DOCUMENT: dict[str, Any] = yaml.safe_load("""
openapi: 3.0.3
info: {title: Acme, version: "1"}
servers: [{url: "https://api.acme.example"}]
security: [{key: []}]
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  parameters: {limit: {name: limit, in: query, schema: {type: integer, maximum: 50}}}
paths:
  /products:
    get:
      parameters: [{$ref: "#/components/parameters/limit"}]
      responses: {"200": {description: fine}}
  /products/{id}:
    put:
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [name], properties: {name: {type: string}}}}}
      responses: {"200": {description: fine}}
""")
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def described() -> Described:
    return Described(DOCUMENT, base_path="/v1")


def get(path: str, *query: tuple[str, str]) -> Request:
    return Request(method="GET", path=path, query=query)


def put(path: str, body: bytes) -> Request:
    return Request(method="PUT", path=path, headers=JSON, body=body)


def test_what_the_description_allows_is_no_problem(described: Described) -> None:
    sound = [get("/v1/products", ("limit", "50")), put("/v1/products/7", b'{"name": "Kettle"}'), get("/oauth/token")]

    assert described.problems(sound) == []


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (get("/v1/products", ("limit", "51")), "limit"),
        (get("/v1/products", ("pages", "2")), "there is no parameter pages"),
        (get("/v1/produce"), "GET /produce"),
        (put("/v1/products/7", b'{"name": 7}'), "name: 7 is not of type 'string'"),
        (put("/v1/products/7", b"{}"), "'name' is a required property"),
        (put("/v1/products/seven", b'{"name": "Kettle"}'), "id"),
    ],
)
def test_what_it_does_not_allow_is_named(described: Described, request_: Request, said: str) -> None:
    (problem,) = described.problems([request_, request_])

    assert said in problem


def test_an_official_description_is_read_as_it_is_published(shared: Path) -> None:
    text = (shared / "specs/bigcommerce/products_catalog.v3.yml").read_text(encoding="utf-8")
    official = Described(yaml.safe_load(text), base_path="/stores/twin/v3")
    sound = get("/stores/twin/v3/catalog/products", ("limit", "50"), ("include", "variants,images"))
    wrong = get("/stores/twin/v3/catalog/products", ("per_page", "50"))

    assert official.problems([sound]) == []
    assert official.problems([wrong]) == ["GET /catalog/products: there is no parameter per_page"]


@pytest.mark.parametrize("platform", ["woocommerce", "prestashop", "opencart"])
def test_recorded_exchanges_are_read(shared: Path, platform: str) -> None:
    found = exchanges(shared / "captures" / platform)

    assert len(found) > 10
    assert {it.method for it in found} >= {"GET"} or platform == "opencart"
    assert all(100 <= it.response.status < 600 for it in found)
