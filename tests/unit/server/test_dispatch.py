"""The transport of the protocol (protocol §1): whatever comes in, an envelope goes out."""

from __future__ import annotations

import gzip
import json
import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from tests.unit.server.conftest import Api

MISSING = "0" * 32


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
@pytest.mark.parametrize(
    "path",
    ["tasks.get_all", "v2.23/tasks.get_all", "v2.5/tasks.get_all/", "api/tasks.get_all", "api/v2.9/tasks.get_all"],
)
def test_every_method_and_form_of_path_reaches_the_endpoint(api: Api, method: str, path: str) -> None:
    """Existing clients send GET with a JSON body."""
    task = api.task(name="reached")

    data = api.data(path, {"id": [task], "only_fields": ["name"]}, method=method)

    assert data == {"tasks": [{"id": task, "name": "reached"}]}


def test_envelope_says_what_was_asked(api: Api) -> None:
    """Ids, endpoint and versions, and the caller's transaction id."""
    meta = api.call("v2.13/debug.ping", headers={"X-Clearml-Trx": "mine"}).json()["meta"]

    assert re.fullmatch("[0-9a-f]{32}", meta["id"])
    assert meta["trx"] == "mine"
    assert meta["endpoint"] == {"name": "debug.ping", "requested_version": "2.13", "actual_version": "2.34"}
    assert (meta["result_code"], meta["result_subcode"], meta["result_msg"]) == (200, 0, "OK")


@pytest.mark.parametrize(
    ("name", "body", "code", "words"),
    [
        ("tasks.no_such_thing", {}, (404, 0), "tasks.no_such_thing"),
        ("tasks.get_by_id", {}, (400, 11), "task"),
        ("tasks.get_by_id", {"task": None}, (400, 11), "task"),
        ("tasks.get_by_id", {"task": ["a"]}, (400, 12), "$.task"),
        ("tasks.get_by_id", {"task": MISSING}, (400, 101), MISSING),
        ("tasks.create", {"name": "abc", "type": "strange"}, (400, 12), "training, testing"),
        ("tasks.create", {"name": "abc", "type": "training", "project": MISSING}, (400, 401), MISSING),
        ("tasks.create", {"name": "abc", "type": "training", "parent": MISSING}, (400, 101), MISSING),
        ("tasks.get_all", {"tags": ["__$strange"]}, (400, 16), "__$strange"),
        ("tasks.get_all", {"name": "("}, (400, 12), "name"),
        ("events.scalar_metrics_iter_histogram", {"task": MISSING}, (400, 101), MISSING),
        ("events.get_task_log", {"task": MISSING}, (400, 101), MISSING),
        ("no_such_service.get_all", {}, (404, 0), "no_such_service.get_all"),
        ("v2.5/queues", {}, (404, 0), "/v2.5/queues"),
        ("tasks.get_all", {"page": 1 << 70}, (400, 12), "$.page"),
        ("tasks.get_all", {"parent": "__$x"}, (400, 16), "parent"),
        ("tasks.get_all", {"order_by": "nonsense"}, (400, 12), "nonsense"),
        ("tasks.get_all", {"name": "(a"}, (400, 12), "name"),
        ("tasks.get_all", {"_any_": {"fields": ["nonsense"], "pattern": "a"}}, (400, 12), "nonsense"),
        ("tasks.get_all", {"scroll_id": "x", "size": 5}, (400, 1104), "scroll_id"),
        ("tasks.edit", {"task": MISSING, "hyperparams": 5}, (400, 12), "$.hyperparams"),
        ("tasks.create", {"name": " ", "type": "training"}, (400, 12), "name"),
        ("tasks.create", {"name": "abc", "type": "training", "tags": ["__$or"]}, (400, 12), "tags"),
        ("events.get_task_log", {"task": MISSING, "from_timestamp": 1 << 70}, (400, 12), "$.from_timestamp"),
    ],
)
def test_bad_input_is_told_with_the_protocol_s_code(
    api: Api, name: str, body: Any, code: tuple[int, int], words: str
) -> None:
    """The sentence names what is wrong."""
    status, subcode, message = api.code(name, body)

    assert (status, subcode) == code
    assert words in message


