"""Task, Logger and what belongs to them: the part that people type."""
