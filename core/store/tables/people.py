"""Merchants, people, and the tokens by which they are known."""

from __future__ import annotations

from piccolo.columns import BigSerial, Boolean, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class Merchant(Table, tablename="merchants"):
    """A tenant. `receives_shared` says whether corrections that others share are proposed to it."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=200, unique=True)
    created_at = Timestamptz()
    receives_shared = Boolean(default=False)


class User(Table, tablename="users"):
    """A person. `role` is `admin` or `reviewer`; `merchant` is null for an admin of the whole installation."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=100, unique=True)
    password_hash = Text()
    role = Varchar(length=20)
    merchant = ForeignKey(references=Merchant, null=True, on_delete=OnDelete.cascade)
    is_active = Boolean(default=True)
    created_at = Timestamptz()


class Session(Table, tablename="sessions"):
    """A live token; `kind` says what for, `label` names an API token. Only its SHA-256 is kept, never the token."""

    id = BigSerial(primary_key=True)
    token_hash = Varchar(length=64, unique=True)
    user = ForeignKey(references=User, null=False, on_delete=OnDelete.cascade, index=True)
    csrf = Varchar(length=64)
    kind = Varchar(length=20, default="browser")
    label = Varchar(length=100, null=True, default=None)
    created_at = Timestamptz()
    expires_at = Timestamptz(null=True, default=None)


class SignInAttempt(Table, tablename="sign_in_attempts"):
    """One try at a password. `key` is a hash of the name, or of name and address; a success removes them."""

    id = BigSerial(primary_key=True)
    key = Varchar(length=64, index=True)
    at = Timestamptz()
