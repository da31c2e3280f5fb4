"""What callers send. Unknown fields are refused, so that a misspelt one never goes unnoticed."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from core.api.parameters import LARGEST
from core.knowledge.backtest import GateKind
from core.knowledge.grouping import By, How
from core.model.corrections import Mode
from core.model.records import RecordKind

MOST_RECORDS = 1000

Number = Annotated[int, Meta(ge=1, le=LARGEST)]
Suggestion = Annotated[
    int, Meta(ge=1, le=LARGEST, description="A suggestion of this issue; left out, the best one.", examples=[812])
]
ConnectionName = Annotated[
    str, Meta(min_length=1, max_length=120, description="What people call it.", examples=["main"])
]
Settings = Annotated[
    dict[str, str],
    Meta(
        description="The channel's settings by name; `GET /api/v1/channels/{name}` lists them. Secrets are sealed.",
        examples=[{"shop": "alder-finch.myshopify.com", "access_token": "shpat_…"}],
    ),
]
Why = Annotated[str, Meta(max_length=1000, description="Why, for colleagues.", examples=["Clay is not enamel."])]
ToPreview = Annotated[bool, Meta(description="Only say what would become of it.", examples=[True])]
SyncMinutes = Annotated[int, Meta(ge=1, le=10_080, description="Minutes between pulls.", examples=[15])]


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Approve a suggestion."""

    suggestion_id: Suggestion | None = None


class Rejection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Reject a suggestion, with a reason where there is one."""

    suggestion_id: Suggestion | None = None
    reason: (
        Annotated[str, Meta(max_length=1000, description="Why, for colleagues.", examples=["The brand is Le Creuset."])]
        | None
    ) = None


class Modification(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The value that the issue's field should have."""

    value: Annotated[Any, Meta(description="The wanted value, of any JSON type.", examples=["10.00"])]


class Threshold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The confidence from which corrections apply themselves."""

    threshold: Annotated[float, Meta(ge=0.0, le=1.0, description="A share from 0 to 1.", examples=[0.85])]


class Switch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On or off."""

    is_active: Annotated[bool, Meta(description="Whether the rule may apply itself.", examples=[False])]


class Split(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What leaves a pattern to be a cause of its own."""

    by: Annotated[By, Meta(description="The fact to split by; `connection` is named by its number.")]
    how: Annotated[How, Meta(description="How it is compared, whatever the case of letters.")] = How.IS
    value: (
        Annotated[str, Meta(max_length=200, description="Left out, each value becomes a part.", examples=["Kitchen"])]
        | None
    ) = None
    reason: Why | None = None
    preview: ToPreview = False


class Merge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Patterns that become one cause with this one."""

    pattern_ids: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=64)]],
        Meta(
            min_length=1,
            max_length=20,
            description="The patterns that go into this one.",
            examples=[["0b9d9c5e-7a51-4f0a-9d0c-0c7d0f9a1c11"]],
        ),
    ]
    reason: Why | None = None
    preview: ToPreview = False


class Ungroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take a split or a merge back."""

    preview: ToPreview = False


class ProgramTrial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program to try, as steps or as an auto rule that has it, and the numbers to try with it."""

    program: (
        Annotated[
            list[dict[str, Any]],
            Meta(min_length=1, max_length=12, description="The steps.", examples=[[{"decimal_places": {"places": 2}}]]),
        ]
        | None
    ) = None
    auto_rule: Annotated[str, Meta(max_length=64, description="A learned correction's id.", examples=[None])] | None = (
        None
    )
    threshold: Annotated[float, Meta(ge=0.0, le=1.0, description="The confidence to ask for.")] | None = None
    gate: GateKind | None = None
    min_occurrences: Annotated[int, Meta(ge=1, le=1000, description="The approvals to ask for.")] | None = None
    min_reviewers: Annotated[int, Meta(ge=1, le=50, description="The people to ask for.")] | None = None
    reviewer_cap: Annotated[float, Meta(gt=0.0, le=1.0, description="The largest share of one person.")] | None = None
    days: Annotated[int, Meta(ge=1, le=3650, description="How many days back to count.")] = 30
    pattern: Annotated[str, Meta(max_length=64, description="Only this pattern.", examples=[None])] | None = None
    channel: Annotated[str, Meta(max_length=40, description="Only this channel.", examples=[None])] | None = None


class FrozenList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list that `freeze` gave, unchanged."""

    issue_ids: Annotated[
        list[Number],
        Meta(min_length=1, max_length=500, description="The issues, in the order given.", examples=[[17, 18, 23]]),
    ]
    digest: Annotated[str, Meta(min_length=1, max_length=128, description="The digest given with them.")]


class NewConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account to connect. `merchant` may be left out by an admin of one merchant."""

    channel: Annotated[str, Meta(min_length=1, max_length=40, description="A channel's name.", examples=["shopify"])]
    name: ConnectionName
    settings: Settings
    merchant: Annotated[int, Meta(ge=1, le=LARGEST, description="Whose account it is.", examples=[1])] | None = None
    mode: Annotated[Mode, Meta(description="How far corrections may go.")] = Mode.SUGGEST
    sync_minutes: SyncMinutes = 15


class ConnectionChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed; what is left out stays. A secret left out or empty keeps its value."""

    name: ConnectionName | None = None
    settings: Settings | None = None
    mode: Mode | None = None
    enabled: Annotated[bool, Meta(description="Whether it is pulled and pushed at all.")] | None = None
    sync_minutes: SyncMinutes | None = None
    rulepack: (
        Annotated[str, Meta(max_length=40, description="The version to stay at; empty follows the newest.")] | None
    ) = None


class NewToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token for a program that acts as its owner."""

    label: Annotated[
        str, Meta(min_length=1, max_length=100, description="What it is for.", examples=["nightly export"])
    ]
    days: (
        Annotated[int, Meta(ge=1, le=3650, description="How long it lives; without, until revoked.", examples=[90])]
        | None
    ) = None


class RecordsToCheck(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Canonical records to be judged by a channel's rules; nothing is stored."""

    channel: Annotated[str, Meta(min_length=1, max_length=40, description="Whose rules.", examples=["shopify"])]
    records: Annotated[
        list[dict[str, Any]],
        Meta(
            min_length=1,
            max_length=MOST_RECORDS,
            description="The records, with canonical field names.",
            examples=[[{"sku": "KTL-0417", "title": "Enamel kettle 1.5 l", "price": "10"}]],
        ),
    ]
    kind: Annotated[RecordKind, Meta(description="What the records describe.")] = RecordKind.PRODUCT
    version: Annotated[str, Meta(max_length=40, description="A rulepack version; left out, the newest.")] | None = None
