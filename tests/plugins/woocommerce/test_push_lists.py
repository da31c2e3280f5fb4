"""Writing lists: terms, images, attributes and variants, which the store replaces whole or keeps elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from marketwright import Change, Connection, Push, Pushed, RecordKind, Rejected
from marketwright.testing import Twin
from plugins.woocommerce import channel

SetTo = Callable[[str, str, Any], Awaitable[Pushed]]
PushChanges = Callable[..., Awaitable[Pushed]]
Bodies = Callable[[], list[dict[str, Any]]]


async def test_a_category_is_found_by_its_unescaped_name_and_others_stay(
    plain: str, twin: Twin, set_to: SetTo, bodies: Bodies
) -> None:
    first, second = twin.state.term("categories", "Kitchen & Dining"), twin.state.term("categories", "Books")
    await twin.state.change(plain, categories=[twin.state.term("categories", "Old"), second])

    pushed = await set_to(plain, "category", "Home > Kitchen & Dining")

    assert bodies() == [{"categories": [{"id": first["id"]}, {"id": second["id"]}]}]
    assert pushed.record.record["category"] == "Kitchen & Dining"


async def test_an_unknown_category_is_refused_because_the_store_would_uncategorise(
    plain: str, set_to: SetTo, bodies: Bodies
) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(plain, "category", "No such thing")

    assert caught.value.code == "unknown_category"
    assert bodies() == []


async def test_a_brand_and_tags_are_made_where_they_are_missing(plain: str, set_to: SetTo) -> None:
    branded = await set_to(plain, "brand", "Smith & Sons")
    tagged = await set_to(plain, "tags", ["new tag", "other"])

    assert branded.record.record["brand"] == "Smith & Sons"
    assert tagged.record.record["tags"] == ["new tag", "other"]


async def test_an_image_text_keeps_the_other_images(plain: str, twin: Twin, set_to: SetTo, bodies: Bodies) -> None:
    images = twin.state.products[1001]["images"] + twin.state.products[1002]["images"]
    await twin.state.change(plain, images=images)

    await set_to(plain, "images.1.alt", "A new text")

    sent = bodies()[0]["images"]
    assert [it["id"] for it in sent] == [it["id"] for it in images]
    assert sent[1]["alt"] == "A new text"


async def test_an_image_address_cannot_be_set(plain: str, set_to: SetTo, bodies: Bodies) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(plain, "images.0.url", "https://elsewhere.example/a.jpg")

    assert (caught.value.code, caught.value.field) == ("hosted_by_store", "images.0.url")
    assert bodies() == []


async def test_a_new_image_is_downloaded_by_the_store_and_the_others_stay(
    plain: str, twin: Twin, push: PushChanges, connection: Connection
) -> None:
    now = await channel.pull_one(connection, RecordKind.PRODUCT, plain)
    images = [*now.record["images"], {"url": "https://images.example.com/new.jpg", "alt": "New"}]

    pushed = await push(plain, Change(field="images", before=now.record["images"], after=images))

    assert pushed.record.record["images"][:-1] == now.record["images"]
    assert pushed.record.record["images"][-1]["url"].startswith(f"{twin.base_url}/wp-content/uploads/")


async def test_an_image_that_the_store_cannot_download_stores_nothing(
    plain: str, twin: Twin, connection: Connection, push: PushChanges
) -> None:
    before = twin.state.products[int(plain)]["name"]
    now = await channel.pull_one(connection, RecordKind.PRODUCT, plain)
    images = [*now.record["images"], {"url": "https://unreachable.example/a.jpg"}]

    with pytest.raises(Rejected) as caught:
        await push(
            plain,
            Change(field="images", before=now.record["images"], after=images),
            Change(field="title", before=now.record["title"], after="With a picture"),
        )

    assert caught.value.field == "images"
    assert twin.state.products[int(plain)]["name"] == before


async def test_an_attribute_is_changed_and_the_others_stay(plain: str, twin: Twin, set_to: SetTo) -> None:
    before = [it["name"] for it in twin.state.products[int(plain)]["attributes"]]

    changed = await set_to(plain, "attributes.Material", "steel")
    added = await set_to(plain, "attributes.Approx. weight", ["1 kg", "2 kg"])

    assert changed.record.record["attributes"]["Material"] == "steel"
    assert added.record.record["attributes"]["Approx. weight"] == ["1 kg", "2 kg"]
    assert [it["name"] for it in twin.state.products[int(plain)]["attributes"]] == [*before, "Approx. weight"]


async def test_one_variant_is_written_to_its_own_address(
    variable: str, twin: Twin, set_to: SetTo, bodies: Bodies
) -> None:
    parts = twin.state.products[int(variable)]["variations"]

    pushed = await set_to(variable, "variants.1.price", "33.30")

    writes = [it for it in twin.requests if it.method == "PUT"]
    assert [it.path for it in writes] == [f"/wp-json/wc/v3/products/{variable}/variations/{parts[1]}"]
    assert bodies() == [{"regular_price": "33.30"}]
    assert pushed.record.record["variants"][1]["price"] == "33.30"


async def test_several_variants_go_in_one_batch_and_a_refusal_names_its_variant(
    variable: str, twin: Twin, connection: Connection, push: PushChanges
) -> None:
    now = await channel.pull_one(connection, RecordKind.PRODUCT, variable)
    taken = now.record["variants"][0]["sku"]
    changes = [
        Change(field="variants.1.gtin", before=now.record["variants"][1]["gtin"], after="4006381333931"),
        Change(field="variants.2.sku", before=now.record["variants"][2]["sku"], after=taken),
    ]

    with pytest.raises(Rejected) as caught:
        await push(variable, *changes)

    assert caught.value.field == "variants.2.sku"
    assert [it.path.rpartition("/")[2] for it in twin.requests if it.method == "POST"] == ["batch"]


async def test_a_variant_is_found_again_after_another_was_deleted(
    variable: str, twin: Twin, connection: Connection
) -> None:
    now = await channel.pull_one(connection, RecordKind.PRODUCT, variable)
    first = twin.state.products[int(variable)]["variations"].pop(0)
    del twin.state.variations[first]
    change = Change(field="variants.1.quantity", before=now.record["variants"][1]["quantity"], after=77)

    pushed = await channel.push_product(  # type: ignore[misc]
        connection, Push(external_id=variable, record=now.record, raw=now.raw, changes=(change,))
    )

    changed = next(it for it in pushed.record.record["variants"] if it["quantity"] == 77)
    assert changed["external_id"] == now.record["variants"][1]["external_id"]


async def test_the_price_of_a_variable_product_is_its_variants(variable: str, set_to: SetTo) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(variable, "price", "99.00")

    assert caught.value.code == "on_variants"
