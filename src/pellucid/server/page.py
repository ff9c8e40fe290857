"""The web app: its built files, and its page for every address that is one of its routes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

CONTENT_POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

_FRAME: Final = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; style-src 'self' 'unsafe-inline'; "
    "img-src data: blob:; media-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; script-src 'self'"
)

FRAME_POLICIES: Final = {"/plot.html": _FRAME, "/document.html": f"{_FRAME} 'unsafe-inline' 'unsafe-eval'"}
"""Pages that show in a frame of the app what users made: a figure, a document. They have no origin, and ask no host for
anything but the app's own files."""

_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}

_NOT_BUILT: Final = """<!doctype html><title>Pellucid</title>
<h1>Pellucid</h1><p>The server runs, but its web page is not built: run <code>make setup</code> in the checkout.</p>"""


class Page:
    """Serves the built web app from a folder."""

    def __init__(self, folder: Path | None) -> None:
        """``None`` if the app has not been built."""
        self._folder = folder
        self._files = {
            f"/{file.relative_to(folder).as_posix()}": file
            for file in (folder.rglob("*") if folder else ())
            if file.is_file() and folder
        }

    def has(self, path: str) -> bool:
        """Whether a path names a file of the app."""
        return path in self._files

    async def serve(self, request: Request) -> Response:
        """A file of the app, or its page."""
        path = request.url.path
        file = self._files.get(path)
        if file is not None and path != "/index.html":
            forever = path.startswith("/assets/")  # their names hold a hash of their content
            cache = "public, max-age=31536000, immutable" if forever else "no-cache"
            return FileResponse(file, headers={**_HEADERS, **_own_headers(path), "Cache-Control": cache})
        if _names_a_file(path):
            return PlainTextResponse("not found", 404)
        index = self._files.get("/index.html")
        if index is None:
            return HTMLResponse(_NOT_BUILT, headers=_HEADERS)
        return FileResponse(index, headers={**_HEADERS, "Cache-Control": "no-cache"})


def _own_headers(path: str) -> dict[str, str]:
    if path in FRAME_POLICIES:
        return {"Content-Security-Policy": FRAME_POLICIES[path]}
    return {"Access-Control-Allow-Origin": "*"} if path.startswith("/assets/") else {}  # for pages without an origin


def _names_a_file(path: str) -> bool:
    """Whether a path is that of a file, should there be one: a screen's address may end with the name of an artifact,
    so only what lies where the app's files do is taken for one."""
    return path != "/index.html" and (path.startswith("/assets/") or ("." in path and path.count("/") == 1))
