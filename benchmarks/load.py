"""The load generator, a process of its own: signed deliveries, one after the other on each keep-alive connection.

    python benchmarks/load.py --port 8001 --path /webhooks/… --secret … --seconds 3 --first 0 --results FILE

Every delivery has its own number, in its body and in its headers. The result is JSON: the rate of acknowledged
deliveries, latencies, what else was answered, and the numbers that were acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import sys
import time
from pathlib import Path

import uvloop

DIGITS = 12
HEAD = (
    b"POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: WooCommerce/10.0.2 Hookshot (WordPress/6.8.8)\r\n"
    b"Accept: */*\r\nContent-Type: application/json\r\nX-WC-Webhook-Source: https://shop.example/\r\n"
    b"X-WC-Webhook-Topic: product.updated\r\nX-WC-Webhook-Resource: product\r\nX-WC-Webhook-Event: updated\r\n"
    b"X-WC-Webhook-ID: 2\r\nContent-Length: %d\r\n"
)
OWN = b"X-WC-Webhook-Signature: %s\r\nX-WC-Webhook-Delivery-ID: %s\r\n\r\n"


def product() -> bytes:
    """Return a product as WooCommerce sends it, some 4 KB, without its end: the number comes there."""
    paragraph = "A soft cotton shirt, cut straight, washed before it is sewn. It keeps its shape and colour. "
    content = {
        "id": 1042, "name": "Blue cotton T-shirt, size M", "slug": "blue-cotton-t-shirt", "type": "simple",
        "permalink": "https://shop.example/product/blue-cotton-t-shirt/", "status": "publish", "sku": "TS-BLUE-M",
        "date_created_gmt": "2026-03-01T08:00:00", "date_modified_gmt": "2026-11-23T08:40:20",
        "description": f"<p>{paragraph * 18}</p>", "short_description": f"<p>{paragraph}</p>",
        "price": "19.90", "regular_price": "24.90", "sale_price": "19.90", "on_sale": True, "purchasable": True,
        "tax_status": "taxable", "tax_class": "", "manage_stock": True, "stock_quantity": 42, "weight": "0.2",
        "dimensions": {"length": "30", "width": "20", "height": "2"}, "shipping_class": "", "reviews_allowed": True,
        "categories": [{"id": 16, "name": "T-shirts", "slug": "t-shirts"}],
        "tags": [{"id": n, "name": f"tag {n}", "slug": f"tag-{n}"} for n in range(6)],
        "images": [{"id": n, "src": f"https://shop.example/uploads/{n}.jpg", "alt": "Front"} for n in range(5)],
        "attributes": [{"id": 1, "name": "Colour", "options": ["Blue"], "visible": True, "variation": False}],
        "meta_data": [{"id": n, "key": f"_field_{n}", "value": "x" * 24} for n in range(12)],
    }  # fmt: skip
    return json.dumps(content).encode()[:-1] + b', "serial": "'


class Signer:
    """Makes requests; only the last bytes of a body differ, so only they are hashed anew."""

    def __init__(self, port: int, path: str, secret: str) -> None:
        self.start = product()
        self.head = HEAD % (path.encode(), port, len(self.start) + DIGITS + 2)
        self.hash = hmac.new(secret.encode(), self.start, hashlib.sha256)

    def request(self, number: int) -> bytes:
        """Return the bytes of the delivery with this number."""
        serial = b"%0*d" % (DIGITS, number)
        end = serial + b'"}'
        signature = self.hash.copy()
        signature.update(end)
        own = OWN % (base64.b64encode(signature.digest()), serial)
        return b"".join((self.head, own, self.start, end))


class Sender(asyncio.Protocol):
    """One connection: sends, waits for the answer, sends the next, until the time is over."""

    def __init__(self, signer: Signer, numbers: itertools.count[int], until: float) -> None:
        self.signer, self.numbers, self.until = signer, numbers, until
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.answers: list[tuple[float, float, int]] = []
        self.refusals: dict[int, int] = {}
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.send()

    def send(self) -> None:
        """Send the next delivery, or end."""
        self.sent = time.perf_counter()
        if self.sent >= self.until:
            self.transport.close()
            return
        self.number = next(self.numbers)
        self.transport.write(self.signer.request(self.number))

    def data_received(self, data: bytes) -> None:
        self.received += data
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.received[:end].lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(self.received) < end + 4 + length:
            return
        status = int(self.received[9:12])
        self.received = b""
        if status == 200:
            now = time.perf_counter()
            self.answers.append((now, now - self.sent, self.number))
        else:
            self.refusals[status] = self.refusals.get(status, 0) + 1
        self.send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def run(options: argparse.Namespace) -> dict[str, object]:
    """Warm up, measure, and return what was seen; answers of the warm-up count only as acknowledged."""
    signer = Signer(options.port, options.path, options.secret)
    numbers = itertools.count(options.first)
    start = time.perf_counter() + options.warm_up
    until = start + options.seconds
    loop = asyncio.get_running_loop()
    senders = [
        (await loop.create_connection(lambda: Sender(signer, numbers, until), "127.0.0.1", options.port))[1]
        for _ in range(options.connections)
    ]
    await asyncio.gather(*(sender.done for sender in senders))
    answers = [answer for sender in senders for answer in sender.answers]
    latencies = sorted(latency for at, latency, _ in answers if start <= at < until)
    refusals: dict[str, int] = {}
    for sender in senders:
        for status, count in sender.refusals.items():
            refusals[str(status)] = refusals.get(str(status), 0) + count
    return {
        "rate": len(latencies) / options.seconds,
        "p50": 1000 * latencies[len(latencies) // 2] if latencies else None,
        "p99": 1000 * latencies[int(len(latencies) * 0.99)] if latencies else None,
        "refusals": refusals,
        "acknowledged": [number for _, _, number in answers],
    }


def main() -> None:
    """Read the command line, run, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--warm-up", type=float, default=0.5)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    options.results.write_text(json.dumps(uvloop.run(run(options))))


if __name__ == "__main__":
    sys.exit(main())
