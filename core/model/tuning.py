"""The numbers that admins tune: `config/ai_config.yaml` is read into these structs."""

from __future__ import annotations

from typing import Annotated

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]


class AiMonitoring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Suggestions. `confidence_threshold` is the default above which a correction may apply itself."""

    enabled: bool = True
    model: str = "gpt-4"
    confidence_threshold: Share = 0.80
    max_suggestions: Positive = 3


class KnowledgeManagement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Learning and the gate.

    `learning_rate` weighs a new outcome in the success rate; `min_occurrences` approvals of one program come before
    it may apply itself; `success_floor` is the success rate below which a rule switches itself off; a `review` fix
    needs a lower bound of `certified_precision` on its precision at level `certified_level`; `sample_share` of what
    was corrected by itself goes to reviewers all the same.
    """

    enabled: bool = True
    learning_rate: Share = 0.1
    min_occurrences: Positive = 3
    success_floor: Share = 0.80
    certified_precision: Share = 0.90
    certified_level: Annotated[float, msgspec.Meta(gt=0.0, lt=1.0)] = 0.05
    sample_share: Share = 0.05


class Tuning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Both sections of `ai_config.yaml`."""

    ai_monitoring: AiMonitoring = AiMonitoring()
    knowledge_management: KnowledgeManagement = KnowledgeManagement()
