"""Alembic's environment: ``versions/v<number>_<what>.py``, one file for each change of the tables."""
