"""The whole loop in a real Chromium: a signed webhook, a person's approvals, and the fourth corrected by itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from marketwright.testing import Twin
from plugins import shopify, woocommerce

pytestmark = [pytest.mark.browser, pytest.mark.process]

PASSWORD = "correct horse battery"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WAIT = 30_000


@dataclass
class Shop:
    """A twin, with the two things a merchant does in this story."""

    twin: Twin
    title: Callable[[int], str]
    rename: Callable[[int, str], Awaitable[Any]]
    ids: Callable[[], list[int]]


def shopify_shop() -> Shop:
    """Return a Shopify twin."""
    twin = shopify.channel.sandbox(seed=3, size=60)
    state = twin.state
    return Shop(
        twin,
        lambda number: state.shop.products[number].title,
        lambda number, title: state.edit_product(str(number), title=title),
        lambda: [number for number, product in state.shop.products.items() if product.status == "ACTIVE"],
    )


def woocommerce_shop() -> Shop:
    """Return a WooCommerce twin."""
    twin = woocommerce.channel.sandbox(seed=3, size=60)
    state = twin.state
    return Shop(
        twin,
        lambda number: state.products[number]["name"],
        lambda number, title: state.change(number, name=title),
        lambda: [number for number, product in state.products.items() if product["status"] == "publish"],
    )


SHOPS = {"woocommerce": woocommerce_shop, "shopify": shopify_shop}


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Open a browser; skip or fail where there is none."""
    path = os.environ.get("MARKETWRIGHT_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing, and CI must have it")
        pytest.skip("Chromium is not on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    for _ in range(300):
        if holds():
            return
        await asyncio.sleep(0.1)
    pytest.fail(what)


async def sign_in(page: Page, address: str) -> None:
    """Sign in with name and password."""
    await page.goto(f"{address}/sign-in")
    await page.get_by_label("Name").fill("ada")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(re.compile("/review"))


async def connect(page: Page, address: str, channel: str, twin: Twin) -> None:
    """Add a connection by its form, let it apply and push, and register its webhooks."""
    await page.goto(f"{address}/connections/new/{channel}")
    await page.get_by_label("Name", exact=True).fill(f"Main {channel} shop")
    await page.get_by_label("Merchant").fill("Alder & Finch")
    for name, value in msgspec.to_builtins(twin.settings()).items():
        field = page.locator(f"#setting-{name}")
        if value and await field.is_visible() and await field.evaluate("one => one.tagName") == "INPUT":
            await field.fill(str(value))
    await page.get_by_role("button", name="Connect and test").click()
    await expect(page.get_by_text("It works", exact=False).first).to_be_visible(timeout=WAIT)
    await page.get_by_role("link", name=re.compile("Main")).first.or_(page.get_by_text("Main")).first.wait_for()
    await page.locator("input[name=mode][value=apply_and_push]").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("input[name=mode][value=apply_and_push]")).to_be_checked()
    await page.get_by_role("button", name="Register webhooks").click()
    await page.wait_for_load_state()


def healthy(shop: Shop) -> list[int]:
    """Return products whose title is in order and ends in a letter or digit."""
    return [number for number in shop.ids() if re.fullmatch(r"[A-Z][a-z]+( \S+){1,8}", shop.title(number))]


async def spoil(shop: Shop, number: int) -> str:
    """Let the merchant write two spaces into a title; the signed webhook follows. Return the title as it was."""
    title = shop.title(number)
    await shop.rename(number, title.replace(" ", "  ", 1))
    return title


async def approve_by_key(page: Page, address: str, channel: str, title: str) -> None:
    """Find the issue of a product in the queue and approve it with a key."""
    query = title.replace(" ", "+")
    row = page.locator("[data-rows] [data-issue-id]").first
    for _ in range(60):
        await page.goto(f"{address}/review?view=plain&channel={channel}&text={query}")
        if await row.count():
            break
        await asyncio.sleep(0.5)
    await row.locator("[data-open]").click()
    await expect(page.locator("[data-detail]").get_by_text("Remove spaces", exact=False)).to_be_visible(timeout=WAIT)
    async with page.expect_response(re.compile(r"/approve")) as answered:
        await page.keyboard.press("a")
    assert (await answered.value).ok


async def story(browser: Browser, server: Any, channel: str) -> None:
    """Walk the loop once."""
    shop = SHOPS[channel]()
    async with shop.twin.running():
        page = await (await browser.new_context()).new_page()
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        await sign_in(page, server.address)
        await connect(page, server.address, channel, shop.twin)
        chosen = healthy(shop)[:4]

        for number in chosen[:3]:
            title = await spoil(shop, number)
            await approve_by_key(page, server.address, channel, shop.title(number).split("  ")[1])
            await until(lambda number=number, title=title: shop.title(number) == title, f"{title} was not mended")

        fourth = chosen[3]
        title = await spoil(shop, fourth)
        spoilt = shop.title(fourth)
        await until(lambda: shop.title(fourth) == title, "the fourth was not corrected by itself")

        line = page.locator("[data-application-id]").filter(has_text=title)
        await _shows(page, f"{server.address}/auto-corrected?channel={channel}", line, "Verified")
        await line.get_by_role("button", name="Undo").click()
        await until(lambda: shop.title(fourth) == spoilt, "the undo did not reach the shop")
        await _shows(
            page, f"{server.address}/auto-corrected?channel={channel}", page.locator("[data-state=undone]"), ""
        )
        assert troubles == []
        await page.context.close()


async def _shows(page: Page, address: str, line: Any, words: str) -> None:
    """Reload a list until a line stands in it and says these words."""
    for _ in range(60):
        await page.goto(address)
        if await line.count() and words in await line.first.inner_text():
            return
        await asyncio.sleep(0.5)
    pytest.fail(f"{address} does not show it:\n{await page.locator('main').inner_text()}")


@pytest.mark.parametrize("channel", sorted(SHOPS))
def test_after_three_approvals_the_fourth_is_corrected_by_itself_and_can_be_undone(serve, environment, channel):
    server = serve()
    server.command("users", "add", "ada", "--password", PASSWORD)

    async def walk() -> None:
        async with chromium() as browser:
            await story(browser, server, channel)

    asyncio.run(walk())
