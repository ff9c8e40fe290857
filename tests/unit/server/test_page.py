"""The web app's files."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from tests.unit.server.conftest import Api

from pellucid.server.page import Page
from pellucid.web import asset_dir


@pytest.fixture
def built(tmp_path: Path) -> Page:
    """A small built app."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>the page</title>")
    (tmp_path / "plot.html").write_text("<title>a plot</title>")
    (tmp_path / "document.html").write_text("<title>a document</title>")
    (tmp_path / "assets" / "index-abc.js").write_text("code")
    return Page(tmp_path)


def get(page: Page, path: str) -> httpx.Response:
    """Ask for a path."""

    async def ask() -> httpx.Response:
        app = Starlette(routes=[Route("/{path:path}", page.serve)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as client:
            return await client.get(path)

    # In a thread of its own: the browser tests of the same process keep an event loop in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, ask()).result()


@pytest.mark.parametrize(
    "path",
    ["/", "/tasks/1/console", "/projects/*/tasks/1/output/log", "/index.html", "/login", "/tasks/1/artifacts/model.pt"],
)
def test_every_route_of_the_app_is_its_page(built: Page, path: str) -> None:
    """With a policy that runs nothing but the app's own files, and never from an old cache."""
    answer = get(built, path)

    assert "the page" in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_files_with_a_hash_in_their_name_are_kept_for_ever(built: Page) -> None:
    """A new build has new names."""
    assert "immutable" in get(built, "/assets/index-abc.js").headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/plot.html", "/document.html"])
def test_pages_for_what_users_made_have_no_origin(built: Page, path: str) -> None:
    """Whatever a figure or a document says, it reaches nothing of the app; the app alone may frame it."""
    policy = get(built, path).headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts")
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'self'" in policy


@pytest.mark.parametrize("path", ["/assets/missing.js", "/../secret.txt", "/favicon.ico"])
def test_a_missing_file_is_missing(built: Page, path: str) -> None:
    """Not the page under another name."""
    assert get(built, path).status_code == 404


def test_a_file_of_the_page_is_no_endpoint(api: Api) -> None:
    """Though its name is like one."""
    folder = asset_dir()
    if folder is None:
        pytest.skip("the page is not built")
    for file in folder.glob("*.*"):
        assert api.call(file.name, method="GET", anonymous=True).content == file.read_bytes()


def test_without_a_build_the_page_says_what_to_do() -> None:
    """Instead of an empty screen."""
    answer = get(Page(None), "/")

    assert "make setup" in answer.text
