"""Logging: one line an event, for people or for a log collector, without secrets and without forged lines."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from config.settings import LogFormat, Logging
from core.privacy import redact

_URL_PASSWORD = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@]+@")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
_QUIET = ("aiohttp", "asyncio", "aiosqlite", "arq.worker", "piccolo", "uvicorn.error", "httpx", "httpcore")
"""Libraries whose own chatter is for their developers: they are heard from WARNING up."""


def configure(settings: Logging, stream: TextIO | None = None) -> None:
    """Send all that is logged to `stream` (standard error by default), in the shape that `settings` ask for."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if settings.format is LogFormat.JSON else TextFormatter())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(settings.level.upper())
    loudest = max(root.level, logging.WARNING) if root.level > logging.DEBUG else logging.DEBUG
    for name in _QUIET:
        logging.getLogger(name).setLevel(loudest)


def clean(text: str) -> str:
    r"""Return `text` as one harmless line: secrets masked, controls written as `\n`, `\x1b` and so on."""
    return _CONTROL.sub(_escape, _URL_PASSWORD.sub(r"\1***@", redact(text)))


def _escape(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode("ascii")


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _PLAIN}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _trace(record: logging.LogRecord) -> str:
    """Return the traceback as it stands; `clean` masks what it holds."""
    return logging.Formatter().formatException(record.exc_info) if record.exc_info else ""


class TextFormatter(logging.Formatter):
    """`time level logger: message key=value`; a traceback follows on lines that are indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        extras = "".join(f" {name}={clean(str(value))}" for name, value in _extras(record).items())
        level, message = record.levelname.lower(), clean(record.getMessage())
        line = f"{_time(record)} {level:<7} {record.name}: {message}{extras}"
        trace = _trace(record)
        return "\n".join([line, *(f"    {clean(row)}" for row in trace.splitlines())])


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        entry |= {name: _plain(value) for name, value in _extras(record).items()}
        trace = _trace(record)
        if trace:
            entry["trace"] = [clean(row) for row in trace.splitlines()]
        return json.dumps(entry, ensure_ascii=False)


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | float) or value is None else clean(str(value))
