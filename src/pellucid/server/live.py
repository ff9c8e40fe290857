"""``/live``: a WebSocket that says what has changed, so that a page asks again only for what it shows.

A page says what it looks at, ``{"watch": ["task:<id>", "project:<id>", "tasks", "projects", "models", "queues",
"workers"]}``, as often as that changes; it is told ``{"changed": [...]}`` with those of them that are not what they
were. Changes are found by asking the store for the versions of all that anybody watches, twice a second while anybody
does: so it does not matter which process made a change.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from pellucid.server.auth.authority import Authority
from pellucid.server.auth.session import COOKIE, is_own_origin
from pellucid.server.errors import ApiError
from pellucid.store.api import Store, Versions
from pellucid.store.errors import StoreError

PATH: Final = "/live"

_EVERY_SECONDS: Final = 0.5
_PATIENCE_SECONDS: Final = 5
_MOST_TOPICS: Final = 1000
_LONGEST_TOPIC: Final = 100
_REFUSED: Final = 1008
_log = logging.getLogger(__name__)

_LISTS: Final[Mapping[str, Callable[[Versions], str]]] = {
    "tasks": lambda versions: versions.all_tasks(),
    "projects": lambda versions: versions.all_projects(),
    "models": lambda versions: versions.all_models(),
    "queues": lambda versions: versions.all_queues(),
    "workers": lambda versions: versions.all_workers(),
}


class _Watch(msgspec.Struct, frozen=True):
    watch: list[str]


class _Changed(msgspec.Struct, frozen=True):
    changed: list[str]


@dataclass(eq=False)
class _Watcher:
    """One page: what it looks at, in the version that it knows."""

    socket: WebSocket
    token: str
    known: dict[str, str | None] = field(default_factory=dict)


class Live:
    """The pages that are open."""

    def __init__(self, store: Store, authority: Authority) -> None:
        self._store = store
        self._authority = authority
        self._watchers: set[_Watcher] = set()
        self._telling: asyncio.Task[None] | None = None

    async def serve(self, socket: WebSocket) -> None:
        """Serve one page until it goes: only one of our own origin, and only for who is logged in."""
        token = socket.cookies.get(COOKIE, "")
        if not is_own_origin(socket) or not await run_in_threadpool(self._lets_in, token):
            await socket.close(_REFUSED)
            return
        await socket.accept()
        watcher = _Watcher(socket, token)
        self._watchers.add(watcher)
        try:
            while True:
                await self._watch(watcher, await socket.receive_text())
        except WebSocketDisconnect:
            pass
        except (msgspec.DecodeError, KeyError, ValueError) as error:
            await socket.close(_REFUSED, f"not understood: {error}"[:100])
        finally:
            self._watchers.discard(watcher)

    async def _watch(self, watcher: _Watcher, message: str) -> None:
        """Take note of what a page looks at; what it has looked at before is not new to it."""
        topics = [_checked(topic) for topic in msgspec.json.decode(message, type=_Watch).watch[:_MOST_TOPICS]]
        versions = await run_in_threadpool(versions_of, self._store.versions, topics)
        watcher.known = {topic: watcher.known.get(topic, versions[topic]) for topic in topics}
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell_while_anybody_listens())

    async def _tell_while_anybody_listens(self) -> None:
        while self._watchers:
            await asyncio.sleep(_EVERY_SECONDS)
            try:
                await self._tell()
            except StoreError as error:
                # The database is away, and comes back; pages that ask are told so.
                _log.warning("changes can't be found now: %s", error)

    async def _tell(self) -> None:
        topics = {topic for watcher in self._watchers for topic in watcher.known}
        versions = await run_in_threadpool(versions_of, self._store.versions, topics)
        await asyncio.gather(*(self._tell_one(watcher, versions) for watcher in list(self._watchers)))

    async def _tell_one(self, watcher: _Watcher, versions: Mapping[str, str | None]) -> None:
        changed = [topic for topic, known in watcher.known.items() if versions.get(topic, known) != known]
        if not changed:
            return
        try:
            if not await run_in_threadpool(self._lets_in, watcher.token):
                await watcher.socket.close(_REFUSED)
                return
            text = msgspec.json.encode(_Changed(changed)).decode()
            await asyncio.wait_for(watcher.socket.send_text(text), _PATIENCE_SECONDS)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):  # it has gone, or does not read
            self._watchers.discard(watcher)
            return
        watcher.known |= {topic: versions[topic] for topic in changed if topic in watcher.known}

    def _lets_in(self, token: str) -> bool:
        try:
            self._authority.caller_of_token(token)
        except (ApiError, StoreError):
            return False
        return True


def versions_of(versions: Versions, topics: Collection[str]) -> dict[str, str | None]:
    """The version of each topic; ``None`` for a task that does not exist."""
    found: dict[str, str | None] = dict.fromkeys(topics)
    named: dict[str, list[str]] = {"task": [], "project": []}
    for topic in topics:
        kind, _, name = topic.partition(":")
        if kind in named:
            named[kind].append(name)
        else:
            found[topic] = _LISTS[topic](versions)
    found |= {f"task:{name}": version for name, version in versions.tasks(named["task"]).items()}
    found |= {f"project:{name}": version for name, version in versions.task_lists(named["project"]).items()}
    return found


def _checked(topic: str) -> str:
    """Raises ValueError for what can't be watched."""
    if topic in _LISTS or (
        topic.startswith(("task:", "project:")) and len(topic) < _LONGEST_TOPIC and "\0" not in topic
    ):
        return topic
    raise ValueError(f"{topic[:_LONGEST_TOPIC]!r} can't be watched")
