"""The error tree. Each error says what to do next.

MarketwrightError
├── RetryLater          the same call may succeed later; `after` says when
├── Rejected            the channel refused the data; sending it again cannot help
├── NeedsAttention      a person has to act: credentials, rights, settings
├── NotFound            what was asked for does not exist (any more)
├── Conflict            it was changed since it was read; show the versions and ask
├── Refused             our own rules forbid it; the message says which
├── BadSignature        a webhook is not from whom it says
├── Malformed           bytes or a document that cannot be read; `where` says the place
└── ConfigurationError  settings, a rulepack or a plugin cannot be used; the program says so and goes no further
    ├── SettingsError
    ├── RulepackError
    └── PluginError

Messages reach people and logs: they never hold secrets or personal data.
"""

from __future__ import annotations

from typing import Any


class MarketwrightError(Exception):
    """The root. `message` is one sentence for a person; `code` is short, stable and for programs."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code


class RetryLater(MarketwrightError):
    """The same call may succeed later. `after` is in seconds; None leaves the delay to the caller."""

    code = "retry_later"

    def __init__(self, message: str, *, after: float | None = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.after = after


class Rejected(MarketwrightError):
    """The channel refused the data. `field` is the canonical path at fault, where the channel names one."""

    code = "rejected"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None, detail: Any = None) -> None:
        super().__init__(message, code=code)
        self.field = field
        self.detail = detail


class NeedsAttention(MarketwrightError):
    """A person has to act. `code` names the diagnosis: `wrong_key`, `missing_right`, `host_strips_header`, …"""

    code = "needs_attention"

    def __init__(self, message: str, *, code: str | None = None, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message, code=code)
        self.missing = missing


class NotFound(MarketwrightError):
    """What was asked for does not exist, or not any more."""

    code = "not_found"


class Conflict(MarketwrightError):
    """It was changed since it was read. `versions` maps `before`, `after` and `now` to what each one holds."""

    code = "conflict"

    def __init__(self, message: str, *, versions: dict[str, Any] | None = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.versions = versions or {}


class Refused(MarketwrightError):
    """Our own rules forbid it: a decision already made, a correction that would break another rule."""

    code = "refused"


class BadSignature(MarketwrightError):
    """A webhook is not from whom it says it is, or its secret is not the one we know."""

    code = "bad_signature"


class Malformed(MarketwrightError):
    """Bytes or a document that cannot be read. `where` is a line, a byte offset or a path."""

    code = "malformed"

    def __init__(self, message: str, *, where: str | None = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.where = where


class ConfigurationError(MarketwrightError):
    """Something that people wrote for us cannot be used: settings, a rulepack, a plugin."""

    code = "configuration"


class SettingsError(ConfigurationError):
    """A settings file or variable is wrong: which file, which key, why."""

    code = "settings"

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}")
        self.file, self.key, self.reason = file, key, reason


class RulepackError(ConfigurationError):
    """A rulepack is refused: which file, which line, which rule, why."""

    code = "rulepack"

    def __init__(self, file: str, line: int | None, rule: str | None, reason: str) -> None:
        place = file if line is None else f"{file}:{line}"
        super().__init__(f"{place}: {f'rule {rule}: ' if rule else ''}{reason}")
        self.file, self.line, self.rule, self.reason = file, line, rule, reason


class PluginError(ConfigurationError):
    """A plugin cannot be used: a name taken twice, a record that lacks a function, an import that failed."""

    code = "plugin"
