"""The OpenAPI document: what Litestar draws from the handlers, with examples and with our errors in their places."""

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from core.api.problems import MEDIA_TYPE, Problem
from core.api.reference.examples import example

PREFIXES = ("/api/v1", "/health")
TAGS = (
    ("Issues", "Rules violated by records, and the decisions on them."),
    ("Decisions", "What people decided."),
    ("Applications", "Corrections carried out on records."),
    ("Undos", "Corrections taken back by the batch, or since a time."),
    ("Patterns", "The causes that issues share, and what was learned of each."),
    ("Auto rules", "Learned corrections that may apply themselves."),
    ("Records", "Canonical products, orders and stock levels."),
    ("Connections", "Accounts on channels."),
    ("Rulepacks", "What channels want of records, in versions."),
    ("Channels", "Platform kinds and their rules."),
    ("Installation", "Alerts and the audit log."),
    ("Oneself", "Who calls, and the tokens of one's programs."),
    ("Probes", "For load balancers and monitors; they need no token."),
)
METHODS = ("get", "post", "put", "patch", "delete")
_PAGE = re.compile(r"\bPage_(?:\w+\.)*(\w+)_(?!\w)")
_PROBLEM = {"$ref": "#/components/responses/Problem"}

Json = dict[str, Any]


def document(drawn: Mapping[str, Any]) -> Json:
    """Return the document of the API's own routes; `drawn` is Litestar's, of the whole application."""
    complete: Json = copy.deepcopy(dict(drawn))
    kept = {path: item for path, item in complete["paths"].items() if path.startswith(PREFIXES)}
    complete["paths"] = dict(sorted(kept.items(), key=lambda entry: _place(*entry)))
    components = complete.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    _, problem = msgspec.json.schema_components([Problem], ref_template="#/components/schemas/{name}")
    schemas |= problem
    components["responses"] = {"Problem": _problem()}
    for _, _, operation in operations(complete):
        _complete(operation, schemas)
    complete["components"]["schemas"] = _used(complete, schemas)
    tidied: Json = _tidy(complete)
    return tidied


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Json]]:
    """Yield `(path, method, operation)` of a document, in its order."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _place(path: str, item: Mapping[str, Any]) -> tuple[int, int, str]:
    """Return what paths are ordered by: subjects as `TAGS` has them, then lists before what is below them."""
    tag = next(item[method]["tags"][0] for method in METHODS if method in item)
    return [name for name, _ in TAGS].index(tag), path.count("/"), path


def _tidy(part: Any) -> Any:
    """Write bounds that are whole numbers as such, and a page's name without the module of its items."""
    if isinstance(part, dict):
        return {_PAGE.sub(r"PageOf\1", key): _tidy(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_tidy(value) for value in part]
    if isinstance(part, str):
        return _PAGE.sub(r"PageOf\1", part)
    return int(part) if isinstance(part, float) and part.is_integer() else part


def _complete(operation: Json, schemas: Mapping[str, Any]) -> None:
    operation["operationId"] = _identifier(operation["summary"])
    responses = operation["responses"]
    operation["responses"] = {status: _plain(answer) for status, answer in responses.items() if status < "4"}
    operation["responses"] |= {"4XX": _PROBLEM, "5XX": _PROBLEM}
    for place in (operation.get("requestBody", {}), *operation["responses"].values()):
        for content in place.get("content", {}).values():
            if content.get("schema"):
                content["example"] = example(content["schema"], schemas)


def _identifier(summary: str) -> str:
    """Return a name for programs: `List the review queue` is `listTheReviewQueue`."""
    first: str
    first, *others = re.findall(r"[a-z]+", summary.lower().replace("'", ""))
    return first + "".join(word.capitalize() for word in others)


def _plain(answer: Mapping[str, Any]) -> Json:
    """Return an answer without the headers that all answers have."""
    return {name: part for name, part in answer.items() if name != "headers"}


def _problem() -> Json:
    schema = {"$ref": "#/components/schemas/Problem"}
    shown = {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "code": "malformed",
        "message": "Object contains unknown field `suggestion`.",
        "detail": "Object contains unknown field `suggestion`.",
        "where": "body",
    }
    content = {MEDIA_TYPE: {"schema": schema, "example": shown}}
    return {"description": "What went wrong, as RFC 9457 says.", "content": content}


def _used(complete: Json, schemas: Json) -> Json:
    """Return the schemas that the kept paths lead to, by name."""
    wanted = list(_references([complete["paths"], complete["components"]["responses"]]))
    kept: Json = {}
    while wanted:
        name = wanted.pop()
        if name not in kept and name in schemas:
            kept[name] = schemas[name]
            wanted += _references(schemas[name])
    return dict(sorted(kept.items()))


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            yield reference.rpartition("/")[2]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _references(inner)
