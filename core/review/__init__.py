"""What people do: approve, reject, modify, undo, approve many. The screens, the API and the command line call these."""

from core.review.backtest import Backtest, backtest
from core.review.bulk import Frozen, approve_frozen, batch_of, freeze
from core.review.check import Checked, check
from core.review.conflict import Met, Versions, keep_theirs, met, put_ours_back
from core.review.decide import Decided, approve, modify, reject
from core.review.dismiss import dismiss, reopen
from core.review.measure import Measured, measure
from core.review.preview import Preview, preview_modify
from core.review.tune import set_auto_rule, set_threshold, start_anew
from core.review.undo import undo, undo_decision
from core.review.undo_many import FrozenUndo, freeze_undo, start_undo, undo_batch

__all__ = [
    "Backtest",
    "Checked",
    "Decided",
    "Frozen",
    "FrozenUndo",
    "Measured",
    "Met",
    "Preview",
    "Versions",
    "approve",
    "approve_frozen",
    "backtest",
    "batch_of",
    "check",
    "dismiss",
    "freeze",
    "freeze_undo",
    "keep_theirs",
    "measure",
    "met",
    "modify",
    "preview_modify",
    "put_ours_back",
    "reject",
    "reopen",
    "set_auto_rule",
    "set_threshold",
    "start_anew",
    "start_undo",
    "undo",
    "undo_batch",
    "undo_decision",
]
