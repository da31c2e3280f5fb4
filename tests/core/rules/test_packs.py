"""Folders of packs: versions, inheritance, places."""

from __future__ import annotations

import pytest

from core.errors import NotFound, RulepackError
from core.model.records import RecordKind
from core.rules import Library
from core.rules.diff import diff, impact
from core.rules.folders import PackFolder

RULE = """  - id: {id}
    title: Title of {id}
    kind: product
    category: format_validation
    severity: error
    field: title
    check: {{max_length: {limit}}}
    message: no
    source: test
    cases: [{{fail: {{title: "{text}"}}}}]
"""


def write(folder, channel, version, rules, head=""):
    file = folder / channel / f"{version}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    written = "".join(RULE.format(id=name, limit=limit, text="x" * (limit + 1)) for name, limit in rules.items())
    file.write_text(f"rulepack: {channel}\nversion: {version}\n{head}rules:\n{written or '  []'}\n")
    return file


def test_the_newest_version_is_the_default_and_others_stay(tmp_path):
    for version in ("2026.09", "2026.11", "2026.11.2", "2025.12"):
        write(tmp_path, "demo", version, {"title.length": 5})

    library = Library.open([tmp_path])

    assert library.versions("demo") == ("2026.11.2", "2026.11", "2026.09", "2025.12")
    assert library.pack("demo").name == "demo@2026.11.2"
    assert library.pack("demo", "2025.12").name == "demo@2025.12"


def test_a_channel_without_a_pack_gets_common_and_a_version_that_is_not_there_is_not_found(tmp_path):
    write(tmp_path, "common", "2026.11", {"title.length": 5})

    library = Library.open([tmp_path])

    assert library.pack("etsy").name == "common@2026.11"
    with pytest.raises(NotFound, match=r"etsy@2026\.11"):
        library.pack("etsy", "2026.11")
    with pytest.raises(NotFound, match=r"there is 2026\.11"):
        library.pack("common", "2026.12")


def test_a_pack_replaces_and_leaves_out_what_it_inherits(tmp_path):
    write(tmp_path, "common", "2026.11", {"title.a": 5, "title.b": 5, "title.c": 5})
    head = "extends: common@2026.11\nwithout: [title.b]\n"
    write(tmp_path, "demo", "2026.11", {"title.c": 9, "title.d": 5}, head)

    pack = Library.open([tmp_path]).pack("demo")

    assert [(rule.id, rule.arguments["limit"], rule.pack) for rule in pack.rules] == [
        ("title.a", 5, "common@2026.11"),
        ("title.c", 9, "demo@2026.11"),
        ("title.d", 5, "demo@2026.11"),
    ]
    assert {found.pack for found in pack.evaluate(RecordKind.PRODUCT, {"title": "x" * 10})} == {"demo@2026.11"}


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("extends: nothing@2026.11\n", "does not exist"),
        ("extends: demo@2026.11\n", "extends it in turn"),
        ("extends: common@2026.11\nwithout: [title.z]\n", "without names title.z"),
    ],
)
def test_inheritance_that_cannot_be_is_refused(tmp_path, head, reason):
    write(tmp_path, "common", "2026.11", {"title.a": 5})
    write(tmp_path, "demo", "2026.11", {"title.d": 5}, head)

    with pytest.raises(RulepackError, match=reason):
        Library.open([tmp_path])


def test_a_file_in_the_wrong_place_and_a_pack_given_twice_are_refused(tmp_path):
    file = write(tmp_path / "one", "demo", "2026.11", {"title.a": 5})
    write(tmp_path / "two", "demo", "2026.11", {"title.a": 5})

    with pytest.raises(RulepackError, match="already read"):
        Library.open([tmp_path / "one", tmp_path / "two"])
    file.rename(file.with_name("2026.12.yaml"))
    with pytest.raises(RulepackError, match=r"its place is demo/2026\.11\.yaml"):
        Library.open([tmp_path / "one"])


def test_two_versions_are_compared_by_rules_and_by_what_they_do(tmp_path):
    write(tmp_path, "demo", "2026.10", {"title.a": 5, "title.b": 20})
    write(tmp_path, "demo", "2026.11", {"title.a": 3, "title.c": 20})
    library = Library.open([tmp_path])
    old, new = library.pack("demo", "2026.10"), library.pack("demo")

    found = diff(old, new)
    meant = impact(old, new, RecordKind.PRODUCT, [{"title": "abc"}, {"title": "abcd"}, {"title": "abcdef"}])

    assert (found.added, found.removed) == (("title.c",), ("title.b",))
    assert found.changed == {"title.a": ("arguments",)}
    assert (meant.newly_fail, meant.newly_pass) == ((1,), ())
    assert impact(new, old, RecordKind.PRODUCT, [{"title": "abcd"}]).newly_pass == (0,)


