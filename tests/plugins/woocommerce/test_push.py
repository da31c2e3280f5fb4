"""Writing: only what changed, and nothing is believed that the store did not keep."""

from __future__ import annotations

import json
from typing import Any

import pytest

from marketwright import Change, Conflict, Connection, NeedsAttention, NotFound, Push, Pushed, RecordKind, Rejected
from marketwright.testing import Answer, Request, Twin
from plugins.woocommerce import channel, paths

SIMPLE = "1001"


async def push(connection: Connection, external_id: str, *changes: Change) -> Pushed:
    """Push changes of a product as it is now."""
    now = await channel.pull_one(connection, RecordKind.PRODUCT, external_id)
    wanted = Push(external_id=external_id, record=now.record, raw=now.raw, changes=changes)
    return await channel.push_product(connection, wanted)  # type: ignore[misc]


async def set_to(connection: Connection, external_id: str, field: str, value: Any) -> Pushed:
    """Push one field, whatever it was before."""
    now = await channel.pull_one(connection, RecordKind.PRODUCT, external_id)
    return await push(connection, external_id, Change(field=field, before=paths.get(now.record, field), after=value))


def bodies(twin: Twin) -> list[dict[str, Any]]:
    """Return the bodies that were sent to change something."""
    return [json.loads(it.body) for it in twin.requests if it.method in {"PUT", "POST"}]


@pytest.fixture
def variable(twin: Twin) -> str:
    """Return the id of a product with several variations."""
    return next(str(key) for key, it in twin.state.products.items() if len(it["variations"]) > 2)


@pytest.fixture
def simple(twin: Twin) -> str:
    """Return the id of a product without variations."""
    return next(str(key) for key, it in twin.state.products.items() if it["type"] == "simple" and it["brands"])


FIELDS: list[tuple[str, Any, dict[str, Any]]] = [
    ("title", "A & B", {"name": "A & B"}),
    ("description", "<p>New &amp; better<br /></p>", {"description": "<p>New &amp; better<br /></p>"}),
    ("sku", "NEW-1", {"sku": "NEW-1"}),
    ("gtin", "4006381333931", {"global_unique_id": "4006381333931"}),
    ("status", "draft", {"status": "draft"}),
    ("handle", "new-handle", {"slug": "new-handle"}),
    ("tax_class", "reduced-rate", {"tax_class": "reduced-rate"}),
    ("price", "10.45", {"regular_price": "10.45"}),
    ("quantity", 42, {"manage_stock": True, "stock_quantity": 42}),
    ("quantity", None, {"manage_stock": False}),
    ("weight", {"value": "500", "unit": "g"}, {"weight": "0.5"}),
    ("weight.value", 1.25, {"weight": "1.25"}),
    ("dimensions.length", "12.5", {}),
    ("attributes.short_description", "Short", {"short_description": "Short"}),
    ("attributes.catalog_visibility", "hidden", {"catalog_visibility": "hidden"}),
]


@pytest.mark.parametrize(("field", "value", "sent"), FIELDS)
async def test_each_field_is_written_under_its_name_and_nothing_else(
    field: str, value: Any, sent: dict[str, Any], simple: str, twin: Twin, connection: Connection
) -> None:
    await twin.state.change(simple, sale_price="", regular_price="9.00")

    pushed = await set_to(connection, simple, field, value)

    assert len(bodies(twin)) == 1
    assert not sent or bodies(twin)[0] == sent
    fresh = await channel.pull_one(connection, RecordKind.PRODUCT, simple)
    assert pushed.record == fresh


async def test_what_is_already_so_is_not_written(simple: str, twin: Twin, connection: Connection) -> None:
    now = await channel.pull_one(connection, RecordKind.PRODUCT, simple)

    await push(connection, simple, Change(field="title", before="older", after=now.record["title"]))

    assert bodies(twin) == []


async def test_a_field_that_was_edited_meanwhile_is_a_conflict(
    simple: str, twin: Twin, connection: Connection
) -> None:
    now = await channel.pull_one(connection, RecordKind.PRODUCT, simple)
    await twin.state.change(simple, name="By the merchant")
    change = Change(field="title", before=now.record["title"], after="Ours")

    with pytest.raises(Conflict) as caught:
        await channel.push_product(  # type: ignore[misc]
            connection, Push(external_id=simple, record=now.record, raw=now.raw, changes=(change,))
        )

    assert caught.value.versions["now"] == "By the merchant"
    assert bodies(twin) == []


@pytest.mark.parametrize("value", ["11,95", "abc", "1 000.00", "10.", "1e3", True, float("nan")])
async def test_a_price_that_the_store_would_mangle_is_never_sent(
    value: Any, simple: str, twin: Twin, connection: Connection
) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(connection, simple, "price", value)

    assert caught.value.field == "price"
    assert bodies(twin) == []


