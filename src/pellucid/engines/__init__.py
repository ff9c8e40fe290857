"""Where a task's process runs: local process, and later containers and clusters."""
