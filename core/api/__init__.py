"""The JSON API under `/api/v1`, its reference under `/api/docs`, and the probes under `/health`."""

from litestar import Router
from litestar.datastructures import ResponseHeader
from litestar.openapi.config import OpenAPIConfig
from litestar.types import ControllerRouterHandler

from core.api import (
    backtests,
    channels,
    connections,
    decisions,
    groupings,
    health,
    issues,
    metrics,
    patterns,
    records,
    reference,
    rulepacks,
    sharing,
    tokens,
)
from core.api.door import DEPENDENCIES, signed_in
from core.api.problems import HANDLERS, of_the_framework

__all__ = ["of_the_framework", "openapi_config", "routes"]

HEADERS = (
    ResponseHeader(name="Cache-Control", value="no-store"),
    ResponseHeader(name="X-Content-Type-Options", value="nosniff"),
)


def routes() -> list[ControllerRouterHandler]:
    """Return the routers. They read the opened installation from `state["context"]` of the application."""
    api = Router(
        path="/api/v1",
        route_handlers=[
            issues.Issues,
            decisions.Decisions,
            decisions.Applications,
            patterns.Patterns,
            patterns.AutoRules,
            groupings.Groupings,
            backtests.try_program,
            sharing.share_pattern,
            sharing.unshare_pattern,
            sharing.read_receiving,
            sharing.set_receiving,
            metrics.list_metrics,
            connections.Connections,
            connections.list_sync_runs,
            rulepacks.Rulepacks,
            rulepacks.standing,
            rulepacks.preview,
            records.Records,
            records.list_alerts,
            records.list_audit,
            channels.Channels,
            channels.validate,
            tokens.me,
            tokens.Tokens,
        ],
        guards=[signed_in],
        dependencies=DEPENDENCIES,
        exception_handlers=HANDLERS,
        response_headers=HEADERS,
        security=reference.SECURITY,
    )
    probes = Router(
        path="/health",
        route_handlers=[health.live, health.ready],
        dependencies={"context": DEPENDENCIES["context"]},
        exception_handlers=HANDLERS,
        response_headers=HEADERS,
        tags=["Probes"],
    )
    return [api, probes]


def openapi_config() -> OpenAPIConfig:
    """Return what the application describes its API with."""
    return reference.config()
