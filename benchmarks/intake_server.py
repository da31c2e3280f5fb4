"""The server under test: the real application on one process, and beside its intake a route that only verifies.

    python benchmarks/intake_server.py --port 8001 --database sqlite:///FILE --redis unix://SOCKET --folder DIR

It migrates the database, makes one WooCommerce connection and writes the path of its webhooks to `DIR/path`. No worker
runs beside it: what is measured is the intake.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from litestar import Litestar, Request, Response, post
from litestar.types import ASGIApp, Receive, Scope, Send

from config.asgi import create_app
from config.layers import load
from config.loop import run, stop_event
from config.serve import answering, listen
from config.settings import Settings
from config.wiring import migrated, opened
from core import connections, opening, signing
from core.context import Context
from core.errors import NotFound
from core.model.people import Actor, Role
from core.store import connections as stored
from core.store import merchants

SECRET = "a-secret-of-the-benchmark"
VERIFY_PATH = "/verify-only"


@post(VERIFY_PATH, status_code=200)
async def verify_only(request: Request[object, object, object]) -> Response[bytes]:
    """Check the signature and answer, as the least that any receiver of webhooks does; nothing is kept."""
    body = await request.body()
    given = request.headers.get("x-wc-webhook-signature", "")
    valid = signing.verify_hmac_base64([SECRET], body, given)
    return Response(b"{}", status_code=200 if valid else 401, media_type="application/json")


def beside(app: ASGIApp) -> ASGIApp:
    """Return the application with the route that only verifies beside it."""
    verifying = Litestar(route_handlers=[verify_only], logging_config=None)

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = verifying if scope["type"] == "http" and scope["path"] == VERIFY_PATH else app
        await chosen(scope, receive, send)

    return either


async def connect(context: Context) -> str:
    """Make the one connection and return the path of its webhooks; its shop is never called."""
    merchant = await merchants.create("Benchmark", context.clock())
    values = {
        "store_url": "https://shop.example",
        "consumer_key": "ck_" + "0" * 40,
        "consumer_secret": "cs_" + "0" * 40,
        "webhook_secret": SECRET,
    }
    admin = Actor(user=1, name="benchmark", role=Role.ADMIN)
    made = await connections.create(
        context, admin, merchant=merchant, channel="woocommerce", name="Shop", values=values
    )
    row = await stored.get(made)
    if row is None:
        raise NotFound("The connection that was just made is not there.")
    return opening.webhook_path(row)


async def serve(settings: Settings, port: int, told: Path) -> None:
    """Serve until a signal asks to stop."""
    stopping = stop_event()
    await migrated(settings)
    async with opened(settings) as context:
        path = await connect(context)
        app = beside(create_app(context, settings))
        async with answering(app, listen("127.0.0.1", port)):
            await asyncio.to_thread(told.write_text, path)
            await stopping.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--redis", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    settings = load(
        environ={
            "MARKETWRIGHT_DATA_DIR": str(options.folder),
            "MARKETWRIGHT_DATABASE__URL": options.database,
            "MARKETWRIGHT_REDIS__URL": options.redis,
        }
    )
    run(serve(settings, options.port, options.folder / "path"))


if __name__ == "__main__":
    main()
