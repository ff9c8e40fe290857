"""What users made never runs in the page's origin; no other origin reaches the server through a visitor's browser."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from tests.browser.files import store
from tests.browser.script import Script

from pellucid.testing.server import RunningServer

pytestmark = pytest.mark.browser

RUNS = "top.ran = window.ran = document.title = 'ran'"
MARKUP = f'"><script>{RUNS}</script><img src=x onerror="{RUNS}"><svg onload="{RUNS}">'
ADDRESS = f"javascript:{RUNS}"
DOCUMENT = f"<p>a document</p><script>try {{ {RUNS} }} catch (error) {{}}</script>".encode()
VECTOR = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="{RUNS}"><script>{RUNS}</script></svg>'

FIGURE = {
    "data": [{"type": "bar", "x": [MARKUP], "y": [1], "name": MARKUP, "text": [f'<a href="{ADDRESS}">{MARKUP}</a>']}],
    "layout": {"title": {"text": MARKUP}, "annotations": [{"text": f'<a href="{ADDRESS}">here</a>', "x": 0, "y": 1}]},
}


@pytest.fixture(scope="module")
def task(script: Script, server: RunningServer) -> str:
    """A task into which scripts were written wherever a user can write."""
    project = script.project(f"hostile {MARKUP.replace('/', '')}")
    parameter = {"section": MARKUP, "name": MARKUP, "value": MARKUP, "type": MARKUP, "description": MARKUP}
    task = script.task(
        MARKUP,
        project=project,
        tags=[MARKUP],
        comment=MARKUP,
        hyperparams={"hostile": {MARKUP: {**parameter, "section": "hostile"}}},
        configuration={MARKUP: {"name": MARKUP, "type": MARKUP, "value": MARKUP}},
        script={"repository": ADDRESS, "branch": MARKUP, "version_num": MARKUP, "entry_point": MARKUP, "diff": MARKUP},
        container={"image": MARKUP, "arguments": MARKUP, "setup_shell_script": MARKUP},
    )
    document = store(server, "hostile/page.html", DOCUMENT)
    drawing = store(server, "hostile/drawing.svg", VECTOR.encode())
    artifacts = [
        {"key": MARKUP, "type": MARKUP, "uri": ADDRESS, "type_data": {"preview": MARKUP}},
        {"key": "page", "type": "custom", "uri": document},
        {"key": "drawing", "type": "custom", "uri": drawing},
    ]
    script.send("tasks.edit", task=task, force=True, execution={"artifacts": artifacts})
    script.send("models.create", name=MARKUP, uri=ADDRESS, task=task, tags=[MARKUP], comment=MARKUP, ready=False)
    script.scalars(task, MARKUP, MARKUP, [1.0, 2.0])
    script.single_value(task, MARKUP, 1.0)
    script.log(task, f"\x1b[31m{MARKUP}\x1b[0m")
    image = {"type": "training_debug_image", "metric": MARKUP, "iter": 1}
    script.add(
        task,
        [
            {"type": "plot", "metric": "figure", "variant": MARKUP, "iter": 1, "plot_str": json.dumps(FIGURE)},
            {**image, "variant": "page", "url": document},
            {**image, "variant": "drawing", "url": drawing},
            {**image, "variant": "address", "url": ADDRESS},
        ],
    )
    script.send("tasks.failed", task=task, status_message=MARKUP, status_reason=MARKUP)
    return task


PLACES = {
    "/": 1,
    "/projects": 1,
    "/models": 1,
    **{f"/tasks/{{task}}/{tab}": 5 for tab in ("execution", "configuration", "scalars", "plots", "samples", "console")},
    **{f"/tasks/{{task}}/{tab}": 5 for tab in ("artifacts", "info")},
    **{f"/compare/{tab}?ids={{task}}": 2 for tab in ("details", "parameters", "values", "scalars", "plots", "samples")},
}


@pytest.mark.parametrize(("place", "times"), PLACES.items())
def test_d7_what_users_wrote_is_text(page: Page, task: str, place: str, times: int) -> None:
    """On every screen; nothing of it becomes an element that could run, or a link to follow."""
    page.goto(place.format(task=task))
    page.wait_for_function(
        "times => document.querySelector('main')?.innerText.split('onerror=').length > times", arg=times
    )

    assert page.evaluate("window.ran") is None
    assert "ran" not in page.title().split()
    inside = page.get_by_role("main")
    expect(inside.locator("script, [onerror], [onload], a[href^='javascript:' i]")).to_have_count(0)


@pytest.mark.parametrize("tab", ["samples", "artifacts", "plots"])
def test_d8_documents_run_where_they_reach_nothing(
    browser: Browser, server: RunningServer, task: str, tab: str
) -> None:
    """Neither the page around them nor its cookies, nor the server in the visitor's name."""
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    answers: list[int] = []
    page.goto(f"/tasks/{task}/{tab}")
    if tab == "artifacts":
        page.get_by_role("button", name="Show page").click()
    frame = page.locator("iframe").first
    expect(frame).to_be_visible()
    expect(frame).to_have_attribute("sandbox", "allow-scripts allow-downloads")
    inner = page.frames[1]
    inner.wait_for_function("() => document.body.childElementCount > 0")

    page.on("response", lambda answer: answers.append(answer.status) if answer.frame == inner else None)
    ask = "url => fetch(url, {credentials: 'include'}).then((answer) => answer.status, (error) => error.name)"
    assert inner.evaluate(ask, f"{server.url}/users.get_current_user") == "TypeError"
    assert inner.evaluate("self.origin") == "null"
    assert inner.evaluate("() => { try { return top.document.title } catch (error) { return error.name } }") == (
        "SecurityError"
    )
    assert inner.evaluate("() => { try { return document.cookie } catch (error) { return error.name } }") == (
        "SecurityError"
    )
    assert page.evaluate("window.ran") is None
    assert answers == []
    context.close()


