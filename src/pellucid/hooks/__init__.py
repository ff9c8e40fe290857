"""What other libraries do, reported to a sink: one file per library."""
