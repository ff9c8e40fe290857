"""``python -m pellucid`` is the ``pellucid`` command."""

from pellucid.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