@pytest.mark.parametrize("name", ["page.html", "drawing.svg"])
def test_a_stored_file_has_no_origin_when_it_is_opened(page: Page, task: str, server: RunningServer, name: str) -> None:
    """It is offered for download, and would run nothing if a browser showed it."""
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    answer = page.request.get(f"/files/hostile/{name}", headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_the_policy_runs_no_script_but_the_pages_own(browser: Browser, server: RunningServer) -> None:
    """Were one written into the page all the same, it would not run: inline, in an address, or as a stored file."""
    store(server, "hostile/script.js", b"window.ran = true")
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    page.evaluate(
        """() => {
          const add = (fields) => {
            const script = document.createElement("script");
            script.onload = script.onerror = () => (script.tried = true);
            document.body.append(Object.assign(script, fields));
          };
          add({ textContent: "window.ran = true" });
          add({ src: "data:text/javascript,window.ran=true" });
          add({ src: "/files/hostile/script.js" });
          const image = document.createElement("div");
          image.innerHTML = "<img src=x onerror='window.ran = true'>";
          document.body.append(image);
          const link = Object.assign(document.createElement("a"), { href: "javascript:window.ran=true" });
          document.body.append(link);
          link.click();
        }"""
    )
    page.wait_for_function('() => [...document.body.querySelectorAll("script[src]")].every(({ tried }) => tried)')

    assert page.evaluate("window.ran") is None
    assert sum("Content Security Policy" in text for text in refused) >= 4
    context.close()


def test_the_session_is_out_of_reach_of_scripts_and_other_sites(page: Page, script: Script) -> None:
    """Its cookie is HttpOnly and SameSite."""
    page.goto("/")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    (cookie,) = page.context.cookies()

    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert page.evaluate("document.cookie") == ""


def test_a_page_of_another_origin_is_refused(browser: Browser, server: RunningServer, script: Script) -> None:
    """Also one of the same host, whose requests bear the visitor's cookie: neither reading, writing nor the socket."""
    context = browser.new_context(base_url=server.url)
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    refused: list[int] = []

    def answered(answer: Response) -> None:
        if answer.url.startswith(server.url):
            refused.append(answer.status)

    with foreign_page() as elsewhere:
        page.goto(elsewhere)
        page.on("response", answered)
        outcomes = page.evaluate(
            """async (server) => {
              const asked = { mode: "no-cors", credentials: "include" };
              const told = async (work) => work.then(() => "answered", (error) => error.name);
              await told(fetch(`${server}/projects.create?name=forged`, asked));
              const forged = { method: "POST", body: '{"name":"forged"}' };
              await told(fetch(`${server}/api/projects.create`, { ...asked, ...forged }));
              await told(fetch(`${server}/login`, { ...asked, method: "POST" }));
              await told(fetch(`${server}/logout`, { ...asked, method: "POST" }));
              const read = await told(fetch(`${server}/api/tasks.get_all`, { ...asked, mode: "cors", method: "POST" }));
              const socket = new WebSocket(`${server.replace("http", "ws")}/live`);
              const opened = await new Promise((resolve) => {
                socket.onopen = () => resolve("opened");
                socket.onerror = () => resolve("refused");
              });
              return [read, opened];
            }""",
            server.url,
        )

    assert outcomes == ["TypeError", "refused"]
    assert set(refused) == {403}  # and not 401: the cookie was there
    assert script.send("projects.get_all", name="forged")["projects"] == []
    context.close()


@contextmanager
def foreign_page() -> Iterator[str]:
    """The address of a page on another port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>elsewhere</title>")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}/"
        served.shutdown()
        thread.join()
