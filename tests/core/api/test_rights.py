"""Who may do what: every route of the application, with every kind of caller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from core import people
from core.api.reference.document import document
from core.store import users

ADMINS_ONLY = {
    ("PUT", "/api/v1/patterns/{pattern_id}/threshold"),
    ("PUT", "/api/v1/auto-rules/{auto_rule_id}/active"),
    ("POST", "/api/v1/patterns/{pattern_id}/split"),
    ("POST", "/api/v1/patterns/{pattern_id}/merge"),
    ("POST", "/api/v1/groupings/{grouping_id}/take-back"),
    ("POST", "/api/v1/patterns/{pattern_id}/share"),
    ("DELETE", "/api/v1/patterns/{pattern_id}/share"),
    ("PUT", "/api/v1/shared-corrections"),
    ("POST", "/api/v1/connections"),
    ("PATCH", "/api/v1/connections/{connection_id}"),
    ("GET", "/api/v1/connections/{connection_id}/settings"),
    ("GET", "/api/v1/connections/{connection_id}/webhooks"),
    ("POST", "/api/v1/connections/{connection_id}/webhooks"),
    ("POST", "/api/v1/connections/{connection_id}/test"),
    ("POST", "/api/v1/connections/{connection_id}/sync"),
    ("POST", "/api/v1/connections/{connection_id}/requirements"),
    ("GET", "/api/v1/audit"),
}
ONES_OWN = {("GET", "/api/v1/me"), ("GET", "/api/v1/tokens"), ("POST", "/api/v1/tokens")}
OF_EVERYBODY = {
    ("GET", "/api/v1/channels"),
    ("GET", "/api/v1/channels/{name}"),
    ("GET", "/api/v1/rulepacks"),
    ("GET", "/api/v1/rulepacks/{name}"),
    ("POST", "/api/v1/validate"),
}


class Call:
    """One route with one method, ready to be filled with somebody's ids."""

    def __init__(self, method: str, path: str, body: Any) -> None:
        self.method, self.path, self.body = method, path, body

    @property
    def key(self) -> tuple[str, str]:
        return self.method, self.path

    def args(self, ids: dict[str, Any]) -> dict[str, Any]:
        url = self.path.format(**ids)
        return {"method": self.method, "url": url} | ({} if self.body is None else {"json": self.body})


def calls(app: Litestar) -> Iterator[Call]:
    """Yield every call that the API takes; bodies are the document's own examples."""
    described = document(app.openapi_schema.to_schema())["paths"]
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path_format.startswith("/api/v1"):
            for method in sorted(set(route.methods) - {"OPTIONS", "HEAD"}):
                operation = described[route.path_format][method.lower()]
                content = operation.get("requestBody", {}).get("content", {})
                yield Call(method, route.path_format, content.get("application/json", {}).get("example"))


def test_the_matrix_sees_every_route(app):
    keys = {call.key for call in calls(app)}

    assert len(keys) >= 40
    assert keys >= ADMINS_ONLY | ONES_OWN | OF_EVERYBODY


async def test_strangers_and_wrong_tokens_are_sent_away(app, client, ours):
    link = await people.one_time_token((await users.accounts(None))[0].id)
    headers = (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {link}"},
        {"Cookie": f"{people.COOKIE}=x"},
    )
    for call in calls(app):
        for given in headers:
            answer = await client.request(**call.args(ours.ids), headers=given)

            assert answer.status_code == 401, call.key
            assert answer.json()["code"] == "signed_out"


async def test_reviewers_may_do_all_but_what_is_for_admins(app, client, ours):
    for call in calls(app):
        answer = await client.request(**call.args(ours.ids), headers=ours.bearer("reviewer"))

        assert (answer.status_code == 403) is (call.key in ADMINS_ONLY), (call.key, answer.text)
        assert answer.status_code < 500, (call.key, answer.text)


async def test_admins_may_do_all(app, client, ours):
    for call in calls(app):
        answer = await client.request(**call.args(ours.ids), headers=ours.bearer("admin"))

        assert answer.status_code not in (401, 403), (call.key, answer.text)
        assert answer.status_code < 500, (call.key, answer.text)


async def test_what_belongs_to_another_merchant_does_not_exist(app, client, ours, theirs):
    for call in calls(app):
        if "{" not in call.path or call.key in OF_EVERYBODY:
            continue
        for role in ("admin", "reviewer"):
            answer = await client.request(**call.args(ours.ids), headers=theirs.bearer(role))

            expected = 403 if role == "reviewer" and call.key in ADMINS_ONLY else 404
            assert answer.status_code == expected, (call.key, answer.text)


async def test_lists_hold_nothing_of_another_merchant(app, client, ours, theirs):
    foreign = [str(theirs.ids[name]) for name in ("pattern_id", "decision_id", "auto_rule_id")]
    for call in calls(app):
        if call.method != "GET" or "{" in call.path or call.key in OF_EVERYBODY | ONES_OWN:
            continue

        answer = await client.request(**call.args(ours.ids), headers=ours.bearer("admin"))

        assert answer.status_code == 200, call.key
        assert not any(text in answer.text for text in (*foreign, "theirs")), call.key
        found = answer.json()
        items = found["items"] if isinstance(found, dict) and "items" in found else found
        assert items, f"{call.key} lists nothing, so it proves nothing"


async def test_an_admin_of_the_installation_sees_every_merchant(client, ours, theirs):
    user = await people.create_user("root", "correct horse battery", "admin", None)
    headers = {"Authorization": f"Bearer {await people.create_api_token(user, 'all')}"}

    seen = (await client.get("/api/v1/issues", headers=headers)).json()

    assert {item["issue_id"] for item in seen["items"]} == {ours.ids["issue_id"], theirs.ids["issue_id"]}


async def test_a_browsers_changes_need_its_own_csrf_token(app, client, ours, theirs, browser):
    other = await people.sign_in("theirs admin", "correct horse battery")
    cookie = {"Cookie": f"{people.COOKIE}={browser.token}"}
    for call in calls(app):
        if call.method == "GET":
            continue
        for csrf in (None, "", "wrong", other.csrf):
            headers = cookie | ({} if csrf is None else {people.CSRF_HEADER: csrf})
            answer = await client.request(**call.args(ours.ids), headers=headers)

            assert answer.status_code == 403, call.key


async def test_a_browser_with_its_csrf_token_may_change_and_without_may_read(client, browser):
    cookie = {"Cookie": f"{people.COOKIE}={browser.token}"}

    read = await client.get("/api/v1/me", headers=cookie)
    made = await client.post("/api/v1/tokens", json={"label": "x"}, headers=cookie | {people.CSRF_HEADER: browser.csrf})

    assert read.json()["name"] == "ours admin"
    assert made.status_code == 201


async def test_a_browsers_token_is_no_bearer_and_a_programs_no_cookie(client, ours, browser):
    as_bearer = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {browser.token}"})
    as_cookie = await client.get("/api/v1/me", headers={"Cookie": f"{people.COOKIE}={ours.tokens['admin']}"})

    assert (as_bearer.status_code, as_cookie.status_code) == (401, 401)


@pytest.mark.parametrize("role", ["admin", "reviewer"])
async def test_who_is_disabled_is_out_at_once(client, ours, role):
    headers = ours.bearer(role)
    before = await client.get("/api/v1/issues", headers=headers)
    account = next(account for account in await users.accounts(ours.merchant) if account.role == role)

    await people.set_active(account.id, is_active=False)

    assert before.status_code == 200
    assert (await client.get("/api/v1/issues", headers=headers)).status_code == 401
