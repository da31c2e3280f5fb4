"""The API's own description: the OpenAPI document, and a page to read that is drawn from it and needs no network."""

from litestar import Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, Reference, SecurityScheme, Tag

from core import people
from core.api.reference.document import TAGS
from core.api.reference.page import HEADERS, DocumentPlugin, PagePlugin, stylesheet

__all__ = ["SECURITY", "config"]

SECURITY: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
SCHEMES: dict[str, SecurityScheme | Reference] = {
    "token": SecurityScheme(
        type="http", scheme="bearer", description="A token made with `POST /api/v1/tokens`, for programs."
    ),
    "session": SecurityScheme(
        type="apiKey",
        name=people.COOKIE,
        security_scheme_in="cookie",
        description=f"A browser's session; changes also need its CSRF token as `{people.CSRF_HEADER}`.",
    ),
}
ABOUT = """\
Everything that the screens do, for programs. Send a token as `Authorization: Bearer …`.

Lists are paged by key: ask with `after` set to the `next` of the page before, until it is null. Errors are
`application/problem+json` with `code` for programs, `message` for people, and `where` for the field or place at fault.
What belongs to another merchant does not exist for you. Unknown fields in a body are refused.
"""


def config() -> OpenAPIConfig:
    """Return the document's head, and where it and its page are served: `/api/openapi.json`, `/api/docs`."""
    return OpenAPIConfig(
        title="Marketwright API",
        version="1",
        description=ABOUT,
        use_handler_docstrings=True,
        tags=[Tag(name=name, description=description) for name, description in TAGS],
        components=Components(security_schemes=SCHEMES),
        render_plugins=[PagePlugin(path="/docs"), DocumentPlugin(path="/openapi.json")],
        openapi_router=Router(
            path="/api", route_handlers=[stylesheet], response_headers=HEADERS, include_in_schema=False
        ),
    )
