"""What must hold on every page: headers, tokens, tenants, and hostile text that stays text."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from litestar import Litestar

from admin_ui.routes import routes
from core.model.notices import RecipientKind
from core.store import recipients
from core.store.listings import issues as issues_listing
from core.store.tables import Alert, Connection, ModelCall, Recipient

HTML = {"accept": "text/html"}
OPEN = {"/sign-in", "/notifications/confirm/{token:str}", "/unsubscribe/{token:str}"}
POSTED_BY_CHANNELS = {"/connect/{channel_name:str}/callback"}
"""No session and no token: a channel's server has our state to show, which test_handover.py is about."""
ENDLESS = {"/events"}


def handlers():
    """Return every page's method and path, from the routes themselves."""
    app = Litestar(route_handlers=routes(), openapi_config=None, logging_config=None)
    found = [
        (method, route.path)
        for route in app.routes
        for method in getattr(route, "methods", [])
        if method in ("GET", "POST") and not route.path.startswith("/static")
    ]
    return sorted(set(found))


def filled(path, values):
    """Return a path with its parameters filled in."""
    return re.sub(r"\{(\w+):\w+\}", lambda found: str(values.get(found[1], 1)), path)


POSTS = [path for method, path in handlers() if method == "POST"]
GETS = [path for method, path in handlers() if method == "GET" and path not in ENDLESS]


@pytest.fixture
async def known(shop, products, library):
    """Return an id for each kind of path parameter."""
    (issue,) = await shop.keep(*products([{"price": "10"}]))
    view = await issues_listing.one(shop.merchant, issue)
    return {
        "issue_id": issue,
        "record_id": view.record.id,
        "pattern_id": view.pattern.pattern_id,
        "connection_id": shop.connection,
        "channel_name": "woocommerce",
        "version": library.versions("woocommerce")[0],
        "rule_id": "price.decimals",
        "call_id": await model_call(view),
        "token": await letter_token(shop.merchant),
    }


async def model_call(view):
    """Return the id of a question about an issue."""
    now = datetime.now(UTC)
    call = ModelCall(
        merchant=view.issue.merchant, pattern=uuid.UUID(view.pattern.pattern_id), issue=view.issue.id, model="gpt-4",
        request='{"system": "Mend.", "user": "{}"}', request_hash="h", state="failed", asked_at=now,
    )  # fmt: skip
    return (await ModelCall.insert(call))[0]["id"]


async def letter_token(merchant):
    """Return what stands in the links of somebody's mails."""
    await recipients.insert(RecipientKind.EMAIL, "a@shop.example", datetime.now(UTC), merchant=merchant)
    return (await Recipient.select(Recipient.token).first())["token"]


def test_the_routes_are_all_here():
    assert len(POSTS) >= 15
    assert len(GETS) >= 18


@pytest.mark.parametrize("path", [path for path in POSTS if path not in OPEN | POSTED_BY_CHANNELS])
async def test_a_form_without_its_token_is_refused(admin, path):
    none = await admin.post(filled(path, {}), data={"x": "1"}, headers=HTML)
    wrong = await admin.post(filled(path, {}), data={"csrf": "guessed"}, headers=HTML)

    assert (none.status_code, wrong.status_code) == (403, 403)


@pytest.mark.parametrize("path", POSTS)
async def test_a_form_from_another_site_is_refused(admin, path):
    headers = {**HTML, "sec-fetch-site": "cross-site"}

    answer = await admin.post(filled(path, {}), data={"csrf": admin.csrf}, headers=headers)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [one for one in handlers() if one[1] not in OPEN and not (one[0] == "POST" and one[1] in POSTED_BY_CHANNELS)],
)
async def test_a_stranger_sees_no_page(stranger, method, path):
    answer = await stranger.request(method, filled(path, {}), headers=HTML)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("role", ["reviewer", "admin"])
async def test_each_page_is_drawn_for_each_role_or_refused_in_words(enter, known, role):
    browser = await enter(role)

    for path in GETS:
        answer = await browser.get(filled(path, known), headers=HTML)

        assert answer.status_code in (200, 303, 403), (path, answer.status_code)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", answer.text), path
        if role == "reviewer" and answer.status_code == 403:
            assert path.startswith(("/connect", "/audit")), path


async def test_static_files_are_served_with_their_type_and_nothing_beside_them(stranger):
    sheet = await stranger.get("/static/css/tokens.css")
    outside = await stranger.get("/static/../rendering.py")

    assert sheet.headers["content-type"].startswith("text/css")
    assert "content-security-policy" in sheet.headers
    assert outside.status_code == 404


