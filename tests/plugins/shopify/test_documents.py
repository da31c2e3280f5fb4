"""Every document of ours is valid in Shopify's own schema."""

from __future__ import annotations

import pytest
from graphql import GraphQLSchema, NoDeprecatedCustomRule, OperationDefinitionNode, parse, specified_rules, validate

from plugins.shopify.documents import Document


def test_every_document_is_valid_in_the_official_schema(schema: GraphQLSchema, documents: dict[str, Document]) -> None:
    errors = {name: validate(schema, parse(it.text)) for name, it in documents.items()}

    assert len(errors) == 25
    assert {name: found for name, found in errors.items() if found} == {}


def test_no_document_asks_for_a_deprecated_field(schema: GraphQLSchema, documents: dict[str, Document]) -> None:
    rules = [*specified_rules, NoDeprecatedCustomRule]
    errors = {name: validate(schema, parse(it.text), rules) for name, it in documents.items()}

    assert {name: found for name, found in errors.items() if found} == {}


def test_a_document_is_named_as_its_only_operation(documents: dict[str, Document]) -> None:
    named = {
        name: [
            part.name.value
            for part in parse(it.text).definitions
            if isinstance(part, OperationDefinitionNode) and part.name
        ]
        for name, it in documents.items()
    }

    assert named == {name: [name] for name in documents}


def test_products_are_never_replaced_whole(documents: dict[str, Document]) -> None:
    assert not [name for name, it in documents.items() if "productSet" in it.text]


def test_stock_is_set_with_the_directive_that_is_required_since_2026_04(documents: dict[str, Document]) -> None:
    assert "inventorySetQuantities(input: $input) @idempotent(key: $key)" in documents["SetStock"].text


@pytest.mark.parametrize("name", ["CreateFulfillment"])
def test_what_would_happen_twice_is_not_repeated(documents: dict[str, Document], name: str) -> None:
    assert [it.name for it in documents.values() if not it.idempotent] == [name]
