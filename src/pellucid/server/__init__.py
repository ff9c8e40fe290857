"""The ASGI application: API, files, web page."""
