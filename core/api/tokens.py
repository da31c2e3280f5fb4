"""Oneself over the API: who one is, and the tokens of one's programs."""

from datetime import timedelta

import msgspec
from litestar import Controller, delete, get, post
from litestar.params import JSONBody

from core import people
from core.api.bodies import NewToken
from core.api.door import Caller
from core.api.parameters import Id
from core.model.people import Actor
from core.store import sessions
from core.store.sessions import TokenItem


class IssuedToken(msgspec.Struct, frozen=True, kw_only=True):
    """A new token. It is shown this once."""

    token: str
    label: str

    def __repr__(self) -> str:
        """Leave the token out."""
        return f"IssuedToken(label={self.label!r})"


@get("/me", tags=["Oneself"], summary="Say who calls")
async def me(actor: Caller) -> Actor:
    """The caller's name, role and merchant; without a merchant one sees all."""
    return actor


class Tokens(Controller):
    """Tokens for programs."""

    path = "/tokens"
    tags = ("Oneself",)

    @get("/", summary="List one's tokens")
    async def listed(self, actor: Caller) -> list[TokenItem]:
        """One's own tokens, newest first; what they are is not told again."""
        return await sessions.tokens(actor.user)

    @post("/", summary="Make a token")
    async def create(self, actor: Caller, data: JSONBody[NewToken]) -> IssuedToken:
        """Make a token for a program that acts as oneself. It is shown this once."""
        life = None if data.days is None else timedelta(days=data.days)
        token = await people.create_api_token(actor.user, data.label, life=life)
        return IssuedToken(token=token, label=data.label)

    @delete("/{token_id:int}", summary="Revoke a token")
    async def revoke(self, actor: Caller, token_id: Id) -> None:
        """End one of one's own tokens at once."""
        await people.revoke_api_token(actor, token_id)