def test_packs_of_the_same_text_share_their_compiled_code(tmp_path):
    write(tmp_path, "demo", "2026.11", {"title.a": 5})

    first, second = Library.open([tmp_path]).pack("demo"), Library.open([tmp_path]).pack("demo")

    assert first.engine(RecordKind.PRODUCT) is second.engine(RecordKind.PRODUCT)


def test_a_plugins_folder_that_cannot_be_used_is_left_out_whole_and_its_channel_is_not_judged_by_less(tmp_path):
    write(tmp_path / "ours", "common", "2026.11", {"title.a": 5})
    write(tmp_path / "theirs", "acme", "2026.11", {"title.a": 5})
    broken = write(tmp_path / "theirs", "acme", "2026.12", {"title.a": 5})
    broken.write_text(broken.read_text().replace("max_length", "longest"))

    library = Library.open([tmp_path / "ours", PackFolder(tmp_path / "theirs", "acme_plugin of acme 1.0")])

    (left_out,) = library.left_out
    assert left_out.brought_by == "acme_plugin of acme 1.0"
    assert left_out.reason.startswith(f"{broken}:10: rule title.a: ")
    assert library.channels() == ("common",)
    with pytest.raises(NotFound, match="rulepacks of acme are not used: "):
        library.pack("acme")
    assert library.pack("etsy").name == "common@2026.11"


def test_a_plugins_pack_may_extend_ours_and_a_name_that_is_taken_is_refused_naming_both(tmp_path):
    ours = write(tmp_path / "ours", "common", "2026.11", {"title.a": 5})
    write(tmp_path / "first", "acme", "2026.11", {"title.b": 5}, "extends: common@2026.11\n")
    second = write(tmp_path / "second", "common", "2026.11", {"title.a": 9})

    library = Library.open(
        [tmp_path / "ours", PackFolder(tmp_path / "first", "first"), PackFolder(tmp_path / "second", "second")]
    )

    (left_out,) = library.left_out
    assert [rule.id for rule in library.pack("acme").rules] == ["title.a", "title.b"]
    assert left_out.brought_by == "second"
    assert left_out.reason == f"{second}: common@2026.11 is already read from {ours}; one of the two must go"


def test_a_folder_that_is_not_there_is_left_out_of_a_plugin_and_stops_the_start_as_ones_own(tmp_path):
    assert Library.open([PackFolder(tmp_path / "gone", "acme")]).left_out[0].reason.endswith("there is no such folder")
    with pytest.raises(RulepackError, match="there is no such folder"):
        Library.open([tmp_path / "gone"])


def test_reading_again_replaces_what_changed_and_says_which(tmp_path):
    write(tmp_path, "common", "2026.11", {"title.a": 5})
    write(tmp_path, "demo", "2026.11", {"title.b": 5}, "extends: common@2026.11\n")
    write(tmp_path, "other", "2026.11", {"title.a": 5})
    library = Library.open([tmp_path])
    before, other = library.pack("demo"), library.pack("other")

    write(tmp_path, "common", "2026.11", {"title.a": 9})
    write(tmp_path, "fresh", "2026.11", {"title.a": 5})
    changed = library.reopen()

    assert sorted(changed) == ["common@2026.11", "demo@2026.11", "fresh@2026.11"]
    assert library.pack("demo").rules[0].arguments["limit"] == 9
    assert before.rules[0].arguments["limit"] == 5
    assert library.pack("other").pack is other.pack
    assert library.reopen() == ()


def test_a_broken_file_keeps_every_pack_and_the_reason_until_it_is_mended(tmp_path):
    file = write(tmp_path, "demo", "2026.11", {"title.a": 5})
    library = Library.open([tmp_path])
    good = file.read_text()

    file.write_text(good.replace("product", "products"))
    with pytest.raises(RulepackError):
        library.reopen()

    assert library.pack("demo").rules[0].arguments["limit"] == 5
    assert library.trouble.startswith(f"{file}:")
    file.write_text(good)
    assert library.reopen() == ()
    assert library.trouble is None


def test_a_stamp_tells_texts_apart_and_the_one_before_is_remembered(tmp_path):
    write(tmp_path, "demo", "2026.11", {"title.a": 5})
    library = Library.open([tmp_path])
    before = library.pack("demo")
    write(tmp_path, "demo", "2026.11", {"title.a": 9})
    library.reopen()
    now = library.pack("demo")

    assert before.edition == now.edition == "demo@2026.11"
    assert before.stamp != now.stamp
    assert now.speaking("fr").stamp != now.stamp
    assert library.texts("demo@2026.11") == (now, before)
    assert library.texts("demo@2020.01") == library.texts("gone@2026.11") == ()


def test_a_plugins_folder_that_breaks_while_it_is_used_keeps_its_packs_too(tmp_path):
    file = write(tmp_path, "acme", "2026.11", {"title.a": 5})
    library = Library.open([PackFolder(tmp_path, "acme_plugin of acme 1.0")])
    file.write_text("rulepack: acme")

    with pytest.raises(RulepackError):
        library.reopen()

    assert library.versions("acme") == ("2026.11",)
    assert library.left_out == ()
