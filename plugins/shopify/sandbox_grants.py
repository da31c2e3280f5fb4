"""The twin's tokens: which ones open the shop, and the ways to get one, the app's authorisation page included."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass, field

from marketwright import hmac_hex
from marketwright.testing import Answer, Request
from plugins.shopify.authorisation import encoded, signed_text
from plugins.shopify.sandbox_nodes import Json

API_KEY = "twin0000000000000000000000client"
_HOUR, _DAY, _REFRESH_LIFE = 3600, 86_399, 7_776_000


@dataclass(eq=False, kw_only=True)
class Grants:
    """Tokens with their end (0 for never), refresh tokens with the one before, codes that wait to be exchanged."""

    api_secret: str
    scopes: tuple[str, ...]
    tokens: dict[str, float] = field(default_factory=dict)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    grants: int = 0

    def expire_tokens(self) -> None:
        """Let every access token that can be renewed run out."""
        self.tokens = {token: end if end == 0 else 1.0 for token, end in self.tokens.items()}

    def opens(self, token: str) -> bool:
        """Say whether an access token is known and has not expired."""
        end = self.tokens.get(token)
        return end is not None and (end == 0 or end > time.time())

    async def authorise(self, request: Request) -> Answer:
        """Answer the authorisation page as to an owner who agrees at once: back with a signed code."""
        if request.get("client_id") != API_KEY or not request.get("redirect_uri"):
            return Answer(400, body="<p>Oauth error invalid_request: Could not find Shopify API application</p>")
        code = secrets.token_hex(16)
        self.codes.add(code)
        shop = request.base_url.removeprefix("http://")
        query = {
            "code": code,
            "host": base64.b64encode(f"{shop}/admin".encode()).decode(),
            "shop": shop,
            "state": request.get("state"),
            "timestamp": str(int(request.at)),
        }
        return Answer(302, headers={"Location": f"{request.get('redirect_uri')}?{encoded(self.signed(query))}"})

    def signed(self, query: dict[str, str]) -> dict[str, str]:
        """Return a callback's parameters with their signature."""
        return {**query, "hmac": hmac_hex(self.api_secret, signed_text(query).encode())}

    async def grant(self, request: Request) -> Answer:
        """Answer the token endpoint: a code, client credentials, a rotating refresh token, or an old token traded."""
        wanted = request.json()
        if (wanted.get("client_id"), wanted.get("client_secret")) != (API_KEY, self.api_secret):
            return Answer(400, json={"error": "invalid_client", "error_description": "Unknown client"})
        if "code" in wanted:
            return self._for_code(wanted)
        if wanted.get("grant_type") == "client_credentials":
            return self._granted({"scope": ",".join(self.scopes), "expires_in": _DAY}, _DAY)
        if wanted.get("grant_type") == "urn:ietf:params:oauth:grant-type:token-exchange":
            return self._traded(wanted)
        refresh = wanted.get("refresh_token", "")
        if wanted.get("grant_type") != "refresh_token" or refresh not in self.refresh_tokens:
            return Answer(400, json={"error": "invalid_grant", "error_description": "This grant is not valid"})
        # A used refresh token stays valid until its replacement is first used (changelog 2026-08-28).
        self.refresh_tokens.pop(self.refresh_tokens[refresh], None)
        return self._expiring(follows=refresh)

    def _for_code(self, wanted: Json) -> Answer:
        if wanted["code"] not in self.codes:
            description = "The authorization code was not found or was already used"
            return Answer(400, json={"error": "invalid_request", "error_description": description})
        self.codes.discard(wanted["code"])
        if wanted.get("expiring") == "1":
            return self._expiring()
        return self._granted({"scope": ",".join(self.scopes)}, None)

    def _traded(self, wanted: Json) -> Answer:
        if self.tokens.get(wanted.get("subject_token", ""), 1.0) != 0 or wanted.get("expiring") != "1":
            return Answer(400, json={"error": "invalid_subject_token"})
        del self.tokens[wanted["subject_token"]]
        return self._expiring()

    def _expiring(self, follows: str = "") -> Answer:
        token = f"shprt_{secrets.token_hex(16)}"
        self.refresh_tokens[token] = follows
        answer = {"refresh_token": token, "expires_in": _HOUR, "refresh_token_expires_in": _REFRESH_LIFE}
        return self._granted({"scope": ",".join(self.scopes), **answer}, _HOUR)

    def _granted(self, answer: Json, seconds: int | None) -> Answer:
        token = f"shpat_{secrets.token_hex(16)}"
        self.tokens[token] = 0.0 if seconds is None else time.time() + seconds
        self.grants += 1
        return Answer(json={"access_token": token, **answer})
