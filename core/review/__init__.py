"""What people do: approve, reject, modify, undo, approve many. The screens, the API and the command line call these."""

from core.review.backtest import Backtest, backtest, program_of
from core.review.bulk import Frozen, approve_frozen, freeze
from core.review.decide import Decided, approve, modify, reject
from core.review.dismiss import dismiss, reopen
from core.review.measure import Measured, measure
from core.review.preview import Preview, preview_modify
from core.review.regroup import Regrouped, merge_patterns, split_pattern, ungroup
from core.review.share import Shared, receive, share
from core.review.share import take_back as unshare
from core.review.tune import set_auto_rule, set_threshold
from core.review.undo import undo, undo_decision

__all__ = [
    "Backtest",
    "Decided",
    "Frozen",
    "Measured",
    "Preview",
    "Regrouped",
    "Shared",
    "approve",
    "approve_frozen",
    "backtest",
    "dismiss",
    "freeze",
    "measure",
    "merge_patterns",
    "modify",
    "preview_modify",
    "program_of",
    "receive",
    "reject",
    "reopen",
    "set_auto_rule",
    "set_threshold",
    "share",
    "split_pattern",
    "undo",
    "undo_decision",
    "ungroup",
    "unshare",
]