def test_an_endpoint_that_there_is_not_has_no_version(api: Api) -> None:
    """As the reference server says it (protocol §1.4)."""
    endpoint = api.call("v2.9/tasks.no_such_thing").json()["meta"]["endpoint"]

    assert endpoint == {"name": "tasks.no_such_thing", "requested_version": "2.9", "actual_version": None}


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff", b'"text"', b'{"a":' + b"[" * 100_000])
def test_a_body_that_is_no_object_is_told(api: Api, content: bytes) -> None:
    """Never a 500."""
    status, _, message = api.code("tasks.get_by_id", content=content)

    assert status == 400
    assert "JSON" in message


def test_stray_keys_and_nulls_are_passed_over(api: Api) -> None:
    """Each request of existing clients carries a key that nobody asked for."""
    task = api.task()

    assert api.data("tasks.get_by_id", {"task": task, "method": "get", "future": None})["task"]["id"] == task


def test_parameters_may_come_in_the_address(api: Api) -> None:
    """They lie over the body; a repeated one is a list, a digit a number."""
    first, second = api.task(), api.task()

    data = api.data("tasks.get_all", {"page_size": 1}, params={"id": [first, second], "page_size": "2", "page": "0"})

    assert {task["id"] for task in data["tasks"]} == {first, second}


def test_parameters_may_come_as_a_form(api: Api) -> None:
    """A text that looks like a number stays one where a text is asked for."""
    task = api.task(name="2024")

    data = api.data("tasks.get_all", data={"name": "2024", "page_size": "1", "only_fields": "name"})

    assert data["tasks"] == [{"id": task, "name": "2024"}]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"a": "x\\u0000y"}', "NUL character - at `$.runtime.a`"),
        ('{"a": {"b": ["", "\\u0000"]}}', "NUL character - at `$.runtime.a.b[1]`"),
        ('{"a\\u0000": 1}', "NUL character - at `$.runtime (a key)`"),
        ('{"a": [18446744073709551616]}', "64 bits - at `$.runtime.a[0]`"),
        (f'{{"a": -{"9" * 400}}}', "64 bits - at `$.runtime.a`"),
        (f'{{"a": {"[" * 99}{"]" * 99}}}', "Nested more than 100 deep - at `$.runtime.a[0]"),
        (f'{{"a": {"[" * 900}{"]" * 900}}}', "Nested more than 100 deep - at `$.runtime.a[0]"),
        (f'{{"a": {"[" * 5_000}{"]" * 5_000}}}', "nested too deeply"),
        ('{"a": "\\ud800"', "the body is not JSON"),
    ],
)
def test_what_no_database_holds_is_refused_at_the_door(api: Api, content: str, words: str) -> None:
    """The sentence names the field, and nothing has changed."""
    task = api.task()
    api.data("tasks.edit", {"task": task, "runtime": {"kept": 1}})
    body = f'{{"task": "{task}", "runtime": {content}}}'

    status, _, message = api.code("tasks.edit", content=body.encode())

    assert status == 400
    assert words in message
    assert api.get(task)["runtime"] == {"kept": 1}


@pytest.mark.parametrize(
    ("content", "stored"),
    [
        ('{"a": NaN, "b": [1, -Infinity]}', {"a": None, "b": [1, None]}),
        ('{"a": 1e400}', {"a": None}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ('{"a": "\\\\u0000"}', {"a": "\\u0000"}),
        ('{"a": "\\ud800"}', {"a": "?"}),
        ('{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}),
        ('{"a": 9223372036854775807}', {"a": (1 << 63) - 1}),
        (f'{{"a": {"[" * 90}{"]" * 90}}}', None),
    ],
)
def test_odd_content_that_can_be_held_is_stored(api: Api, content: str, stored: Any) -> None:
    """Numbers that are not finite as null, half a surrogate pair as a question mark, the last of two equal keys."""
    task = api.task()
    body = f'{{"task": "{task}", "runtime": {content}}}'

    assert api.call("tasks.edit", content=body.encode()).status_code == 200
    assert stored is None or api.get(task)["runtime"] == stored


@pytest.mark.parametrize("name", ["tasks.get_by_id", "tasks.get_all", "events.get_task_log", "tasks.started"])
def test_an_id_with_a_nul_is_refused_wherever_it_stands(api: Api, name: str) -> None:
    """In the body and in the address."""
    for request in ({"body": {"task": "a\0b"}}, {"params": {"task": "a\0b"}}):
        status, subcode, message = api.code(name, **request)
        assert (status, subcode) == (400, 12)
        assert "$.task" in message


def test_a_console_line_with_a_nul_is_kept(api: Api) -> None:
    """What a run has printed is not refused for a character."""
    task = api.running_task()
    event = {"type": "log", "task": task, "msg": "a\0b", "level": "info", "worker": "w\0"}

    assert api.data("events.add_batch", content=json.dumps(event).encode())["added"] == 1

    (line,) = api.data("events.get_task_log", {"task": task})["events"]
    assert (line["msg"], line["worker"]) == ("a\ufffdb", "w\ufffd")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b'{"a": 1}\n{"task', "line 2"), (b"[1]\n", "line 1"), (b"\xff", "line 1"), (b"\n\n", "no items")],
)
def test_a_batch_that_is_cut_off_is_told(api: Api, content: bytes, words: str) -> None:
    """With the number of the line."""
    status, _, message = api.code("events.add_batch", content=content)

    assert status == 400
    assert words in message


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "text/xml", "application/octet-stream", "x"])
def test_a_body_of_another_type_is_read_as_json_or_told(api: Api, kind: str) -> None:
    """An upload stores no file at an action's address."""
    part = b'--b\r\nContent-Disposition: form-data; name="/x"; filename="/x"\r\n\r\nx\r\n--b--\r\n'

    assert api.data("debug.ping", content=b"{}", headers={"Content-Type": kind})
    status, _, message = api.code("tasks.get_by_id", content=part, headers={"Content-Type": kind})
    assert (status, "JSON" in message) == (400, True)


