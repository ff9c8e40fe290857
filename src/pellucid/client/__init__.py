"""Typed calls to a server of the protocol."""