@pytest.mark.parametrize(("value", "text"), [(10.5, "10.5"), (12, "12"), ("0.10", "0.10")])
async def test_a_price_goes_out_as_text(
    value: Any, text: str, simple: str, twin: Twin, connection: Connection
) -> None:
    await twin.state.change(simple, sale_price="", regular_price="9.00")

    await set_to(connection, simple, "price", value)

    assert bodies(twin) == [{"regular_price": text}]


async def test_a_price_during_a_sale_changes_the_sale_price(simple: str, twin: Twin, connection: Connection) -> None:
    await twin.state.change(simple, regular_price="12.00", sale_price="8.40")

    await set_to(connection, simple, "price", "8.50")

    assert bodies(twin) == [{"sale_price": "8.50"}]


async def test_a_compare_at_price_starts_a_sale_and_its_removal_ends_it(
    simple: str, twin: Twin, connection: Connection
) -> None:
    await twin.state.change(simple, regular_price="8.00", sale_price="")

    started = await set_to(connection, simple, "compare_at_price", "12.00")
    ended = await set_to(connection, simple, "compare_at_price", None)

    assert (started.record.record["price"], started.record.record["compare_at_price"]) == ("8.00", "12.00")
    assert (ended.record.record["price"], ended.record.record["compare_at_price"]) == ("8.00", None)
    assert bodies(twin)[1] == {"regular_price": "8.00", "sale_price": ""}


async def test_a_sale_above_the_regular_price_is_refused_before_the_store_drops_it(
    simple: str, twin: Twin, connection: Connection
) -> None:
    await twin.state.change(simple, regular_price="10.00", sale_price="")

    with pytest.raises(Rejected) as caught:
        await set_to(connection, simple, "compare_at_price", "9.00")

    assert caught.value.code == "sale_above_regular"
    assert bodies(twin) == []


async def test_a_script_that_the_store_strips_is_not_stored_and_said_so(
    simple: str, connection: Connection
) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(connection, simple, "description", "<p>ok<script>alert(1)</script></p>")

    assert (caught.value.code, caught.value.field) == ("not_stored", "description")
    assert caught.value.detail["stored"] == "<p>okalert(1)</p>"


async def test_a_gtin_of_letters_that_the_store_empties_is_said(simple: str, connection: Connection) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(connection, simple, "gtin", "ABC")

    assert (caught.value.code, caught.value.field) == ("not_stored", "gtin")


@pytest.mark.parametrize("modes", [{"version": 8}])
async def test_a_gtin_that_an_older_store_ignores_is_said(twin: Twin, connection: Connection) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(connection, SIMPLE, "gtin", "4006381333931")

    assert (caught.value.code, caught.value.field) == ("not_stored", "gtin")


async def test_a_duplicate_sku_names_the_field_and_the_holder(
    simple: str, twin: Twin, connection: Connection
) -> None:
    other = next(it for key, it in twin.state.products.items() if str(key) != simple)

    with pytest.raises(Rejected) as caught:
        await set_to(connection, simple, "sku", other["sku"])

    assert (caught.value.field, caught.value.detail["resource_id"]) == ("sku", other["id"])


async def test_a_sku_in_the_trash_stays_taken(simple: str, twin: Twin, connection: Connection) -> None:
    other = next(it for key, it in twin.state.products.items() if str(key) != simple)
    await twin.state.trash(other["id"])

    with pytest.raises(Rejected):
        await set_to(connection, simple, "sku", other["sku"])


async def test_a_category_is_found_by_its_unescaped_name_and_others_stay(
    simple: str, twin: Twin, connection: Connection
) -> None:
    first, second = twin.state.term("categories", "Kitchen & Dining"), twin.state.term("categories", "Books")
    await twin.state.change(simple, categories=[twin.state.term("categories", "Old"), second])

    pushed = await set_to(connection, simple, "category", "Home > Kitchen & Dining")

    assert bodies(twin) == [{"categories": [{"id": first["id"]}, {"id": second["id"]}]}]
    assert pushed.record.record["category"] == "Kitchen & Dining"


async def test_an_unknown_category_is_refused_because_the_store_would_uncategorise(
    simple: str, twin: Twin, connection: Connection
) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(connection, simple, "category", "No such thing")

    assert caught.value.code == "unknown_category"
    assert bodies(twin) == []


async def test_a_brand_and_tags_are_made_where_they_are_missing(
    simple: str, twin: Twin, connection: Connection
) -> None:
    branded = await set_to(connection, simple, "brand", "Smith & Sons")
    tagged = await set_to(connection, simple, "tags", ["new tag", "other"])

    assert branded.record.record["brand"] == "Smith & Sons"
    assert tagged.record.record["tags"] == ["new tag", "other"]


async def test_an_image_text_keeps_the_other_images(simple: str, twin: Twin, connection: Connection) -> None:
    images = twin.state.products[1001]["images"] + twin.state.products[1002]["images"]
    await twin.state.change(simple, images=images)

    await set_to(connection, simple, "images.1.alt", "A new text")

    sent = bodies(twin)[0]["images"]
    assert [it["id"] for it in sent] == [it["id"] for it in images]
    assert sent[1]["alt"] == "A new text"


