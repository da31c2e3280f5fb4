"""Every table. Columns of the document's four knowledge tables keep its names; the others use the words of the design.

Times are aware UTC. JSON columns hold text that `core.store.rows` encodes and decodes with msgspec. Composite unique
indexes are made by the second migration, because Piccolo's `Unique` over several columns is not SQLite's syntax.
"""

from __future__ import annotations

from piccolo.table import Table

from core.store.tables.channels import Connection, Delivery, Handover, RequirementSet, SyncRun
from core.store.tables.knowledge import (
    AutoCorrectionRule,
    CorrectionDecision,
    IssuePattern,
    MarketplaceRule,
    PatternGrouping,
    SharedCorrection,
)
from core.store.tables.models import LocalModel, ModelBudget, ModelCall
from core.store.tables.notices import Alert, AuditEntry
from core.store.tables.people import Merchant, Session, SignInAttempt, User
from core.store.tables.records import Application, Issue, Record, RecordKey, Suggestion

__all__ = [
    "TABLES",
    "Alert",
    "Application",
    "AuditEntry",
    "AutoCorrectionRule",
    "Connection",
    "CorrectionDecision",
    "Delivery",
    "Handover",
    "Issue",
    "IssuePattern",
    "LocalModel",
    "MarketplaceRule",
    "Merchant",
    "ModelBudget",
    "ModelCall",
    "PatternGrouping",
    "Record",
    "RecordKey",
    "RequirementSet",
    "Session",
    "SharedCorrection",
    "SignInAttempt",
    "Suggestion",
    "SyncRun",
    "User",
]

TABLES: tuple[type[Table], ...] = (
    Merchant, User, Session, SignInAttempt, Connection, Handover, Delivery, SyncRun, RequirementSet, Record, RecordKey,
    MarketplaceRule, IssuePattern, Issue, Suggestion, CorrectionDecision, AutoCorrectionRule, Application, LocalModel,
    Alert, AuditEntry, ModelCall, ModelBudget, PatternGrouping, SharedCorrection,
)  # fmt: skip
