"""Read exchanges that were recorded from a real platform, for tests of what a channel makes of its answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from marketwright import Response


@dataclass(frozen=True)
class Exchange:
    """One recorded request with its answer. `name` is the file's, without its ending."""

    name: str
    method: str
    url: str
    body: str
    response: Response


def exchanges(folder: Path) -> list[Exchange]:
    """Return the exchanges of a folder, by name: files of `{"request": {method, url, body}, "response": {…}}`.

    A response has `status`, `headers` (a list of pairs) and `body_text`. Files of another form are passed over.
    """
    found = []
    for file in sorted(folder.rglob("*.json")):
        kept = json.loads(file.read_text(encoding="utf-8"))
        if not (isinstance(kept, dict) and {"request", "response"} <= kept.keys()):
            continue
        asked, answered = kept["request"], kept["response"]
        response = Response(
            status=answered["status"],
            headers={name.lower(): value for name, value in answered["headers"]},
            body=(answered.get("body_text") or "").encode(),
        )
        found.append(Exchange(file.stem, asked["method"], asked["url"], asked.get("body") or "", response))
    return found
