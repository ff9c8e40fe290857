"""The process beside a run that ships its journal to the server."""
