"""What callers send. Unknown fields are refused, so that a misspelt one never goes unnoticed."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from core.api.parameters import LARGEST
from core.model.corrections import AuditVerdict, Mode
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


class FrozenList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list that `freeze` gave, unchanged."""

    issue_ids: Annotated[
        list[Number],
        Meta(min_length=1, max_length=500, description="The issues, in the order given.", examples=[[17, 18, 23]]),
    ]
    digest: Annotated[str, Meta(min_length=1, max_length=128, description="The digest given with them.")]


Batch = Annotated[str, Meta(max_length=40, description="The handle of what was approved, or applied itself, together.")]
RuleOf = Annotated[str, Meta(max_length=64, description="An auto rule, all of whose corrections are meant.")]
Since = Annotated[datetime, Meta(tz=True, description="Only what was corrected at this time or later.")]


class UndoOf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be undone: a batch, or what an auto rule's program did."""

    batch: Annotated[Batch, Meta(examples=["0b8c2d0e-6a1f-5a3e-9a51-2f8b5d1c7e90"])] | None = None
    auto_rule: RuleOf | None = None
    since: Since | None = None
    by_itself: Annotated[bool, Meta(description="Leave out what people approved.")] = False


class UndoList(UndoOf, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list that `freeze` gave, unchanged."""

    last: Annotated[int, Meta(ge=0, le=LARGEST, description="The newest correction of the list.", examples=[4711])]
    digest: Annotated[str, Meta(min_length=1, max_length=128, description="The digest given with it.")]


class AuditCheck(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person says of a correction that applied itself."""

    verdict: Annotated[AuditVerdict, Meta(description="Whether it was right.", examples=["confirmed"])]


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
