"""The four knowledge tables of the mission document, under its names and columns."""

from __future__ import annotations

import uuid
from decimal import Decimal

from piccolo.columns import (
    JSON,
    UUID,
    BigInt,
    Boolean,
    DoublePrecision,
    ForeignKey,
    Integer,
    Numeric,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table


class MarketplaceRule(Table, tablename="marketplace_rules"):
    """The active rules as the document's table shows them; filled from the rulepacks."""

    rule_id = UUID(primary_key=True, default=uuid.uuid4)
    marketplace_name = Varchar(length=100)
    rule_type = Varchar(length=50)
    rule_description = Text()
    validation_logic = JSON()
    auto_correction_logic = JSON(null=True, default=None)
    is_active = Boolean(default=True)
    created_at = Timestamptz()
    rulepack = Varchar(length=80)
    rule_name = Varchar(length=120)


class IssuePattern(Table, tablename="issue_patterns"):
    """The cause that issues share. `signature_hash` is unique within a merchant; merchant 0 holds shared ones."""

    pattern_id = UUID(primary_key=True, default=uuid.uuid4)
    marketplace_name = Varchar(length=100)
    issue_type = Varchar(length=100)
    issue_description = Text()
    pattern_signature = JSON()
    occurrence_count = Integer(default=1)
    last_seen_at = Timestamptz()
    merchant = BigInt()
    signature_hash = Varchar(length=64)
    confidence = DoublePrecision(default=0.0)
    phase = Varchar(length=20, default="detected")
    fix_safety = Varchar(length=20, null=True, default=None)
    created_at = Timestamptz()


class CorrectionDecision(Table, tablename="correction_decisions"):
    """A human verdict. `confidence_score` is the confidence of the program that was chosen, after this decision.

    `reproduces` names earlier decisions, by sequence, with what they say of the program that this one brought.
    """

    decision_id = UUID(primary_key=True, default=uuid.uuid4)
    pattern_id = ForeignKey(references=IssuePattern, null=False, target_column=IssuePattern.pattern_id, index=True)
    issue_data = JSON()
    ai_suggestion = JSON(null=True, default=None)
    human_decision = Varchar(length=50)
    final_solution = JSON(null=True, default=None)
    decided_by = Varchar(length=100)
    decided_at = Timestamptz()
    confidence_score = Numeric(digits=(5, 2))
    sequence = BigInt()
    issue = BigInt(index=True)
    suggested_hash = Varchar(length=64, null=True, default=None)
    final_hash = Varchar(length=64, null=True, default=None)
    reason = Text(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)
    reproduces = JSON(null=True, default=None)


class AutoCorrectionRule(Table, tablename="auto_correction_rules"):
    """A learned correction of one pattern. `success_rate` is a percentage, an exponential average of outcomes.

    `carried_…` is what people of another installation thought of it; the gate does not count that. `replaced_by` is the
    hash of a later program that gives all that people approved of this one: it is not proposed any more.
    """

    auto_rule_id = UUID(primary_key=True, default=uuid.uuid4)
    pattern_id = ForeignKey(references=IssuePattern, null=False, target_column=IssuePattern.pattern_id)
    correction_logic = JSON()
    confidence_threshold = Numeric(digits=(5, 2))
    success_rate = Numeric(digits=(5, 2), default=Decimal(100))
    application_count = Integer(default=0)
    is_active = Boolean(default=True)
    created_at = Timestamptz()
    program_hash = Varchar(length=64)
    safety = Varchar(length=20)
    approvals = Integer(default=0)
    rejections = Integer(default=0)
    confidence = DoublePrecision(default=0.0)
    certified_bound = DoublePrecision(default=0.0)
    off_reason = Text(null=True, default=None)
    carried_approvals = Integer(default=0)
    carried_rejections = Integer(default=0)
    replaced_by = Varchar(length=64, null=True, default=None)
