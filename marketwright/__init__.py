"""The public API of Marketwright: all that a plugin may import, re-exported from where it is born."""

from core.channel import (
    Account,
    Callback,
    Channel,
    Connection,
    Handover,
    Page,
    Push,
    Pushed,
    Results,
    SignIn,
    StockLevel,
    Subscription,
)
from core.errors import (
    BadSignature,
    Conflict,
    Malformed,
    MarketwrightError,
    NeedsAttention,
    NotFound,
    PluginError,
    Refused,
    Rejected,
    RetryLater,
)
from core.hookspecs import hookimpl
from core.http import Bucket, Budget, Client, Outgoing, Pace, Response
from core.model.corrections import Change
from core.model.events import Action, WebhookEvent, WebhookRequest
from core.model.issues import Severity
from core.model.records import Cancellation, Record, RecordKind, Shipment, SourceRecord
from core.model.requirements import Requirement, RequirementSet, Skipped, Wanted
from core.model.verdicts import PlatformVerdict, Pronounced, VerdictPage
from core.signing import (
    hmac_base64,
    hmac_hex,
    oauth1_signed_query,
    verify_hmac_base64,
    verify_hmac_hex,
)

__all__ = [
    "Account",
    "Action",
    "BadSignature",
    "Bucket",
    "Budget",
    "Callback",
    "Cancellation",
    "Change",
    "Channel",
    "Client",
    "Conflict",
    "Connection",
    "Handover",
    "Malformed",
    "MarketwrightError",
    "NeedsAttention",
    "NotFound",
    "Outgoing",
    "Pace",
    "Page",
    "PlatformVerdict",
    "PluginError",
    "Pronounced",
    "Push",
    "Pushed",
    "Record",
    "RecordKind",
    "Refused",
    "Rejected",
    "Requirement",
    "RequirementSet",
    "Response",
    "Results",
    "RetryLater",
    "Severity",
    "Shipment",
    "SignIn",
    "Skipped",
    "SourceRecord",
    "StockLevel",
    "Subscription",
    "VerdictPage",
    "Wanted",
    "WebhookEvent",
    "WebhookRequest",
    "hmac_base64",
    "hmac_hex",
    "hookimpl",
    "oauth1_signed_query",
    "verify_hmac_base64",
    "verify_hmac_hex",
]
