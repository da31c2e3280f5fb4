"""How a page is drawn: the template engine, what every page knows, and the frame's places."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from litestar import Request
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template import TemplateConfig

from admin_ui import differences, inert, notices, places, words
from admin_ui.door import opened, signed_in
from core.store.listings import review as review_listing

HOME = Path(__file__).parent
STATIC = HOME / "static"
SHEETS = (
    "tokens", "ground", "controls", "fields", "frame", "top", "lists", "toolbar", "rows", "review", "issue",
    "differences", "screens", "rulepacks", "applying",
)  # fmt: skip
"""The style sheets, in the order in which later ones refine earlier ones."""


def environment() -> Environment:
    """Return the template environment: everything escaped, a missing name an error."""
    folders = {"components": FileSystemLoader(HOME / "components")}
    found = Environment(
        loader=ChoiceLoader([PrefixLoader(folders), FileSystemLoader(HOME / "templates")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update({function.__name__: function for function in words.FILTERS})
    found.globals.update(asset=asset, sheets=SHEETS, difference=differences.rows, rendered=inert.rendered)
    return found


def template_config() -> TemplateConfig[JinjaTemplateEngine]:
    """Return the template settings for the application."""
    return TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment()))


@cache
def asset(path: str) -> str:
    """Return the address of a static file; it changes with the file, so that a browser never keeps an old one."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={digest}"


async def page(request: Request[Any, Any, Any], name: str, *, status: int = 200, **values: Any) -> Template:
    """Draw a whole page in the frame."""
    signed = signed_in(request)
    counts = await review_listing.counts(signed.actor.merchant)
    notice = notices.read(request)
    answer = fragment(
        request, name, status=status, counts=counts, notice=notice, places=places.seen_by(signed.actor.role), **values
    )
    if notice:
        answer.delete_cookie(notices.COOKIE)
    return answer


def fragment(request: Request[Any, Any, Any], name: str, *, status: int = 200, **values: Any) -> Template:
    """Draw a part of a page: it knows who asks, and nothing of the frame."""
    signed = signed_in(request)
    channels = {channel.name: channel.title for channel in opened(request).registry.channels}
    known = {
        "signed": signed,
        "csrf": signed.csrf,
        "is_admin": signed.actor.is_admin,
        "now": datetime.now(UTC),
        "channels": channels,
        "default_threshold": opened(request).tuning.ai_monitoring.confidence_threshold,
    }
    return Template(name, context={**known, **values}, status_code=status)