async def test_an_image_that_the_store_cannot_download_stores_nothing(
    simple: str, twin: Twin, connection: Connection
) -> None:
    before = twin.state.products[int(simple)]["name"]
    now = await channel.pull_one(connection, RecordKind.PRODUCT, simple)
    images = [*now.record["images"], {"url": "https://unreachable.example/a.jpg"}]

    with pytest.raises(Rejected) as caught:
        await push(
            connection,
            simple,
            Change(field="images", before=now.record["images"], after=images),
            Change(field="title", before=now.record["title"], after="With a picture"),
        )

    assert caught.value.field == "images"
    assert twin.state.products[int(simple)]["name"] == before


async def test_an_attribute_is_changed_and_the_others_stay(simple: str, twin: Twin, connection: Connection) -> None:
    before = [it["name"] for it in twin.state.products[int(simple)]["attributes"]]

    changed = await set_to(connection, simple, "attributes.Material", "steel")
    added = await set_to(connection, simple, "attributes.Approx. weight", ["1 kg", "2 kg"])

    assert changed.record.record["attributes"]["Material"] == "steel"
    assert added.record.record["attributes"]["Approx. weight"] == ["1 kg", "2 kg"]
    assert [it["name"] for it in twin.state.products[int(simple)]["attributes"]] == [*before, "Approx. weight"]


async def test_one_variant_is_written_to_its_own_address(
    variable: str, twin: Twin, connection: Connection
) -> None:
    parts = twin.state.products[int(variable)]["variations"]

    pushed = await set_to(connection, variable, "variants.1.price", "33.30")

    writes = [it for it in twin.requests if it.method == "PUT"]
    assert [it.path for it in writes] == [f"/wp-json/wc/v3/products/{variable}/variations/{parts[1]}"]
    assert bodies(twin) == [{"regular_price": "33.30"}]
    assert pushed.record.record["variants"][1]["price"] == "33.30"


async def test_several_variants_go_in_one_batch_and_a_refusal_names_its_variant(
    variable: str, twin: Twin, connection: Connection
) -> None:
    now = await channel.pull_one(connection, RecordKind.PRODUCT, variable)
    taken = now.record["variants"][0]["sku"]
    changes = [
        Change(field="variants.1.gtin", before=now.record["variants"][1]["gtin"], after="4006381333931"),
        Change(field="variants.2.sku", before=now.record["variants"][2]["sku"], after=taken),
    ]

    with pytest.raises(Rejected) as caught:
        await push(connection, variable, *changes)

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


async def test_the_price_of_a_variable_product_is_its_variants(variable: str, connection: Connection) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(connection, variable, "price", "99.00")

    assert caught.value.code == "on_variants"


@pytest.mark.parametrize("field", ["mpn", "condition", "warranty_months", "options", "bullets"])
async def test_what_woocommerce_has_no_field_for_is_refused(
    field: str, simple: str, twin: Twin, connection: Connection
) -> None:
    with pytest.raises(Rejected) as caught:
        await set_to(connection, simple, field, "x")

    assert (caught.value.code, caught.value.field) == ("unsupported_field", field)
    assert bodies(twin) == []


async def test_a_product_that_is_gone_is_not_found(connection: Connection, simple: str) -> None:
    now = await channel.pull_one(connection, RecordKind.PRODUCT, simple)
    change = Change(field="title", before=now.record["title"], after="x")

    with pytest.raises(NotFound):
        await channel.push_product(  # type: ignore[misc]
            connection, Push(external_id="999", record=now.record, raw=now.raw, changes=(change,))
        )


@pytest.mark.parametrize("modes", [{"permissions": "read"}])
async def test_a_key_that_may_not_write_asks_for_a_person(simple: str, connection: Connection) -> None:
    with pytest.raises(NeedsAttention) as caught:
        await set_to(connection, simple, "title", "x")

    assert caught.value.missing == ("write",)


async def test_an_answer_that_lies_is_found_by_reading_again(simple: str, twin: Twin, connection: Connection) -> None:
    def ignore(request: Request) -> Answer:
        return Answer(200, json={**twin.state.products[int(simple)], **json.loads(request.body)})

    twin.faults.reply(ignore, match=lambda request: request.method == "PUT")

    with pytest.raises(Rejected) as caught:
        await set_to(connection, simple, "title", "Never stored")

    assert caught.value.code == "not_stored"


async def test_shortcodes_survive_a_correction_of_the_description(
    simple: str, twin: Twin, connection: Connection
) -> None:
    await twin.state.change(simple, description="Mug [gallery ids=1]  for  tea")

    pushed = await set_to(connection, simple, "description", "Mug [gallery ids=1] for tea")

    assert twin.state.products[int(simple)]["description"] == "Mug [gallery ids=1] for tea"
    assert pushed.record.record["description"] == "Mug [gallery ids=1] for tea"
