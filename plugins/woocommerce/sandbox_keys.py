"""The twin's page that asks its owner whether an application may have a key, and what follows when they agree.

The owner of a twin agrees at once, or declines with the mode `declines`. Refusals are those of `class-wc-auth.php`.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from marketwright.testing import Answer, Request, Twin
from plugins.woocommerce.sandbox_hooks import encoded
from plugins.woocommerce.sandbox_shop import KEY, SECRET, Shop

_NEEDED = ("app_name", "user_id", "return_url", "callback_url", "scope")
_UNSENT = "An error occurred in the request and at the time were unable to send the consumer data"


@dataclass(eq=False)
class Keys:
    """The store's side of a key hand-over."""

    shop: Shop
    twin: Twin | None = None

    async def authorise(self, request: Request) -> Answer:
        """Post a key to the application and send the owner back to it."""
        if refusal := _refusal(request):
            return Answer(401, body=f"Error: {refusal}.")
        if self.shop.modes.declines:
            return self._back(request, success=0)
        key = {
            "key_id": 1,
            "user_id": request.get("user_id"),
            "consumer_key": KEY,
            "consumer_secret": SECRET,
            "key_permissions": request.get("scope"),
        }
        if not await self._posted(request.get("callback_url"), encoded(key)):
            return Answer(401, body=f"Error: {_UNSENT}.")
        return self._back(request, success=1)

    async def _posted(self, url: str, body: bytes) -> bool:
        if self.twin is None:
            return False
        delivery = await self.twin.deliver(url, {"Content-Type": "application/json;charset=UTF-8"}, body)
        await self.twin.settled()
        return delivery.status == 200

    def _back(self, request: Request, *, success: int) -> Answer:
        address = request.get("return_url")
        joined = "&" if urlsplit(address).query else "?"
        target = f"{address}{joined}success={success}&user_id={quote(request.get('user_id'), safe='')}"
        return Answer(302, headers={"Location": target})


def _refusal(request: Request) -> str:
    """Return what is wrong with a request; plain http is taken for loopback, where the twin is used."""
    for name in _NEEDED:
        if not request.get(name):
            return f"Missing parameter {name}"
    if request.get("scope") not in {"read", "write", "read_write"}:
        return f"Invalid scope {request.get('scope')}"
    callback = urlsplit(request.get("callback_url"))
    if callback.scheme != "https" and callback.hostname not in {"127.0.0.1", "localhost"}:
        return "The callback_url needs to be over SSL"
    return ""
