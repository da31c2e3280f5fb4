"""Hold what a channel sends against the platform's own OpenAPI description; `openapi-core` has to be installed."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from marketwright.testing.requests import Request

_HOST = "https://described.example"


class Described:
    """One OpenAPI document (3.0 or 3.1, as read from its YAML or JSON).

    `base_path` is what stands before the document's paths at the twin: `/stores/abc/v3`. Keys are not looked at: the
    twin does that.

        described = Described(yaml.safe_load(text), base_path="/stores/twin/v3")
        assert described.problems(twin.requests) == []
    """

    def __init__(self, document: Mapping[str, Any], *, base_path: str = "") -> None:
        from openapi_core import OpenAPI  # noqa: PLC0415 - only tests of channels with a description need it

        self.base_path = base_path.rstrip("/")
        self.document = copy.deepcopy(dict(document))
        self.document["servers"] = [{"url": _HOST}]
        self.document.pop("security", None)
        for item in self.document.get("paths", {}).values():
            item.pop("servers", None)
            for operation in item.values():
                if isinstance(operation, dict):
                    operation.pop("security", None)
                    operation.pop("servers", None)
        self._api = OpenAPI.from_dict(self.document)

    def problems(self, requests: Iterable[Request]) -> list[str]:
        """Return what the description says against requests, each once; those outside of the base path are left."""
        found: dict[str, None] = {}
        for request in requests:
            if request.path.startswith(f"{self.base_path}/"):
                found.update(dict.fromkeys(self._problems(request)))
        return list(found)

    def _problems(self, request: Request) -> list[str]:
        from openapi_core.exceptions import OpenAPIError  # noqa: PLC0415
        from openapi_core.testing import MockRequest  # noqa: PLC0415

        path = request.path.removeprefix(self.base_path)
        name = f"{request.method} {path}"
        args: dict[str, Any] = {}
        for key, value in request.query:
            args.setdefault(key, []).append(value)
        asked = MockRequest(
            _HOST,
            request.method.lower(),
            path,
            args=args,
            headers=dict(request.headers),
            data=request.body or None,
            content_type=request.headers.get("content-type", "application/json").partition(";")[0],
        )
        try:
            self._api.validate_request(asked)
        except OpenAPIError as error:
            return [f"{name}: {_said(error)}"]
        unknown = sorted(set(args) - self._parameters(request.method.lower(), path))
        return [f"{name}: there is no parameter {key}" for key in unknown]

    def _parameters(self, method: str, path: str) -> set[str]:
        """Return the names of the query parameters that an operation declares."""
        for template, item in self.document["paths"].items():
            if method in item and re.fullmatch(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(template)), path):
                listed = [*item.get("parameters", []), *item[method].get("parameters", [])]
                whole = [self._resolved(it) for it in listed]
                return {str(it.get("name")) for it in whole if it.get("in") == "query"}
        return set()

    def _resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        pointer = node.get("$ref")
        if pointer is None:
            return node
        found: Any = self.document
        for part in str(pointer).removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return self._resolved(found)


def _said(error: BaseException) -> str:
    """Return an error with what caused it: the field and why."""
    causes = getattr(error.__cause__, "schema_errors", None) or ()
    details = [f"{'.'.join(map(str, it.absolute_path)) or 'body'}: {it.message}" for it in causes]
    return "; ".join([str(error) or type(error).__name__, *details])
