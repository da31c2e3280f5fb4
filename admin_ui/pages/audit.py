"""The audit log: who did what to which thing."""

from typing import Any

from litestar import Request, get
from litestar.response import Template

from admin_ui.door import admins_only, signed_in
from admin_ui.listed import address_of, filters_of
from admin_ui.rendering import page
from core.store.listings import audit as audit_listing
from core.store.listings.audit import AuditFilters


@get("/audit", include_in_schema=False)
async def audit(request: Request[Any, Any, Any]) -> Template:
    """List entries, newest first."""
    admins_only(request)
    given = dict(request.query_params)
    filters = filters_of(given, AuditFilters)
    found = await audit_listing.entries(signed_in(request).actor.merchant, filters, given.get("after") or None, 50)
    following = address_of("/audit", given, after=found.next) if found.next else None
    return await page(request, "audit/page.html", here="audit", found=found, filters=filters, following=following)


HANDLERS = (audit,)
