"""What the panel of one issue shows, in the queue and on its own page."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request

from admin_ui.door import opened, signed_in
from admin_ui.look import Look
from admin_ui.words import plural, reasons, text
from core.model.records import RecordKind
from core.opening import takes
from core.store import connections
from core.store.listings import issues as issues_listing
from core.store.listings import review as review_listing
from core.store.listings.issues import IssueView, SuggestionView

STRUCTURE = "json"
PLAIN = "text"


class Draft(msgspec.Struct, frozen=True):
    """What the modify form starts with. `shape` says how its text is read back."""

    text: str
    shape: str

    @property
    def lines(self) -> int:
        """Return how many lines the form should offer."""
        return min(max(self.text.count("\n") + 1, len(self.text) // 60 + 1), 8)


async def panel_of(request: Request[Any, Any, Any], issue_id: int, look: Look) -> dict[str, Any]:
    """Return what the panel's templates need for one issue."""
    scope = signed_in(request).actor.merchant
    view = await issues_listing.one(scope, issue_id, learning=opened(request).tuning.knowledge_management)
    following = await following_issue(scope, view, look)
    row = await connections.get(view.connection.id)
    return {
        "panel": view,
        "issue_pattern": view.pattern.pattern_id,
        "following_issue": following,
        "skip_address": look.address(issue=following),
        "back": look.address(issue=following),
        "look": look,
        "look_why": why,
        "correctable": row is not None and takes(opened(request), row, RecordKind(view.record.kind), view.issue.field),
        "evidence_of": evidence,
        "draft": draft(view),
        "preview": None,
        "modifying": False,
        "single": False,
    }


async def following_issue(scope: int | None, view: IssueView, look: Look) -> int | None:
    """Return the issue to show after this one: in a grouped list first those of the same cause."""
    if view.issue.state != "open":
        return None
    if look.view == "grouped" and not look.filters.pattern:
        within = msgspec.structs.replace(look.filters, pattern=view.pattern.pattern_id)
        found = await review_listing.next_after(scope, view.issue.id, within)
        if found is not None and found != view.issue.id:
            return found
    found = await review_listing.next_after(scope, view.issue.id, look.filters)
    return None if found == view.issue.id else found


def why(view: IssueView) -> str:
    """Say what the confidence rests on."""
    standing = [decision for decision in view.decisions if decision.revoked_at is None]
    approved = sum(decision.verdict == "approved" for decision in standing)
    told = f"{approved} of the last {plural(len(standing), 'decision')} approved" if standing else "no decision yet"
    return reasons([told, *view.pattern.waits_for])


def evidence(given: Any) -> list[str]:
    """Write a suggestion's evidence as lines, whatever its source gave."""
    if not given:
        return []
    if isinstance(given, dict):
        return [f"{name.replace('_', ' ')}: {text(value)}" for name, value in given.items()]
    if isinstance(given, list):
        return [line for item in given for line in (evidence(item) if isinstance(item, dict) else [text(item)])]
    return [text(given)]


def draft(view: IssueView) -> Draft:
    """Return what the modify form starts with: the best suggestion, else the value at fault."""
    best = suggested(view.suggestions, view.issue.field)
    value = view.issue.actual if best is None else best
    other = view.issue.actual if value is None else value
    shape = PLAIN if other is None or isinstance(other, str) else STRUCTURE
    if shape == STRUCTURE and isinstance(value, dict | list):
        return Draft(msgspec.json.format(msgspec.json.encode(value), indent=2).decode(), shape)
    return Draft(text(value), shape)


def suggested(suggestions: list[SuggestionView], field: str) -> Any:
    """Return the value that the best suggestion gives to a field, None without one."""
    changes = suggestions[0].changes if suggestions else ()
    return next((change.after for change in changes if change.field == field), None)


def value_of(shape: str, given: str) -> Any:
    """Read the modify form's value back; structured data that is no JSON raises `msgspec.DecodeError`."""
    return msgspec.json.decode(given) if shape == STRUCTURE else given.replace("\r\n", "\n")
