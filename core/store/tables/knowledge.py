"""The four knowledge tables of the mission document, under its names and columns."""

from __future__ import annotations

import uuid
from decimal import Decimal

from piccolo.columns import (
    JSON,
    UUID,
    BigInt,
    BigSerial,
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
    """The cause that issues share. `signature_hash` is unique within a merchant; merchant 0 holds shared ones.

    `leaf` is the last name of the field, `family` what the rule asks: similar causes are found by them. `merged_into`
    is the pattern that took this one over by hand, `split_by` the grouping that made this one a part of another.
    """

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
    leaf = Varchar(length=200, default="")
    family = Varchar(length=120, default="")
    merged_into = UUID(null=True, default=None)
    split_by = BigInt(null=True, default=None)


class PatternGrouping(Table, tablename="pattern_groupings"):
    """A person's word on which issues are one cause, kept for those to come; until `undone_at` it stands.

    `split`: what meets `condition` leaves `source`. `merge`: all of `source` goes to `target`, whose signature and
    title are kept beside it. `source_hash` is the signature that it is looked up by.
    """

    id = BigSerial(primary_key=True)
    merchant = BigInt()
    kind = Varchar(length=10)
    source = UUID()
    source_hash = Varchar(length=64)
    condition = JSON(null=True, default=None)
    target = UUID(null=True, default=None)
    target_signature = JSON(null=True, default=None)
    target_title = Text(null=True, default=None)
    reason = Text(null=True, default=None)
    made_by = Varchar(length=100)
    made_at = Timestamptz()
    undone_by = Varchar(length=100, null=True, default=None)
    undone_at = Timestamptz(null=True, default=None)


class CorrectionDecision(Table, tablename="correction_decisions"):
    """A human verdict. `confidence_score` is the confidence of the program that was chosen, after this decision.

    `decided_by` is the name that people read; `reviewer` is the account's id, by which people are told apart.
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
    reviewer = BigInt(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class AutoCorrectionRule(Table, tablename="auto_correction_rules"):
    """A learned correction of one pattern. `success_rate` is a percentage, an exponential average of outcomes.

    `carried_…` is what people of another installation thought of it; the gate does not count that.
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


class SharedCorrection(Table, tablename="shared_corrections"):
    """A merchant's consent: this learned correction may be proposed to other merchants, with its counts alone."""

    id = BigSerial(primary_key=True)
    auto_rule = UUID(unique=True)
    shared_by = Varchar(length=100)
    shared_at = Timestamptz()