def test_a_packed_body_that_is_wrong_is_told(api: Api) -> None:
    """What it is made of does not matter, be it a line's end."""
    headers = {"Content-Type": "application/msgpack"}

    wrong = msgspec.msgpack.encode({"task": "a\nb", "batches": 5})
    assert api.code("journal.append", content=wrong, headers=headers)[:2] == (400, 12)
    assert api.code("journal.append", content=b"\xc1", headers=headers)[:2] == (400, 0)
    assert api.code("tasks.get_by_id", content=msgspec.msgpack.encode([1]), headers=headers)[:2] == (400, 0)
    assert api.code("tasks.get_by_id", content=msgspec.msgpack.encode({"task": 1}), headers=headers)[:2] == (400, 12)


def test_a_login_may_ask_for_any_life(api: Api) -> None:
    """It is cut to what is allowed."""
    for seconds in ("9" * 30, "-5", "0"):
        assert api.data("auth.login", params={"expiration_sec": seconds})["token"]


def test_compressed_requests_are_refused(api: Api) -> None:
    """As the reference server does (protocol §1.3)."""
    content = gzip.compress(json.dumps({"task": MISSING}).encode())

    status, _, _ = api.code("tasks.get_by_id", content=content, headers={"Content-Encoding": "gzip"})

    assert status == 415


def test_a_body_beyond_the_limit_is_refused_with_the_limit(api: Api) -> None:
    """Before it is read: only the head of the request is sent here."""
    address = urlsplit(api.server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = f"POST /tasks.get_by_id HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {1 << 40}\r\n\r\n"
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))

    assert answer.startswith(b"HTTP/1.1 413")
    assert str(64 << 20).encode() in answer


def test_a_body_that_does_not_tell_its_size_has_the_same_limit(api: Api) -> None:
    """It is read no further than to the limit, and the server goes on."""
    sent = 0

    def blocks() -> Iterator[bytes]:
        nonlocal sent
        while sent < 4 * (64 << 20):
            sent += 1 << 20
            yield b" " * (1 << 20)

    try:
        answer = api.code("tasks.get_by_id", content=blocks())
    except (httpx.WriteError, httpx.ReadError):  # the server hangs up while it is being sent to
        answer = (413, 0, str(64 << 20))

    assert answer[:2] == (413, 0)
    assert str(64 << 20) in answer[2]
    assert sent < 4 * (64 << 20)
    assert api.data("debug.ping")


def test_existing_clients_are_told_to_close_the_connection(api: Api) -> None:
    """They fork with open sockets; ours says who it is and keeps them."""
    assert api.call("debug.ping").headers["Connection"] == "close"
    assert "Connection" not in api.call("debug.ping", headers={"X-Pellucid-Client": "1"}).headers


def test_large_answers_are_compressed_for_those_who_can_read_them(api: Api) -> None:
    """The content is the same."""
    task = api.task(comment="x" * 10_000)

    plain = api.call("tasks.get_by_id", {"task": task}, headers={"Accept-Encoding": "identity"})
    compressed = api.call("tasks.get_by_id", {"task": task}, headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert plain.json()["data"] == compressed.json()["data"]


def test_options_is_answered_without_opening_the_door(api: Api) -> None:
    """No header invites other origins."""
    response = api.call("tasks.get_all", method="OPTIONS", anonymous=True)

    assert response.status_code == 200
    assert not any(name.startswith("access-control") for name in response.headers)
