"""Which programs may hold a value of a record, and so stay at home when knowledge is exported."""

from __future__ import annotations

import pytest

from core.knowledge.transfer import writes_values


@pytest.mark.parametrize(
    "step",
    [
        {"replace_words": {"words": {"a": "b"}}},
        {"pick_by_word": {"words": {"a": "b"}}},
        {"rearrange": {"to": "Acme {digits 1}"}},
        {"rearrange": {"to": "{digits 1}", "like": ["Acme {digits}"]}},
        {"only_where": {"like": ["{digits} Acme"]}},
        {"only_where": {"but_not": ["4711"]}},
        {"write_number": {"after": " Acme"}},
        {"write_measure": {"names": {"in": "Acme"}}},
        {"map_value": {"mapping": {"a": "b"}, "fold": True}},
    ],
)
def test_what_holds_words_that_records_had_stays_at_home(step):
    assert writes_values((step,))


@pytest.mark.parametrize(
    "step",
    [
        {"rearrange": {"to": "{letters 1|upper}-{digits 1}", "like": ["{letters} {digits}"]}},
        {"only_where": {"like": ["{letters}-{digits}"]}},
        {"write_number": {"decimal": ",", "before": "€ "}},
        {"write_measure": {"names": {"in": "Inch", "GB": "Gigabytes"}, "text": "{number} {unit}"}},
        {"change_case": {"to": "upper"}},
        {"convert_date": {"reads": ["DD.MM.YYYY"], "writes": "YYYY-MM-DD"}},
        "trim",
    ],
)
def test_what_says_only_how_may_travel(step):
    program = ({step: {}},) if isinstance(step, str) else (step,)

    assert not writes_values(program)
