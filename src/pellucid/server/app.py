"""The ASGI application: API, files and web page on one port."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from pellucid.base.clock import Clock, utc_now
from pellucid.server.auth.authority import Authority
from pellucid.server.dispatch import API_PATH, Dispatcher
from pellucid.server.docs import Docs
from pellucid.server.endpoints import AnyEndpoint, by_name
from pellucid.server.file_tree import FileTree
from pellucid.server.files import FileServer
from pellucid.server.live import PATH as LIVE_PATH
from pellucid.server.live import Live
from pellucid.server.login import LoginPage
from pellucid.server.page import Page
from pellucid.server.services import (
    auth,
    event_names,
    event_pages,
    event_removal,
    events,
    journal,
    log_download,
    log_search,
    login_modes,
    model_life,
    model_lists,
    models,
    organization,
    pipelines,
    plots,
    project_deletion,
    project_facts,
    project_lists,
    projects,
    queue_entries,
    queue_metrics,
    queues,
    samples,
    scalars,
    server_info,
    table_download,
    task_artifacts,
    task_cloning,
    task_configurations,
    task_deletion,
    task_labels,
    task_life,
    task_lists,
    task_parameters,
    task_queueing,
    tasks,
    users,
    worker_lists,
    worker_stats,
    workers,
)
from pellucid.store.api import Store
from pellucid.web import asset_dir
from pellucid.wire.files import FILES_PREFIX

_SERVICES = (
    auth,
    users,
    server_info,
    organization,
    table_download,
    projects,
    project_lists,
    project_deletion,
    project_facts,
    tasks,
    task_lists,
    task_artifacts,
    task_cloning,
    task_configurations,
    task_deletion,
    task_labels,
    task_parameters,
    task_life,
    events,
    event_names,
    event_pages,
    event_removal,
    log_download,
    log_search,
    plots,
    samples,
    scalars,
    journal,
    task_queueing,
    queues,
    queue_entries,
    queue_metrics,
    workers,
    worker_lists,
    worker_stats,
    models,
    model_lists,
    model_life,
    login_modes,
    pipelines,
)


def endpoints() -> dict[str, AnyEndpoint]:
    """Every endpoint of the API by name."""
    return by_name(service.endpoints() for service in _SERVICES)


def create_app(
    store: Store,
    data: Path,
    *,
    owner: str | None = None,
    hosts: frozenset[str] | None = None,
    files_port: int | None = None,
    clock: Clock = utc_now,
) -> ASGIApp:
    """The application over an open store.

    Args:
        store: tasks, events, users.
        data: folder for files.
        owner: the user that a browser of the server's own OS user becomes without keys; ``None`` for nobody.
        hosts: names under which the server may be addressed; ``None`` for any. A server on the loopback interface names
            them, or a hostile page could have its own name resolve to this machine.
        files_port: where files lie at the root, for clients that expect a file server on a port of its own.
        clock: the present.
    """
    authority = Authority(store, clock)
    tree = FileTree(data / "files")
    files = FileServer(tree, authority)
    table = endpoints()
    api = Dispatcher(table, store, authority, tree, clock)
    app: ASGIApp = _whole(api, LoginPage(store, authority, owner=owner), files, Docs(table), Live(store, authority))
    if files_port is not None:
        app = _ByPort({files_port: Starlette(routes=_file_routes("", files))}, app)
    return _NamedHosts(app, hosts) if hosts else app


def _whole(api: Dispatcher, browser: LoginPage, files: FileServer, docs: Docs, live: Live) -> Starlette:
    page = Page(asset_dir())

    async def anything(request: Request) -> Response:
        reading = request.method in ("GET", "HEAD")
        # A file of the page such as ``/favicon.svg`` looks like an endpoint; no endpoint is called like one of them.
        if reading and (page.has(request.url.path) or not API_PATH.fullmatch(request.url.path)):
            return await page.serve(request)
        return await api(request)

    async def root(request: Request) -> Response:
        if request.headers.get("Content-Type", "").startswith("multipart/"):
            return await files.upload(request)
        return await api(request)

    methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
    return Starlette(
        routes=[
            Route("/login", browser.login, methods=["POST"]),
            Route("/logout", browser.logout, methods=["POST"]),
            WebSocketRoute(LIVE_PATH, live.serve),
            Route("/docs", docs.page),
            Route("/docs/openapi.json", docs.schema),
            *_file_routes(FILES_PREFIX, files),
            Route("/delete_many", files.delete_many, methods=["POST"]),
            Route("/", root, methods=["POST"]),
            Route("/{path:path}", anything, methods=methods),
        ]
    )


def _file_routes(prefix: str, files: FileServer) -> list[Route]:
    roots = {prefix or "/", f"{prefix}/"}
    return [
        *(Route(root, files.ping, methods=["GET"]) for root in roots),
        *(Route(root, files.upload, methods=["POST"]) for root in roots),
        Route(f"{prefix}/delete_many", files.delete_many, methods=["POST"]),
        Route(f"{prefix}/{{path:path}}", files.one, methods=["GET", "HEAD", "PUT", "PATCH", "DELETE"]),
    ]


class _ByPort:
    """Sends what comes in at certain ports elsewhere."""

    def __init__(self, ports: Mapping[int, ASGIApp], otherwise: ASGIApp) -> None:
        self._ports = ports
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        local = scope.get("server")
        await self._ports.get(local[1] if local else 0, self._otherwise)(scope, receive, send)


class _NamedHosts:
    """Refuses requests that address the server by a name that is not its own."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            named = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            host = named.rpartition(":")[0] if named.rpartition(":")[2].isdigit() else named
            if host not in self._hosts and scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            if host not in self._hosts:
                # Plain text: existing clients repeat a request for ever whose answer is JSON without an envelope.
                response = PlainTextResponse(f"this server is not called {host!r}", 421)
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)