@pytest.mark.parametrize("role", ["reviewer", "admin"])
async def test_nothing_of_a_neighbour_is_seen_or_changed(enter, neighbour, products, role):
    (issue,) = await neighbour.keep(*products([{"price": "10", "title": "Secret teapot"}]))
    view = await issues_listing.one(neighbour.merchant, issue)
    theirs = {
        "issue_id": issue,
        "record_id": view.record.id,
        "pattern_id": view.pattern.pattern_id,
        "connection_id": neighbour.connection,
        "channel_name": "woocommerce",
        "version": "2026.11",
        "rule_id": "price.decimals",
        "call_id": await model_call(view),
    }
    browser = await enter(role)

    for path in GETS:
        answer = await browser.get(filled(path, theirs), headers=HTML)

        assert "Secret teapot" not in answer.text, path
        assert "Neighbour" not in answer.text, path
        if set(re.findall(r"\{(\w+):", path)) & {"issue_id", "record_id", "pattern_id", "connection_id"}:
            assert answer.status_code in (404, 403 if role == "reviewer" else 404), path
    for path in [path for path in POSTS if re.search(r"issue_id|pattern_id|connection_id", path)]:
        fields = {"threshold": "0.1", "value": "1", "shape": "text", "mode": "suggest", "sync_minutes": "5"}
        answer = await browser.send_form(filled(path, theirs), **fields)

        assert answer.status_code in (404, 403 if role == "reviewer" else 404), (path, answer.status_code)
    assert (await issues_listing.one(neighbour.merchant, issue)).issue.state == "open"


PAYLOADS: list[str] = json.loads((Path(__file__).parent / "hostile.json").read_text("utf-8"))
UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\x00]")
BESIDE_TEXT = re.compile(r'(?:title|value|aria-label)="[^"]*"|<textarea.*?</textarea>', re.DOTALL)
"""What people hover over or edit, where a value has to be whole."""
QUOTED = re.compile(r'"[^"]*"')
HANDLER = re.compile(r"<[^>]*\s(on\w+|style|srcdoc)=")
ACTIVE_ADDRESS = re.compile(r'(href|src|action)="\s*(javascript|data|vbscript|//)', re.IGNORECASE)
ALLOWED_TAGS = re.compile(
    r"(html|head|meta|title|link|script|body|a|div|nav|svg|path|circle|rect|span|main|header|h[1-3]|form|input|kbd|details|"
    r"summary|button|section|ol|ul|li|label|select|option|article|p|code|dl|dt|dd|footer|table|thead|tbody|tr|th|td|time|"
    r"del|ins|i|textarea|dialog|strong|em|h4|br|pre|figure|figcaption|fieldset)"
)


async def poison(shop, products):
    """Keep records whose every text is hostile, and return the issues they open."""
    plain = ("category", "handle", "price", "url")
    poisoned = [
        {
            **dict.fromkeys(plain, payload),
            "title": f"{payload}  {payload}",
            "brand": f" {payload} ",
            "sku": f" {payload} ",
            "description": f"{payload} <script>1</script>",
            "attributes": {payload: payload},
            "tags": [payload],
            "images": [{"url": payload, "alt": payload}],
        }
        for payload in PAYLOADS
    ]
    return await shop.keep(*products(poisoned))


async def pages_of(browser, issues, merchant):
    """Return the pages that show records, issues, values and messages."""
    paths = [
        "/review?view=plain",
        "/review?view=grouped",
        "/records",
        "/knowledge",
        "/history",
        "/alerts",
        "/auto-corrected?automatic=",
        "/rulepacks",
        "/connections/1/rulepack?version=newest",
    ]
    for issue in issues:
        view = await issues_listing.one(merchant, issue)
        paths += [f"/issues/{issue}?modify=1", f"/records/{view.record.id}", f"/knowledge/{view.pattern.pattern_id}"]
    return {path: await browser.get(path, headers=HTML) for path in dict.fromkeys(paths)}


async def test_hostile_text_stays_text_on_every_page(admin, shop, products):
    assert len(PAYLOADS) >= 60
    issues = await poison(shop, products)
    await admin.send_form(f"/issues/{issues[0]}/approve")
    for number, payload in enumerate(PAYLOADS[:20]):
        alert = Alert(merchant=shop.merchant, subject=str(number), severity="error", message=payload)
        await Alert.insert(alert)
    await Connection.update({Connection.name: PAYLOADS[0], Connection.state_reason: PAYLOADS[13]}).where(
        Connection.id == shop.connection
    )

    pages = await pages_of(admin, issues[:: max(len(issues) // 40, 1)], shop.merchant)

    for path, page in pages.items():
        assert page.status_code == 200, path
        tags = {tag.lower() for tag in re.findall(r"<([a-zA-Z][\w-]*)", page.text)}
        assert not [tag for tag in tags if not ALLOWED_TAGS.fullmatch(tag)], path
        assert page.text.count("<script") == 1, path
        assert not HANDLER.search(QUOTED.sub('""', page.text)), path
        assert not ACTIVE_ADDRESS.search(page.text), path
        assert ">49<" not in page.text, path
        assert not UNSEEN.search(BESIDE_TEXT.sub("", page.text)), path


async def test_hostile_addresses_stay_text(admin, shop, products):
    address = "/review?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&channel=%22onx&sort=%3Cb%3E"

    page = await admin.get(address)

    assert page.status_code == 200
    assert page.text.count("<script") == 1
    assert "&#34;&gt;&lt;script&gt;" in page.text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
async def test_forms_lead_back_to_this_site_only(admin, known, back):
    answer = await admin.send_form(f"/issues/{known['issue_id']}/approve", back=back)

    assert answer.headers["location"] == "/review"
