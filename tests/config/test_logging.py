"""Log lines: harmless, one an event, for people or for a collector."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from config.logging import configure
from config.settings import LogFormat, Logging


@pytest.fixture(autouse=True)
def untouched_root() -> Iterator[None]:
    """Give the root logger back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def logged(format_: LogFormat, message: str, *args: object, **extra: object) -> str:
    stream = io.StringIO()
    configure(Logging(format=format_), stream)
    logging.getLogger("marketwright.test").warning(message, *args, extra=extra)
    return stream.getvalue()


def test_a_line_says_when_how_grave_where_and_what() -> None:
    line = logged(LogFormat.TEXT, "kept %d", 3, delivery=7)

    time, rest = line.split(" ", 1)
    assert time.endswith("Z")
    assert rest == "warning marketwright.test: kept 3 delivery=7\n"


def test_json_is_one_object_a_line() -> None:
    entry = json.loads(logged(LogFormat.JSON, "kept %d", 3, delivery=7))

    assert entry["time"].endswith("Z")
    assert {key: entry[key] for key in ("level", "logger", "message", "delivery")} == {
        "level": "warning",
        "logger": "marketwright.test",
        "message": "kept 3",
        "delivery": 7,
    }


@pytest.mark.parametrize("format_", list(LogFormat))
@pytest.mark.parametrize(
    "secret",
    ["access_token=shpat_12345", "Bearer abcdefgh12345", "postgresql://ann:hunter2@db/x", "ann@example.com"],
)
def test_secrets_are_masked_in_messages_and_in_extras(format_: LogFormat, secret: str) -> None:
    line = logged(format_, "called with %s", secret, url=secret)

    for part in ("shpat_12345", "abcdefgh12345", "hunter2", "ann@example.com"):
        assert part not in line


def test_nobody_forges_a_line_by_a_line_break() -> None:
    line = logged(LogFormat.TEXT, "title %s", "x\r\n2026-01-01 error: forged\x1b[2J", title="a\u2028b")

    assert line.count("\n") == 1
    assert r"x\r\n2026-01-01 error: forged\x1b[2J title=a\u2028b" in line


def test_a_traceback_is_indented_and_masked() -> None:
    stream = io.StringIO()
    configure(Logging(), stream)
    try:
        raise ValueError("api_key=topsecret\nfatal: forged")
    except ValueError:
        logging.getLogger("marketwright.test").exception("failed")

    first, *rest = stream.getvalue().splitlines()
    assert first.endswith("error   marketwright.test: failed")
    assert all(line.startswith("    ") for line in rest)
    assert "topsecret" not in stream.getvalue()
