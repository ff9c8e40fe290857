"""The description of the API, and the API held against it: whatever fits the description gets an answer of ours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import Phase, given, seed, settings
from schemathesis.core import NotSet
from tests.unit.server.conftest import Api

from pellucid.server.app import endpoints
from pellucid.server.openapi import describe
from pellucid.testing.server import RunningServer, running_server
from pellucid.wire.codes import ErrorCode

DOCUMENT = describe(endpoints())
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
STATUSES = {200, *(code.status for code in ErrorCode if code.status < 500)}
EXAMPLES = 10


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server of its own, which the other tests need not clean up after."""
    with running_server(tmp_path_factory.mktemp("fuzzed")) as server:
        yield server


@pytest.fixture(scope="module")
def caller(fuzzed: RunningServer) -> Iterator[httpx.Client]:
    """An administrator, whose requests reach every handler."""
    with httpx.Client(base_url=fuzzed.url, timeout=60, headers={"X-Pellucid-Client": "test"}) as http:
        token = http.post("/auth.login", auth=(fuzzed.access_key, fuzzed.secret_key)).json()["data"]["token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield http


def to_lines(_: Any, value: Any) -> bytes:
    """One event; its texts hold no line's end, as JSON escapes it."""
    return msgspec.json.encode(value)


def to_msgpack(_: Any, value: Any) -> bytes:
    """The same content as in JSON, in fewer bytes, unless it holds a number that this format cannot say."""
    try:
        return msgspec.msgpack.encode(value)
    except OverflowError:
        return msgspec.json.encode(value)


schemathesis.serializer("application/json-lines")(to_lines)
schemathesis.serializer("application/msgpack")(to_msgpack)


def send(caller: httpx.Client, name: str, kind: str | None, body: Any) -> None:
    """Send a body; the status of the answer is one of the protocol's, in an envelope that says so, or a file."""
    encode = partial(to_msgpack, None) if kind == "application/msgpack" else msgspec.json.encode
    content = b"" if isinstance(body, NotSet) else encode(body)
    answer = caller.post(f"/{name}", content=content, headers={"Content-Type": kind or ""})

    assert answer.status_code in STATUSES, (answer.text, body)
    if "Content-Disposition" in answer.headers:
        return
    meta = answer.json()["meta"]
    assert (meta["result_code"], meta["endpoint"]["name"]) == (answer.status_code, name)


def test_every_action_is_described(api: Api) -> None:
    """Each by its own name, with its policy, its request and its answer; the server tells the same."""
    operations = {path: item["post"] for path, item in DOCUMENT["paths"].items()}

    assert {path.lstrip("/") for path in operations} == set(endpoints())
    for name, endpoint in endpoints().items():
        operation = operations[f"/{name}"]
        assert operation["summary"]
        assert operation["x-policy"] == endpoint.policy.value
        assert operation["security"] == [] or endpoint.policy.value != "public"
    assert api.http.get("/docs/openapi.json").json() == msgspec.json.decode(msgspec.json.encode(DOCUMENT))


def test_the_description_is_openapi() -> None:
    """By a validator that others wrote: references resolve, schemas are schemas."""
    SCHEMA.validate()


@pytest.fixture(scope="module")
def real_ids(caller: httpx.Client) -> dict[str, Any]:
    """Ids of what there is, by the field that names such a thing, so that handlers come further than to look for it."""

    def create(action: str, body: dict[str, Any]) -> str:
        return str(caller.post(f"/{action}", json=body).json()["data"]["id"])

    project = create("projects.create", {"name": "a project"})
    task = create("tasks.create", {"name": "a task", "type": "training", "project": project})
    model = create("models.create", {"name": "a model", "uri": "file:///a", "task": task, "project": project})
    queue = create("queues.create", {"name": "a queue"})
    ids = {"task": task, "project": project, "model": model, "queue": queue, "user": "admin"}
    return ids | {f"{noun}s": [each] for noun, each in ids.items()}


@pytest.mark.parametrize("name", sorted(endpoints()))
def test_whatever_fits_the_description_is_answered(caller: httpx.Client, real_ids: dict[str, Any], name: str) -> None:
    """Never by a 500, be it about what there is or about what there is not."""

    @seed(1)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate])
    @given(case=SCHEMA[f"/{name}"]["POST"].as_strategy())
    def answered(case: schemathesis.Case[Any]) -> None:
        send(caller, name, case.media_type, case.body)
        if isinstance(case.body, dict):
            real = {field: each for field, each in real_ids.items() if field in case.body}
            send(caller, name, case.media_type, case.body | real)

    answered()
