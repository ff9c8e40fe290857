"""Prints the OpenAPI document of the server, from which the web page's client is generated."""

from __future__ import annotations

import json

from pellucid.server.app import endpoints
from pellucid.server.openapi import describe


def main() -> None:
    """Print it."""
    print(json.dumps(describe(endpoints())))


if __name__ == "__main__":
    main()
