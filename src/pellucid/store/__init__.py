"""Tasks, events and files on disk: guarantees first, then SQLite and PostgreSQL."""
