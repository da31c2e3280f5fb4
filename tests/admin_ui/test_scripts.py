"""What our scripts add, in a real Chromium: decisions at once, refusals that come back, keys that wait."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from litestar import Litestar
from litestar.datastructures import State

from admin_ui.rendering import template_config
from admin_ui.routes import routes
from core import people, review
from core.store.listings import issues as issues_listing

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture
async def address(context: Any) -> AsyncIterator[str]:
    """Serve the pages on a port of this machine."""
    app = Litestar(
        route_handlers=routes(),
        template_config=template_config(),
        state=State({"context": context}),
        openapi_config=None,
        logging_config=None,
    )
    config = uvicorn.Config(app, port=0, ws="none", log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


@pytest.fixture
async def screen(address: str, shop: Any) -> AsyncIterator[Any]:
    """Return a page of a signed-in reviewer; `complaints` gathers what the browser complains of."""
    playwright = pytest.importorskip("playwright.async_api")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    user = await people.create_user("jo", "correct horse battery", "reviewer", shop.merchant)
    async with playwright.async_playwright() as started:
        browser = await started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 800}, base_url=address)
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: page.complaints.append(f"dialog: {dialog.message}"))
        page.on("console", lambda said: page.complaints.append(said.text) if "Content Security" in said.text else None)
        await page.goto(f"/sign-in?token={await people.one_time_token(user)}")
        yield page
        await browser.close()


async def test_a_decision_takes_the_item_away_and_brings_the_next(screen, shop, products):
    issues = await shop.keep(*products([{"price": str(number)} for number in (10, 11, 12)]))
    await screen.goto("/review?view=plain&sort=oldest")

    await screen.keyboard.press("a")
    await screen.wait_for_selector(f'[data-panel][data-issue-id="{issues[1]}"]')
    await screen.wait_for_selector("[data-strip] li form")

    assert await screen.locator(f'.row[data-issue-id="{issues[0]}"]').count() == 0
    assert (await issues_listing.one(shop.merchant, issues[0])).issue.state == "correcting"
    assert screen.complaints == []


async def test_a_refusal_brings_it_back_with_the_reason(screen, shop, context, products):
    issues = await shop.keep(*products([{"price": str(number)} for number in (10, 11)]))
    await screen.goto("/review?view=plain&sort=oldest")
    await review.approve(context, shop.owner, issues[0])

    await screen.keyboard.press("a")
    await screen.wait_for_selector(".trouble")

    assert "already" in await screen.locator(".trouble").inner_text()
    assert await screen.locator(f'.row.refused[data-issue-id="{issues[0]}"]').count() == 1


async def test_keys_never_fire_while_typing_and_moving_never_decides(screen, shop, products):
    issues = await shop.keep(*products([{"price": str(number)} for number in (10, 11)]))
    await screen.goto("/review?view=plain&sort=oldest")

    await screen.keyboard.press("/")
    await screen.keyboard.type("ara")
    typed = await screen.input_value("[data-key='/']")
    await screen.keyboard.press("Escape")
    await screen.keyboard.press("j")
    await screen.wait_for_selector(f'[data-panel][data-issue-id="{issues[1]}"]')

    assert typed == "ara"
    assert [(await issues_listing.one(shop.merchant, issue)).issue.state for issue in issues] == ["open", "open"]


async def test_undo_brings_the_issue_back(screen, shop, products):
    (issue,) = await shop.keep(*products([{"price": "10"}]))
    await screen.goto("/review")
    await screen.keyboard.press("a")
    await screen.wait_for_selector("[data-strip] li form")

    await screen.keyboard.press("u")
    await screen.wait_for_selector(f'[data-panel][data-issue-id="{issue}"]')

    assert (await issues_listing.one(shop.merchant, issue)).issue.state == "open"


async def test_a_phone_shows_one_thing_at_a_time_and_nothing_too_wide(screen, shop, products):
    issues = await shop.keep(*products([{"price": str(number)} for number in (10, 11)]))
    await screen.set_viewport_size({"width": 390, "height": 844})
    decide = screen.locator("[data-decide] form button").first

    await screen.goto("/review?view=plain&sort=oldest")
    in_the_list = await decide.is_visible()
    await screen.locator(f'.row[data-issue-id="{issues[1]}"] a').click()
    await screen.wait_for_url(f"**issue={issues[1]}")
    when_chosen = await decide.is_visible()
    await screen.goto(f"/issues/{issues[1]}")

    assert (in_the_list, when_chosen, await decide.is_visible()) == (False, True, True)
    assert await screen.evaluate("document.documentElement.scrollWidth") == 390


async def test_hostile_text_runs_nothing(screen, shop, products):
    payload = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    issues = await shop.keep(*products([{"title": f"{payload}  {payload}", "brand": payload, "price": payload}]))

    for path in ("/review?view=plain", f"/issues/{issues[0]}?modify=1", "/records", "/knowledge"):
        await screen.goto(path)
        await screen.wait_for_load_state()

    assert screen.complaints == []
