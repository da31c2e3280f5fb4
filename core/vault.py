"""Seals and opens credentials: AES-256-GCM with the key's id in the sealed text.

A sealed text is `v1:<key id>:<base64 of nonce and ciphertext>`. It opens only with the same associated data (for
which connection it was sealed), so that one row's secret copied into another is useless. The newest key seals, all
keys open.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import ConfigurationError, Malformed, NeedsAttention

_VERSION = "v1"
KEY_BYTES = 32
_NONCE_BYTES = 12
_SUFFIX = ".key"
FIRST = "00000000T000000000000-00000000"
"""The id of the first key: a fixed one, so that of several processes that start at once only one can make it."""
_KEY_ID = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Status:
    """What may be told of a vault: which key seals, which ones open, and where they lie."""

    sealing: str
    opening: tuple[str, ...]
    folder: str | None


@dataclass(frozen=True, eq=False)
class Vault:
    """Keys by their id; the greatest id is the newest. A repr never shows a key.

    With a folder the vault looks there for keys it does not know yet, so that a running server opens what another
    process has sealed after a rotation.
    """

    keys: dict[str, bytes] = field(repr=False)
    folder: Path | None = None

    def __post_init__(self) -> None:
        if not self.keys:
            raise ConfigurationError("The vault has no key.", code="no_key")
        if any(len(key) != KEY_BYTES for key in self.keys.values()):
            raise ConfigurationError(f"A vault key must have {KEY_BYTES} bytes.", code="bad_key")
        if any(not name or ":" in name for name in self.keys):
            raise ConfigurationError("A vault key's id must be text without a colon.", code="bad_key")

    @classmethod
    def open_folder(cls, folder: Path) -> Vault:
        """Read the keys of a folder; make folder (0700) and first key (0600) where there is none.

        A folder or a key that others on this machine can read is refused. Two processes that start at once end up
        with the same keys.
        """
        private_folder(folder)
        if not any(folder.glob(f"*{_SUFFIX}")):
            _first_key(folder)
        return cls(read_keys(folder), folder)

    def seal(self, secret: bytes, associated: bytes) -> str:
        """Encrypt with the newest key, bound to the associated data, such as `b"connection:7"`."""
        name = self.status().sealing
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(self.keys[name]).encrypt(nonce, secret, _bound(name, associated))
        return f"{_VERSION}:{name}:{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str, associated: bytes) -> bytes:
        """Decrypt a sealed text. Raise `NeedsAttention` where its key is gone or it was sealed for something else."""
        name, blob = _parts(sealed)
        if name not in self.keys and self.folder is not None:
            self.keys.update(read_keys(self.folder))
        key = self.keys.get(name)
        if key is None:
            raise NeedsAttention(
                f"The vault key {name} is missing: restore it from the backup, or enter the credentials again.",
                code="key_missing",
            )
        try:
            return AESGCM(key).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], _bound(name, associated))
        except InvalidTag as error:
            raise NeedsAttention(
                "A sealed secret was changed or belongs to something else; enter the credentials again.",
                code="seal_broken",
            ) from error

    def status(self) -> Status:
        """Tell the ids of the keys, never the keys."""
        names = sorted(self.keys)
        return Status(names[-1], tuple(names), None if self.folder is None else str(self.folder))

    def rotate(self) -> Vault:
        """Add a new key to the folder, which seals from now on, and return the vault that knows it.

        The old keys still open. Keys that are kept elsewhere (`core.transit`) are rotated there.
        """
        if self.folder is None:
            raise ConfigurationError("This vault's keys are kept elsewhere; rotate them there.", code="keys_elsewhere")
        write_key(self.folder, new_id(max(self.keys)), secrets.token_bytes(KEY_BYTES))
        return Vault.open_folder(self.folder)


def key_id(sealed: str) -> str:
    """Return the id of the key that a text was sealed with, so that a caller knows which keys are still in use."""
    return _parts(sealed)[0]


def _parts(sealed: str) -> tuple[str, bytes]:
    version, _, rest = sealed.partition(":")
    name, colon, text = rest.partition(":")
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("A sealed secret is damaged.", code="seal_unreadable") from error
    if version != _VERSION or not name or not colon or len(blob) <= _NONCE_BYTES:
        raise Malformed("This is not a sealed secret.", code="seal_unreadable")
    return name, blob


def _bound(name: str, associated: bytes) -> bytes:
    """Bind the version and the key id too, so that no part of a sealed text can be exchanged."""
    return f"{_VERSION}:{name}:".encode() + associated


def private_folder(folder: Path) -> None:
    """Make the folder for its owner only (0700), or raise `ConfigurationError` where others can read it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_if_open_to_others(folder)


def new_id(after: str = "") -> str:
    """Return an id that sorts behind `after`: the time in microseconds and some randomness."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    if name <= after:
        raise ConfigurationError(
            f"The newest vault key ({after}) is dated in the future; set this machine's clock right.", code="clock"
        )
    return name


def _first_key(folder: Path) -> None:
    """Make the first key. Of several processes one wins: the name is fixed, and creation is exclusive."""
    write_key(folder, FIRST, secrets.token_bytes(KEY_BYTES))


def write_key(folder: Path, name: str, key: bytes, suffix: str = _SUFFIX) -> None:
    """Write a whole key under a passing name, then link it: a reader never sees half a key. The first one stays."""
    draft = folder / f".{name}-{secrets.token_hex(8)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(key) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, folder / f"{name}{suffix}")
        _sync(folder)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Make a new name in the folder survive a power cut: what was sealed must not outlive its key."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_keys(folder: Path, suffix: str = _SUFFIX) -> dict[str, bytes]:
    """Return what the key files of a folder hold, by key id. Raise `ConfigurationError` where others can read one."""
    keys: dict[str, bytes] = {}
    for file in sorted(folder.glob(f"*{suffix}")):
        if not _KEY_ID.fullmatch(file.stem):
            raise ConfigurationError(f"{file} is not a key that we named; move it away.", code="bad_key")
        _refuse_if_open_to_others(file)
        try:
            keys[file.stem] = base64.b64decode(file.read_bytes().strip(), validate=True)
        except (binascii.Error, ValueError) as error:
            raise ConfigurationError(f"{file} does not hold a key; restore it.", code="bad_key") from error
    return keys


def _refuse_if_open_to_others(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        kind = "u=rwx,go=" if path.is_dir() else "u=rw,go="
        raise ConfigurationError(f"Others can read {path}; run: chmod {kind} '{path}'", code="key_exposed")


SIGNING = ".signing"


def signing_key(folder: Path) -> bytes:
    """Return the 32 bytes that this installation signs with, made where there are none; rotation leaves them."""
    private_folder(folder)
    if not any(folder.glob(f"*{SIGNING}")):
        write_key(folder, FIRST, secrets.token_bytes(KEY_BYTES), SIGNING)
    keys = read_keys(folder, SIGNING)
    return keys[max(keys)]
