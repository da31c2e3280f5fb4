"""Records the exchanges of a client into a folder and plays them back, so that tests need no network."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from core.errors import Refused
from core.exchange import Outgoing, Response
from core.privacy import MASK, is_secret_name, redact, redact_headers


class Recorder:
    """Writes one JSON file an exchange, or answers from such files in the order in which they were written.

    A request is known again by its method, address, parameters and body, secrets masked: nonces and signatures
    that differ from run to run do not matter.
    """

    def __init__(self, folder: Path, mode: Literal["record", "replay"] = "replay") -> None:
        self.folder = folder
        self.mode = mode
        self._written = 0
        self._waiting: dict[str, list[Response]] | None = None

    def play(self, outgoing: Outgoing, secrets: tuple[str, ...]) -> Response | None:
        """Return the recorded answer; None while recording. Raise `Refused` for a request never recorded."""
        if self.mode == "record":
            return None
        if self._waiting is None:
            self._waiting = self._load()
        answers = self._waiting.get(_key(_request(outgoing, secrets)))
        if not answers:
            path = urlsplit(outgoing.url).path
            raise Refused(f"{outgoing.method} {path} is not in the recording.", code="not_recorded")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def keep(self, outgoing: Outgoing, response: Response, secrets: tuple[str, ...]) -> None:
        """Write one exchange, secrets masked; do nothing while replaying."""
        if self.mode == "replay":
            return
        request = _request(outgoing, secrets)
        answer = {
            "status": response.status,
            "headers": redact_headers(response.headers, secrets),
            "body_text": redact(response.text, secrets),
        }
        words = re.sub(r"[^a-z0-9]+", "-", urlsplit(outgoing.url).path.lower()).strip("-")[-60:]
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{self._written:03d}-{outgoing.method.lower()}-{words}.json"
        self._written += 1
        exchange = {"request": request, "response": answer}
        file.write_text(json.dumps(exchange, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def _load(self) -> dict[str, list[Response]]:
        answers: dict[str, list[Response]] = defaultdict(list)
        for file in sorted(self.folder.glob("*.json")):
            exchange = json.loads(file.read_text(encoding="utf-8"))
            answer = exchange["response"]
            answers[_key(exchange["request"])].append(
                Response(
                    status=answer["status"],
                    headers={name.lower(): value for name, value in dict(answer["headers"]).items()},
                    body=(answer["body_text"] or "").encode(),
                )
            )
        return dict(answers)


def _request(outgoing: Outgoing, secrets: tuple[str, ...]) -> dict[str, Any]:
    parts = urlsplit(outgoing.full_url())
    params = [
        [name, MASK if is_secret_name(name) or name.startswith("oauth_") else redact(value, secrets)]
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    body = (outgoing.body or b"").decode("utf-8", errors="replace")
    return {
        "method": outgoing.method,
        "url": redact(f"{parts.scheme}://{parts.netloc}{parts.path}", secrets),
        "params": params,
        "headers": redact_headers(outgoing.headers, secrets),
        "body": redact(body, secrets),
    }


def _key(request: dict[str, Any]) -> str:
    """Return what identifies a request: everything but its headers, parameters in any order."""
    params = sorted([name, value] for name, value in request["params"])
    return json.dumps([request["method"], request["url"], params, request["body"]], ensure_ascii=False)
