"""The phone's way to the places that its bottom bar has no room for."""

from typing import Any

from litestar import Request, get
from litestar.response import Template

from admin_ui.rendering import page


@get("/more", include_in_schema=False)
async def more(request: Request[Any, Any, Any]) -> Template:
    """List every place."""
    return await page(request, "more/page.html", here="more")


HANDLERS = (more,)
