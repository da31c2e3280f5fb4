"""A push writes what was to be changed, reads back, and says where Shopify keeps another value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from marketwright import Change, Conflict, Connection, Push, Pushed, Rejected, SourceRecord
from marketwright.testing import Answer, Twin
from plugins.shopify import products, products_push

Opened = Callable[..., Any]


async def product(twin: Twin, connection: Connection, *, simple: bool = True) -> SourceRecord:
    number = next(it.id for it in twin.state.shop.products.values() if it.simple is simple)
    return await products.pull_one(connection, str(number))


async def pushed(connection: Connection, source: SourceRecord, **changes: Any) -> Pushed:
    wanted = tuple(Change(field=name.replace("__", "."), before=None, after=after) for name, after in changes.items())
    return await products_push.push(
        connection,
        Push(external_id=source.external_id, record=source.record, raw=source.raw, changes=wanted),
    )


def operations(twin: Twin) -> list[str]:
    return [request.json()["operationName"] for request in twin.requests]


def sent(twin: Twin, name: str) -> Any:
    return next(it.json()["variables"] for it in twin.requests if it.json()["operationName"] == name)


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("title", "A plain skillet", "A plain skillet"),
        ("description", "<p>Heavy.</p>", "<p>Heavy.</p>"),
        ("description", None, ""),
        ("brand", "Hearthmoor Ltd", "Hearthmoor Ltd"),
        ("product_type", "Pans", "Pans"),
        ("handle", "a-plain-skillet", "a-plain-skillet"),
        ("status", "draft", "draft"),
        ("tags", ["pan", "Iron", "iron"], ["Iron", "pan"]),
        ("price", "12.5", "12.50"),
        ("price", 12, "12.00"),
        ("compare_at_price", "99.00", "99.00"),
        ("compare_at_price", None, None),
        ("gtin", "4006381333931", "4006381333931"),
        ("sku", "PAN-1", "PAN-1"),
        ("weight", {"value": 1.25, "unit": "kg"}, {"value": 1.25, "unit": "kg"}),
        ("weight__unit", "lb", None),
        ("quantity", 5, 5),
        ("attributes__seo_title", "Skillet", None),
        ("attributes__hs_code", "732391", None),
        ("attributes__requires_shipping", False, None),
        ("attributes__inventory_policy", "continue", None),
    ],
)
async def test_every_field_of_a_simple_product_can_be_written(
    opened: Opened, field: str, value: Any, stored: Any
) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection)

        result = await pushed(connection, source, **{field: value})

    record = result.record.record
    name, _, part = field.partition("__")
    assert (record[name][part] if part else record.get(name)) == (value if part else stored)
    others = {it for it in record.keys() | source.record.keys() if record.get(it) != source.record.get(it)}
    assert others - {"updated_at"} <= {name, "url"}


async def test_only_the_changed_field_is_sent(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection)
        twin.requests.clear()

        await pushed(connection, source, price="12.50")

    assert operations(twin) == ["UpdateVariants", "Product"]
    variant = source.raw["variants"]["nodes"][0]["id"]
    assert sent(twin, "UpdateVariants")["variants"] == [{"id": variant, "price": "12.50"}]


async def test_variants_are_written_by_their_place_in_the_record(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection, simple=False)

        result = await pushed(
            connection, source, variants__1__gtin="4006381333931", variants__0__price="7", variants__1__sku="X-1"
        )

    variants = result.record.record["variants"]
    assert (variants[1]["gtin"], variants[1]["sku"], variants[0]["price"]) == ("4006381333931", "X-1", "7.00")
    assert variants[0]["gtin"] == source.record["variants"][0]["gtin"]
    assert operations(twin).count("UpdateVariants") == 1


async def test_options_are_renamed_at_the_product_and_chosen_at_the_variant(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection, simple=False)
        name = source.record["options"][0]["name"]

        chosen = await pushed(connection, source, **{f"variants__0__options__{name}": "Special"})
        renamed = await pushed(connection, chosen.record, options__0__name="Format")

    assert chosen.record.record["variants"][0]["options"][name] == "Special"
    assert renamed.record.record["options"][0]["name"] == "Format"


async def test_one_tag_is_corrected_within_the_whole_list(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection)

        result = await pushed(connection, source, tags__0="corrected")

    assert sorted(result.record.record["tags"]) == sorted(["corrected", *source.record["tags"][1:]])


async def test_a_category_is_found_by_its_full_name(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection)
        gid, name = next((k, v) for k, v in twin.state.shop.categories.items() if v != source.record["category"])

        result = await pushed(connection, source, category=name)
        with pytest.raises(Rejected) as caught:
            await pushed(connection, source, category="Garden gnomes")

    assert result.record.record["category"] == name
    assert sent(twin, "UpdateProduct")["product"]["category"] == gid
    assert (caught.value.code, caught.value.field) == ("unknown_category", "category")


async def test_images_are_described_added_and_taken_off(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection)
        images = source.record["images"]

        described = await pushed(connection, source, images__0__alt="A skillet on a stove")
        fresh = {"url": "https://images.example.com/new.jpg", "alt": "From below"}
        changed = await pushed(connection, described.record, images=[*described.record.record["images"][1:], fresh])

    assert described.record.record["images"][0]["alt"] == "A skillet on a stove"
    after = changed.record.record["images"]
    assert [it["alt"] for it in after] == [*(it["alt"] for it in images[1:]), "From below"]


async def test_an_image_is_not_added_twice_by_a_job_that_runs_twice(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection)
        images = [*source.record["images"], {"url": "https://images.example.com/new.jpg", "alt": "From below"}]
        await pushed(connection, source, images=images)

        with pytest.raises(Conflict):
            await pushed(connection, source, images=images)
        now = await products.pull_one(connection, source.external_id)

    assert len(now.record["images"]) == len(images)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("currency", "USD", "not_writable"),
        ("images__0__width", 5, "not_writable"),
        ("mpn", "X", "not_writable"),
        ("weight", {"value": 3, "unit": "stone"}, "bad_unit"),
        ("weight", {"value": "heavy", "unit": "kg"}, "not_a_number"),
        ("price", "12,50", "not_a_number"),
        ("quantity", 1.5, "not_a_number"),
        ("status", "sold out", "rejected"),
        ("variants__7__price", "1.00", "bad_path"),
    ],
)
async def test_what_cannot_be_written_is_refused_before_anything_is_sent(
    opened: Opened, field: str, value: Any, code: str
) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection)
        twin.requests.clear()

        with pytest.raises(Rejected) as caught:
            await pushed(connection, source, **{field: value})

    assert (caught.value.code, caught.value.field) == (code, field.replace("__", "."))
    assert twin.requests == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "t" * 256),
        ("brand", "v" * 256),
        ("price", "-1.00"),
        ("compare_at_price", "1000000000000000000"),
        ("gtin", "1" * 256),
        ("sku", "s" * 256),
    ],
)
async def test_what_shopify_refuses_names_our_field(opened: Opened, field: str, value: Any) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection)

        with pytest.raises(Rejected) as caught:
            await pushed(connection, source, **{field: value})

    assert caught.value.field == field
    assert caught.value.message.startswith("Shopify refused it: ")


async def test_a_refused_variant_is_named_by_its_place_in_the_record(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection, simple=False)

        with pytest.raises(Rejected) as caught:
            await pushed(connection, source, variants__1__price="-5")

    assert caught.value.field == "variants.1.price"


async def test_a_value_that_is_stored_differently_is_a_refusal(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection)

        with pytest.raises(Rejected) as caught:
            await pushed(connection, source, handle="Not A Handle!")

    assert (caught.value.code, caught.value.field) == ("stored_differently", "handle")
    assert caught.value.detail == {"wanted": "Not A Handle!", "stored": "not-a-handle"}


async def test_a_quantity_at_several_locations_is_not_guessed(opened: Opened) -> None:
    async with opened(size=300) as (twin, connection):
        many = next(
            (it.id, place)
            for it in twin.state.shop.products.values()
            for place, variant in enumerate(it.variants)
            if len(variant.item.levels) > 1
        )
        source = await products.pull_one(connection, str(many[0]))

        with pytest.raises(Rejected) as caught:
            await pushed(connection, source, **{f"variants__{many[1]}__quantity": 3})

    assert (caught.value.code, caught.value.field) == ("several_locations", f"variants.{many[1]}.quantity")


async def test_a_quantity_that_was_sold_meanwhile_is_a_conflict(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection)
        before = source.record["quantity"]
        item = twin.state.shop.products[int(source.external_id)].variants[0].item
        await twin.state.shop.set_available(item, 68509171945, before + 40)
        change = Change(field="quantity", before=before, after=before + 1)

        with pytest.raises(Conflict) as caught:
            await products_push.push(
                connection,
                Push(external_id=source.external_id, record=source.record, raw=source.raw, changes=(change,)),
            )

    assert caught.value.versions == {"before": before, "after": before + 1, "now": before + 40}


async def test_more_variants_than_one_call_takes_go_in_several(opened: Opened) -> None:
    async with opened() as (twin, connection):
        source = await product(twin, connection, simple=False)
        template = source.raw["variants"]["nodes"][0]
        nodes = [{**template, "id": f"gid://shopify/ProductVariant/{number}"} for number in range(1, 301)]
        many = products.to_record({**source.raw, "variants": {"nodes": nodes}})
        done = {"productVariantsBulkUpdate": {"productVariants": [], "userErrors": []}}
        twin.requests.clear()
        twin.faults.reply(lambda request: Answer(json={"data": done}), 2)

        with pytest.raises(Rejected):
            await pushed(connection, many, **{f"variants__{number}__price": "3.00" for number in range(300)})

    sizes = [len(it.json()["variables"]["variants"]) for it in twin.requests[:2]]
    assert sizes == [250, 50]
