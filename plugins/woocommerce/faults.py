"""What a refusal of the store means to us. Codes as recorded from WooCommerce 8.2.2 and 10.0.2.

The messages are in the shop's language, so they are only looked at where the code does not tell, and what cannot
be told from an unknown language falls to the likeliest reason.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

from marketwright import Malformed, MarketwrightError, NeedsAttention, NotFound, Rejected, Response, RetryLater
from plugins.woocommerce.wire import Fault, read

_FIELDS = {
    "product_invalid_sku": "sku",
    "woocommerce_rest_product_not_created": "sku",
    "product_invalid_global_unique_id": "gtin",
    "product_invalid_global_unique_id_format": "gtin",
    "woocommerce_product_image_upload_error": "images",
    "woocommerce_product_invalid_image_id": "images",
    "woocommerce_variation_invalid_image_id": "images",
}
CANONICAL = {
    "name": "title", "global_unique_id": "gtin", "regular_price": "price", "sale_price": "price", "slug": "handle",
    "stock_quantity": "quantity", "categories": "category", "brands": "brand",
}  # fmt: skip
_LONGEST = 240


def of(response: Response, *, writing: bool) -> MarketwrightError:
    """Return the error that an answer of status 400 or above stands for."""
    try:
        fault = read(_without_secrets(response.json(), response.secrets), Fault)
    except Malformed:
        return _without_json(response)
    if response.status == 401 or fault.code == "woocommerce_rest_authentication_error":
        return _unauthorised(fault, writing=writing)
    if response.status == 403:
        return _forbidden(fault)
    if response.status >= 500:
        return RetryLater(f"The store answered with status {response.status}.", code="unavailable")
    return of_item(fault, response.status)


def of_item(fault: Fault, status: int) -> MarketwrightError:
    """Return the error of one refused item, be it the whole answer or a line of a batch."""
    message = _plain(fault.message)
    if fault.code == "rest_no_route":
        return NotFound("The store does not have this part of the WooCommerce API.", code="no_route")
    if status == 404 or fault.code.endswith("_invalid_id"):
        return NotFound(f"The store does not have it (any more): {message}")
    data = fault.data if isinstance(fault.data, dict) else {}
    params = data.get("params")
    if isinstance(params, dict) and params:
        name, reason = next(iter(params.items()))
        return Rejected(
            f"The store refused {name}: {_plain(str(reason))}",
            code=fault.code,
            field=CANONICAL.get(str(name), str(name)),
            detail=data,
        )
    return Rejected(
        f"The store refused it: {message}",
        code=fault.code or "rejected",
        field=_FIELDS.get(fault.code),
        detail=data or None,
    )


def needs_another_address(error: MarketwrightError) -> bool:
    """Say whether the answer came from no REST API at all, so that another permalink form may be the right one."""
    return error.code in {"rest_api_missing", "no_wc_api"}


def needs_another_auth(error: MarketwrightError) -> bool:
    """Say whether the store did not see our key, or did not know it, in the way in which it was sent."""
    return error.code == "not_authenticated"


def not_json(error: Malformed) -> NeedsAttention:
    """Return what an answer of status 200 without JSON means: a page stands where the API should be."""
    return NeedsAttention(
        f"The store answered with a page instead of data. A security, cache or maintenance plugin may stand in the "
        f"way of /wp-json/. {error.message}",
        code="not_json",
    )


def _without_json(response: Response) -> MarketwrightError:
    if response.status >= 500:
        return RetryLater(f"The store's host answered with status {response.status}.", code="unavailable")
    if response.status == 404:
        return NeedsAttention(
            "No WordPress REST API answers at this address. Check the store address; is the REST API switched off "
            "by a plugin, or are permalinks set to plain?",
            code="rest_api_missing",
        )
    if response.status in {401, 403, 406}:
        return NeedsAttention(
            f"The store's host or firewall refused the call (status {response.status}) before WooCommerce saw it. "
            "Ask the host to allow our server's address on /wp-json/.",
            code="blocked_by_host",
        )
    return Rejected(f"The store answered with status {response.status} and no reason.", code="no_reason")


_REASONS: tuple[tuple[str, str, str], ...] = (
    (
        "timestamp",
        "clock_off",
        "The store's clock and ours differ by more than 15 minutes; set the clock of the server that is wrong.",
    ),
    (
        "signature",
        "wrong_secret",
        "The signature does not match: the consumer secret is wrong, or the store address is not the one WordPress "
        "knows (Settings → General → Site address).",
    ),
    ("secret", "wrong_secret", "The consumer secret is wrong. Make a new key and copy both parts."),
)
_UNSEEN = (
    "The store did not accept the key, or did not see it. Is the key still listed under WooCommerce → Settings → "
    "Advanced → REST API? Some hosts strip the Authorization header."
)


def _unauthorised(fault: Fault, *, writing: bool) -> MarketwrightError:
    text = fault.message.lower()
    if fault.code != "woocommerce_rest_authentication_error":
        return NeedsAttention(_UNSEEN, code="not_authenticated")
    if "nonce" in text:
        return RetryLater("The store saw this signature before; it is signed anew.", after=1.0, code="nonce_used")
    right = re.search(r"\b(write|read) permissions", text)
    if right is not None:
        return _missing_right(right[1])
    for word, code, message in _REASONS:
        if word in text:
            return NeedsAttention(message, code=code)
    if writing and "key is invalid" not in text:
        return _missing_right("write")
    return NeedsAttention("The store does not know this consumer key. Make a new one.", code="wrong_key")


def _missing_right(right: str) -> NeedsAttention:
    return NeedsAttention(
        f"The key may not {right}. Give it Read/Write permissions, or make a new one.",
        code="missing_right",
        missing=(right,),
    )


def _forbidden(fault: Fault) -> MarketwrightError:
    if fault.code.startswith(("woocommerce_rest_cannot", "woocommerce_rest_forbidden")):
        return NeedsAttention(
            "The WordPress user of this key may not do this. The key needs a shop manager or an administrator.",
            code="missing_right",
            missing=(fault.code.removeprefix("woocommerce_rest_"),),
        )
    return NeedsAttention(
        f"A plugin or firewall of the store refused the call: {_plain(fault.message)}", code="blocked_by_host"
    )


def _without_secrets(value: Any, secrets: Iterable[str]) -> Any:
    """Return JSON with our key masked wherever the store, or something before it, echoes it."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "***")
    elif isinstance(value, dict):
        return {_without_secrets(name, secrets): _without_secrets(it, secrets) for name, it in value.items()}
    elif isinstance(value, list):
        return [_without_secrets(it, secrets) for it in value]
    return value


def _plain(message: str) -> str:
    """Return a message of the store as one line of text without markup."""
    text = html.unescape(re.sub(r"<[^>]*>", " ", message))
    return " ".join(text.split())[:_LONGEST]
