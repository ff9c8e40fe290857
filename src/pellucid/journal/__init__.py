"""The run's journal on local disk: scalar segments, framed records, recovery. Payloads are bytes with a kind."""
