"""The settings of an installation: their names, their defaults and their bounds.

`config.layers` reads them from files and the environment; everything else receives them as a parameter.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

import msgspec

from core.mail import ADDRESS, HOST, MailServer
from core.model.tuning import AiMonitoring, KnowledgeManagement, Tuning

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(gt=0.0, le=3600.0)]
_WEB = r"^https?://[^\s/]+(/[^\s?#]*)?$"
_DATABASE = r"^(sqlite:///|postgres(ql)?://)\S+$"
_REDIS = r"^(rediss?|unix)://\S+$"
_CURRENCY = r"^[A-Z]{3}$"
_LANGUAGE = r"^[a-z]{2,3}(_[A-Z]{2})?$"

SHAPES = {
    _WEB: "an address such as https://marketwright.example",
    _DATABASE: "sqlite:///file or postgresql://user:password@host/name",
    _REDIS: "redis://host:6379/0, rediss://… or unix:///path",
    ADDRESS: "an e-mail address such as marketwright@shop.example",
    HOST: "the name or address of a server, such as smtp.shop.example",
    _CURRENCY: "a currency such as EUR or USD",
    _LANGUAGE: "a language such as fr or pt_BR",
}
"""What a pattern asks for, in words."""

WebAddress = Annotated[str, msgspec.Meta(pattern=_WEB)]
DatabaseAddress = Annotated[str, msgspec.Meta(pattern=_DATABASE)]
RedisAddress = Annotated[str, msgspec.Meta(pattern=_REDIS)]
Language = Annotated[str, msgspec.Meta(pattern=_LANGUAGE)]


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """`text` for people, `json` for a log collector."""

    TEXT = "text"
    JSON = "json"


class Database(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` is `sqlite:///file` or `postgresql://…`; without one a SQLite file in the data directory."""

    url: DatabaseAddress | None = None

    def __repr__(self) -> str:
        return f"Database(url={without_password(self.url)!r})"


class Redis(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` is `redis://…`, `rediss://…` or `unix://…`; without one an embedded server is started."""

    url: RedisAddress | None = None

    def __repr__(self) -> str:
        return f"Redis(url={without_password(self.url)!r})"


class Web(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the server listens, and the address by which browsers and channels reach it.

    `trusted_proxies` are the addresses or networks, with commas, whose `X-Forwarded-For` and `-Proto` are believed.
    """

    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: WebAddress | None = None
    trusted_proxies: str = "127.0.0.1"


class Intake(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bounds of what a webhook may send."""

    max_body_bytes: Positive = 5 * 1024 * 1024


class Outbound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What connections may reach besides the public internet by TLS.

    `private_networks` lets them reach shops inside our own network, `plain_http` without TLS, there only.
    """

    private_networks: bool = False
    plain_http: bool = False


class VaultService(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """HashiCorp Vault, whose transit engine wraps the keys that seal credentials. Without an address keys lie bare."""

    address: WebAddress | None = None
    token: str | None = None
    key: str = "marketwright"
    mount: str = "transit"

    def __repr__(self) -> str:
        return f"VaultService(address={self.address!r}, key={self.key!r}, mount={self.mount!r})"


class Rulepacks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`folders` hold packs of one's own, besides the program's; `reload` reads folders that change again."""

    folders: tuple[str, ...] = ()
    reload: bool = False


class Worker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`serve` supervises `count` worker processes; running jobs get `grace_seconds` when they must end."""

    count: Annotated[int, msgspec.Meta(ge=0, le=64)] = 1
    max_jobs: Positive = 100
    poll_seconds: Seconds = 0.02
    job_timeout_seconds: Positive = 1800
    grace_seconds: Seconds = 20.0


class Logging(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is logged, and how."""

    level: LogLevel = LogLevel.INFO
    format: LogFormat = LogFormat.TEXT


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that an installation can set. `data_dir` holds the database, the key and the embedded Redis."""

    data_dir: str = "./marketwright-data"
    database: Database = Database()
    redis: Redis = Redis()
    web: Web = Web()
    intake: Intake = Intake()
    outbound: Outbound = Outbound()
    vault: VaultService = VaultService()
    rulepacks: Rulepacks = Rulepacks()
    mail: MailServer = MailServer()
    language: Language = "en"
    worker: Worker = Worker()
    logging: Logging = Logging()
    ai_monitoring: AiMonitoring = AiMonitoring()
    knowledge_management: KnowledgeManagement = KnowledgeManagement()

    @property
    def folder(self) -> Path:
        """The data directory as an absolute path."""
        return Path(self.data_dir).expanduser().resolve()

    @property
    def database_url(self) -> str:
        """The database in use."""
        return self.database.url or f"sqlite:///{self.folder / 'marketwright.sqlite'}"

    @property
    def key_folder(self) -> Path:
        """The folder of the keys that seal credentials."""
        return self.folder / "keys"

    @property
    def mail_server(self) -> MailServer | None:
        """The mail server that is named, if one is."""
        return self.mail if self.mail.host else None

    @property
    def tuning(self) -> Tuning:
        """The numbers of `ai_config.yaml`."""
        return Tuning(ai_monitoring=self.ai_monitoring, knowledge_management=self.knowledge_management)


def without_password(url: str | None) -> str | None:
    """Return `url` fit for logs: a password in it is replaced by `***`."""
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.password is None:
        return url
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:***@{place}"))
