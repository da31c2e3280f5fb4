"""Connecting a store by its own page: the owner agrees there, and the store posts us a key it has made.

Source: WooCommerce's `class-wc-auth.php` and its REST API documentation, "Authentication endpoint". The post is not
signed, so all that tells it is the store's is our state, which travels as `user_id`; and the key opens nothing but
the store that was named before. A store that gets another answer than 200 deletes the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import msgspec

from marketwright import Callback, Client, Handover, Malformed, NeedsAttention, Refused, SignIn
from plugins.woocommerce.settings import check_address, is_private

_APP_NAME = "Marketwright"


class _Key(msgspec.Struct, frozen=True, kw_only=True):
    """What the store posts."""

    user_id: str
    consumer_key: str = ""
    consumer_secret: str = ""
    key_permissions: str = ""


def authorise(values: Mapping[str, str], handover: Handover) -> str:
    """Return the store's page which asks its owner whether we may have a key."""
    try:
        check_address(values["store_url"])
    except ValueError as error:
        raise Malformed(str(error), where="store_url") from error
    ours = urlsplit(handover.callback_url)
    if ours.scheme != "https" and not is_private(ours.hostname or ""):
        raise Refused("WooCommerce posts keys to https addresses only: set web.public_url to one.", code="not_https")
    wanted = {
        "app_name": _APP_NAME,
        "scope": "read_write",
        "user_id": handover.state,
        "return_url": handover.return_url,
        "callback_url": handover.callback_url,
    }
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in wanted.items())
    return f"{values['store_url'].strip().rstrip('/')}/wc-auth/v1/authorize?{query}"


def state_of(callback: Callback) -> str:
    """Return the state: in the post of the store, or in the address at which the person comes back."""
    return _posted(callback).user_id if callback.body else callback.query.get("user_id", "")


async def accept(values: Mapping[str, str], callback: Callback, client: Client) -> dict[str, str]:
    """Return the key that the store posted; the connection test will try it."""
    key = _posted(callback)
    if not (key.consumer_key.startswith("ck_") and key.consumer_secret.startswith("cs_")):
        raise Malformed("The store's post holds no key.", code="no_key")
    if key.key_permissions != "read_write":
        raise NeedsAttention("The store made a key without the right to read and write.", code="missing_right")
    return {"consumer_key": key.consumer_key, "consumer_secret": key.consumer_secret}


def _posted(callback: Callback) -> _Key:
    try:
        return msgspec.json.decode(callback.body, type=_Key, strict=False)
    except (msgspec.DecodeError, RecursionError):
        raise Malformed("The store's post cannot be read.", code="no_key") from None


sign_in = SignIn(
    needs=("store_url",),
    authorise=authorise,
    state_of=state_of,
    accept=accept,
    by_server=True,
    hint="Fill in the store address only: the store makes the key. Its owner, or a shop manager, has to sign in there, "
    "and the store must be able to reach {callback_url}.",
)
