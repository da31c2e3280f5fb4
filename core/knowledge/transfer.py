"""Knowledge as a signed document: patterns, their learned corrections and counts, never records or values of records.

The signature is Ed25519 over the canonical JSON of all but itself. Whoever reads a document refuses the whole of it
where a part is not understood: another schema, an unknown field or step, a signature that does not fit.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.corrections import apply, pieces, units
from core.errors import BadSignature, Malformed, Refused
from core.knowledge.signature import Signature
from core.model.corrections import Program, Safety

SCHEMA = 1
LARGEST = 64 << 20
WRITES_VALUES = frozenset(
    {"set_value", "default", "map_value", "replace", "regex_replace", "template", "replace_words", "pick_by_word"}
)
"""Steps whose arguments people's own values of records end up in; a rule with one of them stays at home."""

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_ENCODER = msgspec.json.Encoder(order="sorted")


class CarriedRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One learned correction with what people thought of it."""

    program: Program
    safety: Safety
    threshold: Share
    approvals: Count
    rejections: Count
    applications: Count
    success_rate: Share


class CarriedPattern(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One cause with its learned corrections."""

    channel: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    rule: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    field: Name
    shape: Name
    context: dict[str, str]
    title: Annotated[str, msgspec.Meta(max_length=1000)]
    fix_safety: Safety | None
    rules: list[CarriedRule]

    @property
    def signature(self) -> Signature:
        """Return the signature by which this pattern is known everywhere."""
        return Signature(channel=self.channel, rule=self.rule, field=self.field, shape=self.shape, context=self.context)


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is carried; `key` is the public key it is signed with."""

    schema: int
    made_at: str
    key: str
    patterns: list[CarriedPattern]
    signature: str = ""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would do with one learned correction: `added`, or `known` where it is here already."""

    what: str
    channel: str
    title: str
    field: str
    sentence: str
    is_new_pattern: bool
    approvals: int
    rejections: int


def fingerprint(seed: bytes) -> str:
    """Return the name of the public key that belongs to a signing key."""
    return _fingerprint(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def _fingerprint(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:32]


def writes_values(program: Program) -> bool:
    """Tell whether a program could hold a value of a record."""
    return any(name in WRITES_VALUES or _has_words(given) for step in program for name, given in step.items())


def _has_words(given: Any) -> bool:
    """Tell whether constants between pieces, or what a value reads like, hold letters or digits that records had.

    Names of units are everybody's.
    """
    if not isinstance(given, Mapping):
        return False
    names = given.get("names") or {}
    texts = [given.get(name) for name in ("before", "after", "joiner", "separator", "text")]
    texts += [given["to"]] if "{" in str(given.get("to")) else []
    texts += [*given.get("like", ()), *given.get("but_not", ())]
    texts += [name for name in names.values() if units.named(str(name)) is None] if isinstance(names, Mapping) else [""]
    return any(any(map(str.isalnum, pieces.PLACEHOLDER.sub("", str(text)))) for text in texts if text)


def write(patterns: Sequence[CarriedPattern], made_at: str, seed: bytes) -> bytes:
    """Return the signed document. Raise Refused where a rule could hold a value of a record."""
    if any(writes_values(rule.program) for pattern in patterns for rule in pattern.rules):
        raise Refused("A correction that writes values of its own is not carried elsewhere.", code="holds_values")
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    plain = Document(schema=SCHEMA, made_at=made_at, key=key, patterns=list(patterns))
    signature = base64.b64encode(private.sign(_ENCODER.encode(plain))).decode()
    return msgspec.json.format(_ENCODER.encode(msgspec.structs.replace(plain, signature=signature)), indent=1)


def read(text: bytes, trusted: Collection[str]) -> tuple[Document, str]:
    """Return a document and the fingerprint of its key, which has to be one of `trusted`.

    Malformed where a part is not understood, BadSignature where it was changed, Refused where nobody knows its key.
    """
    if len(text) > LARGEST:
        raise Malformed("The document is larger than any that we write.", code="too_large")
    try:
        schema = msgspec.json.decode(text, type=_Schema).schema
        if schema != SCHEMA:
            raise Malformed(f"The document has schema {schema}; this version reads {SCHEMA}.", code="schema")
        document = msgspec.json.decode(text, type=Document)
        key = base64.b64decode(document.key, validate=True)
        signature = base64.b64decode(document.signature, validate=True)
        public = Ed25519PublicKey.from_public_bytes(key)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, binascii.Error, ValueError) as error:
        raise Malformed(f"This is no knowledge that we understand: {error}", code="not_understood") from error
    try:
        public.verify(signature, _ENCODER.encode(msgspec.structs.replace(document, signature="")))
    except InvalidSignature as error:
        raise BadSignature("The document was changed after it was signed; ask for it again.") from error
    name = _fingerprint(key)
    if name not in trusted:
        raise Refused(
            f"It is signed with a key that is not ours, {name}. If you know whose it is, name it: --trust {name}",
            code="unknown_key",
        )
    _check_programs(document)
    return document, name


class _Schema(msgspec.Struct):
    schema: int


def _check_programs(document: Document) -> None:
    for pattern in document.patterns:
        for rule in pattern.rules:
            try:
                apply.check(rule.program)
            except Refused as error:
                message = f"{pattern.channel} {pattern.rule}: {error.message}"
                raise Malformed(message, code="not_understood") from error
            if not rule.program or writes_values(rule.program):
                raise Malformed(f"{pattern.channel} {pattern.rule}: it holds values.", code="holds_values")


def differences(document: Document, known: Mapping[str, Collection[str]]) -> list[Difference]:
    """Say what an import would do; `known` are the programs here by the pattern's hash, both as hashes."""
    return [
        Difference(
            what="known" if apply.program_hash(rule.program) in known.get(pattern.signature.hash(), ()) else "added",
            channel=pattern.channel,
            title=pattern.title,
            field=pattern.field,
            sentence=apply.describe(rule.program),
            is_new_pattern=pattern.signature.hash() not in known,
            approvals=rule.approvals,
            rejections=rule.rejections,
        )
        for pattern in document.patterns
        for rule in pattern.rules
    ]
