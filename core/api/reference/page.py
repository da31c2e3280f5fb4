"""The reference page: the document as HTML that works offline and without scripts."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response, get
from litestar.datastructures import ResponseHeader
from litestar.enums import OpenAPIMediaType
from litestar.openapi.plugins import OpenAPIRenderPlugin
from markupsafe import Markup, escape

from core.api.reference.document import document, operations

FOLDER = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = (
    ResponseHeader(name="Content-Security-Policy", value=POLICY),
    ResponseHeader(name="X-Content-Type-Options", value="nosniff"),
    ResponseHeader(name="Referrer-Policy", value="no-referrer"),
)
_NAME = re.compile(r"(\w+)")
Asked = Request[Any, Any, Any]


class DocumentPlugin(OpenAPIRenderPlugin):
    """Serves the document as JSON."""

    def __init__(self, *, path: str) -> None:
        super().__init__(path=path, media_type=OpenAPIMediaType.OPENAPI_JSON)

    def render(self, request: Asked, openapi_schema: dict[str, Any]) -> bytes:
        """Return the document."""
        return json.dumps(document(openapi_schema), ensure_ascii=False, default=str).encode()


class PagePlugin(OpenAPIRenderPlugin):
    """Serves the document as a page to read."""

    def __init__(self, *, path: str) -> None:
        super().__init__(path=path, media_type=MediaType.HTML)

    def render(self, request: Asked, openapi_schema: dict[str, Any]) -> bytes:
        """Return the page."""
        return draw(document(openapi_schema)).encode()


@get("/docs/reference.css", media_type="text/css", sync_to_thread=False, include_in_schema=False)
def stylesheet() -> Response[bytes]:
    """Serve the page's look."""
    return Response((FOLDER / "reference.css").read_bytes(), media_type="text/css")


def draw(described: Mapping[str, Any]) -> str:
    """Return the page of a document."""
    drawing = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawing.filters["pretty"] = lambda value: json.dumps(value, ensure_ascii=False, indent=2, default=str)
    drawing.filters["kind"] = lambda schema: _linked(kind(schema), described["components"]["schemas"])
    drawing.filters["words"] = _with_code
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, method, operation in operations(described):
        tag = (operation.get("tags") or ["Other"])[0]
        groups.setdefault(tag, []).append(_shown(path, method, operation))
    inputs = {kind(one["body"]["schema"]) for shown in groups.values() for one in shown if one["body"]}
    return drawing.get_template("reference.html").render(
        info=described["info"],
        schemes=described["components"]["securitySchemes"],
        groups=groups,
        about={tag["name"]: tag.get("description", "") for tag in described.get("tags", ())},
        schemas=described["components"]["schemas"],
        inputs=inputs,
    )


def kind(schema: Mapping[str, Any]) -> str:
    """Say in a few words what a schema takes: `integer`, `list of Change`, `"open" or "closed"`, `text or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("enum"):
        return " or ".join(json.dumps(value) for value in schema["enum"])
    for choice in ("oneOf", "anyOf", "allOf"):
        if choice in schema:
            return " or ".join(dict.fromkeys(kind(part) for part in schema[choice]))
    given = schema.get("type", "any")
    if isinstance(given, list):
        return " or ".join(given)
    if given == "array":
        return f"list of {kind(schema.get('items') or {})}"
    return str(schema.get("format") or given)


def _linked(words: str, schemas: Mapping[str, Any]) -> Markup:
    """Lead from the names of shapes to these."""
    pieces = (
        Markup('<a href="#shape-{0}">{0}</a>').format(piece) if piece in schemas else escape(piece)
        for piece in _NAME.split(words)
    )
    return Markup("").join(pieces)


def _with_code(text: str) -> Markup:
    """Set what stands between backticks as code."""
    pieces = (Markup("<code>{}</code>").format(piece) if odd else escape(piece) for piece, odd in _halves(text))
    return Markup("").join(pieces)


def _halves(text: str) -> Iterator[tuple[str, bool]]:
    for place, piece in enumerate(text.split("`")):
        yield piece, place % 2 == 1


def _shown(path: str, method: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    body = next(iter(operation.get("requestBody", {}).get("content", {}).values()), None)
    status, answer = next(iter(operation["responses"].items()))
    content = next(iter(answer.get("content", {}).values()), None)
    return {
        "anchor": operation["operationId"],
        "path": path,
        "method": method,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": operation.get("parameters", []),
        "body": body,
        "status": status,
        "answer": content,
        "is_open": not operation.get("security"),
        "changes": method != "get",
    }
